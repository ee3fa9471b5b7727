use super::*;

#[test]
fn moments_are_told_by_the_clock_of_the_service() {
    assert_eq!(local(1_597_891_889_999), "2020-08-20T10:51:29+08:00");
}
