use super::*;

#[test]
fn order_is_that_of_insertion() {
    let mut table = Table::default();
    for (id, row) in [("z", 1), ("a", 2), ("m", 3)] {
        table.insert(id, row);
    }
    table.insert("a", 4);
    assert_eq!(table.iter().copied().collect::<Vec<_>>(), [1, 4, 3]);
    assert_eq!(table.remove("z"), Some(1));
    assert!(!table.contains("z"));
    assert_eq!((table.len(), table.get("m")), (2, Some(&3)));
}
