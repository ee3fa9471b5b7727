//! The text of `wharf/helpers.h`: the helpers of `wharf::any`, as macros.

use wharf::any::{Helper, helpers, products};

const HEAD: &str = "\
/**
 * @file
 * Names of the helpers of all products. `wharf.h` includes this file.
 *
 * A helper that calls an operation takes the place of the operation's name in `wharf_call`, and its arguments are members of
 * the input. `wharf_value` returns the value of any other. An argument in brackets can be left out.
 */

#ifndef WHARF_HELPERS_H
#define WHARF_HELPERS_H
";

/// Returns the text of the header.
pub fn header() -> String {
    let mut text = HEAD.to_owned();
    for product in products() {
        for helper in helpers(product).unwrap() {
            text.push_str(&entry(product, helper));
        }
    }
    text.push_str("\n#endif\n");
    text
}

fn entry(product: &str, helper: &Helper) -> String {
    let mut lines = wrap(helper.doc, "");
    let way = if helper.calls() { "Calls an operation." } else { "A value." };
    lines.extend(wrap(&format!("{way} Arguments:{}", if helper.arguments.is_empty() { " none." } else { "" }), ""));
    for argument in helper.arguments {
        let name = if argument.required { format!("`{}`", argument.name) } else { format!("[`{}`]", argument.name) };
        lines.extend(wrap(&format!("- {name} ({}): {}", argument.kind, argument.doc), "  "));
    }
    let lines: String = lines.iter().map(|line| format!(" * {line}\n")).collect();
    let name = helper.name.replace('.', "_").to_uppercase();
    format!("\n/**\n{lines} */\n#define WHARF_{}_HELPER_{name} \"{}\"\n", product.to_uppercase(), helper.name)
}

/// Breaks a text into lines of at most 97 characters.
fn wrap(text: &str, margin: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() > 97 {
            lines.push(format!("{margin}{word}"));
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}
