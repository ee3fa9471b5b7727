//! Work on the nodes of pools: join, remove, repair, upgrade, configure; vulnerabilities.
//!
//! Meanings and limits are those of alibabacloud_cs20151215 7.2.3 (`models/`).

use super::{Cloud, NEXT, OLD, of, pool, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;
use wharf_world::kubernetes::request::ApiRequest;

const FIRST: &str = "i-2zewharf000000000001";
const SECOND: &str = "i-2zewharf000000000002";
const PREPAID: &str = "i-2zewharf000000000004";
const STOPPED: &str = "i-2zewharf000000000005";
const CENTOS: &str = "centos_7_7_x64_20G_alibase_20200426.vhd";

impl Cloud {
    /// A request to the API server of a cluster: status and object.
    pub(super) fn kubernetes(&mut self, cluster: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let content_type = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request =
            ApiRequest { method, path_and_query: path, content_type, body: text.as_bytes(), ..ApiRequest::default() };
        let mut realm = self.world.ack(self.account, self.region);
        let response = realm.control_plane().request(cluster, request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }

    /// The releases of the kubelets of the nodes with a label.
    fn kubelets(&mut self, cluster: &str, names: &[String]) -> Vec<String> {
        let nodes = self.kubernetes(cluster, "GET", "/api/v1/nodes", &Value::Null).1;
        let nodes = nodes["items"].as_array().unwrap().clone();
        let of = |name: &String| nodes.iter().find(|node| node["metadata"]["name"] == json!(name)).cloned();
        let kubelet = |node: Value| text(&node["status"]["nodeInfo"]["kubeletVersion"]);
        names.iter().filter_map(of).map(kubelet).collect()
    }

    /// The nodes of a pool.
    fn of_pool(&mut self, cluster: &str, pool: &str) -> Vec<Value> {
        self.nodes(cluster).into_iter().filter(|node| node["nodepool_id"] == pool).collect()
    }

    fn names(&mut self, cluster: &str, pool: &str) -> Vec<String> {
        self.of_pool(cluster, pool).iter().map(|node| text(&node["node_name"])).collect()
    }

    /// A running cluster with a pool of that many nodes.
    fn with_pool(&mut self, count: u64) -> (String, String) {
        let id = self.running();
        let pool = self.pool(&id, "own", count);
        self.pass(60);
        (id, pool)
    }
}

fn pooled(id: &str, pool: &str, more: Value) -> Value {
    let mut order = json!({"ClusterId": id, "NodepoolId": pool});
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    order
}

#[test]
fn instances_join_a_pool_all_or_none() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let labels = json!([{"key": "tier", "value": "web"}]);
    let order = pool(&id, "own", 0, |order| order["kubernetes_config"] = json!({"labels": labels}));
    let pool = text(&cloud.ok("CreateClusterNodePool", order)["nodepool_id"]);
    for wrong in [json!([FIRST, STOPPED]), json!([FIRST, FIRST]), json!([FIRST, "i-nothing"])] {
        let order = pooled(&id, &pool, json!({"instances": wrong}));
        assert_eq!(cloud.code("AttachInstancesToNodePool", order), "InvalidParameter", "{wrong}");
    }
    assert_eq!(cloud.code("AttachInstancesToNodePool", pooled(&id, &pool, json!({}))), "MissingParameter");
    let weak = pooled(&id, &pool, json!({"instances": [FIRST], "password": "weak"}));
    assert_eq!(cloud.code("AttachInstancesToNodePool", weak), "InvalidParameter");
    let order = pooled(&id, &pool, json!({"instances": [FIRST, SECOND], "keep_instance_name": false}));
    let task = cloud.ok("AttachInstancesToNodePool", order)["task_id"].clone();
    assert_eq!(cloud.pool_state(&id, &pool), "scaling");
    cloud.pass(60);
    assert_eq!((cloud.task_state(&task), cloud.of_pool(&id, &pool).len()), ("success".into(), 2));
    let node = cloud.of_pool(&id, &pool)[0].clone();
    assert_eq!(text(&node["instance_name"]), format!("worker-k8s-for-cs-{id}"));
    let path = format!("/api/v1/nodes/{}", text(&node["node_name"]));
    assert_eq!(cloud.kubernetes(&id, "GET", &path, &Value::Null).1["metadata"]["labels"]["tier"], "web");
    let nothing = pooled(&id, "np-nothing", json!({"instances": [FIRST]}));
    assert_eq!(cloud.code("AttachInstancesToNodePool", nothing), "ErrorNodePoolNotFound");
}

#[test]
fn nodes_leave_a_pool_one_after_the_other_or_at_once() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(4);
    let servers: Vec<String> = cloud.of_pool(&id, &pool).iter().map(|node| text(&node["instance_id"])).collect();
    let order = pooled(&id, &pool, json!({"instance_ids": servers[..2], "release_node": true}));
    let task = cloud.ok("RemoveNodePoolNodes", order)["task_id"].clone();
    let removing = |cloud: &mut Cloud| cloud.nodes(&id).iter().filter(|node| node["state"] == "removing").count();
    assert_eq!(removing(&mut cloud), 1);
    cloud.pass(10);
    assert_eq!((removing(&mut cloud), cloud.of_pool(&id, &pool).len()), (1, 3));
    cloud.pass(10);
    assert_eq!((cloud.task_state(&task), cloud.names(&id, &pool).len()), ("success".into(), 2));
    let names = cloud.names(&id, &pool);
    let order = pooled(&id, &pool, json!({"nodes": names, "concurrency": true, "drain_node": true}));
    cloud.ok("RemoveNodePoolNodes", order);
    assert_eq!(removing(&mut cloud), 2);
    cloud.pass(10);
    let realm = cloud.world.ack(cloud.account, cloud.region);
    let there: Vec<bool> = servers.iter().map(|id| realm.realm.machines.contains(id)).collect();
    assert_eq!(there, [false, false, true, true], "release_node");
    assert_eq!(cloud.pool_detail(&id, &pool)["status"]["total_nodes"], 0, "the pool does not fill up again");
}

#[test]
fn only_nodes_of_the_pool_leave_it() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(1);
    let stranger = cloud.workers(&id).remove(0);
    for wrong in [json!([stranger]), json!(["nothing"])] {
        let order = pooled(&id, &pool, json!({"instance_ids": wrong}));
        assert_eq!(cloud.code("RemoveNodePoolNodes", order), "InvalidParameter");
    }
    assert_eq!(cloud.code("RemoveNodePoolNodes", pooled(&id, &pool, json!({}))), "MissingParameter");
    cloud.ok("AttachInstancesToNodePool", pooled(&id, &pool, json!({"instances": [PREPAID]})));
    cloud.pass(60);
    let prepaid = pooled(&id, &pool, json!({"instance_ids": [PREPAID], "release_node": true}));
    assert_eq!(cloud.code("RemoveNodePoolNodes", prepaid.clone()), "InvalidParameter");
    cloud.ok("ModifyCluster", json!({"ClusterId": id, "instance_deletion_protection": true}));
    assert_eq!(cloud.code("RemoveNodePoolNodes", prepaid), "ErrorClusterState");
}

#[test]
fn nodes_of_a_cluster_are_deleted_by_name() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let name = cloud.workers(&id).remove(0);
    let order = json!({"ClusterId": id, "nodes": [name], "release_node": true, "drain_node": true});
    let answer = cloud.ok("DeleteClusterNodes", order.clone());
    assert_eq!(answer["cluster_id"], json!(id));
    cloud.pass(10);
    assert_eq!((cloud.task_state(&answer["task_id"]), cloud.workers(&id).len()), ("success".into(), 1));
    assert!(cloud.kubelets(&id, &[name]).is_empty());
    assert_eq!(cloud.code("DeleteClusterNodes", order), "InvalidParameter");
}

#[test]
fn a_repaired_node_runs_again() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(2);
    let node = cloud.of_pool(&id, &pool)[0].clone();
    let server = text(&node["instance_id"]);
    let stop = |cloud: &mut Cloud| {
        let realm = cloud.world.ack(cloud.account, cloud.region);
        realm.0.realm.machines.get_mut(&server).unwrap().running = false;
    };
    stop(&mut cloud);
    assert_eq!(cloud.of_pool(&id, &pool)[0]["state"], "failed");
    let order =
        pooled(&id, &pool, json!({"nodes": [node["node_name"]], "operations": [{"operation_id": "restart.kubelet"}]}));
    let task = cloud.ok("RepairClusterNodePool", order.clone())["task_id"].clone();
    assert_eq!(cloud.pool_state(&id, &pool), "updating");
    assert_eq!(cloud.code("RepairClusterNodePool", order), "ErrorClusterState");
    cloud.pass(30);
    assert_eq!(
        (cloud.task_state(&task), &cloud.of_pool(&id, &pool)[0]["state"]),
        ("success".into(), &json!("running"))
    );
    stop(&mut cloud);
    cloud.ok("RepairClusterNodePool", pooled(&id, &pool, json!({"auto_restart": false})));
    cloud.pass(30);
    assert_eq!(cloud.of_pool(&id, &pool)[0]["state"], "failed", "it is not started again");
    let wrong = pooled(&id, &pool, json!({"operations": [{"operation_id": "restart.all"}]}));
    assert_eq!(cloud.code("RepairClusterNodePool", wrong), "InvalidParameter");
}

#[test]
fn synchronized_pools_forget_failures_of_before() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(1);
    cloud.world.fail_next(FailurePoint::NodeCreation, "sold out");
    cloud.ok("ScaleClusterNodePool", pooled(&id, &pool, json!({"count": 2})));
    cloud.pass(20);
    assert_eq!(cloud.pool_detail(&id, &pool)["status"]["failed_nodes"], 2);
    cloud.ok("SyncClusterNodePool", of(&id));
    assert_eq!(cloud.pool_detail(&id, &pool)["status"]["failed_nodes"], 0);
    assert_eq!(cloud.code("SyncClusterNodePool", of("nothing")), "ErrorClusterNotFound");
}

/// Upgrades the masters of a cluster, so that its workers are behind.
fn upgrade_masters(cloud: &mut Cloud, id: &str) {
    cloud.ok("UpgradeCluster", json!({"ClusterId": id, "next_version": NEXT, "master_only": true}));
    cloud.pass(100);
    assert_eq!(cloud.detail(id)["current_version"], NEXT);
}

#[test]
fn the_nodes_of_a_pool_follow_the_version_of_the_masters() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(3);
    upgrade_masters(&mut cloud, &id);
    let (old, new) = (format!("v{OLD}"), format!("v{NEXT}"));
    let names = cloud.names(&id, &pool);
    assert_eq!(cloud.kubernetes(&id, "GET", "/version", &Value::Null).1["gitVersion"], json!(new));
    assert_eq!(cloud.kubelets(&id, &names), vec![old.clone(); 3]);
    let policy = json!({"max_parallelism": 2});
    let order = pooled(&id, &pool, json!({"kubernetes_version": NEXT, "rolling_policy": policy}));
    let task = cloud.ok("UpgradeClusterNodepool", order.clone())["task_id"].clone();
    assert_eq!(cloud.code("UpgradeClusterNodepool", order.clone()), "ErrorClusterState", "one task at a time");
    assert_eq!(cloud.code("UpgradeCluster", of(&id)), "ErrorClusterState", "nodes are being upgraded");
    cloud.pass(30);
    assert_eq!(cloud.kubelets(&id, &names), [new.clone(), new.clone(), old]);
    assert_eq!((cloud.task_state(&task), cloud.pool_state(&id, &pool)), ("running".into(), "updating".into()));
    cloud.pass(30);
    assert_eq!((cloud.kubelets(&id, &names), cloud.task_state(&task)), (vec![new; 3], "success".into()));
    assert_eq!(cloud.pool_state(&id, &pool), "active");
    let results = cloud.ok("DescribeTaskInfo", json!({"TaskId": task}))["task_result"].clone();
    assert!(results.as_array().unwrap().iter().all(|one| one["status"] == "success"));
}

#[test]
fn an_upgrade_of_nodes_pauses_by_itself_or_on_demand_and_is_cancelled() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(3);
    upgrade_masters(&mut cloud, &id);
    let names = cloud.names(&id, &pool);
    let new = format!("v{NEXT}");
    let done = |cloud: &mut Cloud| cloud.kubelets(&id, &names).iter().filter(|release| **release == new).count();
    let policy = json!({"max_parallelism": 1, "pause_policy": "FirstBatch"});
    let order = pooled(&id, &pool, json!({"kubernetes_version": NEXT, "rolling_policy": policy}));
    let task = cloud.ok("UpgradeClusterNodepool", order)["task_id"].clone();
    cloud.pass(500);
    assert_eq!((done(&mut cloud), cloud.pool_state(&id, &pool)), (1, "updating".into()));
    assert_eq!(cloud.ok("DescribeTaskInfo", json!({"TaskId": task}))["current_stage"], "pause");
    cloud.ok("ResumeTask", json!({"TaskId": task}));
    cloud.pass(20);
    cloud.ok("PauseTask", json!({"TaskId": task}));
    cloud.pass(500);
    assert_eq!(done(&mut cloud), 1, "the batch is not over");
    cloud.ok("ResumeTask", json!({"TaskId": task}));
    cloud.pass(30);
    cloud.ok("CancelTask", json!({"TaskId": task}));
    cloud.pass(500);
    assert_eq!(
        (done(&mut cloud), cloud.task_state(&task), cloud.pool_state(&id, &pool)),
        (2, "fail".into(), "active".into())
    );
    assert_eq!(cloud.code("ResumeTask", json!({"TaskId": task})), "ErrorClusterState");
}

#[test]
fn batches_follow_each_other_after_an_interval() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(2);
    let policy = json!({"max_parallelism": 1, "pause_policy": "NotPause", "batch_interval": 5});
    let order = pooled(&id, &pool, json!({"image_id": CENTOS, "rolling_policy": policy}));
    cloud.ok("UpgradeClusterNodepool", order);
    let done = |cloud: &mut Cloud| cloud.of_pool(&id, &pool).iter().filter(|node| node["image_id"] == CENTOS).count();
    cloud.pass(30);
    assert_eq!(done(&mut cloud), 1);
    cloud.pass(329);
    assert_eq!(done(&mut cloud), 1);
    cloud.pass(1);
    assert_eq!(done(&mut cloud), 2);
    assert_eq!(cloud.pool_detail(&id, &pool)["scaling_group"]["image_id"], CENTOS);
}

#[test]
fn a_replaced_node_is_as_its_pool_says() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(1);
    let name = cloud.names(&id, &pool).remove(0);
    let path = format!("/api/v1/nodes/{name}");
    let patch = json!({"metadata": {"labels": {"mine": "yes"}}});
    assert_eq!(cloud.kubernetes(&id, "PATCH", &path, &patch).0, 200);
    let order = pooled(&id, &pool, json!({"image_id": CENTOS, "use_replace": true, "ignore_warning_check": true}));
    cloud.ok("UpgradeClusterNodepool", order);
    assert_eq!(cloud.of_pool(&id, &pool)[0]["state"], "initial");
    assert_eq!(cloud.kubernetes(&id, "GET", &path, &Value::Null).0, 404, "it is installed anew");
    cloud.pass(30);
    let node = cloud.of_pool(&id, &pool)[0].clone();
    assert_eq!((&node["state"], &node["image_id"]), (&json!("running"), &json!(CENTOS)));
    assert_eq!(cloud.kubernetes(&id, "GET", &path, &Value::Null).1["metadata"]["labels"].get("mine"), None);
}

#[test]
fn what_nodes_are_upgraded_to_exists() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(1);
    for wrong in [
        json!({"kubernetes_version": NEXT}),
        json!({"image_id": "nothing"}),
        json!({"runtime_type": "rkt"}),
        json!({"runtime_type": "docker", "runtime_version": "1"}),
        json!({"image_id": CENTOS, "rolling_policy": {"max_parallelism": 11}}),
        json!({"image_id": CENTOS, "rolling_policy": {"batch_interval": 3}}),
        json!({"image_id": CENTOS, "rolling_policy": {"pause_policy": "Never"}}),
        json!({"image_id": CENTOS, "node_names": ["nothing"]}),
    ] {
        assert_eq!(
            cloud.code("UpgradeClusterNodepool", pooled(&id, &pool, wrong.clone())),
            "InvalidParameter",
            "{wrong}"
        );
    }
    for lacking in [json!({}), json!({"runtime_version": "19.03.15"})] {
        assert_eq!(cloud.code("UpgradeClusterNodepool", pooled(&id, &pool, lacking)), "MissingParameter");
    }
    let order = pooled(&id, &pool, json!({"runtime_type": "containerd", "runtime_version": "1.4.8"}));
    cloud.ok("UpgradeClusterNodepool", order);
    let config = cloud.pool_detail(&id, &pool)["kubernetes_config"].clone();
    assert_eq!((&config["runtime"], &config["runtime_version"]), (&json!("containerd"), &json!("1.4.8")));
}

#[test]
fn a_task_on_nodes_fails_when_too_many_nodes_do() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(3);
    let order = |failed: u64| {
        let policy = json!({"max_parallelism": 1, "max_failed_nodes": failed});
        pooled(&id, &pool, json!({"image_id": CENTOS, "rolling_policy": policy}))
    };
    for (allowed, state, done) in [(0, "fail", 0), (1, "success", 2)] {
        cloud.world.fail_next(FailurePoint::NodeWork, "the disk is full");
        let task = cloud.ok("UpgradeClusterNodepool", order(allowed))["task_id"].clone();
        cloud.pass(100);
        let shown = cloud.ok("DescribeTaskInfo", json!({"TaskId": task}));
        assert_eq!(shown["state"], state);
        let results = shown["task_result"].as_array().unwrap().clone();
        assert_eq!(results.iter().filter(|one| one["status"] == "success").count(), done);
        assert_eq!(results[0]["status"], "failed");
    }
}

#[test]
fn settings_of_nodes_are_kept_for_their_pool() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(2);
    let kubelet = json!({"maxPods": 64, "registryPullQPS": 10});
    let order =
        pooled(&id, &pool, json!({"kubelet_config": kubelet, "os_config": {"sysctl": {"net.core.somaxconn": "1024"}}}));
    let answer = cloud.ok("ModifyNodePoolNodeConfig", order);
    assert_eq!((&answer["nodepool_id"], cloud.task_state(&answer["task_id"])), (&json!(pool), "running".into()));
    cloud.pass(30);
    assert_eq!(cloud.task_state(&answer["task_id"]), "success");
    cloud.ok("ModifyNodePoolNodeConfig", pooled(&id, &pool, json!({"kubelet_config": {"maxPods": 32}})));
    let shown = cloud.pool_detail(&id, &pool)["node_config"].clone();
    assert_eq!(shown["kubelet_configuration"], json!({"maxPods": 32, "registryPullQPS": 10}));
    assert_eq!(shown["node_os_config"]["sysctl"]["net.core.somaxconn"], "1024");
    cloud.pass(30);
    assert_eq!(cloud.code("ModifyNodePoolNodeConfig", pooled(&id, &pool, json!({}))), "MissingParameter");
    let wrong = pooled(&id, &pool, json!({"kubelet_config": kubelet, "rolling_policy": {"max_parallelism": 0}}));
    assert_eq!(cloud.code("ModifyNodePoolNodeConfig", wrong), "InvalidParameter");
}

#[test]
fn a_scan_finds_the_vulnerabilities_of_nodes() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(2);
    let found = |cloud: &mut Cloud| cloud.ok("DescribeClusterVuls", of(&id))["vul_records"].as_array().unwrap().clone();
    assert!(found(&mut cloud).is_empty(), "no scan yet");
    let task = cloud.ok("ScanClusterVuls", of(&id))["task_id"].clone();
    assert_eq!(cloud.code("ScanClusterVuls", of(&id)), "ErrorClusterState");
    cloud.pass(30);
    assert_eq!(cloud.task_state(&task), "success");
    let records: Vec<Value> = found(&mut cloud).into_iter().filter(|one| one["nodepool_id"] == json!(pool)).collect();
    assert_eq!((records.len(), &records[0]["node_count"]), (3, &json!(2)));
    let list = |cloud: &mut Cloud, necessity: &str| {
        let order = pooled(&id, &pool, json!({"necessity": necessity}));
        cloud.ok("DescribeNodePoolVuls", order)["vul_records"][0]["vul_list"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((list(&mut cloud, ""), list(&mut cloud, "asap,nntf"), list(&mut cloud, "later")), (3, 2, 1));
    let wrong = pooled(&id, &pool, json!({"necessity": "soon"}));
    assert_eq!(cloud.code("DescribeNodePoolVuls", wrong), "InvalidParameter");
    assert_eq!(cloud.code("DescribeNodePoolVuls", pooled(&id, "nothing", json!({}))), "ErrorNodePoolNotFound");
}

#[test]
fn vulnerabilities_are_fixed_batch_by_batch() {
    let mut cloud = Cloud::new();
    let (id, pool) = cloud.with_pool(2);
    cloud.ok("ScanClusterVuls", of(&id));
    cloud.pass(30);
    let left = |cloud: &mut Cloud| -> Vec<usize> {
        let records = cloud.ok("DescribeNodePoolVuls", pooled(&id, &pool, json!({})))["vul_records"].clone();
        records.as_array().unwrap().iter().map(|one| one["vul_list"].as_array().unwrap().len()).collect()
    };
    let task =
        cloud.ok("FixNodePoolVuls", pooled(&id, &pool, json!({"rollout_policy": {"max_parallelism": 1}})))["task_id"]
            .clone();
    cloud.pass(30);
    assert_eq!((left(&mut cloud), cloud.task_state(&task)), (vec![1, 3], "running".into()));
    cloud.pass(30);
    assert_eq!((left(&mut cloud), cloud.task_state(&task)), (vec![1, 1], "success".into()), "one needs a restart");
    let name = cloud.names(&id, &pool).remove(0);
    let vuls = cloud.ok("DescribeNodePoolVuls", pooled(&id, &pool, json!({})))["vul_records"][0]["vul_list"][0]["name"]
        .clone();
    cloud.ok("FixNodePoolVuls", pooled(&id, &pool, json!({"nodes": [name], "vuls": [vuls], "auto_restart": true})));
    cloud.pass(30);
    assert_eq!(left(&mut cloud), [1]);
    for wrong in
        [json!({"vuls": ["nothing"]}), json!({"nodes": ["nothing"]}), json!({"rollout_policy": {"max_parallelism": 3}})]
    {
        assert_eq!(cloud.code("FixNodePoolVuls", pooled(&id, &pool, wrong)), "InvalidParameter");
    }
}
