//! Nodes: list, attach, remove.

use super::{Cloud, of, text};
use crate::MachineFault;
use serde_json::{Value, json};

const FIRST: &str = "i-2zewharf000000000001";
const SECOND: &str = "i-2zewharf000000000002";
const PREPAID: &str = "i-2zewharf000000000004";
const STOPPED: &str = "i-2zewharf000000000005";
const ELSEWHERE: &str = "i-2zewharf000000000006";

#[test]
fn nodes_are_listed_by_pages_and_filters() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let page = cloud.ok("DescribeClusterNodes", json!({"ClusterId": id, "pageNumber": 2, "pageSize": 3}));
    assert_eq!(page["page"], json!({"page_number": 2, "page_size": 3, "total_count": 5}));
    assert_eq!(page["nodes"].as_array().unwrap().len(), 2);
    let node = &page["nodes"][0];
    assert_eq!((&node["instance_role"], &node["node_status"]), (&json!("Worker"), &json!("Ready")));
    let name = format!("cn-beijing.{}", text(&node["ip_address"][0]));
    assert_eq!((text(&node["node_name"]), text(&node["instance_type_family"])), (name, "ecs.n4".to_owned()));
    let ids = format!("{},i-nothing", text(&node["instance_id"]));
    let count = |cloud: &mut Cloud, filter: Value| {
        let mut asked = of(&id);
        asked.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        cloud.ok("DescribeClusterNodes", asked)["page"]["total_count"].as_u64().unwrap()
    };
    assert_eq!(count(&mut cloud, json!({"instanceIds": ids})), 1);
    let pool = text(&node["nodepool_id"]);
    assert_eq!(count(&mut cloud, json!({"nodepool_id": pool})), 2);
    assert_eq!((count(&mut cloud, json!({"state": "running"})), count(&mut cloud, json!({"state": "all"}))), (5, 5));
    assert_eq!(count(&mut cloud, json!({"state": "removing"})), 0);
    // As in alibabacloud_cs20151215 7.2.3, `DescribeClusterNodesRequest`.
    let (address, host) = (text(&node["ip_address"][0]), text(&node["node_name"]));
    assert_eq!(count(&mut cloud, json!({"nodeIps": format!("{address}, 192.0.2.1")})), 1);
    assert_eq!(count(&mut cloud, json!({"nodeNames": host})), 1);
    assert_eq!(count(&mut cloud, json!({"nodeNames": "nobody", "nodeIps": address})), 0);
    assert_eq!(count(&mut cloud, json!({"nodeLabels": "no-such=label"})), 0);
    assert_eq!(count(&mut cloud, json!({"instanceIds": ids, "nodepool_id": "np-nothing"})), 1, "servers are named");
    assert_eq!(cloud.code("DescribeClusterNodes", json!({"ClusterId": id, "nodeLabels": "a"})), "InvalidParameter");
    assert_eq!(cloud.code("DescribeClusterNodes", json!({"ClusterId": id, "state": "nothing"})), "InvalidParameter");
    let server = text(&node["instance_id"]);
    assert!(cloud.world.break_machine(&server, MachineFault::Runtime));
    assert_eq!(count(&mut cloud, json!({"state": "running"})), 4);
    let broken = cloud.ok("DescribeClusterNodes", json!({"ClusterId": id, "instanceIds": server}))["nodes"][0].clone();
    assert_eq!((&broken["state"], &broken["node_status"]), (&json!("failed"), &json!("NotReady")));
    cloud.world.repair_machine(&server, MachineFault::Runtime);
    assert_eq!(count(&mut cloud, json!({"state": "running"})), 5);
}

#[test]
fn each_instance_is_told_what_came_of_it() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let servers = [FIRST, "i-nothing", STOPPED, ELSEWHERE, FIRST, SECOND];
    let answer = cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": servers}));
    let codes: Vec<String> = answer["list"].as_array().unwrap().iter().map(|one| text(&one["code"])).collect();
    assert_eq!(codes, ["200", "404", "400", "400", "400", "200"]);
    assert_eq!(answer["list"][0]["message"], "successful");
    assert_eq!(cloud.state(&id), "scaling");
    assert_eq!(cloud.nodes(&id).last().unwrap()["state"], "initial");
    cloud.pass(60);
    assert_eq!(cloud.state(&id), "running");
    let again = cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [FIRST]}));
    assert_eq!(again["list"][0]["code"], "400", "it is a node already");
    assert_eq!(cloud.code("AttachInstances", json!({"ClusterId": id, "instances": []})), "MissingParameter");
}

#[test]
fn attached_instances_keep_their_names_unless_told_otherwise() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [FIRST]}));
    cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [SECOND], "keep_instance_name": false}));
    let nodes = cloud.nodes(&id);
    let name = |server: &str| text(&nodes.iter().find(|node| node["instance_id"] == server).unwrap()["instance_name"]);
    assert_eq!((name(FIRST), name(SECOND)), ("before-1".to_owned(), format!("worker-k8s-for-cs-{id}")));
}

#[test]
fn what_is_said_of_attached_instances_is_checked() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (name, value) in [
        ("password", json!("weak")),
        ("cpu_policy", json!("nothing")),
        ("platform", json!("nothing")),
        ("runtime", json!({"name": "nothing"})),
        ("tags", json!([{"key": "acs:x"}])),
    ] {
        let mut order = json!({"ClusterId": id, "instances": [FIRST]});
        order[name] = value;
        assert_eq!(cloud.code("AttachInstances", order), "InvalidParameter", "{name}");
    }
}

#[test]
fn a_cluster_has_so_many_nodes() {
    let mut cloud = Cloud::new();
    cloud.world.quotas.ack.nodes = 6;
    let id = cloud.running();
    let two = json!({"ClusterId": id, "instances": [FIRST, SECOND]});
    assert_eq!(cloud.code("AttachInstances", two), "QuotaExceeded.Node");
    cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [FIRST]}));
}

#[test]
fn nodes_are_removed_by_name_with_or_without_their_servers() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.nodes(&id);
    let (stays, goes) = (text(&nodes[3]["instance_id"]), text(&nodes[4]["instance_id"]));
    let names = cloud.workers(&id);
    cloud.ok("RemoveClusterNodes", json!({"ClusterId": id, "nodes": [names[0]]}));
    cloud.ok(
        "RemoveClusterNodes",
        json!({"ClusterId": id, "nodes": [names[1]], "release_node": true, "drain_node": true}),
    );
    assert_eq!(cloud.nodes(&id)[3]["state"], "removing");
    assert_eq!(cloud.code("RemoveClusterNodes", json!({"ClusterId": id, "nodes": [names[0]]})), "ErrorClusterState");
    cloud.pass(10);
    assert_eq!(cloud.nodes(&id).len(), 3);
    let realm = cloud.world.ack(cloud.account, cloud.region);
    assert!(realm.realm.machines.contains(&stays) && !realm.realm.machines.contains(&goes));
    let pools = cloud.ok("DescribeClusterNodePools", of(&id));
    assert_eq!(pools["nodepools"][0]["status"]["total_nodes"], 0, "the pool does not fill up again");
}

#[test]
fn some_nodes_cannot_be_removed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [PREPAID]}));
    cloud.pass(60);
    let nodes = cloud.nodes(&id);
    let named = |place: usize| text(&nodes[place]["node_name"]);
    let remove = |names: Value| json!({"ClusterId": id, "nodes": names, "release_node": true});
    for names in [json!([named(0)]), json!([named(5)]), json!(["nothing"]), json!([named(3), named(3)])] {
        assert_eq!(cloud.code("RemoveClusterNodes", remove(names)), "InvalidParameter");
    }
    assert_eq!(cloud.code("RemoveClusterNodes", remove(json!([]))), "MissingParameter");
    assert_eq!(cloud.nodes(&id).len(), 6, "nothing was removed");
    cloud.ok("RemoveClusterNodes", json!({"ClusterId": id, "nodes": [named(5)]}));
}

#[test]
fn protected_instances_are_not_released() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("ModifyCluster", json!({"ClusterId": id, "instance_deletion_protection": true}));
    let names = cloud.workers(&id);
    let remove = json!({"ClusterId": id, "nodes": names, "release_node": true});
    assert_eq!(cloud.code("RemoveClusterNodes", remove), "ErrorClusterState");
    cloud.ok("RemoveClusterNodes", json!({"ClusterId": id, "nodes": names}));
}

#[test]
fn a_drained_node_loses_its_pods_first() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pass(60);
    let names = cloud.workers(&id);
    let placed = |cloud: &mut Cloud, name: &str| {
        let realm = cloud.world.ack(cloud.account, cloud.region);
        let pods = realm.realm.clusters.get(&id).unwrap().kubernetes.pods.iter();
        pods.filter(|pod| pod.node.as_deref() == Some(name) && !pod.is_daemon() && !pod.stopping).count()
    };
    let name = names.iter().find(|name| placed(&mut cloud, name) > 0).unwrap().clone();
    cloud.ok("RemoveClusterNodes", json!({"ClusterId": id, "nodes": [name], "drain_node": true}));
    assert_eq!(placed(&mut cloud, &name), 0);
}

#[test]
fn a_script_lets_servers_join_on_their_own() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "own", 0);
    let script = text(&cloud.ok("DescribeClusterAttachScripts", json!({"ClusterId": id, "nodepool_id": pool})));
    assert!(script.contains(&id) && script.contains(&pool) && script.contains("--openapi-token "), "{script}");
    let none = json!({"ClusterId": id, "nodepool_id": "nothing"});
    assert_eq!(cloud.code("DescribeClusterAttachScripts", none), "ErrorNodePoolNotFound");
    for wrong in [json!({"ClusterId": id, "arch": "vax"}), json!({"ClusterId": id, "options": "[]"})] {
        assert_eq!(cloud.code("DescribeClusterAttachScripts", wrong), "InvalidParameter");
    }
}
