//! Numbers by their digits, so that no loss is silent.

use super::fit::What;
use serde_json::{Number, Value};

/// Reason why a number is not a whole number of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// The number has a fraction.
    Fraction,
    /// The number needs more than 64 bits.
    Large,
    /// The number is negative, but the place is not.
    Negative,
}

impl Odd {
    pub(super) fn found(self) -> What {
        match self {
            Self::Fraction => What::Fraction,
            Self::Large => What::Large,
            Self::Negative => What::Negative,
        }
    }
}

pub(super) fn int(raw: &str) -> Result<i64, Odd> {
    match raw.parse() {
        Ok(number) => Ok(number),
        Err(_) => i64::try_from(whole(raw)?).map_err(|_| Odd::Large),
    }
}

pub(super) fn uint(raw: &str) -> Result<u64, Odd> {
    match raw.parse() {
        Ok(number) => Ok(number),
        Err(_) => match whole(raw)? {
            number if number < 0 => Err(Odd::Negative),
            number => u64::try_from(number).map_err(|_| Odd::Large),
        },
    }
}

/// Returns the value of `5.0`, `1e3` and the like.
fn whole(raw: &str) -> Result<i128, Odd> {
    let decimal = Decimal::of(raw);
    if decimal.digits.is_empty() {
        return Ok(0);
    }
    let zeros = usize::try_from(decimal.exponent).map_err(|_| Odd::Fraction)?;
    let large = if decimal.negative { Odd::Negative } else { Odd::Large };
    // More digits would not fit into 128 bits.
    if decimal.digits.len().saturating_add(zeros) > 38 {
        return Err(large);
    }
    let digits = format!("{}{}", decimal.digits, "0".repeat(zeros));
    let number: i128 = digits.parse().map_err(|_| large)?;
    Ok(if decimal.negative { -number } else { number })
}

/// Returns a number of a document with any JSON, and whether [`Value`] can hold it without a loss. If it cannot, the
/// value is a text with the digits.
pub(super) fn value(raw: &str) -> (Value, bool) {
    if let Ok(number) = raw.parse::<i64>() {
        return (number.into(), true);
    }
    if let Ok(number) = raw.parse::<u64>() {
        return (number.into(), true);
    }
    let number = raw.parse().ok().and_then(Number::from_f64);
    match number.filter(|number| number.as_f64().is_some_and(|number| is_said_by(number, raw))) {
        Some(number) => (Value::Number(number), true),
        None => (raw.into(), false),
    }
}

/// Returns the number in a text, if the text is only a number.
pub(super) fn in_text(text: &str) -> Option<&str> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    // Texts may have leading zeros, which JSON numbers do not have.
    let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    (plain && digits.parse::<f64>().is_ok()).then_some(digits)
}

/// Returns whether a float represents a number without a loss: it has the same digits, or, after a decimal point, as
/// many as a conversion to a float and back preserves.
fn is_said_by(number: f64, raw: &str) -> bool {
    /// Number of digits that distinguishes all floats.
    const TELLING: usize = 17;
    let decimal = Decimal::of(raw);
    decimal == Decimal::of(&format!("{number:e}"))
        || (raw.contains(['.', 'e', 'E']) && decimal.digits.len() <= TELLING && number != 0.0)
}

/// Digits of a number, without zeros at either end, and the power of ten to multiply them with.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Returns the decimal of a JSON number.
    fn of(raw: &str) -> Self {
        let (negative, raw) = raw.strip_prefix('-').map_or((false, raw), |rest| (true, rest));
        let (mantissa, exponent) = raw.split_once(['e', 'E']).unwrap_or((raw, "0"));
        let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent = exponent.parse::<i64>().unwrap_or(far).clamp(i64::MIN / 2, i64::MAX / 2);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let exponent = exponent - fraction.len() as i64 + (all.len() - digits.len()) as i64;
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        Self { negative, digits, exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        for (raw, number) in [
            ("0", 0),
            ("-0", 0),
            ("0.000", 0),
            ("0e99999999999999999999", 0),
            ("5.0", 5),
            ("1e3", 1000),
            ("1.5E+1", 15),
            ("1200e-2", 12),
            ("-5.00", -5),
            ("9223372036854775807", i64::MAX),
            ("9223372036854775807.0", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(int(raw), Ok(number), "{raw}");
        }
        assert_eq!(uint("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(uint("1.8446744073709551615e19"), Ok(u64::MAX));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for raw in ["1.5", "0.1", "1e-1", "1e-99999999999999999999"] {
            assert_eq!((int(raw), uint(raw)), (Err(Odd::Fraction), Err(Odd::Fraction)), "{raw}");
        }
        assert_eq!(int("9223372036854775808"), Err(Odd::Large));
        assert_eq!(int("9223372036854776000"), Err(Odd::Large));
        assert_eq!(uint("18446744073709551616"), Err(Odd::Large));
        assert_eq!((uint("1e99"), uint("1e99999999999999999999")), (Err(Odd::Large), Err(Odd::Large)));
        assert_eq!((uint("-1"), uint("-1e99")), (Err(Odd::Negative), Err(Odd::Negative)));
    }

    #[test]
    fn any_json_keeps_the_digits() {
        for raw in
            ["12", "-3", "18446744073709551615", "0.1", "1.5e300", "9223372036854776000000", "0.10000000000000001"]
        {
            assert!(value(raw).0.is_number() && value(raw).1, "{raw}");
        }
        for raw in ["12345678901234567890123", "1e999", "-1e999", "1e-999", "3.14159265358979323846264338327950288"] {
            assert_eq!(value(raw), (Value::from(raw), false));
        }
    }
}
