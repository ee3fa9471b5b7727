//! Every call of the tests is held against the spec: parameters, answers and codes.

use crate::catalog::{Product, catalog, unlisted};
use crate::gateway::parameters::fields;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use wharf_spec::Type;
use wharf_spec::file::Field;

fn product() -> &'static Product {
    catalog().product("ccs").unwrap()
}

/// The parameters have names of the document.
pub(super) fn parameters(operation: &str, parameters: &Value) {
    let fields = &product().operation(operation).unwrap().spec.input;
    for name in parameters.as_object().unwrap().keys() {
        assert!(fields.iter().any(|field| field.name == *name), "{operation} takes no {name}");
    }
}

/// The answer has the names and types of the document, and what must be there is.
pub(super) fn answer(operation: &str, answer: &Value) {
    let output = &product().operation(operation).unwrap().spec.output;
    let mut answer = answer.as_object().unwrap().clone();
    // The examples have totals that the tables do not.
    if !output.iter().any(|field| field.name == "totalCount") {
        answer.remove("totalCount");
    }
    object(operation, output, &answer);
}

/// The code is one of the product's, and of the operation where that lists codes.
pub(super) fn code(operation: &str, refusal: &Refusal) {
    assert!(product().spec().errors.iter().any(|error| error.name == refusal.code), "{} is unknown", refusal.code);
    let listed = &product().operation(operation).unwrap().spec.errors;
    assert!(listed.is_empty() || listed.iter().any(|code| *code == refusal.code), "{operation}: {}", refusal.code);
    assert!(refusal.message.ends_with('.'), "{}", refusal.message);
}

fn object(place: &str, fields: &[Field], object: &Map<String, Value>) {
    for (name, there) in object {
        let field = fields.iter().find(|field| field.name == *name);
        let field = field.unwrap_or_else(|| panic!("{place} has no {name}"));
        let place = format!("{place}.{name}");
        if there.is_null() {
            assert!(field.nullable || !field.required, "{place} is null");
        } else {
            value(&place, &field.ty, there);
            assert_eq!(unlisted(product().spec(), field, there), [""; 0], "{place}");
        }
    }
    for field in fields {
        assert!(object.contains_key(&field.name), "{place} lacks {}", field.name);
    }
}

fn value(place: &str, ty: &Type, there: &Value) {
    let right = match ty {
        Type::String | Type::Timestamp => there.is_string(),
        Type::Int => there.is_i64(),
        Type::Uint => there.is_u64(),
        Type::Float => there.is_number(),
        Type::Bool => there.is_boolean(),
        Type::Any => true,
        Type::Json(_) => panic!("{place} has a type that CCS has not"),
        Type::Map(item) => {
            there.as_object().unwrap().values().for_each(|one| value(place, item, one));
            true
        }
        Type::List(item) => {
            let items = there.as_array().unwrap_or_else(|| panic!("{place} is no list"));
            items.iter().filter(|one| **item != Type::Any || !one.is_null()).for_each(|one| value(place, item, one));
            true
        }
        Type::Shape(shape) => {
            object(
                place,
                fields(product().spec(), shape),
                there.as_object().unwrap_or_else(|| panic!("{place} is no object")),
            );
            true
        }
    };
    assert!(right, "{place} is {there}");
}
