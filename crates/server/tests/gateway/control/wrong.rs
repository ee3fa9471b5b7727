//! Bad input: refused with the place and what is expected, and nothing changed.

use super::{call, get, manual, request, send};
use crate::client::exchange_at;
use serde_json::{Value, json};

/// Method, path, body, status, place, and a part of the message.
type Case = (&'static str, &'static str, Value, u16, &'static str, &'static str);

fn cases() -> Vec<Case> {
    vec![
        ("POST", "clock", json!({"speed": 0}), 400, "speed", "0 is no speed"),
        ("POST", "clock", json!({"speed": -1}), 400, "speed", "no speed"),
        ("POST", "clock", json!({"speed": 1.5}), 400, "speed", "no speed"),
        ("POST", "clock", json!({"speed": "fast"}), 400, "speed", "no speed"),
        ("POST", "clock", json!({"speed": 1_000_001}), 400, "speed", "no speed"),
        ("POST", "clock", json!({"advance": -1}), 400, "advance", "out of range"),
        ("POST", "clock", json!({"advance": 1e300}), 400, "advance", "out of range"),
        ("POST", "clock", json!({"advance": "1"}), 400, "advance", "invalid type"),
        ("POST", "clock", json!({"skew": i64::MAX}), 400, "skew", "out of range"),
        ("POST", "clock", json!({"elephant": 1}), 400, "elephant", "unknown field"),
        ("POST", "clock", json!([]), 400, "", "no object"),
        ("POST", "faults", json!({"operation": "Elephant", "effect": {"kind": "throttle"}}), 400, "operation", ""),
        ("POST", "faults", json!({"product": "elephant", "effect": {"kind": "throttle"}}), 400, "product", ""),
        ("POST", "faults", json!({"effect": {"kind": "elephant"}}), 400, "effect.kind", ""),
        ("POST", "faults", json!({"effect": {"kind": "throttle"}, "elephant": 1}), 400, "elephant", ""),
        ("POST", "faults", json!({}), 400, "effect", ""),
        ("DELETE", "faults/7", json!({}), 404, "id", "no fault"),
        ("DELETE", "faults/elephant", json!({}), 404, "id", "no fault"),
        ("POST", "mishaps", json!({}), 400, "kind", "missing"),
        ("POST", "mishaps", json!({"kind": "elephant"}), 400, "kind", "no mishap"),
        ("POST", "mishaps", json!({"kind": "node_breaks"}), 400, "", "node"),
        ("POST", "mishaps", json!({"kind": "node_breaks", "node": "ins-none"}), 404, "node", "no node"),
        ("POST", "mishaps", json!({"kind": "node_breaks", "node": "x", "fault": "elephant"}), 400, "fault", "unknown"),
        (
            "POST",
            "mishaps",
            json!({"kind": "node_breaks", "node": "x", "cluster": "cls-none"}),
            404,
            "cluster",
            "no cluster",
        ),
        ("POST", "mishaps", json!({"kind": "machine_reclaimed", "node": "x"}), 404, "node", "no node"),
        ("POST", "mishaps", json!({"kind": "sold_out", "product": "elephant"}), 404, "product", "no product"),
        ("POST", "mishaps", json!({"kind": "sold_out", "product": "tke", "zone": "mars-1"}), 404, "zone", "no zone"),
        (
            "POST",
            "mishaps",
            json!({"kind": "sold_out", "product": "tke", "region": "mars"}),
            404,
            "region",
            "no region",
        ),
        (
            "POST",
            "mishaps",
            json!({"kind": "sold_out", "product": "tke", "account": "9"}),
            404,
            "account",
            "no account",
        ),
        ("POST", "mishaps", json!({"kind": "next_fails", "point": "elephant"}), 400, "point", "unknown"),
        ("POST", "mishaps", json!({"kind": "registry_fails", "registry": "tcr-none"}), 404, "registry", "no registry"),
        ("POST", "accounts", json!({"credentials": {"id": "", "secret": "x"}}), 400, "credentials", "empty"),
        ("POST", "accounts", json!({"credentials": {"id": "x"}}), 400, "credentials", "secret"),
        ("POST", "accounts", json!({"account": ""}), 400, "account", "empty"),
        ("POST", "accounts/sub-accounts", json!({"name": ""}), 400, "name", "empty"),
        ("POST", "accounts/sub-accounts", json!({"name": "x", "account": "9"}), 400, "account", "no key"),
        ("POST", "accounts/sub-accounts", json!({"name": "x", "password": ""}), 400, "password", "empty"),
        (
            "POST",
            "accounts/sub-accounts",
            json!({"name": "x", "policies": [{"vendor": "tencent", "document": {"version": "9"}}]}),
            400,
            "policies[0]",
            "version",
        ),
        (
            "POST",
            "accounts/sub-accounts",
            json!({"name": "x", "policies": [{"vendor": "elephant", "document": {}}]}),
            400,
            "policies[0].vendor",
            "unknown variant",
        ),
        ("DELETE", "accounts/keys/elephant", json!({}), 404, "id", "no key"),
        ("POST", "images", json!({"repository": "web", "tag": "v1"}), 400, "repository", "no repository"),
        ("POST", "images", json!({"repository": "team/web", "tag": "///"}), 400, "tag", "Tag"),
        ("POST", "images", json!({"registry": "tcr-none", "repository": "a/b", "tag": "v1"}), 404, "registry", "exist"),
        ("POST", "images", json!({"account": "9", "repository": "a/b", "tag": "v1"}), 404, "account", "no account"),
        ("POST", "clouds", json!({"region": ""}), 400, "region", "empty"),
        ("POST", "clouds", json!({"speed": 0}), 400, "speed", "0 is no speed"),
        ("POST", "clouds", json!({"start_of_time": "soon"}), 400, "start_of_time", "no time"),
        ("POST", "clouds", json!({"credentials": {"id": "a", "secret": ""}}), 400, "credentials", "empty"),
        ("DELETE", "clouds/elephant", json!({}), 404, "cloud", "no cloud"),
        ("POST", "explain", json!({}), 400, "", "request"),
        ("POST", "explain", json!({"request": ""}), 400, "request", ""),
        ("POST", "explain", json!({"request": "elephant"}), 400, "request", ""),
        ("PUT", "world", json!({}), 400, "", "format"),
        ("PUT", "world", json!({"format": "wharf-world", "version": 2}), 400, "version", "newer"),
        ("PUT", "world", json!({"format": "zip", "version": 1}), 400, "format", "no world file"),
        ("GET", "state?cloud=elephant", Value::Null, 404, "cloud", "no cloud"),
        ("GET", "state?elephant=1", Value::Null, 400, "elephant", "unknown parameter"),
        ("GET", "journal?limit=many", Value::Null, 400, "limit", ""),
        ("GET", "journal?outcome=elephant", Value::Null, 400, "outcome", ""),
        ("GET", "journal/elephant", Value::Null, 400, "sequence", "no sequence number"),
        ("GET", "journal/99", Value::Null, 404, "sequence", "no entry"),
        ("GET", "elephant", Value::Null, 404, "path", "no such path"),
        ("PATCH", "clock", json!({}), 405, "method", "not possible"),
    ]
}

#[tokio::test]
async fn each_is_refused_with_the_place_and_nothing_changes() {
    let server = manual().await;
    let before = server.save();
    let clouds = server.clouds().len();
    let mut wrong = Vec::new();
    for (method, path, body, status, place, message) in cases() {
        let body = if body.is_null() { None } else { Some(body.to_string()) };
        let (got, answer) = send(&server, &request(&server, method, path, body.as_deref())).await;
        let case = format!("{method} {path} {body:?}: {got} {answer}");
        let said = |name: &str| answer["error"][name].as_str().unwrap_or_default();
        let says_all = said("message").contains(message) && !said("message").is_empty() && !said("expected").is_empty();
        if got != status || said("place") != place || !says_all {
            wrong.push(format!("{case}, not {status} at {place:?}"));
        }
        if server.save() != before || server.clouds().len() != clouds {
            wrong.push(format!("{case} has changed the server"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(server.journal().is_empty(), "requests of the control API are none of a cloud");
}

#[tokio::test]
async fn what_is_no_json_too_deep_or_too_large_is_refused() {
    let server = manual().await;
    let before = server.save();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (path, body, expected) in [
        ("clock", "{".to_owned(), 400),
        ("clock", "\u{0}".to_owned(), 400),
        ("clock", "{} {}".to_owned(), 400),
        ("faults", deep.clone(), 400),
        ("faults", format!("{{\"effect\": {deep}}}"), 400),
        ("mishaps", format!("{{\"kind\": {deep}}}"), 400),
        ("clock", format!("{{\"speed\": \"{}\"}}", "x".repeat(1 << 20)), 413),
        ("accounts/sub-accounts", format!("{{\"name\": \"{}\"}}", "x".repeat(2 << 20)), 413),
    ] {
        let (status, answer) = send(&server, &request(&server, "POST", path, Some(&body))).await;
        assert_eq!(status, expected, "{path}: {answer}");
        assert!(answer["error"]["expected"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
        assert_eq!(server.save(), before);
    }
    let mut bytes = request(&server, "POST", "clock", Some("{}"));
    *bytes.body_mut() = bytes::Bytes::from_static(b"{\"speed\": \"\xff\"}");
    let answer = exchange_at(server.address().unwrap(), &bytes).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn an_error_does_not_repeat_secrets() {
    let server = manual().await;
    for body in [
        json!({"credentials": "pl4nted-s3cret"}),
        json!({"credentials": {"id": "x", "secret": ["pl4nted-s3cret"]}}),
        json!({"credentials": {"id": server.key(), "secret": "pl4nted-s3cret"}}),
    ] {
        let (status, answer) = call(&server, "POST", "accounts", &body).await;
        assert!(status >= 400 && !answer.to_string().contains("pl4nted"), "{answer}");
    }
    let (_, accounts) = get(&server, "accounts").await;
    let secret = server.credentials().secret().expose().to_owned();
    assert!(!accounts.to_string().contains(&secret));
}
