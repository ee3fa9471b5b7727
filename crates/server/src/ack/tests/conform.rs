//! The spec, as far as these tests hold calls against it.

use crate::catalog::{catalog, unlisted};
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

fn product() -> &'static Product {
    catalog().product("ack").unwrap().spec()
}

/// Whether the answer has the members of the operation. What every answer has the gateway adds.
pub(super) fn check(operation: &str, answer: &Value) {
    let output = &product().operation(operation).unwrap().spec.output;
    if let Some(whole) = output.iter().find(|field| field.payload) {
        return value(operation, &whole.ty, answer);
    }
    match answer {
        Value::Null => assert!(output.is_empty(), "{operation} says nothing"),
        Value::Object(members) => object(operation, output, members),
        other => panic!("{operation} answers {other}"),
    }
}

fn object(place: &str, fields: &[Field], members: &Map<String, Value>) {
    for (name, there) in members {
        let field = fields.iter().find(|field| field.name == *name);
        let field = field.unwrap_or_else(|| panic!("{place} has no {name}"));
        assert!(!there.is_null() || field.nullable, "{place}.{name} is null");
        value(&format!("{place}.{name}"), &field.ty, there);
        assert_eq!(unlisted(product(), field, there), [""; 0], "{place}.{name}");
    }
    for field in fields.iter().filter(|field| field.required) {
        assert!(members.contains_key(&field.name), "{place} lacks {}: {members:?}", field.name);
    }
}

fn value(place: &str, ty: &Type, there: &Value) {
    let right = match ty {
        Type::String => there.is_string(),
        Type::Json(_) => there.as_str().is_some_and(|text| serde_json::from_str::<Value>(text).is_ok()),
        Type::Timestamp => there.as_str().is_some_and(|text| text.ends_with('Z') || text.ends_with("+08:00")),
        Type::Int => there.is_i64(),
        Type::Uint => there.is_u64(),
        Type::Float => there.is_number(),
        Type::Bool => there.is_boolean(),
        Type::Any => true,
        Type::List(item) => {
            let items = there.as_array().unwrap_or_else(|| panic!("{place} is no list: {there}"));
            return items.iter().for_each(|there| value(place, item, there));
        }
        Type::Map(item) => {
            let members = there.as_object().unwrap_or_else(|| panic!("{place} is no object: {there}"));
            return members.values().for_each(|there| value(place, item, there));
        }
        Type::Shape(shape) => {
            let members = there.as_object().unwrap_or_else(|| panic!("{place} is no object: {there}"));
            return object(place, &product().shape(shape).unwrap().spec.fields, members);
        }
    };
    assert!(right, "{place} is {there}");
}

/// Whether the refusal is one that the spec has.
pub(super) fn check_refusal(refusal: &Refusal) {
    assert!(product().error(&refusal.code).is_some(), "{refusal} is not in the spec");
    assert_eq!(refusal.status, None, "the gateway finds it in the spec");
}

#[test]
fn every_documented_operation_is_handled_and_many_of_the_public_cloud() {
    let handled: Vec<&str> = super::super::HANDLERS.iter().map(|(name, _)| *name).collect();
    assert!(handled.is_sorted());
    let documented = product().operations.iter().filter(|operation| !operation.is_imported());
    let documented: Vec<&str> = documented.map(|operation| operation.name.as_str()).collect();
    assert!(documented.iter().all(|name| handled.contains(name)));
    assert!(handled.iter().all(|name| product().operation(name).is_some()));
    assert_eq!((documented.len(), handled.len()), (39, 39 + 44));
}
