//! Typed reading of options from one JSON object.

use super::generated;
use crate::Error;
use crate::lookup;
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::time::Duration;
use wharf_core::connection::CallOptions;

/// A reader of the fields of a JSON object by name. It refuses fields that were not read.
pub(super) struct Reader<'a> {
    /// Description of the object for messages (`option of cce`).
    what: &'a str,
    /// Prefix of the names in messages (`credentials.`).
    way: &'a str,
    members: Option<&'a Map<String, Value>>,
    asked: Vec<&'static str>,
    /// Name of an option that the caller passes outside the object.
    given: Option<&'static str>,
    wrong: Wrong,
}

/// A constructor of the reader's errors.
type Wrong = fn(String, String) -> Error;

impl<'a> Reader<'a> {
    /// Creates a reader of the settings of a connection.
    pub(super) fn settings(what: &'a str, value: &'a Value) -> Result<Self, Error> {
        Self::new(what, "", "options", value, Error::configuration)
    }

    /// Creates a reader of arguments.
    pub(super) fn arguments(what: &'a str, value: &'a Value) -> Result<Self, Error> {
        Self::new(what, "", "arguments", value, Error::invalid_input)
    }

    fn new(what: &'a str, way: &'a str, name: &str, value: &'a Value, wrong: Wrong) -> Result<Self, Error> {
        let members = match value {
            Value::Null => None,
            Value::Object(members) => Some(members),
            other => return Err(wrong(name.to_owned(), format!("must be an object, not {}", kind(other)))),
        };
        Ok(Self { what, way, members, asked: Vec::new(), given: None, wrong })
    }

    /// Records that the caller passes an option outside the object.
    pub(super) fn given(&mut self, name: &'static str) {
        self.given = Some(name);
    }

    /// Returns an error about the field with that name.
    pub(super) fn wrong(&self, name: &str, reason: impl Into<String>) -> Error {
        (self.wrong)(format!("{}{name}", self.way), reason.into())
    }

    /// Returns the value of that name; `null` counts as not set.
    pub(super) fn any(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.members?.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(self.wrong(name, format!("must be {expected}, not {}", kind(value)))),
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<&'a str>, Error> {
        self.read(name, "a string", Value::as_str)
    }

    pub(super) fn truth(&mut self, name: &'static str) -> Result<Option<bool>, Error> {
        self.read(name, "true or false", Value::as_bool)
    }

    pub(super) fn whole<T: TryFrom<u64>>(&mut self, name: &'static str) -> Result<Option<T>, Error> {
        self.read(name, "a whole number that fits", |value| T::try_from(value.as_u64()?).ok())
    }

    pub(super) fn seconds(&mut self, name: &'static str) -> Result<Option<Duration>, Error> {
        self.read(name, "seconds, a number that is not negative", |value| {
            Duration::try_from_secs_f64(value.as_f64()?).ok()
        })
    }

    /// Reads one text or a list of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Result<Option<Vec<&'a str>>, Error> {
        self.read(name, "a list of strings", |value| match value {
            Value::String(text) => Some(vec![text.as_str()]),
            Value::Array(items) => items.iter().map(Value::as_str).collect(),
            _ => None,
        })
    }

    /// Reads one of several words.
    pub(super) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                Err(self.wrong(name, format!("must be one of {}", words.join(", "))))
            }
        }
    }

    /// Reads a nested object with `read`, which must read every field.
    pub(super) fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        let (own, way) = (format!("{}{name}", self.way), format!("{}{name}.", self.way));
        let what = format!("part of {own}");
        let mut reader = Reader::new(&what, &way, &own, value, self.wrong)?;
        let read = read(&mut reader)?;
        reader.finish()?;
        Ok(Some(read))
    }

    /// Reads a nested object that has exactly one of several fields, all of which `read` reads.
    #[allow(dead_code, reason = "only some products have such options")]
    pub(super) fn one_of<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> Result<Vec<Option<T>>, Error>,
    ) -> Result<Option<T>, Error> {
        let found = self.object(name, |fields| {
            let found: Vec<_> = read(fields)?.into_iter().flatten().collect();
            Ok((found, fields.asked.join(", ")))
        })?;
        let Some((found, asked)) = found else { return Ok(None) };
        match <[T; 1]>::try_from(found) {
            Ok([one]) => Ok(Some(one)),
            Err(_) => Err(self.wrong(name, format!("must have one of the fields {asked}"))),
        }
    }

    /// Reads texts by name.
    pub(super) fn by_name(&mut self, name: &'static str) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let texts = self.read(name, "an object with strings", |value| {
            value.as_object()?.iter().map(|(name, text)| Some((name.as_str(), text.as_str()?))).collect()
        })?;
        Ok(texts.unwrap_or_default())
    }

    /// Reads addresses of hosts.
    pub(super) fn addresses(&mut self, name: &'static str) -> Result<Vec<(String, SocketAddr)>, Error> {
        let addresses = self.read(name, "an object with addresses such as 192.0.2.1:443", |value| {
            let each = value.as_object()?.iter();
            each.map(|(host, address)| Some((host.clone(), address.as_str()?.parse().ok()?))).collect()
        })?;
        Ok(addresses.unwrap_or_default())
    }

    /// Refuses a second option of several that exclude each other.
    pub(super) fn exclusive(&mut self, names: &[&'static str]) -> Result<(), Error> {
        let given: Vec<_> =
            names.iter().filter(|name| self.any(name).is_some() || self.given == Some(**name)).collect();
        match given[..] {
            [first, second, ..] => Err(self.wrong(second, format!("cannot stand beside {first}: give one of them"))),
            _ => Ok(()),
        }
    }

    /// Reads a required text.
    pub(super) fn needed(&mut self, name: &'static str) -> Result<&'a str, Error> {
        match self.text(name)? {
            Some(text) => Ok(text),
            None => Err(self.wrong(name, "is required")),
        }
    }

    /// Refuses fields that were not read.
    pub(super) fn finish(self) -> Result<(), Error> {
        let unknown = self.members.and_then(|members| members.keys().find(|name| !self.asked.contains(&name.as_str())));
        let Some(name) = unknown else { return Ok(()) };
        let what = format!("is no {}", self.what);
        let reason = lookup::reason(name, &what, self.asked.iter().copied());
        Err(self.wrong(&lookup::shown(name), reason))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "such a number",
        Value::String(_) => "such a string",
        Value::Array(_) => "such a list",
        Value::Object(_) => "an object",
    }
}

/// Reads the options of one call from a JSON object. An option that is not set has the connection's value. A field of
/// `retry` that is not set has its default.
///
#[doc = include_str!("generated/call_options.md")]
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the option that does not exist or has a value of
/// the wrong type.
pub fn call_options(value: &Value) -> Result<CallOptions, Error> {
    let mut reader = Reader::arguments("option of a call", value)?;
    let options = generated::of_call(&mut reader)?;
    for (name, timeout) in [("timeout", options.timeout), ("attempt_timeout", options.attempt_timeout)] {
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(reader.wrong(name, "must be longer than nothing"));
        }
    }
    reader.finish()?;
    Ok(options)
}
