//! JSON to structures: one driver that fills places, whatever the structure.
//!
//! Answers are read leniently, because documents and services disagree: `null` is absent, `"12"` is
//! 12 where a number is due and the other way round, one object is a list of one, a document where a
//! text is due is kept as its text, unknown members are skipped. Input that a caller gives as JSON is
//! read strictly, so that a slip is not lost.

use crate::model::{Field, List, Map, Model, Place, Problem};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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
    Fill { target: Target::Place(Place::Object(model)), context: &context }
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| context.problem(&error))
}

/// Fills `model` from JSON that is already read.
pub fn read_value(value: &Value, model: &mut dyn Model, mode: Mode) -> Result<(), Problem> {
    let context = Context::new(mode);
    Fill { target: Target::Place(Place::Object(model)), context: &context }
        .deserialize(value)
        .map_err(|error| context.problem(&error))
}

#[cfg(feature = "serde")]
pub(crate) fn read_from<'de, D: Deserializer<'de>>(deserializer: D, model: &mut dyn Model) -> Result<(), D::Error> {
    let context = Context::new(Mode::Lenient);
    Fill { target: Target::Place(Place::Object(model)), context: &context }.deserialize(deserializer)
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
        Problem { field: if way.is_empty() { "the document".to_owned() } else { way.join(".") }, reason }
    }
}

/// Where the next value goes. The place is made when the value is there and is not `null`.
enum Target<'a> {
    Place(Place<'a>),
    Field(&'a mut dyn Field),
    Entry(&'a mut dyn Map, &'a str),
    /// A `null` in a list keeps its place, empty.
    Item(&'a mut dyn List),
}

impl<'a> Target<'a> {
    fn place(self) -> Place<'a> {
        match self {
            Self::Place(place) => place,
            Self::Field(field) => field.place(),
            Self::Entry(map, name) => map.entry(name),
            Self::Item(list) => list.push(),
        }
    }
}

/// Fills one target with the next value.
struct Fill<'a, 'c> {
    target: Target<'a>,
    context: &'c Context,
}

impl<'de> DeserializeSeed<'de> for Fill<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, 'c> Fill<'a, 'c> {
    fn again(place: Place<'a>, context: &'c Context) -> Self {
        Self { target: Target::Place(place), context }
    }
}

fn mismatch<E: serde::de::Error>(place: &Place<'_>, found: &str, context: &Context) -> Result<(), E> {
    Err(context.fail(format!("must be {}, not {found}", place.expects())))
}

impl<'de> Visitor<'de> for Fill<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        if let Target::Item(list) = self.target {
            list.push();
        }
        Ok(())
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let context = self.context;
        let place = self.target.place();
        match place {
            Place::Text(place) => place.set(text),
            Place::Json(place) => *place = text.into(),
            Place::JsonText(place) => place.set(text.to_owned()),
            place if context.strict() => return mismatch(&place, "a string", context),
            // Some services write "" for a structure or a list that is not there.
            Place::List(_) | Place::Object(_) | Place::Map(_) if text.is_empty() => {}
            Place::List(list) => return Fill { target: Target::Item(list), context }.visit_str(text),
            place => return parse(place, text.trim(), context),
        }
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        let context = self.context;
        match self.target.place() {
            Place::Bool(place) => *place = value,
            Place::Json(place) => *place = value.into(),
            Place::JsonText(place) => place.set(value.to_string()),
            Place::Text(place) if !context.strict() => place.set(if value { "true" } else { "false" }),
            Place::Int(place) if !context.strict() => *place = i64::from(value),
            Place::Uint(place) if !context.strict() => *place = u64::from(value),
            place => return mismatch(&place, "true or false", context),
        }
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        let context = self.context;
        match self.target.place() {
            Place::Int(place) => *place = number,
            Place::Float(place) => *place = number as f64,
            Place::Json(place) => *place = number.into(),
            Place::JsonText(place) => place.set(number.to_string()),
            Place::Uint(place) => match u64::try_from(number) {
                Ok(number) => *place = number,
                Err(_) => return mismatch(&Place::Uint(place), "a negative number", context),
            },
            Place::Text(place) if !context.strict() => place.set(&number.to_string()),
            Place::Bool(place) if !context.strict() => *place = number != 0,
            Place::List(list) if !context.strict() => {
                return Fill { target: Target::Item(list), context }.visit_i64(number);
            }
            place => return mismatch(&place, "a number", context),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        let context = self.context;
        match (self.target.place(), i64::try_from(number)) {
            (Place::Uint(place), _) => *place = number,
            (Place::Json(place), _) => *place = number.into(),
            (place, Ok(number)) => return Fill::again(place, context).visit_i64(number),
            (place, Err(_)) => return Fill::again(place, context).visit_f64(number as f64),
        }
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        let context = self.context;
        let whole = (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64);
        match (self.target.place(), whole) {
            (Place::Float(place), _) => *place = number,
            (Place::Json(place), _) => *place = number.into(),
            (Place::JsonText(place), _) => place.set(Value::from(number).to_string()),
            (Place::Text(place), _) if !context.strict() => place.set(&Value::from(number).to_string()),
            (place @ (Place::Int(_) | Place::Uint(_)), Some(whole)) if !context.strict() => {
                return Fill::again(place, context).visit_i64(whole);
            }
            (place, _) => return mismatch(&place, "a number with a fraction", context),
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let context = self.context;
        let model: &mut dyn Model = match self.target.place() {
            Place::Object(model) => model,
            Place::Map(values) => return fill_map(values, map, context),
            Place::Json(place) => {
                *place = Value::deserialize(MapAccessDeserializer::new(map))?;
                return Ok(());
            }
            Place::JsonText(place) => {
                place.set(Value::deserialize(MapAccessDeserializer::new(map))?.to_string());
                return Ok(());
            }
            // A document where a text is due: its text.
            Place::Text(place) if !context.strict() => {
                place.set(&Value::deserialize(MapAccessDeserializer::new(map))?.to_string());
                return Ok(());
            }
            Place::List(list) if !context.strict() => match list.push() {
                Place::Object(model) => model,
                place => return mismatch(&place, "an object", context),
            },
            place => return mismatch(&place, "an object", context),
        };
        while let Some(found) = map.next_key_seed(Key { model: &mut *model, context })? {
            match found {
                Found::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
                Found::Field { field, name } => {
                    map.next_value_seed(Fill { target: Target::Field(field), context })
                        .inspect_err(|_| context.way.borrow_mut().push(name.to_owned()))?;
                }
            }
        }
        set_time_forms(model);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let context = self.context;
        let member = !matches!(self.target, Target::Place(_));
        let list: &mut dyn List = match self.target.place() {
            Place::List(list) => list,
            Place::Json(place) => {
                *place = Value::deserialize(SeqAccessDeserializer::new(items))?;
                return Ok(());
            }
            Place::JsonText(place) => {
                place.set(Value::deserialize(SeqAccessDeserializer::new(items))?.to_string());
                return Ok(());
            }
            Place::Text(place) if !context.strict() => {
                place.set(&Value::deserialize(SeqAccessDeserializer::new(items))?.to_string());
                return Ok(());
            }
            // A language with one kind of array for both writes `[]` for an empty object. Of a whole document
            // that cannot be said.
            place @ (Place::Object(_) | Place::Map(_)) if member && !context.strict() => {
                return match items.next_element::<IgnoredAny>()? {
                    None => Ok(()),
                    Some(_) => mismatch(&place, "a list", context),
                };
            }
            place => return mismatch(&place, "a list", context),
        };
        let mut at = 0_usize;
        loop {
            match items.next_element_seed(Fill { target: Target::Item(list), context }) {
                Ok(Some(())) => at += 1,
                Ok(None) => return Ok(()),
                Err(error) => {
                    context.way.borrow_mut().push(at.to_string());
                    return Err(error);
                }
            }
        }
    }
}

/// Tells the times of a structure that has been read in which zone they are.
fn set_time_forms(model: &mut dyn Model) {
    for member in model.shape().members {
        if let (Some(form), Some((_, field))) = (member.time, model.find(member.wire)) {
            field.set_time_form(form);
        }
    }
}

/// A text in the place of a number or a truth value.
fn parse<E: serde::de::Error>(place: Place<'_>, text: &str, context: &Context) -> Result<(), E> {
    let mut place = place;
    let fits = match &mut place {
        Place::Int(place) => put(place, text.parse().ok()),
        Place::Uint(place) => put(place, text.parse().ok()),
        Place::Float(place) => put(place, text.parse().ok().filter(|number: &f64| number.is_finite())),
        Place::Bool(place) => put(place, truth(text)),
        _ => false,
    };
    if fits { Ok(()) } else { mismatch(&place, "a string", context) }
}

fn put<T>(place: &mut &mut T, value: Option<T>) -> bool {
    value.map(|value| **place = value).is_some()
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "1" => Some(true),
        "false" | "False" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

/// Fills values by name. A `null` is left out.
fn fill_map<'de, A: MapAccess<'de>>(values: &mut dyn Map, mut map: A, context: &Context) -> Result<(), A::Error> {
    while let Some(name) = map.next_key::<String>()? {
        map.next_value_seed(Fill { target: Target::Entry(&mut *values, &name), context })
            .inspect_err(|_| context.way.borrow_mut().push(name.clone()))?;
    }
    Ok(())
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
