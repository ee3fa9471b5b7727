//! The bounds of an entry: texts and values are cut, and say how much of them is missing.

use super::entry::Entry;
use serde_json::{Map, Value};

/// Bytes of a text of an entry that is neither parameters nor a response.
const MOST_TEXT: usize = 2 << 10;
/// Bytes of the parameters of an entry.
const MOST_PARAMETERS: usize = 256 << 10;
/// Bytes of the response of an entry.
pub(crate) const MOST_RESPONSE: usize = 16 << 10;

impl Entry {
    /// Shortens the texts that a request has filled.
    pub(crate) fn shorten(&mut self) {
        let texts = [&mut self.operation, &mut self.method, &mut self.target, &mut self.region];
        let headers = self.headers.iter_mut().map(|(_, value)| value);
        for text in texts.into_iter().chain(headers).chain(&mut self.code).chain(&mut self.caller) {
            if let Some(short) = shortened(text, MOST_TEXT) {
                *text = short;
            }
        }
    }

    /// Bytes that it takes, or a little less.
    pub(super) fn weight(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len() + 2 * size_of::<String>());
        let diagnosis = self.diagnosis.as_ref().map_or(0, |diagnosis| {
            let client = diagnosis.client_signed.as_ref().map_or(0, String::len);
            diagnosis.cause.len() + diagnosis.server_signed.len() + client + diagnosis.difference.len()
        });
        let texts = [&self.operation, &self.method, &self.target, &self.region, &self.request_id, &self.response];
        let texts = texts.into_iter().chain(&self.account).chain(&self.caller).chain(&self.code).map(String::len);
        size_of::<Self>() + texts.sum::<usize>() + headers.sum::<usize>() + weight_of(&self.parameters) + diagnosis
    }
}

/// The text cut down to that many bytes, if it is longer, with how many were left out.
pub(crate) fn shortened(text: &str, most: usize) -> Option<String> {
    /// Bytes that the words about it take at most.
    const WORDS: usize = 40;
    if text.len() <= most {
        return None;
    }
    let most = most.saturating_sub(WORDS);
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let kept = text.get(..end)?;
    Some(format!("{kept}... [{} bytes left out]", text.len() - end))
}

/// The room that is left for the values of an entry, while they are copied.
#[derive(Debug)]
pub(crate) struct Room(usize);

impl Room {
    /// The room for the parameters.
    pub(crate) fn for_parameters() -> Self {
        Self(MOST_PARAMETERS)
    }

    /// The room for the response.
    pub(crate) fn for_response() -> Self {
        Self(MOST_RESPONSE)
    }

    /// Takes the room for one more value without its content; false when no room is left.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.0 = self.0.saturating_sub(VALUE + name.len());
        self.0 > 0
    }

    /// The text, or as much of it as there is room for.
    pub(crate) fn text(&mut self, text: &str) -> Value {
        let short = shortened(text, self.0);
        self.0 = self.0.saturating_sub(text.len());
        Value::from(short.unwrap_or_else(|| text.to_owned()))
    }
}

/// Members copied as long as there is room; one more says how many were left out.
pub(crate) fn members(
    members: &Map<String, Value>,
    room: &mut Room,
    copy: impl Fn(&str, &Value, &mut Room) -> Value,
) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in members {
        if !room.take(name) {
            out.insert("...".to_owned(), left_out(members.len() - out.len()));
            break;
        }
        let value = copy(name, value, room);
        out.insert(name.clone(), value);
    }
    out
}

/// Items copied as long as there is room; one more says how many were left out.
pub(crate) fn items(items: &[Value], room: &mut Room, copy: impl Fn(&Value, &mut Room) -> Value) -> Value {
    let mut out = Vec::new();
    for value in items {
        if !room.take("") {
            out.push(left_out(items.len() - out.len()));
            break;
        }
        out.push(copy(value, room));
    }
    Value::Array(out)
}

fn left_out(values: usize) -> Value {
    Value::from(format!("[{values} left out]"))
}

/// Bytes that a value takes without its content.
const VALUE: usize = size_of::<Value>();

fn weight_of(members: &Map<String, Value>) -> usize {
    members.iter().map(|(name, value)| name.len() + size_of::<String>() + weight(value)).sum()
}

fn weight(value: &Value) -> usize {
    VALUE
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(inner) => weight_of(inner),
            _ => 0,
        }
}

#[cfg(test)]
mod tests;
