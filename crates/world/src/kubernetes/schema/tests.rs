#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn names(kind: &Type, found: &mut Vec<String>) {
    match kind {
        Type::Structure(name) => found.push(name.clone()),
        Type::Map(inner) | Type::List(inner, _) => names(inner, found),
        _ => {}
    }
}

#[test]
fn every_structure_that_is_named_is_there() {
    for (name, structure) in structures() {
        for field in &structure.fields {
            let mut named = Vec::new();
            names(&field.kind, &mut named);
            for named in named {
                assert!(find(&named).is_some(), "{name}.{}: {named}", field.name);
            }
        }
    }
}

#[test]
fn every_kind_has_more_than_its_head() {
    for kind in crate::kubernetes::kinds::KINDS.iter().filter(|kind| kind.kind != "ComponentStatus") {
        assert!(find(kind.kind).is_some_and(|structure| structure.fields.len() > 3), "{}", kind.kind);
    }
}

#[test]
fn items_of_lists_are_told_apart_by_their_keys() {
    let container = find("Container").unwrap();
    let keys = ListKind::Map(vec!["containerPort".into(), "protocol".into()]);
    assert!(matches!(container.field("ports"), Some(Type::List(_, kind)) if *kind == keys));
    assert!(matches!(find("PodSpec").unwrap().field("tolerations"), Some(Type::List(_, ListKind::Atomic))));
}
