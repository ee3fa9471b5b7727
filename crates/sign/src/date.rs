//! Times as the schemes write them.

use crate::Error;
use chrono::{DateTime, NaiveDateTime, Utc};

/// The first second of the year 0.
const EARLIEST: i64 = -62_167_219_200;
/// The last second that is in the year 9999 at every offset up to 26 hours, which may be off by a day and a half.
const LATEST: i64 = 253_402_207_200;

/// A form of a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// As chrono writes it.
    pub(crate) pattern: &'static str,
    pub(crate) example: &'static str,
}

/// Writes seconds since 1970. Times before the year 0 and after the year 9999 are written as the first and the last
/// one that can be.
pub(crate) fn write(timestamp: i64, form: Form) -> String {
    let instant: DateTime<Utc> =
        DateTime::from_timestamp(timestamp.clamp(EARLIEST, LATEST), 0).unwrap_or(DateTime::UNIX_EPOCH);
    instant.format(form.pattern).to_string()
}

/// Reads seconds since 1970.
pub(crate) fn read(text: &str, form: Form) -> Result<i64, Error> {
    let timestamp = NaiveDateTime::parse_from_str(text, form.pattern).map(|time| time.and_utc().timestamp());
    // The parser takes other forms too, such as those with fewer digits.
    timestamp.ok().filter(|timestamp| write(*timestamp, form) == text).ok_or(Error::Time { form: form.example })
}
