//! `cargo run --example all_clouds`: the clusters of four products side by side, all in an embedded server.
#![allow(clippy::print_stdout)]

use wharf::cce::types::ClusterSpec;
use wharf::ccs::types::{BandwidthType, OsName};
use wharf::tke::types::ClusterType;
use wharf::{ack, cce, ccs, tke};
use wharf_server::Server;

macro_rules! settings {
    ($product:ident, $region:expr, $server:ident) => {
        $product::Connection::builder().region($region).credentials($server.credentials()).endpoint($server.endpoint())
    };
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let (network, subnet) = ("vpc-default0", "subnet-default1");

    let tke = settings!(tke, "ap-beijing", server).build()?.clusters();
    let order = tke.create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|range| range.cluster_cidr("172.16.0.0/16"));
    order.cluster_basic_settings(|basic| basic.cluster_name("first").vpc_id(network)).send().await?;

    let cce = settings!(cce, "cn-north-1", server).project_id(server.project_id()).build()?.clusters();
    let spec = ClusterSpec::virtual_machines("cce.s1.small", network, subnet);
    let order = cce.create_cluster().metadata(|cluster| cluster.name("second"));
    order.set_spec(spec.container_network(|range| range.cidr("172.17.0.0/16"))).send().await?;

    let ccs = settings!(ccs, "sh", server).build()?.clusters();
    let order = ccs.create_cluster("1", network, subnet).cluster_name("third").cluster_cidr("172.18.0.0/16");
    let order = order.os_name(OsName::Centos7_2x86_64).goods_num(1).cpu(2).mem(4).root_size(50).storage_size(0);
    order.bandwidth_type(BandwidthType::PayByHour).bandwidth(0).is_vpc_gateway(0).send().await?;

    let ack = settings!(ack, "cn-beijing", server).build()?.clusters();
    let (switch, server_type) = ("vsw-2zewharf0000000000001", "ecs.n4.large");
    let order = ack.create_cluster().name("fourth").region_id("cn-beijing").vpc_id("vpc-2zewharf0000000000001");
    let order = order.master_vswitch_ids([switch; 3]).master_instance_types([server_type; 3]).num_of_nodes(0);
    let order = order.worker_vswitch_ids([switch]).worker_instance_types([server_type]);
    order.container_cidr("172.20.0.0/16").send().await?;

    // Each list is a stream over all of its pages; CCE's list has no pages.
    let mut clusters = tke.describe_clusters().items();
    while let Some(cluster) = clusters.try_next().await? {
        show("TKE", &cluster.cluster_id, &cluster.cluster_name, cluster.cluster_status.as_str());
    }
    for cluster in cce.list_clusters().send().await?.items {
        let name = cluster.metadata.name.as_deref().unwrap_or_default();
        show("CCE", cluster.metadata.uid.as_deref().unwrap_or_default(), name, cluster.status.phase.as_str());
    }
    let mut clusters = ccs.describe_cluster().items();
    while let Some(cluster) = clusters.try_next().await? {
        show("CCS", &cluster.cluster_id, &cluster.cluster_name, cluster.status.as_str());
    }
    let mut clusters = ack.describe_clusters_v1().items();
    while let Some(cluster) = clusters.try_next().await? {
        show("ACK", &cluster.cluster_id, &cluster.name, cluster.state.as_str());
    }
    Ok(())
}

fn show(product: &str, id: &str, name: &str, status: &str) {
    println!("{product:<4} {id:<37} {name:<8} {status}");
}
