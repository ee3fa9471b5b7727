use super::*;

#[test]
fn what_is_held_is_given_back() {
    let reading = Arc::new(Reading::new(100));
    let (mut one, mut two) = (Share::of(&reading), Share::of(&reading));
    assert!(one.take(60) && two.take(40));
    assert!(!two.take(1));
    drop(two);
    assert!(one.take(40));
    one.release();
    assert_eq!(reading.held.load(Ordering::Relaxed), 0);
}
