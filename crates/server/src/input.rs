//! Reading the parameters of operations that are called by method and path.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use wharf_world::kernel::violation::{Outcome, Reason, Violation};

/// The members of a request or of a structure in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Map<String, Value>);

/// Nothing given.
static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// A refusal because of a value.
pub(crate) fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Violation {
    Reason::Invalid.because(message)
}

impl<'a> Input<'a> {
    fn get<T>(self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Outcome<Option<T>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| invalid(format!("{name} is not {kind}"))),
        }
    }

    /// A text.
    pub(crate) fn text(self, name: &str) -> Outcome<Option<&'a str>> {
        self.get(name, "a string", Value::as_str)
    }

    /// A text that is there and not empty.
    pub(crate) fn filled(self, name: &str) -> Outcome<Option<&'a str>> {
        Ok(self.text(name)?.filter(|text| !text.is_empty()))
    }

    /// A text that must be given.
    pub(crate) fn required(self, name: &str) -> Outcome<&'a str> {
        self.filled(name)?.ok_or_else(|| Reason::Missing.because(format!("{name} must be given")))
    }

    /// A text to own, if it is given.
    pub(crate) fn owned(self, name: &str) -> Outcome<Option<String>> {
        Ok(self.filled(name)?.map(str::to_owned))
    }

    /// A number.
    pub(crate) fn number(self, name: &str) -> Outcome<Option<i64>> {
        self.get(name, "a whole number", Value::as_i64)
    }

    /// A truth value; false when it is not given.
    pub(crate) fn flag(self, name: &str) -> Outcome<bool> {
        Ok(self.get(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    /// A structure, if it is given.
    pub(crate) fn structure(self, name: &str) -> Outcome<Option<Input<'a>>> {
        Ok(self.get(name, "an object", Value::as_object)?.map(Input))
    }

    /// A structure, empty when it is not given.
    pub(crate) fn within(self, name: &str) -> Outcome<Input<'a>> {
        Ok(self.structure(name)?.unwrap_or(Input(&NOTHING)))
    }

    /// A list, empty when it is not given.
    fn list(self, name: &str) -> Outcome<&'a [Value]> {
        Ok(self.get(name, "a list", Value::as_array)?.map_or(&[], Vec::as_slice))
    }

    /// A list of structures.
    pub(crate) fn structures(self, name: &str) -> Outcome<Vec<Input<'a>>> {
        let wrong = || invalid(format!("{name} is not a list of objects"));
        self.list(name)?.iter().map(|item| item.as_object().map(Input).ok_or_else(wrong)).collect()
    }

    /// A list of texts.
    pub(crate) fn texts(self, name: &str) -> Outcome<Vec<String>> {
        let wrong = || invalid(format!("{name} is not a list of strings"));
        self.list(name)?.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    /// A map of texts, if it is given.
    pub(crate) fn some_pairs(self, name: &str) -> Outcome<Option<BTreeMap<String, String>>> {
        let Some(members) = self.structure(name)? else { return Ok(None) };
        let wrong = || invalid(format!("the values of {name} are not strings"));
        let pairs = members.0.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
        pairs.collect::<Option<_>>().ok_or_else(wrong).map(Some)
    }

    /// A map of texts, empty when it is not given.
    pub(crate) fn pairs(self, name: &str) -> Outcome<BTreeMap<String, String>> {
        Ok(self.some_pairs(name)?.unwrap_or_default())
    }

    /// The members of an object, none when it is not given.
    pub(crate) fn members(self, name: &str) -> Outcome<Map<String, Value>> {
        Ok(self.within(name)?.0.clone())
    }

    /// A truth value, if it is given.
    pub(crate) fn some_flag(self, name: &str) -> Outcome<Option<bool>> {
        self.get(name, "true or false", Value::as_bool)
    }

    /// The text must be one of those.
    pub(crate) fn one_of(self, name: &str, known: &[&str]) -> Outcome<Option<&'a str>> {
        match self.filled(name)? {
            Some(text) if !known.contains(&text) => {
                Err(invalid(format!("{name} is one of {}, not {text}", known.join(", "))))
            }
            given => Ok(given),
        }
    }
}
