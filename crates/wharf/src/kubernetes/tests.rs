//! Tests of the parts that need no server.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::call::Call;
use super::events::{Objects, between};
use super::lists::Lists;
use super::status;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

fn call(method: &str, uri: &str, body: &str) -> Call {
    let (parts, body) =
        Request::builder().method(method).uri(uri).body(Bytes::from(body.to_owned())).unwrap().into_parts();
    Call::new(&parts, body).unwrap()
}

fn list(version: &str, items: &[(&str, &str, &str)]) -> Vec<Bytes> {
    let item = |(name, uid, version): &(&str, &str, &str)| json!({"metadata": {"name": name, "namespace": "default", "uid": uid, "resourceVersion": version}});
    let items: Vec<Value> = items.iter().map(item).collect();
    let list = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": items});
    vec![serde_json::to_vec_pretty(&list).unwrap().into()]
}

/// The events between two lists: kind, name and version.
fn events(before: &[Bytes], after: &[Bytes]) -> Vec<String> {
    let events = between(&Objects::read(before).unwrap(), &Objects::read(after).unwrap());
    let lines: Vec<Value> = events.lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().map(|event| event["object"]["metadata"]["resourceVersion"].as_str().unwrap().to_owned());
    assert_eq!(events.last, last);
    let told = |event: &Value| {
        assert_eq!((&event["object"]["kind"], &event["object"]["apiVersion"]), (&json!("Pod"), &json!("v1")));
        let metadata = &event["object"]["metadata"];
        [&event["type"], &metadata["name"], &metadata["resourceVersion"]].map(|it| it.as_str().unwrap()).join(" ")
    };
    lines.iter().map(told).collect()
}

#[test]
fn events_are_in_the_order_of_versions() {
    let before = list("9", &[("a", "1", "3"), ("b", "2", "4"), ("c", "3", "5"), ("same", "4", "6")]);
    let after = list("20", &[("a", "1", "12"), ("c", "7", "11"), ("d", "8", "10"), ("same", "4", "6")]);
    assert_eq!(events(&before, &after), ["ADDED d 10", "DELETED c 11", "ADDED c 11", "MODIFIED a 12", "DELETED b 20"]);
    assert!(events(&after, &after).is_empty());
    assert_eq!(events(&[], &before).len(), 4);
}

#[test]
fn a_list_that_is_no_list_is_an_error() {
    for body in ["", "{", "[]", r#"{"kind":"PodList","items":[1]}"#, r#"{"kind":"PodList","items":[{"metadata":{}}]}"#]
    {
        assert!(Objects::read(&[Bytes::from_static(body.as_bytes())]).is_err(), "{body}");
    }
    let none = [Bytes::from_static(br#"{"kind":"PodList","items":null}"#)];
    assert!(between(&Objects::default(), &Objects::read(&none).unwrap()).lines.is_empty());
}

#[test]
fn requests_that_are_safe_to_repeat() {
    let version = r#"{"metadata":{"resourceVersion":"7"}}"#;
    for (method, body, expected) in [
        ("GET", "", true),
        ("HEAD", "", true),
        ("DELETE", "", true),
        ("POST", version, false),
        ("PUT", version, true),
        ("PATCH", version, true),
        ("PATCH", r#"[{"op":"test","path":"/metadata/resourceVersion","value":"7"}]"#, true),
        ("PATCH", r#"[{"op":"replace","path":"/metadata/resourceVersion","value":"7"}]"#, false),
        ("PUT", r#"{"metadata":{"resourceVersion":""}}"#, false),
        ("PUT", r#"{"metadata":{}}"#, false),
        ("PUT", "", false),
        ("PATCH", "metadata: {resourceVersion: 7}", false),
    ] {
        assert_eq!(call(method, "/api/v1/nodes/n", body).is_repeatable(), expected, "{method} {body}");
    }
}

#[test]
fn queries_are_kept() {
    let odd = call("GET", "/api/v1/pods?labelSelector=a%20in%20(b,c)&x=1+2&flag&limit=5", "");
    assert_eq!(odd.path_and_query(), "/api/v1/pods?labelSelector=a%20in%20%28b%2Cc%29&x=1%202&flag=&limit=5");
    for (query, expected) in [
        ("watch", true),
        ("watch=1", true),
        ("watch=TRUE", true),
        ("watch=false", false),
        ("watch=0", false),
        ("", false),
    ] {
        assert_eq!(call("GET", &format!("/api/v1/pods?{query}"), "").is_watch(), expected, "{query}");
    }
}

#[test]
fn the_status_of_a_body() {
    for (body, expected) in [
        (r#"{"kind":"Status","status":"Failure","code":409}"#, 409),
        (r#"{"kind":"Status","status":"Failure"}"#, 500),
        (r#"{"kind":"Status","status":"Failure","code":7}"#, 500),
        (r#"{"kind":"Status","status":"Success","code":200}"#, 200),
        (r#"{"kind":"Pod","status":{"phase":"Running"}}"#, 200),
        ("ok", 200),
        ("", 200),
    ] {
        assert_eq!(status::of_body(body.as_bytes()), expected, "{body}");
    }
}

/// A response with a page of pods.
fn page(version: &str, next: &str, fill: usize) -> http::Response<Bytes> {
    let list = json!({"kind": "PodList", "metadata": {"resourceVersion": version, "continue": next},
        "items": [], "fill": "x".repeat(fill)});
    http::Response::new(list.to_string().into())
}

#[test]
fn lists_are_found_when_they_are_complete() {
    let lists = Lists::default();
    let (first, second) = (call("GET", "/api/v1/pods?limit=1", ""), call("GET", "/api/v1/pods?limit=1&continue=t", ""));
    let key = super::lists::key(&first);
    lists.remember(&first, &page("5", "t", 0));
    assert!(lists.at(&key, "5").is_none());
    lists.remember(&second, &page("5", "", 0));
    assert_eq!(lists.at(&key, "5").unwrap().len(), 2);
    assert!(lists.at(&key, "6").is_none());
    let selected = call("GET", "/api/v1/pods?labelSelector=a", "");
    assert!(lists.at(&super::lists::key(&selected), "5").is_none());
    // An object, a failure and a change are no lists.
    lists.remember(&call("POST", "/api/v1/pods", ""), &page("7", "", 0));
    lists.remember(&first, &http::Response::new(Bytes::from_static(b"{}")));
    assert!(lists.at(&key, "7").is_none());
}

#[test]
fn old_lists_are_forgotten() {
    let lists = Lists::default();
    let of = |at: usize| call("GET", &format!("/apis/group-{at}/v1/things"), "");
    for at in 0..100 {
        lists.remember(&of(at), &page("1", "", 0));
    }
    let known = (0..100).filter(|at| lists.at(&super::lists::key(&of(*at)), "1").is_some()).count();
    assert_eq!(known, 64);
    for at in 0..5 {
        lists.remember(&of(at), &page("2", "", 20 << 20));
    }
    let known: Vec<usize> = (0..100).filter(|at| lists.at(&super::lists::key(&of(*at)), "2").is_some()).collect();
    assert_eq!(known, [2, 3, 4]);
}
