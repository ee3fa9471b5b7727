//! Whether an object has the fields and types of its kind.

use super::{Structure, Type, find};
use crate::kubernetes::refusal::FieldFault;
use serde_json::Value;

/// What is wrong with an object of a built-in kind.
#[derive(Debug, Default)]
pub struct Findings {
    /// Paths of fields that there are not.
    pub unknown: Vec<String>,
    /// Values of another type, each with what was expected.
    pub mistyped: Vec<(String, &'static str)>,
    /// Values that are missing.
    pub missing: Vec<FieldFault>,
}

/// Takes unknown fields and nulls out of an object of that kind, and says what is wrong with the rest.
pub fn prune(kind: &str, object: &mut Value) -> Findings {
    let mut findings = Findings::default();
    if let Some(structure) = find(kind) {
        check_structure(structure, object, "", &mut findings);
    }
    findings
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn check_structure(structure: &Structure, value: &mut Value, path: &str, findings: &mut Findings) {
    let Some(object) = value.as_object_mut() else {
        findings.mistyped.push((path.to_owned(), "an object"));
        return;
    };
    object.retain(|name, value| {
        if structure.field(name).is_none() {
            findings.unknown.push(join(path, name));
            return false;
        }
        !value.is_null()
    });
    let in_status = path == "status" || path.starts_with("status.") || path.starts_with("metadata.");
    for field in &structure.fields {
        let path = join(path, &field.name);
        match object.get_mut(&field.name) {
            None if field.required && !in_status => findings.missing.push(FieldFault::required(path, "")),
            None => {}
            Some(value) => check(&field.kind, value, &path, findings),
        }
    }
}

fn check(kind: &Type, value: &mut Value, path: &str, findings: &mut Findings) {
    let expected = match kind {
        Type::Structure(name) => {
            if let Some(structure) = find(name) {
                check_structure(structure, value, path, findings);
            }
            return;
        }
        Type::List(inner, _) => match value.as_array_mut() {
            Some(items) => {
                for (place, item) in items.iter_mut().enumerate() {
                    check(inner, item, &format!("{path}[{place}]"), findings);
                }
                return;
            }
            None => "a list",
        },
        Type::Map(inner) => match value.as_object_mut() {
            Some(entries) => {
                for (name, entry) in entries {
                    check(inner, entry, &join(path, name), findings);
                }
                return;
            }
            None => "a map",
        },
        Type::Any => return,
        Type::Text if value.is_string() => return,
        Type::Text => "a string",
        Type::Integer if value.is_i64() || value.is_u64() => return,
        Type::Integer => "a whole number",
        Type::Number if value.is_number() => return,
        Type::Number => "a number",
        Type::Boolean if value.is_boolean() => return,
        Type::Boolean => "true or false",
        Type::Time if value.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()) => return,
        Type::Time => "a time as in RFC 3339",
        Type::Quantity if crate::kubernetes::quantity::is_quantity(value) => return,
        Type::Quantity => "a quantity",
        Type::IntegerOrText if value.is_string() || value.is_i64() || value.is_u64() => return,
        Type::IntegerOrText => "a whole number or a string",
    };
    findings.mistyped.push((path.to_owned(), expected));
}
