//! The life of native nodes, one by one.

use super::native_pools::{instances, kube_node, make, modify, names, native, pool, with};
use super::{Cloud, PODS, owned_pod, pod};
use crate::FailurePoint;
use serde_json::{Value, json};
use wharf_world::kernel::ids::hash;

/// A running cluster with a pool of that many running nodes: cluster, pool, machines.
pub(super) fn running(cloud: &mut Cloud, replicas: i64) -> (String, String, Vec<String>) {
    let id = cloud.recent();
    let np = make(cloud, &id, json!({"Replicas": replicas, "KeyIds": ["skey-1"]}));
    cloud.pass(60);
    let machines = names(cloud, &id);
    (id, np, machines)
}

fn on(cluster: &str, machines: &[String]) -> Value {
    json!({"ClusterId": cluster, "MachineNames": machines})
}

pub(super) fn ready(node: &Value) -> &Value {
    node["status"]["conditions"].as_array().unwrap().iter().find(|condition| condition["type"] == "Ready").unwrap()
}

/// The state of a machine, and that of its node.
fn states(cloud: &mut Cloud, cluster: &str, machine: &str) -> (String, String) {
    let node = instances(cloud, cluster).into_iter().find(|node| node["InstanceId"] == machine).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&node["Native"]["MachineState"]), text(&node["InstanceState"]))
}

#[test]
fn a_machine_stops_and_starts() {
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 1);
    cloud.kube(&id, "POST", PODS, owned_pod("web", "100m"));
    cloud.pass(5);
    let name = machines[0].as_str();
    assert_eq!(native(&mut cloud).code("StartMachines", on(&id, &machines)), "OperationDenied");
    native(&mut cloud).ok("StopMachines", on(&id, &machines));
    assert_eq!(states(&mut cloud, &id, name), ("Stopping".to_owned(), "stopping".to_owned()));
    assert_eq!(native(&mut cloud).code("StopMachines", on(&id, &machines)), "OperationDenied");
    cloud.pass(30);
    assert_eq!(states(&mut cloud, &id, name), ("Stopped".to_owned(), "stopped_with_charging".to_owned()));
    let node = kube_node(&mut cloud, &id, name);
    assert_eq!(ready(&node)["status"], "Unknown");
    assert!(node["spec"]["taints"].as_array().unwrap().iter().any(|t| t["key"] == "node.kubernetes.io/unreachable"));
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 0);
    let web = cloud.items(&id, PODS)[0].clone();
    assert_eq!(
        web["status"]["conditions"][1],
        with(web["status"]["conditions"][1].clone(), json!({"type": "Ready", "status": "False"}))
    );
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "failed", "the other version has no state for it");
    native(&mut cloud).ok("StartMachines", on(&id, &machines));
    assert_eq!(states(&mut cloud, &id, name), ("Starting".to_owned(), "starting".to_owned()));
    cloud.pass(60);
    assert_eq!(states(&mut cloud, &id, name), ("Running".to_owned(), "running".to_owned()));
    assert_eq!(ready(&kube_node(&mut cloud, &id, name))["status"], "True");
    let web = cloud.items(&id, PODS)[0].clone();
    assert_eq!(web["status"]["containerStatuses"][0]["restartCount"], 1);
    assert_eq!(web["status"]["containerStatuses"][0]["ready"], true);
}

#[test]
fn pods_leave_a_node_that_is_stopped_for_five_minutes() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    cloud.kube(&id, "POST", PODS, owned_pod("web", "100m"));
    cloud.pass(5);
    cloud.add_nodes(&id, 1);
    native(&mut cloud).ok("StopMachines", with(on(&id, &machines), json!({"StopType": "hard"})));
    cloud.pass(5);
    let node = kube_node(&mut cloud, &id, &machines[0])["metadata"]["name"].clone();
    cloud.pass(299);
    let pods = cloud.items(&id, PODS);
    assert_eq!((pods.len(), &pods[0]["spec"]["nodeName"]), (1, &node));
    cloud.pass(10);
    let pods = cloud.items(&id, PODS);
    assert_eq!(pods.len(), 2, "the old pod cannot be seen to stop, a new one has come");
    assert!(pods[0]["metadata"]["deletionTimestamp"].is_string());
    assert_ne!(pods[1]["spec"]["nodeName"], node);
    assert_eq!(pods[1]["status"]["phase"], "Running");
    native(&mut cloud).ok("StartMachines", on(&id, &machines));
    cloud.pass(60);
    assert_eq!(cloud.items(&id, PODS).len(), 1);
}

#[test]
fn new_pods_do_not_come_to_a_node_that_is_stopped() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    native(&mut cloud).ok("StopMachines", with(on(&id, &machines), json!({"StopType": "hard"})));
    cloud.pass(5);
    cloud.kube(&id, "POST", PODS, pod("web", "100m"));
    cloud.pass(60);
    assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Pending");
    native(&mut cloud).ok("StartMachines", on(&id, &machines));
    cloud.pass(65);
    assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Running");
}

#[test]
fn a_machine_reboots() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    native(&mut cloud).ok("RebootMachines", with(on(&id, &machines), json!({"StopType": "soft"})));
    assert_eq!(states(&mut cloud, &id, &machines[0]), ("Rebooting".to_owned(), "rebooting".to_owned()));
    assert_eq!(ready(&kube_node(&mut cloud, &id, &machines[0]))["status"], "Unknown");
    assert_eq!(native(&mut cloud).code("StopMachines", on(&id, &machines)), "OperationDenied");
    cloud.pass(60);
    assert_eq!(states(&mut cloud, &id, &machines[0]), ("Running".to_owned(), "running".to_owned()));
    let events = cloud.items(&id, "/api/v1/namespaces/default/events");
    assert!(events.iter().any(|event| event["reason"] == "Rebooted" && event["involvedObject"]["kind"] == "Node"));
}

#[test]
fn machines_are_named_a_hundred_at_a_time() {
    let mut cloud = Cloud::new();
    let (id, _, _) = running(&mut cloud, 1);
    let many: Vec<String> = (0..101).map(|number| format!("np-none-{number}")).collect();
    for (operation, code) in [
        ("StopMachines", "InvalidParameter"),
        ("StartMachines", "InvalidParameter"),
        ("RebootMachines", "InvalidParameterValue"),
        ("DeleteClusterMachines", "InvalidParameter.Param"),
        ("ModifyClusterMachine", "InvalidParameter.Param"),
    ] {
        let more = if operation == "ModifyClusterMachine" { json!({"DisplayName": "n"}) } else { json!({}) };
        assert_eq!(native(&mut cloud).code(operation, with(on(&id, &many), more.clone())), code, "{operation}");
        assert_eq!(native(&mut cloud).code(operation, with(on(&id, &[]), more.clone())), code, "{operation}");
        let unknown = with(on(&id, &many[..1]), more);
        assert_eq!(native(&mut cloud).code(operation, unknown), "ResourceNotFound", "{operation}");
    }
    let wrong = with(on(&id, &many[..1]), json!({"StopType": "gently"}));
    assert_eq!(native(&mut cloud).code("StopMachines", wrong), "InvalidParameter");
}

#[test]
fn a_deleted_node_is_drained_and_replaced_unless_the_pool_becomes_smaller() {
    let mut cloud = Cloud::new();
    let (id, np, machines) = running(&mut cloud, 2);
    for number in 0..2 {
        cloud.kube(&id, "POST", PODS, owned_pod(&format!("web-{number}"), "1"));
    }
    cloud.pass(5);
    let delete = |names: &[String], down: bool| with(on(&id, names), json!({"EnableScaleDown": down}));
    native(&mut cloud).ok("DeleteClusterMachines", delete(&machines[..1], true));
    assert_eq!(states(&mut cloud, &id, &machines[0]), ("Deleting".to_owned(), "deleting".to_owned()));
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["Replicas"], 1);
    cloud.pass(120);
    assert_eq!(names(&mut cloud, &id), machines[1..]);
    let node = kube_node(&mut cloud, &id, &machines[1])["metadata"]["name"].clone();
    let pods = cloud.items(&id, PODS);
    assert_eq!(pods.len(), 2, "the pod of the deleted node was replaced");
    assert!(pods.iter().all(|pod| pod["spec"]["nodeName"] == node || pod["status"]["phase"] == "Pending"));
    native(&mut cloud).ok("DeleteClusterMachines", delete(&machines[1..], false));
    cloud.pass(120);
    let left = names(&mut cloud, &id);
    assert!(left.len() == 1 && left[0] != machines[1], "the pool has replaced it");
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["Replicas"], 1);
}

#[test]
fn a_pool_that_scales_by_itself_keeps_its_smallest_size() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let scaling = json!({"MinReplicas": 1, "MaxReplicas": 3, "CreatePolicy": "ZonePriority"});
    make(&mut cloud, &id, json!({"EnableAutoscaling": true, "Scaling": scaling}));
    cloud.pass(60);
    let machines = names(&mut cloud, &id);
    let delete = with(on(&id, &machines), json!({"EnableScaleDown": true}));
    assert_eq!(native(&mut cloud).code("DeleteClusterMachines", delete), "OperationDenied");
}

#[test]
fn the_instance_of_a_node_can_be_kept_if_it_is_of_the_machine_service() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    let delete = |names: &[String], mode: &str| {
        with(on(&id, names), json!({"EnableScaleDown": true, "InstanceDeleteMode": mode}))
    };
    assert_eq!(native(&mut cloud).code("DeleteClusterMachines", delete(&machines, "retain")), "UnsupportedOperation");
    let keep = json!({"ClusterId": id, "InstanceIds": machines, "InstanceDeleteMode": "retain"});
    assert_eq!(cloud.code("DeleteClusterInstances", keep), "UnsupportedOperation");
    assert_eq!(native(&mut cloud).code("DeleteClusterMachines", delete(&machines, "burn")), "InvalidParameter.Param");
    native(&mut cloud).ok("DeleteClusterMachines", delete(&machines, "terminate"));
    cloud.pass(10);
    make(&mut cloud, &id, json!({"Replicas": 1, "MachineType": "NativeCVM"}));
    cloud.pass(60);
    let node = instances(&mut cloud, &id)[0].clone();
    let instance = node["Native"]["InstanceId"].as_str().unwrap().to_owned();
    let code = cloud.code("DescribeExistedInstances", json!({"InstanceIds": [instance]}));
    assert_eq!(code, "InternalError.CvmNotFound", "as long as it is a native node");
    let name = [node["InstanceId"].as_str().unwrap().to_owned()];
    native(&mut cloud).ok("DeleteClusterMachines", delete(&name, "retain"));
    cloud.pass(10);
    let kept = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": [instance]}));
    assert_eq!(kept["ExistedInstanceSet"][0]["PrivateIpAddresses"], json!([node["LanIP"]]));
    assert_eq!(kept["ExistedInstanceSet"][0]["Usable"], true);
}

#[test]
fn nodes_that_are_paid_ahead_are_not_terminated() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let paid = json!({"InstanceChargeType": "PREPAID", "Replicas": 1,
        "InstanceChargePrepaid": {"Period": 1, "RenewFlag": "NOTIFY_AND_MANUAL_RENEW"}});
    make(&mut cloud, &id, paid);
    cloud.pass(60);
    let machines = names(&mut cloud, &id);
    let delete = with(on(&id, &machines), json!({"InstanceDeleteMode": "terminate"}));
    assert_eq!(native(&mut cloud).code("DeleteClusterMachines", delete), "OperationDenied");
}

#[test]
fn a_term_ends_or_is_renewed() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    let paid = |flag: &str| {
        json!({"InstanceChargeType": "PREPAID", "Replicas": 1,
            "InstanceChargePrepaid": {"Period": 1, "RenewFlag": flag}})
    };
    make(&mut cloud, &id, paid("NOTIFY_AND_AUTO_RENEW"));
    make(&mut cloud, &id, paid("NOTIFY_AND_MANUAL_RENEW"));
    cloud.pass(60);
    let expiry = |cloud: &mut Cloud| instances(cloud, &id)[0]["Native"]["ExpiredTime"].as_str().unwrap().to_owned();
    // The world begins on 1 June 2024, 08:00 in China.
    assert!(expiry(&mut cloud).starts_with("2024-07-01 08:01:"), "{}", expiry(&mut cloud));
    let before = names(&mut cloud, &id);
    cloud.pass(30 * 24 * 3600 + 60);
    let after = names(&mut cloud, &id);
    assert_eq!(after[0], before[0]);
    assert!(expiry(&mut cloud).starts_with("2024-08-01 08:01:"));
    assert_ne!(after[1], before[1], "the other one is released, and its pool replaces it");
}

#[test]
fn machines_change() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    let disk = |size: i64, kind: &str| json!({"DiskType": kind, "DiskSize": size, "AutoFormatAndMount": false, "FileSystem": "", "MountTarget": ""});
    let change = |changes: Value| with(on(&id, &machines), changes);
    let changes =
        json!({"DisplayName": "front", "SecurityGroupIDs": ["sg-9"], "SystemDisk": disk(100, "CLOUD_PREMIUM")});
    native(&mut cloud).ok("ModifyClusterMachine", change(changes));
    let node = instances(&mut cloud, &id)[0].clone();
    assert_eq!(node["Native"]["DisplayName"], "front");
    assert_eq!(node["Native"]["SecurityGroupIDs"], json!(["sg-9"]));
    assert_eq!(node["Native"]["SystemDisk"]["DiskSize"], 100);
    for wrong in [disk(50, "CLOUD_PREMIUM"), disk(100, "CLOUD_SSD"), disk(105, "CLOUD_PREMIUM")] {
        let code = native(&mut cloud).code("ModifyClusterMachine", change(json!({"SystemDisk": wrong})));
        assert_eq!(code, "InvalidParameter.Param");
    }
    let renewal = json!({"InstanceChargePrepaid": {"RenewFlag": "NOTIFY_AND_AUTO_RENEW"}});
    assert_eq!(native(&mut cloud).code("ModifyClusterMachine", change(renewal.clone())), "OperationDenied");
    let hourly = json!({"InstanceChargeType": "POSTPAID_BY_HOUR"});
    assert_eq!(native(&mut cloud).code("ModifyClusterMachine", change(hourly.clone())), "OperationDenied");
    let paid = json!({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 3}});
    native(&mut cloud).ok("ModifyClusterMachine", change(paid));
    native(&mut cloud).ok("ModifyClusterMachine", change(renewal));
    let node = instances(&mut cloud, &id)[0].clone();
    assert_eq!(node["Native"]["InstanceChargeType"], "PREPAID");
    assert_eq!(node["Native"]["RenewFlag"], "NOTIFY_AND_AUTO_RENEW");
    assert!(node["Native"]["ExpiredTime"].as_str().unwrap().starts_with("2024-09-01"));
    native(&mut cloud).ok("ModifyClusterMachine", change(hourly));
    assert_eq!(instances(&mut cloud, &id)[0]["Native"]["ExpiredTime"], "");
    assert_eq!(native(&mut cloud).code("ModifyClusterMachine", change(json!({}))), "InvalidParameter.Param");
    let apart = json!({"DisplayName": "n", "ModifyPortableDataDisk": false});
    assert_eq!(native(&mut cloud).code("ModifyClusterMachine", change(apart)), "UnsupportedOperation");
}

#[test]
fn keys_are_on_a_machine_after_a_minute() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 1);
    let login = |keys: Value| json!({"ClusterId": id, "MachineName": machines[0], "KeyIds": keys});
    let shown = |cloud: &mut Cloud| {
        let node = instances(cloud, &id)[0]["Native"].clone();
        (node["KeyIds"].clone(), node["LoginStatus"].as_str().unwrap().to_owned())
    };
    native(&mut cloud).ok("SetMachineLogin", login(json!(["skey-2"])));
    assert_eq!(shown(&mut cloud), (json!(["skey-1"]), "Opened".to_owned()));
    cloud.pass(60);
    assert_eq!(shown(&mut cloud), (json!(["skey-2"]), "Opened".to_owned()));
    native(&mut cloud).ok("SetMachineLogin", login(json!([])));
    cloud.pass(60);
    assert_eq!(shown(&mut cloud), (json!([]), "Closed".to_owned()));
    native(&mut cloud).ok("StopMachines", on(&id, &machines));
    assert_eq!(native(&mut cloud).code("SetMachineLogin", login(json!([]))), "OperationDenied");
}

#[test]
fn a_machine_that_cannot_be_made_is_failed_until_it_is_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.recent();
    cloud.world.fail_next(FailurePoint::NodeCreation, "the image cannot be pulled");
    let np = make(&mut cloud, &id, json!({"Replicas": 1}));
    cloud.pass(120);
    let node = instances(&mut cloud, &id)[0].clone();
    assert_eq!(
        (&node["InstanceState"], &node["FailedReason"]),
        (&json!("failed"), &json!("the image cannot be pulled"))
    );
    assert_eq!(node["Native"]["MachineState"], "Failed");
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "failed");
    assert!(cloud.items(&id, "/api/v1/nodes").is_empty());
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 0);
    let failed = [node["InstanceId"].as_str().unwrap().to_owned()];
    assert_eq!(native(&mut cloud).code("StopMachines", on(&id, &failed)), "OperationDenied");
    native(&mut cloud).ok("DeleteClusterMachines", on(&id, &failed));
    cloud.pass(80);
    assert_eq!(pool(&mut cloud, &id, &np)["Native"]["ReadyReplicas"], 1);
}

#[test]
fn native_nodes_go_with_their_cluster() {
    let mut cloud = Cloud::new();
    let (id, _, machines) = running(&mut cloud, 2);
    let address = instances(&mut cloud, &id)[0]["LanIP"].clone();
    cloud.ok("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "retain"}));
    cloud.pass(30);
    let realm = cloud.world.tke(cloud.account, cloud.region);
    assert!(machines.iter().all(|name| !realm.realm.machines.contains(name)));
    let next = cloud.recent();
    make(&mut cloud, &next, json!({"Replicas": 1}));
    assert_eq!(instances(&mut cloud, &next)[0]["LanIP"], address, "its address is free again");
}

/// Random calls on native nodes: the world stays whole, and comes to rest.
#[test]
fn random_calls_leave_the_world_whole() {
    for seed in 0..3_u64 {
        let mut cloud = Cloud::new();
        let id = cloud.recent();
        let pools =
            [make(&mut cloud, &id, json!({"Replicas": 2})), make(&mut cloud, &id, json!({"EnableAutoscaling": true}))];
        for step in 0..120_u64 {
            let draw = |what: &str, count: usize| (hash(&format!("{seed}/{step}/{what}")) % count as u64) as usize;
            let machines = names(&mut cloud, &id);
            let some = machines.get(draw("machine", machines.len().max(1))).cloned().unwrap_or_default();
            let np = &pools[draw("pool", 2)];
            let fault = wharf_world::tke::native::ITEMS[draw("fault", 15)].fault;
            let in_pool = json!({"ClusterId": id, "NodePoolId": np});
            let (operation, parameters) = match draw("call", 9) {
                0 => ("StopMachines", on(&id, &[some])),
                1 => ("StartMachines", on(&id, &[some])),
                2 => ("RebootMachines", on(&id, &[some])),
                3 => {
                    ("DeleteClusterMachines", with(on(&id, &[some]), json!({"EnableScaleDown": draw("down", 2) == 0})))
                }
                4 | 5 => ("ScaleNodePool", with(in_pool, json!({"Replicas": draw("size", 5)}))),
                6 => ("ModifyNodePool", with(in_pool, json!({"Native": {"EnableAutoscaling": draw("auto", 2) == 0}}))),
                7 => {
                    cloud.world.break_machine(&some, fault);
                    ("DescribeClusterMachines", json!({"ClusterId": id}))
                }
                _ => ("DescribeNodePools", json!({"ClusterId": id})),
            };
            let _ = native(&mut cloud).call(operation, parameters);
            cloud.pass(draw("time", 40) as u64);
            let realm = cloud.world.tke(cloud.account, cloud.region);
            let cluster = realm.cluster(&id).unwrap();
            let of_cluster = realm.realm.machines.iter().filter(|machine| machine.cluster.as_deref() == Some(&id));
            assert_eq!(of_cluster.count(), cluster.nodes.len());
            assert_eq!(cluster.tke().native.machines.len(), cluster.nodes.len());
            assert!(cluster.tke().native.machines.iter().all(|machine| cluster.nodes.contains(&machine.name)));
        }
        for np in &pools {
            modify(&mut cloud, &id, np, json!({"Native": {"EnableAutoscaling": false}}));
            native(&mut cloud).ok("ScaleNodePool", json!({"ClusterId": id, "NodePoolId": np, "Replicas": 0}));
        }
        cloud.pass(24 * 3600);
        assert!(names(&mut cloud, &id).is_empty());
    }
}
