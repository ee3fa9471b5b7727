//! Clusters: their life, their tasks, and what can be asked of them.

use super::{Cloud, NETWORK, RANGE, SUBNET, WAYS, ZONE, refused, told};
use futures_util::TryStreamExt;
use wharf::ErrorKind;
use wharf::ccs::types::{ClusterNodeStatus, ClusterStatus, OsName, TaskStatus};
use wharf_server::FailurePoint;

scenarios! {
    from_order_to_end,
    lists_are_filtered_sorted_and_paged,
    hosts_outlive_their_cluster_when_they_shall,
    hosts_paid_ahead_outlive_it_anyway,
    ranges_overlap_only_when_that_is_wanted,
    tasks_fail_and_clusters_with_them,
}

async fn from_order_to_end(cloud: &Cloud) {
    assert_eq!(cloud.clusters.describe_cluster().send().await.unwrap().total_count, 0);
    let order = cloud.order("first", RANGE).cluster_desc("团队 _ & = +").wan_ip(1).bandwidth(2);
    let created = order.send().await.unwrap();
    let (id, task) = (&created.cluster_id, cloud.ccs.task(created.task_id()));
    assert!(id.starts_with("cls-"), "{id}");
    assert_eq!(task.get().send().await.unwrap().status, TaskStatus::Running);
    let young = cloud.cluster(id).await;
    assert_eq!((young.status, young.cluster_name.as_str()), (ClusterStatus::Creating, "first"));
    refused(cloud.clusters.delete_cluster(id).send().await, ErrorKind::Service, "5100", id);

    let (end, said) = told(task.wait()).await;
    end.unwrap();
    assert_eq!(said, ["running", "succ"]);
    let cluster = cloud.clusters.wait_until_running(id).await.unwrap();
    assert_eq!((cluster.description.as_str(), cluster.cluster_cidr.as_str()), ("团队 _ & = +", RANGE));
    assert_eq!((cluster.un_vpc_id.as_str(), cluster.os), (NETWORK, OsName::Ubuntu16_04_1LtsX86_64));
    assert_eq!((cluster.node_num, cluster.total_cpu, cluster.total_mem), (2, 8, 16));
    assert_eq!(cluster.node_status, ClusterNodeStatus::AllNormal);
    assert_eq!((cluster.region.as_str(), cluster.region_id), ("ap-guangzhou", Some(1)));
    let nodes = cloud.nodes_of(id).await;
    assert!(nodes.iter().all(|node| node.is_normal == 1 && node.cpu == Some(4) && node.mem == Some(8)));
    assert!(nodes.iter().all(|node| node.wan_ip.as_ref().is_some_and(|address| !address.is_empty())));

    let deleted = cloud.clusters.delete_cluster(id).node_delete_mode("Return").send().await.unwrap();
    assert_eq!(cloud.cluster(id).await.status, ClusterStatus::Deleting);
    cloud.ccs.task(deleted.task_id()).wait().await.unwrap();
    cloud.clusters.wait_until_deleted(id).await.unwrap();
    assert_eq!(cloud.clusters.describe_cluster().send().await.unwrap().total_count, 0);
    let gone = cloud.nodes.describe_cluster_instances(id).send().await;
    refused(gone, ErrorKind::NotFound, "5000", id);
    assert_eq!(cloud.clusters.wait_until_running(id).await.unwrap_err().kind(), ErrorKind::NotFound);
    refused(cloud.ccs.task(987_654_321).wait().await, ErrorKind::NotFound, "5000", "task");
}

async fn lists_are_filtered_sorted_and_paged(cloud: &Cloud) {
    let mut ids = Vec::new();
    for (number, name) in ["b", "a", "c"].into_iter().enumerate() {
        let order = cloud.order(name, &format!("172.{}.0.0/16", 16 + number));
        ids.push(order.send().await.unwrap().cluster_id);
        cloud.pass(100);
    }
    let late = cloud.order("late", "172.19.0.0/16").send().await.unwrap().cluster_id;
    let list = || cloud.clusters.describe_cluster();
    let shown = async |request: wharf::ccs::cluster::Request<_>| {
        let answer: wharf::ccs::cluster::operations::DescribeClusterOutput = request.send().await.unwrap();
        answer.clusters.into_iter().map(|cluster| cluster.cluster_name).collect::<Vec<_>>()
    };
    assert_eq!(shown(list()).await, ["late", "c", "a", "b"], "the newest first");
    assert_eq!(shown(list().order_type("asc")).await, ["b", "a", "c", "late"]);
    assert_eq!(shown(list().order_field("clusterName").order_type("asc")).await, ["a", "b", "c", "late"]);
    assert_eq!(shown(list().order_field("clusterName")).await, ["late", "c", "b", "a"]);
    assert_eq!(shown(list().cluster_name("a")).await, ["a"]);
    assert_eq!(shown(list().cluster_ids([&ids[0], &ids[2]])).await, ["c", "b"]);
    assert_eq!(shown(list().status("Creating")).await, ["late"]);
    assert_eq!(shown(list().status(ClusterStatus::Running)).await.len(), 3);
    assert_eq!(shown(list().offset(1).limit(2)).await, ["c", "a"]);
    assert_eq!(list().limit(1).send().await.unwrap().total_count, 4);
    let items = list().limit(1).order_type("asc").items();
    let streamed: Vec<String> = items.map_ok(|cluster| cluster.cluster_id).try_collect().await.unwrap();
    ids.push(late);
    assert_eq!(streamed, ids);
}

/// Takes hosts into a new cluster: those that are there join, those that are gone are refused.
async fn rejoined(cloud: &Cloud, hosts: &[String]) -> Vec<String> {
    let other = cloud.running_in("172.30.0.0/16").await;
    let answer = cloud.nodes.add_cluster_instances_from_existed_cvm(&other).instance_ids(hosts).send().await.unwrap();
    assert_eq!(answer.succ_instance_ids.len() + answer.fail_instance_ids.len(), hosts.len());
    answer.succ_instance_ids
}

async fn hosts_outlive_their_cluster_when_they_shall(cloud: &Cloud) {
    let mut hosts = Vec::new();
    for (mode, range) in [(None, "172.16.0.0/16"), (Some("Return"), "172.17.0.0/16"), (Some("RemoveOnly"), RANGE)] {
        let id = cloud.running_in(range).await;
        hosts.push(cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect::<Vec<_>>());
        let mut request = cloud.clusters.delete_cluster(&id);
        if let Some(mode) = mode {
            request = request.node_delete_mode(mode);
        }
        cloud.ccs.task(request.send().await.unwrap().task_id()).wait().await.unwrap();
    }
    assert_eq!(rejoined(cloud, &hosts.concat()).await, hosts[2], "only those that were to be kept");
}

async fn hosts_paid_ahead_outlive_it_anyway(cloud: &Cloud) {
    let order = cloud.order("ahead", RANGE).cvm_type("PayByMonth").bandwidth_type("PayByMonth").period(2);
    let created = order.send().await.unwrap();
    cloud.ccs.task(created.task_id()).wait().await.unwrap();
    let nodes = cloud.nodes_of(&created.cluster_id).await;
    let hosts: Vec<String> = nodes.iter().map(|node| node.instance_id.clone()).collect();
    assert!(nodes.iter().all(|node| node.cvm_pay_mode == Some(1)));
    assert!(nodes.iter().all(|node| node.instance_deadline_time > node.instance_create_time), "{nodes:?}");
    let deleted = cloud.clusters.delete_cluster(&created.cluster_id).node_delete_mode("Return").send().await.unwrap();
    cloud.ccs.task(deleted.task_id()).wait().await.unwrap();
    assert_eq!(rejoined(cloud, &hosts).await, hosts);
}

async fn ranges_overlap_only_when_that_is_wanted(cloud: &Cloud) {
    cloud.running().await;
    let order = || cloud.order("second", RANGE);
    refused(order().send().await, ErrorKind::InvalidInput, "InvalidParameter", "172.16.0.0/16");
    refused(
        order().ignore_cluster_cidr_conflict(0).send().await,
        ErrorKind::InvalidInput,
        "InvalidParameter",
        "172.16.0.0/16",
    );
    let created = order().ignore_cluster_cidr_conflict(1).send().await.unwrap();
    assert_eq!(cloud.cluster(&created.cluster_id).await.cluster_cidr, RANGE);
}

async fn tasks_fail_and_clusters_with_them(cloud: &Cloud) {
    let fail = |work| cloud.server.with_world(|world| world.fail_next(work, "for a reason"));
    fail(FailurePoint::ClusterCreation);
    let created = cloud.order("ill", RANGE).send().await.unwrap();
    let (end, said) = told(cloud.ccs.task(created.task_id()).wait()).await;
    let error = end.unwrap_err();
    assert_eq!((error.kind(), said), (ErrorKind::WaitFailed, vec!["running".to_owned(), "fail".to_owned()]));
    assert!(error.message().contains(&created.task_id().to_string()), "{error}");
    let ill = cloud.clusters.wait_until_running(&created.cluster_id).await.unwrap_err();
    assert_eq!(ill.kind(), ErrorKind::WaitFailed);
    assert!(ill.message().contains("Abnormal"), "{ill}");
    // An abnormal cluster does nothing any more, but can be deleted; that may fail, too.
    let service = cloud.clusters.describe_cluster_service(&created.cluster_id).send().await;
    refused(service, ErrorKind::Service, "5100", "abnormal");
    fail(FailurePoint::ClusterDeletion);
    let delete = || cloud.clusters.delete_cluster(&created.cluster_id).send();
    let error = cloud.ccs.task(delete().await.unwrap().task_id()).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert_eq!(cloud.cluster(&created.cluster_id).await.status, ClusterStatus::Abnormal);
    cloud.ccs.task(delete().await.unwrap().task_id()).wait().await.unwrap();
    assert!(cloud.find(&created.cluster_id).await.is_none());
}

#[tokio::test]
async fn a_cluster_whose_owner_owes_money_is_isolated() {
    let cloud = Cloud::new(WAYS[0]).await;
    let id = cloud.running().await;
    let isolate = |isolated| {
        let region = cloud.server.region().to_owned();
        cloud.server.with_world(|world| world.isolate_cluster(super::ACCOUNT, &region, &id, isolated));
    };
    isolate(true);
    let error = cloud.clusters.wait_until_running(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    assert!(error.message().contains("Isolated"), "{error}");
    let add = cloud.nodes.add_cluster_instances(&id, ZONE, SUBNET).cpu(4).mem(8).goods_num(1);
    let add = add.bandwidth_type("PayByHour").bandwidth(0).is_vpc_gateway(0).storage_size(0).root_size(50);
    refused(add.send().await, ErrorKind::Service, "5100", "isolated");
    isolate(false);
    cloud.clusters.wait_until_running(&id).await.unwrap();
    isolate(true);
    let deleted = cloud.clusters.delete_cluster(&id).send().await.unwrap();
    cloud.ccs.task(deleted.task_id()).wait().await.unwrap();
}
