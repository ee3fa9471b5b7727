//! What must not be written down: values that the specs call sensitive.

use crate::catalog::{Product, field};
use crate::doctor::HIDDEN;
use serde_json::{Map, Value};
use wharf_spec::Type;
use wharf_spec::file::Field;

/// Whether the value of a flattened parameter has to be hidden: it is sensitive, or nobody knows what it is.
pub(super) fn is_hidden(product: Option<&Product>, operation: &str, name: &str) -> bool {
    let Some((product, operation)) = product.and_then(|product| Some((product, product.operation(operation)?))) else {
        return true;
    };
    let mut fields = operation.spec.input.as_slice();
    for part in name.split('.').filter(|part| part.parse::<usize>().is_err()) {
        let Some(field) = field(fields, part) else { return true };
        if hides(field) {
            return true;
        }
        fields = members(product, &field.ty);
    }
    false
}

/// Whether a field's value is hidden. Nobody knows what is in a JSON document in a string.
fn hides(field: &Field) -> bool {
    field.sensitive || matches!(field.ty.item(), Type::Json(_))
}

/// The parameters with the values of sensitive ones hidden.
pub(super) fn redacted(parameters: &Map<String, Value>, fields: &[Field], product: &Product) -> Map<String, Value> {
    let shown = |(name, value): (&String, &Value)| {
        let value = match field(fields, name) {
            Some(field) if !hides(field) => shown(value, members(product, &field.ty), product),
            _ => Value::from(HIDDEN),
        };
        (name.clone(), value)
    };
    parameters.iter().map(shown).collect()
}

fn shown(value: &Value, fields: &[Field], product: &Product) -> Value {
    match value {
        Value::Object(members) => Value::Object(redacted(members, fields, product)),
        Value::Array(items) => items.iter().map(|item| shown(item, fields, product)).collect(),
        other => other.clone(),
    }
}

/// The fields of the structure that a type is made of; none for a plain type.
fn members(product: &Product, ty: &Type) -> &'static [Field] {
    match ty.item() {
        Type::Shape(name) => product.shape(name),
        _ => &[],
    }
}
