//! Pools of nodes.

use super::{Cloud, OTHER_VPC, SUBNET, of, pool, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

#[test]
fn a_pool_is_scaling_and_then_active() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 2);
    assert!(pool.len() == 34 && pool.starts_with("np"));
    let detail = cloud.pool_detail(&id, &pool);
    assert_eq!((&detail["status"]["state"], &detail["status"]["initial_nodes"]), (&json!("scaling"), &json!(2)));
    assert_eq!(cloud.state(&id), "scaling");
    cloud.pass(60);
    let status = cloud.pool_detail(&id, &pool)["status"].clone();
    assert_eq!(
        status,
        json!({"state": "active", "failed_nodes": 0, "healthy_nodes": 2, "initial_nodes": 0, "offline_nodes": 0,
            "removing_nodes": 0, "serving_nodes": 2, "total_nodes": 2})
    );
    assert_eq!(cloud.state(&id), "running");
    let pools = cloud.ok("DescribeClusterNodePools", of(&id))["nodepools"].as_array().unwrap().clone();
    let names: Vec<String> = pools.iter().map(|pool| text(&pool["nodepool_info"]["name"])).collect();
    assert_eq!(names, ["default-nodepool", "workers"]);
}

#[test]
fn settings_are_kept_and_shown_without_the_password() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let order = pool(&id, "workers", 1, |order| {
        order["scaling_group"]["login_password"] = json!("Hello@1234");
        order["scaling_group"]["instance_charge_type"] = json!("PrePaid");
        order["scaling_group"]["tags"] = json!([{"key": "env", "value": "prod"}]);
        order["kubernetes_config"] = json!({"labels": [{"key": "a", "value": "b"}], "unschedulable": true,
            "taints": [{"key": "k", "value": "v", "effect": "NoExecute"}]});
        order["auto_scaling"] = json!({"enable": true, "min_instances": 2, "max_instances": 5, "type": "cpu"});
        order["tee_config"] = json!({"tee_enable": true});
    });
    let pool = text(&cloud.ok("CreateClusterNodePool", order)["nodepool_id"]);
    cloud.pass(60);
    let detail = cloud.pool_detail(&id, &pool);
    assert!(!detail.to_string().contains("Hello@1234"));
    let group = &detail["scaling_group"];
    assert_eq!((&group["login_password"], &group["instance_charge_type"]), (&json!("*****"), &json!("PrePaid")));
    assert_eq!((&group["system_disk_size"], &group["multi_az_policy"]), (&json!(120), &json!("BALANCE")));
    assert_eq!(detail["auto_scaling"], json!({"enable": true, "min_instances": 2, "max_instances": 5, "type": "cpu"}));
    assert_eq!(detail["kubernetes_config"]["taints"][0]["effect"], "NoExecute");
    assert_eq!(detail["tee_config"]["tee_enable"], true);
    assert_eq!(detail["status"]["total_nodes"], 2, "the least that automatic scaling asks for");
    let nodes = cloud.nodes(&id);
    let machine = text(&nodes.last().unwrap()["instance_id"]);
    assert_eq!(nodes.last().unwrap()["instance_charge_type"], "PrePaid");
    let realm = cloud.world.ack(cloud.account, cloud.region);
    let node = realm.realm.clusters.get(&id).unwrap().nodes.get(&machine).unwrap();
    assert!(node.cordoned && node.labels["a"] == "b");
}

/// Makes an order wrong.
type Change = fn(&mut Value);

#[test]
fn what_a_pool_is_made_of_is_checked() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let wrong: [(&str, Change); 16] = [
        ("MissingParameter", |order| order["nodepool_info"] = json!({})),
        ("MissingParameter", |order| order["scaling_group"]["instance_types"] = json!([])),
        ("MissingParameter", |order| order["scaling_group"]["vswitch_ids"] = json!([])),
        ("InvalidParameter", |order| order["nodepool_info"]["name"] = json!("-")),
        ("InvalidParameter", |order| order["scaling_group"]["instance_types"] = json!(["nothing"])),
        ("InvalidParameter", |order| order["scaling_group"]["vswitch_ids"] = json!(["nothing"])),
        ("InvalidParameter", |order| order["scaling_group"]["vpc_id"] = json!(OTHER_VPC)),
        ("InvalidParameter", |order| order["scaling_group"]["instance_charge_type"] = json!("nothing")),
        ("InvalidParameter", |order| order["scaling_group"]["internet_charge_type"] = json!("nothing")),
        ("InvalidParameter", |order| order["scaling_group"]["scaling_policy"] = json!("nothing")),
        ("InvalidParameter", |order| order["scaling_group"]["system_disk_size"] = json!(10)),
        ("InvalidParameter", |order| order["scaling_group"]["internet_max_bandwidth_out"] = json!(101)),
        ("InvalidParameter", |order| order["scaling_group"]["data_disks"] = json!([{"size": 10}])),
        ("InvalidParameter", |order| order["scaling_group"]["login_password"] = json!("weak")),
        ("InvalidParameter", |order| order["kubernetes_config"] = json!({"runtime": "nothing"})),
        ("InvalidParameter", |order| {
            order["auto_scaling"] = json!({"enable": true, "min_instances": 5, "max_instances": 2})
        }),
    ];
    for (code, change) in wrong {
        let order = pool(&id, "workers", 1, change);
        assert_eq!(cloud.code("CreateClusterNodePool", order.clone()), code, "{order}");
    }
    let disks = vec![json!({"size": 40}); 11];
    let many = pool(&id, "workers", 1, |order| order["scaling_group"]["data_disks"] = json!(disks));
    assert_eq!(cloud.code("CreateClusterNodePool", many), "InvalidParameter");
}

#[test]
fn a_cluster_has_ten_pools_of_different_names() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pool(&id, "p1", 0);
    assert_eq!(cloud.code("CreateClusterNodePool", pool(&id, "p1", 0, |_| ())), "InvalidParameter");
    for place in 2..10 {
        cloud.pool(&id, &format!("p{place}"), 0);
    }
    assert_eq!(cloud.code("CreateClusterNodePool", pool(&id, "p10", 0, |_| ())), "QuotaExceeded.NodePool");
}

#[test]
fn a_pool_grows_within_the_quota() {
    let mut cloud = Cloud::new();
    cloud.world.quotas.ack.nodes = 8;
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 1);
    cloud.pass(60);
    let scale = |count: u64| json!({"ClusterId": id, "NodepoolId": pool, "count": count});
    let answer = cloud.ok("ScaleClusterNodePool", scale(2));
    assert!(text(&answer["task_id"]).starts_with("T-"));
    assert_eq!(cloud.pool_state(&id, &pool), "scaling");
    assert_eq!(cloud.code("ScaleClusterNodePool", scale(1)), "QuotaExceeded.Node");
    cloud.pass(60);
    assert_eq!(cloud.pool_detail(&id, &pool)["status"]["healthy_nodes"], 3);
    let other = json!({"ClusterId": id, "NodepoolId": "nothing", "count": 1});
    assert_eq!(cloud.code("ScaleClusterNodePool", other), "ErrorNodePoolNotFound");
}

#[test]
fn nodes_that_cannot_be_had_are_counted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::NodeCreation, "sold out");
    let pool = cloud.pool(&id, "workers", 2);
    assert_eq!(cloud.pool_state(&id, &pool), "scaling");
    cloud.pass(20);
    let status = cloud.pool_detail(&id, &pool)["status"].clone();
    assert_eq!((&status["failed_nodes"], &status["total_nodes"]), (&json!(2), &json!(0)));
    assert!(text(&cloud.ok("DescribeClusterLogs", of(&id))[0]["cluster_log"]).contains("sold out"));
    cloud.ok("ScaleClusterNodePool", json!({"ClusterId": id, "NodepoolId": pool, "count": 1}));
    cloud.pass(60);
    let status = cloud.pool_detail(&id, &pool)["status"].clone();
    assert_eq!((&status["failed_nodes"], &status["total_nodes"]), (&json!(0), &json!(1)));
}

#[test]
fn a_pool_changes_member_by_member() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 1);
    cloud.pass(60);
    let change = json!({"ClusterId": id, "NodepoolId": pool,
        "auto_scaling": {"enable": true, "max_instances": 4, "min_instances": 1},
        "scaling_group": {"instance_types": ["ecs.g6.large"], "platform": "CentOS", "internet_max_bandwidth_out": 5}});
    let answer = cloud.ok("ModifyClusterNodePool", change);
    assert_eq!(answer["nodepool_id"], json!(pool));
    assert_eq!(cloud.pool_state(&id, &pool), "updating");
    cloud.pass(20);
    let detail = cloud.pool_detail(&id, &pool);
    assert_eq!((&detail["status"]["state"], &detail["auto_scaling"]["max_instances"]), (&json!("active"), &json!(4)));
    let group = &detail["scaling_group"];
    assert_eq!((&group["platform"], &group["vswitch_ids"]), (&json!("CentOS"), &json!([SUBNET])));
    cloud.ok("ScaleClusterNodePool", json!({"ClusterId": id, "NodepoolId": pool, "count": 1}));
    assert_eq!(cloud.nodes(&id).last().unwrap()["instance_type"], "ecs.g6.large");
    for (name, value) in [
        ("scaling_group", json!({"instance_types": ["nothing"]})),
        ("scaling_group", json!({"vswitch_ids": ["nothing"]})),
        ("auto_scaling", json!({"max_instances": 0})),
        ("kubernetes_config", json!({"taints": [{"key": "a", "effect": "nothing"}]})),
    ] {
        let mut change = json!({"ClusterId": id, "NodepoolId": pool});
        change[name] = value;
        assert_eq!(cloud.code("ModifyClusterNodePool", change), "InvalidParameter", "{name}");
    }
}

#[test]
fn labels_reach_the_nodes_that_are_there_when_asked() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 1);
    cloud.pass(60);
    let machine = text(&cloud.nodes(&id).last().unwrap()["instance_id"]);
    let label = |cloud: &mut Cloud| {
        let realm = cloud.world.ack(cloud.account, cloud.region);
        realm.realm.clusters.get(&id).unwrap().nodes.get(&machine).unwrap().labels.get("a").cloned()
    };
    for (sync, value, there) in [(false, "1", None), (true, "2", Some("2".to_owned()))] {
        let change = json!({"ClusterId": id, "NodepoolId": pool, "update_nodes": sync,
            "kubernetes_config": {"labels": [{"key": "a", "value": value}]}});
        cloud.ok("ModifyClusterNodePool", change);
        assert_eq!(label(&mut cloud), there);
    }
}

#[test]
fn an_empty_pool_is_deleted_and_another_only_by_force() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 1);
    cloud.pass(60);
    let delete = json!({"ClusterId": id, "NodepoolId": pool});
    assert_eq!(cloud.code("DeleteClusterNodepool", delete.clone()), "ErrorClusterState");
    let mut forced = delete.clone();
    forced["force"] = json!(true);
    cloud.ok("DeleteClusterNodepool", forced);
    assert_eq!(cloud.pool_state(&id, &pool), "deleting");
    assert_eq!(cloud.code("DeleteClusterNodepool", delete.clone()), "ErrorClusterState");
    cloud.pass(10);
    assert_eq!(cloud.code("DeleteClusterNodepool", delete), "ErrorNodePoolNotFound");
    assert_eq!(cloud.nodes(&id).len(), 5);
    let empty = cloud.pool(&id, "empty", 0);
    cloud.ok("DeleteClusterNodepool", json!({"ClusterId": id, "NodepoolId": empty}));
    cloud.pass(10);
    let gone = json!({"ClusterId": id, "NodepoolId": empty});
    assert_eq!(cloud.code("DescribeClusterNodePoolDetail", gone), "ErrorNodePoolNotFound");
}

#[test]
fn removing_nodes_shows() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.pool(&id, "workers", 2);
    cloud.pass(60);
    let name = cloud.workers(&id).pop().unwrap();
    cloud.ok("RemoveClusterNodes", json!({"ClusterId": id, "nodes": [name], "release_node": true}));
    let status = cloud.pool_detail(&id, &pool)["status"].clone();
    assert_eq!((&status["state"], &status["removing_nodes"]), (&json!("removing"), &json!(1)));
    cloud.pass(10);
    assert_eq!(cloud.pool_detail(&id, &pool)["status"]["total_nodes"], 1);
}

#[test]
fn pools_wait_for_their_cluster() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    assert_eq!(cloud.code("CreateClusterNodePool", pool(&id, "p", 1, |_| ())), "ErrorClusterState");
    let nowhere = pool("nothing", "p", 1, |_| ());
    assert_eq!(cloud.code("CreateClusterNodePool", nowhere), "ErrorClusterNotFound");
}

/// As in alibabacloud_cs20151215 7.2.3, `DescribeClusterNodePoolsRequest`.
#[test]
fn pools_are_listed_by_name() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pool(&id, "first", 1);
    let second = cloud.pool(&id, "second", 1);
    let list = cloud.ok("DescribeClusterNodePools", json!({"ClusterId": id, "NodepoolName": "second"}));
    let found: Vec<String> =
        list["nodepools"].as_array().unwrap().iter().map(|one| text(&one["nodepool_info"]["nodepool_id"])).collect();
    assert_eq!(found, [second]);
    let none = cloud.ok("DescribeClusterNodePools", json!({"ClusterId": id, "NodepoolName": "third"}));
    assert_eq!(none["nodepools"], json!([]));
}
