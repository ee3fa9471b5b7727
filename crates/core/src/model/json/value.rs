//! Any JSON, for fields that accept it and for a caller's input.

use super::decoding::Decoding;
use super::read::{Pass, Read, Reader, Stop, in_passes};
use super::string::Name;
use super::way::Way;
use crate::model::Problem;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// Parses a caller's JSON. Duplicate fields, and numbers that cannot be represented exactly, are rejected.
///
/// # Errors
/// The path where the text is not JSON, or the field that cannot be accepted.
pub fn parse(text: &str) -> Result<Value, Problem> {
    in_passes(text, true, &mut Decoding::default(), |reader, json| {
        AnyValue { reader, way: &Way::Whole }.deserialize(json)
    })
}

/// Seed that reads any JSON.
pub(super) struct AnyValue<'r, 'd, 'w> {
    pub(super) reader: &'r mut Reader<'d>,
    pub(super) way: &'w Way<'w>,
}

impl<'de> DeserializeSeed<'de> for AnyValue<'_, '_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Self { reader, way } = self;
        reader.count(way).map_err(Stop::error)?;
        if reader.pass == Pass::Plain {
            let value = deserializer.deserialize_any(AnyValue { reader: &mut *reader, way });
            return reader.broken(value, way);
        }
        let raw = reader.broken(<&RawValue>::deserialize(deserializer), way)?;
        reader.captured_value(raw, way).map_err(Stop::error)
    }
}

impl<'de> Visitor<'de> for AnyValue<'_, '_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.reader.charge(text.len(), self.way).map_err(Stop::error)?;
        Ok(text.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    /// Requests the digits of a number, because a float may not contain all of them.
    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        self.reader.again().map_err(Stop::error)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        /// Number of fields in a node of an object's tree, and the memory of the node in bytes.
        const NODE: (usize, usize) = (6, 640);
        let Self { reader, way } = self;
        reader.enter(way).map_err(Stop::error)?;
        let mut members = serde_json::Map::new();
        while let Some(name) = map.next_key_seed(Name(reader.pass))? {
            if members.len().is_multiple_of(NODE.0) {
                reader.charge(NODE.1, way).map_err(Stop::error)?;
            }
            let way = &Way::Name(way, &name);
            let value = map.next_value_seed(AnyValue { reader: &mut *reader, way })?;
            if members.insert(name.to_string(), value).is_some() {
                let reason = if reader.strict { "is there twice" } else { "is there twice; the last one counts" };
                reader.lossy(way, reason).map_err(Stop::error)?;
            }
        }
        reader.leave();
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let Self { reader, way } = self;
        reader.enter(way).map_err(Stop::error)?;
        let mut items = Vec::new();
        loop {
            let way = &Way::Item(way, items.len(), items.len());
            let Some(item) = list.next_element_seed(AnyValue { reader: &mut *reader, way })? else { break };
            reader.charge(2 * size_of::<Value>(), way).map_err(Stop::error)?;
            items.push(item);
        }
        reader.leave();
        Ok(Value::Array(items))
    }
}

impl Reader<'_> {
    /// Reads any JSON from captured text.
    fn captured_value(&mut self, raw: &RawValue, way: &Way<'_>) -> Read<Value> {
        match raw.get().as_bytes().first() {
            Some(b'"') => {
                let text = self.string(raw, way)?;
                self.charge(text.len(), way)?;
                Ok(Value::String(text.into_owned()))
            }
            Some(b'{' | b'[' | b't' | b'f' | b'n') => {
                let value = raw.deserialize_any(AnyValue { reader: &mut *self, way });
                self.broken(value, way).map_err(|_| Stop)
            }
            _ => self.number(raw.get(), way),
        }
    }
}
