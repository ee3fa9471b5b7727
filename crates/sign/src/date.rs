//! Times in the formats of the schemes.

use crate::Error;
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};

/// First second of the year 0.
const EARLIEST: i64 = -62_167_219_200;
/// Last second that is in the year 9999 at every offset up to 26 hours. It may be off by a day and a half.
const LATEST: i64 = 253_402_207_200;

/// Format of a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// Pattern of chrono.
    /// Its letters are `Y`, `m`, `d`, `H`, `M`, `S`, `a` and `b`, each after a percent sign.
    pub(crate) pattern: &'static str,
    pub(crate) example: &'static str,
}

/// Writes seconds since 1970. Times before the year 0 or after the year 9999 become the first or last one that can be
/// written.
pub(crate) fn write(timestamp: i64, form: Form) -> String {
    write_exact(timestamp.clamp(EARLIEST, LATEST), form)
}

/// Writes seconds since 1970 of the years 0 to 9999.
pub(crate) fn write_exact(timestamp: i64, form: Form) -> String {
    let instant: DateTime<Utc> = DateTime::from_timestamp(timestamp, 0).unwrap_or(DateTime::UNIX_EPOCH);
    let mut out = String::with_capacity(32);
    let mut pattern = form.pattern.chars();
    while let Some(character) = pattern.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        match pattern.next() {
            Some('Y') => digits(&mut out, instant.year().unsigned_abs(), 1000),
            Some('m') => digits(&mut out, instant.month(), 10),
            Some('d') => digits(&mut out, instant.day(), 10),
            Some('H') => digits(&mut out, instant.hour(), 10),
            Some('M') => digits(&mut out, instant.minute(), 10),
            Some('S') => digits(&mut out, instant.second(), 10),
            Some('a') => out.push_str(named(WEEKDAYS, instant.weekday().num_days_from_monday())),
            Some('b') => out.push_str(named(MONTHS, instant.month0())),
            _ => {}
        }
    }
    out
}

const WEEKDAYS: &str = "MonTueWedThuFriSatSun";
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Returns the name with that position. All names have three letters.
fn named(names: &'static str, at: u32) -> &'static str {
    let start = usize::try_from(at).unwrap_or_default() * 3;
    names.get(start..start + 3).unwrap_or_default()
}

/// Appends the decimal digits of a number, from the one that counts `place` to the last. chrono's own writer takes as long
/// as hashing a request.
fn digits(out: &mut String, number: u32, mut place: u32) {
    while place > 0 {
        out.push(char::from(b'0' + (number / place % 10) as u8));
        place /= 10;
    }
}

/// Parses a time to seconds since 1970.
pub(crate) fn read(text: &str, form: Form) -> Result<i64, Error> {
    let timestamp = NaiveDateTime::parse_from_str(text, form.pattern).map(|time| time.and_utc().timestamp());
    // The parser also accepts other formats, such as those with fewer digits.
    timestamp.ok().filter(|timestamp| write(*timestamp, form) == text).ok_or(Error::Time { form: form.example })
}

#[cfg(test)]
mod tests {
    use super::*;

    // chrono is the witness.
    #[test]
    fn times_are_written_as_by_chrono() {
        for pattern in ["%Y-%m-%d", "%Y%m%dT%H%M%SZ", "%Y-%m-%dT%H:%M:%SZ", "%a, %d %b %Y %H:%M:%S GMT"] {
            for timestamp in [EARLIEST, -1, 0, 951_782_399, 951_782_400, 1_700_000_000, LATEST] {
                let expected = DateTime::from_timestamp(timestamp, 0).map(|time| time.format(pattern).to_string());
                assert_eq!(Some(write(timestamp, Form { pattern, example: "" })), expected);
            }
        }
    }
}
