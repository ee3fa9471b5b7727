#![allow(clippy::unwrap_used)]
use super::*;
use http::Request;
use std::time::SystemTime;

fn parts(method: &str, target: &str) -> Parts {
    Request::builder().method(method).uri(target).body(()).unwrap().into_parts().0
}

/// The verbs are those of https://kubernetes.io/docs/reference/access-authn-authz/authorization/, "Request attributes".
#[test]
fn operations_are_named_as_in_rules_of_rbac() {
    for (method, target, expected) in [
        ("GET", "/api/v1/namespaces/a/pods", "list pods"),
        ("GET", "/api/v1/namespaces/a/pods/p", "get pods"),
        ("GET", "/api/v1/pods?watch=true", "watch pods"),
        ("GET", "/api/v1/watch/namespaces/a/pods", "watch pods"),
        ("POST", "/apis/apps/v1/namespaces/a/deployments", "create deployments.apps"),
        ("PUT", "/apis/apps/v1/namespaces/a/deployments/d/scale", "update deployments.apps/scale"),
        ("PATCH", "/api/v1/nodes/n", "patch nodes"),
        ("DELETE", "/api/v1/namespaces/a", "delete namespaces"),
        ("DELETE", "/api/v1/namespaces/a/secrets", "deletecollection secrets"),
        ("GET", "/api/v1/namespaces/a/pods/p/proxy/x/y", "get pods/proxy"),
        ("GET", "/version", "get /version"),
    ] {
        assert_eq!(operation(&parts(method, target)), expected, "{method} {target}");
    }
}

#[test]
fn contents_are_not_kept() {
    let mut entry = Entry::new(SystemTime::now(), String::new(), "GET", 0);
    let secret = json!({
        "kind": "Secret", "apiVersion": "v1", "data": { "a": "planted" },
        "metadata": { "name": "s", "namespace": "n", "annotations": { "b": "planted" } },
    });
    note(200, secret.to_string().as_bytes(), &mut entry);
    assert_eq!(entry.response, r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"n"}}"#);
    assert_eq!((entry.status, &entry.code), (Some(200), &None));
    let refused = json!({ "kind": "Status", "apiVersion": "v1", "reason": "NotFound", "message": "no", "code": 404 });
    note(404, refused.to_string().as_bytes(), &mut entry);
    assert_eq!(entry.code.as_deref(), Some("NotFound"));
    assert!(hides("command") && !hides("labelSelector"));
}
