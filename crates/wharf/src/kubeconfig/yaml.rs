//! Kubeconfigs as YAML. JSON is YAML too.
//!
//! Texts are written in quotation marks, as JSON writes them: every version of YAML reads them as the same texts.

use super::Object;
use crate::Secret;
use serde_json::Value;
use wharf_core::model::Problem;

/// Maximum size of a file, in bytes.
pub(super) const MAX_FILE: usize = 16 << 20;

/// Reads a file. An empty one is an empty object.
///
/// # Errors
/// The place of the problem. The file is not quoted: it contains secrets.
pub(super) fn read(text: &str) -> Result<Object, Problem> {
    let problem = |reason: String| Problem { field: "kubeconfig".into(), reason };
    if text.len() > MAX_FILE {
        return Err(problem(format!("is larger than {} MiB", MAX_FILE >> 20)));
    }
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(document)) => Ok(document),
        Ok(Value::Null) => Ok(Object::new()),
        Ok(_) => Err(problem("is not an object".into())),
        Err(error) => {
            let line = error.location().map(|place| format!(" (line {})", place.line())).unwrap_or_default();
            Err(problem(format!("is not valid YAML{line}")))
        }
    }
}

/// Writes a file. Names are in alphabetical order, like those of Kubernetes' own clients.
pub(super) fn write(document: &Object) -> Secret {
    let mut out = String::new();
    write_object(document, 0, &mut out);
    if out.is_empty() {
        out.push_str("{}\n");
    }
    Secret::from(out)
}

fn write_object(object: &Object, depth: usize, out: &mut String) {
    for (at, (name, value)) in object.iter().enumerate() {
        // The first name of an item is behind its dash.
        if at > 0 || depth == 0 || out.ends_with('\n') {
            out.push_str(&"  ".repeat(depth));
        }
        out.push_str(&key(name));
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                write_object(inner, depth + 1, out);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                write_list(items, depth, out);
            }
            value => write_flow(value, out),
        }
    }
}

fn write_list(items: &[Value], depth: usize, out: &mut String) {
    for item in items {
        out.push_str(&"  ".repeat(depth));
        out.push('-');
        match item {
            Value::Object(inner) if !inner.is_empty() => {
                out.push(' ');
                write_object(inner, depth + 1, out);
            }
            value => write_flow(value, out),
        }
    }
}

/// Writes a value on one line, as JSON.
fn write_flow(value: &Value, out: &mut String) {
    out.push(' ');
    out.push_str(&escaped(&value.to_string()));
    out.push('\n');
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&&*name.to_ascii_lowercase());
    if plain { name.to_owned() } else { escaped(&Value::from(name).to_string()) }
}

/// Escapes what JSON allows in texts and YAML does not.
fn escaped(json: &str) -> String {
    let odd =
        |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if odd(c) { out.push_str(&format!("\\u{:04x}", u32::from(c))) } else { out.push(c) }
    }
    out
}
