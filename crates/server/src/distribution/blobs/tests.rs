use super::part;

/// The ranges are those of RFC 9110, 14.1.2.
#[test]
fn a_range_is_one_part_of_the_blob() {
    for (range, expected) in [
        ("bytes=0-499", Some(Ok((0, 500)))),
        ("bytes=500-999", Some(Ok((500, 500)))),
        ("bytes=-500", Some(Ok((9_500, 500)))),
        ("bytes=9500-", Some(Ok((9_500, 500)))),
        ("bytes=9000-99999", Some(Ok((9_000, 1_000)))),
        ("bytes=-99999", Some(Ok((0, 10_000)))),
        ("bytes=10000-", Some(Err(()))),
        ("bytes=5-2", Some(Err(()))),
        ("bytes=0-0,-1", None),
        ("lines=0-1", None),
        ("bytes=x-y", None),
    ] {
        assert_eq!(part(range, 10_000), expected, "{range}");
    }
    assert_eq!(part("bytes=0-", 0), Some(Err(())));
}
