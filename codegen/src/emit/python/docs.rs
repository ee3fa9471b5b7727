//! Docstrings: texts and layout.

use crate::emit::waiters;
use crate::emit::words::{self, WIDTH, wrap};
use wharf_spec::file::{Field, Place};
use wharf_spec::waiter::method;
use wharf_spec::{Enumeration, Operation, Product, Service, Shape, Type};

/// Formats paragraphs as a docstring, indented by `indent` columns. A line that begins with a blank is an item of a
/// list.
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

/// Returns the docs of an operation; `inputs` have their Python names.
pub(super) fn operation(product: &Product, operation: &Operation, inputs: &[(String, &Field)]) -> Vec<String> {
    let spec = &operation.spec;
    let mut facts = vec![format!("`{}` in the API.", operation.name)];
    facts.extend(words::facts(operation));
    if let Some(job) = operation.job() {
        facts.push(format!("Starts a job: its identifier is `{job}` in the response."));
    }
    let mut docs = vec![words::sentence(&spec.doc)];
    docs.extend(words::deprecated(spec.deprecated.as_deref()));
    docs.push(facts.join(" "));
    docs.extend(waiters::of_operation(product, operation, |waiter| {
        let method = method(&waiter.name, Service::module(&waiter.service));
        format!("`{}.{method}`", product.client(&waiter.service))
    }));
    docs.extend(spec.link.as_ref().map(words::link));
    if !inputs.is_empty() {
        docs.push("Args:".to_owned());
        docs.extend(inputs.iter().map(|(name, input)| format!(" {name}: {}", field(product, input))));
    }
    if let Some(codes) = words::errors(operation) {
        docs.push("Raises:".to_owned());
        docs.push(format!(" Error: With a code, {codes}"));
    }
    docs
}

/// Returns the docs of a structure.
pub(super) fn shape(shape: &Shape) -> Vec<String> {
    let mut docs = vec![words::sentence(&shape.spec.doc)];
    docs.extend(words::deprecated(shape.spec.deprecated.as_deref()));
    docs.push(format!("`{}` in the API.", shape.name));
    docs.extend(shape.spec.link.as_ref().map(words::link));
    docs
}

/// Returns the docs of an enumeration.
pub(super) fn enumeration(enumeration: &Enumeration) -> Vec<String> {
    let mut docs = vec![words::sentence(&enumeration.spec.doc), format!("`{}` in the API.", enumeration.name)];
    docs.push("Values:".to_owned());
    docs.extend(enumeration.spec.values.iter().map(|value| {
        let note = words::deprecated(value.deprecated.as_deref()).map(|note| format!(" {note}")).unwrap_or_default();
        format!(" `{}`: {}{note}", value.value, words::sentence(&value.doc))
    }));
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
    facts.extend(words::origin(field));
    facts.extend(words::limits(field));
    facts.extend(words::editions(field.editions.as_deref()));
    let known = field.enumeration.as_ref().and_then(|name| product.enumeration(name));
    let known = known.map(values).unwrap_or_default();
    let note = words::deprecated(field.deprecated.as_deref()).map(|note| format!(" {note}")).unwrap_or_default();
    format!("{} {}.{known}{note}", words::sentence(&field.doc), facts.join("; "))
}

/// Returns a sentence about the known values; a newer service may send others.
fn values(enumeration: &Enumeration) -> String {
    let known = enumeration.spec.values.iter().map(|value| match value.deprecated {
        None => format!("`{}`", value.value),
        Some(_) => format!("`{}` (deprecated)", value.value),
    });
    let known: Vec<_> = known.collect();
    format!(" Known values: {}.", known.join(", "))
}
