//! Values with special handling: secrets, JSON documents in strings.

use super::{Field, HIDDEN, Model, Place, Ref, Text, json};
use crate::error::Error;
use serde_json::Value;
use std::fmt;
use zeroize::Zeroize;

/// Password, key, token or kubeconfig. It is never shown by `Debug` or `Display`, and wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the plaintext. Never log or print it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether it is the empty string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Text for Secret {
    fn set(&mut self, text: &str) {
        self.0.zeroize();
        self.0.push_str(text);
    }
}

impl Field for Secret {
    fn get(&self) -> Ref<'_> {
        Ref::Text(&self.0)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Text(self)
    }
    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// JSON document in a string, as some fields require it.
///
/// Pass a structure of this SDK, a [`serde_json::Value`] or a ready string. For other types use
/// [`serialize`](Self::serialize). A ready string is sent unchanged. `Debug` never shows the document, because such
/// documents contain passwords and start-up scripts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JsonText(String);

impl JsonText {
    /// Serializes any value.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the value cannot be written as JSON.
    pub fn serialize<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        serde_json::to_string(value).map(Self).map_err(|error| Error::invalid_input("JSON document", error.to_string()))
    }

    /// Returns the document.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the document.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) if the text is not JSON.
    pub fn parse(&self) -> Result<Value, Error> {
        serde_json::from_str(&self.0).map_err(|error| Error::decode("JSON document", error.to_string()))
    }

    pub(crate) fn set(&mut self, text: String) {
        self.0 = text;
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl From<&str> for JsonText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for JsonText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Value> for JsonText {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl<T: Model> From<T> for JsonText {
    fn from(model: T) -> Self {
        Self(json::to_string(&model, json::Style::Compact))
    }
}

impl<T: Model> From<Vec<T>> for JsonText {
    fn from(models: Vec<T>) -> Self {
        let items: Vec<_> = models.iter().map(|model| json::to_string(model, json::Style::Compact)).collect();
        Self(format!("[{}]", items.join(",")))
    }
}

impl Field for JsonText {
    fn get(&self) -> Ref<'_> {
        Ref::Text(&self.0)
    }
    fn place(&mut self) -> Place<'_> {
        Place::JsonText(self)
    }
    fn clear(&mut self) {
        *self = Self::default();
    }
}
