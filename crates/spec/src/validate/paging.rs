use super::{At, Check};
use crate::file::{Field, PageStyle, Paginate};
use crate::model::Operation;
use crate::types::Type;
use serde_json::Value;

pub(super) fn check(check: &mut Check<'_>, at: &At<'_>, operation: &Operation, paginate: &Paginate) {
    keys(check, at, paginate);
    let input = |name: &str| operation.spec.input.iter().find(|field| field.name == name);
    let style = paginate.style;
    let (begin, length) = match style {
        PageStyle::Offset => ("offset", "limit"),
        PageStyle::Number => ("number", "size"),
        PageStyle::Token => ("token", "size"),
    };
    for (key, name) in [(begin, paginate.begin()), (length, paginate.length())] {
        if !name.is_empty() {
            let is_token = key == "token";
            let text_fits = is_token || style == PageStyle::Number;
            let number_fits = !is_token;
            let wanted = match (number_fits, text_fits) {
                (true, true) => "a whole number or a string",
                (true, false) => "a whole number",
                (false, _) => "a string",
            };
            let fits =
                |field: &Field| (number_fits && field.ty.is_integer()) || (text_fits && field.ty == Type::String);
            expect(check, at, &format!("paginate {key}"), name, "input", input(name), wanted, fits);
        }
    }
    let product = check.product;
    if let Some(way) = paginate.total.as_deref().filter(|way| !way.is_empty()) {
        let total = product.output_field(operation, way);
        expect(check, at, "paginate total", way, "output", total, "a whole number", |field| field.ty.is_integer());
    }
    if let Some(way) = paginate.next.as_deref().filter(|way| !way.is_empty()) {
        let next = product.output_field(operation, way);
        expect(check, at, "paginate next", way, "output", next, "a string", |field| field.ty == Type::String);
    }
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

/// Each style has keys of its own, and each but the sizes of pages by token has to be there.
fn keys(check: &mut Check<'_>, at: &At<'_>, paginate: &Paginate) {
    use PageStyle::{Number, Offset, Token};
    let all = &[Offset, Number, Token][..];
    for (key, given, allowed, needed) in [
        ("offset", &paginate.offset, &[Offset][..], &[Offset][..]),
        ("limit", &paginate.limit, &[Offset], &[Offset]),
        ("number", &paginate.number, &[Number], &[Number]),
        ("size", &paginate.size, &[Number, Token], &[Number]),
        ("token", &paginate.token, &[Token], &[Token]),
        ("next", &paginate.next, &[Token], &[Token]),
        ("total", &paginate.total, all, &[Offset, Number]),
    ] {
        if given.is_some() && !allowed.contains(&paginate.style) {
            check.report(at, format!("paginate {key}"), format!("is none of the style {}", paginate.style.as_str()));
        } else if given.as_ref().is_none_or(String::is_empty) && needed.contains(&paginate.style) {
            check.report(at, format!("paginate {key}"), "is missing");
        }
    }
    if paginate.length().is_empty() && paginate.style == Token {
        for (key, given) in [("max", paginate.max), ("default", paginate.default)] {
            if given.is_some() {
                check.report(
                    at,
                    format!("paginate {key}"),
                    "is the size of a page, and no input is named that says it",
                );
            }
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
