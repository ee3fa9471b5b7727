//! Conversions between JSON and the structures of the operations.

use super::Entry;
use crate::Error;
use serde_json::{Map, Value};
use wharf_core::model::json::{Mode, read_value};
use wharf_core::model::{Model, Place, Ref};

/// Reads an operation's input from a JSON object. At every depth, fields can have the API's names or those in Rust.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a field that the operation does not have, that is set under
/// both names, or whose value is of the wrong type. No error shows a value.
pub fn input(entry: &'static Entry, value: Value) -> Result<Box<dyn Model>, Error> {
    let mut scratch = entry.input();
    let value =
        with_wire_names(value, Place::Object(&mut *scratch)).map_err(|error| error.with_operation(entry.meta))?;
    read(entry, &value)
}

/// Replaces the names in Rust by the API's names, in an output as a JSON object.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a field that is set under both names.
#[cfg(feature = "testing")]
pub fn output(entry: &'static Entry, value: Value) -> Result<Value, Error> {
    let mut scratch = entry.output();
    with_wire_names(value, Place::Object(&mut *scratch)).map_err(|error| error.with_operation(entry.meta))
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

/// Replaces the names in Rust by those on the wire. Unknown names stay, and the reader reports them.
fn with_wire_names(value: Value, place: Place<'_>) -> Result<Value, Error> {
    Ok(match (value, place) {
        (Value::Object(members), Place::Object(model)) => {
            let mut renamed = Map::with_capacity(members.len());
            for (name, value) in members {
                let wire = wire_name(model, &name).map_or_else(|| name.clone(), str::to_owned);
                let value = match model.find(&wire) {
                    Some((_, field)) if !value.is_null() => with_wire_names(value, field.place())?,
                    _ => value,
                };
                if renamed.insert(wire, value).is_some() {
                    return Err(Error::invalid_input(name, "is given under both of its names"));
                }
            }
            Value::Object(renamed)
        }
        (Value::Array(items), Place::List(list)) => {
            let items = items.into_iter().map(|item| with_wire_names(item, list.push()));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        (Value::Object(values), Place::Map(map)) => {
            let values = values.into_iter().map(|(name, value)| {
                let value = with_wire_names(value, map.entry(&name))?;
                Ok((name, value))
            });
            Value::Object(values.collect::<Result<_, Error>>()?)
        }
        (value, _) => value,
    })
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
