//! Times: the text on the wire, and the form and zone that each field's document prints.

use super::{Field, Place, Ref, Text};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::time::SystemTime;

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

/// What the text of a time says.
enum Said {
    Instant(jiff::Timestamp),
    Local(DateTime),
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
        let Ok(offset) = Offset::from_seconds(self.ahead()) else { return text.into() };
        let civil = match read(text) {
            Some(Said::Instant(instant)) => offset.to_datetime(instant),
            Some(Said::Local(civil)) => civil,
            None => return text.into(),
        };
        let written = civil.strftime(self.pattern()).to_string();
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

/// Reads every form that these services and their callers write.
fn read(text: &str) -> Option<Said> {
    let text = text.trim();
    // Go's: date, time, distance from UTC, name of the zone.
    if let [date, time, offset, _] = text.split_whitespace().collect::<Vec<_>>()[..]
        && offset.starts_with(['+', '-'])
    {
        return format!("{date}T{time}{offset}").parse().ok().map(Said::Instant);
    }
    if let Ok(instant) = text.parse() {
        return Some(Said::Instant(instant));
    }
    if let Ok(seconds) = text.parse() {
        return jiff::Timestamp::from_second(seconds).ok().map(Said::Instant);
    }
    text.parse().ok().map(Said::Local)
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
        match read(&self.text)? {
            Said::Instant(instant) => Some(instant.into()),
            Said::Local(_) => self.parse_local(self.form.ahead()),
        }
    }

    /// The instant, if the text is a time without a zone and clocks there are `ahead` seconds ahead of UTC.
    pub fn parse_local(&self, ahead: i32) -> Option<SystemTime> {
        let Said::Local(civil) = read(&self.text)? else { return None };
        let offset = Offset::from_seconds(ahead).ok()?;
        offset.to_timestamp(civil).ok().map(Into::into)
    }

    /// An instant as clocks show it that are `ahead` seconds ahead of UTC: `2024-10-18 10:38:36`, whole seconds,
    /// no zone. None for a time before 1970 or after 9999, and for a zone more than a day away.
    pub fn local(time: SystemTime, ahead: i32) -> Option<Self> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let instant = jiff::Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()?;
        let civil = Offset::from_seconds(ahead).ok()?.to_datetime(instant);
        Some(civil.strftime("%Y-%m-%d %H:%M:%S").to_string().into())
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
    /// Written as `2024-10-18T10:38:36Z`, whole seconds, until it is sent.
    fn from(time: SystemTime) -> Self {
        let instant = jiff::Timestamp::try_from(time).unwrap_or_default();
        jiff::Timestamp::from_second(instant.as_second()).unwrap_or(instant).to_string().into()
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
