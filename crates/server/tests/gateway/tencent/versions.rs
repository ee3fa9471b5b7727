//! Two versions of one product, over the wire: each call reaches the view of the version that it names.

use crate::client::Call;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::{Edition, MachineFault, Releases, Server, Time};

async fn ok(server: &Server, version: &str, action: &str, body: Value) -> Value {
    let call = Call { version: version.into(), ..Call::tke(action, body) };
    let answer = call.send(server).await;
    assert_eq!(answer.code(), "", "{version} {action}: {}", answer.message());
    answer.json()
}

#[tokio::test]
async fn each_version_shows_the_same_world_in_its_own_shapes() {
    let (old, new) = ("2018-05-25", "2022-05-01");
    let server =
        Server::builder().releases(Releases::Documents).time(Time::Manual).rate_limits(false).start().await.unwrap();
    let cluster = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": "1.20.6"},
    });
    let id = ok(&server, old, "CreateCluster", cluster).await["ClusterId"].as_str().unwrap().to_owned();
    server.advance(Duration::from_secs(60));
    let shown = ok(&server, old, "DescribeClusters", json!({})).await["Clusters"][0].clone();
    assert!(shown.get("ClusterNetworkSettings").is_some());
    let level = shown["ClusterLevel"].clone();
    let shown = ok(&server, new, "DescribeClusters", json!({})).await["Clusters"][0].clone();
    assert!(shown.get("ClusterNetworkSettings").is_none());
    assert_eq!((&shown["ClusterLevel"], level.as_str()), (&level, Some("L5")));
    assert_eq!(shown["ClusterId"], id);
    let disk = json!({"DiskType": "CLOUD_SSD", "DiskSize": 50, "AutoFormatAndMount": false, "FileSystem": "",
        "MountTarget": ""});
    let native = json!({
        "Scaling": {"MinReplicas": 0, "MaxReplicas": 3, "CreatePolicy": "ZoneEquality"}, "Replicas": 1,
        "SubnetIds": ["subnet-default1"], "InstanceChargeType": "POSTPAID_BY_HOUR", "SystemDisk": disk,
        "InstanceTypes": ["S5.MEDIUM4"],
    });
    let pool = json!({"ClusterId": id, "Name": "pool", "Type": "Native", "Native": native});
    ok(&server, new, "CreateNodePool", pool).await;
    server.advance(Duration::from_secs(80));
    let query = json!({"ClusterId": id});
    let node = ok(&server, new, "DescribeClusterInstances", query.clone()).await["InstanceSet"][0].clone();
    assert_eq!((&node["NodeType"], &node["InstanceState"]), (&json!("Native"), &json!("running")));
    let name = node["InstanceId"].as_str().unwrap();
    assert!(server.with_world(|world| world.break_machine(name, MachineFault::Kubelet)));
    let node = ok(&server, old, "DescribeClusterInstances", query).await["InstanceSet"][0].clone();
    assert_eq!((&node["InstanceId"], &node["InstanceState"]), (&json!(name), &json!("failed")));
}

/// The newer version is one of public clouds alone.
#[tokio::test]
async fn private_clouds_have_the_first_version_alone() {
    let server = Server::builder().edition(Edition::Private).start().await.unwrap();
    let call = Call { version: "2022-05-01".into(), ..Call::tke("DescribeNodePools", json!({"ClusterId": "cls-1"})) };
    assert_eq!(call.send(&server).await.code(), "InvalidAction");
}
