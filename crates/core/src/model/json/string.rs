//! Strings that serde_json does not accept: those with half a surrogate pair.

use super::read::{Pass, Read, Reader, Stop};
use super::way::Way;
use crate::model::Shape;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Name of a field.
pub(super) struct Name(pub(super) Pass);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0 == Pass::Plain {
            return deserializer.deserialize_str(Whole);
        }
        let raw = <&RawValue>::deserialize(deserializer)?;
        unquoted(raw).map(|(name, _)| name).ok_or_else(|| Stop.error())
    }
}

/// Name of a field of a structure, and the field's position.
pub(super) struct Key {
    pub(super) pass: Pass,
    pub(super) shape: &'static Shape,
}

/// Result of [`Key`].
pub(super) enum Found<'de> {
    /// The position of the field in the shape, and the address of its name in the text, or 0 if it is not there as it is.
    Known { at: usize, address: usize },
    /// The name of a field that the structure does not have.
    Unknown(Cow<'de, str>),
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Found<'de>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.pass == Pass::Plain {
            return deserializer.deserialize_str(self);
        }
        let name = Name(self.pass).deserialize(deserializer)?;
        Ok(self.shape.position(&name).map_or(Found::Unknown(name), |at| Found::Known { at, address: 0 }))
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(match self.shape.position(text) {
            Some(at) => Found::Known { at, address: text.as_ptr().addr() },
            None => Found::Unknown(Cow::Borrowed(text)),
        })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(match self.shape.position(text) {
            Some(at) => Found::Known { at, address: 0 },
            None => Found::Unknown(Cow::Owned(text.to_owned())),
        })
    }
}

impl Reader<'_> {
    /// Reads a captured string.
    pub(super) fn string<'t>(&mut self, raw: &'t RawValue, way: &Way<'_>) -> Read<Cow<'t, str>> {
        let read = unquoted(raw).ok_or(Stop);
        let (text, whole) = self.broken(read, way)?;
        if !whole {
            self.lossy(way, "has half of a pair of surrogates; it is read as U+FFFD")?;
        }
        Ok(text)
    }
}

/// Returns the text of a captured string, and whether it is complete.
pub(super) fn unquoted(raw: &RawValue) -> Option<(Cow<'_, str>, bool)> {
    match raw.deserialize_str(Whole) {
        Ok(text) => Some((text, true)),
        Err(_) => raw.deserialize_bytes(Halves).ok().map(|text| (Cow::Owned(text), false)),
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Visitor for half surrogate pairs: serde_json returns one as three bytes, encoded like UTF-8, if a string is read as
/// bytes.
struct Halves;

impl Visitor<'_> for Halves {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        /// First of the three bytes.
        const FIRST: &[u8] = &[0xed];
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if chunk.invalid() == FIRST {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Ok(text)
    }
}
