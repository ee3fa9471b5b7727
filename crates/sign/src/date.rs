//! Times in the formats of the schemes.

use crate::Error;
use chrono::{DateTime, NaiveDateTime, Utc};

/// First second of the year 0.
const EARLIEST: i64 = -62_167_219_200;
/// Last second that is in the year 9999 at every offset up to 26 hours. It may be off by a day and a half.
const LATEST: i64 = 253_402_207_200;

/// Format of a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// Pattern of chrono.
    pub(crate) pattern: &'static str,
    pub(crate) example: &'static str,
}

/// Writes seconds since 1970. Times before the year 0 or after the year 9999 become the first or last one that can be
/// written.
pub(crate) fn write(timestamp: i64, form: Form) -> String {
    let instant: DateTime<Utc> =
        DateTime::from_timestamp(timestamp.clamp(EARLIEST, LATEST), 0).unwrap_or(DateTime::UNIX_EPOCH);
    instant.format(form.pattern).to_string()
}

/// Parses a time to seconds since 1970.
pub(crate) fn read(text: &str, form: Form) -> Result<i64, Error> {
    let timestamp = NaiveDateTime::parse_from_str(text, form.pattern).map(|time| time.and_utc().timestamp());
    // The parser also accepts other formats, such as those with fewer digits.
    timestamp.ok().filter(|timestamp| write(*timestamp, form) == text).ok_or(Error::Time { form: form.example })
}
