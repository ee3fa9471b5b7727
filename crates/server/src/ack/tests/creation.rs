//! What a cluster can be created with.

use super::{Cloud, NEXT, OLD, OTHER_VPC, SUBNET, cluster, none, of, text};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

#[test]
fn a_cluster_is_initial_and_then_running() {
    let mut cloud = Cloud::new();
    let answer = cloud.ok("CreateCluster", cluster(|_| ()));
    let id = text(&answer["cluster_id"]);
    assert!(id.len() == 33 && id.starts_with('c') && id[1..].bytes().all(|byte| byte.is_ascii_hexdigit()));
    let task = text(&answer["task_id"]);
    assert!(task.len() == 26 && task.starts_with("T-"));
    assert_eq!(cloud.state(&id), "initial");
    cloud.pass(179);
    assert_eq!(cloud.state(&id), "initial");
    cloud.pass(1);
    assert_eq!(cloud.state(&id), "running");
    let detail = cloud.detail(&id);
    assert_eq!((&detail["size"], &detail["current_version"]), (&json!(5), &json!(OLD)));
    assert_eq!((&detail["init_version"], &detail["next_version"]), (&json!(OLD), &json!(NEXT)));
    assert_eq!((&detail["subnet_cidr"], &detail["zone_id"]), (&json!("172.20.0.0/16"), &json!("cn-beijing-a")));
    let urls: Value = serde_json::from_str(detail["master_url"].as_str().unwrap()).unwrap();
    assert_eq!(urls["api_server_endpoint"], "");
    assert!(urls["intranet_api_server_endpoint"].as_str().unwrap().starts_with("https://192.168."));
}

#[test]
fn three_masters_and_the_workers_come_with_it() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.nodes(&id);
    let role = |role: &str| nodes.iter().filter(|node| node["instance_role"] == role).count();
    assert_eq!((role("Master"), role("Worker")), (3, 2));
    let mut subnets: Vec<&str> = nodes.iter().take(3).map(|node| node["ip_address"][0].as_str().unwrap()).collect();
    subnets.iter_mut().for_each(|address| *address = address.rsplit_once('.').unwrap().0);
    assert_eq!(subnets, ["192.168.0", "192.168.16", "192.168.32"], "one in each vSwitch");
    let pools = cloud.ok("DescribeClusterNodePools", of(&id))["nodepools"].as_array().unwrap().clone();
    assert_eq!(pools.len(), 1);
    assert_eq!(
        (&pools[0]["nodepool_info"]["is_default"], &pools[0]["status"]["total_nodes"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(cloud.code("CreateCluster", cluster(|order| order["master_count"] = json!(5))), "InvalidParameter");
}

#[test]
fn the_control_plane_may_be_the_clouds() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["cluster_type"] = json!("ManagedKubernetes"));
    cloud.pass(200);
    let detail = cloud.detail(&id);
    assert_eq!((&detail["cluster_type"], &detail["size"]), (&json!("ManagedKubernetes"), &json!(2)));
    let other = cluster(|order| order["cluster_type"] = json!("Swarm"));
    assert_eq!(cloud.code("CreateCluster", other), "InvalidParameter");
}

#[test]
fn names_have_a_form_and_are_given_once() {
    let mut cloud = Cloud::new();
    for wrong in ["-a", "a b", "a_b", "é"] {
        assert_eq!(cloud.code("CreateCluster", cluster(|order| order["name"] = json!(wrong))), "InvalidParameter");
    }
    assert_eq!(cloud.code("CreateCluster", cluster(|order| order["name"] = json!(""))), "MissingParameter");
    cloud.create(|order| order["name"] = json!("集群-1"));
    let again = cluster(|order| order["name"] = json!("集群-1"));
    assert_eq!(cloud.code("CreateCluster", again), "ErrorClusterNameAlreadyExist");
}

#[test]
fn the_region_is_the_one_that_the_call_goes_to() {
    let mut cloud = Cloud::new();
    let elsewhere = cluster(|order| order["region_id"] = json!("cn-hangzhou"));
    assert_eq!(cloud.code("CreateCluster", elsewhere), "InvalidParameter");
}

#[test]
fn the_newest_version_is_taken_when_none_is_named() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| drop(order.as_object_mut().unwrap().remove("kubernetes_version")));
    let detail = cloud.detail(&id);
    assert_eq!((&detail["current_version"], &detail["next_version"]), (&json!("1.22.15-aliyun.1"), &json!("")));
    let unknown = cluster(|order| order["kubernetes_version"] = json!("1.15.0"));
    assert_eq!(cloud.code("CreateCluster", unknown), "InvalidParameter");
}

/// Makes an order wrong.
type Change = fn(&mut Value);

#[test]
fn network_and_subnets_have_to_be_there() {
    let mut cloud = Cloud::new();
    let wrong: [(&str, Change); 6] = [
        ("MissingParameter", |order| order["vpcid"] = json!("")),
        ("MissingParameter", |order| order["worker_vswitch_ids"] = json!([])),
        ("MissingParameter", |order| order["worker_instance_types"] = json!([])),
        ("InvalidParameter", |order| order["vpcid"] = json!("vpc-nothing")),
        ("InvalidParameter", |order| order["vpcid"] = json!(OTHER_VPC)),
        ("InvalidParameter", |order| order["worker_vswitch_ids"] = json!([SUBNET, "vsw-nothing"])),
    ];
    for (code, change) in wrong {
        assert_eq!(cloud.code("CreateCluster", cluster(change)), code);
    }
}

#[test]
fn masters_are_like_workers_when_nothing_is_said() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| {
        for name in ["master_vswitch_ids", "master_instance_types", "region_id", "cluster_type", "login_password"] {
            order.as_object_mut().unwrap().remove(name);
        }
    });
    assert_eq!(cloud.detail(&id)["size"], 5);
}

#[test]
fn ranges_lie_apart() {
    let mut cloud = Cloud::new();
    let wrong: [Change; 7] = [
        |order| order["container_cidr"] = json!("192.168.0.0/20"),
        |order| order["container_cidr"] = json!("8.8.0.0/16"),
        |order| order["container_cidr"] = json!("anything"),
        |order| order["service_cidr"] = json!("172.20.16.0/20"),
        |order| order["service_cidr"] = json!("192.168.0.0/20"),
        |order| order["service_cidr"] = json!("172.21.0.0/12"),
        |order| order["node_cidr_mask"] = json!("16"),
    ];
    for change in wrong {
        assert_eq!(cloud.code("CreateCluster", cluster(change)), "InvalidParameter");
    }
    cloud.create(|order| order["service_cidr"] = json!("172.21.0.0/20"));
    let second = |order: &mut Value| {
        order["name"] = json!("second");
        order["service_cidr"] = json!("172.21.0.0/20");
    };
    assert_eq!(cloud.code("CreateCluster", cluster(second)), "InvalidParameter", "another cluster's");
    for name in ["third", "fourth"] {
        cloud.create(|order| order["name"] = json!(name));
    }
}

#[test]
fn flannel_needs_a_range_and_terway_subnets() {
    let mut cloud = Cloud::new();
    let neither = cluster(|order| drop(order.as_object_mut().unwrap().remove("container_cidr")));
    assert_eq!(cloud.code("CreateCluster", neither), "MissingParameter");
    let id = cloud.create(|order| {
        order.as_object_mut().unwrap().remove("container_cidr");
        order["pod_vswitch_ids"] = json!([SUBNET]);
    });
    assert_eq!(cloud.detail(&id)["subnet_cidr"], "");
}

#[test]
fn a_range_has_room_for_so_many_nodes() {
    let mut cloud = Cloud::new();
    let small = |count: u64| {
        cluster(move |order| {
            order["container_cidr"] = json!("172.20.0.0/24");
            order["num_of_nodes"] = json!(count);
        })
    };
    assert_eq!(cloud.code("CreateCluster", small(2)), "InvalidParameter", "four nodes of 64 addresses");
    cloud.ok("CreateCluster", small(1));
}

#[test]
fn values_are_among_those_listed() {
    let mut cloud = Cloud::new();
    let wrong: [Change; 15] = [
        |order| order["proxy_mode"] = json!("nothing"),
        |order| order["cpu_policy"] = json!("nothing"),
        |order| order["os_type"] = json!("nothing"),
        |order| order["platform"] = json!("nothing"),
        |order| order["profile"] = json!("nothing"),
        |order| order["runtime"] = json!({"name": "nothing"}),
        |order| order["master_system_disk_category"] = json!("nothing"),
        |order| order["worker_system_disk_category"] = json!("nothing"),
        |order| order["worker_data_disks"] = json!([{"category": "nothing"}]),
        |order| order["taints"] = json!([{"key": "a", "effect": "nothing"}]),
        |order| order["node_port_range"] = json!("20000~32767"),
        |order| order["timeout_mins"] = json!(0),
        |order| order["cluster_domain"] = json!("cluster..local"),
        |order| order["master_instance_types"] = json!(["nothing"]),
        |order| order["addons"] = json!([{"name": "coredns", "config": "nothing"}]),
    ];
    for change in wrong {
        assert_eq!(cloud.code("CreateCluster", cluster(change)), "InvalidParameter");
    }
}

#[test]
fn passwords_have_three_kinds_of_characters() {
    let mut cloud = Cloud::new();
    for wrong in ["Hello12", "hello1234", "Hello\\1234", "Hello\"1234", "Hello@1234Hello@1234Hello@12345"] {
        let order = cluster(|order| order["login_password"] = json!(wrong));
        let refusal = cloud.call("CreateCluster", order).unwrap_err();
        assert!(refusal.code == "InvalidParameter" && !refusal.message.contains(wrong), "{refusal}");
    }
    let both = cluster(|order| order["key_pair"] = json!("key"));
    assert_eq!(cloud.code("CreateCluster", both), "InvalidParameter");
}

#[test]
fn tags_have_their_bounds() {
    let mut cloud = Cloud::new();
    let tagged = |tags: Value| cluster(move |order| order["tags"] = tags);
    let id = text(&cloud.ok("CreateCluster", tagged(json!([{"key": "tier", "value": "backend"}])))["cluster_id"]);
    assert_eq!(cloud.detail(&id)["tags"], json!([{"key": "tier", "value": "backend"}]));
    let many: Value = (0..21).map(|place| json!({"key": format!("k{place}"), "value": ""})).collect();
    let twice = json!([{"key": "a"}, {"key": "a"}]);
    for wrong in [many, twice, json!([{"key": "aliyun-x"}]), json!([{"key": "acs:x"}]), json!([{"key": "http://x"}])] {
        assert_eq!(cloud.code("ModifyClusterTags", json!({"ClusterId": id, "body": wrong})), "InvalidParameter");
    }
    let missing = json!({"ClusterId": "nothing", "body": []});
    assert_eq!(cloud.code("ModifyClusterTags", missing), "ErrorClusterNotFound");
}

#[test]
fn quotas_hold_and_are_told() {
    let mut cloud = Cloud::new();
    let quota = cloud.ok("DescribeUserQuota", none());
    assert_eq!((&quota["cluster_quota"], &quota["node_quota"]), (&json!(50), &json!(100)));
    assert_eq!((&quota["cluster_nodepool_quota"], &quota["amk_cluster_quota"]), (&json!(10), &json!(20)));
    let large = cluster(|order| order["num_of_nodes"] = json!(98));
    assert_eq!(cloud.code("CreateCluster", large), "QuotaExceeded.Node");
    cloud.world.quotas.ack.clusters = 1;
    cloud.create(|_| ());
    let second = cluster(|order| order["name"] = json!("second"));
    assert_eq!(cloud.code("CreateCluster", second), "QuotaExceeded.Cluster");
}

#[test]
fn a_creation_that_fails_is_failed_and_says_why() {
    let mut cloud = Cloud::new();
    cloud.world.fail_next(FailurePoint::ClusterCreation, "no servers left");
    let id = cloud.create(|_| ());
    assert_eq!(cloud.state(&id), "initial");
    cloud.pass(20);
    assert_eq!(cloud.state(&id), "failed");
    let log = cloud.ok("DescribeClusterLogs", of(&id));
    assert!(log[0]["cluster_log"].as_str().unwrap().contains("no servers left") && log[0]["log_level"] == "0001");
    assert_eq!(cloud.code("CreateClusterNodePool", super::pool(&id, "p", 1, |_| ())), "ErrorClusterState");
    assert_eq!(cloud.ok("DescribeClusterResources", of(&id))[0]["state"], "ROLLBACK_COMPLETE");
    cloud.ok("DeleteCluster", of(&id));
    cloud.pass(30);
    assert_eq!(cloud.code("DescribeClusterDetail", of(&id)), "ErrorClusterNotFound");
}

#[test]
fn a_creation_that_fails_is_rolled_back_unless_the_caller_says_no() {
    // ack:1241: true, which is the default, means that it is rolled back.
    let mut cloud = Cloud::new();
    for (given, state, servers) in [
        (json!(null), "ROLLBACK_COMPLETE", 0),
        (json!(true), "ROLLBACK_COMPLETE", 0),
        (json!(false), "CREATE_FAILED", 5),
    ] {
        cloud.world.fail_next(FailurePoint::ClusterCreation, "no servers left");
        let id = cloud.create(|order| {
            order["name"] = json!(format!("rollback-{given}"));
            order["disable_rollback"] = given.clone();
        });
        cloud.pass(200);
        assert_eq!(cloud.state(&id), "failed");
        let resources = cloud.ok("DescribeClusterResources", of(&id)).as_array().unwrap().clone();
        let of_kind = |one: &&Value| one["resource_type"] == "ALIYUN::ECS::Instance";
        assert_eq!(resources.iter().filter(of_kind).count(), servers, "{given}");
        assert!(resources.iter().all(|one| one["state"] == state), "{given}");
        cloud.ok("DeleteCluster", of(&id));
        cloud.pass(30);
        assert_eq!(cloud.code("DescribeClusterDetail", of(&id)), "ErrorClusterNotFound");
    }
}

#[test]
fn workers_have_ssd_disks_unless_another_kind_is_named() {
    // ack:1284, where two kinds are listed; ack:2886 has another default for pools that are made later.
    let mut cloud = Cloud::new();
    let disk = |cloud: &mut Cloud, id: &str| {
        let pools = cloud.ok("DescribeClusterNodePools", of(id))["nodepools"].clone();
        let group = &pools[0]["scaling_group"];
        (text(&group["system_disk_category"]), group["system_disk_size"].clone())
    };
    let id = cloud.create(|_| ());
    assert_eq!(disk(&mut cloud, &id), ("cloud_ssd".to_owned(), json!(120)));
    let id = cloud.create(|order| {
        order["name"] = json!("other");
        order["worker_system_disk_category"] = json!("cloud_efficiency");
        order["worker_system_disk_size"] = json!(200);
    });
    assert_eq!(disk(&mut cloud, &id), ("cloud_efficiency".to_owned(), json!(200)));
    let essd = cluster(|order| order["worker_system_disk_category"] = json!("cloud_essd"));
    assert_eq!(cloud.code("CreateCluster", essd), "InvalidParameter");
}

#[test]
fn existing_instances_become_workers() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["instances"] = json!(["i-2zewharf000000000001"]));
    cloud.pass(200);
    let nodes = cloud.nodes(&id);
    let attached = nodes.iter().find(|node| node["instance_id"] == "i-2zewharf000000000001").unwrap();
    assert_eq!((&attached["source"], &attached["state"]), (&json!("ess_attach"), &json!("running")));
    let taken = cluster(|order| {
        order["name"] = json!("second");
        order["instances"] = json!(["i-2zewharf000000000001"]);
    });
    assert_eq!(cloud.code("CreateCluster", taken), "InvalidParameter");
}
