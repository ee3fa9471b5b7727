//! Reading an operation's parameters, and the page it asks for.

use serde_json::{Map, Value, json};
use wharf_world::registry::RegistryError;

/// How many items a page has when the caller does not say.
const DEFAULT_LIMIT: i64 = 20;
/// How many items a page has at most.
const LARGEST_LIMIT: i64 = 100;

/// The parameters of a call. Names and types are checked already.
#[derive(Debug)]
pub(super) struct Input<'a>(&'a Map<String, Value>);

impl<'a> Input<'a> {
    pub(super) fn new(parameters: &'a Map<String, Value>) -> Self {
        Self(parameters)
    }

    /// A text, if there is one that is not empty.
    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        self.0.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A text that the operation cannot do without.
    pub(super) fn required_text(&self, field: &'static str) -> Result<&'a str, RegistryError> {
        self.text(field).ok_or(RegistryError::Missing(field))
    }

    /// A text to search for, which may be empty.
    pub(super) fn search(&self, field: &'static str) -> Result<&'a str, RegistryError> {
        self.0.get(field).and_then(Value::as_str).ok_or(RegistryError::Missing(field))
    }

    /// A list of texts; empty if the field is absent.
    pub(super) fn texts(&self, field: &str) -> Vec<&'a str> {
        self.0.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A list of texts that the operation cannot do without.
    pub(super) fn required_texts(&self, field: &'static str) -> Result<Vec<&'a str>, RegistryError> {
        Some(self.texts(field)).filter(|texts| !texts.is_empty()).ok_or(RegistryError::Missing(field))
    }

    /// A list of structures; empty if the field is absent.
    pub(super) fn structures(&self, field: &str) -> Vec<Input<'a>> {
        self.0
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(Self)
            .collect()
    }

    pub(super) fn number(&self, field: &str) -> Option<i64> {
        self.0.get(field).and_then(Value::as_i64)
    }

    pub(super) fn required_number(&self, field: &'static str) -> Result<i64, RegistryError> {
        self.number(field).ok_or(RegistryError::Missing(field))
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    /// 1 for yes and 0 for no.
    pub(super) fn switch(&self, field: &'static str) -> Result<Option<bool>, RegistryError> {
        match self.number(field) {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(other) => {
                Err(RegistryError::Invalid(field, format!("takes 1 for public and 0 for private, not {other}")))
            }
        }
    }

    /// The page of a list whose `Offset` and `Limit` may be left out.
    pub(super) fn page(&self) -> Result<Page, RegistryError> {
        let limit = self.number("Limit").unwrap_or(DEFAULT_LIMIT);
        if limit > LARGEST_LIMIT {
            return Err(RegistryError::Invalid("Limit", format!("may be at most {LARGEST_LIMIT}, not {limit}")));
        }
        Page::new(self.number("Offset").unwrap_or(0), limit)
    }

    /// The page of a list whose `Offset` and `Limit` must be given, and for which no largest limit is documented.
    pub(super) fn required_page(&self) -> Result<Page, RegistryError> {
        let limit = self.required_number("Limit")?;
        Page::new(self.required_number("Offset")?, limit)
    }
}

/// The part of a list that a call asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    fn new(offset: i64, limit: i64) -> Result<Self, RegistryError> {
        let size = |field, number: i64| {
            usize::try_from(number)
                .map_err(|_| RegistryError::Invalid(field, format!("may not be negative, not {number}")))
        };
        Ok(Self { offset: size("Offset", offset)?, limit: size("Limit", limit)? })
    }

    /// Count of all items and those of the page.
    pub(super) fn of<T>(self, items: Vec<T>, write: impl FnMut(T) -> Value) -> (Value, Value) {
        let total = json!(items.len());
        (total, items.into_iter().skip(self.offset).take(self.limit).map(write).collect())
    }
}
