//! The Kubernetes API of clusters, with kube-rs as the client.
//!
//! What kube-rs asks and understands is the witness; statuses and reasons are those of Kubernetes' API conventions.

mod api;
mod calls;
mod cluster_host;
mod cuts;
mod direct;
mod images;
mod kubeconfigs;
mod python;
mod refused;
mod roads;
mod watches;

use crate::support::{builder, quick, tke_builder};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::Client;
use serde_json::json;
use std::time::Duration;
use wharf::Kubernetes;
use wharf::tke::Connection;
use wharf_server::Server;

/// A server, and the Kubernetes API of a running TKE cluster through ForwardRequest.
struct Cluster {
    server: Server,
    tke: Connection,
    id: String,
}

impl Cluster {
    async fn start() -> Self {
        let server = builder().without_socket().start().await.unwrap();
        let tke = tke_builder(&server).retry_policy(quick()).build().unwrap();
        let order = tke.clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
        let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr("172.16.0.0/16"));
        let order = order.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0"));
        let id = order.send().await.unwrap().cluster_id;
        server.advance(Duration::from_secs(60));
        Self { server, tke, id }
    }

    fn kubernetes(&self) -> Kubernetes {
        self.tke.kubernetes(&self.id).with_watch_interval(Duration::from_millis(100))
    }

    fn client(&self) -> Client {
        Client::new(self.kubernetes(), "default")
    }

    /// Buys nodes and waits for them.
    async fn add_nodes(&self, count: i64) {
        let machines = wharf::tke::types::RunInstancesPara::default().instance_type("S5.MEDIUM4");
        let machines = machines.instance_count(count);
        let machines =
            machines.virtual_private_cloud(|place| place.vpc_id("vpc-default0").subnet_id("subnet-default1"));
        let order = self.tke.nodes().create_cluster_instances(&self.id).run_instance_para(machines);
        order.send().await.unwrap();
        self.server.advance(Duration::from_secs(40));
    }

    /// How many requests were forwarded.
    fn forwarded(&self) -> usize {
        self.server.journal().of("ForwardRequest").len()
    }
}

fn pod(name: &str) -> Pod {
    let container = json!({"name": "main", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}});
    let pod = json!({"metadata": {"name": name}, "spec": {"containers": [container]}});
    serde_json::from_value(pod).unwrap()
}

fn namespace(name: &str) -> Namespace {
    serde_json::from_value(json!({"metadata": {"name": name}})).unwrap()
}

/// The code and the reason of an error of Kubernetes.
#[track_caller]
fn refusal(error: &kube::Error) -> (u16, &str) {
    match error {
        kube::Error::Api(status) => (status.code, &status.reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_client_does_not_depend_on_kube() {
    let mut tree = std::process::Command::new(env!("CARGO"));
    tree.args(["tree", "--package", "wharf", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let tree = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("tower-service v"), "{tree}");
    assert_eq!(tree.lines().find(|line| line.starts_with("kube") || line.starts_with("k8s")), None);
}
