use super::*;
use crate::FailurePoint;

#[test]
fn a_cluster_is_creating_then_running_then_deleting_then_gone() {
    let mut cloud = Cloud::new();
    let (id, task) = cloud.create("172.16.0.0/16");
    assert_eq!((cloud.cluster(&id)["status"].clone(), cloud.task(&task)), (json!("Creating"), "running".into()));
    assert_eq!(cloud.cluster(&id)["nodeStatus"], "AllAbnormal");
    cloud.pass(60);
    let cluster = cloud.cluster(&id);
    assert_eq!((&cluster["status"], &cluster["nodeStatus"]), (&json!("Running"), &json!("AllNormal")));
    assert_eq!(cloud.task(&task), "succ");
    let expected = json!({
        "clusterName": "test", "clusterCIDR": "172.16.0.0/16", "unVpcId": "vpc-default0", "nodeNum": 2, "totalCpu": 8,
        "totalMem": 16, "os": "ubuntu16.04.1 LTSx86_64", "createdAt": "2024-06-01 08:00:00", "regionId": 1,
        "region": "ap-guangzhou", "clusterExternalEndpoint": null, "projectId": 0, "description": "",
    });
    for (name, value) in object(&expected) {
        assert_eq!(cluster[name], *value, "{name}");
    }
    let deletion = cloud.ok("DeleteCluster", json!({"clusterId": id}))["requestId"].clone();
    assert_eq!((cloud.cluster(&id)["status"].clone(), cloud.task(&deletion)), (json!("Deleting"), "running".into()));
    assert_eq!(cloud.code("DeleteCluster", json!({"clusterId": id})), "5100");
    cloud.pass(30);
    assert_eq!(cloud.ok("DescribeCluster", json!({}))["totalCount"], 0);
    assert_eq!((cloud.task(&deletion), cloud.task(&task)), ("succ".into(), "succ".into()));
    assert_eq!(cloud.code("DeleteCluster", json!({"clusterId": id})), "5000");
}

#[test]
fn a_cluster_is_deleted_when_running_isolated_or_abnormal() {
    let mut cloud = Cloud::new();
    let (id, _) = cloud.create("172.16.0.0/16");
    assert_eq!(cloud.code("DeleteCluster", json!({"clusterId": id})), "5100");
    cloud.pass(60);
    cloud.world.isolate_cluster("100000000001", "ap-guangzhou", &id, true);
    assert_eq!(cloud.cluster(&id)["status"], "Isolated");
    assert_eq!(cloud.code("CreateClusterService", service(&id, "web", 1)), "5100");
    assert_eq!(cloud.code("AddClusterInstances", with(machines(), json!({"clusterId": id}))), "5100");
    cloud.world.isolate_cluster("100000000001", "ap-guangzhou", &id, false);
    assert_eq!(cloud.cluster(&id)["status"], "Running");
    cloud.ok("AddClusterInstances", with(machines(), json!({"clusterId": id})));
    assert_eq!(cloud.cluster(&id)["status"], "Scaling");
    assert_eq!(cloud.code("DeleteCluster", json!({"clusterId": id})), "5100");
    cloud.world.isolate_cluster("100000000001", "ap-guangzhou", &id, true);
    cloud.ok("DeleteCluster", json!({"clusterId": id}));
}

#[test]
fn work_can_fail_and_its_task_says_so() {
    let mut cloud = Cloud::new();
    cloud.world.fail_next(FailurePoint::ClusterCreation, "no room");
    let (id, task) = cloud.create("172.16.0.0/16");
    assert_eq!(cloud.task(&task), "running");
    cloud.pass(60);
    assert_eq!((cloud.task(&task), cloud.cluster(&id)["status"].clone()), ("fail".into(), json!("Abnormal")));
    assert_eq!(cloud.code("AddClusterInstances", with(machines(), json!({"clusterId": id}))), "5100");
    cloud.world.fail_next(FailurePoint::ClusterDeletion, "stuck");
    let task = cloud.ok("DeleteCluster", json!({"clusterId": id}))["requestId"].clone();
    assert_eq!(cloud.cluster(&id)["status"], "Deleting");
    cloud.pass(30);
    assert_eq!((cloud.task(&task), cloud.cluster(&id)["status"].clone()), ("fail".into(), json!("Abnormal")));
    let task = cloud.ok("DeleteCluster", json!({"clusterId": id}))["requestId"].clone();
    cloud.pass(30);
    assert_eq!(
        (cloud.task(&task), cloud.ok("DescribeCluster", json!({}))["totalCount"].clone()),
        ("succ".into(), json!(0))
    );

    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::NodeCreation, "sold out");
    let task = cloud.ok("AddClusterInstances", with(machines(), json!({"clusterId": id})))["requestId"].clone();
    cloud.pass(30);
    assert_eq!((cloud.task(&task), cloud.nodes(&id).len()), ("fail".into(), 2));
    assert_eq!(cloud.cluster(&id)["status"], "Running");
}

#[test]
fn a_task_is_known_by_its_number() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.code("DescribeClusterTaskResult", json!({"requestId": 999_999})), "5000");
}

#[test]
fn an_account_has_five_clusters() {
    let mut cloud = Cloud::new();
    for number in 0..5 {
        cloud.region = if number < 3 { "ap-guangzhou" } else { "ap-beijing" };
        cloud.create(&format!("172.{}.0.0/16", 16 + number));
    }
    assert_eq!(cloud.code("CreateCluster", cluster("172.30.0.0/16")), "5200");
    cloud.world.quotas.ccs.clusters = 6;
    cloud.create("172.30.0.0/16");
}

#[test]
fn ranges_do_not_collide() {
    let mut cloud = Cloud::new();
    cloud.create("172.16.0.0/16");
    let same = cluster("172.16.128.0/20");
    assert_eq!(cloud.code("CreateCluster", same.clone()), "InvalidParameter");
    assert_eq!(
        cloud.code("CreateCluster", with(same.clone(), json!({"ignoreClusterCIDRConflict": 0}))),
        "InvalidParameter"
    );
    cloud.ok("CreateCluster", with(same, json!({"ignoreClusterCIDRConflict": 1})));
    for range in ["10.200.0.0/16", "8.8.0.0/16", "172.20.0.0", "172.20.0.0/28"] {
        assert_eq!(cloud.code("CreateCluster", cluster(range)), "InvalidParameter", "{range}");
    }
}

#[test]
fn what_is_not_offered_is_refused() {
    let mut cloud = Cloud::new();
    for (code, wrong) in [
        ("InvalidParameter", json!({"osName": "windows"})),
        ("InvalidParameter", json!({"clusterName": ""})),
        ("5000", json!({"vpc": 0, "vpcId": "vpc-none0000"})),
        ("5000", json!({"subnetId": "subnet-none"})),
        ("InvalidParameter", json!({"ignoreClusterCIDRConflict": 2})),
    ] {
        let mut call = with(cluster("172.16.0.0/16"), wrong);
        call.as_object_mut().unwrap().remove("vpc");
        assert_eq!(cloud.code("CreateCluster", call.clone()), code, "{call}");
    }
}

#[test]
fn clusters_are_filtered_sorted_and_paged() {
    let mut cloud = Cloud::new();
    let mut ids = Vec::new();
    for (number, name) in ["b", "c", "a"].iter().enumerate() {
        let call = with(cluster(&format!("172.{}.0.0/16", 16 + number)), json!({"clusterName": name}));
        ids.push(text(&cloud.ok("CreateCluster", call)["clusterId"]));
        cloud.pass(10);
    }
    let mut names = |parameters: Value| {
        let answer = cloud.ok("DescribeCluster", parameters);
        let names: Vec<String> =
            list(&answer["clusters"]).iter().map(|cluster| text(&cluster["clusterName"])).collect();
        (names.join(""), answer["totalCount"].as_u64().unwrap())
    };
    assert_eq!(names(json!({})), ("acb".into(), 3), "the newest first");
    assert_eq!(names(json!({"orderType": "asc"})), ("bca".into(), 3));
    assert_eq!(names(json!({"orderField": "clusterName", "orderType": "asc"})), ("abc".into(), 3));
    assert_eq!(names(json!({"orderField": "updatedAt", "offset": 1, "limit": 1})), ("c".into(), 3));
    assert_eq!(names(json!({"clusterName": "c"})), ("c".into(), 1));
    assert_eq!(names(json!({"clusterIds": [ids[0], ids[2]]})), ("ab".into(), 2));
    assert_eq!(names(json!({"status": "Running"})), (String::new(), 0));
    assert_eq!(names(json!({"status": "Creating"})).1, 3);
    let mut sorted = ids.clone();
    sorted.sort();
    let answer = cloud.ok("DescribeCluster", json!({"orderField": "clusterId", "orderType": "asc"}));
    assert_eq!(list(&answer["clusters"]).iter().map(|cluster| text(&cluster["clusterId"])).collect::<Vec<_>>(), sorted);
    for wrong in [json!({"orderField": "size"}), json!({"orderType": "up"}), json!({"offset": -1})] {
        assert_eq!(cloud.code("DescribeCluster", wrong), "InvalidParameter");
    }
}

#[test]
fn machines_go_or_stay_with_their_cluster() {
    for (mode, cvm, kept) in [
        (None, "PayByHour", false),
        (Some("Return"), "PayByHour", false),
        (Some("RemoveOnly"), "PayByHour", true),
        (None, "PayByMonth", true),
        (Some("Return"), "PayByMonth", true),
    ] {
        let mut cloud = Cloud::new();
        let paid = json!({"cvmType": cvm, "period": 1});
        let id = text(&cloud.ok("CreateCluster", with(cluster("172.16.0.0/16"), paid))["clusterId"]);
        cloud.pass(60);
        let machine = text(&cloud.nodes(&id)[0]["instanceId"]);
        let mut delete = json!({"clusterId": id});
        if let Some(mode) = mode {
            delete["nodeDeleteMode"] = json!(mode);
        }
        cloud.ok("DeleteCluster", delete);
        cloud.pass(30);
        let there = cloud.world.ccs("100000000001", "ap-guangzhou").realm.machines.contains(&machine);
        assert_eq!(there, kept, "{mode:?} {cvm}");
    }
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let wrong = json!({"clusterId": id, "nodeDeleteMode": "terminate"});
    assert_eq!(cloud.code("DeleteCluster", wrong), "InvalidParameter");
}
