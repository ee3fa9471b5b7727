//! Nodes and existing machines.

use super::{Cloud, PODS, empty_cluster, owned_pod, place, pod, texts};
use serde_json::{Value, json};

fn para(changes: Value) -> String {
    let mut para = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": 1, "VirtualPrivateCloud": place()});
    for (name, value) in changes.as_object().unwrap() {
        para[name] = value.clone();
    }
    para.to_string()
}

fn add(cluster: &str, changes: Value) -> Value {
    json!({"ClusterId": cluster, "RunInstancePara": para(changes)})
}

#[test]
fn bought_machines_become_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let answer = cloud.ok("CreateClusterInstances", add(&id, json!({"InstanceCount": 2})));
    let ids = texts(&answer["InstanceIdSet"]);
    assert_eq!(ids.len(), 2);
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Scaling");
    assert!(cloud.nodes(&id).iter().all(|node| node["InstanceState"] == "initializing"));
    cloud.pass(30);
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Running");
    assert!(cloud.nodes(&id).iter().all(|node| node["InstanceState"] == "running" && node["FailedReason"] == ""));
    assert_eq!(cloud.cluster(&id)["ClusterNodeNum"], 2);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 2);
    let answer = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": ids}));
    assert_eq!(answer["ExistedInstanceSet"][0]["AlreadyInCluster"], id);
    assert_eq!(answer["ExistedInstanceSet"][0]["InstanceName"], format!("ccs_{id}_node"));
}

#[test]
fn nodes_are_not_added_before_the_cluster_runs() {
    let mut cloud = Cloud::new();
    let id = cloud.create("172.16.0.0/16");
    assert_eq!(cloud.code("CreateClusterInstances", add(&id, json!({}))), "ResourceUnavailable");
    assert_eq!(cloud.code("CreateClusterInstances", add("cls-none", json!({}))), "ResourceNotFound");
}

#[test]
fn machines_that_cannot_be_bought_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (changes, code) in [
        (json!({"InstanceType": "X1.HUGE"}), "InternalError.CvmCommon"),
        (json!({"InstanceCount": 0}), "InvalidParameter"),
        (json!({"InstanceCount": 501}), "InvalidParameter"),
        (json!({"InstanceCount": 31}), "InternalError.CvmCommon"),
        (json!({"InstanceCount": "2"}), "InvalidParameter"),
        (json!({"Placement": {"Zone": "ap-guangzhou-2"}}), "InternalError.CvmCommon"),
        (
            json!({"VirtualPrivateCloud": {"VpcId": "vpc-second00", "SubnetId": "subnet-second01"}}),
            "InternalError.VpcRecodrNotFound",
        ),
        (
            json!({"VirtualPrivateCloud": {"VpcId": "vpc-default0", "SubnetId": "subnet-none"}}),
            "InternalError.VpcCommon",
        ),
        (json!({"InstanceChargeType": "PREPAID"}), "InternalError.CvmCommon"),
        (json!({"InternetAccessible": {"PublicIpAssigned": true}}), "InternalError.CvmCommon"),
        (json!({"LoginSettings": {"Password": "short1"}}), "InvalidParameter"),
        (json!({"LoginSettings": {"Password": "lettersonly"}}), "InvalidParameter"),
        (json!({"LoginSettings": {"Password": "g00dPassword", "KeyIds": ["skey-1"]}}), "InvalidParameter"),
        (json!({"DryRun": true}), "DryRunOperation"),
    ] {
        let refusal = cloud.refusal("CreateClusterInstances", add(&id, changes.clone()));
        assert_eq!(refusal.code, code, "{changes}");
        assert!(!refusal.message.contains("lettersonly"));
    }
    let broken = json!({"ClusterId": id, "RunInstancePara": "{"});
    assert_eq!(cloud.code("CreateClusterInstances", broken), "InvalidParameter");
    assert_eq!(cloud.nodes(&id).len(), 0);
}

#[test]
fn a_zone_has_thirty_machines_paid_by_the_hour() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    // Four of the seeded machines are in the zone and paid by the hour.
    cloud.ok("CreateClusterInstances", add(&id, json!({"InstanceCount": 26})));
    let refusal = cloud.refusal("CreateClusterInstances", add(&id, json!({})));
    assert_eq!((refusal.code.as_ref(), refusal.message.contains("30")), ("InternalError.CvmCommon", true));
    let prepaid = json!({"InstanceChargeType": "PREPAID", "InstanceChargePrepaid": {"Period": 1}});
    cloud.ok("CreateClusterInstances", add(&id, prepaid));
}

#[test]
fn a_purchase_with_a_mark_is_made_once() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let marked = add(&id, json!({"ClientToken": "once"}));
    let first = cloud.ok("CreateClusterInstances", marked.clone());
    assert_eq!(cloud.ok("CreateClusterInstances", marked), first);
    assert_eq!(cloud.nodes(&id).len(), 1);
}

#[test]
fn nodes_have_a_quota() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.quotas.tke.nodes = 1;
    assert_eq!(
        cloud.code("CreateClusterInstances", add(&id, json!({"InstanceCount": 2}))),
        "InternalError.QuotaMaxNodLimit"
    );
    let legacy = json!({"ClusterId": id, "CvmRunInstances": para(json!({"InstanceCount": 2}))});
    assert_eq!(cloud.code("AddClusterInstances", legacy), "LimitExceeded");
}

#[test]
fn add_cluster_instances_takes_its_settings_one_by_one() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let request = json!({
        "ClusterId": id, "CvmRunInstances": para(json!({})), "MountTarget": ["/data"], "Unschedulable": 1,
        "OsName": "centos7.2x86_64",
    });
    cloud.ok("AddClusterInstances", request);
    cloud.pass(30);
    let node = &cloud.nodes(&id)[0];
    assert_eq!(node["InstanceAdvancedSettings"]["MountTarget"], "/data");
    assert_eq!(node["InstanceAdvancedSettings"]["DockerGraphPath"], "/var/lib/docker");
    assert_eq!(cloud.items(&id, "/api/v1/nodes")[0]["spec"]["unschedulable"], true);
    assert_eq!(cloud.cluster(&id)["ClusterOs"], "centos7.2x86_64");
    let other = cloud.create("172.17.0.0/16");
    cloud.pass(60);
    let refused = json!({"ClusterId": other, "CvmRunInstances": para(json!({"InstanceType": "X.Y"})), "OsName": "centos7.2x86_64"});
    assert_eq!(cloud.code("AddClusterInstances", refused), "FailedOperation");
    assert_eq!(cloud.cluster(&other)["ClusterOs"], "ubuntu16.04.1 LTSx86_64", "what is refused changes nothing");
    let unknown = json!({"ClusterId": id, "CvmRunInstances": para(json!({})), "OsName": "beos"});
    assert_eq!(cloud.code("AddClusterInstances", unknown), "InvalidParameter");
}

#[test]
fn reserved_label_keys_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for key in ["node.kubernetes.io/x", "qcloud-zone"] {
        let mut request = add(&id, json!({}));
        request["InstanceAdvancedSettings"] = json!({"Labels": [{"Name": key, "Value": "1"}]});
        let refusal = cloud.refusal("CreateClusterInstances", request);
        assert_eq!((refusal.code.as_ref(), refusal.message.contains(key)), ("InvalidParameter", true));
    }
}

#[test]
fn host_names_are_needed_where_nodes_are_named_by_them() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["ClusterAdvancedSettings"] = json!({"NodeNameType": "hostname"});
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    for (changes, code) in [
        (json!({}), "MissingParameter"),
        (json!({"HostName": "Web"}), "InvalidParameter"),
        (json!({"HostName": "web", "InstanceName": "other"}), "InvalidParameter"),
    ] {
        assert_eq!(cloud.code("CreateClusterInstances", add(&id, changes.clone())), code, "{changes}");
    }
    let existing = json!({"ClusterId": id, "InstanceIds": ["ins-default1"]});
    assert_eq!(cloud.code("AddExistedInstances", existing), "MissingParameter");
    cloud.ok("CreateClusterInstances", add(&id, json!({"HostName": "web", "InstanceName": "web", "InstanceCount": 2})));
    cloud.pass(30);
    let nodes = cloud.items(&id, "/api/v1/nodes");
    let names: Vec<&str> = nodes.iter().map(|node| node["metadata"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["web1", "web2"]);
}

#[test]
fn existing_machines_say_whether_they_can_join() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let all = cloud.ok("DescribeExistedInstances", json!({}));
    assert_eq!(all["TotalCount"], 8);
    let usable = |answer: &Value| {
        let set = answer["ExistedInstanceSet"].as_array().unwrap();
        set.iter().filter(|machine| machine["Usable"] == true).count()
    };
    assert_eq!(usable(&all), 7);
    let here = cloud.ok("DescribeExistedInstances", json!({"ClusterId": id}));
    assert_eq!((here["TotalCount"].clone(), usable(&here)), (json!(6), 5));
    let ids = json!(["ins-default1", "ins-second01", "ins-stopped1", "ins-none", "ins-default1"]);
    let answer = cloud.ok("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": ids}));
    assert_eq!(answer["SuccInstanceIds"], json!(["ins-default1"]));
    assert_eq!(answer["FailedInstanceIds"], json!(["ins-second01", "ins-stopped1", "ins-none"]));
    assert_eq!(answer["TimeoutInstanceIds"], json!([]));
    let machine =
        cloud.ok("DescribeExistedInstances", json!({"InstanceIds": ["ins-default1"]}))["ExistedInstanceSet"][0].clone();
    assert_eq!((&machine["Usable"], &machine["AlreadyInCluster"]), (&json!(false), &json!(id)));
    assert!(machine["UnusableReason"].as_str().unwrap().contains(&id));
    assert_eq!(machine["OsName"], "ubuntu16.04.1 LTSx86_64", "the machine was installed anew");
    cloud.pass(30);
    assert_eq!(cloud.nodes(&id)[0]["InstanceState"], "running");
    let again = cloud.ok("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": ["ins-default1"]}));
    assert_eq!(again["FailedInstanceIds"], json!(["ins-default1"]));
}

#[test]
fn existing_machines_are_filtered_and_paged() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let mut count = |parameters: Value| match cloud.call("DescribeExistedInstances", parameters) {
        Ok(answer) => answer["TotalCount"].as_u64().unwrap().to_string(),
        Err(refusal) => refusal.code.into_owned(),
    };
    let filter = |name: &str, values: Value| json!([{"Name": name, "Values": values}]);
    for (parameters, expected) in [
        (json!({"Filters": filter("vpc-id", json!(["vpc-second00"]))}), "2"),
        (json!({"Filters": filter("zone", json!(["ap-guangzhou-2", "ap-guangzhou-3"]))}), "3"),
        (json!({"Filters": filter("instance-charge-type", json!(["PREPAID"]))}), "2"),
        (json!({"Filters": filter("colour", json!(["red"]))}), "InvalidParameter"),
        (json!({"VagueInstanceName": "build"}), "3"),
        (json!({"VagueIpAddress": "192.168."}), "2"),
        (json!({"ClusterId": id, "Filters": filter("vpc-id", json!(["vpc-second00"]))}), "InvalidParameter"),
        (json!({"ClusterId": id, "Filters": filter("vpc-id", json!(["vpc-default0"]))}), "6"),
        (json!({"ClusterId": id, "InstanceIds": ["ins-default1"]}), "InvalidParameter"),
        (json!({"InstanceIds": ["ins-none"]}), "InternalError.CvmNotFound"),
        (json!({"InstanceIds": vec!["ins-default1"; 101]}), "InvalidParameter"),
        (json!({"ClusterId": "cls-none"}), "ResourceNotFound"),
    ] {
        assert_eq!(count(parameters.clone()), expected, "{parameters}");
    }
    let page = cloud.ok("DescribeExistedInstances", json!({"Offset": 6, "Limit": 5}));
    assert_eq!((page["ExistedInstanceSet"].as_array().unwrap().len(), &page["TotalCount"]), (2, &json!(8)));
}

#[test]
fn nodes_leave_and_their_machines_are_destroyed_or_kept() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let nodes = cloud.add_nodes(&id, 3);
    cloud.ok("AddExistedInstances", json!({"ClusterId": id, "InstanceIds": ["ins-default4"]}));
    let delete = |ids: Value, mode: &str| json!({"ClusterId": id, "InstanceIds": ids, "InstanceDeleteMode": mode});
    let answer = cloud.ok("DeleteClusterInstances", delete(json!(["ins-default4", "ins-none"]), "retain"));
    assert_eq!(answer["FailedInstanceIds"], json!(["ins-default4"]), "it is still initializing");
    assert_eq!(answer["NotFoundInstanceIds"], json!(["ins-none"]));
    cloud.pass(30);
    let answer = cloud.ok("DeleteClusterInstances", delete(json!(["ins-default4"]), "terminate"));
    assert_eq!(answer["FailedInstanceIds"], json!(["ins-default4"]), "it is paid ahead");
    let answer = cloud.ok("DeleteClusterInstances", delete(json!([nodes[0]]), "terminate"));
    assert_eq!(answer["SuccInstanceIds"], json!([nodes[0]]));
    cloud.ok("DeleteClusterInstances", delete(json!([nodes[1], "ins-default4"]), "retain"));
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Scaling");
    cloud.pass(10);
    assert_eq!(cloud.nodes(&id).len(), 1);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 1);
    let code = cloud.code("DescribeExistedInstances", json!({"InstanceIds": [nodes[0]]}));
    assert_eq!(code, "InternalError.CvmNotFound");
    let kept = cloud.ok("DescribeExistedInstances", json!({"InstanceIds": [nodes[1], "ins-default4"]}));
    assert!(kept["ExistedInstanceSet"].as_array().unwrap().iter().all(|machine| machine["Usable"] == true));
}

#[test]
fn force_removes_a_node_that_is_initializing() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let ids = cloud.ok("CreateClusterInstances", add(&id, json!({})))["InstanceIdSet"].clone();
    let mut delete =
        json!({"ClusterId": id, "InstanceIds": ids, "InstanceDeleteMode": "terminate", "ForceDelete": true});
    assert_eq!(cloud.ok("DeleteClusterInstances", delete.clone())["SuccInstanceIds"], ids);
    cloud.pass(60);
    assert_eq!(cloud.nodes(&id).len(), 0);
    delete["InstanceDeleteMode"] = json!("burn");
    assert_eq!(cloud.code("DeleteClusterInstances", delete), "InvalidParameter");
}

#[test]
fn nodes_are_filtered_and_paged() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let ids = cloud.add_nodes(&id, 5);
    let mut request = add(&id, json!({"InstanceName": "special"}));
    request["InstanceAdvancedSettings"] = json!({"Labels": [{"Name": "tier", "Value": "db"}]});
    cloud.ok("CreateClusterInstances", request);
    let page = cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "Offset": 4, "Limit": 4}));
    assert_eq!((page["InstanceSet"].as_array().unwrap().len(), &page["TotalCount"]), (2, &json!(6)));
    let some = cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "InstanceIds": [ids[1], "ins-none"]}));
    assert_eq!(some["TotalCount"], 1);
    let filter = json!([{"Name": "instance-state", "Values": ["initializing"]}]);
    assert_eq!(cloud.ok("DescribeClusterInstances", json!({"ClusterId": id, "Filters": filter}))["TotalCount"], 1);
    let wrong = json!([{"Name": "colour", "Values": ["red"]}]);
    assert_eq!(cloud.code("DescribeClusterInstances", json!({"ClusterId": id, "Filters": wrong})), "InvalidParameter");
    assert_eq!(
        cloud.code("DescribeClusterInstances", json!({"ClusterId": "cls-none"})),
        "InvalidParameter.ClusterNotFound"
    );
    for (parameters, expected) in [
        (json!({}), 6),
        (json!({"InstanceRole": "MASTER_ETCD"}), 0),
        (json!({"InstanceStates": ["running"]}), 5),
        (json!({"VagueInstanceName": "special"}), 1),
        (json!({"VagueIpAddress": "10.200.1."}), 6),
        (json!({"Labels": "tier=db"}), 1),
        (json!({"Labels": "tier"}), 1),
        (json!({"Labels": "tier=web"}), 0),
    ] {
        let mut parameters = parameters;
        parameters["ClusterId"] = json!(id);
        assert_eq!(cloud.ok("DescribeClusterInstanceIds", parameters.clone())["TotalCount"], expected, "{parameters}");
    }
}

#[test]
fn drain_moves_the_pods_and_cordons_the_node() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let first = cloud.add_nodes(&id, 1);
    cloud.kube(&id, "POST", PODS, owned_pod("web-1", "100m"));
    cloud.kube(&id, "POST", PODS, pod("alone", "100m"));
    cloud.pass(5);
    cloud.add_nodes(&id, 1);
    let drain = |rehearsal: bool| json!({"ClusterId": id, "InstanceId": first[0], "DryRun": rehearsal});
    let names = |answer: &Value| {
        let pods = answer["Pods"].as_array().unwrap();
        pods.iter().map(|pod| pod["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rehearsed = cloud.ok("DrainClusterNode", drain(true));
    assert_eq!(names(&rehearsed).len(), 5, "three of the system, two of the user, none of the daemons");
    assert!(rehearsed["Pods"][0]["NodeIp"].as_str().unwrap().starts_with("10.200.1."));
    assert_eq!(cloud.nodes(&id)[0]["DrainStatus"], "");
    let drained = cloud.ok("DrainClusterNode", drain(false));
    assert_eq!(drained, rehearsed);
    assert_eq!(cloud.nodes(&id)[0]["DrainStatus"], "draining");
    cloud.pass(10);
    assert_eq!(cloud.nodes(&id)[0]["DrainStatus"], "drained");
    let node = cloud.items(&id, "/api/v1/nodes")[0].clone();
    assert_eq!(node["spec"]["unschedulable"], true);
    let name = node["metadata"]["name"].as_str().unwrap();
    let left = cloud.items(&id, &format!("/api/v1/pods?fieldSelector=spec.nodeName={name}"));
    assert!(left.iter().all(|pod| pod["metadata"]["ownerReferences"][0]["kind"] == "DaemonSet"));
    assert_eq!(left.len(), 2);
    let pods = cloud.items(&id, PODS);
    assert_eq!(pods.len(), 1, "the pod without a controller is gone, the other one was replaced");
    assert!(pods[0]["metadata"]["name"].as_str().unwrap().starts_with("web-"));
    assert_eq!(pods[0]["status"]["phase"], "Running");
    assert_eq!(cloud.code("DrainClusterNode", json!({"ClusterId": id, "InstanceId": "ins-none"})), "ResourceNotFound");
    let coming = cloud.ok("CreateClusterInstances", add(&id, json!({})))["InstanceIdSet"][0].clone();
    assert_eq!(cloud.code("DrainClusterNode", json!({"ClusterId": id, "InstanceId": coming})), "ResourceUnavailable");
}
