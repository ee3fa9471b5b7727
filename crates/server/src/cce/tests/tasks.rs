//! Tasks on several nodes.

use super::{Cloud, pool, text, with};
use serde_json::{Value, json};

fn install(os: &str) -> Value {
    json!({"os": os, "login": {"sshKey": "key-1"}})
}

fn add(cluster: &str, servers: &[&str]) -> Value {
    let list: Vec<Value> =
        servers.iter().map(|server| json!({"serverID": server, "spec": install("EulerOS 2.5")})).collect();
    json!({"cluster_id": cluster, "kind": "List", "apiVersion": "v3", "nodeList": list})
}

fn nodes(uids: &[&str]) -> Value {
    let nodes: Vec<Value> = uids.iter().map(|uid| json!({"uid": uid})).collect();
    json!({"login": {"sshKey": "key-1"}, "nodes": nodes, "os": "EulerOS 2.5"})
}

fn remove(cluster: &str, uids: &[&str]) -> Value {
    let mut spec = nodes(uids);
    spec.as_object_mut().unwrap().remove("os");
    json!({"cluster_id": cluster, "spec": spec})
}

#[test]
fn existing_servers_become_nodes() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("AddNodes", add(&cluster, &["ins-default1", "ins-default2"]));
    let there = cloud.nodes(&cluster);
    assert_eq!((there.len(), &there[0]["status"]["phase"]), (2, &json!("Installing")));
    assert_eq!(there[0]["metadata"]["name"], "build-1", "the name of the server");
    cloud.pass(60);
    assert_eq!(cloud.job_phase(&answer["jobid"]), "Success");
    assert!(cloud.nodes(&cluster).iter().all(|node| node["status"]["phase"] == "Active"));
    assert_eq!(cloud.nodes(&cluster)[0]["spec"]["os"], "EulerOS 2.5");
}

#[test]
fn servers_that_cannot_join_are_refused_all_together() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    assert_eq!(cloud.refused("AddNodes", add(&cluster, &["ins-default1", "nothing"])), (404, "CCE.01404001".into()));
    for wrong in [&["ins-second01"][..], &["ins-stopped1"], &["ins-default1", "ins-default1"], &[]] {
        assert_eq!(cloud.code("AddNodes", add(&cluster, wrong)), "CCE.01400001", "{wrong:?}");
    }
    cloud.ok("AddNodes", add(&cluster, &["ins-default1"]));
    assert_eq!(cloud.code("AddNodes", add(&cluster, &["ins-default1"])), "CCE.01400001", "a node already");
    assert_eq!(cloud.nodes(&cluster).len(), 1);
}

#[test]
fn a_reset_node_is_installed_anew_and_loses_its_pods() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let ids = cloud.add_nodes(&cluster, 2);
    cloud.pass(10);
    let reset = |spec: Value| json!({"cluster_id": cluster, "kind": "List", "apiVersion": "v3", "nodeList": [{"nodeID": ids[0], "spec": spec}]});
    let mut spec = install("CentOS 7.6");
    spec["name"] = json!("fresh");
    spec["k8sOptions"] = json!({"labels": {"role": "db"}, "taints": [{"key": "k", "effect": "NoExecute"}]});
    let job = cloud.ok("ResetNodes", reset(spec))["jobid"].clone();
    assert_eq!(cloud.node_phase(&cluster, &ids[0]), "Installing");
    assert_eq!(cloud.node_phase(&cluster, &ids[1]), "Active");
    cloud.pass(60);
    assert_eq!(cloud.job_phase(&job), "Success");
    let there = cloud.node(&cluster, &ids[0]);
    assert_eq!((&there["status"]["phase"], &there["metadata"]["name"]), (&json!("Active"), &json!("fresh")));
    assert_eq!((&there["spec"]["os"], &there["spec"]["k8sTags"]["role"]), (&json!("CentOS 7.6"), &json!("db")));
    assert_eq!(cloud.code("ResetNodes", reset(json!({"os": "EulerOS 2.5", "login": {}}))), "CCE.01400001");
    let unknown = json!({"cluster_id": cluster, "nodeList": [{"nodeID": "nothing", "spec": install("EulerOS 2.5")}]});
    assert_eq!(cloud.code("ResetNodes", unknown), "CCE.01404001");
}

#[test]
fn a_node_of_a_pool_is_reset_as_its_pool_says() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let order = with(pool(&cluster, "workers", 1), |pool| {
        pool["spec"]["nodeTemplate"]["k8sTags"] = json!({"tier": "web"});
        pool["spec"]["nodeTemplate"]["taints"] = json!([{"key": "only", "value": "web", "effect": "NoSchedule"}]);
    });
    let id = text(&cloud.ok("CreateNodePool", order)["metadata"]["uid"]);
    cloud.pass(60);
    let before = cloud.nodes(&cluster)[0].clone();
    let uid = text(&before["metadata"]["uid"]);
    let mut spec = install("CentOS 7.6");
    spec["name"] = json!("other");
    spec["k8sOptions"] = json!({"labels": {"other": "1"}, "taints": [], "maxPods": 20});
    let reset = json!({"cluster_id": cluster, "nodeList": [{"nodeID": uid, "spec": spec}]});
    let job = cloud.ok("ResetNodes", reset.clone())["jobid"].clone();
    cloud.pass(60);
    assert_eq!(cloud.job_phase(&job), "Success");
    let after = cloud.node(&cluster, &uid);
    assert_eq!((&after["spec"], &after["metadata"]["name"]), (&before["spec"], &before["metadata"]["name"]));
    assert_eq!(after["spec"]["k8sTags"], json!({"tier": "web", "cce.cloud.com/cce-nodepool": "workers"}));
    assert_eq!((&after["spec"]["os"], &after["spec"]["taints"][0]["key"]), (&json!("EulerOS 2.5"), &json!("only")));
    assert_eq!(after["metadata"]["annotations"]["kubernetes.io/node-pool.id"], json!(id));

    let template =
        json!({"k8sTags": {"tier": "db"}, "taints": [{"key": "only", "value": "db", "effect": "NoExecute"}]});
    let update = json!({"initialNodeCount": 1, "nodeTemplate": template});
    cloud.ok("UpdateNodePool", json!({"cluster_id": cluster, "nodepool_id": id, "spec": update}));
    cloud.ok("ResetNodes", reset);
    let later = cloud.node(&cluster, &uid);
    assert_eq!((&later["spec"]["taints"][0]["value"], &later["spec"]["k8sTags"]["tier"]), (&json!("db"), &json!("db")));
}

#[test]
fn a_node_that_is_reset_keeps_no_taint_of_before() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let mut spec = install("EulerOS 2.5");
    for (options, left) in [(json!({"taints": [{"key": "k", "effect": "NoExecute"}]}), 1), (json!({}), 0)] {
        spec["k8sOptions"] = options;
        cloud.ok("ResetNodes", json!({"cluster_id": cluster, "nodeList": [{"nodeID": id, "spec": spec}]}));
        cloud.pass(60);
        let there = cloud.node(&cluster, &id);
        assert_eq!(there["spec"]["taints"].as_array().map_or(0, Vec::len), left);
    }
}

#[test]
fn a_removed_node_leaves_its_server_behind() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let server = text(&cloud.node(&cluster, &id)["status"]["serverId"]);
    let answer = cloud.ok("RemoveNodes", remove(&cluster, &[&id]));
    assert_eq!((&answer["kind"], &answer["spec"]["nodes"][0]["uid"]), (&json!("RemoveNodesTask"), &json!(id)));
    cloud.pass(10);
    assert_eq!(cloud.job_phase(&answer["status"]["jobID"]), "Success");
    assert!(cloud.nodes(&cluster).is_empty());
    cloud.ok("AddNodes", add(&cluster, &[&server]));
    assert_eq!(cloud.code("RemoveNodes", remove(&cluster, &["nothing"])), "CCE.01404001");
    assert_eq!(cloud.code("RemoveNodes", remove(&cluster, &[])), "CCE.01400001");
}

#[test]
fn nodes_move_to_another_cluster_of_the_network() {
    let mut cloud = Cloud::new();
    let (from, to) = (cloud.available(), cloud.available());
    let ids = cloud.add_nodes(&from, 2);
    let migrate = |to: &str, uid: &str| json!({"cluster_id": from, "target_cluster_id": to, "spec": nodes(&[uid])});
    let answer = cloud.ok("MigrateNodes", migrate(&to, &ids[0]));
    assert_eq!(answer["kind"], "MigrateNodesTask");
    assert_eq!(cloud.node_phase(&from, &ids[0]), "Deleting");
    cloud.pass(10);
    assert_eq!((cloud.nodes(&from).len(), cloud.node_phase(&to, &ids[0]).as_str()), (1, "Installing"));
    cloud.pass(60);
    assert_eq!(cloud.node_phase(&to, &ids[0]), "Active");
    assert_eq!(cloud.job_phase(&answer["status"]["jobID"]), "Success");
    assert_eq!(cloud.code("MigrateNodes", migrate(&from, &ids[1])), "CCE.01400001", "to itself");
    assert_eq!(cloud.code("MigrateNodes", migrate("nothing", &ids[1])), "CCE.01404001");
    let other = cloud.create(|order| {
        order["spec"]["hostNetwork"] = json!({"vpc": "vpc-second00", "subnet": "subnet-second01"});
    });
    cloud.pass(120);
    assert_eq!(cloud.code("MigrateNodes", migrate(&other, &ids[1])), "CCE.01400001", "another network");
}
