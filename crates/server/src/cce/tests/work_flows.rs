//! Snapshots, work flows and the last check of upgrades.

use super::upgrades::{NEW, OLD, of, upgrade};
use super::{Cloud, text, with};
use serde_json::{Value, json};

fn post_check(cluster: &str) -> Value {
    json!({
        "cluster_id": cluster, "apiVersion": "v3", "kind": "PostCheckTask",
        "spec": {"clusterID": cluster, "clusterVersion": OLD, "targetVersion": NEW},
    })
}

#[test]
fn snapshots_of_the_control_plane_take_a_while() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["flavor"] = json!("cce.s2.small"));
    cloud.pass(120);
    let answer = cloud.ok("CreateClusterMasterSnapshot", of(&cluster));
    assert_eq!(answer["metadata"]["apiVersion"], "v3.1");
    assert_eq!(cloud.refused("CreateClusterMasterSnapshot", of(&cluster)), (409, "CCE.01409001".into()));
    let list = |cloud: &mut Cloud| cloud.ok("ListClusterMasterSnapshotTasks", of(&cluster));
    let before = list(&mut cloud);
    assert_eq!((&before["items"][0]["status"]["phase"], &before["status"]), (&json!("Running"), &json!({})));
    cloud.pass(30);
    let after = list(&mut cloud);
    assert_eq!(
        (&after["items"][0]["metadata"]["uid"], &after["items"][0]["status"]["phase"]),
        (&answer["uid"], &json!("Success"))
    );
    assert_eq!(after["items"][0]["spec"]["items"].as_array().unwrap().len(), 3, "one for each server");
    assert_eq!(after["status"]["latestBackupTime"], "2024-06-01T00:02:30Z");
}

#[test]
fn a_work_flow_goes_from_the_check_to_the_last_check() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.pass(20);
    let order = json!({
        "cluster_id": cluster, "apiVersion": "v3", "kind": "WorkFlowTask",
        "spec": {"clusterID": cluster, "clusterVersion": OLD, "targetVersion": "v1.21"},
    });
    let flow = cloud.ok("CreateUpgradeWorkFlow", order.clone());
    assert_eq!((&flow["status"]["phase"], &flow["spec"]["targetVersion"]), (&json!("Init"), &json!(NEW)));
    assert_eq!(flow["status"]["lineStatuses"].as_array().unwrap().len(), 4);
    assert_eq!(cloud.refused("CreateUpgradeWorkFlow", order), (409, "CCE.01409001".into()));
    let this = json!({"cluster_id": cluster, "upgrade_workflow_id": flow["metadata"]["uid"]});
    let state = |cloud: &mut Cloud| {
        let status = cloud.ok("ShowUpgradeWorkFlow", this.clone())["status"].clone();
        let points = status["pointStatuses"].as_array().unwrap().clone();
        let states = points.iter().filter_map(|point| Some(point.get("status")?.as_str()?.to_owned()));
        (text(&status["phase"]), states.collect::<Vec<_>>())
    };
    let cancel = with(this.clone(), |order| order["status"] = json!({"phase": "Cancel"}));
    cloud.pre_check(&cluster, |_| ());
    assert_eq!(state(&mut cloud), ("Pending".into(), vec!["Success".to_owned()]));
    cloud.ok("CreateClusterMasterSnapshot", of(&cluster));
    assert_eq!(state(&mut cloud), ("Running".into(), vec!["Success".to_owned(), "Running".to_owned()]));
    assert_eq!(cloud.refused("UpgradeWorkFlowUpdate", cancel.clone()), (409, "CCE.01409001".into()));
    cloud.pass(30);
    let task = cloud.start(&cluster, |_| ());
    let shown = cloud.ok("ShowUpgradeWorkFlow", this.clone());
    assert_eq!(shown["status"]["pointStatuses"][2]["taskID"], json!(task));
    cloud.ok("PauseUpgradeClusterTask", of(&cluster));
    assert_eq!(cloud.code("UpgradeWorkFlowUpdate", cancel.clone()), "CCE.01409001", "it is paused");
    cloud.ok("ContinueUpgradeClusterTask", of(&cluster));
    cloud.pass(30);
    assert_eq!(state(&mut cloud).0, "Pending");
    assert_eq!(cloud.ok("CreatePostCheck", post_check(&cluster))["status"]["phase"], "Success");
    assert_eq!(state(&mut cloud), ("Success".into(), vec!["Success".to_owned(); 4]));
    assert_eq!(cloud.code("UpgradeWorkFlowUpdate", cancel), "CCE.01409001");
    assert_eq!(cloud.ok("ListUpgradeWorkFlows", of(&cluster))["items"][0]["metadata"]["uid"], flow["metadata"]["uid"]);
}

#[test]
fn a_work_flow_is_cancelled_and_leads_to_one_version() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["version"] = json!("v1.19.8-r0"));
    cloud.pass(140);
    let order = |to: &str| {
        let spec = json!({"targetVersion": to});
        json!({"cluster_id": cluster, "apiVersion": "v3", "kind": "WorkFlowTask", "spec": spec})
    };
    let flow = cloud.ok("CreateUpgradeWorkFlow", order("v1.19"))["metadata"]["uid"].clone();
    assert_eq!(cloud.code("UpgradeCluster", upgrade(&cluster, |_| ())), "CCE.01400001", "the work flow leads to v1.19");
    let update = |phase: &str| json!({"cluster_id": cluster, "upgrade_workflow_id": flow, "status": {"phase": phase}});
    assert_eq!(cloud.code("UpgradeWorkFlowUpdate", update("Success")), "CCE.01400001");
    assert_eq!(cloud.ok("UpgradeWorkFlowUpdate", update("Cancel"))["status"]["phase"], "Cancel");
    assert_eq!(cloud.code("UpgradeWorkFlowUpdate", update("Cancel")), "CCE.01409001");
    cloud.ok("CreateUpgradeWorkFlow", order("v1.21"));
    let none = json!({"cluster_id": cluster, "upgrade_workflow_id": "nothing"});
    assert_eq!(cloud.refused("ShowUpgradeWorkFlow", none), (404, "CCE.01404001".into()));
}

#[test]
fn the_last_check_is_for_a_cluster_that_was_upgraded() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    assert_eq!(cloud.refused("CreatePostCheck", post_check(&cluster)), (409, "CCE.01409001".into()));
    cloud.start(&cluster, |_| ());
    cloud.pass(30);
    cloud.ok("CreateNode", super::node(&cluster, |_| ()));
    let answer = cloud.ok("CreatePostCheck", post_check(&cluster));
    assert_eq!(answer["status"]["phase"], "Failed", "a node is not active");
    let wrong = with(post_check(&cluster), |order| order["spec"]["clusterVersion"] = json!("v1.17"));
    assert_eq!(cloud.code("CreatePostCheck", wrong), "CCE.01400001");
}
