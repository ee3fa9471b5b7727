use super::*;

#[test]
fn local_times_are_eight_hours_ahead() {
    assert_eq!(local_time(1_717_200_000_999), "2024-06-01 08:00:00");
    assert_eq!(zoned_time(1_717_200_000_999), "2024-06-01 08:00:00 +0800 CST");
}
