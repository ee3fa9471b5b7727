//! What an operation, a field or a value says of itself besides the API: editions, deprecation, its document.

use super::{At, Check};
use crate::file::{Edition, Field, Operation};
use crate::model::Operation as Placed;

pub(super) fn check(check: &mut Check<'_>) {
    let product = check.product;
    for operation in &product.operations {
        self::operation(check, operation);
    }
    for shape in &product.shapes {
        let at = At { file: &shape.file, item: format!("shape {}", shape.name) };
        link(check, &at, shape.spec.link.as_deref());
        deprecated(check, &at, "deprecated", shape.spec.deprecated.as_deref());
        for field in &shape.spec.fields {
            self::field(check, &at, "field", field);
        }
    }
    for enumeration in &product.enums {
        let at = At { file: &enumeration.file, item: format!("enum {}", enumeration.name) };
        for value in &enumeration.spec.values {
            deprecated(check, &at, &format!("value {}: deprecated", value.value), value.deprecated.as_deref());
        }
    }
}

fn operation(check: &mut Check<'_>, operation: &Placed) {
    let at = At::operation(operation);
    let spec: &Operation = &operation.spec;
    link(check, &at, spec.link.as_deref());
    deprecated(check, &at, "deprecated", spec.deprecated.as_deref());
    editions(check, &at, "editions", spec.editions.as_deref());
    let inputs = spec.input.iter().map(|field| ("input", field));
    for (part, field) in inputs.chain(spec.output.iter().map(|field| ("output", field))) {
        self::field(check, &at, part, field);
        let outside = |edition: &&Edition| spec.editions.as_ref().is_some_and(|known| !known.contains(edition));
        for edition in field.editions.iter().flatten().filter(outside) {
            let message = format!("is in the edition {}, which the operation is not in", edition.as_str());
            check.report(&at, format!("{part} {}", field.name), message);
        }
    }
}

fn field(check: &mut Check<'_>, at: &At<'_>, part: &str, field: &Field) {
    let part = format!("{part} {}", field.name);
    deprecated(check, at, &format!("{part}: deprecated"), field.deprecated.as_deref());
    editions(check, at, &format!("{part}: editions"), field.editions.as_deref());
}

fn link(check: &mut Check<'_>, at: &At<'_>, link: Option<&str>) {
    let Some(link) = link else { return };
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let plain = |char: char| char.is_ascii_graphic() && !matches!(char, '<' | '>' | '"' | '`' | '\\');
    if !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain)) {
        check.report(at, "link", format!("{link} is no address that begins with https:// or http://"));
    }
}

fn deprecated(check: &mut Check<'_>, at: &At<'_>, part: &str, note: Option<&str>) {
    match note.map(str::trim) {
        Some("") => check.report(at, part, "is empty: it says why, and what to use instead"),
        Some(note) if note.ends_with('.') => check.report(at, part, "ends with a full stop"),
        _ => {}
    }
}

fn editions(check: &mut Check<'_>, at: &At<'_>, part: &str, editions: Option<&[Edition]>) {
    let Some(editions) = editions else { return };
    if editions.is_empty() {
        check.report(at, part, "is empty: without the key none is stated");
    }
    for (index, edition) in editions.iter().enumerate() {
        if editions.iter().take(index).any(|before| before == edition) {
            check.report(at, part, format!("{} is there twice", edition.as_str()));
        }
    }
}
