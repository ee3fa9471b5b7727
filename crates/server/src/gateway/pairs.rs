//! The parameters of a query or a form, taken apart once.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Parameters that a query or a form may have.
pub(super) const MOST: usize = 1 << 16;

/// Parameters, decoded, in their order.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pub(super) list: Vec<(String, String)>,
    /// Something in it is not UTF-8. It is replaced in the list.
    pub(super) garbled: bool,
    /// It has more than [`MOST`]; the list is empty then.
    pub(super) too_many: bool,
}

impl Pairs {
    /// Without any.
    pub(super) const NONE: &'static Self = &Self { list: Vec::new(), garbled: false, too_many: false };

    /// Takes a query or a form apart, in which `+` is a space.
    pub(super) fn read(text: &[u8]) -> Self {
        if text.iter().filter(|byte| **byte == b'&').count() >= MOST {
            return Self { too_many: true, ..Self::default() };
        }
        let mut pairs = Self::default();
        let Ok(text) = std::str::from_utf8(text) else { return Self { garbled: true, ..pairs } };
        for (name, value) in split(text) {
            let (name, value) = (pairs.decoded(name), pairs.decoded(value));
            pairs.list.push((name, value));
        }
        pairs
    }

    fn decoded(&mut self, text: &str) -> String {
        let spaced = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
        let decoded = percent_decode_str(&spaced);
        match decoded.clone().decode_utf8() {
            Ok(text) => text.into_owned(),
            Err(_) => {
                self.garbled = true;
                decoded.decode_utf8_lossy().into_owned()
            }
        }
    }

    /// The value of a parameter; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.list.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Whether a query or a form has a parameter of one of those names, found without taking it apart.
pub(super) fn names_any(text: &[u8], names: &[&str]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    // A name has few characters, each of which is escaped at most.
    let is_short = |name: &str| name.len() <= 64;
    split(text).any(|(name, _)| {
        names.contains(&name)
            || (name.contains('%') && is_short(name) && {
                let name = percent_decode_str(name).decode_utf8_lossy();
                names.contains(&name.as_ref())
            })
    })
}

fn split(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests;
