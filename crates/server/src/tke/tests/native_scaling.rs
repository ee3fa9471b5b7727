//! How many native nodes a pool has, where they are put, and which go.

use super::native_pools::{instances, make, modify, names, native, pool, request, with};
use super::{Cloud, PODS, owned_pod};
use serde_json::{Value, json};

fn scale(cloud: &mut Cloud, cluster: &str, pool: &str, replicas: i64) {
    native(cloud).ok("ScaleNodePool", json!({"ClusterId": cluster, "NodePoolId": pool, "Replicas": replicas}));
}

fn scaling(min: i64, max: i64, policy: &str) -> Value {
    json!({"MinReplicas": min, "MaxReplicas": max, "CreatePolicy": policy})
}

/// The zones and types of the native nodes of a cluster, with their numbers.
fn seats(cloud: &mut Cloud, cluster: &str) -> Vec<(String, String, usize)> {
    let mut seats: Vec<(String, String, usize)> = Vec::new();
    for node in instances(cloud, cluster) {
        let text = |name: &str| node["Native"][name].as_str().unwrap().to_owned();
        let (zone, kind) = (text("Zone"), text("InstanceType"));
        match seats.iter_mut().find(|seat| (&seat.0, &seat.1) == (&zone, &kind)) {
            Some(seat) => seat.2 += 1,
            None => seats.push((zone, kind, 1)),
        }
    }
    seats.sort();
    seats
}

fn seat(zone: i64, kind: &str, count: usize) -> (String, String, usize) {
    (format!("ap-guangzhou-{zone}"), kind.to_owned(), count)
}

#[test]
fn a_pool_is_scaled_by_hand() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({}));
    scale(&mut cloud, &id, &np, 3);
    cloud.pass(60);
    assert_eq!(instances(&mut cloud, &id).len(), 3);
    scale(&mut cloud, &id, &np, 1);
    let deleting = instances(&mut cloud, &id).iter().filter(|node| node["InstanceState"] == "deleting").count();
    assert_eq!(deleting, 2);
    cloud.pass(10);
    assert_eq!(instances(&mut cloud, &id).len(), 1);
    for replicas in [-1, 501] {
        let code =
            native(&mut cloud).code("ScaleNodePool", json!({"ClusterId": id, "NodePoolId": np, "Replicas": replicas}));
        assert_eq!(code, "InvalidParameter.Param");
    }
    let code =
        native(&mut cloud).code("ScaleNodePool", json!({"ClusterId": id, "NodePoolId": "np-none", "Replicas": 1}));
    assert_eq!(code, "ResourceNotFound");
}

#[test]
fn a_pool_that_scales_by_itself_is_not_scaled_by_hand() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"EnableAutoscaling": true, "Scaling": scaling(1, 4, "ZonePriority")}));
    cloud.pass(60);
    assert_eq!(instances(&mut cloud, &id).len(), 1, "as many as it must have");
    let code = native(&mut cloud).code("ScaleNodePool", json!({"ClusterId": id, "NodePoolId": np, "Replicas": 2}));
    assert_eq!(code, "InvalidParameter.Param");
    let change = json!({"ClusterId": id, "NodePoolId": np, "Native": {"Replicas": 2}});
    assert_eq!(native(&mut cloud).code("ModifyNodePool", change), "InvalidParameter");
    modify(&mut cloud, &id, &np, json!({"Native": {"EnableAutoscaling": false, "Replicas": 2}}));
    cloud.pass(60);
    assert_eq!(instances(&mut cloud, &id).len(), 2);
}

/// The example of the guide: types A and B with a stock of 5 and 3 in each zone, three subnets, 10 machines.
#[test]
fn the_first_zone_is_filled_before_the_next() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    for zone in 1..=3 {
        for (kind, stock) in [("S4.MEDIUM4", 5), ("SA2.MEDIUM4", 3)] {
            cloud.world.quotas.machines.stock.insert((format!("ap-guangzhou-{zone}"), kind.to_owned()), stock);
        }
    }
    let changes = json!({"InstanceTypes": ["S4.MEDIUM4", "SA2.MEDIUM4"], "EnableAutoscaling": true, "Replicas": 10,
        "SubnetIds": ["subnet-default1", "subnet-default2", "subnet-default3"],
        "Scaling": scaling(0, 20, "ZonePriority")});
    make(&mut cloud, &id, changes);
    let expected = [seat(1, "S4.MEDIUM4", 5), seat(1, "SA2.MEDIUM4", 3), seat(2, "S4.MEDIUM4", 2)];
    assert_eq!(seats(&mut cloud, &id), expected);
}

/// The example of the guide: 5 nodes in zone 1, 10 more are spread over the zones 2 and 3.
#[test]
fn nodes_are_spread_over_zones() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    for zone in 1..=3 {
        for (kind, stock) in [("S4.MEDIUM4", 5), ("SA2.MEDIUM4", 3)] {
            cloud.world.quotas.machines.stock.insert((format!("ap-guangzhou-{zone}"), kind.to_owned()), stock);
        }
    }
    let changes = json!({"InstanceTypes": ["S4.MEDIUM4", "SA2.MEDIUM4"], "EnableAutoscaling": true, "Replicas": 5,
        "Scaling": scaling(0, 20, "ZonePriority")});
    let np = make(&mut cloud, &id, changes);
    let change = json!({"SubnetIds": ["subnet-default1", "subnet-default2", "subnet-default3"],
        "Scaling": scaling(15, 20, "ZoneEquality")});
    modify(&mut cloud, &id, &np, json!({"Native": change}));
    let expected = [seat(1, "S4.MEDIUM4", 5), seat(2, "S4.MEDIUM4", 5), seat(3, "S4.MEDIUM4", 5)];
    assert_eq!(seats(&mut cloud, &id), expected);
}

#[test]
fn nodes_that_are_added_by_hand_are_spread_over_zones() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let subnets = json!(["subnet-default1", "subnet-default2", "subnet-default3"]);
    make(&mut cloud, &id, json!({"Replicas": 3, "SubnetIds": subnets}));
    let expected = [seat(1, "S5.MEDIUM4", 1), seat(2, "S5.MEDIUM4", 1), seat(3, "S5.MEDIUM4", 1)];
    assert_eq!(seats(&mut cloud, &id), expected);
}

#[test]
fn a_pool_tries_again_when_machines_are_sold_out() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let key = ("ap-guangzhou-1".to_owned(), "S5.MEDIUM4".to_owned());
    cloud.world.quotas.machines.stock.insert(key.clone(), 1);
    let np = make(&mut cloud, &id, json!({"Replicas": 3}));
    cloud.pass(300);
    let shown = pool(&mut cloud, &id, &np);
    assert_eq!((&shown["Native"]["Replicas"], &shown["Native"]["ReadyReplicas"]), (&json!(3), &json!(1)));
    cloud.world.quotas.machines.stock.remove(&key);
    cloud.pass(600);
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 3);
}

#[test]
fn native_nodes_are_not_in_the_quota_of_the_machine_service() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"Replicas": 35, "SubnetIds": ["subnet-default1"]}));
    cloud.pass(60);
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 35);
    assert_eq!(cloud.add_nodes(&id, 1).len(), 1);
    let listed = cloud.ok("DescribeExistedInstances", json!({"Limit": 100}));
    let names = names(&mut cloud, &id);
    let listed = listed["ExistedInstanceSet"].as_array().unwrap();
    assert!(listed.iter().all(|machine| !names[..35].contains(&machine["InstanceId"].as_str().unwrap().to_owned())));
}

#[test]
fn nodes_go_in_the_order_that_the_pool_says() {
    for (policy, left) in [("Newest", 0), ("Oldest", 1)] {
        let mut cloud = Cloud::new();
        let id = cloud.recent();
        let np = make(&mut cloud, &id, json!({"Replicas": 1}));
        cloud.pass(60);
        scale(&mut cloud, &id, &np, 2);
        cloud.pass(60);
        let before = names(&mut cloud, &id);
        modify(&mut cloud, &id, &np, json!({"Native": {"DeletePolicy": policy}}));
        scale(&mut cloud, &id, &np, 1);
        cloud.pass(10);
        assert_eq!(names(&mut cloud, &id), before[left..=left], "{policy}");
    }
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"Replicas": 3}));
    modify(&mut cloud, &id, &np, json!({"Native": {"DeletePolicy": "Random"}}));
    scale(&mut cloud, &id, &np, 1);
    cloud.pass(10);
    assert_eq!(names(&mut cloud, &id).len(), 1);
    let wrong = json!({"ClusterId": id, "NodePoolId": np, "Native": {"DeletePolicy": "Best"}});
    assert_eq!(native(&mut cloud).code("ModifyNodePool", wrong), "InvalidParameter");
}

#[test]
fn nodes_that_are_paid_ahead_go_by_name_only() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let paid = json!({"InstanceChargeType": "PREPAID", "Replicas": 2,
        "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_MANUAL_RENEW"}});
    let np = make(&mut cloud, &id, paid);
    cloud.pass(60);
    scale(&mut cloud, &id, &np, 1);
    cloud.pass(60);
    let nodes = names(&mut cloud, &id);
    assert_eq!(nodes.len(), 2, "no node is chosen by the pool");
    let named = json!({"ClusterId": id, "MachineNames": [nodes[0]], "EnableScaleDown": false});
    native(&mut cloud).ok("DeleteClusterMachines", named);
    cloud.pass(120);
    assert_eq!(names(&mut cloud, &id), nodes[1..], "the pool has as many as it should");
}

#[test]
fn waiting_pods_make_a_native_pool_grow_and_idle_nodes_go() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    cloud.add_nodes(&id, 1);
    let new = json!({"EnableAutoscaling": true, "Scaling": scaling(0, 3, "ZonePriority")});
    let labels = json!({"Labels": [{"Name": "pool", "Value": "elastic"}]});
    native(&mut cloud).ok("CreateNodePool", with(request(&id, new), labels));
    let option = json!({"IsScaleDownEnabled": true, "Expander": "random"});
    cloud.ok("ModifyClusterAsGroupOptionAttribute", json!({"ClusterId": id, "ClusterAsGroupOption": option}));
    cloud.pass(60);
    for number in 0..4 {
        let mut pod = owned_pod(&format!("web-{number}"), "1500m");
        pod["spec"]["nodeSelector"] = json!({"pool": "elastic"});
        cloud.kube(&id, "POST", PODS, pod);
    }
    cloud.pass(11);
    let of_pool = |cloud: &mut Cloud| instances(cloud, &id).iter().filter(|node| node["NodeType"] == "Native").count();
    assert_eq!(of_pool(&mut cloud), 3, "the pool is full");
    cloud.pass(70);
    let running = cloud.items(&id, &format!("{PODS}?fieldSelector=status.phase=Running")).len();
    assert_eq!(running, 3);
    let events = cloud.items(&id, "/api/v1/namespaces/default/events");
    assert_eq!(events.iter().filter(|event| event["reason"] == "TriggeredScaleUp").count(), 3);
    for number in 0..4 {
        cloud.kube(&id, "DELETE", &format!("{PODS}/web-{number}"), Value::Null);
    }
    cloud.pass(13 * 60);
    assert_eq!(of_pool(&mut cloud), 0, "idle nodes are deleted");
}

#[test]
fn a_pool_that_shuts_down_keeps_its_machines_and_starts_them_first() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let mode = json!({"MinReplicas": 0, "MaxReplicas": 5, "CreatePolicy": "ZonePriority", "ScaleDownMode": "Shutdown"});
    let np = make(&mut cloud, &id, json!({"Replicas": 2, "Scaling": mode}));
    cloud.pass(60);
    let before = names(&mut cloud, &id);
    scale(&mut cloud, &id, &np, 1);
    cloud.pass(30);
    let nodes = instances(&mut cloud, &id);
    assert_eq!(names(&mut cloud, &id), before);
    assert_eq!(nodes[1]["Native"]["MachineState"], "Stopped");
    assert_eq!(nodes[1]["InstanceState"], "stopped_without_charging");
    assert_eq!(nodes[1]["Unschedulable"], true);
    let shown = pool(&mut cloud, &id, &np);
    assert_eq!((&shown["Native"]["Replicas"], &shown["Native"]["ReadyReplicas"]), (&json!(1), &json!(1)));
    scale(&mut cloud, &id, &np, 3);
    cloud.pass(60);
    let nodes = instances(&mut cloud, &id);
    assert_eq!(nodes.len(), 3);
    assert!(nodes.iter().all(|node| node["InstanceState"] == "running" && node["Unschedulable"] == false));
    assert_eq!(names(&mut cloud, &id)[..2], before[..]);
}

#[test]
fn protected_nodes_are_not_scaled_in() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let np = make(&mut cloud, &id, json!({"Replicas": 2}));
    cloud.pass(60);
    let newest = instances(&mut cloud, &id)[1].clone();
    let name = super::native_pools::kube_node(&mut cloud, &id, newest["InstanceId"].as_str().unwrap());
    let path = format!("/api/v1/nodes/{}", name["metadata"]["name"].as_str().unwrap());
    let keep = json!({"cluster-autoscaler.kubernetes.io/scale-down-disabled": "true"});
    cloud.kube(&id, "PATCH", &path, json!({"metadata": {"annotations": keep}}));
    assert_eq!(instances(&mut cloud, &id)[1]["Native"]["IsProtectedFromScaleIn"], true);
    scale(&mut cloud, &id, &np, 1);
    cloud.pass(10);
    assert_eq!(instances(&mut cloud, &id)[0]["InstanceId"], newest["InstanceId"]);
}

#[test]
fn the_autoscaler_shuts_down_one_node_for_each_that_is_too_many() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let mode = json!({"MinReplicas": 1, "MaxReplicas": 4, "CreatePolicy": "ZonePriority", "ScaleDownMode": "Shutdown"});
    let np = make(&mut cloud, &id, json!({"EnableAutoscaling": true, "Replicas": 3, "Scaling": mode}));
    cloud.pass(60);
    let option = json!({"IsScaleDownEnabled": true, "Expander": "random"});
    cloud.ok("ModifyClusterAsGroupOptionAttribute", json!({"ClusterId": id, "ClusterAsGroupOption": option}));
    cloud.pass(3600);
    let states = |cloud: &mut Cloud, state: &str| {
        instances(cloud, &id).iter().filter(|node| node["Native"]["MachineState"] == state).count()
    };
    assert_eq!((states(&mut cloud, "Running"), states(&mut cloud, "Stopped")), (1, 2));
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["Replicas"], 1);
    for number in 0..2 {
        cloud.kube(&id, "POST", PODS, owned_pod(&format!("web-{number}"), "1500m"));
    }
    cloud.pass(40);
    assert_eq!(
        states(&mut cloud, "Starting"),
        1,
        "one node has room, and a stopped one is started, not a new one made"
    );
    cloud.pass(40);
    assert_eq!((states(&mut cloud, "Running"), names(&mut cloud, &id).len()), (2, 3));
    assert_eq!(cloud.items(&id, &format!("{PODS}?fieldSelector=status.phase=Running")).len(), 2);
}
