//! Any JSON, for members that take it and for what a caller gives.

use super::decoding::Decoding;
use super::read::{Read, Reader};
use super::way::Way;
use crate::model::Problem;
use serde_json::Value;

/// Reads a caller's JSON. A member that is there twice, and a number that cannot be kept as it is, are refused.
///
/// # Errors
/// Where it is not JSON, or the member that cannot be kept.
pub fn parse(text: &str) -> Result<Value, Problem> {
    let mut decoding = Decoding::default();
    decoding.begin(text.len());
    let mut reader = Reader::new(text, true, &mut decoding);
    let value = reader.value(&Way::Whole)?;
    reader.end()?;
    Ok(value)
}

impl Reader<'_, '_> {
    /// Any JSON.
    pub(super) fn value(&mut self, way: &Way<'_>) -> Read<Value> {
        /// Room of an object's tree for so many members.
        const NODE: (usize, usize) = (6, 640);
        self.count(way)?;
        match self.scan.peek() {
            Some(b'"') => {
                let text = self.string(way)?;
                self.charge(text.len(), way)?;
                Ok(Value::String(text.into_owned()))
            }
            Some(b'{') => {
                self.enter(way)?;
                let mut members = serde_json::Map::new();
                self.each_member(way, |reader, name| {
                    if members.len().is_multiple_of(NODE.0) {
                        reader.charge(NODE.1, way)?;
                    }
                    let way = Way::Name(way, name);
                    let value = reader.value(&way)?;
                    if members.insert(name.to_owned(), value).is_some() {
                        let reason =
                            if reader.strict { "is there twice" } else { "is there twice; the last one counts" };
                        reader.lossy(&way, reason)?;
                    }
                    Ok(())
                })?;
                self.depth -= 1;
                Ok(Value::Object(members))
            }
            Some(b'[') => {
                self.enter(way)?;
                self.take(way, |scan| scan.expect(b'['))?;
                let mut items = Vec::new();
                let mut more = !self.scan.eat(b']');
                while more {
                    self.charge(2 * size_of::<Value>(), way)?;
                    items.push(self.value(&Way::Item(way, items.len(), items.len()))?);
                    more = self.take(way, |scan| scan.more(b']'))?;
                }
                self.depth -= 1;
                Ok(Value::Array(items))
            }
            Some(b't') => self.word("true", true.into(), way),
            Some(b'f') => self.word("false", false.into(), way),
            Some(b'n') => self.word("null", Value::Null, way),
            _ if !self.strict && self.scan.unwritable() => {
                self.lossy(way, "is a number that JSON cannot say; it is read as null")?;
                Ok(Value::Null)
            }
            _ => {
                let raw = self.take(way, |scan| scan.number())?;
                self.number(raw, way)
            }
        }
    }

    fn word(&mut self, word: &str, value: Value, way: &Way<'_>) -> Read<Value> {
        self.take(way, |scan| scan.word(word))?;
        Ok(value)
    }
}
