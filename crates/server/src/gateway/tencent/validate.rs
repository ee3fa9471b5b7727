//! What the specs say about parameters, checked: names, presence, types, ranges.

use super::flat::{join, mistyped};
use crate::catalog::{Product, field};
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_spec::Type;
use wharf_spec::file::Field;

/// Checks parameters, nested ones too, and drops members that are `null`, which means absent.
///
/// Enumerations are open, so their values are not checked here.
pub(super) fn validate(
    parameters: &mut Map<String, Value>,
    fields: &[Field],
    product: &'static Product,
) -> Result<(), Refusal> {
    object(parameters, fields, product, "")
}

fn object(
    members: &mut Map<String, Value>,
    fields: &[Field],
    product: &'static Product,
    path: &str,
) -> Result<(), Refusal> {
    members.retain(|_, value| !value.is_null());
    if let Some(name) = members.keys().find(|name| field(fields, name).is_none()) {
        return Err(Refusal::unknown(&join(path, name)));
    }
    for field in fields {
        let path = join(path, &field.name);
        match members.get_mut(&field.name) {
            Some(value) => {
                check(value, &field.ty, product, &path)?;
                bounds(value, field, &path)?;
            }
            None if field.required => return Err(Refusal::missing(&path)),
            None => {}
        }
    }
    Ok(())
}

fn check(value: &mut Value, kind: &Type, product: &'static Product, path: &str) -> Result<(), Refusal> {
    let fits = match (&mut *value, kind) {
        (Value::Object(members), Type::Shape(shape)) => return object(members, product.shape(shape), product, path),
        (Value::Array(items), Type::List(item)) => {
            for (at, value) in items.iter_mut().enumerate() {
                check(value, item, product, &join(path, &at.to_string()))?;
            }
            true
        }
        (Value::String(_), Type::String | Type::Timestamp) => true,
        // The empty string stands for no document.
        (Value::String(text), Type::Json(_)) => {
            text.is_empty() || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        }
        (Value::Number(number), Type::Int) => number.is_i64(),
        (Value::Number(number), Type::Uint) => number.is_u64(),
        (Value::Number(_), Type::Float) | (Value::Bool(_), Type::Bool) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(mistyped(path, kind)) }
}

fn bounds(value: &Value, field: &Field, path: &str) -> Result<(), Refusal> {
    let refused = |broken| Refusal::new("InvalidParameterValue", format!("The parameter `{path}` {broken}."));
    super::super::bounds::broken(value, field).map_or(Ok(()), |broken| Err(refused(broken)))
}
