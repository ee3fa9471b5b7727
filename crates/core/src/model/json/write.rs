//! Conversion of structures to JSON.

use crate::model::{In, List, Map, Model, Ref};
use std::io::Write;

/// Style of the text. Both styles are the same JSON, but a signature covers the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `{"a":1,"b":"é"}`
    Compact,
    /// `{"a": 1, "b": "\u00e9"}`: blanks after `,` and `:`, ASCII only. The default of Python's `json`.
    SpacedAscii,
}

/// Returns the JSON of the body fields that have a value, or of the field that is the whole body.
pub fn to_string(model: &dyn Model, style: Style) -> String {
    let mut writer = Writer { out: Vec::with_capacity(128), style };
    let mut payload = None;
    model.each(&mut |member, value| {
        if member.payload {
            payload = Some(value);
        }
    });
    match payload {
        Some(value) => writer.value(value),
        None => writer.object(model),
    }
    String::from_utf8(writer.out).unwrap_or_default()
}

/// Returns the JSON of one value, whatever its place in the request. An absent value is `null`.
pub fn value_to_string(value: Ref<'_>, style: Style) -> String {
    let mut writer = Writer { out: Vec::with_capacity(64), style };
    writer.value(value);
    String::from_utf8(writer.out).unwrap_or_default()
}

struct Writer {
    out: Vec<u8>,
    style: Style,
}

impl Writer {
    fn object(&mut self, model: &dyn Model) {
        let plain = model.shape().plain_names;
        self.out.push(b'{');
        let mut first = true;
        model.each(&mut |member, value| {
            let value = match (value, member.fixed) {
                _ if member.place != In::Body => return,
                (Ref::Absent, Some(fixed)) => Ref::Text(fixed),
                (Ref::Absent, None) => return,
                (value, _) => value,
            };
            if plain {
                self.plain_name(member.wire, std::mem::replace(&mut first, false));
            } else {
                self.separate(&mut first);
                self.name(member.wire);
            }
            match value {
                Ref::Text(text) => self.text(&member.text(text)),
                value => self.value(value),
            }
        });
        self.out.push(b'}');
    }

    fn map(&mut self, map: &dyn Map) {
        self.out.push(b'{');
        let mut first = true;
        map.each(&mut |name, value| {
            self.separate(&mut first);
            self.name(name);
            self.value(value);
        });
        self.out.push(b'}');
    }

    fn name(&mut self, name: &str) {
        self.text(name);
        self.out.extend_from_slice(if self.style == Style::Compact { b":".as_slice() } else { b": " });
    }

    /// Writes a name that contains nothing to escape, with the separator before it unless it is the first.
    fn plain_name(&mut self, name: &str, first: bool) {
        match (first, self.style) {
            (true, _) => self.out.extend_from_slice(b"\""),
            (false, Style::Compact) => self.out.extend_from_slice(b",\""),
            (false, Style::SpacedAscii) => self.out.extend_from_slice(b", \""),
        }
        self.out.extend_from_slice(name.as_bytes());
        match self.style {
            Style::Compact => self.out.extend_from_slice(b"\":"),
            Style::SpacedAscii => self.out.extend_from_slice(b"\": "),
        }
    }

    fn list(&mut self, list: &dyn List) {
        self.out.push(b'[');
        let mut first = true;
        for at in 0..list.len() {
            self.separate(&mut first);
            self.value(list.item(at));
        }
        self.out.push(b']');
    }

    fn separate(&mut self, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.out.extend_from_slice(if self.style == Style::Compact { b",".as_slice() } else { b", " });
        }
    }

    fn value(&mut self, value: Ref<'_>) {
        match value {
            Ref::Absent => self.out.extend_from_slice(b"null"),
            Ref::Text(text) => self.text(text),
            Ref::Int(number) => self.number(number),
            Ref::Uint(number) => self.number(number),
            Ref::Float(number) => self.number(number),
            Ref::Bool(value) => self.out.extend_from_slice(if value { b"true".as_slice() } else { b"false" }),
            Ref::Json(value) => self.json(value),
            Ref::Object(model) => self.object(model),
            Ref::List(list) => self.list(list),
            Ref::Map(map) => self.map(map),
        }
    }

    fn json(&mut self, value: &serde_json::Value) {
        use serde_json::Value;
        let mut first = true;
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.out.push(b'[');
                for item in items {
                    self.separate(&mut first);
                    self.json(item);
                }
                self.out.push(b']');
            }
            Value::Object(members) => {
                self.out.push(b'{');
                for (name, value) in members {
                    self.separate(&mut first);
                    self.name(name);
                    self.json(value);
                }
                self.out.push(b'}');
            }
            scalar => self.number(scalar),
        }
    }

    /// Writes a number, or another value without texts.
    fn number(&mut self, number: impl serde::Serialize) {
        // Writing into memory cannot fail.
        let _ = serde_json::to_writer(&mut self.out, &number);
    }

    fn text(&mut self, text: &str) {
        if is_plain(text, self.style) {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
            return;
        }
        let start = self.out.len();
        // Writing into memory cannot fail.
        let _ = serde_json::to_writer(&mut self.out, text);
        if self.style == Style::SpacedAscii && !self.out[start..].iter().all(|byte| matches!(byte, b' '..=b'~')) {
            let quoted = String::from_utf8_lossy(&self.out.split_off(start)).into_owned();
            self.ascii(&quoted);
        }
    }

    /// Escapes characters that are not printable ASCII, as Python does. Control characters have been escaped before.
    fn ascii(&mut self, quoted: &str) {
        for character in quoted.chars() {
            if matches!(character, ' '..='~') {
                self.out.push(character as u8);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(self.out, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// Returns whether a text is written as it is.
fn is_plain(text: &str, style: Style) -> bool {
    let most = if style == Style::Compact { u8::MAX } else { b'~' };
    let escapes = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\') | (byte > most);
    // No early end, so that the compiler looks at many bytes at once.
    let some_escape = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | escapes(*byte));
    // Most texts are shorter than what the compiler looks at: they are looked at in words, the last one with bytes of the
    // word before.
    let bytes = text.as_bytes();
    match (bytes.as_chunks::<WORD>().0, bytes.last_chunk::<WORD>()) {
        (words, Some(last)) if bytes.len() <= 8 * WORD => {
            words.iter().chain([last]).fold(0, |any, word| any | escapes_in(u64::from_ne_bytes(*word), style)) == 0
        }
        _ => !some_escape(bytes),
    }
}

const WORD: usize = size_of::<u64>();

/// Returns a number other than zero if some byte of a word is escaped.
fn escapes_in(word: u64, style: Style) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    // The highest bit of a byte is set if it is less than the number, up to 128. Others may be set above such a byte alone.
    let less = |bytes: u64, than: u64| bytes.wrapping_sub(than * ONES) & !bytes & HIGH;
    let equal = |to: u8| less(word ^ (u64::from(to) * ONES), 1);
    let escaped = less(word, b' '.into()) | equal(b'"') | equal(b'\\');
    match style {
        Style::Compact => escaped,
        Style::SpacedAscii => escaped | equal(0x7f) | (word & HIGH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // serde_json is the witness: what it does not escape is written as it is, and in the other style what is ASCII too.
    #[test]
    fn plain_texts_are_those_without_escapes() {
        for odd in (0..=0x100).filter_map(char::from_u32) {
            for length in 0..80 {
                for at in [0, length / 2, length] {
                    let text = format!("{}{odd}{}", "a".repeat(at), "~ ".repeat(length - at));
                    let escaped = serde_json::to_string(&text).is_ok_and(|quoted| quoted.len() > text.len() + 2);
                    assert_eq!(is_plain(&text, Style::Compact), !escaped, "{text:?}");
                    let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                    assert_eq!(is_plain(&text, Style::SpacedAscii), !escaped && printable, "{text:?}");
                }
            }
        }
    }
}
