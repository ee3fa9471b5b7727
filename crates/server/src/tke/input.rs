//! Reading parameters, and the JSON documents that some of them carry as text.

use serde_json::{Map, Value};
use std::sync::LazyLock;
use wharf_world::kernel::violation::{Outcome, Reason};

/// The fields of a request or of a structure in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a>(pub(crate) &'a Map<String, Value>);

/// Nothing given.
static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// The part of a list that an answer shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    /// How many items, and those of the page.
    pub(crate) fn of<T>(self, items: impl Iterator<Item = T>) -> (usize, Vec<T>) {
        let all: Vec<T> = items.collect();
        (all.len(), all.into_iter().skip(self.offset).take(self.limit).collect())
    }
}

impl<'a> Input<'a> {
    fn get<T>(self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Outcome<Option<T>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(Reason::Invalid.because(format!("{name} is not {kind}"))),
            },
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

    /// A number that is not negative.
    pub(crate) fn count(self, name: &str) -> Outcome<Option<u64>> {
        self.get(name, "a whole number of at least 0", Value::as_u64)
    }

    /// A truth value; false when it is not given.
    pub(crate) fn flag(self, name: &str) -> Outcome<bool> {
        Ok(self.truth(name)?.unwrap_or(false))
    }

    /// A truth value.
    pub(crate) fn truth(self, name: &str) -> Outcome<Option<bool>> {
        self.get(name, "true or false", Value::as_bool)
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
        let items = self.list(name)?.iter().map(|item| {
            let object = item.as_object();
            object.map(Input).ok_or_else(|| Reason::Invalid.because(format!("{name} is not a list of objects")))
        });
        items.collect()
    }

    /// A list of texts.
    pub(crate) fn texts(self, name: &str) -> Outcome<Vec<String>> {
        let items = self.list(name)?.iter().map(|item| {
            let text = item.as_str().map(str::to_owned);
            text.ok_or_else(|| Reason::Invalid.because(format!("{name} is not a list of strings")))
        });
        items.collect()
    }

    /// A list of texts, if it is given and not empty.
    pub(crate) fn some_texts(self, name: &str) -> Outcome<Option<Vec<String>>> {
        Ok(Some(self.texts(name)?).filter(|texts| !texts.is_empty()))
    }

    /// A JSON object that is carried as text.
    pub(crate) fn document(self, name: &str) -> Outcome<Map<String, Value>> {
        self.get(name, "a JSON document", Some)?.map_or_else(|| Ok(Map::new()), |value| document(name, value))
    }

    /// A list of JSON objects that are carried as texts.
    pub(crate) fn documents(self, name: &str) -> Outcome<Vec<Map<String, Value>>> {
        self.list(name)?.iter().map(|value| document(name, value)).collect()
    }

    /// The pairs `{name: ..., value: ...}` of a list, such as labels and tags.
    pub(crate) fn pairs(self, list: &str, name: &str, value: &str) -> Outcome<Vec<(String, String)>> {
        let items = self
            .structures(list)?
            .into_iter()
            .map(|item| Ok((item.text(name)?.unwrap_or("").to_owned(), item.text(value)?.unwrap_or("").to_owned())));
        items.collect()
    }

    /// The page asked for: 20 items from the start unless said otherwise, never more than 100.
    pub(crate) fn page(self) -> Outcome<Page> {
        let page = self.endless_page()?;
        if page.limit > 100 {
            return Err(Reason::Invalid.because(format!("Limit is at most 100, not {}", page.limit)));
        }
        Ok(page)
    }

    /// The page asked for where no largest page is documented.
    pub(crate) fn endless_page(self) -> Outcome<Page> {
        self.page_by("Offset", "Limit")
    }

    /// The page asked for by parameters of those names.
    pub(crate) fn page_by(self, offset: &str, limit: &str) -> Outcome<Page> {
        let read = |name: &str, usual: i64| {
            let value = self.number(name)?.unwrap_or(usual);
            usize::try_from(value).map_err(|_| Reason::Invalid.because(format!("{name} is at least 0, not {value}")))
        };
        Ok(Page { offset: read(offset, 0)?, limit: read(limit, 20)? })
    }
}

/// Reads a JSON object, given as text or as it is. The message never repeats the text, which may hold a password.
fn document(name: &str, value: &Value) -> Outcome<Map<String, Value>> {
    let parsed = match value {
        Value::Object(object) => return Ok(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.ok_or_else(|| Reason::Invalid.because(format!("{name} is not a JSON object in a string")))
}
