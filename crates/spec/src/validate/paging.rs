use super::{At, Check};
use crate::file::{Field, Paginate};
use crate::model::Operation;

pub(super) fn check(check: &mut Check<'_>, at: &At<'_>, operation: &Operation, paginate: &Paginate) {
    let input = |name: &str| operation.spec.input.iter().find(|field| field.name == name);
    for (part, name) in [("paginate offset", &paginate.offset), ("paginate limit", &paginate.limit)] {
        let wanted = "a whole number";
        expect(check, at, part, name, "input", input(name), wanted, |field| field.ty.is_integer());
    }
    let product = check.product;
    let total = product.output_field(operation, &paginate.total);
    let wanted = "a whole number";
    expect(check, at, "paginate total", &paginate.total, "output", total, wanted, |field| field.ty.is_integer());
    let items = product.output_field(operation, &paginate.items);
    expect(check, at, "paginate items", &paginate.items, "output", items, "a list", |field| field.ty.is_list());

    let bound =
        input(&paginate.limit).map(|limit| (limit.max, limit.default.as_ref().and_then(serde_json::Value::as_i64)));
    let stated = (paginate.max.map(i64::from), paginate.default.map(i64::from));
    if let Some((max, default)) = bound {
        if max != stated.0 {
            check.report(at, "paginate max", format!("differs from the largest value of the input {}", paginate.limit));
        }
        if default != stated.1 {
            check.report(at, "paginate default", format!("differs from the default of the input {}", paginate.limit));
        }
    }
    if let (Some(max), Some(default)) = stated
        && default > max
    {
        check.report(at, "paginate default", format!("{default} is above the largest page {max}"));
    }
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
