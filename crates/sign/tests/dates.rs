//! Times as the signatures write and read them, at the ends of what can be written too.
//!
//! The tables were recorded from the implementation that another calendar library had before. What they had before the
//! year 0 is now the first second of that year.

#![allow(clippy::unwrap_used)]

use wharf_sign::{acs_roa, acs3, sdk_hmac_sha256, tc3};

/// Seconds since 1970, and how TC3, SDK-HMAC-SHA256, ACS3 and ROA write them.
#[rustfmt::skip]
const WRITTEN: &[(i64, &str, &str, &str, &str)] = &[
    (i64::MIN, "0000-01-01", "00000101T000000Z", "0000-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-377_705_116_800, "0000-01-01", "00000101T000000Z", "0000-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-62_167_219_201, "0000-01-01", "00000101T000000Z", "0000-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-62_167_219_200, "0000-01-01", "00000101T000000Z", "0000-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-62_135_596_801, "0000-12-31", "00001231T235959Z", "0000-12-31T23:59:59Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-62_135_596_800, "0001-01-01", "00010101T000000Z", "0001-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-86_400, "1969-12-31", "19691231T000000Z", "1969-12-31T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1, "1969-12-31", "19691231T235959Z", "1969-12-31T23:59:59Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (0, "1970-01-01", "19700101T000000Z", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (1, "1970-01-01", "19700101T000001Z", "1970-01-01T00:00:01Z", "Thu, 01 Jan 1970 00:00:01 GMT"),
    (59, "1970-01-01", "19700101T000059Z", "1970-01-01T00:00:59Z", "Thu, 01 Jan 1970 00:00:59 GMT"),
    (86_399, "1970-01-01", "19700101T235959Z", "1970-01-01T23:59:59Z", "Thu, 01 Jan 1970 23:59:59 GMT"),
    (86_400, "1970-01-02", "19700102T000000Z", "1970-01-02T00:00:00Z", "Fri, 02 Jan 1970 00:00:00 GMT"),
    (951_782_400, "2000-02-29", "20000229T000000Z", "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
    (1_539_084_154, "2018-10-09", "20181009T112234Z", "2018-10-09T11:22:34Z", "Tue, 09 Oct 2018 11:22:34 GMT"),
    (1_551_113_065, "2019-02-25", "20190225T164425Z", "2019-02-25T16:44:25Z", "Mon, 25 Feb 2019 16:44:25 GMT"),
    (1_672_531_200, "2023-01-01", "20230101T000000Z", "2023-01-01T00:00:00Z", "Sun, 01 Jan 2023 00:00:00 GMT"),
    (1_700_000_000, "2023-11-14", "20231114T221320Z", "2023-11-14T22:13:20Z", "Tue, 14 Nov 2023 22:13:20 GMT"),
    (1_709_210_096, "2024-02-29", "20240229T123456Z", "2024-02-29T12:34:56Z", "Thu, 29 Feb 2024 12:34:56 GMT"),
    (1_709_251_199, "2024-02-29", "20240229T235959Z", "2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
    (4_102_444_800, "2100-01-01", "21000101T000000Z", "2100-01-01T00:00:00Z", "Fri, 01 Jan 2100 00:00:00 GMT"),
    (253_370_764_800, "9999-01-01", "99990101T000000Z", "9999-01-01T00:00:00Z", "Fri, 01 Jan 9999 00:00:00 GMT"),
    (253_402_207_199, "9999-12-30", "99991230T215959Z", "9999-12-30T21:59:59Z", "Thu, 30 Dec 9999 21:59:59 GMT"),
    (253_402_207_200, "9999-12-30", "99991230T220000Z", "9999-12-30T22:00:00Z", "Thu, 30 Dec 9999 22:00:00 GMT"),
    (253_402_207_201, "9999-12-30", "99991230T220000Z", "9999-12-30T22:00:00Z", "Thu, 30 Dec 9999 22:00:01 GMT"),
    (253_402_300_799, "9999-12-30", "99991230T220000Z", "9999-12-30T22:00:00Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    (253_402_300_800, "9999-12-30", "99991230T220000Z", "9999-12-30T22:00:00Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    (i64::MAX, "9999-12-30", "99991230T220000Z", "9999-12-30T22:00:00Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
];

/// Texts of SDK-HMAC-SHA256, and the seconds since 1970 that they are read as.
#[rustfmt::skip]
const BASIC: &[(&str, Option<i64>)] = &[
    ("", None),
    ("20240229", None),
    ("20240229T123456Z", Some(1_709_210_096)),
    ("20240230T123456Z", None),
    ("20230229T123456Z", None),
    ("20240229T123456", None),
    ("2024-02-29T12:34:56Z", None),
    ("2024229T123456Z", None),
    ("20240229T123460Z", None),
    ("20240229T123461Z", None),
    ("20161231T235960Z", None),
    ("20240229T240000Z", None),
    ("20240229T1234Z", None),
    ("00000101T000000Z", Some(-62_167_219_200)),
    ("00001231T235959Z", Some(-62_135_596_801)),
    ("-0010101T000000Z", None),
    ("+20240229T123456Z", None),
    ("99991230T215959Z", Some(253_402_207_199)),
    ("99991230T220000Z", Some(253_402_207_200)),
    ("99991230T220001Z", None),
    ("99991231T235959Z", None),
    ("100000101T000000Z", None),
    (" 20240229T123456Z", None),
    ("20240229T123456Z ", None),
    ("20240229T123456.5Z", None),
    ("20240229t123456z", None),
    ("20240229T123456+0000", None),
    ("19700101T000000Z", Some(0)),
    ("19691231T235959Z", Some(-1)),
    ("1970 101T000000Z", None),
    ("20240229T12345 Z", None),
];

/// Texts of ACS3-HMAC-SHA256 and RPC, and the seconds since 1970 that they are read as.
#[rustfmt::skip]
const EXTENDED: &[(&str, Option<i64>)] = &[
    ("", None),
    ("2023-11-14", None),
    ("2023-11-14T22:13:20Z", Some(1_700_000_000)),
    ("2023-02-30T00:00:00Z", None),
    ("2024-02-29T00:00:00Z", Some(1_709_164_800)),
    ("20231114T221320Z", None),
    ("2023-11-14T22:13:20+00:00", None),
    ("2023-11-14T22:13:20", None),
    ("2023-11-14 22:13:20Z", None),
    ("2023-11-14T22:13:20.0Z", None),
    ("2023-11-14T22:13:20.5Z", None),
    ("2023-11-14T22:13:20,5Z", None),
    ("2023-11-14T22:13:60Z", None),
    ("2016-12-31T23:59:60Z", None),
    ("2023-11-14T24:00:00Z", None),
    ("2023-1-4T2:3:0Z", None),
    ("0000-01-01T00:00:00Z", Some(-62_167_219_200)),
    ("0000-12-31T23:59:59Z", Some(-62_135_596_801)),
    ("-001-01-01T00:00:00Z", None),
    ("-0001-01-01T00:00:00Z", None),
    ("9999-12-30T21:59:59Z", Some(253_402_207_199)),
    ("9999-12-30T22:00:00Z", Some(253_402_207_200)),
    ("9999-12-30T22:00:01Z", None),
    ("9999-12-31T23:59:59Z", None),
    ("10000-01-01T00:00:00Z", None),
    ("+2023-11-14T22:13:20Z", None),
    (" 2023-11-14T22:13:20Z", None),
    ("2023-11-14T22:13:20z", None),
    ("1970-01-01T00:00:00Z", Some(0)),
    ("1969-12-31T23:59:59Z", Some(-1)),
    ("2023-11-14T22:13Z", None),
];

/// Texts of ROA, and the seconds since 1970 that they are read as.
#[rustfmt::skip]
const HTTP: &[(&str, Option<i64>)] = &[
    ("", None),
    ("2023-11-14T22:13:20Z", None),
    ("1700000000", None),
    ("Tue, 14 Nov 2023 22:13:20 GMT", Some(1_700_000_000)),
    (" Tue, 14 Nov 2023 22:13:20 GMT ", Some(1_700_000_000)),
    ("Mon, 14 Nov 2023 22:13:20 GMT", None),
    ("Tuesday, 14-Nov-23 22:13:20 GMT", Some(1_700_000_000)),
    ("Tue Nov 14 22:13:20 2023", Some(1_700_000_000)),
    ("Tue, 14 Nov 2023 22:13:20 UTC", None),
    ("Tue, 14 Nov 2023 22:13:20 +0000", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
    ("Wed, 31 Dec 1969 23:59:59 GMT", None),
    ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
    ("Sat, 01 Jan 10000 00:00:00 GMT", None),
    ("Sat, 01 Jan 0000 00:00:00 GMT", None),
    ("Tue, 14 Nov 2023 22:13:60 GMT", None),
    ("Tue, 14 Nov 2023 22:13:61 GMT", None),
    ("Tue, 14 Nov 2023 22:13:20.5 GMT", None),
    ("Tue, 30 Feb 2023 22:13:20 GMT", None),
    ("tue, 14 nov 2023 22:13:20 gmt", None),
];

#[test]
fn times_are_written_as_before() {
    for (timestamp, day, basic, extended, http) in WRITTEN {
        assert_eq!(tc3::date(*timestamp), *day);
        assert_eq!(sdk_hmac_sha256::date(*timestamp), *basic);
        assert_eq!(acs3::date(*timestamp), *extended);
        assert_eq!(acs_roa::date(*timestamp), *http);
    }
}

#[test]
fn times_are_read_as_before() {
    for (text, expected) in BASIC {
        assert_eq!(sdk_hmac_sha256::parse_date(text).ok(), *expected, "{text:?}");
    }
    for (text, expected) in EXTENDED {
        assert_eq!(acs3::parse_date(text).ok(), *expected, "{text:?}");
    }
    for (text, expected) in HTTP {
        assert_eq!(acs_roa::parse_date(text).ok(), *expected, "{text:?}");
    }
    let error = acs3::parse_date("planted").unwrap_err();
    assert_eq!(error.to_string(), "the time is not of the form 2023-11-14T22:13:20Z");
}
