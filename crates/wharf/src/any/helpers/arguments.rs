//! Typed reading of a helper's arguments.
#![allow(dead_code, reason = "only some products have such arguments")]

use crate::Error;
use serde_json::{Map, Value};
use std::time::SystemTime;
use wharf_core::model::json::{Mode, read_value};
use wharf_core::model::{Model, Names, Timestamp, to_value};

/// The arguments of a helper.
pub(in crate::any) struct Arguments<'a>(pub &'a Map<String, Value>);

impl<'a> Arguments<'a> {
    /// Returns the value of that name; `null` counts as not set.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Error::invalid_input(name, format!("must be {expected}")))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        self.read(name, "a string", Value::as_str)
    }

    /// Returns a text that must not be empty.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, Error> {
        match self.optional_text(name)? {
            Some("") => Err(Error::invalid_input(name, "must not be empty")),
            text => needed(name, text),
        }
    }

    /// Returns a text that may be empty.
    pub(super) fn any_text(&self, name: &str) -> Result<&'a str, Error> {
        needed(name, self.optional_text(name)?)
    }

    pub(super) fn optional_int(&self, name: &str) -> Result<Option<i64>, Error> {
        self.read(name, "an integer", Value::as_i64)
    }

    pub(super) fn int(&self, name: &str) -> Result<i64, Error> {
        needed(name, self.optional_int(name)?)
    }

    /// Returns a non-negative integer.
    pub(super) fn whole<T: TryFrom<u64>>(&self, name: &str) -> Result<T, Error> {
        let number = self.read(name, "a non-negative integer", Value::as_u64)?;
        T::try_from(needed(name, number)?).map_err(|_| Error::invalid_input(name, "is too large"))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<&'a str>, Error> {
        let texts =
            self.read(name, "a list of strings", |value| value.as_array()?.iter().map(Value::as_str).collect())?;
        needed(name, texts)
    }

    /// Returns an object with texts, as pairs.
    pub(super) fn pairs(&self, name: &str) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let pairs = self.read(name, "an object with strings", |value| {
            value.as_object()?.iter().map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
        })?;
        needed(name, pairs)
    }

    pub(super) fn optional_time(&self, name: &str) -> Result<Option<SystemTime>, Error> {
        self.read(name, "a time as in RFC 3339, such as 2020-01-31T12:00:00Z", |value| {
            Timestamp::from(value.as_str()?).parse()
        })
    }

    /// Returns a structure, read by the API's names.
    pub(super) fn model<T: Model + Default>(&self, name: &str) -> Result<T, Error> {
        structure(needed(name, self.get(name))?)
    }

    /// Returns a list of structures, read by the API's names.
    pub(super) fn models<T: Model + Default>(&self, name: &str) -> Result<Vec<T>, Error> {
        needed(name, self.read(name, "a list of objects", Value::as_array)?)?.iter().map(structure).collect()
    }
}

fn needed<T>(name: &str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::invalid_input(name, "is required"))
}

fn structure<T: Model + Default>(value: &Value) -> Result<T, Error> {
    let mut model = T::default();
    read_value(value, &mut model, Mode::Strict)?;
    Ok(model)
}

/// Returns a structure as JSON with the API's names.
pub(super) fn json(model: &dyn Model) -> Value {
    to_value(model, Names::Wire)
}
