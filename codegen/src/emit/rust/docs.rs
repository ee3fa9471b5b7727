//! Doc comments: what they say, and how they are laid out.

use super::view::Side;
use crate::emit::{editions, repeating};
use wharf_spec::file::{Authorization, Field, ListStyle, Place};
use wharf_spec::{Operation, Type, naming};

/// The columns of a line.
const WIDTH: usize = 120;

/// Paragraphs as an outer doc comment, indented by `indent` columns.
pub(super) fn outer(paragraphs: Vec<String>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 {
            lines.push(format!("{margin}///"));
        }
        lines.extend(wrap(paragraph, WIDTH - indent - 4).into_iter().map(|line| format!("{margin}/// {line}")));
    }
    lines.join("\n")
}

/// Text of a spec, so that nothing in it is taken for markup.
pub(super) fn plain(text: &str) -> String {
    // Between backquotes nothing is markup.
    let mut code = false;
    let words = text.split_whitespace().map(|word| {
        if word.starts_with("http://") || word.starts_with("https://") {
            let address = word.trim_end_matches(['.', ',', ';', ')']);
            return format!("<{address}>{}", &word[address.len()..]);
        }
        let mut out = String::new();
        for letter in word.chars() {
            code ^= letter == '`';
            if !code && matches!(letter, '[' | ']' | '<' | '>' | '*' | '\\') {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What an operation does, its limits, and how it fails.
pub(super) fn operation(operation: &Operation) -> Vec<String> {
    let spec = &operation.spec;
    let mut facts = Vec::new();
    if let (Some(method), Some(path)) = (spec.method, &spec.path) {
        facts.push(format!("`{} {path}`", method.as_str()));
    }
    if spec.rate_limit > 0 {
        facts.push(format!("{} calls per second", spec.rate_limit));
    }
    facts.push(match (spec.authorization, &spec.permission) {
        (Authorization::Signature, _) => "any valid signature may call it".to_owned(),
        (Authorization::Cam, _) => "the account's policies decide who may call it".to_owned(),
        (Authorization::TokenOrSignature, Some(permission)) => format!("needs the permission `{permission}`"),
        (Authorization::TokenOrSignature, None) => "no permission is stated for it".to_owned(),
        (Authorization::None, _) => "the input says who calls".to_owned(),
    });
    if !spec.region {
        facts.push("takes no region".to_owned());
    }
    facts.extend(editions(spec.editions.as_deref()));
    if let Some(paginate) = &spec.paginate {
        let default = paginate.default.map_or_else(String::new, |default| format!(" of {default}"));
        let max = paginate.max.map_or_else(String::new, |max| format!(", {max} at most"));
        facts.push(format!("answers in pages{default}{max}"));
    }
    let mut docs = vec![plain(&spec.doc), facts_line(&operation.name, &facts, &spec.source)];
    docs.push(plain(&repeating(operation)));
    docs.extend(link(spec.link.as_deref()));
    docs.extend(erratum(spec.erratum.as_deref()));
    if !spec.errors.is_empty() {
        let codes: Vec<_> = spec.errors.iter().map(|code| format!("`{code}`")).collect();
        docs.push("# Errors".to_owned());
        docs.push(format!("Besides what every operation may answer: {}.", codes.join(", ")));
    }
    docs
}

/// What a field means, and its limits.
pub(super) fn field(field: &Field, side: Side) -> Vec<String> {
    let mut facts = Vec::new();
    if let Type::Json(Some(form)) = field.ty.item() {
        let list = if form.is_list() { "list of `" } else { "`" };
        facts.extend(form.shape().map(|_| format!("JSON of a {list}{}`", field.named)));
    }
    match field.place() {
        Place::Body => {}
        Place::Header => facts.push("in a header".to_owned()),
        Place::Host => facts.push("in the host name".to_owned()),
        place => facts.push(format!("in the {}", place.as_str())),
    }
    match field.style {
        None | Some(ListStyle::Repeat) => {}
        Some(ListStyle::Comma) => facts.push("joined by commas".to_owned()),
        Some(ListStyle::Json) => facts.push("as a JSON list".to_owned()),
    }
    facts.extend(field.time.map(|form| format!("as {}", form.pattern())));
    if let Some(fixed) = &field.fixed {
        facts.push(format!("always `{fixed}`"));
    } else if field.from_connection {
        facts.push("the connection knows it".to_owned());
    } else if let (Some(way), Side::Input) = (&field.default_from, side) {
        facts.push(format!("`{way}` unless given"));
    } else if field.required && side == Side::Input {
        facts.push("required".to_owned());
    }
    facts.extend(limits(field));
    if !field.aliases.is_empty() {
        facts.push(format!("also read as `{}`", field.aliases.join("`, `")));
    }
    if let Some(entries) = &field.entries {
        facts.push(format!("also read as an object of `{}` by `{}`", entries.value, entries.name));
    }
    if let Some(name) = &field.said_by {
        facts.push(format!("also read as a text, which is `{name}`"));
    }
    facts.extend(editions(field.editions.as_deref()));
    if field.hidden {
        facts.push("not for the public".to_owned());
    }
    if field.sensitive {
        facts.push("secret".to_owned());
    }
    let mut docs = vec![plain(&field.doc), facts_line(&field.name, &facts, &field.source)];
    docs.extend(erratum(field.erratum.as_deref()));
    docs
}

fn limits(field: &Field) -> Vec<String> {
    let mut limits = Vec::new();
    match (field.min, field.max) {
        (Some(min), Some(max)) => limits.push(format!("{min} to {max}")),
        (Some(min), None) => limits.push(format!("at least {min}")),
        (None, Some(max)) => limits.push(format!("at most {max}")),
        (None, None) => {}
    }
    limits.extend(field.max_items.map(|most| format!("at most {most} items")));
    limits.extend(field.max_length.map(|most| format!("at most {most} characters")));
    limits.extend(field.default.as_ref().map(|default| format!("default `{default}`")));
    limits
}

/// The name on the wire, what is to be known in a few words, and where that is from.
pub(super) fn facts_line(wire: &str, facts: &[String], source: &str) -> String {
    let facts: String = facts.iter().map(|fact| format!("; {fact}")).collect();
    format!("`{wire}`{facts}. Source: {}.", plain(source))
}

/// Where the vendor's document is.
pub(super) fn link(address: Option<&str>) -> Option<String> {
    address.map(|address| format!("Document: <{address}>"))
}

/// What is wrong in the source.
pub(super) fn erratum(text: Option<&str>) -> Option<String> {
    text.map(|text| format!("Erratum: {}", plain(text)))
}

/// What a client's method does; `needed` tells the fields that a setter must set.
pub(super) fn method(operation: &Operation, needed: impl Fn(&Field) -> bool) -> Vec<String> {
    let spec = &operation.spec;
    let input = naming::type_name(operation.called());
    let mut docs = vec![plain(&spec.doc)];
    let setters: Vec<_> =
        spec.input.iter().filter(|field| needed(field)).map(|field| naming::request_setter(field.called())).collect();
    if !setters.is_empty() {
        docs.push(format!("Nothing is sent before {} set.", all_of(&setters)));
    }
    let paged = if spec.paginate.is_some() { " Comes in pages." } else { "" };
    docs.push(format!("Answers with [`{input}Output`].{paged} Limits and error codes: [`{input}`]."));
    docs
}

fn all_of(names: &[String]) -> String {
    match names {
        [only] => format!("`{only}` is"),
        [first @ .., last] => format!("`{}` and `{last}` are", first.join("`, `")),
        [] => String::new(),
    }
}

fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in paragraph.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_wrapped_and_parted() {
        let long = ["word"; 40].join(" ");
        let text = outer(vec![long, "end".to_owned()], 4);
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.starts_with("    ///")));
        assert!(text.ends_with("    ///\n    /// end"));
    }

    #[test]
    fn text_of_a_spec_is_no_markup() {
        assert_eq!(plain("a [b] <c>"), r"a \[b\] \<c\>");
        assert_eq!(plain("a* `b* [c]` d*"), r"a\* `b* [c]` d\*");
        assert_eq!(plain("See https://example.com/a."), "See <https://example.com/a>.");
    }
}
