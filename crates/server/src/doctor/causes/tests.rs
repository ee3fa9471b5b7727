use super::*;

#[test]
fn how_far_a_clock_is_off_is_said_in_its_largest_unit() {
    let now = 1_700_000_000;
    for (time, expected) in [
        (now - 480, "8 minutes behind"),
        (now + 310, "5 minutes ahead of"),
        (now - 3 * 86_400, "3 days behind"),
        (now + 8 * 3_600, "8 hours ahead of the server's: most often local time"),
        (now - 100, "100 seconds behind"),
        (now * 1_000, "in milliseconds"),
        (0, "19676 days behind"),
        (i64::MIN, "days behind"),
    ] {
        let cause = clock(time, now);
        assert!(cause.contains(expected), "{time}: {cause}");
    }
}

#[test]
fn a_header_that_cannot_be_read_is_explained_without_repeating_it() {
    let scheme = "TC3-HMAC-SHA256";
    for (header, expected) in [
        ("tc3-hmac-sha256 Credential=a/b", "in capitals"),
        ("Bearer planted", "a Bearer token"),
        ("planted", "does not begin with the scheme"),
        ("TC3-HMAC-SHA256 Credential=planted, SignedHeaders=host", "a part of it is missing"),
    ] {
        let cause = malformed(header, scheme);
        assert!(cause.contains(expected) && !cause.contains("planted"), "{cause}");
    }
    assert!(unknown_key("s", ["s"].into_iter()).contains("exchanged"));
    assert!(unknown_key("a ", ["s"].into_iter()).contains("white space"));
}
