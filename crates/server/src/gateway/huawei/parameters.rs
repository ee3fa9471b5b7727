//! The members of a request: gathered from path, query, headers, host and body, and checked against the spec.

use super::super::{Request, text};
use super::auth::query;
use super::route::cluster_of_host;
use crate::doctor::HIDDEN;
use serde_json::{Map, Value};
use wharf_spec::file::{Field, Place};
use wharf_spec::{Operation, Product, Type};

/// Why parameters are refused.
pub(super) type Problem = String;

/// Gathers the members, each by its name on the wire. Members of the path are known already.
pub(super) fn gather(
    operation: &Operation,
    request: Request<'_>,
    path: Map<String, Value>,
) -> Result<Map<String, Value>, Problem> {
    let mut members = path;
    let pairs = query(request.parts.uri.query().unwrap_or_default());
    let body = body(operation, request)?;
    for field in &operation.input {
        let given = match field.place() {
            Place::Path => continue,
            Place::Query => pairs.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value.as_str()),
            Place::Header => Some(text(request.parts, &field.name)).filter(|value| !value.is_empty()),
            Place::Host => {
                let header = Some(text(request.parts, "x-cluster-id")).filter(|value| !value.is_empty());
                cluster_of_host(request.parts).or(header).or_else(|| {
                    let way = field.default_from.as_deref()?;
                    way.split('.').try_fold(&body, |value, name| value.get(name))?.as_str()
                })
            }
            Place::Body => {
                if let Some(value) = take(&body, field) {
                    members.insert(field.name.clone(), value.clone());
                }
                continue;
            }
        };
        if let Some(given) = given {
            members.insert(field.name.clone(), typed(given, field)?);
        }
    }
    Ok(members)
}

fn body(operation: &Operation, request: Request<'_>) -> Result<Value, Problem> {
    if request.body.is_empty() || !operation.input.iter().any(|field| field.place() == Place::Body) {
        return Ok(Value::Null);
    }
    match serde_json::from_slice(request.body) {
        Ok(Value::Object(members)) => Ok(Value::Object(members)),
        Ok(_) => Err("The body is JSON but not an object.".to_owned()),
        // The message of the parser tells the place, never the text.
        Err(error) => Err(format!("The body is not JSON: {error}.")),
    }
}

/// The member, by its name or one of the names that the document has for it besides.
fn take<'a>(members: &'a Value, field: &Field) -> Option<&'a Value> {
    let names = std::iter::once(&field.name).chain(&field.aliases);
    names.into_iter().find_map(|name| members.get(name))
}

/// The fields of a structure. The specs have been checked, so it exists.
fn fields<'a>(spec: &'a Product, shape: &str) -> &'a [Field] {
    spec.shape(shape).map_or(&[], |shape| shape.spec.fields.as_slice())
}

/// A text as the value it stands for.
fn typed(text: &str, field: &Field) -> Result<Value, Problem> {
    let value = match field.ty {
        Type::Bool => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        Type::Int => text.parse::<i64>().ok().map(Value::from),
        _ => Some(Value::from(text)),
    };
    value.ok_or_else(|| mistyped(&field.name, &field.ty))
}

fn mistyped(path: &str, ty: &Type) -> Problem {
    let kind = match ty {
        Type::String | Type::Timestamp => "a string",
        Type::Int | Type::Uint => "a whole number",
        Type::Float => "a number",
        Type::Bool => "true or false",
        Type::Json(_) => "a string that holds JSON",
        Type::List(_) => "a list",
        Type::Any | Type::Shape(_) | Type::Map(_) => "an object",
    };
    format!("The parameter `{path}` is not {kind}.")
}

/// Checks members, nested ones too: presence, types, ranges. Drops those that are `null`, which means absent, and
/// gives each the name that the spec has for it. Members that the spec does not know are left alone.
pub(super) fn validate(
    members: &mut Map<String, Value>,
    fields: &[Field],
    spec: &Product,
    path: &str,
) -> Result<(), Problem> {
    members.retain(|_, value| !value.is_null());
    for field in fields {
        if !members.contains_key(&field.name)
            && let Some(value) = field.aliases.iter().find_map(|alias| members.remove(alias))
        {
            members.insert(field.name.clone(), value);
        }
        let path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        match members.get_mut(&field.name) {
            Some(value) => {
                check(value, &field.ty, spec, &path)?;
                bounds(value, field, &path)?;
            }
            None if field.required => return Err(format!("The parameter `{path}` is missing.")),
            None => {}
        }
    }
    Ok(())
}

fn check(value: &mut Value, ty: &Type, spec: &Product, path: &str) -> Result<(), Problem> {
    let fits = match (&mut *value, ty) {
        (_, Type::Any) => true,
        (Value::Object(members), Type::Shape(shape)) => return validate(members, fields(spec, shape), spec, path),
        (Value::Array(items), Type::List(item)) => {
            for (at, value) in items.iter_mut().enumerate() {
                check(value, item, spec, &format!("{path}.{at}"))?;
            }
            true
        }
        (Value::Object(members), Type::Map(item)) => {
            for (name, value) in members.iter_mut() {
                check(value, item, spec, &format!("{path}.{name}"))?;
            }
            true
        }
        (Value::String(text), Type::Json(_)) => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
        (Value::Number(number), Type::Int) => number.is_i64(),
        (Value::Number(number), Type::Uint) => number.is_u64(),
        (Value::String(_), Type::String | Type::Timestamp)
        | (Value::Number(_), Type::Float)
        | (Value::Bool(_), Type::Bool) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(mistyped(path, ty)) }
}

fn bounds(value: &Value, field: &Field, path: &str) -> Result<(), Problem> {
    let constant = field.fixed.as_deref().filter(|due| {
        // One table of the document writes a kind with a small letter.
        value.as_str().is_none_or(|given| !given.eq_ignore_ascii_case(due))
    });
    let broken = constant.map(|due| format!("is always {due}")).or_else(|| super::super::bounds::broken(value, field));
    broken.map_or(Ok(()), |broken| Err(format!("The parameter `{path}` {broken}.")))
}

/// The members with the values of sensitive and of unknown ones hidden.
pub(super) fn redacted(members: &Map<String, Value>, fields: &[Field], spec: &Product) -> Map<String, Value> {
    let shown = |(name, value): (&String, &Value)| {
        let field = fields.iter().find(|field| field.name == *name && !field.sensitive);
        let value = field.map_or_else(|| Value::from(HIDDEN), |field| shown(value, &field.ty, spec));
        (name.clone(), value)
    };
    members.iter().map(shown).collect()
}

fn shown(value: &Value, ty: &Type, spec: &Product) -> Value {
    match (value, ty) {
        (Value::Object(members), Type::Shape(shape)) => Value::Object(redacted(members, fields(spec, shape), spec)),
        (Value::Array(items), Type::List(item)) => items.iter().map(|value| shown(value, item, spec)).collect(),
        (Value::Object(members), Type::Map(item)) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), shown(value, item, spec))).collect())
        }
        // What is inside a document nobody has described.
        (_, Type::Json(_) | Type::Any) => Value::from(HIDDEN),
        (other, _) => other.clone(),
    }
}
