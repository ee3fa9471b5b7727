//! The releases of Kubernetes and of operating systems that the simulated clouds offer.

use crate::support::{ack_builder, cce_builder, ccs_builder, tke};
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::{Releases, Server, Time};

async fn start(releases: Option<Releases>) -> Server {
    let builder = Server::builder().time(Time::Manual).rate_limits(false);
    match releases {
        Some(releases) => builder.releases(releases).start().await.unwrap(),
        None => builder.start().await.unwrap(),
    }
}

/// The versions that TKE lists, and a new cluster for which none is named.
async fn tke_offers(server: &Server) -> (Vec<String>, Value) {
    let tke = tke(server);
    let listed = tke.call("tke", "DescribeVersions", json!({})).await.unwrap();
    let listed = listed["VersionInstanceSet"].as_array().unwrap().iter();
    let versions = listed.map(|version| version["Version"].as_str().unwrap().to_owned()).collect();
    let order = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    });
    tke.call("tke", "CreateCluster", order).await.unwrap();
    let clusters = tke.call("tke", "DescribeClusters", json!({})).await.unwrap();
    (versions, clusters["Clusters"][0].clone())
}

/// The versions of the public clouds, as their pages about versions list them, see `wharf_server::Releases`.
#[tokio::test]
async fn a_server_offers_current_releases() {
    let server = start(None).await;
    let (versions, cluster) = tke_offers(&server).await;
    assert_eq!(versions, ["1.28.3", "1.30.0", "1.32.2"]);
    assert_eq!(cluster["ClusterVersion"], "1.32.2");
    assert_eq!(cluster["ClusterOs"], "tlinux3.1x86_64");
    assert_eq!(cluster["ContainerRuntime"], "containerd");
    let old = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.17.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": "1.11.1"},
    });
    let refused = tke(&server).call("tke", "CreateCluster", old).await.unwrap_err();
    assert!(refused.message().contains("there is 1.28.3, 1.30.0, 1.32.2"), "{refused}");

    let cce = cce_builder(&server).build().unwrap();
    let spec = json!({
        "category": "CCE", "type": "VirtualMachine", "flavor": "cce.s1.small",
        "hostNetwork": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
        "containerNetwork": {"mode": "overlay_l2", "cidr": "172.18.0.0/16"},
    });
    let order = json!({"kind": "Cluster", "apiVersion": "v3", "metadata": {"name": "current"}, "spec": spec});
    let made = cce.call("cce", "CreateCluster", order).await.unwrap();
    assert_eq!(made["spec"]["version"], "v1.31.1-r0");

    let ack = ack_builder(&server).build().unwrap();
    let question = json!({"Region": server.region(), "ClusterType": "ManagedKubernetes"});
    let offered = ack.call("ack", "DescribeKubernetesVersionMetadata", question).await.unwrap();
    let offered = offered["data"].as_array().unwrap();
    let offered: Vec<_> = offered.iter().map(|version| version["version"].as_str().unwrap()).collect();
    assert_eq!(offered, ["1.34.1-aliyun.1", "1.33.3-aliyun.1", "1.32.7-aliyun.1"]);
}

#[tokio::test]
async fn the_releases_of_the_documents_are_there_for_those_who_name_them() {
    let server = start(None).await;
    let order = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": "1.18.4"},
    });
    let tke = tke(&server);
    tke.call("tke", "CreateCluster", order).await.unwrap();
    let clusters = tke.call("tke", "DescribeClusters", json!({})).await.unwrap();
    let cluster = &clusters["Clusters"][0];
    assert_eq!(
        (&cluster["ClusterVersion"], &cluster["ClusterOs"], &cluster["ContainerRuntime"]),
        (&json!("1.18.4"), &json!("ubuntu16.04.1 LTSx86_64"), &json!("docker"))
    );

    let cce = cce_builder(&server).build().unwrap();
    let spec = json!({
        "category": "CCE", "type": "VirtualMachine", "flavor": "cce.s1.small", "version": "v1.19",
        "hostNetwork": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
        "containerNetwork": {"mode": "overlay_l2", "cidr": "172.18.0.0/16"},
    });
    let order = json!({"kind": "Cluster", "apiVersion": "v3", "metadata": {"name": "older"}, "spec": spec});
    let made = cce.call("cce", "CreateCluster", order).await.unwrap();
    assert_eq!(made["spec"]["version"], "v1.19.10-r0");
}

#[tokio::test]
async fn a_server_offers_the_releases_of_the_documents_on_request() {
    let server = start(Some(Releases::Documents)).await;
    let (versions, cluster) = tke_offers(&server).await;
    assert_eq!(versions, ["1.10.5", "1.12.4", "1.14.3", "1.16.3", "1.18.4", "1.20.6"]);
    assert_eq!(cluster["ClusterVersion"], "1.10.5");
    assert_eq!(cluster["ClusterOs"], "ubuntu16.04.1 LTSx86_64");
    assert_eq!(cluster["ContainerRuntime"], "docker");
}

/// The API of CCS ended before these releases.
#[tokio::test]
async fn ccs_offers_what_its_document_lists() {
    let server = start(None).await;
    let ccs = ccs_builder(&server).build().unwrap();
    let order = json!({
        "clusterName": "old", "clusterCIDR": "172.16.0.0/16", "zoneId": "1", "goodsNum": 1, "cpu": 2, "mem": 4,
        "osName": "ubuntu16.04.1 LTSx86_64", "bandwidthType": "PayByHour", "bandwidth": 0, "isVpcGateway": 0,
        "subnetId": "subnet-default1", "vpcId": "vpc-default0", "rootSize": 50, "storageSize": 0,
    });
    ccs.call("ccs", "CreateCluster", order).await.unwrap();
    let clusters = ccs.call("ccs", "DescribeCluster", json!({})).await.unwrap();
    assert_eq!(clusters["clusters"][0]["k8sVersion"], "1.10.5");
}

#[tokio::test]
async fn an_upgrade_leads_to_the_next_current_release_and_no_further() {
    let server = start(None).await;
    let tke = tke(&server);
    let order = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": "1.30.0"},
    });
    let id = tke.call("tke", "CreateCluster", order).await.unwrap()["ClusterId"].as_str().unwrap().to_owned();
    server.advance(Duration::from_secs(600));
    let available = || tke.call("tke", "DescribeAvailableClusterVersion", json!({"ClusterId": id}));
    assert_eq!(available().await.unwrap()["Versions"], json!(["1.32.2"]));
    tke.call("tke", "UpdateClusterVersion", json!({"ClusterId": id, "DstVersion": "1.32.2"})).await.unwrap();
    server.advance(Duration::from_secs(3_600));
    let clusters = tke.call("tke", "DescribeClusters", json!({})).await.unwrap();
    assert_eq!(clusters["Clusters"][0]["ClusterVersion"], "1.32.2");
    assert_eq!(available().await.unwrap()["Versions"], json!([]));
}

#[tokio::test]
async fn a_cloud_that_is_reset_or_saved_keeps_its_releases() {
    for releases in [Releases::Current, Releases::Documents] {
        let server = start(Some(releases)).await;
        server.reset();
        assert_eq!(server.with_world(|world| world.releases), releases);
        let other = start(None).await;
        other.load(&server.save()).unwrap();
        assert_eq!(other.with_world(|world| world.releases), releases);
    }
}
