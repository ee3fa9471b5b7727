use super::{At, Check};
use crate::file::{Field, PageStyle, Paginate};
use crate::model::Operation;
use crate::types::Type;
use serde_json::Value;

pub(super) fn check(check: &mut Check<'_>, at: &At<'_>, operation: &Operation, paginate: &Paginate) {
    keys(check, at, paginate);
    let input = |name: &str| operation.spec.input.iter().find(|field| field.name == name);
    let counts_pages = paginate.style == PageStyle::Number;
    let (begin, length) = if counts_pages { ("number", "size") } else { ("offset", "limit") };
    for (key, name) in [(begin, paginate.begin()), (length, paginate.length())] {
        if !name.is_empty() {
            let wanted = if counts_pages { "a whole number or a string" } else { "a whole number" };
            let fits = |field: &Field| field.ty.is_integer() || (counts_pages && field.ty == Type::String);
            expect(check, at, &format!("paginate {key}"), name, "input", input(name), wanted, fits);
        }
    }
    let product = check.product;
    let total = product.output_field(operation, &paginate.total);
    let wanted = "a whole number";
    expect(check, at, "paginate total", &paginate.total, "output", total, wanted, |field| field.ty.is_integer());
    let items = product.output_field(operation, &paginate.items);
    expect(check, at, "paginate items", &paginate.items, "output", items, "a list", |field| field.ty.is_list());

    let stated = (paginate.max.map(i64::from), paginate.default.map(i64::from));
    if let Some(field) = input(paginate.length()) {
        // A string has no largest value.
        if field.ty.is_integer() && field.max != stated.0 {
            check.report(at, "paginate max", format!("differs from the largest value of the input {}", field.name));
        }
        if field.default.as_ref().and_then(number) != stated.1 {
            check.report(at, "paginate default", format!("differs from the default of the input {}", field.name));
        }
    }
    if let (Some(max), Some(default)) = stated
        && default > max
    {
        check.report(at, "paginate default", format!("{default} is above the largest page {max}"));
    }
}

/// Each style has two keys of its own.
fn keys(check: &mut Check<'_>, at: &At<'_>, paginate: &Paginate) {
    let (name, other) = match paginate.style {
        PageStyle::Offset => ("offset", PageStyle::Number),
        PageStyle::Number => ("number", PageStyle::Offset),
    };
    for (style, key, given) in [
        (PageStyle::Offset, "offset", &paginate.offset),
        (PageStyle::Offset, "limit", &paginate.limit),
        (PageStyle::Number, "number", &paginate.number),
        (PageStyle::Number, "size", &paginate.size),
    ] {
        if style == other && given.is_some() {
            check.report(at, format!("paginate {key}"), format!("is none of the style {name}"));
        } else if style != other && given.as_ref().is_none_or(String::is_empty) {
            check.report(at, format!("paginate {key}"), "is missing");
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[expect(clippy::too_many_arguments, reason = "one sentence of a message each")]
fn expect(
    check: &mut Check<'_>,
    at: &At<'_>,
    part: &str,
    name: &str,
    side: &str,
    field: Option<&Field>,
    wanted: &str,
    fits: impl Fn(&Field) -> bool,
) {
    match field {
        None => check.report(at, part, format!("{name} is not a field of the {side}")),
        Some(field) if !fits(field) => check.report(at, part, format!("{name} is `{}`, not {wanted}", field.ty)),
        Some(_) => {}
    }
}
