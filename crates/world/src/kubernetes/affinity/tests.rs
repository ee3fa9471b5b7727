use super::*;
use serde_json::json;

#[test]
fn expressions_hold_as_kubernetes_says() {
    let labels = BTreeMap::from([("zone".to_owned(), "a".to_owned()), ("size".to_owned(), "7".to_owned())]);
    let one = |key: &str, operator: &str, values: &[&str]| {
        holds(&json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]}), &labels)
    };
    assert!(one("zone", "In", &["b", "a"]) && !one("zone", "In", &["b"]) && !one("none", "In", &["a"]));
    assert!(one("zone", "NotIn", &["b"]) && !one("zone", "NotIn", &["a"]) && one("none", "NotIn", &["a"]));
    assert!(one("zone", "Exists", &[]) && !one("none", "Exists", &[]));
    assert!(one("none", "DoesNotExist", &[]) && !one("zone", "DoesNotExist", &[]));
    assert!(one("size", "Gt", &["6"]) && !one("size", "Gt", &["7"]) && one("size", "Lt", &["8"]));
    assert!(!one("zone", "Gt", &["6"]) && !one("zone", "Like", &["a"]));
}
