//! Scaling groups and the autoscaler.

use super::{Cloud, NETWORK, PODS, RANGE, SUBNET, pod, refused};
use serde_json::Value;
use wharf::Error;
use wharf::tke::cluster::types::ClusterStatus;
use wharf::tke::types::{
    AsGroupStatus, AutoScalingGroupPara, ClusterAsGroup, ClusterAsGroupAttribute, ClusterAsGroupOption, Expander,
    Filter, Label, LaunchConfigurePara,
};

scenarios![
    a_group_starts_its_smallest_size,
    a_group_is_resized_switched_off_and_on,
    deleting_a_group_destroys_its_nodes_or_keeps_them,
    groups_are_selected_by_identifier,
    options_are_read_as_they_were_set,
    waiting_pods_make_a_group_grow_and_idle_nodes_go,
];

/// The sizes of a group in the first subnet.
fn sizes(min: i64, max: i64) -> AutoScalingGroupPara {
    AutoScalingGroupPara::default().min_size(min).max_size(max).vpc_id(NETWORK).subnet_ids([SUBNET])
}

async fn make(cloud: &Cloud, cluster: &str, group: AutoScalingGroupPara) -> String {
    let machine = LaunchConfigurePara::default().instance_type("S5.MEDIUM4");
    let request = cloud.scaling.create_cluster_as_group(cluster).auto_scaling_group_para(group);
    let request = request.launch_configure_para(machine).labels([Label::default().name("pool").value("elastic")]);
    let answer = request.send().await.unwrap();
    assert_ne!(answer.launch_configuration_id, "");
    answer.auto_scaling_group_id
}

async fn find(cloud: &Cloud, cluster: &str, group: &str) -> Option<ClusterAsGroup> {
    let request = cloud.scaling.describe_cluster_as_groups(cluster).auto_scaling_group_ids([group]);
    request.send().await.unwrap().cluster_as_group_set.into_iter().next()
}

async fn status(cloud: &Cloud, cluster: &str, group: &str) -> AsGroupStatus {
    find(cloud, cluster, group).await.unwrap().status
}

async fn nodes(cloud: &Cloud, cluster: &str, group: &str) -> Vec<String> {
    let filter = Filter::default().name("autoscaling-group-id").values([group]);
    let answer = cloud.nodes.describe_cluster_instances(cluster).filters([filter]).limit(100).send().await.unwrap();
    answer.instance_set.into_iter().map(|node| node.instance_id).collect()
}

async fn change(
    cloud: &Cloud,
    cluster: &str,
    group: &str,
    fill: impl FnOnce(ClusterAsGroupAttribute) -> ClusterAsGroupAttribute,
) -> Result<(), Error> {
    let request = cloud.scaling.modify_cluster_as_group_attribute(cluster);
    let request = request.cluster_as_group_attribute(|attribute| fill(attribute.auto_scaling_group_id(group)));
    request.send().await.map(drop)
}

async fn a_group_starts_its_smallest_size(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let group = make(cloud, &id, sizes(2, 5)).await;
    let listed = find(cloud, &id, &group).await.unwrap();
    assert_eq!(listed.status, AsGroupStatus::Enabling);
    assert_eq!(listed.labels, [Label::default().name("pool").value("elastic")]);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 0);
    cloud.pass(10);
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Enabled);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 2);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Scaling, "they are on their way");
    cloud.pass(60);
    assert_eq!(cloud.status(&id).await, ClusterStatus::Running);
    assert_eq!(cloud.items(&id, "/api/v1/nodes?labelSelector=pool%3Delastic").await.len(), 2);
    let desired = make(cloud, &id, sizes(0, 5).desired_capacity(3)).await;
    cloud.pass(70);
    assert_eq!(nodes(cloud, &id, &desired).await.len(), 3);
    let first = nodes(cloud, &id, &group).await.remove(0);
    let request = cloud.nodes.delete_cluster_instances(&id).instance_ids([&first]);
    request.instance_delete_mode("terminate").send().await.unwrap();
    cloud.pass(80);
    let now = nodes(cloud, &id, &group).await;
    assert!(now.len() == 2 && !now.contains(&first), "what is missing to the smallest size is replaced: {now:?}");
}

async fn a_group_is_resized_switched_off_and_on(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let group = make(cloud, &id, sizes(1, 5)).await;
    let switch = |on: bool| change(cloud, &id, &group, move |group| group.auto_scaling_group_enabled(on));
    let resize = |min: i64, max: i64| {
        change(cloud, &id, &group, move |group| {
            group.auto_scaling_group_range(|range| range.min_size(min).max_size(max))
        })
    };
    refused(switch(false).await, "ResourceInUse", "being changed");
    cloud.pass(80);
    switch(false).await.unwrap();
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Disabling);
    cloud.pass(10);
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Disabled);
    resize(3, 5).await.unwrap();
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Updating);
    cloud.pass(60);
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Disabled);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 1, "a group that is off starts nothing");
    switch(true).await.unwrap();
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Enabling);
    cloud.pass(80);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 3);
    resize(0, 2).await.unwrap();
    cloud.pass(20);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 2, "no more than the largest size");
    refused(resize(3, 2).await, "InvalidParameter.AsCommonError", "0 <= MinSize <= MaxSize <= 200");
    refused(resize(0, 201).await, "InvalidParameter.AsCommonError", "<= 200");
    refused(change(cloud, &id, &group, |group| group).await, "InvalidParameter.Param", "Nothing to change");
    let unknown = change(cloud, &id, "asg-none", |group| group.auto_scaling_group_enabled(true));
    refused(unknown.await, "ResourceNotFound", "asg-none");
}

async fn deleting_a_group_destroys_its_nodes_or_keeps_them(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let manual = cloud.add_nodes(&id, 1).await;
    for keep in [false, true] {
        let group = make(cloud, &id, sizes(2, 5)).await;
        cloud.pass(80);
        let machines = nodes(cloud, &id, &group).await;
        let delete = || {
            let request = cloud.scaling.delete_cluster_as_groups(&id).auto_scaling_group_ids([&group]);
            request.keep_instance(keep).send()
        };
        delete().await.unwrap();
        assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Deleting);
        refused(delete().await, "ResourceInUse", &group);
        cloud.pass(20);
        assert!(find(cloud, &id, &group).await.is_none());
        refused(delete().await, "ResourceNotFound", &group);
        let left = cloud.nodes_of(&id).await.len();
        assert_eq!((left, cloud.existing(&machines).await.len()), if keep { (3, 2) } else { (1, 0) });
    }
    assert_eq!(cloud.nodes_of(&id).await[0].instance_id, manual[0], "nodes that were added by hand stay");
}

async fn groups_are_selected_by_identifier(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let mut groups = Vec::new();
    for _ in 0..3 {
        groups.push(make(cloud, &id, sizes(0, 1)).await);
    }
    let list = async |wanted: Vec<&str>| {
        let request = cloud.scaling.describe_cluster_as_groups(&id).auto_scaling_group_ids(wanted);
        let answer = request.send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.cluster_as_group_set.len()));
        answer.cluster_as_group_set.into_iter().map(|group| group.auto_scaling_group_id).collect::<Vec<_>>()
    };
    assert_eq!(list(vec![]).await, groups);
    assert_eq!(list(vec![&groups[2], &groups[0]]).await, [groups[0].as_str(), &groups[2]]);
    assert_eq!(list(vec![&groups[1], "asg-none"]).await, [groups[1].as_str()]);
    assert_eq!(list(vec!["asg-none"]).await, Vec::<String>::new());
    let other = cloud.running("172.17.0.0/16").await;
    let there = cloud.scaling.describe_cluster_as_groups(&other).send().await.unwrap();
    assert_eq!(there.total_count, 0, "groups belong to a cluster");
}

async fn options(cloud: &Cloud, cluster: &str) -> ClusterAsGroupOption {
    let answer = cloud.scaling.describe_cluster_as_group_option(cluster).send().await.unwrap();
    answer.cluster_as_group_option.unwrap()
}

async fn options_are_read_as_they_were_set(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let usual = options(cloud, &id).await;
    assert_eq!((usual.is_scale_down_enabled, usual.expander), (Some(false), Some(Expander::Random)));
    assert_eq!((usual.max_empty_bulk_delete, usual.scale_down_delay), (Some(10), Some(10)));
    assert_eq!((usual.scale_down_unneeded_time, usual.scale_down_utilization_threshold), (Some(10), Some(50)));
    let group = make(cloud, &id, sizes(0, 1)).await;
    cloud.pass(10);
    let set = |expander: &'static str, on: bool| {
        let request = cloud.scaling.modify_cluster_as_group_option_attribute(&id);
        request.cluster_as_group_option(|option| {
            let option = option.is_scale_down_enabled(on).expander(expander).scale_down_utilization_threshold(80);
            option.max_empty_bulk_delete(3).ok_total_unready_count(4).skip_nodes_with_system_pods(true)
        })
    };
    set("least-waste", true).send().await.unwrap();
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::ScaleDownEnabling);
    cloud.pass(5);
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::Enabled);
    let now = options(cloud, &id).await;
    assert_eq!((now.is_scale_down_enabled, now.expander.clone()), (Some(true), Some(Expander::LeastWaste)));
    assert_eq!((now.scale_down_utilization_threshold, now.max_empty_bulk_delete), (Some(80), Some(3)));
    assert_eq!((now.ok_total_unready_count, now.skip_nodes_with_system_pods), (Some(4), Some(true)));
    assert_eq!(now.scale_down_delay, Some(10), "what is not given stays");
    refused(set("cheapest", true).send().await, "InternalError.AsCommon", "random, most-pods or least-waste");
    assert_eq!(options(cloud, &id).await, now, "what is refused changes nothing");
    set("most-pods", false).send().await.unwrap();
    assert_eq!(status(cloud, &id, &group).await, AsGroupStatus::ScaleDownDisabling);
    assert_eq!(options(cloud, &id).await.expander, Some(Expander::MostPods));
}

async fn waiting_pods_make_a_group_grow_and_idle_nodes_go(cloud: &Cloud) {
    let id = cloud.running(RANGE).await;
    let manual = cloud.add_nodes(&id, 1).await;
    let group = make(cloud, &id, sizes(0, 3)).await;
    let request = cloud.scaling.modify_cluster_as_group_option_attribute(&id);
    let request = request.cluster_as_group_option(|option| option.is_scale_down_enabled(true).expander("random"));
    request.send().await.unwrap();
    cloud.pass(60);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 0, "nothing waits");
    for number in 0..5 {
        cloud.kube(&id, "POST", PODS, pod(&format!("web-{number}"), "1500m")).await;
    }
    cloud.pass(11);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 3, "one pod has room, each other one needs a node");
    cloud.pass(70);
    let phases =
        async |phase: &str| cloud.items(&id, &format!("{PODS}?fieldSelector=status.phase={phase}")).await.len();
    assert_eq!((phases("Running").await, phases("Pending").await), (4, 1), "the group is full");
    let events = cloud.items(&id, "/api/v1/namespaces/default/events").await;
    let count = |reason: &str| events.iter().filter(|event| event["reason"] == reason).count();
    assert_eq!((count("TriggeredScaleUp"), count("NotTriggerScaleUp")), (3, 1));
    cloud.pass(3600);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 3, "busy nodes stay");
    for number in 0..5 {
        cloud.kube(&id, "DELETE", &format!("{PODS}/web-{number}"), Value::Null).await;
    }
    cloud.pass(9 * 60);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 3, "idle for less than ten minutes");
    cloud.pass(3 * 60);
    assert_eq!(nodes(cloud, &id, &group).await.len(), 0);
    let left: Vec<String> = cloud.nodes_of(&id).await.into_iter().map(|node| node.instance_id).collect();
    assert_eq!(left, manual, "nodes that were added by hand stay");
}
