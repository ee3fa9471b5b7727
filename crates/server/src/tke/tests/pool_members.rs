//! The nodes of node pools: protected, added, taken out, stopped.

use super::node_pools::{create, detail, inside, labelled, members, of, request, scale_down, with};
use super::{Cloud, PODS, owned_pod, place, texts};
use serde_json::{Value, json};

#[test]
fn protected_nodes_are_not_scaled_in() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let pool = create(&mut cloud, inside(request(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(3)));
    let three = members(&mut cloud, &id, &pool);
    let protect = |machines: Value, protected: bool| {
        of(&id, &pool, json!({"InstanceIds": machines, "ProtectedFromScaleIn": protected}))
    };
    let answer = cloud.ok("SetNodePoolNodeProtection", protect(json!([three[0], "ins-none"]), true));
    assert_eq!(texts(&answer["SucceedInstanceIds"]), [three[0].clone()]);
    assert_eq!(texts(&answer["FailedInstanceIds"]), ["ins-none"]);
    cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", of(&id, &pool, json!({"DesiredCapacity": 2})));
    cloud.pass(20);
    let left = members(&mut cloud, &id, &pool);
    assert_eq!(left, [three[0].clone(), three[2].clone()], "the oldest is protected");
    cloud.ok("ModifyClusterAsGroupOptionAttribute", scale_down(&id));
    cloud.pass(3600);
    assert_eq!(members(&mut cloud, &id, &pool), [three[0].clone()], "the idle one that is not protected goes");
    cloud.ok("SetNodePoolNodeProtection", protect(json!([three[0]]), false));
    cloud.pass(3600);
    assert!(members(&mut cloud, &id, &pool).is_empty());
    let many: Vec<String> = (0..101).map(|number| format!("ins-{number}")).collect();
    let code = cloud.code("SetNodePoolNodeProtection", protect(json!(many), true));
    assert_eq!(code, "InvalidParameterValue.LimitExceeded");
}

#[test]
fn nodes_are_added_to_a_pool_and_taken_out() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let manual = cloud.add_nodes(&id, 1);
    let pool = create(&mut cloud, request(&id, 1, 3));
    let other = create(&mut cloud, with(request(&id, 0, 1), json!({"Name": "other"})));
    let own = members(&mut cloud, &id, &pool);
    let ids = |pool: &str, machines: &[String]| of(&id, pool, json!({"InstanceIds": machines}));
    cloud.ok("AddNodeToNodePool", ids(&pool, &manual));
    let summary = detail(&mut cloud, &id, &pool)["NodeCountSummary"].clone();
    assert_eq!((&summary["ManuallyAdded"]["Normal"], &summary["AutoscalingAdded"]["Normal"]), (&json!(1), &json!(1)));
    assert_eq!(labelled(&mut cloud, &id, "team%3Dweb").len(), 2);
    let by = |cloud: &mut Cloud, way: &str| {
        let filters =
            json!([{"Name": "nodepool-id", "Values": [pool]}, {"Name": "nodepool-instance-type", "Values": [way]}]);
        cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "Filters": filters}))["TotalCount"].clone()
    };
    for (way, count) in [("MANUALLY_ADDED", 1), ("AUTOSCALING_ADDED", 1), ("ALL", 2)] {
        assert_eq!(by(&mut cloud, way), count, "{way}");
    }
    assert_eq!(cloud.code("AddNodeToNodePool", ids(&other, &manual)), "InvalidParameter.Param", "it is in a pool");
    assert_eq!(
        cloud.code("AddNodeToNodePool", ids(&other, &["ins-none".to_owned()])),
        "FailedOperation.RecordNotFound"
    );
    // Desired capacity counts the nodes of the group alone (002:6445-6447).
    cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", of(&id, &pool, json!({"DesiredCapacity": 2})));
    cloud.pass(60);
    assert_eq!(members(&mut cloud, &id, &pool).len(), 3);
    assert_eq!(cloud.code("RemoveNodeFromNodePool", ids(&other, &manual)), "FailedOperation.RecordNotFound");
    cloud.ok("RemoveNodeFromNodePool", ids(&pool, &[manual[0].clone(), own[0].clone()]));
    assert_eq!(members(&mut cloud, &id, &pool).len(), 1);
    assert_eq!(detail(&mut cloud, &id, &pool)["DesiredNodesNum"], 1);
    cloud.pass(60);
    assert_eq!(cloud.nodes(&id).len(), 3, "they stay in the cluster, and nothing takes their place");
    let last = members(&mut cloud, &id, &pool);
    assert_eq!(cloud.code("RemoveNodeFromNodePool", ids(&pool, &last)), "InvalidParameter.Param", "at least MinSize");
}

#[test]
fn only_nodes_like_those_of_the_pool_join_it() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = create(&mut cloud, with(request(&id, 0, 3), json!({"EnableAutoscale": false})));
    let machines = json!(["ins-default1", "ins-default5"]);
    let option = json!({"AddToNodePool": true, "NodePoolId": pool, "InheritConfigurationFromNodePool": true});
    let add = json!({"ClusterId": id, "InstanceIds": machines, "NodePool": option});
    let answer = cloud.ok("AddExistedInstances", add);
    assert_eq!(texts(&answer["SuccInstanceIds"]), ["ins-default5"], "S5.MEDIUM4");
    assert_eq!(texts(&answer["FailedInstanceIds"]), ["ins-default1"], "S5.LARGE8");
    assert!(answer["FailedReasons"][0].as_str().unwrap().contains("S5.LARGE8"));
    cloud.pass(40);
    assert_eq!(members(&mut cloud, &id, &pool), ["ins-default5"]);
    assert_eq!(labelled(&mut cloud, &id, "team%3Dweb").len(), 1, "with the settings of the pool");
    let large = json!({"InstanceType": "S5.LARGE8", "VirtualPrivateCloud": place()}).to_string();
    let answer = cloud.ok("CreateClusterInstances", json!({"ClusterId": id, "RunInstancePara": large}));
    cloud.pass(40);
    let join = of(&id, &pool, json!({"InstanceIds": answer["InstanceIdSet"]}));
    assert_eq!(cloud.code("AddNodeToNodePool", join), "InvalidParameter.Param");
}

#[test]
fn a_pool_can_stop_idle_machines_and_start_them_again() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let mode = json!({"ScalingMode": "WAKE_UP_STOPPED_SCALING"});
    let new = inside(request(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(2));
    let pool = create(&mut cloud, inside(new, "AutoScalingGroupPara", "ServiceSettings", mode));
    let own = members(&mut cloud, &id, &pool);
    cloud.ok("ModifyClusterAsGroupOptionAttribute", scale_down(&id));
    cloud.pass(3600);
    assert_eq!(members(&mut cloud, &id, &pool), own, "they stay in the cluster");
    let there = detail(&mut cloud, &id, &pool);
    assert_eq!(
        (&there["DesiredNodesNum"], &there["NodeCountSummary"]["AutoscalingAdded"]["Normal"]),
        (&json!(0), &json!(0))
    );
    let stopped = |cloud: &mut Cloud| {
        let filters = json!([{"Name": "instance-state", "Values": ["STOPPED"]}]);
        let answer = cloud.ok("DescribeExistedInstances", json!({"Filters": filters}));
        let ids = answer["ExistedInstanceSet"].as_array().unwrap().iter().map(|machine| machine["InstanceId"].clone());
        ids.filter(|machine| own.iter().any(|id| machine == id)).count()
    };
    assert_eq!(stopped(&mut cloud), 2);
    let mut web = owned_pod("web", "500m");
    web["spec"]["nodeSelector"] = json!({"team": "web"});
    cloud.kube(&id, "POST", PODS, web);
    cloud.pass(20);
    assert_eq!(stopped(&mut cloud), 1, "one is started again");
    assert_eq!(members(&mut cloud, &id, &pool), own, "and none is bought");
    assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Running");
}
