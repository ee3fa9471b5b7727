//! Times: the text on the wire, and the documented format and zone of each field.

mod text;

use super::{Field, Place, Ref, Text};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::time::SystemTime;
use text::{Said, read};

/// Format of the times of a field. A time without a zone has the zone of the format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeForm {
    /// `2017-03-28T06:10:00Z`.
    #[default]
    Utc,
    /// `2017-03-28 14:10:00`, in China's time zone.
    China,
    /// `2017-03-28 06:10:00 +0000 UTC`, as programs in Go print it.
    Go,
}

impl TimeForm {
    /// Returns a time in this format, for people.
    pub fn example(self) -> &'static str {
        match self {
            Self::Utc => "2017-03-28T06:10:00Z",
            Self::China => "2017-03-28 14:10:00 (China time, UTC+8)",
            Self::Go => "2017-03-28 06:10:00 +0000 UTC",
        }
    }

    /// Returns the offset of its zone from UTC in seconds.
    pub fn ahead(self) -> i32 {
        match self {
            Self::Utc | Self::Go => 0,
            Self::China => 8 * 60 * 60,
        }
    }

    /// Writes a time in this format, in whole seconds. A text that is not a time is returned unchanged.
    pub fn write(self, text: &str) -> Cow<'_, str> {
        let civil = match read(text) {
            Some(Said::Instant(instant)) => text::civil(instant, self.ahead()),
            Some(Said::Local(civil)) => civil,
            None => return text.into(),
        };
        let written = text::written(civil, self.separators());
        if written == text { text.into() } else { written.into() }
    }

    /// Returns what is between date and time, and after the time.
    fn separators(self) -> [&'static str; 2] {
        match self {
            Self::Utc => ["T", "Z"],
            Self::China => [" ", ""],
            Self::Go => [" ", " +0000 UTC"],
        }
    }
}

/// Point in time, with the exact text of the API.
///
/// The APIs write several formats; [`parse`](Self::parse) reads all of them. In a request, a time is written in the
/// documented format and zone of its field: set a [`SystemTime`], or a text with any zone. A text without a zone has
/// the zone of the field.
#[derive(Clone, Default)]
pub struct Timestamp {
    text: String,
    form: TimeForm,
}

impl Timestamp {
    /// Returns the text on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the instant, if the text is a time with a zone (`2024-10-18T10:38:36Z`, or `2018-08-02
    /// 08:12:40.672772389 +0000 UTC` as programs in Go print it), a time without one (`2024-10-18 10:38:36`, in the
    /// zone of the field that it was read from, or else UTC) or seconds since 1970.
    pub fn parse(&self) -> Option<SystemTime> {
        text::system_time(self.instant()?)
    }

    /// Returns the instant, if the text is a time without a zone. `ahead` is the offset of the zone from UTC in
    /// seconds.
    pub fn parse_local(&self, ahead: i32) -> Option<SystemTime> {
        let Said::Local(civil) = read(&self.text)? else { return None };
        text::system_time(text::instant(civil, ahead)?)
    }

    /// Returns an instant as local time: `2024-10-18 10:38:36`, whole seconds, no zone. `ahead` is the offset of the
    /// zone from UTC in seconds. Returns `None` for a time before 1970 or after 9999, and for an offset of more than a
    /// day.
    pub fn local(time: SystemTime, ahead: i32) -> Option<Self> {
        let seconds = text::seconds(time.max(SystemTime::UNIX_EPOCH));
        if time < SystemTime::UNIX_EPOCH || !text::is_zone(ahead) {
            return None;
        }
        let civil = text::before_10000(seconds.checked_add(ahead.into())?)?;
        Some(text::written(civil.naive_utc(), TimeForm::China.separators()).into())
    }

    fn instant(&self) -> Option<DateTime<Utc>> {
        match read(&self.text)? {
            Said::Instant(instant) => Some(instant),
            Said::Local(civil) => text::instant(civil, self.form.ahead()),
        }
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Timestamp {}

impl PartialEq<str> for Timestamp {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Timestamp {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// Compares by the instant. Texts for the same instant are compared as texts; a text that is not a time has no order.
impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        Some(self.parse()?.cmp(&other.parse()?).then_with(|| self.text.cmp(&other.text)))
    }
}

impl Deref for Timestamp {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self { text, form: TimeForm::default() }
    }
}

impl From<SystemTime> for Timestamp {
    /// Writes the time as `2024-10-18T10:38:36Z`, in whole seconds. It gets the format of its field when it is sent. A
    /// time outside of the years 0 to 9999 becomes the nearest one.
    fn from(time: SystemTime) -> Self {
        text::clamped(text::seconds(time)).into()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Writes the time as `2024-10-18T10:38:36Z`, in whole seconds. It gets the format of its field when it is sent. A
    /// time outside of the years 0 to 9999 becomes the nearest one.
    fn from(time: DateTime<Utc>) -> Self {
        text::written(text::clamped(time.timestamp()).naive_utc(), TimeForm::Utc.separators()).into()
    }
}

/// The text of a [`Timestamp`] is not one that [`parse`](Timestamp::parse) reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not a time")]
pub struct NotATime;

impl TryFrom<&Timestamp> for DateTime<Utc> {
    type Error = NotATime;

    fn try_from(time: &Timestamp) -> Result<Self, NotATime> {
        time.instant().ok_or(NotATime)
    }
}

impl TryFrom<&Timestamp> for SystemTime {
    type Error = NotATime;

    fn try_from(time: &Timestamp) -> Result<Self, NotATime> {
        time.parse().ok_or(NotATime)
    }
}

impl Text for Timestamp {
    fn set(&mut self, text: &str) {
        self.text.set(text);
    }
    fn is_time(&self) -> bool {
        true
    }
}

impl Field for Timestamp {
    fn get(&self) -> Ref<'_> {
        Ref::Text(&self.text)
    }
    fn place(&mut self) -> Place<'_> {
        Place::Text(self)
    }
    fn set_text(&mut self, text: &str) -> bool {
        self.set(text);
        true
    }
    fn clear(&mut self) {
        *self = Self::default();
    }
    fn set_time_form(&mut self, form: TimeForm) {
        self.form = form;
    }
}
