//! The spec, as far as these tests hold calls against it.

use super::super::refusals::{ErrorForm, NO_SUCH_API};
use crate::catalog::{catalog, unlisted};
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_spec::file::{Field, Place};
use wharf_spec::{Product, Type};

pub(super) fn product() -> &'static Product {
    catalog().product("cce").unwrap().spec()
}

/// Whether the answer has the members of the operation.
pub(super) fn check(operation: &str, answer: &Value) {
    let spec = &product().operation(operation).unwrap().spec;
    if let Some(whole) = spec.output.iter().find(|field| field.payload) {
        return value(operation, &whole.ty, answer);
    }
    let in_body = spec.output.iter().filter(|field| field.place() == Place::Body).count();
    match answer {
        Value::Null => assert_eq!(in_body, 0, "{operation} has no body"),
        Value::Object(members) => object(operation, &spec.output, members),
        other => panic!("{operation} answers {other}"),
    }
}

fn object(place: &str, fields: &[Field], members: &Map<String, Value>) {
    for (name, there) in members {
        let field = fields.iter().find(|field| field.name == *name);
        let field = field.unwrap_or_else(|| panic!("{place} has no {name}"));
        if there.is_null() {
            assert!(field.nullable, "{place}.{name} is null");
        } else if field.said_by.is_some() && there.is_string() {
            // A map that clients read as one of its values.
        } else {
            value(&format!("{place}.{name}"), &field.ty, there);
            assert_eq!(unlisted(product(), field, there), [""; 0], "{place}.{name}");
        }
    }
    // Templates of pools outside of all pools have little to show, as in the document's example.
    let partial = members.values().any(|value| value == &Value::Object(Map::new()));
    for field in fields.iter().filter(|field| field.required && !partial) {
        let shown =
            members.contains_key(&field.name) || matches!(field.name.as_str(), "iptype" | "size" | "volumetype");
        assert!(shown, "{place} lacks {}: {members:?}", field.name);
    }
}

fn value(place: &str, ty: &Type, there: &Value) {
    let right = match ty {
        Type::String | Type::Json(_) => there.is_string(),
        Type::Timestamp => there.as_str().is_some_and(|text| text.ends_with('Z') || text.ends_with(" +0000 UTC")),
        Type::Int => there.is_i64(),
        Type::Uint => there.is_u64(),
        Type::Float => there.is_number(),
        Type::Bool => there.is_boolean(),
        Type::Any => true,
        Type::List(item) => {
            let items = there.as_array().unwrap_or_else(|| panic!("{place} is no list: {there}"));
            items.iter().for_each(|there| value(place, item, there));
            true
        }
        Type::Map(item) => {
            let members = there.as_object().unwrap_or_else(|| panic!("{place} is no object: {there}"));
            members.values().for_each(|there| value(place, item, there));
            true
        }
        Type::Shape(shape) => {
            let members = there.as_object().unwrap_or_else(|| panic!("{place} is no object: {there}"));
            // What was not given is shown as an empty object, as in the document's examples.
            if !members.is_empty() {
                object(place, &product().shape(shape).unwrap().spec.fields, members);
            }
            true
        }
    };
    assert!(right, "{place} is {there}");
}

/// Whether the refusal is one that the documents have.
pub(super) fn check_refusal(operation: &str, refusal: &Refusal) {
    let (status, code) = (refusal.status.unwrap(), &refusal.code);
    let form = ErrorForm::of(operation);
    match form {
        ErrorForm::Kubernetes => {
            let known =
                [(400, "BadRequest"), (404, "NotFound"), (409, "AlreadyExists"), (409, "Conflict"), (422, "Invalid")];
            assert!(known.contains(&(status, code.as_ref())), "{operation}: {refusal}");
        }
        // Two places of the document give this code different statuses.
        ErrorForm::Addons if code == "SVCSTG.CCE-ADDONMGR.4040204" => assert!([400, 404].contains(&status)),
        _ if code == NO_SUCH_API => assert_eq!(status, 405),
        _ => {
            let known = product().error(code).unwrap_or_else(|| panic!("{operation}: {code} is no code"));
            assert_eq!(known.spec.status, Some(status), "{operation}: {refusal}");
        }
    }
    let body = form.body(status, code, &refusal.message, "r");
    assert!(body["message"] == refusal.message || body["error_msg"] == refusal.message, "{body}");
}

#[test]
fn every_documented_operation_is_handled_and_many_of_the_public_cloud() {
    let product = product();
    let handled: Vec<&str> = super::super::HANDLERS.iter().map(|(name, _)| *name).collect();
    assert!(handled.is_sorted());
    let own = product.operations.iter().filter(|operation| operation.host() != "iam" && !operation.is_imported());
    let documented: Vec<&str> = own.map(|operation| operation.name.as_str()).collect();
    assert!(documented.iter().all(|name| handled.contains(name)));
    assert!(handled.iter().all(|name| product.operation(name).is_some()));
    assert_eq!((documented.len(), handled.len()), (35, 36 + 40));
}
