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
    for end in [super::LAST + 1, u64::MAX] {
        assert_eq!(
            (super::iso(end).as_str(), super::local(end).as_str()),
            ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59")
        );
    }
}
