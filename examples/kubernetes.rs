//! From a cloud's API to Kubernetes with kube-rs: creates a cluster of TKE and nodes, runs a pod, and watches it until it
//! runs, through the cloud's API alone. Against an embedded server: `cargo run -p wharf-tests --example kubernetes`.
#![allow(clippy::print_stdout)]

use futures_util::TryStreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, api::PostParams};
use serde_json::json;
use std::error::Error;
use std::pin::pin;
use std::time::Duration;
use wharf::tke::{self, types::ClusterType, types::RunInstancesPara};
use wharf_server::{Server, Time};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().time(Time::Accelerated(60)).start().await?;
    let tke = tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .endpoint(server.endpoint())
        .build()?;

    let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"));
    let cluster = order.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0")).send().await?.cluster_id;
    tke.clusters().wait_until_running(&cluster).await?;
    let machine = RunInstancesPara::default().instance_type("S5.MEDIUM4").instance_count(1);
    let machine = machine.virtual_private_cloud(|place| place.vpc_id("vpc-default0").subnet_id("subnet-default1"));
    tke.nodes().create_cluster_instances(&cluster).run_instance_para(machine).send().await?;

    // The hand-over: requests of kube-rs travel through the cloud's API, signed and repeated like any other call.
    let kubernetes = tke.kubernetes(&cluster).with_watch_interval(Duration::from_millis(500));
    let client = Client::new(kubernetes, "default");
    println!("Kubernetes {}", client.apiserver_version().await?.git_version);

    let pods: Api<Pod> = Api::default_namespaced(client);
    let container = json!({"name": "web", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}});
    let pod: Pod = serde_json::from_value(json!({"metadata": {"name": "web"}, "spec": {"containers": [container]}}))?;
    pods.create(&PostParams::default(), &pod).await?;

    let config = watcher::Config::default().fields("metadata.name=web");
    let mut changes = pin!(watcher(pods, config).applied_objects());
    while let Some(pod) = changes.try_next().await? {
        let phase = pod.status.and_then(|status| status.phase).unwrap_or_default();
        println!("pod web: {phase}");
        if phase == "Running" {
            break;
        }
    }

    // For kubectl, or for a client that reaches the cluster itself:
    let kubeconfig = tke.kubeconfig(&cluster).fetch().await?.with_prefix(&cluster);
    println!("kubeconfig for {}", kubeconfig.current_context().unwrap_or_default());
    Ok(())
}
