//! Tasks: their lives, and what can be done with them.
//!
//! States and limits are those of alibabacloud_cs20151215 7.2.3 (`models/`).

use super::{Cloud, NEXT, OLD, cluster, none, of, pool, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

impl Cloud {
    fn task(&mut self, id: &Value) -> Value {
        self.ok("DescribeTaskInfo", json!({"TaskId": id}))
    }

    pub(super) fn task_state(&mut self, id: &Value) -> String {
        text(&self.task(id)["state"])
    }
}

#[test]
fn a_task_runs_and_succeeds() {
    let mut cloud = Cloud::new();
    let answer = cloud.ok("CreateCluster", cluster(|_| ()));
    let task = cloud.task(&answer["task_id"]);
    assert_eq!((&task["state"], &task["cluster_id"]), (&json!("running"), &answer["cluster_id"]));
    assert_eq!(task["target"], json!({"type": "cluster", "id": answer["cluster_id"]}));
    assert_eq!(task["stages"][0]["start_time"], "2024-06-01 08:00:00");
    cloud.pass(179);
    assert_eq!(cloud.task_state(&answer["task_id"]), "running");
    cloud.pass(1);
    let task = cloud.task(&answer["task_id"]);
    assert_eq!((&task["state"], &task["updated"]), (&json!("success"), &json!("2024-06-01T08:03:00+08:00")));
    assert_eq!(cloud.code("DescribeTaskInfo", json!({"TaskId": "T-nothing"})), "InvalidParameter");
    cloud.under("4", None);
    assert_eq!(cloud.code("DescribeTaskInfo", json!({"TaskId": answer["task_id"]})), "InvalidParameter");
}

#[test]
fn every_operation_that_starts_a_task_has_one() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "own", 1);
    cloud.pass(60);
    let of_pool = json!({"ClusterId": id, "NodepoolId": pool});
    let with = |name: &str, value: Value| {
        let mut order = of_pool.clone();
        order[name] = value;
        order
    };
    let arena = json!([{"name": "ack-arena", "version": "0.5.0"}]);
    let mut tasks = Vec::new();
    for (operation, input) in [
        ("ScaleClusterNodePool", with("count", json!(1))),
        ("ModifyClusterNodePool", with("update_nodes", json!(true))),
        ("ModifyCluster", of(&id)),
        ("AttachInstances", json!({"ClusterId": id, "instances": ["i-2zewharf000000000001"]})),
        ("InstallClusterAddons", json!({"ClusterId": id, "body": arena})),
        ("DeleteClusterNodepool", with("force", json!(true))),
        ("ScanClusterVuls", of(&id)),
        ("CleanUserPermissions", json!({"Uid": "1"})),
    ] {
        let answer = cloud.ok(operation, input);
        tasks.push(answer["task_id"].clone());
        cloud.pass(60);
    }
    tasks.push(
        cloud.ok("UnInstallClusterAddons", json!({"ClusterId": id, "addons": [{"name": "ack-arena"}]}))["task_id"]
            .clone(),
    );
    tasks.push(cloud.ok("DeleteCluster", of(&id))["task_id"].clone());
    cloud.pass(60);
    for task in tasks {
        assert_eq!(cloud.task_state(&task), "success");
    }
}

#[test]
fn a_task_that_fails_has_an_error() {
    let mut cloud = Cloud::new();
    cloud.world.fail_next(FailurePoint::ClusterCreation, "no address is left");
    let task = cloud.ok("CreateCluster", cluster(|_| ()))["task_id"].clone();
    cloud.pass(20);
    let shown = cloud.task(&task);
    assert_eq!((&shown["state"], &shown["error"]["message"]), (&json!("fail"), &json!("no address is left")));
    let mut order = cluster(|_| ());
    order["name"] = json!("other");
    let id = text(&cloud.ok("CreateCluster", order)["cluster_id"]);
    cloud.pass(200);
    cloud.world.fail_next(FailurePoint::NodeCreation, "sold out");
    let task = cloud.ok("CreateClusterNodePool", pool(&id, "own", 1, |_| ()))["task_id"].clone();
    cloud.pass(20);
    assert_eq!(cloud.task_state(&task), "fail");
}

#[test]
fn the_tasks_of_a_cluster_are_listed_newest_first() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for _ in 0..12 {
        cloud.ok("ModifyCluster", of(&id));
    }
    let page = cloud.ok("DescribeClusterTasks", json!({"ClusterId": id, "page_number": 2, "page_size": 12}));
    assert_eq!(page["page_info"], json!({"page_number": 2, "page_size": 12, "total_count": 13}));
    assert_eq!(page["tasks"][0]["task_type"], "cluster_create");
    let first = cloud.ok("DescribeClusterTasks", json!({"ClusterId": id, "max_results": 12}));
    assert_eq!(first["tasks"].as_array().unwrap().len(), 12);
    let rest = cloud.ok("DescribeClusterTasks", json!({"ClusterId": id, "next_token": first["next_token"]}));
    assert_eq!((rest["tasks"].as_array().unwrap().len(), rest.get("next_token")), (1, None));
    for wrong in [json!({"ClusterId": id, "max_results": 0}), json!({"ClusterId": id, "next_token": "x"})] {
        assert_eq!(cloud.code("DescribeClusterTasks", wrong), "InvalidParameter");
    }
    assert_eq!(cloud.code("DescribeClusterTasks", of("nothing")), "ErrorClusterNotFound");
}

#[test]
fn the_upgrade_of_a_cluster_is_a_task() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let task = cloud.ok("UpgradeCluster", json!({"ClusterId": id, "next_version": NEXT}))["task_id"].clone();
    cloud.ok("PauseTask", json!({"TaskId": task}));
    assert_eq!(cloud.ok("GetUpgradeStatus", of(&id))["status"], "pause");
    assert_eq!(cloud.task(&task)["current_stage"], "pause");
    assert_eq!(cloud.code("PauseTask", json!({"TaskId": task})), "ErrorClusterState");
    cloud.ok("ResumeTask", json!({"TaskId": task}));
    cloud.pass(130);
    assert_eq!(
        (cloud.task_state(&task), cloud.detail(&id)["current_version"].clone()),
        ("success".into(), json!(NEXT))
    );
    let again = cloud.ok("UpgradeCluster", of(&id))["task_id"].clone();
    cloud.ok("CancelTask", json!({"TaskId": again}));
    assert_eq!((cloud.task_state(&again), cloud.state(&id)), ("fail".into(), "running".into()));
    cloud.world.fail_next(FailurePoint::ClusterUpgrade, "a check has failed");
    let failing = cloud.ok("UpgradeCluster", of(&id))["task_id"].clone();
    cloud.pass(20);
    assert_eq!(cloud.task(&failing)["error"]["message"], "a check has failed");
}

#[test]
fn most_tasks_are_neither_paused_nor_cancelled() {
    let mut cloud = Cloud::new();
    let task = cloud.ok("CreateCluster", cluster(|_| ()))["task_id"].clone();
    for operation in ["PauseTask", "ResumeTask", "CancelTask"] {
        assert_eq!(cloud.code(operation, json!({"TaskId": task})), "ErrorClusterState", "{operation}");
        assert_eq!(cloud.code(operation, json!({"TaskId": "nothing"})), "InvalidParameter");
    }
    assert_eq!(cloud.ok("DescribeClustersV1", none())["clusters"][0]["current_version"], OLD);
}
