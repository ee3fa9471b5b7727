//! CCE: requests to the cluster's own host, below that of the API gateway. The responses are prepared.

use super::refusal;
use crate::support::quick;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use std::sync::Arc;
use wharf::cce::{ClusterAddressing, Connection};
use wharf::transport::{Reached, Replay, TransportError, TransportErrorKind};
use wharf::{Credentials, ErrorKind};

const ID: &str = "7d9e2b3c-0000-11ed-8000-0255ac100b01";

fn answer(status: u16, body: Value) -> http::Response<Bytes> {
    let answer = http::Response::builder().status(status).header(CONTENT_TYPE, "application/json");
    answer.body(body.to_string().into()).unwrap()
}

fn nodes() -> Value {
    json!({"kind": "NodeList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": []})
}

fn status(code: u16, reason: &str) -> http::Response<Bytes> {
    answer(
        code,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": reason,
            "reason": reason, "code": code}),
    )
}

fn cut() -> TransportError {
    TransportError::new(TransportErrorKind::Cut, Reached::Maybe, "cut")
}

fn connection(replay: &Replay, addressing: ClusterAddressing) -> Connection {
    Connection::builder()
        .region("cn-north-4")
        .project_id("0123456789abcdef0123456789abcdef")
        .credentials(Credentials::new("id", "planted-secret"))
        .cluster_addressing(addressing)
        .transport(Arc::new(replay.clone()))
        .retry_policy(quick())
        .build()
        .unwrap()
}

fn nodes_api(replay: &Replay, addressing: ClusterAddressing) -> Api<Node> {
    Api::all(kube::Client::new(connection(replay, addressing).kubernetes(ID), "default"))
}

/// The address, as Huawei's document "Using Kubernetes APIs" writes it: `https://{clusterid}.Endpoint/uri`.
#[tokio::test]
async fn requests_go_to_the_clusters_host_signed() {
    let replay = Replay::new().answer(answer(200, nodes()));
    nodes_api(&replay, ClusterAddressing::Host).list(&ListParams::default().labels("a=b")).await.unwrap();
    let (request, _) = replay.requests().remove(0);
    let host = format!("{ID}.cce.cn-north-4.myhuaweicloud.com");
    assert_eq!(request.uri().to_string(), format!("https://{host}/api/v1/nodes?labelSelector=a%3Db"));
    assert_eq!(request.headers()["host"], host.as_str());
    let signature = request.headers()[AUTHORIZATION].to_str().unwrap();
    assert!(signature.starts_with("SDK-HMAC-SHA256 Access=id,"), "{signature}");
    assert!(signature.contains("host;"), "{signature}");
}

#[tokio::test]
async fn where_hosts_have_no_labels_a_header_names_the_cluster() {
    let replay = Replay::new().answer(answer(200, nodes()));
    nodes_api(&replay, ClusterAddressing::Path).list(&ListParams::default()).await.unwrap();
    let (request, _) = replay.requests().remove(0);
    assert_eq!(request.headers()["x-cluster-id"], ID);
    assert_eq!(request.uri().host(), Some("cce.cn-north-4.myhuaweicloud.com"));
}

#[tokio::test]
async fn a_patch_keeps_its_content_type_and_body() {
    let node = json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}});
    let replay = Replay::new().answer(answer(200, node));
    let patch = Patch::Strategic(json!({"metadata": {"labels": {"zone": "ä"}}}));
    nodes_api(&replay, ClusterAddressing::Host).patch("n", &PatchParams::default(), &patch).await.unwrap();
    let (request, _) = replay.requests().remove(0);
    assert_eq!(request.method(), "PATCH");
    assert_eq!(request.headers()[CONTENT_TYPE], "application/strategic-merge-patch+json");
    let sent: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(sent, json!({"metadata": {"labels": {"zone": "ä"}}}));
}

#[tokio::test]
async fn statuses_of_kubernetes_pass_and_errors_of_the_gateway_do_not() {
    let replay = Replay::new().answer(status(404, "NotFound")).answer(status(409, "Conflict"));
    let api = nodes_api(&replay, ClusterAddressing::Host);
    assert_eq!(refusal(&api.get("none").await.unwrap_err()), (404, "NotFound"));
    assert_eq!(refusal(&api.get("none").await.unwrap_err()), (409, "Conflict"));
    // An object with fields that would be an error of another API.
    let odd = json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n"}, "code": 500, "message": "x"});
    let replay = Replay::new().answer(answer(200, odd));
    let odd = nodes_api(&replay, ClusterAddressing::Host).get("n").await.unwrap();
    assert_eq!(odd.metadata.name.as_deref(), Some("n"));

    let gateway = json!({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"});
    let replay = Replay::new().answer(answer(401, gateway));
    let error = nodes_api(&replay, ClusterAddressing::Host).get("n").await.unwrap_err();
    let kube::Error::Service(error) = error else { panic!("{error:?}") };
    let error = error.downcast::<wharf::Error>().unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some("APIGW.0301")));
}

#[tokio::test]
async fn what_is_safe_to_repeat_is_repeated() {
    // The last failure of Kubernetes itself is the response.
    let busy = || status(503, "ServiceUnavailable");
    let replay = Replay::new().fail(cut()).answer(busy()).answer(answer(200, nodes()));
    nodes_api(&replay, ClusterAddressing::Host).list(&ListParams::default()).await.unwrap();
    assert_eq!(replay.requests().len(), 3);
    let replay = Replay::new().answer(busy()).answer(busy()).answer(busy());
    let error = nodes_api(&replay, ClusterAddressing::Host).list(&ListParams::default()).await.unwrap_err();
    assert_eq!(refusal(&error), (503, "ServiceUnavailable"));
    // A cut after it is the error, not the response before.
    let replay = Replay::new().answer(busy()).answer(busy()).fail(cut());
    let error = nodes_api(&replay, ClusterAddressing::Host).list(&ListParams::default()).await.unwrap_err();
    assert!(matches!(error, kube::Error::Service(_)), "{error:?}");

    let replay = Replay::new().fail(cut()).answer(answer(201, json!({})));
    let request = http::Request::post("/api/v1/nodes").body(Bytes::from("{}")).unwrap();
    let sent = connection(&replay, ClusterAddressing::Host).kubernetes(ID).send(request).await;
    assert_eq!(sent.unwrap_err().kind(), ErrorKind::ConnectionFailed);
    assert_eq!(replay.requests().len(), 1);
}

#[tokio::test]
async fn an_id_that_is_no_label_is_refused_before_anything_is_sent() {
    let replay = Replay::new();
    let request = http::Request::get("/version").body(Bytes::new()).unwrap();
    let kubernetes = connection(&replay, ClusterAddressing::Host).kubernetes("evil.example.com/");
    let error = kubernetes.send(request).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("cluster_id")));
    let dots = http::Request::get("/api/%2e%2e/v3/clusters").body(Bytes::new()).unwrap();
    let response = connection(&replay, ClusterAddressing::Host).kubernetes(ID).send(dots).await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(replay.requests().len(), 0);
}
