//! Conversions between JSON and the structures of the operations.

use super::Entry;
use crate::Error;
use serde_json::{Map, Value};
use std::fmt;
use wharf_core::model::json::{Mode, read_value};
use wharf_core::model::{Model, Place, Ref, Shape};
use wharf_core::similar::hint;

/// Reads an operation's input from a JSON object. At every depth, fields can have the API's names or those in Rust.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a field that the operation does not have, that is set under
/// both names, or whose value is of the wrong type. No error shows a value.
pub fn input(entry: &'static Entry, value: Value) -> Result<Box<dyn Model>, Error> {
    let mut scratch = entry.input();
    let value = with_wire_names(value, Place::Object(&mut *scratch), &Way::Whole)
        .map_err(|error| error.with_operation(entry.meta))?;
    read(entry, &value)
}

/// Replaces the names in Rust by the API's names, in an output as a JSON object.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a field that is set under both names.
#[cfg(feature = "testing")]
pub fn output(entry: &'static Entry, value: Value) -> Result<Value, Error> {
    let mut scratch = entry.output();
    with_wire_names(value, Place::Object(&mut *scratch), &Way::Whole).map_err(|error| error.with_operation(entry.meta))
}

/// Reads an operation's input from a JSON object with the API's names.
pub(super) fn read(entry: &'static Entry, value: &Value) -> Result<Box<dyn Model>, Error> {
    let mut model = entry.input();
    if !value.is_null() {
        read_value(value, &mut *model, Mode::Strict)
            .map_err(|problem| Error::from(problem).with_operation(entry.meta))?;
    }
    Ok(model)
}

/// Path of a value in an input, with the names that the caller used.
enum Way<'a> {
    Whole,
    Name(&'a Way<'a>, &'a str),
    Item(&'a Way<'a>, usize),
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Name(Self::Whole, name) => f.write_str(name),
            Self::Name(way, name) => write!(f, "{way}.{name}"),
            Self::Item(way, at) => write!(f, "{way}.{at}"),
        }
    }
}

/// Replaces the names in Rust by those on the wire.
fn with_wire_names(value: Value, place: Place<'_>, way: &Way<'_>) -> Result<Value, Error> {
    Ok(match (value, place) {
        (Value::Object(members), Place::Object(model)) => {
            let mut renamed = Map::with_capacity(members.len());
            for (name, value) in members {
                let way = Way::Name(way, &name);
                let wire = wire_name(model, &name).map_or_else(|| name.clone(), str::to_owned);
                let value = match model.find(&wire) {
                    Some((_, field)) if !value.is_null() => with_wire_names(value, field.place(), &way)?,
                    Some(_) => value,
                    None => return Err(Error::invalid_input(way.to_string(), unknown(&name, model.shape()))),
                };
                if renamed.insert(wire, value).is_some() {
                    return Err(Error::invalid_input(way.to_string(), "is given under both of its names"));
                }
            }
            Value::Object(renamed)
        }
        (Value::Array(items), Place::List(list)) => {
            let items = items.into_iter().enumerate();
            let items = items.map(|(at, item)| with_wire_names(item, list.push(), &Way::Item(way, at)));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        (Value::Object(values), Place::Map(map)) => {
            let values = values.into_iter().map(|(name, value)| {
                let value = with_wire_names(value, map.entry(&name), &Way::Name(way, &name))?;
                Ok((name, value))
            });
            Value::Object(values.collect::<Result<_, Error>>()?)
        }
        (value, _) => value,
    })
}

/// Returns the reason why a name is refused, with the most similar name in the spelling that the caller used: names in
/// Rust have no capitals.
fn unknown(name: &str, shape: &'static Shape) -> String {
    let is_wire = name.contains(char::is_uppercase);
    let known = shape.members.iter().map(|member| if is_wire { member.wire } else { member.name() });
    hint(name, "is not a field of this operation", known)
}

/// Returns the name on the wire of the field that has this name on the wire or in Rust.
fn wire_name(model: &mut dyn Model, name: &str) -> Option<&'static str> {
    let members = model.shape().members;
    match members.iter().find(|member| member.wire == name) {
        Some(member) => Some(member.wire),
        // Another accepted spelling stays unchanged.
        None if model.find(name).is_some() => None,
        None => {
            // In languages where the name is a keyword, it ends with `_`.
            let named = |name: &str| members.iter().find(|member| member.name() == name);
            named(name).or_else(|| named(name.strip_suffix('_')?)).map(|member| member.wire)
        }
    }
}

/// Returns the items of a page, for items that are structures: the list at the end of a path of wire names, see
/// [`Paging::items`](crate::operation::Paging).
pub fn item_models<'a>(page: &'a dyn Model, way: &[&str]) -> Vec<&'a dyn Model> {
    let Some(Ref::List(list)) = crate::paginate::member(page, way) else { return Vec::new() };
    let items = (0..list.len()).filter_map(|at| match list.item(at) {
        Ref::Object(model) => Some(model),
        _ => None,
    });
    items.collect()
}
