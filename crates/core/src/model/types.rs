//! Values with a meaning of their own: secrets, times, JSON documents in strings.

use super::{Field, Model, Place, Ref, Text, debug::HIDDEN, json};
use crate::error::Error;
use serde_json::Value;
use std::fmt;
use zeroize::Zeroize;

/// A password, a key, a token or a kubeconfig: never shown by `Debug` or `Display`, wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself. Whoever asks takes care where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is the empty string.
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

/// A point in time as the API wrote it, kept to the letter.
///
/// The APIs write several formats; [`parse`](Self::parse) reads them all.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant, if the text is a time with a zone (`2024-10-18T10:38:36Z`, or
    /// `2018-08-02 08:12:40.672772389 +0000 UTC` as programs in Go print it), a time without one
    /// (`2024-10-18 10:38:36`, taken as UTC) or seconds since 1970.
    pub fn parse(&self) -> Option<std::time::SystemTime> {
        let text = self.0.trim();
        // Go's: date, time, distance from UTC, name of the zone.
        if let [date, time, offset, _] = text.split_whitespace().collect::<Vec<_>>()[..]
            && offset.starts_with(['+', '-'])
        {
            return format!("{date}T{time}{offset}").parse::<jiff::Timestamp>().ok().map(Into::into);
        }
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(instant.into());
        }
        if let Ok(seconds) = text.parse::<i64>() {
            return jiff::Timestamp::from_second(seconds).ok().map(Into::into);
        }
        self.parse_local(0)
    }

    /// The instant, if the text is a time without a zone and clocks there are `ahead` seconds ahead of UTC.
    pub fn parse_local(&self, ahead: i32) -> Option<std::time::SystemTime> {
        let civil: jiff::civil::DateTime = self.0.trim().parse().ok()?;
        let offset = jiff::tz::Offset::from_seconds(ahead).ok()?;
        offset.to_timestamp(civil).ok().map(Into::into)
    }

    /// An instant as clocks show it that are `ahead` seconds ahead of UTC: `2024-10-18 10:38:36`, whole seconds,
    /// no zone. None for a time before 1970 or after 9999, and for a zone more than a day away.
    pub fn local(time: std::time::SystemTime, ahead: i32) -> Option<Self> {
        let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
        let instant = jiff::Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()?;
        let civil = jiff::tz::Offset::from_seconds(ahead).ok()?.to_datetime(instant);
        Some(Self(civil.strftime("%Y-%m-%d %H:%M:%S").to_string()))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<std::time::SystemTime> for Timestamp {
    /// Written as `2024-10-18T10:38:36Z`, whole seconds.
    fn from(time: std::time::SystemTime) -> Self {
        let seconds = time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let instant = jiff::Timestamp::from_second(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or_default();
        Self(instant.to_string())
    }
}

impl Text for Timestamp {
    fn set(&mut self, text: &str) {
        self.0.set(text);
    }
    fn is_time(&self) -> bool {
        true
    }
}

impl Field for Timestamp {
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

/// A JSON document that travels inside a string, as some fields want it.
///
/// Give a structure of this SDK, a [`serde_json::Value`] or a ready string; for a structure of your
/// own there is [`serialize`](Self::serialize). A ready string is sent as it is.
/// `Debug` never shows it: such documents carry passwords and start-up scripts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct JsonText(String);

impl JsonText {
    /// Writes any serializable value.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the value cannot be written as JSON.
    pub fn serialize<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        serde_json::to_string(value).map(Self).map_err(|error| Error::invalid_input("JSON document", error.to_string()))
    }

    /// The document.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The document, read.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when the text is not JSON.
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
