use super::*;

#[test]
fn a_nonce_is_used_once_by_each_key() {
    let nonces = Nonces::new(900);
    assert!(nonces.use_once(&["a", "1"], 5, 5) && nonces.use_once(&["b", "1"], 5, 5));
    assert!(nonces.use_once(&["a", "2"], 5, 5) && nonces.use_once(&["a1", ""], 5, 5));
    assert!(!nonces.use_once(&["a", "1"], 6, 6));
    assert!(nonces.use_once(&["a", "1"], 1_900, 6 + 31 * 60), "long ago");
}

#[test]
fn as_many_are_kept_as_there_is_room_for_and_none_passes_twice() {
    let nonces = Nonces::of(900, 100);
    let used = |n: i64| nonces.use_once(&["a", &n.to_string()], n, n);
    for n in 1..=1_000 {
        assert!(used(n), "{n}");
        assert!(nonces.book.lock().is_ok_and(|book| book.order.len() <= 100 && book.used.len() <= 100));
    }
    for n in 101..=1_000 {
        assert!(!used(n), "{n}");
    }
    assert!(used(1_001));
}
