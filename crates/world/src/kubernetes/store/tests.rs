#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use serde_json::json;

fn object(name: &str, owner: &str) -> Value {
    json!({"metadata": {"name": name, "uid": format!("uid-{name}"), "ownerReferences": [{"uid": owner}]}})
}

fn key(name: &str) -> Key {
    Key::new("things", "a", name)
}

#[test]
fn changes_are_remembered_in_order() {
    let mut store = Store::default();
    store.put(key("x"), object("x", "o"), 1);
    store.put(key("x"), object("x", "p"), 2);
    store.remove(&key("x"), 3);
    let kinds: Vec<ChangeKind> = store.changes_since(0).unwrap().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Modified, ChangeKind::Deleted]);
    assert_eq!(store.changes_since(2).unwrap().count(), 1);
    let last = store.changes_since(2).unwrap().next().unwrap();
    assert_eq!(last.object["metadata"]["resourceVersion"], "3");
    store.compact(2);
    assert!(store.changes_since(1).is_none());
    assert_eq!(store.changes_since(2).unwrap().count(), 1);
}

#[test]
fn the_oldest_changes_are_forgotten() {
    let mut store = Store::default();
    for version in 1..=MOST_CHANGES as u64 + 10 {
        store.put(key("x"), object("x", "o"), version);
    }
    assert!(store.changes_since(9).is_none());
    assert_eq!(store.changes_since(10).unwrap().count(), MOST_CHANGES);
}

#[test]
fn owners_find_their_dependents() {
    let mut store = Store::default();
    store.put(key("x"), object("x", "o"), 1);
    assert_eq!(store.dependents("o"), [key("x")]);
    store.put(key("x"), object("x", "p"), 2);
    assert_eq!((store.dependents("o").len(), store.dependents("p").len()), (0, 1));
    assert!(store.has_uid("uid-x"));
    store.remove(&key("x"), 3);
    assert!(store.dependents("p").is_empty() && !store.has_uid("uid-x"));
}

#[test]
fn lists_are_by_namespace_and_name() {
    let mut store = Store::default();
    for (namespace, name) in [("b", "a"), ("a", "b"), ("a", "a"), ("ab", "a")] {
        store.put(Key::new("things", namespace, name), json!({"metadata": {"name": name}}), 1);
    }
    assert_eq!(store.list("things", Some("a")).count(), 2);
    assert_eq!(store.list("things", None).count(), 4);
    assert_eq!(store.keys_in("a"), [key("a"), key("b")]);
}

#[test]
fn contents_are_not_printed() {
    let mut store = Store::default();
    store.put(key("x"), json!({"metadata": {"name": "x"}, "data": {"password": "hidden-word"}}), 1);
    let printed = format!("{store:?} {:?}", store.changes_since(0).unwrap().next());
    assert!(printed.contains("things") && !printed.contains("hidden-word"), "{printed}");
}
