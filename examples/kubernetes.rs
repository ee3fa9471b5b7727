//! From a cloud's API to Kubernetes with kube-rs: creates a cluster of TKE and nodes, deploys, waits until it is available,
//! and scales it, through the cloud's API alone. Against an embedded server: `cargo run -p wharf-tests --example kubernetes`.
#![allow(clippy::print_stdout)]

use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Patch, PatchParams, PostParams};
use kube::runtime::wait::await_condition;
use kube::{Api, Client};
use serde_json::json;
use std::error::Error;
use std::time::Duration;
use tokio::time::timeout;
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

    let deployments: Api<Deployment> = Api::default_namespaced(client);
    let labels = json!({"app": "web"});
    let container = json!({"name": "web", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}});
    let template = json!({"metadata": {"labels": labels}, "spec": {"containers": [container]}});
    let spec = json!({"replicas": 1, "selector": {"matchLabels": labels}, "template": template});
    let web: Deployment = serde_json::from_value(json!({"metadata": {"name": "web"}, "spec": spec}))?;
    deployments.create(&PostParams::default(), &web).await?;
    available(&deployments, 1).await?;
    let scale = Patch::Merge(json!({"spec": {"replicas": 3}}));
    deployments.patch_scale("web", &PatchParams::default(), &scale).await?;
    available(&deployments, 3).await?;

    // For kubectl, or for a client that reaches the cluster itself:
    let kubeconfig = tke.kubeconfig(&cluster).fetch().await?.with_prefix(&cluster);
    println!("kubeconfig for {}", kubeconfig.current_context().unwrap_or_default());
    Ok(())
}

/// Watches the deployment until that many of its replicas are available.
async fn available(deployments: &Api<Deployment>, replicas: i32) -> Result<(), Box<dyn Error>> {
    let condition = |web: Option<&Deployment>| {
        web.and_then(|web| web.status.as_ref()?.available_replicas).is_some_and(|now| now == replicas)
    };
    timeout(Duration::from_secs(60), await_condition(deployments.clone(), "web", condition)).await??;
    println!("deployment web: {replicas} available");
    Ok(())
}
