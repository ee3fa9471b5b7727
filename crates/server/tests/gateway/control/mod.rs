//! The control API over HTTP: its answers, who may use it, what it refuses.

mod clouds;
mod guard;
mod schemas;
mod stream;
mod wrong;

use crate::client::{Answer, exchange_at};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use wharf_server::{Server, Time};

/// The document that describes the API.
pub(crate) fn document() -> Value {
    serde_json::from_str(include_str!("../../../src/control/openapi.json")).unwrap()
}

/// A request as programs on the same machine send it.
pub(crate) fn request(server: &Server, method: &str, path: &str, body: Option<&str>) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(format!("/_wharf/{path}"));
    let request = request.header("host", server.address().unwrap().to_string());
    let request = match body {
        Some(_) => request.header("content-type", "application/json"),
        None => request,
    };
    request.body(Bytes::from(body.unwrap_or_default().to_owned())).unwrap()
}

/// The status and the body of an answer. It is `Null` without a body.
pub(crate) async fn send(server: &Server, request: &Request<Bytes>) -> (u16, Value) {
    let bytes = exchange_at(server.address().unwrap(), request).await.unwrap();
    let answer = Answer::read(&bytes);
    let body = if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).unwrap() };
    (answer.status, body)
}

pub(crate) async fn get(server: &Server, path: &str) -> (u16, Value) {
    send(server, &request(server, "GET", path, None)).await
}

pub(crate) async fn call(server: &Server, method: &str, path: &str, body: &Value) -> (u16, Value) {
    send(server, &request(server, method, path, Some(&body.to_string()))).await
}

pub(crate) async fn manual() -> Server {
    Server::builder().time(Time::Manual).start().await.unwrap()
}

/// The body of the creation of a cluster of TKE.
pub(crate) fn new_cluster() -> Value {
    json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"ClusterName": "web", "VpcId": "vpc-default0"},
    })
}
