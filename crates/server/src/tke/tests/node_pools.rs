//! Node pools.

use super::{Cloud, PODS, owned_pod};
use serde_json::{Value, json};

/// The request of a pool of that size.
pub(super) fn request(cluster: &str, min: i64, max: i64) -> Value {
    let group = json!({
        "MinSize": min, "MaxSize": max, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1", "subnet-default2"],
    });
    json!({
        "ClusterId": cluster, "Name": "web", "AutoScalingGroupPara": group.to_string(),
        "LaunchConfigurePara": json!({"InstanceType": "S5.MEDIUM4"}).to_string(),
        "InstanceAdvancedSettings": {}, "EnableAutoscale": true, "Labels": [{"Name": "team", "Value": "web"}],
    })
}

/// The request with members changed.
pub(super) fn with(mut request: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}

/// The request with a member of one of its documents changed.
pub(super) fn inside(mut request: Value, document: &str, name: &str, value: Value) -> Value {
    let mut inner: Value = serde_json::from_str(request[document].as_str().unwrap()).unwrap();
    inner[name] = value;
    request[document] = json!(inner.to_string());
    request
}

/// Creates a pool and waits until its nodes run.
pub(super) fn create(cloud: &mut Cloud, request: Value) -> String {
    let id = cloud.ok("CreateClusterNodePool", request)["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(80);
    id
}

pub(super) fn detail(cloud: &mut Cloud, cluster: &str, pool: &str) -> Value {
    let answer = cloud.ok("DescribeClusterNodePoolDetail", json!({"ClusterId": cluster, "NodePoolId": pool}));
    answer["NodePool"].clone()
}

/// The machines of the pool's nodes.
pub(super) fn members(cloud: &mut Cloud, cluster: &str, pool: &str) -> Vec<String> {
    let nodes = cloud.nodes(cluster);
    let own = nodes.iter().filter(|node| node["NodePoolId"] == pool);
    own.map(|node| node["InstanceId"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn of(cluster: &str, pool: &str, members: Value) -> Value {
    with(json!({"ClusterId": cluster, "NodePoolId": pool}), members)
}

/// Names of the nodes of Kubernetes with that label.
pub(super) fn labelled(cloud: &mut Cloud, cluster: &str, selector: &str) -> Vec<Value> {
    cloud.items(cluster, &format!("/api/v1/nodes?labelSelector={selector}"))
}

pub(super) fn scale_down(cluster: &str) -> Value {
    json!({"ClusterId": cluster, "ClusterAsGroupOption": {"IsScaleDownEnabled": true, "Expander": "random"}})
}

#[test]
fn a_pool_is_creating_then_normal_and_starts_its_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let taints = json!([{"Key": "gpu", "Value": "no", "Effect": "PreferNoSchedule"}]);
    let new = with(
        request(&id, 2, 5),
        json!({
            "Taints": taints, "Annotations": [{"Name": "owner", "Value": "ann"}],
            "Tags": [{"Key": "product", "Value": "tke"}],
        }),
    );
    let answer = cloud.ok("CreateClusterNodePool", new);
    let pool = answer["NodePoolId"].as_str().unwrap().to_owned();
    assert!(pool.starts_with("np-"));
    assert_eq!(detail(&mut cloud, &id, &pool)["LifeState"], "creating");
    cloud.pass(20);
    let counts = |normal: u64, initializing: u64| json!({"Joining": 0, "Initializing": initializing, "Normal": normal, "Total": normal + initializing});
    let there = detail(&mut cloud, &id, &pool);
    assert_eq!((&there["LifeState"], &there["AutoscalingGroupStatus"]), (&json!("normal"), &json!("enabled")));
    let summary = json!({"ManuallyAdded": counts(0, 0), "AutoscalingAdded": counts(0, 2)});
    assert_eq!(there["NodeCountSummary"], summary);
    cloud.pass(60);
    let there = detail(&mut cloud, &id, &pool);
    assert_eq!(there["NodeCountSummary"]["AutoscalingAdded"], counts(2, 0));
    for (name, value) in [
        ("Name", json!("web")),
        ("Labels", json!([{"Name": "team", "Value": "web"}])),
        ("Taints", taints),
        ("Annotations", json!([{"Name": "owner", "Value": "ann"}])),
        ("Tags", json!([{"Key": "product", "Value": "tke"}])),
        ("MinNodesNum", json!(2)),
        ("MaxNodesNum", json!(5)),
        ("DesiredNodesNum", json!(2)),
        ("DeletionProtection", json!(false)),
        ("ClusterInstanceId", json!(id)),
    ] {
        assert_eq!(there[name], value, "{name}");
    }
    assert_eq!(members(&mut cloud, &id, &pool).len(), 2);
    let node = &labelled(&mut cloud, &id, "team%3Dweb")[0];
    assert_eq!(node["spec"]["taints"][0], json!({"key": "gpu", "value": "no", "effect": "PreferNoSchedule"}));
    assert_eq!(node["metadata"]["annotations"]["owner"], "ann");
    let group = &there["AutoscalingGroupId"];
    let groups = cloud.ok("DescribeClusterAsGroups", json!({"ClusterId": id, "AutoScalingGroupIds": [group]}));
    assert_eq!(groups["ClusterAsGroupSet"][0]["Status"], "enabled");
    assert!(cloud.nodes(&id).iter().all(|node| node["AutoscalingGroupId"] == *group));
}

#[test]
fn pools_are_filtered_by_name_identifier_and_tags() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let tagged = with(request(&id, 0, 1), json!({"Name": "api", "Tags": [{"Key": "product", "Value": "tke"}]}));
    let first = create(&mut cloud, tagged);
    create(&mut cloud, request(&id, 0, 1));
    let found = |cloud: &mut Cloud, name: &str, values: Value| {
        let filters = json!([{"Name": name, "Values": values}]);
        let answer = cloud.ok("DescribeClusterNodePools", json!({"ClusterId": id, "Filters": filters}));
        answer["NodePoolSet"].as_array().unwrap().iter().map(|pool| pool["Name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(found(&mut cloud, "NodePoolsName", json!(["web"])), ["web"]);
    assert_eq!(found(&mut cloud, "NodePoolsId", json!([first])), ["api"]);
    assert_eq!(found(&mut cloud, "Tags", json!(["product:tke"])), ["api"]);
    assert_eq!(found(&mut cloud, "NodePoolsName", json!(["web", "api"])), ["api", "web"]);
    let wrong = json!({"ClusterId": id, "Filters": [{"Name": "Zone", "Values": ["1"]}]});
    assert_eq!(cloud.code("DescribeClusterNodePools", wrong), "InvalidParameter.Param");
    let gone = json!({"ClusterId": "cls-none"});
    assert_eq!(cloud.code("DescribeClusterNodePools", gone), "ResourceNotFound.ClusterNotFound");
    let unknown = of(&id, "np-none", json!({}));
    assert_eq!(cloud.code("DescribeClusterNodePoolDetail", unknown.clone()), "InternalError.DbRecordNotFound");
    assert_eq!(cloud.code("ModifyClusterNodePool", unknown), "FailedOperation.RecordNotFound");
}

#[test]
fn a_pool_scales_by_desired_capacity() {
    for (policy, stays) in [("OLDEST_INSTANCE", 2), ("NEWEST_INSTANCE", 0)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let off = with(request(&id, 0, 3), json!({"EnableAutoscale": false}));
        let pool = create(&mut cloud, inside(off, "AutoScalingGroupPara", "TerminationPolicies", json!([policy])));
        assert_eq!(detail(&mut cloud, &id, &pool)["AutoscalingGroupStatus"], "disabled");
        assert_eq!(cloud.nodes(&id).len(), 0);
        let scale = |desired: i64| of(&id, &pool, json!({"DesiredCapacity": desired}));
        cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", scale(3));
        cloud.pass(60);
        let three = members(&mut cloud, &id, &pool);
        assert_eq!((three.len(), &detail(&mut cloud, &id, &pool)["DesiredNodesNum"]), (3, &json!(3)));
        for wrong in [4, -1] {
            let code = cloud.code("ModifyNodePoolDesiredCapacityAboutAsg", scale(wrong));
            assert_eq!(code, "InvalidParameterValue.Size", "{wrong}");
        }
        cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", scale(1));
        cloud.pass(20);
        assert_eq!(members(&mut cloud, &id, &pool), [three[stays].clone()], "{policy}");
    }
}

#[test]
fn machine_types_come_before_subnets() {
    // 002:6459: A1, A2, B1, B2.
    for (sold_out, kind, zone) in [
        (vec![], "S5.MEDIUM4", "ap-guangzhou-1"),
        (vec![("S5.MEDIUM4", "1")], "S5.MEDIUM4", "ap-guangzhou-2"),
        (vec![("S5.MEDIUM4", "1"), ("S5.MEDIUM4", "2")], "SA2.MEDIUM4", "ap-guangzhou-1"),
    ] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let pool = create(&mut cloud, with(request(&id, 0, 3), json!({"EnableAutoscale": false})));
        let types = of(&id, &pool, json!({"InstanceTypes": ["S5.MEDIUM4", "SA2.MEDIUM4"]}));
        cloud.ok("ModifyNodePoolInstanceTypes", types);
        for (kind, zone) in &sold_out {
            cloud.world.tke(cloud.account, cloud.region).sell_out(kind, &format!("ap-guangzhou-{zone}"));
        }
        cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", of(&id, &pool, json!({"DesiredCapacity": 1})));
        cloud.pass(60);
        let labels = labelled(&mut cloud, &id, "team%3Dweb")[0]["metadata"]["labels"].clone();
        assert_eq!(labels["beta.kubernetes.io/instance-type"], kind, "{sold_out:?}");
        assert_eq!(labels["failure-domain.beta.kubernetes.io/zone"], zone, "{sold_out:?}");
    }
}

#[test]
fn other_machine_types_are_as_large_as_the_first_which_stays() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = create(&mut cloud, request(&id, 0, 3));
    for wrong in [
        json!([]),
        json!(["SA2.MEDIUM4", "S5.MEDIUM4"]),
        json!(["S5.MEDIUM4", "S5.LARGE8"]),
        json!(["S5.MEDIUM4", "nothing"]),
        json!(vec!["S5.MEDIUM4"; 11]),
    ] {
        let types = of(&id, &pool, json!({"InstanceTypes": wrong}));
        assert_eq!(cloud.code("ModifyNodePoolInstanceTypes", types), "InvalidParameter.Param", "{wrong}");
    }
    let launch = json!({"InstanceTypes": ["S5.MEDIUM4", "S5.LARGE8"]}).to_string();
    let mixed = with(request(&id, 0, 3), json!({"LaunchConfigurePara": launch}));
    assert_eq!(cloud.code("CreateClusterNodePool", mixed), "InvalidParameter.Param");
}

#[test]
fn nodes_are_spread_over_subnets_or_fill_the_first() {
    for (policy, first) in [("PRIORITY", 4), ("EQUALITY", 2)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let new = inside(request(&id, 4, 4), "AutoScalingGroupPara", "MultiZoneSubnetPolicy", json!(policy));
        create(&mut cloud, new);
        let zone = "failure-domain.beta.kubernetes.io/zone%3Dap-guangzhou-1";
        assert_eq!(labelled(&mut cloud, &id, zone).len(), first, "{policy}");
    }
}

#[test]
fn changed_labels_and_taints_reach_the_nodes_that_are_there() {
    for (only_new, old, new) in [(false, 0, 2), (true, 1, 1)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let pool = create(&mut cloud, request(&id, 1, 3));
        cloud.kube(&id, "POST", PODS, owned_pod("web", "100m"));
        cloud.pass(10);
        let taints = json!([{"Key": "only", "Value": "api", "Effect": "NoExecute"}]);
        let labels = json!([{"Name": "team", "Value": "api"}]);
        let change = of(&id, &pool, json!({"Labels": labels, "Taints": taints, "IgnoreExistedNode": only_new}));
        cloud.ok("ModifyClusterNodePool", change);
        assert_eq!(detail(&mut cloud, &id, &pool)["LifeState"], "updating");
        cloud.pass(5);
        assert_eq!(detail(&mut cloud, &id, &pool)["LifeState"], "normal");
        cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", of(&id, &pool, json!({"DesiredCapacity": 2})));
        cloud.pass(65);
        let count = |cloud: &mut Cloud, team: &str| labelled(cloud, &id, &format!("team%3D{team}")).len();
        assert_eq!((count(&mut cloud, "web"), count(&mut cloud, "api")), (old, new), "only new: {only_new}");
        let phase = cloud.items(&id, PODS)[0]["status"]["phase"].clone();
        assert_eq!(phase, if only_new { "Running" } else { "Pending" }, "NoExecute evicts");
    }
}

#[test]
fn a_deleted_pool_takes_its_nodes_out_of_the_cluster() {
    for (keep, destroyed) in [(true, 0), (false, 2)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        let pool = create(&mut cloud, with(request(&id, 2, 3), json!({"DeletionProtection": true})));
        let delete = json!({"ClusterId": id, "NodePoolIds": [pool], "KeepInstance": keep});
        assert_eq!(cloud.code("DeleteClusterNodePool", delete.clone()), "FailedOperation");
        let group = detail(&mut cloud, &id, &pool)["AutoscalingGroupId"].clone();
        let other_way = json!({"ClusterId": id, "AutoScalingGroupIds": [group], "KeepInstance": keep});
        assert_eq!(cloud.code("DeleteClusterAsGroups", other_way), "UnsupportedOperation");
        cloud.ok("ModifyClusterNodePool", of(&id, &pool, json!({"DeletionProtection": false})));
        cloud.pass(5);
        let machines =
            |cloud: &mut Cloud| cloud.ok("DescribeExistedInstances", json!({}))["TotalCount"].as_i64().unwrap();
        let before = machines(&mut cloud);
        cloud.ok("DeleteClusterNodePool", delete.clone());
        assert_eq!(detail(&mut cloud, &id, &pool)["LifeState"], "deleting");
        assert_eq!(cloud.code("DeleteClusterNodePool", delete), "ResourceInUse");
        cloud.pass(20);
        assert_eq!(cloud.nodes(&id).len(), 0, "they leave the cluster either way");
        assert_eq!(before - machines(&mut cloud), destroyed);
        assert_eq!(cloud.ok("DescribeClusterNodePools", json!({"ClusterId": id}))["TotalCount"], 0);
        assert_eq!(cloud.ok("DescribeClusterAsGroups", json!({"ClusterId": id}))["TotalCount"], 0);
    }
}

#[test]
fn waiting_pods_make_the_pool_grow_whose_labels_and_taints_suit_them() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let taints = json!([{"Key": "dedicated", "Value": "api", "Effect": "NoSchedule"}]);
    let api = json!({"Name": "api", "Labels": [{"Name": "team", "Value": "api"}], "Taints": taints});
    let api = create(&mut cloud, with(request(&id, 0, 3), api));
    let web = create(&mut cloud, request(&id, 0, 3));
    cloud.ok("ModifyClusterAsGroupOptionAttribute", scale_down(&id));
    cloud.pass(10);
    let pod = |name: &str, tolerates: bool| {
        let mut pod = owned_pod(name, "1500m");
        pod["spec"]["nodeSelector"] = json!({"team": "api"});
        if tolerates {
            pod["spec"]["tolerations"] = json!([{"key": "dedicated", "operator": "Exists"}]);
        }
        pod
    };
    cloud.kube(&id, "POST", PODS, pod("suits", true));
    cloud.kube(&id, "POST", PODS, pod("suits-not", false));
    cloud.pass(90);
    assert_eq!(members(&mut cloud, &id, &api).len(), 1);
    assert!(members(&mut cloud, &id, &web).is_empty());
    assert_eq!(detail(&mut cloud, &id, &api)["DesiredNodesNum"], 1);
    let phase = |cloud: &mut Cloud, name: &str| {
        cloud.kube(&id, "GET", &format!("{PODS}/{name}"), Value::Null)["status"]["phase"].clone()
    };
    assert_eq!((phase(&mut cloud, "suits"), phase(&mut cloud, "suits-not")), (json!("Running"), json!("Pending")));
    cloud.kube(&id, "DELETE", &format!("{PODS}/suits"), Value::Null);
    cloud.pass(1800);
    assert!(members(&mut cloud, &id, &api).is_empty(), "an idle node goes");
    cloud.ok("ModifyClusterNodePool", of(&id, &api, json!({"EnableAutoscale": false})));
    cloud.pass(10);
    assert_eq!(detail(&mut cloud, &id, &api)["AutoscalingGroupStatus"], "disabled");
    cloud.kube(&id, "POST", PODS, pod("late", true));
    cloud.pass(600);
    assert!(members(&mut cloud, &id, &api).is_empty(), "a pool without autoscaling does not grow");
}

#[test]
fn pools_paid_in_advance_never_shrink_by_themselves() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let new = inside(request(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(2));
    let new = inside(new, "LaunchConfigurePara", "InstanceChargeType", json!("PREPAID"));
    let pool = create(&mut cloud, inside(new, "LaunchConfigurePara", "InstanceChargePrepaid", json!({"Period": 1})));
    cloud.ok("ModifyClusterAsGroupOptionAttribute", scale_down(&id));
    cloud.pass(4 * 3600);
    assert_eq!(members(&mut cloud, &id, &pool).len(), 2);
}

#[test]
fn the_system_and_the_runtime_are_those_of_new_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let os = json!({"NodePoolOs": "centos7.6.0_x64", "ContainerRuntime": "containerd", "RuntimeVersion": "1.4.3"});
    let pool = create(&mut cloud, with(request(&id, 1, 3), os));
    let there = detail(&mut cloud, &id, &pool);
    assert_eq!((&there["NodePoolOs"], &there["ImageId"]), (&json!("centos7.6.0_x64"), &json!("img-centos76")));
    assert_eq!(there["RuntimeConfig"], json!({"RuntimeType": "containerd", "RuntimeVersion": "1.4.3"}));
    cloud.ok("ModifyClusterNodePool", of(&id, &pool, json!({"OsName": "ubuntu18.04.1x86_64"})));
    cloud.pass(5);
    cloud.ok("ModifyNodePoolDesiredCapacityAboutAsg", of(&id, &pool, json!({"DesiredCapacity": 2})));
    cloud.pass(65);
    let nodes = labelled(&mut cloud, &id, "team%3Dweb");
    let mut systems: Vec<&str> =
        nodes.iter().map(|node| node["status"]["nodeInfo"]["osImage"].as_str().unwrap()).collect();
    systems.sort_unstable();
    assert_eq!(systems, ["centos7.6.0_x64", "ubuntu18.04.1x86_64"]);
    assert!(nodes.iter().all(|node| node["status"]["nodeInfo"]["containerRuntimeVersion"] == "containerd"));
    let unknown = of(&id, &pool, json!({"OsName": "plan9"}));
    assert_eq!(cloud.code("ModifyClusterNodePool", unknown), "InvalidParameterValue.ImageNotFound");
    for wrong in [
        json!({"NodePoolOs": "plan9"}),
        json!({"NodePoolOs": "centos7.6.0_x64", "OsCustomizeType": "DOCKER_CUSTOMIZE"}),
    ] {
        assert_eq!(
            cloud.code("CreateClusterNodePool", with(request(&id, 0, 1), wrong)),
            "InvalidParameter.OsNotSupport"
        );
    }
    for wrong in [json!({"ContainerRuntime": "rkt"}), json!({"RuntimeVersion": "newest"})] {
        assert_eq!(cloud.code("CreateClusterNodePool", with(request(&id, 0, 1), wrong)), "InvalidParameter.Param");
    }
}

#[test]
fn pools_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let good = request(&id, 0, 3);
    let documents = [
        ("AutoScalingGroupPara", "MinSize", json!(4)),
        ("AutoScalingGroupPara", "MaxSize", json!(201)),
        ("AutoScalingGroupPara", "SubnetIds", json!([])),
        ("AutoScalingGroupPara", "VpcId", json!("vpc-second00")),
        ("AutoScalingGroupPara", "Colour", json!("red")),
        ("LaunchConfigurePara", "ImageId", json!("img-1")),
        ("LaunchConfigurePara", "Colour", json!("red")),
    ];
    for (document, name, value) in documents {
        let code = cloud.code("CreateClusterNodePool", inside(good.clone(), document, name, value.clone()));
        assert_eq!(code, "FailedOperation.AsCommon", "{name} {value}");
    }
    for wrong in [
        json!({"Name": ""}),
        json!({"Name": "x".repeat(64)}),
        json!({"Labels": [{"Name": "kubernetes.io/os", "Value": "x"}]}),
        json!({"Taints": [{"Key": "a", "Value": "b", "Effect": "Never"}]}),
        json!({"SkipValidateOptions": ["All"]}),
        json!({"InstanceAdvancedSettings": {"UserScript": "not base64 !!"}}),
    ] {
        let code = cloud.code("CreateClusterNodePool", with(good.clone(), wrong.clone()));
        assert_eq!(code, "InvalidParameter.Param", "{wrong}");
    }
    let new = cloud.create("172.17.0.0/16");
    let early = request(&new, 0, 1);
    assert_eq!(cloud.code("CreateClusterNodePool", early), "ResourceUnavailable.ClusterState");
}

#[test]
fn the_group_of_a_pool_can_be_changed_too() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let pool = create(&mut cloud, request(&id, 1, 3));
    let group = detail(&mut cloud, &id, &pool)["AutoscalingGroupId"].clone();
    let range = json!({"MinSize": 2, "MaxSize": 4});
    let attribute =
        json!({"AutoScalingGroupId": group, "AutoScalingGroupEnabled": false, "AutoScalingGroupRange": range});
    cloud.ok("ModifyClusterAsGroupAttribute", json!({"ClusterId": id, "ClusterAsGroupAttribute": attribute}));
    assert_eq!(detail(&mut cloud, &id, &pool)["AutoscalingGroupStatus"], "disabling");
    cloud.pass(80);
    let there = detail(&mut cloud, &id, &pool);
    assert_eq!((&there["MinNodesNum"], &there["MaxNodesNum"]), (&json!(2), &json!(4)));
    assert_eq!(there["AutoscalingGroupStatus"], "disabled");
    let machines = members(&mut cloud, &id, &pool);
    assert_eq!(machines.len(), 2, "the pool keeps its size without the autoscaler");
    let shown = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": machines}))["ExistedInstanceSet"].clone();
    assert!(shown.as_array().unwrap().iter().all(|machine| machine["AutoscalingGroupId"] == group));
}

#[test]
fn a_cluster_has_at_most_a_hundred_pools() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.world.quotas.tke.node_pools, 100, "002:7483");
    cloud.world.quotas.tke.node_pools = 1;
    let id = cloud.running();
    cloud.ok("CreateClusterNodePool", request(&id, 0, 1));
    assert_eq!(cloud.code("CreateClusterNodePool", request(&id, 0, 1)), "LimitExceeded");
}

#[test]
fn what_is_changed_is_shown_and_a_pool_that_is_being_changed_is_left_alone() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let pool = cloud.ok("CreateClusterNodePool", request(&id, 1, 3))["NodePoolId"].as_str().unwrap().to_owned();
    let change = json!({
        "Name": "web_2", "MinNodesNum": 2, "MaxNodesNum": 4, "UserScript": "ZWNobw==", "DeletionProtection": true,
        "PreStartUserScript": "bHM=", "DockerGraphPath": "/data/docker", "Unschedulable": 1,
        "ExtraArgs": {"Kubelet": ["root-dir=/data"]}, "Tags": [{"Key": "a", "Value": "b"}],
    });
    assert_eq!(cloud.code("ModifyClusterNodePool", of(&id, &pool, change.clone())), "ResourceInUse");
    cloud.pass(80);
    cloud.ok("ModifyClusterNodePool", of(&id, &pool, change.clone()));
    cloud.pass(70);
    let there = detail(&mut cloud, &id, &pool);
    for (name, value) in change.as_object().unwrap() {
        assert_eq!(there[name], *value, "{name}");
    }
    assert_eq!(labelled(&mut cloud, &id, "team%3Dweb").len(), 2);
    let cordoned =
        cloud.items(&id, "/api/v1/nodes").iter().filter(|node| node["spec"]["unschedulable"] == true).count();
    assert_eq!(cordoned, 1, "the node that came after the change");
    for wrong in [
        json!({"Name": "Web"}),
        json!({"Name": "1web"}),
        json!({"Name": "web_"}),
        json!({"Name": "x".repeat(64)}),
        json!({"MinNodesNum": 5}),
        json!({"DockerGraphPath": "data"}),
        json!({"GPUArgs": {"MIGEnable": true}}),
    ] {
        let code = cloud.code("ModifyClusterNodePool", of(&id, &pool, wrong.clone()));
        assert_eq!(code, "InvalidParameter.Param", "{wrong}");
    }
}
