use super::*;

#[test]
fn counts_by_account_and_operation_and_forgets_after_a_second() {
    let limit = RateLimit::default();
    let start = Instant::now();
    let later = |ms| start + Duration::from_millis(ms);
    assert!(limit.admit("a", "tke", "X", 2, start));
    assert!(limit.admit("a", "tke", "X", 2, later(400)));
    assert!(!limit.admit("a", "tke", "X", 2, later(900)));
    assert!(limit.admit("b", "tke", "X", 2, later(900)));
    assert!(limit.admit("a", "tke", "Y", 2, later(900)));
    assert!(limit.admit("a", "tke", "X", 2, later(1000)));
    assert!(!limit.admit("a", "tke", "X", 2, later(1399)));
}
