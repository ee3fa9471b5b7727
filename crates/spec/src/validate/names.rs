//! Names that are different in the API and would be the same in Rust.

use super::{At, Check};
use crate::file::Field;
use crate::naming;
use crate::types::Type;
use std::collections::BTreeMap;

/// What every request has besides the setters of its fields.
const REQUEST: &[&str] = &[
    "clone",
    "input",
    "items",
    "new",
    "pages",
    "presign",
    "send",
    "send_with_response",
    "sign",
    "with_attempt_timeout",
    "with_region",
    "with_retry",
    "with_timeout",
];

/// What every structure has besides the setters of its fields.
const SHAPE: &[&str] = &["clone", "default", "each", "eq", "find", "fmt", "get", "ne", "place", "shape"];

pub(super) fn check(check: &mut Check<'_>) {
    let product = check.product;
    for operation in &product.operations {
        let at = At::operation(operation);
        unique(
            check,
            &at,
            "output",
            operation.spec.output.iter().map(|field| (field.name.as_str(), naming::field(&field.name))),
        );
        setters(check, &at, "input", &operation.spec.input, REQUEST, "a method of every request");
    }
    for shape in &product.shapes {
        let at = At { file: &shape.file, item: format!("shape {}", shape.name) };
        let reserved = if shape.in_input { SHAPE } else { &[] };
        setters(check, &at, "field", &shape.spec.fields, reserved, "a method of every structure");
    }
    for enumeration in &product.enums {
        let at = At { file: &enumeration.file, item: format!("enum {}", enumeration.name) };
        let values = enumeration.spec.values.iter().map(|value| (value.value.as_str(), naming::variant(&value.value)));
        unique(check, &at, "value", std::iter::once(("any other value", "Other".to_owned())).chain(values));
    }
    types(check);
    operations(check);
    if let Some(first) = product.errors.first() {
        let at = At { file: &first.file, item: "errors".to_owned() };
        let codes = product.errors.iter().map(|error| (error.name.as_str(), naming::code(&error.name)));
        unique(check, &at, "error", std::iter::once(("any other code", "Other".to_owned())).chain(codes));
    }
}

fn setters(check: &mut Check<'_>, at: &At<'_>, part: &str, fields: &[Field], reserved: &[&str], whose: &str) {
    let mut names = Vec::new();
    for field in fields {
        let name = naming::field(&field.name);
        if reserved.contains(&name.as_str()) {
            check.report(at, format!("{part} {}", field.name), format!("its Rust name `{name}` is {whose}"));
        }
        if matches!(field.ty, Type::Shape(_)) {
            names.push((field.name.as_str(), format!("set_{}", name.trim_start_matches("r#"))));
        }
        names.push((field.name.as_str(), name));
    }
    unique(check, at, part, names.into_iter());
}

/// Structures and enumerations share one module.
fn types(check: &mut Check<'_>) {
    let product = check.product;
    let shapes = product.shapes.iter().map(|shape| (&shape.name, &shape.file, "shape"));
    let enums = product.enums.iter().map(|enumeration| (&enumeration.name, &enumeration.file, "enum"));
    let mut seen: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for (name, file, kind) in shapes.chain(enums) {
        let rust = naming::type_name(name);
        if let Some((other, other_kind)) = seen.get(&rust) {
            let message = format!("its Rust name `{rust}` is also that of the {other_kind} {other}");
            check.report(&At { file, item: format!("{kind} {name}") }, "", message);
        }
        seen.insert(rust, (name, kind));
    }
}

/// Inputs, answers and the client's methods.
fn operations(check: &mut Check<'_>) {
    let product = check.product;
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for operation in &product.operations {
        let name = naming::type_name(&operation.name);
        for rust in [naming::field(&operation.name), format!("{name}Output"), name] {
            if let Some(other) = seen.insert(rust.clone(), &operation.name) {
                let message = format!("its Rust name `{rust}` is also one of {other}");
                check.report(&At::operation(operation), "", message);
            }
            if rust == "new" {
                check.report(&At::operation(operation), "", "its Rust name `new` is a method of every client");
            }
        }
    }
}

fn unique<'a>(check: &mut Check<'_>, at: &At<'_>, part: &str, names: impl Iterator<Item = (&'a str, String)>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (wire, rust) in names {
        match seen.get(&rust) {
            // A name that is there twice is reported as such.
            Some(other) if *other != wire => {
                check.report(at, format!("{part} {wire}"), format!("its Rust name `{rust}` is also that of {other}"));
            }
            _ => {
                seen.insert(rust, wire);
            }
        }
    }
}
