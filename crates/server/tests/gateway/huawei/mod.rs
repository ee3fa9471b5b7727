//! Huawei's dialect, seen from outside.

mod balancers;
mod client;
mod every_operation;
mod identity;
mod requests;
mod signatures;
mod storage;

use client::{Auth, Call};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::{Server, Time};

async fn server() -> Server {
    Server::builder().region("cn-north-4").time(Time::Manual).without_socket().start().await.unwrap()
}

/// The path of a project's resources.
fn path(server: &Server, rest: &str) -> String {
    format!("/api/v3/projects/{}{rest}", server.project_id())
}

/// A call that every check lets pass.
fn list_clusters(server: &Server) -> Call {
    Call::get(path(server, "/clusters"))
}

fn cluster() -> Value {
    json!({
        "kind": "Cluster", "apiVersion": "v3", "metadata": {"name": "mycluster"},
        "spec": {
            "type": "VirtualMachine", "flavor": "cce.s1.small",
            "hostNetwork": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
            "containerNetwork": {"mode": "overlay_l2"},
        },
    })
}

fn create_cluster(server: &Server, body: Value) -> Call {
    Call::new(Method::POST, path(server, "/clusters"), body)
}

/// The identifier of an available cluster.
async fn available(server: &Server) -> String {
    let answer = create_cluster(server, cluster()).send(server).await;
    assert_eq!(answer.status, 201, "{}", answer.whole());
    server.advance(Duration::from_secs(120));
    answer.whole()["metadata"]["uid"].as_str().unwrap().to_owned()
}

/// What a token is asked for with.
fn login(server: &Server, scope: Value) -> Value {
    let user = server.iam_user();
    let user = json!({"name": user.name, "password": user.password.expose(), "domain": {"name": user.domain}});
    json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}})
}

fn create_token(body: Value) -> Call {
    Call::new(Method::POST, "/v3/auth/tokens", body).with(|call| call.auth = Auth::Nothing)
}

/// A token for the project of the server's region.
async fn token(server: &Server) -> String {
    let answer = create_token(login(server, json!({"project": {"name": server.region()}}))).send(server).await;
    assert_eq!(answer.status, 201, "{}", answer.whole());
    answer.headers["x-subject-token"].to_str().unwrap().to_owned()
}
