//! Upgrades a cluster of TKE to the next version of Kubernetes: first the control plane, then one node after another.
//! Prints the progress. Against an embedded server: `cargo run --example upgrade_cluster`.
#![allow(clippy::print_stdout)]

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use std::error::Error;
use std::time::Duration;
use wharf::tke::{self, types::ClusterType, types::RunInstancesPara};
use wharf_server::{Server, Time};

const POLL: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::builder().time(Time::Accelerated(120)).start().await?;
    let tke = tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .endpoint(server.endpoint())
        .build()?;
    let cluster = create_cluster(&tke, "1.30.0").await?;
    print_nodes(&tke, &cluster).await?;

    // The control plane can be upgraded to the next version. Its nodes keep running.
    let upgrades = tke.upgrades();
    let available = upgrades.describe_available_cluster_version().cluster_id(&cluster).send().await?;
    let version = available.versions.first().ok_or("there is no newer version")?;
    upgrades.update_cluster_version(&cluster).dst_version(version).send().await?;
    println!("upgrading {cluster} to {version}");
    let maintained = tke.settings().wait_until_cluster_maintained(&cluster).poll_interval(POLL);
    maintained.on_progress(|state| println!("control plane: {state}")).await?;

    // `major` upgrades a node to another version in place: it is cordoned, drained, upgraded and uncordoned.
    let check = upgrades.check_instances_upgrade_able(&cluster).upgrade_type("major").send().await?;
    for node in &check.unavailable_version_reason {
        println!("{} cannot be upgraded: {}", node.instance_id, node.reason);
    }
    let nodes = check.upgrade_able_instances.iter().map(|node| node.instance_id.clone());
    let order = upgrades.upgrade_cluster_instances(&cluster).operation("create").upgrade_type("major");
    order.instance_ids(nodes).send().await?;
    let done = upgrades.wait_until_node_upgrade_done(&cluster).poll_interval(POLL);
    done.on_progress(|progress| println!("nodes: {progress}")).await?;
    print_nodes(&tke, &cluster).await
}

/// Creates a cluster of that version with three nodes.
async fn create_cluster(tke: &tke::Connection, version: &str) -> Result<String, Box<dyn Error>> {
    let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"));
    let order = order.cluster_basic_settings(|basic| basic.cluster_version(version).vpc_id("vpc-default0"));
    let cluster = order.send().await?.cluster_id;
    tke.clusters().wait_until_running(&cluster).poll_interval(POLL).await?;
    let machines = RunInstancesPara::default().instance_type("S5.MEDIUM4").instance_count(3);
    let added = tke.nodes().create_cluster_instances(&cluster).run_instance_para(machines).send().await?;
    tke.nodes().wait_until_instances_running(&cluster, added.instance_id_set).poll_interval(POLL).await?;
    Ok(cluster)
}

/// Prints the version of each node, from the Kubernetes API of the cluster.
async fn print_nodes(tke: &tke::Connection, cluster: &str) -> Result<(), Box<dyn Error>> {
    let response = tke.kubernetes(cluster).send(Request::get("/api/v1/nodes").body(Bytes::new())?).await?;
    let nodes: Value = serde_json::from_slice(response.body())?;
    for node in nodes["items"].as_array().into_iter().flatten() {
        let (name, version) = (&node["metadata"]["name"], &node["status"]["nodeInfo"]["kubeletVersion"]);
        println!("node {} has {}", name.as_str().unwrap_or_default(), version.as_str().unwrap_or_default());
    }
    Ok(())
}
