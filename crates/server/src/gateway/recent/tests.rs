use super::*;

#[test]
fn the_latest_are_kept_and_no_more_than_there_is_room_for() {
    let mut recent = Recent::default();
    for n in 0..MOST + 10 {
        recent.put(n.to_string(), n, |_| false);
    }
    assert_eq!((recent.by_name.len(), recent.order.len()), (MOST, MOST));
    assert_eq!((recent.get("9"), recent.get("10")), (None, Some(&10)));
    recent.put("new".to_owned(), 0, |n| *n < MOST);
    assert_eq!((recent.by_name.len(), recent.get(&MOST.to_string())), (11, Some(&MOST)));
}
