//! World time as text.

use super::Millis;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Times without a zone are those of China.
const CHINA: Offset = Offset::constant(8);

/// The moment in UTC, to the second, as ISO 8601.
pub(crate) fn iso(moment: Millis) -> String {
    let seconds = i64::try_from(moment / 1_000).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
}

/// The moment in China, to the second: `2017-03-17 15:03:24`.
pub(crate) fn local(moment: Millis) -> String {
    let seconds = i64::try_from(moment / 1_000).unwrap_or(i64::MAX);
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    CHINA.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Reads what [`local`] writes.
pub(crate) fn read_local(text: &str) -> Option<Millis> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    let seconds = CHINA.to_timestamp(time).ok()?.as_second();
    Some(Millis::try_from(seconds).ok()? * 1_000)
}

/// The midnight in China at which the day of that moment began.
pub(crate) fn midnight(moment: Millis) -> Millis {
    const DAY: Millis = 24 * 60 * 60 * 1_000;
    const AHEAD: Millis = 8 * 60 * 60 * 1_000;
    ((moment + AHEAD) / DAY * DAY).saturating_sub(AHEAD)
}

#[cfg(test)]
mod tests {
    #[test]
    fn local_times_are_read_as_they_are_written() {
        let text = super::local(1_717_200_000_999);
        assert_eq!(text, "2024-06-01 08:00:00");
        assert_eq!(super::read_local(&text), Some(1_717_200_000_000));
        assert_eq!(super::local(super::midnight(1_717_200_000_999)), "2024-06-01 00:00:00");
        for wrong in ["", "2024-06-01", "2024-13-01 00:00:00", "2024-06-01T00:00:00", "1969-01-01 00:00:00"] {
            assert_eq!(super::read_local(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_are_printed_to_the_second() {
        assert_eq!(super::iso(1_717_200_000_999), "2024-06-01T00:00:00Z");
    }
}
