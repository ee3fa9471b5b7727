#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use serde_json::json;

#[test]
fn labels_are_selected() {
    let object = json!({"metadata": {"labels": {"app": "web", "tier": "db", "number": "5", "empty": ""}}});
    for (selector, selects) in [
        ("", true),
        ("app=web", true),
        ("app==web", true),
        ("app!=web", false),
        ("missing!=web", true),
        ("app", true),
        ("!app", false),
        ("!missing", true),
        ("app in (web,api)", true),
        ("app in (api)", false),
        ("app notin (web,api)", false),
        ("missing notin (web)", true),
        ("app in (web,api),tier=db", true),
        ("app in (web,api), tier notin (db)", false),
        ("number>4", true),
        ("number<5", false),
        ("empty=", true),
    ] {
        assert_eq!(LabelSelector::read(selector).unwrap().selects(&object), selects, "{selector}");
    }
    for selector in ["a in", "a in (b", "in (a)x", "a b", "a=b c", "-a=b", "number>x"] {
        assert_eq!(LabelSelector::read(selector).unwrap_err().code(), 400, "{selector}");
    }
}

#[test]
fn objects_have_selectors() {
    let selector = json!({"matchLabels": {"a": "b"}, "matchExpressions": [
        {"key": "c", "operator": "In", "values": ["d", "e"]}, {"key": "f", "operator": "DoesNotExist"}]});
    let selector = LabelSelector::of_object(Some(&selector)).unwrap();
    assert!(selector.selects(&json!({"metadata": {"labels": {"a": "b", "c": "e"}}})));
    assert!(!selector.selects(&json!({"metadata": {"labels": {"a": "b", "c": "x"}}})));
    assert!(!selector.selects(&json!({"metadata": {"labels": {"a": "b", "c": "e", "f": ""}}})));
    assert!(LabelSelector::of_object(None).is_none());
}

#[test]
fn fields_are_selected() {
    let pod = json!({"metadata": {"name": "a"}, "spec": {"nodeName": "n"}, "status": {}});
    for (selector, selects) in [
        ("metadata.name=a", true),
        ("metadata.name!=a", false),
        ("spec.nodeName=n,metadata.name==a", true),
        ("status.phase=", true),
    ] {
        assert_eq!(FieldSelector::read(selector, "Pod").unwrap().selects(&pod), selects, "{selector}");
    }
    for selector in ["spec.unknown=a", "metadata.name"] {
        assert_eq!(FieldSelector::read(selector, "Pod").unwrap_err().code(), 400, "{selector}");
    }
}
