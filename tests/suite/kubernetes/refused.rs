//! Requests that cannot travel through ForwardRequest are rejected before anything is sent.

use super::{Cluster, refusal};
use http::header::{ACCEPT, CONTENT_TYPE, UPGRADE};

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

#[tokio::test]
async fn streams_and_binary_bodies_are_refused_with_a_status_that_says_why() {
    let cluster = Cluster::start().await;
    let client = cluster.client();
    let pod = "/api/v1/namespaces/default/pods/web";
    let request = http::Request::builder;
    let get = |path: String| request().method("GET").uri(path).body(Vec::new()).unwrap();
    for (request, code, reason, says) in [
        (get(format!("{pod}/exec?command=ls&stdout=true")), 405, "MethodNotAllowed", "kubeconfig"),
        (get(format!("{pod}/attach")), 405, "MethodNotAllowed", "kubeconfig"),
        (get(format!("{pod}/portforward?ports=80")), 405, "MethodNotAllowed", "kubeconfig"),
        (get(format!("{pod}/log?follow=true")), 405, "MethodNotAllowed", "without follow"),
        (get("/api/v1/watch/pods".into()), 405, "MethodNotAllowed", "watch=true"),
        (
            request().uri(format!("{pod}/proxy/")).header(UPGRADE, "websocket").body(Vec::new()).unwrap(),
            405,
            "MethodNotAllowed",
            "kubeconfig",
        ),
        (
            request().method("POST").uri("/api/v1/namespaces").header(CONTENT_TYPE, PROTOBUF).body(vec![0]).unwrap(),
            415,
            "UnsupportedMediaType",
            "application/json",
        ),
        (
            request().uri("/api/v1/nodes").header(ACCEPT, PROTOBUF).body(Vec::new()).unwrap(),
            406,
            "NotAcceptable",
            "application/json",
        ),
        (
            request().uri("/api/v1/nodes").header("Impersonate-User", "jane").body(Vec::new()).unwrap(),
            400,
            "BadRequest",
            "impersonate-user",
        ),
        (
            request().method("POST").uri("/api/v1/namespaces").body(vec![b' '; (3 << 20) + 1]).unwrap(),
            413,
            "RequestEntityTooLarge",
            "3145728",
        ),
        (request().method("POST").uri("/api/v1/namespaces").body(vec![0xff]).unwrap(), 400, "BadRequest", "UTF-8"),
    ] {
        let uri = request.uri().clone();
        let error = client.request_text(request).await.unwrap_err();
        assert_eq!(refusal(&error), (code, reason), "{uri}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(cluster.forwarded(), 0, "nothing was sent");
}

#[tokio::test]
async fn binary_types_are_removed_from_what_is_accepted() {
    let cluster = Cluster::start().await;
    let accept = format!("{PROTOBUF}, application/json");
    let request = http::Request::get("/api/v1/nodes").header(ACCEPT, accept).body(bytes::Bytes::new()).unwrap();
    let response = cluster.kubernetes().send(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn names_that_are_those_of_subresources_are_names() {
    let cluster = Cluster::start().await;
    for path in ["/api/v1/namespaces/default/pods/exec", "/api/v1/namespaces/pods/services/attach", "/apis/x/v1/watch"]
    {
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        assert_eq!(cluster.kubernetes().send(request).await.unwrap().status(), 404, "{path}");
    }
    assert_eq!(cluster.forwarded(), 3);
}

#[tokio::test]
async fn a_plain_request_cannot_be_a_watch() {
    let cluster = Cluster::start().await;
    let request = http::Request::get("/api/v1/nodes?watch=1").body(bytes::Bytes::new()).unwrap();
    let error = cluster.kubernetes().send(request).await.unwrap_err();
    assert_eq!(error.kind(), wharf::ErrorKind::Unsupported);
}
