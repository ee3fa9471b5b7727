//! Reading the parameters of an operation, and the JSON documents that some of them carry as text.

use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use wharf_world::kernel::violation::{Outcome, Reason, Violation};

/// Items of a page if the call does not say.
const DEFAULT_LIMIT: i64 = 20;
/// Items that a page can have where the document states a maximum.
const MAX_LIMIT: usize = 100;

/// The members of a request or of a structure in it, by their names on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Map<String, Value>);

/// An empty object.
static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// The part of a list that an answer shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    /// The number of all items, and those of the page.
    pub(crate) fn of<T>(self, items: impl IntoIterator<Item = T>) -> (usize, Vec<T>) {
        let all: Vec<T> = items.into_iter().collect();
        (all.len(), all.into_iter().skip(self.offset).take(self.limit).collect())
    }

    /// As [`of`](Self::of), with each item as the answer shows it.
    pub(crate) fn shown<T>(self, items: Vec<T>, show: impl FnMut(T) -> Value) -> (usize, Vec<Value>) {
        let (total, items) = self.of(items);
        (total, items.into_iter().map(show).collect())
    }
}

/// A refusal because of a value.
pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Violation {
    Reason::Invalid.because(message)
}

/// A refusal because a value is missing.
pub(crate) fn missing(name: &str) -> Violation {
    Reason::Missing.because(format!("{name} must be given"))
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

    /// A text that must be given, and not be empty.
    pub(crate) fn required(self, name: &str) -> Outcome<&'a str> {
        self.filled(name)?.ok_or_else(|| missing(name))
    }

    /// A text that must be given, and can be empty.
    pub(crate) fn given(self, name: &str) -> Outcome<&'a str> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// A text to own, if it is there and not empty.
    pub(crate) fn owned(self, name: &str) -> Outcome<Option<String>> {
        Ok(self.filled(name)?.map(str::to_owned))
    }

    /// A text that must be one of those.
    pub(crate) fn one_of(self, name: &str, known: &[&str]) -> Outcome<Option<&'a str>> {
        match self.filled(name)? {
            Some(text) if !known.contains(&text) => {
                Err(invalid(format!("{name} is one of {}, not {text}", known.join(", "))))
            }
            given => Ok(given),
        }
    }

    /// A number.
    pub(crate) fn number(self, name: &str) -> Outcome<Option<i64>> {
        self.get(name, "a whole number", Value::as_i64)
    }

    /// A number that must be given.
    pub(crate) fn required_number(self, name: &str) -> Outcome<i64> {
        self.number(name)?.ok_or_else(|| missing(name))
    }

    /// A number that is not negative.
    pub(crate) fn count(self, name: &str) -> Outcome<Option<u64>> {
        self.get(name, "a whole number of at least 0", Value::as_u64)
    }

    /// A number that need not be whole.
    pub(crate) fn float(self, name: &str) -> Outcome<Option<f64>> {
        self.get(name, "a number", Value::as_f64)
    }

    /// True or false, if it is given.
    pub(crate) fn truth(self, name: &str) -> Outcome<Option<bool>> {
        self.get(name, "true or false", Value::as_bool)
    }

    /// True or false; false if it is not given.
    pub(crate) fn flag(self, name: &str) -> Outcome<bool> {
        Ok(self.truth(name)?.unwrap_or(false))
    }

    /// A structure, if it is given.
    pub(crate) fn structure(self, name: &str) -> Outcome<Option<Input<'a>>> {
        Ok(self.get(name, "an object", Value::as_object)?.map(Input))
    }

    /// A structure, empty if it is not given.
    pub(crate) fn within(self, name: &str) -> Outcome<Input<'a>> {
        Ok(self.structure(name)?.unwrap_or(Input(&NOTHING)))
    }

    /// A list, empty if it is not given.
    fn list(self, name: &str) -> Outcome<&'a [Value]> {
        Ok(self.get(name, "a list", Value::as_array)?.map_or(&[], Vec::as_slice))
    }

    /// Refuses parameters that the simulated cloud does not support. Values that ask for nothing are accepted: `false`, zero,
    /// and empty ones.
    pub(crate) fn refuse(self, names: &[&str]) -> Outcome<()> {
        let asks = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            Value::Bool(true) => true,
        };
        match names.iter().find(|name| self.0.get(**name).is_some_and(asks)) {
            Some(name) => Err(Reason::Unsupported.because(format!("{name} is not supported by the simulated cloud"))),
            None => Ok(()),
        }
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

    /// A list of texts, if it is given and not empty.
    pub(crate) fn some_texts(self, name: &str) -> Outcome<Option<Vec<String>>> {
        Ok(Some(self.texts(name)?).filter(|texts| !texts.is_empty()))
    }

    /// A list of texts that must be given, and not be empty.
    pub(crate) fn required_texts(self, name: &str) -> Outcome<Vec<String>> {
        self.some_texts(name)?.ok_or_else(|| missing(name))
    }

    /// A map of texts, if it is given.
    pub(crate) fn some_map(self, name: &str) -> Outcome<Option<BTreeMap<String, String>>> {
        let Some(members) = self.structure(name)? else { return Ok(None) };
        let wrong = || invalid(format!("the values of {name} are not strings"));
        let pairs = members.0.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
        pairs.collect::<Option<_>>().ok_or_else(wrong).map(Some)
    }

    /// A map of texts, empty if it is not given.
    pub(crate) fn map(self, name: &str) -> Outcome<BTreeMap<String, String>> {
        Ok(self.some_map(name)?.unwrap_or_default())
    }

    /// The pairs `{name: ..., value: ...}` of a list, such as labels and tags.
    pub(crate) fn pairs(self, list: &str, name: &str, value: &str) -> Outcome<Vec<(String, String)>> {
        let text = |item: Input<'_>, name| Ok(item.text(name)?.unwrap_or_default().to_owned());
        self.structures(list)?.into_iter().map(|item| Ok((text(item, name)?, text(item, value)?))).collect()
    }

    /// The members of an object, none if it is not given.
    pub(crate) fn members(self, name: &str) -> Outcome<Map<String, Value>> {
        Ok(self.within(name)?.0.clone())
    }

    /// A JSON object that is carried as text.
    pub(crate) fn document(self, name: &str) -> Outcome<Map<String, Value>> {
        self.get(name, "a JSON document", Some)?.map_or_else(|| Ok(Map::new()), |value| document(name, value))
    }

    /// A list of JSON objects that are carried as texts.
    pub(crate) fn documents(self, name: &str) -> Outcome<Vec<Map<String, Value>>> {
        self.list(name)?.iter().map(|value| document(name, value)).collect()
    }

    /// The page asked for by `Offset` and `Limit`: 20 items from the start by default, and at most 100.
    pub(crate) fn page(self) -> Outcome<Page> {
        let page = self.endless_page()?;
        if page.limit > MAX_LIMIT {
            return Err(invalid(format!("Limit is at most {MAX_LIMIT}, not {}", page.limit)));
        }
        Ok(page)
    }

    /// As [`page`](Self::page), where a limit of 0 is the default one.
    pub(crate) fn page_of_some(self) -> Outcome<Page> {
        let page = self.page()?;
        Ok(if page.limit == 0 { Page { limit: DEFAULT_LIMIT as usize, ..page } } else { page })
    }

    /// The page asked for where the document states no maximum.
    pub(crate) fn endless_page(self) -> Outcome<Page> {
        self.page_by("Offset", "Limit")
    }

    /// The page asked for by its number, counted from 1, and its size of 100 or less.
    pub(crate) fn numbered_page(self, number: &str, size: &str) -> Outcome<Page> {
        let read = |name: &str, default: i64| {
            let value = self.number(name)?.unwrap_or(default);
            let number = usize::try_from(value).ok().filter(|value| *value > 0);
            number.ok_or_else(|| invalid(format!("{name} is at least 1, not {value}")))
        };
        let (number, limit) = (read(number, 1)?, read(size, MAX_LIMIT as i64)?);
        if limit > MAX_LIMIT {
            return Err(invalid(format!("{size} is at most {MAX_LIMIT}, not {limit}")));
        }
        Ok(Page { offset: (number - 1).saturating_mul(limit), limit })
    }

    /// The page asked for by parameters of those names.
    pub(crate) fn page_by(self, offset: &str, limit: &str) -> Outcome<Page> {
        let read = |name: &str, default: i64| {
            let value = self.number(name)?.unwrap_or(default);
            usize::try_from(value).map_err(|_| invalid(format!("{name} is at least 0, not {value}")))
        };
        Ok(Page { offset: read(offset, 0)?, limit: read(limit, DEFAULT_LIMIT)? })
    }
}

/// Reads a JSON object, given as text or as it is. The message never repeats the text, which may hold a password.
fn document(name: &str, value: &Value) -> Outcome<Map<String, Value>> {
    let parsed = match value {
        Value::Object(object) => return Ok(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.ok_or_else(|| invalid(format!("{name} is not a JSON object in a string")))
}
