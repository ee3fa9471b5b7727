#![allow(clippy::unwrap_used)]
use super::*;
use std::time::SystemTime;

#[test]
fn a_query_is_read() {
    let filter = Filter::from_query("product=tke&operation=Describe%43lusters&status=200&since=3&outcome=cut&cloud=a");
    let expected = Filter {
        product: Some("tke".to_owned()),
        operation: Some("DescribeClusters".to_owned()),
        status: Some(200),
        since: Some(3),
        outcome: Some(Outcome::Cut),
        limit: Some(DEFAULT_LIMIT),
        ..Filter::default()
    };
    assert_eq!(filter, Ok(expected));
    assert_eq!(Filter::from_query("").unwrap().limit, Some(DEFAULT_LIMIT));
}

#[test]
fn what_cannot_be_read_is_named() {
    for (query, expected) in [
        ("stauts=200", "stauts: there is no such filter"),
        ("status=ok", "status: `ok` is not a number"),
        ("status=70000", "status: `70000` is not a number that it can have"),
        ("since=-1", "since: `-1`"),
        ("outcome=bad", "outcome: `bad` is none of open, succeeded, refused, cut"),
        ("limit=1&limit=2", "limit: it is given twice"),
        ("code=%ff", "query: it is not encoded in UTF-8"),
    ] {
        let error = Filter::from_query(query).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{query}: {error}");
    }
}

#[test]
fn an_entry_has_to_have_all_that_is_set() {
    let mut entry = Entry::new(SystemTime::now(), String::new(), "GET", 0);
    entry.operation = "A".to_owned();
    entry.product = Some("tke");
    assert!(Filter::new().matches(&entry) && Filter::new().operation("A").product("tke").matches(&entry));
    assert!(!Filter::new().operation("A").product("tcr").matches(&entry));
    assert!(!Filter::new().since(1).matches(&entry));
    assert!(Filter::new().outcome(Outcome::Open).matches(&entry));
}
