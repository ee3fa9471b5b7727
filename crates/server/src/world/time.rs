//! World time as text.

use super::Millis;
use jiff::Timestamp;

/// The moment in UTC, to the second, as ISO 8601.
pub(crate) fn iso(moment: Millis) -> String {
    let seconds = i64::try_from(moment / 1_000).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn moments_are_printed_to_the_second() {
        assert_eq!(super::iso(1_717_200_000_999), "2024-06-01T00:00:00Z");
    }
}
