//! Parser and writer for the texts of times. chrono provides the calendar.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use std::time::{Duration, SystemTime};

/// First second of the year 0, and last of the year 9999, in seconds since 1970.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;
/// Maximum offset of a zone from UTC: less than 26 hours.
const MAX_AHEAD: i32 = 26 * 60 * 60 - 1;

/// Parsed text of a time.
pub(super) enum Said {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
}

/// Parses all formats that these services and their callers write.
pub(super) fn read(text: &str) -> Option<Said> {
    let text = text.trim();
    // Go's format: date, time, offset from UTC, name of the zone.
    if let [date, time, offset, _] = text.split_whitespace().collect::<Vec<_>>()[..]
        && offset.starts_with(['+', '-'])
    {
        return read_date(&format!("{date}T{time}{offset}"));
    }
    match text.parse() {
        Ok(seconds) if (FIRST..=LAST).contains(&seconds) => DateTime::from_timestamp(seconds, 0).map(Said::Instant),
        Ok(_) => None,
        Err(_) => read_date(text),
    }
}

/// Parses a date in the extended or the compact format of ISO 8601, with or without time and zone. The name of a zone
/// in brackets at its end is ignored.
fn read_date(text: &str) -> Option<Said> {
    let mut scan = Scan(text.as_bytes());
    let date = scan.date()?;
    let Some(b'T' | b't' | b' ') = scan.0.first() else {
        let midnight = date.and_hms_opt(0, 0, 0)?;
        return scan.names_end().then_some(Said::Local(midnight));
    };
    scan.0 = scan.0.get(1..)?;
    let civil = scan.time(date)?;
    let ahead = match scan.0.first() {
        Some(b'Z' | b'z') => {
            scan.0 = scan.0.get(1..)?;
            Some(0)
        }
        Some(b'+' | b'-') => Some(scan.offset()?),
        _ => None,
    };
    if !scan.names_end() {
        return None;
    }
    match ahead {
        Some(ahead) => instant(civil, ahead).map(Said::Instant),
        None => Some(Said::Local(civil)),
    }
}

/// Bytes of a text that are not parsed yet.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Parses a number with the given number of digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
    }

    /// Parses a date. A year has four digits, or six after a sign.
    fn date(&mut self) -> Option<NaiveDate> {
        let year = if self.eat(b'+') { self.number(6)? } else { self.number(4)? };
        let extended = self.eat(b'-');
        let month = self.number(2)?;
        if extended && !self.eat(b'-') {
            return None;
        }
        let day = self.number(2)?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        (0..=9999).contains(&date.year()).then_some(date)
    }

    /// Parses a time. Minutes and seconds are optional.
    fn time(&mut self, date: NaiveDate) -> Option<NaiveDateTime> {
        let (hour, minute, second) = self.sexagesimal()?;
        let nanos = if second.is_some() { self.fraction()? } else { 0 };
        // A leap second becomes the second before it.
        let second = if second == Some(60) { 59 } else { second.unwrap_or(0) };
        date.and_hms_nano_opt(hour, minute, second, nanos)
    }

    /// Parses an offset from UTC, in seconds.
    fn offset(&mut self) -> Option<i32> {
        let behind = self.eat(b'-') || !self.eat(b'+');
        let (hours, minutes, seconds) = self.sexagesimal()?;
        let rounded = if seconds.is_some() { self.fraction()? >= 500_000_000 } else { false };
        let (seconds, minutes) = (seconds.unwrap_or(0), minutes);
        if hours > 25 || minutes > 59 || seconds > 59 {
            return None;
        }
        let ahead = i32::try_from(hours * 3600 + minutes * 60 + seconds).ok()? + i32::from(rounded);
        Some(if behind { -ahead } else { ahead }).filter(|ahead| ahead.abs() <= MAX_AHEAD)
    }

    /// Parses hours, with optional minutes and seconds, all with colons or all without.
    fn sexagesimal(&mut self) -> Option<(u32, u32, Option<u32>)> {
        let hours = self.number(2)?;
        let extended = self.eat(b':');
        if !extended && !self.0.first().is_some_and(u8::is_ascii_digit) {
            return Some((hours, 0, None));
        }
        let minutes = self.number(2)?;
        let more = if extended { self.eat(b':') } else { self.0.first().is_some_and(u8::is_ascii_digit) };
        let seconds = if more { Some(self.number(2)?) } else { None };
        Some((hours, minutes, seconds))
    }

    /// Parses nanoseconds, written as up to nine digits after a point or a comma.
    fn fraction(&mut self) -> Option<u32> {
        if !self.eat(b'.') && !self.eat(b',') {
            return Some(0);
        }
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let scale = 9_u32.checked_sub(u32::try_from(digits).ok()?).filter(|_| digits > 0)?;
        Some(self.number(digits)? * 10_u32.pow(scale))
    }

    /// Returns whether only names in brackets follow.
    fn names_end(&self) -> bool {
        let mut rest = self.0;
        while let Some(inside) = rest.strip_prefix(b"[") {
            let Some(end) = inside.iter().position(|byte| *byte == b']') else { return false };
            let (name, behind) = inside.split_at(end);
            let name = name.strip_prefix(b"!").unwrap_or(name);
            if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-+/=".contains(byte)) {
                return false;
            }
            rest = behind.get(1..).unwrap_or_default();
        }
        rest.is_empty()
    }
}

/// Writes a local time of the years 0 to 9999 in whole seconds, with the separators between date and time, and after it.
/// Digits are written here, because chrono's formats are much code.
pub(super) fn written(civil: NaiveDateTime, [between, end]: [&str; 2]) -> String {
    let mut out = String::with_capacity(20 + end.len());
    for (separator, number, mut place) in [
        ("", civil.year().unsigned_abs(), 1000),
        ("-", civil.month(), 10),
        ("-", civil.day(), 10),
        (between, civil.hour(), 10),
        (":", civil.minute(), 10),
        (":", civil.second(), 10),
    ] {
        out.push_str(separator);
        while place > 0 {
            out.push(char::from(b'0' + (number / place % 10) as u8));
            place /= 10;
        }
    }
    out.push_str(end);
    out
}

/// Returns the instant of a local time. Returns `None` for an offset of more than a day.
pub(super) fn instant(civil: NaiveDateTime, ahead: i32) -> Option<DateTime<Utc>> {
    let ahead = is_zone(ahead).then_some(ahead)?;
    Some(civil.checked_sub_signed(TimeDelta::seconds(ahead.into()))?.and_utc())
}

/// Returns the local time of an instant, or the nearest time of the years 0 to 9999.
pub(super) fn civil(instant: DateTime<Utc>, ahead: i32) -> NaiveDateTime {
    clamped(instant.timestamp().saturating_add(ahead.into())).naive_utc()
}

pub(super) fn is_zone(ahead: i32) -> bool {
    (-MAX_AHEAD..=MAX_AHEAD).contains(&ahead)
}

/// Returns the instant that many seconds after the start of 1970, or the nearest one of the years 0 to 9999.
pub(super) fn clamped(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds.clamp(FIRST, LAST), 0).unwrap_or_default()
}

/// Returns the instant that many seconds after the start of 1970, or `None` after the year 9999.
pub(super) fn before_10000(seconds: i64) -> Option<DateTime<Utc>> {
    (seconds <= LAST).then(|| clamped(seconds))
}

/// Returns whole seconds since 1970, negative for a time before. A time beyond the calendar becomes its first or last
/// one.
pub(super) fn seconds(time: SystemTime) -> i64 {
    let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => whole(since),
        Err(before) => -whole(before.duration()),
    }
}

/// Returns `None` if the system's clock cannot represent the instant.
pub(super) fn system_time(instant: DateTime<Utc>) -> Option<SystemTime> {
    let nanos = Duration::from_nanos(instant.timestamp_subsec_nanos().into());
    let seconds = Duration::from_secs(instant.timestamp().unsigned_abs());
    let whole = match instant.timestamp() {
        ..0 => SystemTime::UNIX_EPOCH.checked_sub(seconds),
        0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
    };
    whole?.checked_add(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    // chrono is the witness.
    #[test]
    fn times_are_written_as_by_chrono() {
        for seconds in [FIRST, -1, 0, 951_782_399, 951_782_400, 1_700_000_000, LAST] {
            let civil = clamped(seconds).naive_utc();
            assert_eq!(written(civil, ["T", "Z"]), civil.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            assert_eq!(written(civil, [" ", ""]), civil.format("%Y-%m-%d %H:%M:%S").to_string());
        }
    }
}
