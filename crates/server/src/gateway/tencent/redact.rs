//! What must not be written down: values that the specs call sensitive.

use crate::catalog::{Product, field};
use crate::doctor::HIDDEN;
use crate::journal::{self, Room};
use serde_json::{Map, Value};
use wharf_spec::Type;
use wharf_spec::file::Field;

/// Whether the value of a flattened parameter has to be hidden: it is sensitive or unknown.
pub(super) fn is_hidden(product: Option<&'static Product>, operation: &str, name: &str) -> bool {
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

/// Whether a field's value is hidden. The content of a JSON document in a string is unknown.
fn hides(field: &Field) -> bool {
    field.sensitive || matches!(field.ty.item(), Type::Json(_))
}

/// The parameters for the journal: the values of sensitive ones hidden, and as many as there is room for.
pub(super) fn redacted(
    parameters: &Map<String, Value>,
    fields: &[Field],
    product: &'static Product,
) -> Map<String, Value> {
    shown_members(parameters, fields, product, &mut Room::default())
}

fn shown_members(
    parameters: &Map<String, Value>,
    fields: &[Field],
    product: &'static Product,
    room: &mut Room,
) -> Map<String, Value> {
    journal::members(parameters, room, |name, value, room| match field(fields, name) {
        Some(field) if !hides(field) => shown(value, members(product, &field.ty), product, room),
        _ => Value::from(HIDDEN),
    })
}

fn shown(value: &Value, fields: &[Field], product: &'static Product, room: &mut Room) -> Value {
    match value {
        Value::Object(members) => Value::Object(shown_members(members, fields, product, room)),
        Value::Array(items) => journal::items(items, room, |item, room| shown(item, fields, product, room)),
        Value::String(text) => room.text(text),
        other => other.clone(),
    }
}

/// The fields of the structure that a type is made of; none for a plain type.
fn members(product: &'static Product, ty: &Type) -> &'static [Field] {
    match ty.item() {
        Type::Shape(name) => product.shape(name),
        _ => &[],
    }
}
