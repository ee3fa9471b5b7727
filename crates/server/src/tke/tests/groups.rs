//! Scaling groups and the autoscaler.

use super::{Cloud, PODS, owned_pod, pod};
use serde_json::{Value, json};

fn group(cluster: &str, min: i64, max: i64) -> Value {
    let group = json!({
        "MinSize": min, "MaxSize": max, "VpcId": "vpc-default0", "SubnetIds": ["subnet-default1", "subnet-default2"],
    });
    let launch = json!({"InstanceType": "S5.MEDIUM4"});
    json!({
        "ClusterId": cluster, "AutoScalingGroupPara": group.to_string(), "LaunchConfigurePara": launch.to_string(),
        "Labels": [{"Name": "pool", "Value": "elastic"}],
    })
}

/// The request with one field of one of its documents changed.
fn changed(mut request: Value, document: &str, field: &str, value: Value) -> Value {
    let mut inner: Value = serde_json::from_str(request[document].as_str().unwrap()).unwrap();
    inner[field] = value;
    request[document] = json!(inner.to_string());
    request
}

fn make(cloud: &mut Cloud, cluster: &str, min: i64, max: i64) -> String {
    let answer = cloud.ok("CreateClusterAsGroup", group(cluster, min, max));
    assert!(answer["LaunchConfigurationId"].as_str().unwrap().starts_with("asc-"));
    answer["AutoScalingGroupId"].as_str().unwrap().to_owned()
}

fn status(cloud: &mut Cloud, cluster: &str, group: &str) -> String {
    let answer = cloud.ok("DescribeClusterAsGroups", json!({"ClusterId": cluster, "AutoScalingGroupIds": [group]}));
    answer["ClusterAsGroupSet"][0]["Status"].as_str().unwrap_or("gone").to_owned()
}

fn options(cluster: &str, changes: Value) -> Value {
    let mut option = json!({"IsScaleDownEnabled": true, "Expander": "random"});
    for (name, value) in changes.as_object().unwrap() {
        option[name] = value.clone();
    }
    json!({"ClusterId": cluster, "ClusterAsGroupOption": option})
}

fn attribute(cluster: &str, group: &str, changes: Value) -> Value {
    let mut attribute = changes;
    attribute["AutoScalingGroupId"] = json!(group);
    json!({"ClusterId": cluster, "ClusterAsGroupAttribute": attribute})
}

#[test]
fn a_group_starts_its_smallest_size() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let asg = make(&mut cloud, &id, 2, 5);
    assert_eq!(status(&mut cloud, &id, &asg), "enabling");
    assert_eq!(cloud.nodes(&id).len(), 0);
    cloud.pass(10);
    assert_eq!(status(&mut cloud, &id, &asg), "enabled");
    assert_eq!(cloud.nodes(&id).len(), 2);
    cloud.pass(60);
    assert!(cloud.nodes(&id).iter().all(|node| node["InstanceState"] == "running"));
    let filter = json!([{"Name": "autoscaling-group-id", "Values": [asg]}]);
    assert_eq!(cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "Filters": filter}))["TotalCount"], 2);
    assert_eq!(cloud.items(&id, "/api/v1/nodes?labelSelector=pool%3Delastic").len(), 2);
}

#[test]
fn groups_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let good = group(&id, 0, 3);
    let cases = [
        ("AutoScalingGroupPara", "MinSize", json!(4), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "MaxSize", json!(201), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "MaxSize", json!(null), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "DesiredCapacity", json!(4), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "VpcId", json!("vpc-second00"), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "SubnetIds", json!([]), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "SubnetIds", json!(["subnet-second01"]), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "AutoScalingGroupName", json!("x".repeat(56)), "InvalidParameter.AsCommonError"),
        ("AutoScalingGroupPara", "LaunchConfigurationId", json!("asc-1"), "InvalidParameter.AsCommonError"),
        ("LaunchConfigurePara", "ImageId", json!("img-1"), "InvalidParameter.AsCommonError"),
        ("LaunchConfigurePara", "UserData", json!("eA=="), "InvalidParameter.AsCommonError"),
        ("LaunchConfigurePara", "InstanceTypes", json!(["S5.LARGE8"]), "InvalidParameter.AsCommonError"),
        ("LaunchConfigurePara", "InstanceType", json!("X.Y"), "InternalError.CvmCommon"),
    ];
    for (document, field, value, code) in cases {
        let request = changed(good.clone(), document, field, value.clone());
        assert_eq!(cloud.code("CreateClusterAsGroup", request), code, "{field} {value}");
    }
    let broken = json!({"ClusterId": id, "AutoScalingGroupPara": "[", "LaunchConfigurePara": "{}"});
    assert_eq!(cloud.code("CreateClusterAsGroup", broken), "InvalidParameter");
    let named = changed(good, "AutoScalingGroupPara", "AutoScalingGroupName", json!("one"));
    cloud.ok("CreateClusterAsGroup", named.clone());
    assert_eq!(cloud.code("CreateClusterAsGroup", named), "InvalidParameter.AsCommonError");
}

#[test]
fn a_group_is_switched_off_and_on_and_resized() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let asg = make(&mut cloud, &id, 1, 5);
    let change = |changes: Value| attribute(&id, &asg, changes);
    let off = change(json!({"AutoScalingGroupEnabled": false}));
    assert_eq!(cloud.code("ModifyClusterAsGroupAttribute", off.clone()), "ResourceInUse", "it is still being enabled");
    cloud.pass(80);
    cloud.ok("ModifyClusterAsGroupAttribute", off);
    assert_eq!(status(&mut cloud, &id, &asg), "disabling");
    cloud.pass(10);
    assert_eq!(status(&mut cloud, &id, &asg), "disabled");
    let range = |min: i64, max: i64| json!({"AutoScalingGroupRange": {"MinSize": min, "MaxSize": max}});
    cloud.ok("ModifyClusterAsGroupAttribute", change(range(3, 5)));
    assert_eq!(status(&mut cloud, &id, &asg), "updating");
    cloud.pass(5);
    assert_eq!(status(&mut cloud, &id, &asg), "disabled");
    assert_eq!(cloud.nodes(&id).len(), 1, "a group that is off does nothing");
    cloud.ok("ModifyClusterAsGroupAttribute", change(json!({"AutoScalingGroupEnabled": true})));
    cloud.pass(80);
    assert_eq!(cloud.nodes(&id).len(), 3);
    cloud.ok("ModifyClusterAsGroupAttribute", change(range(0, 2)));
    cloud.pass(20);
    assert_eq!(cloud.nodes(&id).len(), 2);
    for (changes, code) in [
        (range(3, 2), "InvalidParameter.AsCommonError"),
        (range(0, 201), "InvalidParameter.AsCommonError"),
        (json!({}), "InvalidParameter.Param"),
    ] {
        assert_eq!(cloud.code("ModifyClusterAsGroupAttribute", change(changes)), code);
    }
    let unknown = attribute(&id, "asg-none", json!({"AutoScalingGroupEnabled": true}));
    assert_eq!(cloud.code("ModifyClusterAsGroupAttribute", unknown), "ResourceNotFound");
}

#[test]
fn deleting_a_group_destroys_or_keeps_its_nodes() {
    for (keep, left) in [(false, 1), (true, 3)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        cloud.add_nodes(&id, 1);
        let asg = make(&mut cloud, &id, 2, 5);
        cloud.pass(80);
        let machines = cloud.ok("DescribeExistedInstances", json!({}))["TotalCount"].as_u64().unwrap();
        let delete = json!({"ClusterId": id, "AutoScalingGroupIds": [asg], "KeepInstance": keep});
        cloud.ok("DeleteClusterAsGroups", delete.clone());
        assert_eq!(status(&mut cloud, &id, &asg), "deleting");
        assert_eq!(cloud.code("DeleteClusterAsGroups", delete.clone()), "ResourceInUse");
        cloud.pass(20);
        assert_eq!(cloud.ok("DescribeClusterAsGroups", json!({"ClusterId": id}))["TotalCount"], 0);
        assert_eq!(cloud.nodes(&id).len(), left);
        let now = cloud.ok("DescribeExistedInstances", json!({}))["TotalCount"].as_u64().unwrap();
        assert_eq!(machines - now, if keep { 0 } else { 2 });
        assert_eq!(cloud.code("DeleteClusterAsGroups", delete), "ResourceNotFound");
    }
}

#[test]
fn options_have_defaults_and_ranges() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let read = |cloud: &mut Cloud| {
        cloud.ok("DescribeClusterAsGroupOption", json!({"ClusterId": id}))["ClusterAsGroupOption"].clone()
    };
    let usual = read(&mut cloud);
    for (name, value) in [
        ("IsScaleDownEnabled", json!(false)),
        ("Expander", json!("random")),
        ("MaxEmptyBulkDelete", json!(10)),
        ("ScaleDownDelay", json!(10)),
        ("ScaleDownUnneededTime", json!(10)),
        // tce:8944
        ("ScaleDownUnreadyTime", json!(20)),
        ("ScaleDownUtilizationThreshold", json!(50)),
    ] {
        assert_eq!(usual[name], value, "{name}");
    }
    for changes in [
        json!({"ScaleDownUtilizationThreshold": 81}),
        json!({"ScaleDownUtilizationThreshold": -1}),
        json!({"MaxEmptyBulkDelete": 0}),
        json!({"ScaleDownDelay": -1}),
        json!({"ScaleDownUnneededTime": -1}),
        json!({"MaxTotalUnreadyPercentage": 101}),
        json!({"Expander": "cheapest"}),
    ] {
        let code = cloud.code("ModifyClusterAsGroupOptionAttribute", options(&id, changes.clone()));
        assert_eq!(code, "InternalError.AsCommon", "{changes}");
    }
    let asg = make(&mut cloud, &id, 0, 1);
    cloud.pass(10);
    let changes = json!({"Expander": "least-waste", "ScaleDownUtilizationThreshold": 80});
    cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, changes));
    assert_eq!(status(&mut cloud, &id, &asg), "scaleDownEnabling");
    let now = read(&mut cloud);
    assert_eq!((&now["Expander"], &now["ScaleDownUtilizationThreshold"]), (&json!("least-waste"), &json!(80)));
    assert_eq!(now["MaxEmptyBulkDelete"], 10, "what is not given stays");
    cloud.pass(5);
    assert_eq!(status(&mut cloud, &id, &asg), "enabled");
    cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, json!({"IsScaleDownEnabled": false})));
    assert_eq!(status(&mut cloud, &id, &asg), "scaleDownDisabling");
    let unknown = options("cls-none", json!({}));
    assert_eq!(cloud.code("ModifyClusterAsGroupOptionAttribute", unknown), "InternalError.ClusterNotFound");
}

#[test]
fn waiting_pods_make_a_group_grow_and_idle_nodes_go() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let manual = cloud.add_nodes(&id, 1);
    make(&mut cloud, &id, 0, 3);
    cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, json!({})));
    cloud.pass(60);
    assert_eq!(cloud.nodes(&id).len(), 1, "nothing to do");
    for number in 0..5 {
        cloud.kube(&id, "POST", PODS, owned_pod(&format!("web-{number}"), "1500m"));
    }
    cloud.pass(11);
    assert_eq!(cloud.nodes(&id).len(), 4, "one pod runs on the manual node, three need a node each, the group is full");
    cloud.pass(70);
    let phases =
        |cloud: &mut Cloud, phase: &str| cloud.items(&id, &format!("{PODS}?fieldSelector=status.phase={phase}")).len();
    assert_eq!((phases(&mut cloud, "Running"), phases(&mut cloud, "Pending")), (4, 1));
    let events = cloud.items(&id, "/api/v1/namespaces/default/events");
    let count = |reason: &str| events.iter().filter(|event| event["reason"] == reason).count();
    assert_eq!((count("TriggeredScaleUp"), count("NotTriggerScaleUp")), (3, 1));
    cloud.pass(3600);
    assert_eq!(cloud.nodes(&id).len(), 4, "busy nodes stay");
    for number in 0..5 {
        cloud.kube(&id, "DELETE", &format!("{PODS}/web-{number}"), Value::Null);
    }
    cloud.pass(9 * 60);
    assert_eq!(cloud.nodes(&id).len(), 4, "idle for less than ten minutes");
    cloud.pass(3 * 60);
    let left = cloud.nodes(&id);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["InstanceId"], manual[0], "what was added by hand stays");
}

#[test]
fn a_group_never_shrinks_below_its_smallest_size() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    make(&mut cloud, &id, 2, 3);
    cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, json!({})));
    cloud.pass(4 * 3600);
    assert_eq!(cloud.nodes(&id).len(), 2);
}

#[test]
fn nothing_shrinks_while_scale_in_is_off() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = changed(group(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(3));
    cloud.ok("CreateClusterAsGroup", request);
    cloud.pass(4 * 3600);
    assert_eq!(cloud.nodes(&id).len(), 3);
}

#[test]
fn pods_keep_their_node() {
    // A bare pod, a node that is protected, and a budget; the controlled pod moves and its node goes.
    for (what, nodes) in [("bare", 3), ("protected", 3), ("budget", 3), ("controlled", 2)] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        cloud.add_nodes(&id, 2);
        let request = changed(group(&id, 0, 3), "AutoScalingGroupPara", "DesiredCapacity", json!(1));
        cloud.ok("CreateClusterAsGroup", request);
        cloud.pass(80);
        let mut web = if what == "bare" { pod("web", "100m") } else { owned_pod("web", "100m") };
        web["spec"]["nodeSelector"] = json!({"pool": "elastic"});
        if what == "budget" {
            let spec = json!({"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}});
            let budget = json!({
                "kind": "PodDisruptionBudget", "apiVersion": "policy/v1beta1", "metadata": {"name": "web"}, "spec": spec,
            });
            cloud.kube(&id, "POST", "/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets", budget);
        }
        if what == "controlled" || what == "budget" {
            web["spec"]["nodeSelector"] = json!({});
            web["spec"]["nodeName"] =
                cloud.items(&id, "/api/v1/nodes?labelSelector=pool%3Delastic")[0]["metadata"]["name"].clone();
        }
        cloud.kube(&id, "POST", PODS, web);
        if what == "protected" {
            let node = cloud.items(&id, "/api/v1/nodes?labelSelector=pool%3Delastic")[0]["metadata"]["name"].clone();
            let path = format!("/api/v1/nodes/{}", node.as_str().unwrap());
            let keep = json!({"cluster-autoscaler.kubernetes.io/scale-down-disabled": "true"});
            cloud.kube(&id, "PATCH", &path, json!({"metadata": {"annotations": keep}}));
        }
        cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, json!({})));
        cloud.pass(3600);
        assert_eq!(cloud.nodes(&id).len(), nodes, "{what}");
        assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Running", "{what}");
    }
}

#[test]
fn the_expander_chooses_the_group() {
    for (expander, expected) in [("most-pods", "S5.2XLARGE16"), ("least-waste", "S5.MEDIUM4")] {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        cloud.add_nodes(&id, 1);
        for kind in ["S5.2XLARGE16", "S5.MEDIUM4"] {
            let request = changed(group(&id, 0, 1), "LaunchConfigurePara", "InstanceType", json!(kind));
            cloud.ok("CreateClusterAsGroup", request);
        }
        let changes = json!({"Expander": expander, "IsScaleDownEnabled": false});
        cloud.ok("ModifyClusterAsGroupOptionAttribute", options(&id, changes));
        cloud.pass(10);
        let pods = if expander == "most-pods" { 4 } else { 2 };
        for number in 0..pods {
            cloud.kube(&id, "POST", PODS, owned_pod(&format!("web-{number}"), "1600m"));
        }
        cloud.pass(75);
        let kinds: Vec<Value> = cloud.items(&id, "/api/v1/nodes?labelSelector=pool%3Delastic");
        let kinds: Vec<&Value> =
            kinds.iter().map(|node| &node["metadata"]["labels"]["beta.kubernetes.io/instance-type"]).collect();
        assert_eq!(kinds, [expected], "{expander}");
    }
}

#[test]
fn a_group_grows_no_further_than_the_quota_of_machines() {
    let mut cloud = Cloud::new();
    cloud.world.quotas.machines.per_zone = 5;
    let id = cloud.running();
    make(&mut cloud, &id, 20, 30);
    cloud.pass(80);
    // One machine more in the first zone, four in the second.
    assert_eq!(cloud.nodes(&id).len(), 1 + 4);
}

#[test]
fn a_group_tries_again_as_its_policy_says() {
    for (policy, minutes, nodes) in
        [("IMMEDIATE_RETRY", 1, 6), ("IMMEDIATE_RETRY", 10, 5), ("INCREMENTAL_INTERVALS", 120, 6), ("NO_RETRY", 1, 5)]
    {
        let mut cloud = Cloud::new();
        cloud.world.quotas.machines.per_zone = 5;
        let id = cloud.running();
        let request = changed(group(&id, 6, 10), "AutoScalingGroupPara", "RetryPolicy", json!(policy));
        cloud.ok("CreateClusterAsGroup", request);
        cloud.pass(minutes * 60);
        assert_eq!(cloud.nodes(&id).len(), 5);
        cloud.world.quotas.machines.per_zone = 30;
        cloud.pass(4 * 3600);
        assert_eq!(cloud.nodes(&id).len(), nodes, "{policy} after {minutes} minutes");
    }
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = changed(group(&id, 0, 1), "AutoScalingGroupPara", "RetryPolicy", json!("PANIC"));
    assert_eq!(cloud.code("CreateClusterAsGroup", request), "InvalidParameter.AsCommonError");
}

#[test]
fn a_node_removed_by_hand_is_replaced_down_to_the_smallest_size() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    make(&mut cloud, &id, 2, 5);
    cloud.pass(80);
    let first = cloud.nodes(&id)[0]["InstanceId"].clone();
    cloud.ok(
        "DeleteClusterInstances",
        json!({"ClusterId": id, "InstanceIds": [first], "InstanceDeleteMode": "terminate"}),
    );
    cloud.pass(80);
    let nodes = cloud.nodes(&id);
    assert_eq!(nodes.len(), 2);
    assert!(nodes.iter().all(|node| node["InstanceId"] != first));
}

#[test]
fn groups_are_paged() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for _ in 0..3 {
        make(&mut cloud, &id, 0, 1);
    }
    let page = cloud.ok("DescribeClusterAsGroups", json!({"ClusterId": id, "Offset": 2, "Limit": 2}));
    assert_eq!((page["ClusterAsGroupSet"].as_array().unwrap().len(), &page["TotalCount"]), (1, &json!(3)));
    assert_eq!(page["ClusterAsGroupSet"][0]["Labels"], json!([{"Name": "pool", "Value": "elastic"}]));
    assert_eq!(cloud.code("DescribeClusterAsGroups", json!({"ClusterId": "cls-none"})), "ResourceNotFound");
}
