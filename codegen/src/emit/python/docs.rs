//! Docstrings: what they say, and how they are laid out.

use crate::emit::{editions, repeating};
use wharf_spec::file::{Field, Place};
use wharf_spec::{Enumeration, Operation, Product, Shape, Type};

/// The columns of a line.
const WIDTH: usize = 120;

/// Paragraphs as a docstring, indented by `indent` columns. A line that begins with a blank is an item of a list.
pub(super) fn docstring(paragraphs: Vec<String>, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let is_item = paragraph.starts_with(' ');
        if at > 0 && !is_item {
            lines.push(String::new());
        }
        let hanging = if is_item { 4 } else { 0 };
        let wrapped = wrap(paragraph.trim_start(), WIDTH - indent - 2 * hanging - 6);
        lines.extend(wrapped.into_iter().enumerate().map(|(at, line)| {
            let extra = if at > 0 { 2 * hanging } else { hanging };
            format!("{margin}{}{line}", " ".repeat(extra))
        }));
    }
    let text = lines.join("\n").replace('\\', "\\\\").replace("\"\"\"", "\\\"\"\"");
    let text = text.trim_start();
    if text.contains('\n') {
        format!("\"\"\"{text}\n{margin}\"\"\"")
    } else if text.ends_with('"') {
        format!("\"\"\"{text} \"\"\"")
    } else {
        format!("\"\"\"{text}\"\"\"")
    }
}

fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
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

/// What an operation does, and what is to be known of it; `inputs` have their names in Python.
pub(super) fn operation(product: &Product, operation: &Operation, inputs: &[(String, &Field)]) -> Vec<String> {
    let spec = &operation.spec;
    let mut facts = vec![format!("`{}`", operation.name)];
    if spec.rate_limit > 0 {
        facts.push(format!("{} calls per second", spec.rate_limit));
    }
    if let Some(permission) = &spec.permission {
        facts.push(format!("needs the permission `{permission}`"));
    }
    if let Some(paginate) = &spec.paginate {
        let default = paginate.default.map_or_else(String::new, |default| format!(" of {default}"));
        let max = paginate.max.map_or_else(String::new, |max| format!(", {max} at most"));
        facts.push(format!("answers in pages{default}{max}"));
    }
    if let Some(job) = operation.job() {
        facts.push(format!("starts a job, `{job}` of the answer"));
    }
    facts.extend(editions(spec.editions.as_deref()));
    let mut docs = vec![spec.doc.clone()];
    docs.extend(deprecated(spec.deprecated.as_deref()));
    docs.push(format!("{}. Source: {}.", facts.join("; "), spec.source));
    docs.push(repeating(operation));
    docs.extend(link(spec.link.as_deref()));
    docs.extend(erratum(spec.erratum.as_deref()));
    if !inputs.is_empty() {
        docs.push("Args:".to_owned());
        docs.extend(inputs.iter().map(|(name, input)| format!(" {name}: {}", field(product, input))));
    }
    if !spec.errors.is_empty() {
        let codes: Vec<_> = spec.errors.iter().map(|code| format!("`{code}`")).collect();
        docs.push("Raises:".to_owned());
        docs.push(format!(" Error: Besides what every operation may answer: {}.", codes.join(", ")));
    }
    docs
}

/// What a structure is.
pub(super) fn shape(shape: &Shape) -> Vec<String> {
    let mut docs = vec![shape.spec.doc.clone()];
    docs.extend(deprecated(shape.spec.deprecated.as_deref()));
    docs.push(format!("`{}`. Source: {}.", shape.name, shape.spec.source));
    docs.extend(link(shape.spec.link.as_deref()));
    docs.extend(erratum(shape.spec.erratum.as_deref()));
    docs
}

/// What a field means, in one paragraph.
pub(super) fn field(product: &Product, field: &Field) -> String {
    let mut facts = vec![format!("`{}`", field.name)];
    if let Type::Json(Some(form)) = field.ty.item() {
        let list = if form.is_list() { "list of `" } else { "`" };
        facts.extend(form.shape().map(|_| format!("JSON of a {list}{}`, by the API's names", field.named)));
    }
    if field.place() == Place::Header {
        facts.push("in a header".to_owned());
    }
    if field.from_connection {
        facts.push("the connection knows it".to_owned());
    } else if let Some(way) = &field.default_from {
        facts.push(format!("`{way}` unless given"));
    }
    facts.extend(limits(field));
    facts.extend(editions(field.editions.as_deref()));
    let known = field.enumeration.as_ref().and_then(|name| product.enumeration(name));
    let known = known.map(values).unwrap_or_default();
    let notes = deprecated(field.deprecated.as_deref()).into_iter().chain(erratum(field.erratum.as_deref()));
    let notes: String = notes.map(|text| format!(" {text}")).collect();
    format!("{} {}.{known}{notes}", sentence(&field.doc), facts.join("; "))
}

/// The values that are known, of which a newer service may send others.
fn values(enumeration: &Enumeration) -> String {
    let known = enumeration.spec.values.iter().map(|value| match value.deprecated {
        None => format!("`{}`", value.value),
        Some(_) => format!("`{}` (deprecated)", value.value),
    });
    let known: Vec<_> = known.collect();
    format!(" Known values: {}.", known.join(", "))
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
    limits.extend(field.time.map(|form| format!("as {}", form.pattern())));
    limits.extend(field.default.as_ref().map(|default| format!("default `{default}`")));
    limits
}

fn deprecated(note: Option<&str>) -> Option<String> {
    note.map(|note| format!("Deprecated: {}", sentence(note)))
}

fn link(address: Option<&str>) -> Option<String> {
    address.map(|address| format!("Document: {address}"))
}

fn erratum(text: Option<&str>) -> Option<String> {
    text.map(|text| format!("Erratum: {}", sentence(text)))
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
