//! Alibaba's dialect, seen from outside.

mod balancers;
mod client;
mod every_operation;
mod journal;
mod organizations;
mod requests;
mod signatures;
mod sts;

use client::{Auth, Call};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::{Server, Time};

const VPC: &str = "vpc-2zewharf0000000000001";
const SUBNET: &str = "vsw-2zewharf0000000000001";

async fn server() -> Server {
    Server::builder().region("cn-beijing").time(Time::Manual).without_socket().start().await.unwrap()
}

/// A call that every check lets pass.
fn list_clusters() -> Call {
    Call::get("/api/v1/clusters")
}

fn cluster(name: &str) -> Value {
    json!({
        "name": name, "region_id": "cn-beijing", "vpcid": VPC, "container_cidr": "172.20.0.0/16", "num_of_nodes": 1,
        "worker_vswitch_ids": [SUBNET], "worker_instance_types": ["ecs.n4.large"], "login_password": "Hello@1234",
    })
}

fn create_cluster(name: &str) -> Call {
    Call::new(Method::POST, "/clusters", cluster(name))
}

/// The identifier of a running cluster.
async fn running(server: &Server) -> String {
    let answer = create_cluster("cluster-demo").send(server).await;
    assert_eq!(answer.status, 200, "{}", answer.whole());
    server.advance(Duration::from_secs(200));
    answer.whole()["cluster_id"].as_str().unwrap().to_owned()
}

/// How many clusters a call lists.
async fn count(server: &Server, call: Call) -> u64 {
    let answer = call.send(server).await;
    answer.whole()["page_info"]["total_count"].as_u64().unwrap_or_else(|| panic!("{}", answer.whole()))
}
