#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;

#[test]
fn quantities_are_read() {
    for (text, expected) in [("100m", 100), ("2", 2_000), ("0.5", 500), ("1Ki", 1_024_000), ("1k", 1_000_000)] {
        assert_eq!(thousandths(&json!(text)), Some(expected), "{text}");
    }
    assert_eq!(thousandths(&json!(3)), Some(3_000));
    for wrong in [json!("-1"), json!("1X"), json!("m"), json!(null), json!("")] {
        assert_eq!(thousandths(&wrong), None, "{wrong}");
    }
}

#[test]
fn a_pod_asks_for_the_sum_of_its_containers() {
    let spec = json!({"containers": [
        {"resources": {"requests": {"cpu": "250m", "memory": "64Mi"}}},
        {"resources": {"limits": {"cpu": "1"}}},
        {},
    ]});
    let request = request_of(spec.as_object().unwrap());
    assert_eq!(request, Request { cpu: 1_250, memory: 64 << 20 });
}
