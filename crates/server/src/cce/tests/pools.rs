//! Node pools.

use super::{Cloud, pool, text, with};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

fn get(cloud: &mut Cloud, cluster: &str, id: &str) -> Value {
    cloud.ok("GetNodePool", json!({"cluster_id": cluster, "nodepool_id": id}))
}

/// The phase of a pool, and how many nodes it has.
fn state(pool: &Value) -> (Value, Value) {
    (pool["status"]["phase"].clone(), pool["status"]["currentNode"].clone())
}

fn update(cluster: &str, id: &str, size: u64) -> Value {
    json!({"cluster_id": cluster, "nodepool_id": id, "spec": {"initialNodeCount": size, "nodeTemplate": {}}})
}

#[test]
fn the_nodes_of_a_pool_come_by_themselves() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("CreateNodePool", pool(&cluster, "workers", 2));
    let id = text(&answer["metadata"]["uid"]);
    assert_eq!(state(&answer), (json!("Synchronizing"), json!(2)));
    cloud.pass(60);
    let there = get(&mut cloud, &cluster, &id);
    assert_eq!((&there["status"]["phase"], &there["spec"]["initialNodeCount"]), (&json!(""), &json!(2)));
    let nodes = cloud.nodes(&cluster);
    assert!(nodes.iter().all(|node| node["status"]["phase"] == "Active"));
    assert!(nodes.iter().all(|node| node["metadata"]["annotations"]["kubernetes.io/node-pool.id"] == json!(id)));
    assert!(nodes.iter().all(|node| node["spec"]["k8sTags"]["cce.cloud.com/cce-nodepool"] == "workers"));
    assert!(text(&nodes[0]["metadata"]["name"]).starts_with("workers-"));
}

#[test]
fn a_pool_follows_its_size_up_and_down() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", 1))["metadata"]["uid"]);
    cloud.pass(60);
    cloud.ok("UpdateNodePool", update(&cluster, &id, 3));
    cloud.pass(60);
    assert_eq!((cloud.nodes(&cluster).len(), &get(&mut cloud, &cluster, &id)["status"]["phase"]), (3, &json!("")));
    let first = cloud.nodes(&cluster)[0]["metadata"]["uid"].clone();
    let answer = cloud.ok("UpdateNodePool", update(&cluster, &id, 1));
    assert_eq!(state(&answer), (json!("Synchronizing"), json!(1)));
    cloud.pass(10);
    let nodes = cloud.nodes(&cluster);
    assert_eq!((nodes.len(), &nodes[0]["metadata"]["uid"]), (1, &first), "the newest go first");
    assert_eq!(cloud.code("UpdateNodePool", update(&cluster, &id, 51)), "CCE.01400008");
}

#[test]
fn new_labels_are_put_on_the_nodes_too() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", 1))["metadata"]["uid"]);
    cloud.pass(60);
    let change = with(update(&cluster, &id, 1), |change| {
        change["spec"]["nodeTemplate"] = json!({"k8sTags": {"cce.io/node-label": "test"}});
        change["spec"]["autoscaling"] = json!({"enable": true, "maxNodeCount": 10});
    });
    let answer = cloud.ok("UpdateNodePool", change);
    assert_eq!(answer["spec"]["autoscaling"]["maxNodeCount"], 10);
    assert_eq!(answer["spec"]["nodeTemplate"]["flavor"], "s6.large.2", "the rest of the template stays");
    for labels in [&answer["spec"]["nodeTemplate"]["k8sTags"], &cloud.nodes(&cluster)[0]["spec"]["k8sTags"]] {
        assert_eq!(labels["cce.io/node-label"], "test");
        assert_eq!(labels["cce.cloud.com/cce-nodepool"], "workers");
    }
}

#[test]
fn pools_have_names_and_sizes_within_limits() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for name in ["DefaultPool", "", "Pool", "pool-", &"p".repeat(51)] {
        assert_eq!(cloud.code("CreateNodePool", pool(&cluster, name, 0)), "CCE.01400001", "{name}");
    }
    assert_eq!(cloud.refused("CreateNodePool", pool(&cluster, "workers", 51)), (400, "CCE.01400008".into()));
    let scaling = |least: i64, most: i64| {
        let scaling = json!({"enable": true, "minNodeCount": least, "maxNodeCount": most});
        with(pool(&cluster, "workers", 0), |pool| pool["spec"]["autoscaling"] = scaling)
    };
    for (least, most) in [(3, 2), (0, 51), (-1, 2)] {
        assert_eq!(cloud.code("CreateNodePool", scaling(least, most)), "CCE.01400001", "{least} {most}");
    }
    cloud.ok("CreateNodePool", scaling(0, 50));
}

#[test]
fn a_node_that_is_deleted_makes_its_pool_smaller() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", 2))["metadata"]["uid"]);
    cloud.pass(60);
    let node = cloud.nodes(&cluster)[0]["metadata"]["uid"].clone();
    cloud.ok("DeleteNode", json!({"cluster_id": cluster, "node_id": node}));
    cloud.pass(100);
    let there = get(&mut cloud, &cluster, &id);
    assert_eq!((&there["spec"]["initialNodeCount"], cloud.nodes(&cluster).len()), (&json!(1), 1));
}

#[test]
fn a_node_that_others_take_away_is_replaced() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.ok("CreateNodePool", pool(&cluster, "workers", 2));
    cloud.pass(60);
    let server = text(&cloud.nodes(&cluster)[0]["status"]["serverId"]);
    let mut realm = cloud.world.cce(cloud.account, cloud.region);
    realm.remove_nodes(&cluster, &[server], false, true).unwrap();
    cloud.pass(10);
    assert_eq!(cloud.nodes(&cluster).len(), 2);
}

#[test]
fn a_pool_is_sold_out_when_no_server_can_be_had() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["flavor"] = json!("cce.s2.large"));
    cloud.pass(120);
    let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", 260))["metadata"]["uid"]);
    cloud.pass(60);
    let there = get(&mut cloud, &cluster, &id);
    assert_eq!((&there["status"]["phase"], &there["status"]["currentNode"]), (&json!("SoldOut"), &json!(249)));
    cloud.ok("UpdateNodePool", update(&cluster, &id, 10));
    cloud.pass(10);
    assert_eq!(state(&get(&mut cloud, &cluster, &id)), (json!(""), json!(10)));
}

#[test]
fn a_pool_whose_nodes_fail_is_in_error() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.world.fail_next(FailurePoint::NodeCreation, "the server did not start");
    let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", 1))["metadata"]["uid"]);
    cloud.pass(60);
    assert_eq!(state(&get(&mut cloud, &cluster, &id)), (json!("Error"), json!(0)));
    cloud.ok("UpdateNodePool", update(&cluster, &id, 1));
    cloud.pass(60);
    assert_eq!(state(&get(&mut cloud, &cluster, &id)), (json!(""), json!(1)));
}

#[test]
fn a_deleted_pool_goes_when_its_nodes_have_gone() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let this = |id: &str| json!({"cluster_id": cluster, "nodepool_id": id});
    for size in [0, 2] {
        let id = text(&cloud.ok("CreateNodePool", pool(&cluster, "workers", size))["metadata"]["uid"]);
        cloud.pass(60);
        let answer = cloud.ok("DeleteNodePool", this(&id));
        assert_eq!(answer["status"]["phase"], "Deleting");
        assert_eq!(cloud.refused("DeleteNodePool", this(&id)), (409, "CCE.01409001".into()));
        assert_eq!(cloud.code("UpdateNodePool", update(&cluster, &id, 5)), "CCE.01409001");
        cloud.pass(10);
        assert_eq!(cloud.job_phase(&answer["status"]["jobId"]), "Success");
        assert_eq!(cloud.refused("GetNodePool", this(&id)), (404, "CCE.01404001".into()));
        assert!(cloud.nodes(&cluster).is_empty());
    }
}

#[test]
fn nodes_outside_of_pools_are_shown_as_default_pools_on_demand() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.add_nodes(&cluster, 2);
    cloud.ok("CreateNodePool", pool(&cluster, "workers", 1));
    let list = |cloud: &mut Cloud, show: &str| {
        let answer = cloud.ok("ListNodePools", json!({"cluster_id": cluster, "showDefaultNodePool": show}));
        assert_eq!(answer["kind"], "List");
        answer["items"].as_array().unwrap().clone()
    };
    assert_eq!(list(&mut cloud, "false").len(), 1);
    let all = list(&mut cloud, "true");
    assert_eq!((all.len(), &all[1]["status"]["currentNode"]), (2, &json!(2)));
    assert_eq!(all[1]["metadata"]["uid"], "az1.dc1#s6.large.2#EulerOS 2.5");
    assert_eq!(all[1]["metadata"]["name"], all[1]["metadata"]["uid"]);
}
