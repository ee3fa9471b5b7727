use super::*;

#[test]
fn moments_have_the_documented_forms() {
    assert_eq!(go_time(1_533_181_738_968), "2018-08-02 03:48:58.968 +0000 UTC");
    assert_eq!(go_time(1_533_181_738_900), "2018-08-02 03:48:58.9 +0000 UTC");
    assert_eq!(go_time(1_533_181_738_000), "2018-08-02 03:48:58 +0000 UTC");
}
