//! Rust types of fields, and the fields that a caller must provide.

use wharf_spec::Type;
use wharf_spec::file::{Field, Place};

/// Position of a field, which determines its Rust type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::emit::rust) enum Side {
    /// In requests: fields that are not set are left out.
    Input,
    /// Only in outputs.
    Output,
}

/// Returns whether the field is an argument of the client's method: required identifiers and the other fields of the
/// path.
pub(in crate::emit::rust) fn is_argument(field: &Field) -> bool {
    let names = field.place() == Place::Path || field.name.ends_with("Id") || field.name.ends_with("_id");
    is_needed(field) && names && field.ty == Type::String && field.enumeration.is_none() && !field.sensitive
}

/// Returns whether only the caller can provide the field, and the request needs it.
pub(in crate::emit::rust) fn is_needed(field: &Field) -> bool {
    field.required && field.fixed.is_none() && !field.from_connection && field.default_from.is_none()
}

/// Returns whether the value is not in an `Option`.
pub(super) fn is_plain(field: &Field, side: Side, boxed: bool) -> bool {
    side == Side::Output && !boxed && (field.ty.is_list() || field.ty.is_map() || (field.required && !field.nullable))
}

pub(super) fn rust_type(field: &Field, side: Side, boxed: bool) -> String {
    let item = item_type(field);
    let value = match (&field.ty, boxed) {
        (Type::List(_), _) => format!("Vec<{item}>"),
        (Type::Map(_), _) => format!("BTreeMap<String, {item}>"),
        (_, true) => format!("Box<{item}>"),
        (_, false) => item,
    };
    if is_plain(field, side, boxed) { value } else { format!("Option<{value}>") }
}

/// Returns the type of the value, or of the items of the list, or of the values of the map.
pub(super) fn item_type(field: &Field) -> String {
    match &field.ty {
        Type::List(item) | Type::Map(item) => value_type(item, field),
        value => value_type(value, field),
    }
}

fn value_type(ty: &Type, field: &Field) -> String {
    match ty {
        Type::String if field.sensitive => "Secret".to_owned(),
        Type::String if field.enumeration.is_some() => format!("types::{}", field.named),
        Type::String => "String".to_owned(),
        Type::Int => "i64".to_owned(),
        Type::Uint => "u64".to_owned(),
        Type::Float => "f64".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Timestamp => "Timestamp".to_owned(),
        Type::Json(_) => "JsonText".to_owned(),
        Type::Any => "serde_json::Value".to_owned(),
        Type::Shape(_) => format!("types::{}", field.named),
        Type::List(item) => format!("Vec<{}>", value_type(item, field)),
        Type::Map(value) => format!("BTreeMap<String, {}>", value_type(value, field)),
    }
}
