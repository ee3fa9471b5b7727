//! The members of a request, gathered from path, query and body.

use super::super::parameters::{Problem, fields, json, scalar};
use super::arrival::Arrival;
use crate::catalog::Operation;
use serde_json::{Map, Value};
use wharf_spec::file::{Field, ListStyle, Place};
use wharf_spec::{Product, Type};

/// Gathers the members, each by its name on the wire. Members of the path are known already.
///
/// A body that nothing belongs to is let be: the vendor's clients send some with a GET.
pub(super) fn gather(
    operation: &Operation,
    arrival: &Arrival<'_>,
    in_path: Map<String, Value>,
    spec: &Product,
) -> Result<Map<String, Value>, Problem> {
    let mut members = in_path;
    let mut body = body(operation, arrival)?;
    for field in &operation.spec.input {
        match field.place() {
            Place::Query => {
                if let Some(value) = in_query(field, arrival.query())? {
                    members.insert(field.name.clone(), value);
                }
            }
            Place::Body => {
                let names = std::iter::once(&field.name).chain(&field.aliases);
                if let Some(value) = names.into_iter().find_map(|name| body.remove(name)) {
                    members.insert(field.name.clone(), value);
                }
            }
            Place::Path | Place::Header | Place::Host => {}
        }
    }
    relax(&mut members, &operation.spec.input, spec);
    Ok(members)
}

/// The members of a call whose parameters are one flat list.
pub(super) fn flat(operation: &Operation, arrival: &Arrival<'_>) -> Result<Map<String, Value>, Problem> {
    let pairs: Vec<(String, String)> = arrival.query().iter().chain(arrival.form()).cloned().collect();
    let mut members = Map::new();
    for field in &operation.spec.input {
        if let Some(value) = in_query(field, &pairs)? {
            members.insert(field.name.clone(), value);
        }
    }
    Ok(members)
}

fn in_query(field: &Field, pairs: &[(String, String)]) -> Result<Option<Value>, Problem> {
    let wrong = || Problem::mistyped(&field.name, &field.ty);
    let is_meant = |name: &String| *name == field.name || field.aliases.contains(name);
    let mut given = pairs.iter().filter(|(name, _)| is_meant(name)).map(|(_, value)| value.as_str());
    let Type::List(item) = &field.ty else {
        return given.next().map(|text| scalar(text, &field.ty).ok_or_else(wrong)).transpose();
    };
    let given: Vec<&str> = given.collect();
    let Some(first) = given.first() else { return Ok(None) };
    let texts = |texts: Vec<&str>| Ok(Some(texts.into_iter().map(Value::from).collect()));
    match field.style {
        Some(ListStyle::Json) => match serde_json::from_str(first) {
            Ok(Value::Array(items)) => Ok(Some(Value::Array(items))),
            _ if first.starts_with('[') => Err(wrong()),
            // A text that is not JSON is the only item, as in the document's examples.
            _ if **item == Type::String => texts(vec![first]),
            _ => Err(wrong()),
        },
        Some(ListStyle::Comma) => texts(first.split(',').collect()),
        Some(ListStyle::Repeat) | None => texts(given),
    }
}

fn body(operation: &Operation, arrival: &Arrival<'_>) -> Result<Map<String, Value>, Problem> {
    let wanted = |field: &&Field| field.place() == Place::Body;
    if arrival.body.is_empty() || !operation.spec.input.iter().any(|field| wanted(&field)) {
        return Ok(Map::new());
    }
    if arrival.is_form() {
        let pairs = arrival.form().iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        return Ok(pairs.collect());
    }
    let value = json(arrival.body)?;
    let whole = operation.spec.input.iter().find(|field| field.payload);
    match (value, whole) {
        (Value::Object(mut members), Some(field)) => {
            // Some write the list as a member of that name, and some one item for a list of one.
            let inside = members.remove(&field.name).unwrap_or(Value::Object(members));
            Ok(Map::from_iter([(field.name.clone(), inside)]))
        }
        (Value::Null, _) => Ok(Map::new()),
        (value, Some(field)) => Ok(Map::from_iter([(field.name.clone(), value)])),
        (Value::Object(members), None) => Ok(members),
        _ => Err(Problem::Malformed("The body is JSON but not an object.".to_owned())),
    }
}

/// Reads what the document itself writes in several ways: numbers and truth values as texts, and one item, or JSON
/// in a text, instead of a list or a structure.
fn relax(members: &mut Map<String, Value>, fields: &[Field], spec: &Product) {
    for field in fields {
        let names = std::iter::once(&field.name).chain(&field.aliases);
        for name in names {
            if let Some(value) = members.get_mut(name) {
                relax_value(value, &field.ty, spec);
            }
        }
    }
}

fn relax_value(value: &mut Value, ty: &Type, spec: &Product) {
    let read = match (&*value, ty) {
        (Value::String(text), Type::Int) => text.trim().parse::<i64>().ok().map(Value::from),
        (Value::String(text), Type::Bool) => text.trim().to_ascii_lowercase().parse().ok().map(Value::Bool),
        (Value::String(text), Type::List(_) | Type::Shape(_)) => {
            serde_json::from_str(text).ok().filter(|value: &Value| value.is_array() || value.is_object())
        }
        (Value::Number(number), Type::String) => Some(Value::from(number.to_string())),
        (Value::Bool(truth), Type::String) => Some(Value::from(truth.to_string())),
        (Value::Object(_), Type::Json(_)) => Some(Value::from(value.to_string())),
        _ => None,
    };
    if let Some(read) = read {
        *value = read;
    }
    match (&mut *value, ty) {
        (Value::Object(members), Type::Shape(shape)) => relax(members, fields(spec, shape), spec),
        (Value::Array(items), Type::List(item)) => items.iter_mut().for_each(|value| relax_value(value, item, spec)),
        (Value::String(text), Type::List(item)) if **item == Type::String && !text.is_empty() => {
            *value = Value::from(vec![std::mem::take(text)]);
        }
        (Value::Object(_), Type::List(item)) => {
            let mut only = value.take();
            relax_value(&mut only, item, spec);
            *value = Value::from(vec![only]);
        }
        _ => {}
    }
}
