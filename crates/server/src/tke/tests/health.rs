//! Nodes whose machines fail.

use super::node_pools::{create, detail, inside, request};
use super::{Cloud, PODS, owned_pod};
use serde_json::{Value, json};

fn stop(cloud: &mut Cloud, machine: &str) {
    cloud.world.tke(cloud.account, cloud.region).stop_machine(machine).unwrap();
}

fn ids(cloud: &mut Cloud, cluster: &str) -> Vec<String> {
    let nodes = cloud.nodes(cluster);
    nodes.iter().map(|node| node["InstanceId"].as_str().unwrap().to_owned()).collect()
}

/// The node of Kubernetes of that machine.
fn node(cloud: &mut Cloud, cluster: &str, machine: &str) -> Value {
    let nodes = cloud.items(cluster, "/api/v1/nodes");
    nodes.into_iter().find(|node| node["metadata"]["uid"] == machine).unwrap()
}

fn scale_down(cloud: &mut Cloud, cluster: &str, options: Value) {
    let mut option = json!({"IsScaleDownEnabled": true, "Expander": "random"});
    for (name, value) in options.as_object().unwrap() {
        option[name] = value.clone();
    }
    cloud.ok("ModifyClusterAsGroupOptionAttribute", json!({"ClusterId": cluster, "ClusterAsGroupOption": option}));
}

#[test]
fn a_node_whose_machine_stops_is_not_ready_and_its_pods_move() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let first = cloud.add_nodes(&id, 1);
    cloud.kube(&id, "POST", PODS, owned_pod("web", "100m"));
    cloud.pass(10);
    cloud.add_nodes(&id, 1);
    stop(&mut cloud, &first[0]);
    cloud.pass(39);
    assert_eq!(node(&mut cloud, &id, &first[0])["status"]["conditions"][0]["status"], "True");
    cloud.pass(2);
    let there = node(&mut cloud, &id, &first[0]);
    assert_eq!(there["status"]["conditions"][0]["status"], "Unknown");
    assert_eq!(there["spec"]["taints"][0]["key"], "node.kubernetes.io/unreachable");
    let states: Vec<Value> = cloud.nodes(&id).iter().map(|node| node["InstanceState"].clone()).collect();
    assert_eq!(states, ["failed", "running"]);
    let name = |node: &Value| node["metadata"]["name"].clone();
    assert_eq!(cloud.items(&id, PODS)[0]["spec"]["nodeName"], name(&there), "pods stay for five minutes");
    cloud.pass(320);
    let mut pods = cloud.items(&id, PODS);
    pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    assert_eq!((pods.len(), pods[0]["spec"]["nodeName"] == name(&there)), (1, false), "the old one is Terminating");
    cloud.world.tke(cloud.account, cloud.region).start_machine(&first[0]).unwrap();
    assert_eq!(node(&mut cloud, &id, &first[0])["status"]["conditions"][0]["status"], "True");
    cloud.pass(3600);
    assert_eq!(cloud.nodes(&id).len(), 2, "nodes that were added by hand stay");
}

#[test]
fn the_autoscaler_removes_a_node_that_is_not_ready_for_twenty_minutes() {
    for (down, minutes, left) in [(true, 22, 1), (true, 19, 2), (false, 120, 2)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let pool = create(&mut cloud, inside(request(&id, 1, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(2)));
        if down {
            scale_down(&mut cloud, &id, json!({"ScaleDownUnneededTime": 600}));
        }
        let nodes = ids(&mut cloud, &id);
        stop(&mut cloud, &nodes[0]);
        cloud.pass(minutes * 60);
        let now = ids(&mut cloud, &id);
        assert_eq!((now.len(), now.contains(&nodes[0])), (left, left == 2), "{down} {minutes}");
        if left == 1 {
            assert_eq!(detail(&mut cloud, &id, &pool)["DesiredNodesNum"], 1);
            assert_eq!(cloud.ok("DescribeExistedInstances", json!({"VagueInstanceName": "node"}))["TotalCount"], 1);
        }
    }
}

#[test]
fn a_group_can_replace_nodes_that_are_not_ready() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let settings = json!({"ReplaceMonitorUnhealthy": true});
    create(&mut cloud, inside(request(&id, 2, 2), "AutoScalingGroupPara", "ServiceSettings", settings));
    let nodes = ids(&mut cloud, &id);
    stop(&mut cloud, &nodes[0]);
    cloud.pass(8 * 60);
    let now = ids(&mut cloud, &id);
    assert_eq!((now.len(), now.contains(&nodes[0])), (2, false));
    assert!(cloud.nodes(&id).iter().all(|node| node["InstanceState"] == "running"));
}

#[test]
fn the_autoscaler_waits_while_too_many_nodes_are_not_ready() {
    for (options, left) in [(json!({}), 0), (json!({"OkTotalUnreadyCount": 1, "MaxTotalUnreadyPercentage": 30}), 3)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        create(&mut cloud, inside(request(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(3)));
        scale_down(&mut cloud, &id, options.clone());
        let nodes = ids(&mut cloud, &id);
        for machine in &nodes {
            stop(&mut cloud, machine);
        }
        cloud.pass(3600);
        let now = ids(&mut cloud, &id);
        assert_eq!(now.iter().filter(|machine| nodes.contains(machine)).count(), left, "{options}");
    }
}
