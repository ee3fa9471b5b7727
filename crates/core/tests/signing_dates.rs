//! The dates that signatures hold, second by second.

use wharf_core::sign::{acs3, sdk_hmac_sha256, tc3};

/// Seconds since 1970, and the dates of TC3-HMAC-SHA256, ACS3-HMAC-SHA256 and SDK-HMAC-SHA256.
#[rustfmt::skip]
const SECONDS: &[(i64, &str, &str, &str)] = &[
    (-9223372036854775808, "0000-01-01", "0000-01-01T00:00:00Z", "00000101T000000Z"),
    (-377705116801, "0000-01-01", "0000-01-01T00:00:00Z", "00000101T000000Z"),
    (-377705116800, "0000-01-01", "0000-01-01T00:00:00Z", "00000101T000000Z"),
    (-62167219201, "0000-01-01", "0000-01-01T00:00:00Z", "00000101T000000Z"),
    (-62167219200, "0000-01-01", "0000-01-01T00:00:00Z", "00000101T000000Z"),
    (-62135596801, "0000-12-31", "0000-12-31T23:59:59Z", "00001231T235959Z"),
    (-1, "1969-12-31", "1969-12-31T23:59:59Z", "19691231T235959Z"),
    (0, "1970-01-01", "1970-01-01T00:00:00Z", "19700101T000000Z"),
    (1, "1970-01-01", "1970-01-01T00:00:01Z", "19700101T000001Z"),
    (1551113065, "2019-02-25", "2019-02-25T16:44:25Z", "20190225T164425Z"),
    (1704164645, "2024-01-02", "2024-01-02T03:04:05Z", "20240102T030405Z"),
    (4102444800, "2100-01-01", "2100-01-01T00:00:00Z", "21000101T000000Z"),
    (253402207200, "9999-12-30", "9999-12-30T22:00:00Z", "99991230T220000Z"),
    (253402300799, "9999-12-31", "9999-12-31T23:59:59Z", "99991231T235959Z"),
    (253402300800, "9999-12-31", "9999-12-31T23:59:59Z", "99991231T235959Z"),
    (9223372036854775807, "9999-12-31", "9999-12-31T23:59:59Z", "99991231T235959Z"),
];

/// Texts, and the seconds since 1970 that they are as a date of ACS3-HMAC-SHA256 and SDK-HMAC-SHA256.
#[rustfmt::skip]
const TEXTS: &[(&str, Option<i64>, Option<i64>)] = &[
    ("2019-02-25T16:44:25Z", Some(1551113065), None),
    ("2019-02-25T16:44:60Z", None, None),
    ("2019-2-25T16:44:25Z", None, None),
    ("2019-02-25T16:44:25", None, None),
    ("2019-02-29T00:00:00Z", None, None),
    ("0000-01-01T00:00:00Z", Some(-62167219200), None),
    ("9999-12-31T23:59:59Z", Some(253402300799), None),
    ("9999-12-30T21:59:59Z", Some(253402207199), None),
    ("-001-01-01T00:00:00Z", None, None),
    (" 2019-02-25T16:44:25Z", None, None),
    ("2019-02-25t16:44:25z", None, None),
    ("20190225T164425Z", None, Some(1551113065)),
    ("20190225T1644Z", None, None),
    ("", None, None),
];

#[test]
fn seconds_are_written_as_the_table_says() {
    for (seconds, day, acs3, sdk) in SECONDS {
        let found = (tc3::date(*seconds), acs3::date(*seconds), sdk_hmac_sha256::date(*seconds));
        assert_eq!(found, ((*day).to_owned(), (*acs3).to_owned(), (*sdk).to_owned()), "{seconds}");
    }
}

#[test]
fn texts_are_read_as_the_table_says() {
    for (text, acs3, sdk) in TEXTS {
        assert_eq!((acs3::parse_date(text), sdk_hmac_sha256::parse_date(text)), (*acs3, *sdk), "{text:?}");
    }
}
