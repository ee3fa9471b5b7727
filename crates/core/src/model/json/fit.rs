//! Conversion of scalars to their places: the rules of lenient reading, except for lists, objects and maps.

use super::number;
use crate::model::Place;

/// Result of putting a value into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// The place has the value.
    Yes,
    /// The value represents an absent one.
    Absent,
    /// The value is `null`.
    Null,
    /// The value cannot be read. Contains a description of it.
    Not(What),
}

/// Description of a value that cannot be read. A number, so that the result of reading fits into two registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Text,
    Truth,
    Number,
    List,
    Object,
    /// An object without any field of the items of a list.
    Stranger,
    Value,
    Nothing,
    Fraction,
    Large,
    Negative,
    TooLarge,
    NoTruth,
}

impl What {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Truth => "true or false",
            Self::Number => "a number",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Stranger => "an object without any member of its items",
            Self::Value => "a value",
            Self::Nothing => "nothing",
            Self::Fraction => "a number with a fraction",
            Self::Large => "a number that does not fit into 64 bits",
            Self::Negative => "a negative number",
            Self::TooLarge => "a number that is too large",
            Self::NoTruth => "a number other than 0 and 1",
        }
    }
}

/// Scalar as it was found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    Text(&'a str),
    Bool(bool),
    /// Digits of a number.
    Number(&'a str),
}

impl Found<'_> {
    pub(super) fn what(self) -> What {
        match self {
            Self::Text(_) => What::Text,
            Self::Bool(_) => What::Truth,
            Self::Number(_) => What::Number,
        }
    }

    /// Returns whether some services write this value for an absent one.
    pub(super) fn is_nothing(self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// Puts a text or a boolean into a place.
pub(super) fn scalar_into(place: Place<'_>, found: Found<'_>, strict: bool) -> Fit {
    match (place, found) {
        (Place::Text(place), Found::Text(text)) if strict || !(place.is_time() && found.is_nothing()) => {
            place.set(text)
        }
        (Place::Json(place), Found::Text(text)) => *place = text.into(),
        (Place::JsonText(place), Found::Text(text)) => place.set(text.to_owned()),
        (Place::Bool(place), Found::Bool(value)) => *place = value,
        (Place::Json(place), Found::Bool(value)) => *place = value.into(),
        (Place::JsonText(place), Found::Bool(value)) => place.set(value.to_string()),
        _ if strict => return Fit::Not(found.what()),
        _ if found.is_nothing() => return Fit::Absent,
        (Place::Text(place), Found::Bool(value)) => place.set(if value { "true" } else { "false" }),
        (Place::Int(place), Found::Bool(value)) => *place = value.into(),
        (Place::Uint(place), Found::Bool(value)) => *place = value.into(),
        (Place::Bool(place), Found::Text(text)) => match truth(text.trim()) {
            Some(value) => *place = value,
            None => return Fit::Not(What::Text),
        },
        (place @ (Place::Int(_) | Place::Uint(_) | Place::Float(_)), Found::Text(text)) => {
            match number::in_text(text) {
                Some(raw) => return number_into(place, raw, strict),
                None => return Fit::Not(What::Text),
            }
        }
        _ => return Fit::Not(found.what()),
    }
    Fit::Yes
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "1" => Some(true),
        "false" | "False" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

/// Puts a number into a place, by its digits.
pub(super) fn number_into(place: Place<'_>, raw: &str, strict: bool) -> Fit {
    let whole = !raw.contains(['.', 'e', 'E']);
    match place {
        // A caller's whole number has no decimal point.
        Place::Int(_) | Place::Uint(_) if strict && !whole => return Fit::Not(number::Odd::Fraction.found()),
        Place::Int(place) => match number::int(raw) {
            Ok(number) => *place = number,
            Err(odd) => return Fit::Not(odd.found()),
        },
        Place::Uint(place) => match number::uint(raw) {
            Ok(number) => *place = number,
            Err(odd) => return Fit::Not(odd.found()),
        },
        Place::Float(place) => match raw.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => *place = number,
            None => return Fit::Not(What::TooLarge),
        },
        Place::JsonText(place) => place.set(raw.to_owned()),
        Place::Text(place) if !strict => place.set(raw),
        Place::Bool(place) if !strict => match number::int(raw) {
            Ok(0) => *place = false,
            Ok(1) => *place = true,
            _ => return Fit::Not(What::NoTruth),
        },
        _ => return Fit::Not(What::Number),
    }
    Fit::Yes
}
