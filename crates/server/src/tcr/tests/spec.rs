//! The spec, as far as these tests hold calls against it.

use crate::catalog::{catalog, unlisted};
use serde_json::{Map, Value};
use std::sync::LazyLock;
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

static REGISTRY: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../../../specs/tcr/2019-09-24/registry.json")));
static ADDITIONS: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../../../specs/tcr/2019-09-24/public/additions.json")));
static SHAPES: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../../../specs/tcr/2019-09-24/shapes.json")));
static ERRORS: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("../../../../../specs/tcr/2019-09-24/errors.json")));

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

pub(super) fn operations() -> Vec<&'static str> {
    let mut names: Vec<_> = REGISTRY["operations"].as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

pub(super) fn check_input(operation: &str, input: &Value) {
    let fields = REGISTRY["operations"][operation]["input"].as_array().unwrap();
    for (name, value) in input.as_object().unwrap() {
        let field = fields.iter().find(|field| field["name"] == **name);
        check_value(operation, field.unwrap_or_else(|| panic!("{operation} takes no {name}")), value);
    }
}

pub(super) fn check_output(operation: &str, answer: &Value) {
    let fields = REGISTRY["operations"][operation]["output"].as_array().unwrap();
    let fields: Vec<Value> = fields.iter().filter(|field| field["name"] != "RequestId").cloned().collect();
    let mut documented = answer.as_object().unwrap().clone();
    // What public clouds add is optional.
    for added in ADDITIONS["additions"]["operations"][operation]["output"].as_array().into_iter().flatten() {
        if let Some(value) = documented.remove(added["name"].as_str().unwrap()) {
            check_value(operation, added, &value);
        }
    }
    check_fields(operation, &fields, &documented);
    let product = catalog().product("tcr").unwrap().spec();
    check_enumerations(product, operation, &product.operation(operation).unwrap().spec.output, answer);
}

fn check_enumerations(product: &Product, place: &str, fields: &[Field], object: &Value) {
    for field in fields {
        let (place, value) = (format!("{place}.{}", field.name), &object[&field.name]);
        assert_eq!(unlisted(product, field, value), [""; 0], "{place}");
        let (Type::Shape(shape), items) = (match &field.ty {
            Type::List(item) => (&**item, value.as_array().cloned().unwrap_or_default()),
            other => (other, vec![value.clone()]),
        }) else {
            continue;
        };
        let fields = &product.shape(shape).unwrap().spec.fields;
        items.iter().for_each(|item| check_enumerations(product, &place, fields, item));
    }
}

fn check_fields(place: &str, fields: &[Value], object: &Map<String, Value>) {
    for field in fields {
        let name = field["name"].as_str().unwrap();
        let value = object.get(name).unwrap_or_else(|| panic!("{place}: {name} is missing"));
        check_value(&format!("{place}.{name}"), field, value);
    }
    assert_eq!(object.len(), fields.len(), "{place}: {object:?} has fields that the spec has not");
}

fn check_value(place: &str, field: &Value, value: &Value) {
    let kind = field["type"].as_str().unwrap();
    match kind.strip_prefix("list<").and_then(|kind| kind.strip_suffix('>')) {
        Some(kind) => {
            let items = value.as_array().unwrap_or_else(|| panic!("{place}: {value} is not a list"));
            items.iter().for_each(|item| check_type(place, kind, item));
        }
        None => check_type(place, kind, value),
    }
}

fn check_type(place: &str, kind: &str, value: &Value) {
    let fits = match kind {
        "string" => value.is_string(),
        "timestamp" => value.as_str().is_some_and(|text| {
            let utc = text.ends_with('Z') && text.contains('T');
            // Times of China, with their zone as Go prints it or without one.
            let date = text.trim_end_matches(" +0800 CST");
            utc || date.len() == 19 && date.as_bytes().get(10) == Some(&b' ')
        }),
        "int" => value.is_i64(),
        "uint" => value.is_u64(),
        "bool" => value.is_boolean(),
        shape => {
            let fields = SHAPES["shapes"][shape]["fields"].as_array().unwrap();
            check_fields(place, fields, value.as_object().unwrap_or_else(|| panic!("{place}: {value}")));
            true
        }
    };
    assert!(fits, "{place}: {value} is no {kind}");
}

pub(super) fn is_code(code: &str) -> bool {
    ERRORS["errors"].get(code).is_some()
}

pub(super) fn check_code(operation: &str, code: &str) {
    let listed = REGISTRY["operations"][operation]["errors"].as_array().unwrap();
    let is_public = !code.contains('.') && is_code(code);
    assert!(is_public || listed.iter().any(|known| known == code), "{operation} does not answer {code}");
}
