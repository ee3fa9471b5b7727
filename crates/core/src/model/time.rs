//! Times: the text on the wire, and the form and zone that each field's document prints.

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

/// How a field writes times. A time without a zone is one of the form's zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeForm {
    /// `2017-03-28T06:10:00Z`.
    #[default]
    Utc,
    /// `2017-03-28 14:10:00`, as clocks in China show it.
    China,
    /// `2017-03-28 06:10:00 +0000 UTC`, as programs in Go print it.
    Go,
}

impl TimeForm {
    /// A time in this form, for people.
    pub fn example(self) -> &'static str {
        match self {
            Self::Utc => "2017-03-28T06:10:00Z",
            Self::China => "2017-03-28 14:10:00 (China time, UTC+8)",
            Self::Go => "2017-03-28 06:10:00 +0000 UTC",
        }
    }

    /// How many seconds the clocks of its zone are ahead of UTC.
    pub fn ahead(self) -> i32 {
        match self {
            Self::Utc | Self::Go => 0,
            Self::China => 8 * 60 * 60,
        }
    }

    /// A time in this form, to the second. What is no time stays as it is.
    pub fn write(self, text: &str) -> Cow<'_, str> {
        let civil = match read(text) {
            Some(Said::Instant(instant)) => text::civil(instant, self.ahead()),
            Some(Said::Local(civil)) => civil,
            None => return text.into(),
        };
        let written = civil.format(self.pattern()).to_string();
        if written == text { text.into() } else { written.into() }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Utc => "%Y-%m-%dT%H:%M:%SZ",
            Self::China => "%Y-%m-%d %H:%M:%S",
            Self::Go => "%Y-%m-%d %H:%M:%S +0000 UTC",
        }
    }
}

/// A point in time as the API wrote it, kept to the letter.
///
/// The APIs write several formats; [`parse`](Self::parse) reads them all. In a request, a time is written in the form
/// and zone of its field's document: give a [`SystemTime`], or a text with any zone. A text without a zone is
/// one of the field's zone.
#[derive(Clone, Default)]
pub struct Timestamp {
    text: String,
    form: TimeForm,
}

impl Timestamp {
    /// The text on the wire.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant, if the text is a time with a zone (`2024-10-18T10:38:36Z`, or
    /// `2018-08-02 08:12:40.672772389 +0000 UTC` as programs in Go print it), a time without one
    /// (`2024-10-18 10:38:36`, taken as one of the zone of the field that it was read from, or else as UTC) or
    /// seconds since 1970.
    pub fn parse(&self) -> Option<SystemTime> {
        text::system_time(self.instant()?)
    }

    /// The instant, if the text is a time without a zone and clocks there are `ahead` seconds ahead of UTC.
    pub fn parse_local(&self, ahead: i32) -> Option<SystemTime> {
        let Said::Local(civil) = read(&self.text)? else { return None };
        text::system_time(text::instant(civil, ahead)?)
    }

    /// An instant as clocks show it that are `ahead` seconds ahead of UTC: `2024-10-18 10:38:36`, whole seconds,
    /// no zone. None for a time before 1970 or after 9999, and for a zone more than a day away.
    pub fn local(time: SystemTime, ahead: i32) -> Option<Self> {
        let seconds = text::seconds(time.max(SystemTime::UNIX_EPOCH));
        if time < SystemTime::UNIX_EPOCH || !text::is_zone(ahead) {
            return None;
        }
        let civil = text::before_10000(seconds.checked_add(ahead.into())?)?;
        Some(civil.format("%Y-%m-%d %H:%M:%S").to_string().into())
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

/// By the instant. Texts for the same instant have the order of texts; a text that is no time has none.
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
    /// Written as `2024-10-18T10:38:36Z`, whole seconds, until it is sent. A time that is not of the years 0 to 9999 is
    /// written as the nearest one.
    fn from(time: SystemTime) -> Self {
        text::clamped(text::seconds(time)).into()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Written as `2024-10-18T10:38:36Z`, whole seconds, until it is sent. A time that is not of the years 0 to 9999 is
    /// written as the nearest one.
    fn from(time: DateTime<Utc>) -> Self {
        text::clamped(time.timestamp()).format(TimeForm::Utc.pattern()).to_string().into()
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
    fn clear(&mut self) {
        *self = Self::default();
    }
    fn set_time_form(&mut self, form: TimeForm) {
        self.form = form;
    }
}
