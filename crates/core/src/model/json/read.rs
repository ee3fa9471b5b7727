//! JSON to structures: one driver that fills places, whatever the structure.
//!
//! Answers are read leniently, because documents and services disagree: `null` is absent, `"12"` is
//! 12 where a number is due and the other way round, one object is a list of one, unknown members
//! are skipped. Input that a caller gives as JSON is read strictly, so that a slip is not lost.

use crate::model::{Field, List, Map, Model, Place, Problem};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::RefCell;
use std::fmt;

/// How to treat what does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For answers: unknown members are skipped, numbers and strings stand in for each other.
    Lenient,
    /// For a caller's input: unknown members and wrong types are refused.
    Strict,
}

/// Fills `model` from a JSON text. A member that fails is named with the way to it.
pub fn read(text: &[u8], model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    let context = Context::new(mode);
    let mut json = serde_json::Deserializer::from_slice(text);
    Seed { place: Place::Object(model), context: &context }
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| context.problem(&error))
}

/// Fills `model` from JSON that is already read.
pub fn read_value(value: &Value, model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    let context = Context::new(mode);
    Seed { place: Place::Object(model), context: &context }.deserialize(value).map_err(|error| context.problem(&error))
}

#[cfg(feature = "serde")]
pub(crate) fn read_from<'de, D: Deserializer<'de>>(deserializer: D, model: &mut dyn Model) -> Result<(), D::Error> {
    let context = Context::new(Mode::Lenient);
    Seed { place: Place::Object(model), context: &context }.deserialize(deserializer)
}

/// What the driver carries along: the mode, and the way to the member that failed.
struct Context {
    mode: Mode,
    /// Filled from the inside out while an error travels up.
    way: RefCell<Vec<String>>,
    /// What the innermost member wanted, without the value that was there.
    reason: RefCell<Option<String>>,
}

impl Context {
    fn new(mode: Mode) -> Self {
        Self { mode, way: RefCell::default(), reason: RefCell::default() }
    }

    fn strict(&self) -> bool {
        self.mode == Mode::Strict
    }

    fn fail<E: serde::de::Error>(&self, reason: String) -> E {
        let error = E::custom(&reason);
        *self.reason.borrow_mut() = Some(reason);
        error
    }

    fn problem(&self, error: &serde_json::Error) -> Problem {
        let mut way = self.way.take();
        way.reverse();
        let reason = self.reason.take().unwrap_or_else(|| match error.classify() {
            serde_json::error::Category::Eof => "ends before it is complete".to_owned(),
            _ if error.line() > 0 => format!("is not valid JSON at line {} column {}", error.line(), error.column()),
            _ => "is not valid JSON".to_owned(),
        });
        Problem { field: if way.is_empty() { "JSON".to_owned() } else { way.join(".") }, reason }
    }
}

/// Fills one place with the next value.
struct Seed<'a, 'c> {
    place: Place<'a>,
    context: &'c Context,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let context = self.context;
        match self.place {
            Place::Json(place) => {
                *place = serde::Deserialize::deserialize(deserializer)?;
                Ok(())
            }
            Place::JsonText(place) => {
                let value: Value = serde::Deserialize::deserialize(deserializer)?;
                place.set(match value {
                    Value::String(text) => text,
                    value => value.to_string(),
                });
                Ok(())
            }
            place => deserializer.deserialize_any(Fill { place, context }),
        }
    }
}

/// Fills one field, and leaves it absent on `null`.
struct FieldSeed<'a, 'c> {
    field: &'a mut dyn Field,
    context: &'c Context,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for FieldSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Seed { place: self.field.place(), context: self.context }.deserialize(deserializer)
    }
}

struct Fill<'a, 'c> {
    place: Place<'a>,
    context: &'c Context,
}

impl Fill<'_, '_> {
    fn mismatch<E: serde::de::Error>(self, found: &str) -> Result<(), E> {
        Err(self.context.fail(format!("must be {}, not {found}", self.place.expects())))
    }
}

impl<'de> Visitor<'de> for Fill<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place.expects())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        // A null inside a list keeps its place, empty.
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let lenient = !self.context.strict();
        let trimmed = text.trim();
        match self.place {
            Place::Text(place) => {
                place.set(text);
                return Ok(());
            }
            Place::Int(place) if lenient => {
                if let Ok(number) = trimmed.parse() {
                    *place = number;
                    return Ok(());
                }
                return Fill { place: Place::Int(place), context: self.context }.mismatch("a string");
            }
            Place::Uint(place) if lenient => {
                if let Ok(number) = trimmed.parse() {
                    *place = number;
                    return Ok(());
                }
                return Fill { place: Place::Uint(place), context: self.context }.mismatch("a string");
            }
            Place::Float(place) if lenient => {
                if let Some(number) = trimmed.parse().ok().filter(|number: &f64| number.is_finite()) {
                    *place = number;
                    return Ok(());
                }
                return Fill { place: Place::Float(place), context: self.context }.mismatch("a string");
            }
            Place::Bool(place) if lenient => {
                *place = match trimmed {
                    "true" | "True" | "TRUE" | "1" => true,
                    "false" | "False" | "FALSE" | "0" => false,
                    _ => return Fill { place: Place::Bool(place), context: self.context }.mismatch("a string"),
                };
                return Ok(());
            }
            Place::List(list) if lenient && !text.is_empty() => {
                return Fill { place: list.push(), context: self.context }.visit_str(text);
            }
            // Some services write "" for a structure or a list that is not there.
            Place::List(_) | Place::Object(_) | Place::Map(_) if lenient && text.is_empty() => return Ok(()),
            _ => {}
        }
        self.mismatch("a string")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        let lenient = !self.context.strict();
        match self.place {
            Place::Bool(place) => *place = value,
            Place::Text(place) if lenient => place.set(if value { "true" } else { "false" }),
            Place::Int(place) if lenient => *place = i64::from(value),
            Place::Uint(place) if lenient => *place = u64::from(value),
            _ => return self.mismatch("true or false"),
        }
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        let lenient = !self.context.strict();
        match self.place {
            Place::Int(place) => *place = number,
            Place::Float(place) => *place = number as f64,
            Place::Uint(place) => match u64::try_from(number) {
                Ok(number) => *place = number,
                Err(_) => {
                    return Fill { place: Place::Uint(place), context: self.context }.mismatch("a negative number");
                }
            },
            Place::Text(place) if lenient => place.set(&number.to_string()),
            Place::Bool(place) if lenient => *place = number != 0,
            Place::List(list) if lenient => {
                return Fill { place: list.push(), context: self.context }.visit_i64(number);
            }
            _ => return self.mismatch("a number"),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        match self.place {
            Place::Uint(place) => {
                *place = number;
                Ok(())
            }
            place => match i64::try_from(number) {
                Ok(number) => Fill { place, context: self.context }.visit_i64(number),
                Err(_) => Fill { place, context: self.context }.visit_f64(number as f64),
            },
        }
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        let lenient = !self.context.strict();
        let whole = (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64);
        match (self.place, whole) {
            (Place::Float(place), _) => *place = number,
            (Place::Text(place), _) if lenient => place.set(&serde_json::Value::from(number).to_string()),
            (place @ (Place::Int(_) | Place::Uint(_)), Some(whole)) if lenient => {
                return Fill { place, context: self.context }.visit_i64(whole);
            }
            (place, _) => return Fill { place, context: self.context }.mismatch("a number with a fraction"),
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let context = self.context;
        let model: &mut dyn Model = match self.place {
            Place::Object(model) => model,
            Place::Map(values) => return fill_map(values, map, context),
            Place::List(list) if !context.strict() => match list.push() {
                Place::Object(model) => model,
                place => return Fill { place, context }.mismatch("an object"),
            },
            place => return Fill { place, context }.mismatch("an object"),
        };
        while let Some(found) = map.next_key_seed(Key { model: &mut *model, context })? {
            match found {
                Found::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
                Found::Field { field, name } => {
                    map.next_value_seed(FieldSeed { field, context })
                        .inspect_err(|_| context.way.borrow_mut().push(name.to_owned()))?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let context = self.context;
        let list: &mut dyn List = match self.place {
            Place::List(list) => list,
            place => return Fill { place, context }.mismatch("a list"),
        };
        for at in 0usize.. {
            match items.next_element_seed(ItemSeed { list, context }) {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => {
                    context.way.borrow_mut().push(at.to_string());
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// Fills values by name. A `null` is left out.
fn fill_map<'de, A: MapAccess<'de>>(values: &mut dyn Map, mut map: A, context: &Context) -> Result<(), A::Error> {
    while let Some(name) = map.next_key::<String>()? {
        map.next_value_seed(EntrySeed { values: &mut *values, name: &name, context })
            .inspect_err(|_| context.way.borrow_mut().push(name.clone()))?;
    }
    Ok(())
}

struct EntrySeed<'a, 'c> {
    values: &'a mut dyn Map,
    name: &'a str,
    context: &'c Context,
}

impl<'de> DeserializeSeed<'de> for EntrySeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Seed { place: self.values.entry(self.name), context: self.context }.deserialize(deserializer)
    }
}

/// Adds the next value to a list.
struct ItemSeed<'a, 'c> {
    list: &'a mut dyn List,
    context: &'c Context,
}

impl<'de> DeserializeSeed<'de> for ItemSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Seed { place: self.list.push(), context: self.context }.deserialize(deserializer)
    }
}

/// Looks a member up while its name is read, so that the name need not be kept.
struct Key<'a, 'c> {
    model: &'a mut dyn Model,
    context: &'c Context,
}

enum Found<'a> {
    Unknown,
    Field { field: &'a mut dyn Field, name: &'static str },
}

impl<'de, 'a> DeserializeSeed<'de> for Key<'a, '_> {
    type Value = Found<'a>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<'a>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, 'a> Visitor<'de> for Key<'a, '_> {
    type Value = Found<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Found<'a>, E> {
        let context = self.context;
        match self.model.find(name) {
            Some((name, field)) => Ok(Found::Field { field, name }),
            None if context.strict() => {
                context.way.borrow_mut().push(name.to_owned());
                Err(context.fail("is not a field of this operation".to_owned()))
            }
            None => Ok(Found::Unknown),
        }
    }
}
