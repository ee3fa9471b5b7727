//! Upgrades of clusters.

use super::{Cloud, NEXT, OLD, of, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

fn upgrade(id: &str) -> Value {
    json!({"ClusterId": id, "component_name": "k8s", "version": OLD, "next_version": NEXT})
}

fn status(cloud: &mut Cloud, id: &str) -> (String, String) {
    let status = cloud.ok("GetUpgradeStatus", of(id));
    (text(&status["status"]), text(&status["upgrade_step"]))
}

fn pair(status: &str, step: &str) -> (String, String) {
    (status.to_owned(), step.to_owned())
}

#[test]
fn an_upgrade_goes_from_checks_over_nodes_to_success() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    assert_eq!(cloud.ok("GetUpgradeStatus", of(&id))["upgrade_step"], "not_start");
    cloud.ok("UpgradeCluster", upgrade(&id));
    assert_eq!((cloud.state(&id), status(&mut cloud, &id)), ("updating".to_owned(), pair("running", "prechecking")));
    cloud.pass(30 + 45);
    assert_eq!(status(&mut cloud, &id), pair("running", "upgrading"));
    let task = cloud.ok("GetUpgradeStatus", of(&id))["upgrade_task"].clone();
    assert_eq!(task, json!({"status": "running", "message": format!("2 of 5 nodes have the version {NEXT}")}));
    assert_eq!(cloud.detail(&id)["current_version"], OLD);
    cloud.pass(55);
    assert_eq!(status(&mut cloud, &id), pair("success", "success"));
    let detail = cloud.detail(&id);
    assert_eq!((&detail["state"], &detail["current_version"]), (&json!("running"), &json!(NEXT)));
    assert_eq!((&detail["init_version"], &detail["next_version"]), (&json!(OLD), &json!("1.20.11-aliyun.1")));
}

#[test]
fn an_upgrade_can_be_paused_and_resumed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("UpgradeCluster", upgrade(&id));
    cloud.pass(50);
    cloud.ok("PauseClusterUpgrade", of(&id));
    assert_eq!(status(&mut cloud, &id), pair("pause", "pause"));
    cloud.pass(1_000);
    assert_eq!((status(&mut cloud, &id), cloud.state(&id)), (pair("pause", "pause"), "updating".to_owned()));
    assert_eq!(cloud.code("PauseClusterUpgrade", of(&id)), "ErrorClusterState");
    cloud.ok("ResumeUpgradeCluster", of(&id));
    assert_eq!(cloud.code("ResumeUpgradeCluster", of(&id)), "ErrorClusterState");
    cloud.pass(79);
    assert_eq!(status(&mut cloud, &id), pair("running", "upgrading"));
    cloud.pass(1);
    assert_eq!(status(&mut cloud, &id), pair("success", "success"));
}

#[test]
fn a_cancelled_upgrade_changes_nothing() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("UpgradeCluster", upgrade(&id));
    cloud.pass(60);
    cloud.ok("CancelClusterUpgrade", of(&id));
    assert_eq!(cloud.state(&id), "running");
    assert_eq!(status(&mut cloud, &id), pair("fail", "not_start"));
    assert_eq!(cloud.code("CancelClusterUpgrade", of(&id)), "ErrorClusterState");
    cloud.pass(1_000);
    assert_eq!(cloud.detail(&id)["current_version"], OLD);
    cloud.ok("UpgradeCluster", upgrade(&id));
}

#[test]
fn an_upgrade_that_fails_is_told_and_can_be_repeated() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::ClusterUpgrade, "a check has failed");
    cloud.ok("UpgradeCluster", upgrade(&id));
    cloud.pass(20);
    assert_eq!(cloud.state(&id), "updating_failed");
    let status = cloud.ok("GetUpgradeStatus", of(&id));
    assert_eq!((&status["status"], &status["error_message"]), (&json!("fail"), &json!("a check has failed")));
    cloud.ok("UpgradeCluster", upgrade(&id));
    cloud.pass(200);
    assert_eq!(cloud.state(&id), "running");
}

#[test]
fn versions_follow_each_other() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (name, value) in [("version", NEXT), ("next_version", "1.20.11-aliyun.1"), ("next_version", OLD)] {
        let mut order = upgrade(&id);
        order[name] = json!(value);
        assert_eq!(cloud.code("UpgradeCluster", order), "InvalidParameter", "{name} {value}");
    }
    assert_eq!(cloud.code("UpgradeCluster", json!({"ClusterId": id, "component_name": "etcd"})), "InvalidParameter");
    cloud.ok("UpgradeCluster", of(&id));
    assert_eq!(cloud.code("UpgradeCluster", of(&id)), "ErrorClusterState");
}

#[test]
fn nothing_else_happens_meanwhile() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let workers = cloud.workers(&id);
    cloud.ok("UpgradeCluster", upgrade(&id));
    assert_eq!(cloud.code("CreateClusterNodePool", super::pool(&id, "p", 1, |_| ())), "ErrorClusterState");
    let remove = json!({"ClusterId": id, "nodes": workers});
    assert_eq!(cloud.code("RemoveClusterNodes", remove), "ErrorClusterState");
    cloud.ok("DescribeClusterUserKubeconfig", of(&id));
    cloud.ok("CancelClusterUpgrade", of(&id));
    cloud.pool(&id, "p", 1);
    assert_eq!(cloud.code("UpgradeCluster", upgrade(&id)), "ErrorClusterState", "nodes are coming");
}

#[test]
fn nodes_are_upgraded_in_growing_batches() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let policy = |most: u64| {
        let mut order = upgrade(&id);
        order["rolling_policy"] = json!({"max_parallelism": most});
        order
    };
    assert_eq!(cloud.code("UpgradeCluster", policy(0)), "InvalidParameter");
    cloud.ok("UpgradeCluster", policy(2));
    for (seconds, done) in [(50, 1), (20, 3)] {
        cloud.pass(seconds);
        let message = cloud.ok("GetUpgradeStatus", of(&id))["upgrade_task"]["message"].clone();
        assert_eq!(message, format!("{done} of 5 nodes have the version {NEXT}"));
    }
    cloud.pass(20);
    assert_eq!(status(&mut cloud, &id), pair("success", "success"));
}
