//! Nodes: bought, taken over, labelled and removed.

use super::{Cloud, SUBNET, ZONE, refused, set, told};
use futures_util::TryStreamExt;
use std::collections::BTreeSet;
use wharf::ErrorKind;
use wharf::ccs::node::Request;
use wharf::ccs::node::operations::AddClusterInstances;
use wharf::ccs::types::{ClusterStatus, Container, NodeAffinity, NodeAffinityOperator as Op, NodeLabel, ServiceStatus};
use wharf_server::FailurePoint;

scenarios! {
    nodes_are_bought_and_removed,
    nodes_are_listed_in_pages,
    hosts_that_are_there_become_nodes,
    labels_draw_pods,
    a_purchase_that_fails_leaves_nothing,
    pods_move_when_their_node_goes,
}

impl Cloud {
    fn buy(&self, cluster: &str, count: i64) -> Request<AddClusterInstances> {
        let request = self.nodes.add_cluster_instances(cluster, ZONE, SUBNET).cpu(2).mem(4).goods_num(count);
        let request = request.bandwidth_type("PayByTraffic").bandwidth(5).is_vpc_gateway(0);
        request.storage_size(10).root_size(20).password("Planted-1")
    }
}

async fn ids(cloud: &Cloud, cluster: &str) -> BTreeSet<String> {
    cloud.nodes_of(cluster).await.into_iter().map(|node| node.instance_id).collect()
}

async fn nodes_are_bought_and_removed(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let before = ids(cloud, &cluster).await;
    let bought = cloud.buy(&cluster, 2).instance_type("CVM.C2").send().await.unwrap();
    assert_eq!(bought.instance_ids.len(), 2);
    assert_eq!(cloud.cluster(&cluster).await.status, ClusterStatus::Scaling);
    refused(cloud.buy(&cluster, 1).send().await, ErrorKind::Service, "5100", &cluster);
    let (nodes, said) = told(cloud.nodes.wait_until_nodes_normal(&cluster, &bought.instance_ids)).await;
    let nodes = nodes.unwrap();
    assert!(said[0].starts_with("0 of 2 ready"), "{said:?}");
    assert_eq!(said.last().unwrap(), "2 of 2 ready");
    cloud.ccs.task(bought.task_id()).wait().await.unwrap();
    for node in &nodes {
        assert_eq!(
            (node.cpu, node.mem, node.cvm_pay_mode, node.network_pay_mode),
            (Some(2), Some(4), Some(2), Some(2))
        );
        assert_eq!(node.instance_type.as_ref().unwrap().as_str(), "CVM.C2");
        assert_eq!((node.zone.as_str(), node.zone_id), ("ap-guangzhou-1", Some(100_001)));
        assert!(node.wan_ip.as_ref().is_some_and(|address| !address.is_empty()));
        assert_eq!(node.abnormal_reason.as_ref().map(|reason| reason.as_str()).unwrap_or_default(), "");
    }
    let there = cloud.cluster(&cluster).await;
    assert_eq!((there.node_num, there.total_cpu, there.total_mem), (4, 12, 24));
    assert!(!format!("{:?}", cloud.server.journal().of("AddClusterInstances")).contains("Planted-1"));

    let request = cloud.nodes.delete_cluster_instances(&cluster).instance_ids(&bought.instance_ids);
    let removed = request.node_delete_mode("Return").send().await.unwrap();
    cloud.ccs.task(removed.task_id()).wait().await.unwrap();
    assert_eq!(ids(cloud, &cluster).await, before);
    let again = cloud.nodes.delete_cluster_instances(&cluster).instance_ids(&bought.instance_ids).send().await;
    refused(again, ErrorKind::NotFound, "KubeResourceNotFound", &bought.instance_ids[0]);
}

async fn nodes_are_listed_in_pages(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let bought = cloud.buy(&cluster, 3).send().await.unwrap();
    cloud.ccs.task(bought.task_id()).wait().await.unwrap();
    let list = || cloud.nodes.describe_cluster_instances(&cluster);
    let items = list().limit(2).items();
    let listed: Vec<String> = items.map_ok(|node| node.instance_id).try_collect().await.unwrap();
    assert_eq!((listed.len(), set(listed.clone())), (5, ids(cloud, &cluster).await));
    let page = list().offset(3).limit(10).send().await.unwrap();
    assert_eq!((page.total_count, page.nodes.len()), (5, 2));
    assert_eq!(page.nodes[0].instance_id, listed[3]);
    assert!(list().offset(5).send().await.unwrap().nodes.is_empty());
}

async fn hosts_that_are_there_become_nodes(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let before = ids(cloud, &cluster).await;
    let add = |hosts: &[&str]| {
        let request = cloud.nodes.add_cluster_instances_from_existed_cvm(&cluster).instance_ids(hosts.to_vec());
        request.key_id("skey-1")
    };
    let hosts = ["ins-default1", "ins-stopped1", "ins-second01", "ins-nothing"];
    let answer = add(&hosts).send().await.unwrap();
    assert_eq!(answer.succ_instance_ids, ["ins-default1", "ins-stopped1"]);
    let refused: Vec<_> = answer.fail_instance_ids.iter().map(|host| host.instance_id.as_str()).collect();
    assert_eq!(refused, ["ins-second01", "ins-nothing"]);
    assert!(answer.fail_instance_ids[0].message.contains("network"), "{:?}", answer.fail_instance_ids);
    assert!(answer.fail_instance_ids[1].message.contains("exist"), "{:?}", answer.fail_instance_ids);
    // Of this no task tells.
    cloud.nodes.wait_until_nodes_normal(&cluster, &answer.succ_instance_ids).await.unwrap();
    let expected: BTreeSet<String> = before.into_iter().chain(answer.succ_instance_ids).collect();
    assert_eq!(ids(cloud, &cluster).await, expected);

    let again = add(&["ins-default1"]).send().await.unwrap();
    assert!(again.succ_instance_ids.is_empty() && again.fail_instance_ids[0].message.contains(&cluster));
    // What is removed and kept can come back.
    let request = cloud.nodes.delete_cluster_instances(&cluster).instance_ids(["ins-default1"]);
    let removed = request.node_delete_mode("RemoveOnly").send().await.unwrap();
    cloud.ccs.task(removed.task_id()).wait().await.unwrap();
    assert_eq!(add(&["ins-default1"]).send().await.unwrap().succ_instance_ids, ["ins-default1"]);
}

async fn labels_draw_pods(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let nodes = cloud.nodes_of(&cluster).await;
    let label = |node: usize, value: &str| {
        let label = NodeLabel::default().key("disk").value(value);
        cloud.nodes.modify_cluster_node_label(&cluster, &nodes[node].instance_id).labels([label]).send()
    };
    label(0, "ssd").await.unwrap();
    label(1, "2").await.unwrap();
    let deploy = async |name: &str, affinity: NodeAffinity| {
        let service = cloud.ccs.service(&cluster, name);
        let request = service.create(3).containers([Container::new(name, "nginx")]).node_affinity([affinity]);
        request.send().await.unwrap();
        service
    };
    let of = |operator, values: &[&str]| NodeAffinity::new("disk", operator, values.to_vec());
    for (name, affinity, node) in [
        ("in", of(Op::In, &["ssd", "nvme"]), 0),
        ("not-in", of(Op::NotIn, &["ssd"]), 1),
        ("greater", of(Op::Gt, &["1"]), 1),
    ] {
        deploy(name, affinity).await.wait_until_normal().await.unwrap();
        let homes: BTreeSet<_> = cloud.pods(&cluster, name).await.into_iter().map(|pod| pod.node_ip).collect();
        assert_eq!(homes, BTreeSet::from([Some(nodes[node].lan_ip.clone())]), "{name}");
    }
    let homeless = deploy("homeless", of(Op::In, &["tape"])).await;
    let (end, said) = told(homeless.wait_until_normal()).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::WaitFailed, "{said:?}");
    assert_eq!(super::seen(&homeless).await.status, ServiceStatus::Abnormal);
    // A node that fits later takes them.
    label(1, "tape").await.unwrap();
    homeless.wait_until_normal().await.unwrap();
    let unknown = cloud.nodes.modify_cluster_node_label(&cluster, "ins-nothing");
    let unknown = unknown.labels([NodeLabel::default().key("disk").value("ssd")]).send().await;
    refused(unknown, ErrorKind::NotFound, "KubeResourceNotFound", "ins-nothing");
}

async fn a_purchase_that_fails_leaves_nothing(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let before = ids(cloud, &cluster).await;
    cloud.server.with_world(|world| world.fail_next(FailurePoint::NodeCreation, "sold out"));
    let bought = cloud.buy(&cluster, 2).send().await.unwrap();
    let error = cloud.ccs.task(bought.task_id()).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert_eq!(ids(cloud, &cluster).await, before);
    assert_eq!(cloud.cluster(&cluster).await.status, ClusterStatus::Running);
    let bought = cloud.buy(&cluster, 2).send().await.unwrap();
    cloud.ccs.task(bought.task_id()).wait().await.unwrap();
    refused(cloud.buy(&cluster, 17).send().await, ErrorKind::Quota, "5200", "20");
}

async fn pods_move_when_their_node_goes(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 4).await;
    let nodes = cloud.nodes_of(&cluster).await;
    let (gone, left) = (&nodes[0], &nodes[1]);
    assert!(cloud.pods(&cluster, "web").await.iter().any(|pod| pod.node_ip.as_ref() == Some(&gone.lan_ip)));
    let removed =
        cloud.nodes.delete_cluster_instances(&cluster).instance_ids([&gone.instance_id]).send().await.unwrap();
    cloud.ccs.task(removed.task_id()).wait().await.unwrap();
    web.wait_until_normal().await.unwrap();
    let pods = cloud.pods(&cluster, "web").await;
    let running: Vec<_> = pods.iter().filter(|pod| pod.status.as_str() == "Running").collect();
    assert_eq!(running.len(), 4);
    assert!(running.iter().all(|pod| pod.node_ip.as_ref() == Some(&left.lan_ip)), "{pods:?}");
}
