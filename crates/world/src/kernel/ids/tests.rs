use super::*;
use std::collections::BTreeSet;

#[test]
fn identifiers_never_repeat() {
    let mut ids = Ids::default();
    let many: BTreeSet<String> = (0..20_000).map(|_| ids.next("cls")).collect();
    assert_eq!(many.len(), 20_000);
    assert!(many.iter().all(|id| id.len() == 12 && id.starts_with("cls-")));
}

#[test]
fn secrets_have_the_length_asked_for() {
    assert_eq!(hexadecimal("a", 40).len(), 40);
    assert_ne!(hexadecimal("a", 40), hexadecimal("b", 40));
    assert_eq!(Ids::default().uuid().len(), 36);
}
