//! World time as text.

use crate::kernel::Millis;
use chrono::{DateTime, Months, NaiveDateTime, Utc};

/// Times without a zone are those of China, whose clocks are ahead of UTC.
const CHINA: Millis = 8 * 60 * 60 * 1_000;
/// The last moment that has a date of four digits.
pub const LAST: Millis = 253_402_300_799_999;

/// The moment in UTC.
pub fn utc(moment: Millis) -> DateTime<Utc> {
    i64::try_from(moment.min(LAST)).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default()
}

/// The moment as clocks in China show it.
pub fn china(moment: Millis) -> NaiveDateTime {
    utc(moment.saturating_add(CHINA)).naive_utc()
}

/// The moment in UTC, to the second, as ISO 8601.
pub fn iso(moment: Millis) -> String {
    utc(moment).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment in UTC as a Go program prints it: `2023-08-17 12:46:40.5 +0000 UTC`.
pub fn go(moment: Millis) -> String {
    let moment = utc(moment);
    // A fraction has no zeros at its end, and a whole second has none.
    let fraction = format!(".{:03}", moment.timestamp_subsec_millis());
    format!("{}{} +0000 UTC", moment.format("%Y-%m-%d %H:%M:%S"), fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// The moment in China, to the second: `2017-03-17 15:03:24`.
pub fn local(moment: Millis) -> String {
    china(moment).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same moment of the day so many months later.
pub fn months_later(moment: Millis, months: u64) -> Millis {
    let months = Months::new(u32::try_from(months).unwrap_or(u32::MAX));
    let later = utc(moment).checked_add_months(months).and_then(|time| Millis::try_from(time.timestamp_millis()).ok());
    later.unwrap_or(LAST).max(moment)
}

/// Reads what [`local`] writes.
pub fn read_local(text: &str) -> Option<Millis> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    Millis::try_from(time.and_utc().timestamp()).ok()?.checked_mul(1_000)?.checked_sub(CHINA)
}

/// Reads a moment of ISO 8601 such as [`iso`] writes, with any zone.
pub fn read_iso(text: &str) -> Option<Millis> {
    Millis::try_from(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis()).ok()
}

/// The midnight in China at which the day of that moment began.
pub fn midnight(moment: Millis) -> Millis {
    const DAY: Millis = 24 * 60 * 60 * 1_000;
    (moment.saturating_add(CHINA) / DAY * DAY).saturating_sub(CHINA)
}

#[cfg(test)]
mod tests;
