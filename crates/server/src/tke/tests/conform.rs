//! Every call of the tests is held against the spec: parameters, answers and codes.

use crate::catalog::{Product, catalog, unlisted};
use crate::gateway::parameters::fields;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_spec::Type;
use wharf_spec::file::Field;

/// Codes that every operation may answer.
const PUBLIC: [&str; 13] = [
    "DryRunOperation",
    "FailedOperation",
    "InternalError",
    "InvalidParameter",
    "InvalidParameterValue",
    "LimitExceeded",
    "MissingParameter",
    "ResourceInUse",
    "ResourceInsufficient",
    "ResourceNotFound",
    "ResourceUnavailable",
    "UnauthorizedOperation",
    "UnsupportedOperation",
];

/// That version of TKE.
pub(super) fn version(version: &str) -> &'static Product {
    catalog().versions("tke").find(|product| product.version() == version).unwrap()
}

/// The parameters have names of the document.
pub(super) fn parameters(product: &'static Product, operation: &str, parameters: &Value) {
    let fields = &product.operation(operation).unwrap().spec.input;
    for name in parameters.as_object().unwrap().keys() {
        assert!(fields.iter().any(|field| field.name == *name), "{operation} takes no {name}");
    }
}

/// The answer has the names and types of the document, and what must be there is.
pub(super) fn answer(product: &'static Product, operation: &str, answer: &Value) {
    object(product, operation, &product.operation(operation).unwrap().spec.output, answer.as_object().unwrap());
}

/// The code is one that the operation's document lists or that is public.
pub(super) fn code(product: &'static Product, operation: &str, refusal: &Refusal) {
    let listed = &product.operation(operation).unwrap().spec.errors;
    let known = listed.iter().any(|code| *code == refusal.code) || PUBLIC.contains(&refusal.code.as_ref());
    assert!(known, "{operation} does not list {}", refusal.code);
}

fn object(product: &Product, place: &str, fields: &[Field], object: &Map<String, Value>) {
    for (name, there) in object {
        let field = fields.iter().find(|field| field.name == *name);
        let field = field.unwrap_or_else(|| panic!("{place} has no {name}"));
        let place = format!("{place}.{name}");
        if there.is_null() {
            assert!(field.nullable || !field.required, "{place} is null");
        } else {
            value(product, &place, &field.ty, there);
            assert_eq!(unlisted(product.spec(), field, there), [""; 0], "{place}");
        }
    }
    for field in fields.iter().filter(|field| field.required && field.name != "RequestId") {
        assert!(object.contains_key(&field.name), "{place} lacks {}", field.name);
    }
}

fn value(product: &Product, place: &str, ty: &Type, there: &Value) {
    let right = match ty {
        Type::String | Type::Timestamp => there.is_string(),
        Type::Json(_) => there.as_str().is_some_and(|text| serde_json::from_str::<Value>(text).is_ok()),
        Type::Int => there.is_i64(),
        Type::Uint => there.is_u64(),
        Type::Float => there.is_number(),
        Type::Bool => there.is_boolean(),
        Type::Any | Type::Map(_) => panic!("{place} has a type that TKE has not"),
        Type::List(item) => {
            there
                .as_array()
                .unwrap_or_else(|| panic!("{place} is no list"))
                .iter()
                .for_each(|one| value(product, place, item, one));
            true
        }
        Type::Shape(shape) => {
            object(
                product,
                place,
                fields(product.spec(), shape),
                there.as_object().unwrap_or_else(|| panic!("{place} is no object")),
            );
            true
        }
    };
    assert!(right, "{place} is {there}");
}
