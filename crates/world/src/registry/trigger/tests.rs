#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn conditions_choose_tags() {
    assert!(Condition::All.matches("anything"));
    let list = Condition::parse("taglist", "v1, v2;v3").unwrap();
    assert!(list.matches("v1") && list.matches("v2") && list.matches("v3"));
    assert!(!list.matches("v") && !list.matches("v1,"));
    let regex = Condition::parse("regex", r"^v\d+$").unwrap();
    assert!(regex.matches("v12") && !regex.matches("v1-rc"));
}
