//! The members of a request for a product with resources, checked against the spec.

use crate::doctor::HIDDEN;
use crate::journal::{self, Room};
use serde_json::{Map, Value};
use std::fmt;
use wharf_spec::file::Field;
use wharf_spec::{Product, Type};

/// Why a member is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A required member is not there: its way.
    Missing(String),
    /// What is wrong, as a sentence.
    Invalid(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "The parameter `{path}` is missing."),
            Self::Invalid(message) => f.write_str(message),
        }
    }
}

/// The fields of a structure. The specs have been checked, so it exists.
pub(crate) fn fields<'a>(spec: &'a Product, shape: &str) -> &'a [Field] {
    spec.shape(shape).map_or(&[], |shape| shape.spec.fields.as_slice())
}

/// Returns the field by its name or by one of its other documented names.
pub(super) fn take<'a>(members: &'a Value, field: &Field) -> Option<&'a Value> {
    let names = std::iter::once(&field.name).chain(&field.aliases);
    names.into_iter().find_map(|name| members.get(name))
}

/// A text of a path, a query or a header as the value it stands for.
pub(super) fn typed(text: &str, field: &Field) -> Result<Value, Problem> {
    let value = match field.ty {
        Type::Bool => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        Type::Int => text.parse::<i64>().ok().map(Value::from),
        _ => Some(Value::from(text)),
    };
    value.ok_or_else(|| mistyped(&field.name, &field.ty))
}

pub(super) fn mistyped(path: &str, ty: &Type) -> Problem {
    let kind = match ty {
        Type::String | Type::Timestamp => "a string",
        Type::Int | Type::Uint => "a whole number",
        Type::Float => "a number",
        Type::Bool => "true or false",
        Type::Json(_) => "a string that holds JSON",
        Type::List(_) => "a list",
        Type::Any | Type::Shape(_) | Type::Map(_) => "an object",
    };
    Problem::Invalid(format!("The parameter `{path}` is not {kind}."))
}

/// Checks members, nested ones too: presence, types, ranges. Drops those that are `null`, which means absent, and
/// gives each the name that the spec has for it. Members that the spec does not know are left alone.
pub(crate) fn validate(
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
            None if field.required => return Err(Problem::Missing(path)),
            None => {}
        }
    }
    Ok(())
}

fn check(value: &mut Value, ty: &Type, spec: &Product, path: &str) -> Result<(), Problem> {
    // The tables of CCE print lists as the single object that they hold.
    if let (true, Value::Object(_), Type::List(item)) = (spec.name == "cce", &mut *value, ty)
        && matches!(**item, Type::Shape(_))
    {
        *value = Value::Array(vec![value.take()]);
    }
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
        // One table of Huawei's document writes a kind with a small letter.
        value.as_str().is_none_or(|given| !given.eq_ignore_ascii_case(due))
    });
    let broken = constant.map(|due| format!("is always {due}")).or_else(|| super::bounds::broken(value, field));
    broken.map_or(Ok(()), |broken| Err(Problem::Invalid(format!("The parameter `{path}` {broken}."))))
}

/// The members for the journal: the values of sensitive and of unknown ones hidden, and as many as there is room for.
pub(super) fn redacted(members: &Map<String, Value>, fields: &[Field], spec: &Product) -> Map<String, Value> {
    shown_members(members, fields, spec, &mut Room::default())
}

fn shown_members(
    members: &Map<String, Value>,
    fields: &[Field],
    spec: &Product,
    room: &mut Room,
) -> Map<String, Value> {
    journal::members(members, room, |name, value, room| {
        match fields.iter().find(|field| field.name == *name && !field.sensitive) {
            Some(field) => shown(value, &field.ty, spec, room),
            None => Value::from(HIDDEN),
        }
    })
}

fn shown(value: &Value, ty: &Type, spec: &Product, room: &mut Room) -> Value {
    match (value, ty) {
        (Value::Object(members), Type::Shape(shape)) => {
            Value::Object(shown_members(members, fields(spec, shape), spec, room))
        }
        (Value::Array(items), Type::List(item)) => {
            journal::items(items, room, |value, room| shown(value, item, spec, room))
        }
        (Value::Object(members), Type::Map(item)) => {
            Value::Object(journal::members(members, room, |_, value, room| shown(value, item, spec, room)))
        }
        // What is inside a document nobody has described.
        (_, Type::Json(_) | Type::Any) => Value::from(HIDDEN),
        (Value::String(text), _) => room.text(text),
        // Checked to be of a plain type, so that nothing is inside.
        (other, _) => other.clone(),
    }
}
