//! Levels of clusters, and what clusters use.

use super::settings::{masters_para, with};
use super::{Cloud, PODS, empty_cluster, pod};
use serde_json::json;

#[test]
fn levels_have_limits_and_prices() {
    let mut cloud = Cloud::new();
    let levels = cloud.ok("DescribeClusterLevelAttribute", json!({}));
    let names: Vec<&str> =
        levels["Items"].as_array().unwrap().iter().map(|level| level["Name"].as_str().unwrap()).collect();
    assert_eq!(names, ["L5", "L20", "L50", "L100", "L200", "L500", "L1000", "L3000", "L5000"]);
    let l50 = &levels["Items"][2];
    assert_eq!((&l50["NodeCount"], &l50["PodCount"], &l50["RSCount"]), (&json!(50), &json!(1500), &json!(9000)));
    assert_eq!(
        (&l50["ConfigMapCount"], &l50["CRDCount"], &l50["OtherCount"]),
        (&json!(512), &json!(1250), &json!(1250))
    );
    let price = cloud.ok("GetClusterLevelPrice", json!({"ClusterLevel": "L20"}));
    assert_eq!((&price["Cost"], &price["TotalCost"]), (&json!(40), &json!(40)));
    assert_eq!(cloud.code("GetClusterLevelPrice", json!({"ClusterLevel": "L7"})), "InvalidParameter");
    let id = cloud.running();
    cloud.add_nodes(&id, 6);
    let fitting = cloud.ok("DescribeClusterLevelAttribute", json!({"ClusterID": id}))["Items"].clone();
    assert_eq!((&fitting[0]["Enable"], &fitting[1]["Enable"]), (&json!(false), &json!(true)));
    assert_eq!(cloud.code("DescribeClusterLevelAttribute", json!({"ClusterID": "cls-none"})), "ResourceNotFound");
}

#[test]
fn a_level_is_chosen_and_changed() {
    let mut cloud = Cloud::new();
    assert_eq!(cloud.code("CreateCluster", with("ClusterBasicSettings/ClusterLevel", json!("L7"))), "InvalidParameter");
    let mut independent = empty_cluster("172.16.0.0/16");
    independent["ClusterType"] = json!("INDEPENDENT_CLUSTER");
    independent["RunInstancesForNode"] = masters_para(3);
    independent["ClusterBasicSettings"]["ClusterLevel"] = json!("L20");
    assert_eq!(cloud.code("CreateCluster", independent), "InvalidParameter");
    let id = cloud.made(with("ClusterBasicSettings/ClusterLevel", json!("L50")));
    assert_eq!(
        (cloud.cluster(&id)["ClusterLevel"].clone(), cloud.cluster(&id)["AutoUpgradeClusterLevel"].clone()),
        (json!("L50"), json!(false))
    );
    let change = json!({"ClusterId": id, "ClusterLevel": "L20"});
    let answer = cloud.ok("ModifyClusterAttribute", change);
    assert_eq!(answer["AutoUpgradeClusterLevel"], json!({"IsAutoUpgrade": false}));
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "ClusterLevelUpgrading");
    let long = json!({"ClusterId": id, "ClusterLevel": "L100", "ClusterName": "x".repeat(61)});
    assert_eq!(cloud.code("ModifyClusterAttribute", long), "ResourceUnavailable");
    let again = json!({"ClusterId": id, "ClusterLevel": "L100"});
    assert_eq!(cloud.code("ModifyClusterAttribute", again), "ResourceUnavailable");
    let record = cloud.ok("DescribeClusterLevelChangeRecords", json!({"ClusterID": id}))["Items"][0].clone();
    assert_eq!((&record["Status"], &record["EndedAt"]), (&json!("upgrading"), &json!("")));
    cloud.pass(120);
    let records = cloud.ok("DescribeClusterLevelChangeRecords", json!({"ClusterID": id}));
    let record = &records["Items"][0];
    assert_eq!(
        (&record["OldLevel"], &record["NewLevel"], &record["Status"]),
        (&json!("L50"), &json!("L20"), &json!("success"))
    );
    assert_eq!((&record["TriggerType"], &records["TotalCount"]), (&json!("manual"), &json!(1)));
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L20");
    let later = json!({"ClusterID": id, "StartAt": "2024-06-02 00:00:00"});
    assert_eq!(cloud.ok("DescribeClusterLevelChangeRecords", later)["TotalCount"], 0);
    let wrong = json!({"ClusterID": id, "StartAt": "yesterday"});
    assert_eq!(cloud.code("DescribeClusterLevelChangeRecords", wrong), "InvalidParameter.Param");
    cloud.add_nodes(&id, 6);
    let small = json!({"ClusterId": id, "ClusterLevel": "L5"});
    assert_eq!(cloud.code("ModifyClusterAttribute", small), "InvalidParameter.Param");
    let long = json!({"ClusterId": id, "ClusterLevel": "L100", "ClusterName": "x".repeat(61)});
    assert_eq!(cloud.code("ModifyClusterAttribute", long), "InvalidParameter.Param");
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L20", "what is refused changes nothing");
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "Running");
}

#[test]
fn a_level_grows_with_the_nodes_and_never_shrinks() {
    let mut cloud = Cloud::new();
    let mut request = with("ClusterBasicSettings/ClusterLevel", json!("L5"));
    request["ClusterBasicSettings"]["AutoUpgradeClusterLevel"] = json!({"IsAutoUpgrade": true});
    let id = cloud.made(request);
    let nodes = cloud.add_nodes(&id, 5);
    assert_eq!(
        (cloud.cluster(&id)["ClusterLevel"].clone(), cloud.cluster(&id)["AutoUpgradeClusterLevel"].clone()),
        (json!("L5"), json!(true))
    );
    cloud.add_nodes(&id, 1);
    assert_eq!(cloud.cluster(&id)["ClusterStatus"], "ClusterLevelUpgrading");
    cloud.pass(120);
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L20");
    let record = cloud.ok("DescribeClusterLevelChangeRecords", json!({"ClusterID": id}))["Items"][0].clone();
    assert_eq!((&record["TriggerType"], &record["NewLevel"]), (&json!("auto"), &json!("L20")));
    let remove = json!({"ClusterId": id, "InstanceIds": nodes, "InstanceDeleteMode": "terminate"});
    cloud.ok("DeleteClusterInstances", remove);
    cloud.pass(600);
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L20");
    let off = json!({"ClusterId": id, "AutoUpgradeClusterLevel": {"IsAutoUpgrade": false}});
    cloud.ok("ModifyClusterAttribute", off);
    cloud.add_nodes(&id, 20);
    cloud.pass(600);
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L20");
    let on = json!({"ClusterId": id, "AutoUpgradeClusterLevel": {"IsAutoUpgrade": true}});
    cloud.ok("ModifyClusterAttribute", on);
    cloud.pass(120);
    assert_eq!(cloud.cluster(&id)["ClusterLevel"], "L50");
}

#[test]
fn usage_counts_the_objects_of_the_api() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let usage = |cloud: &mut Cloud| cloud.ok("DescribeResourceUsage", json!({"ClusterId": id}));
    let before = usage(&mut cloud);
    cloud.kube(&id, "POST", PODS, pod("one", "100m"));
    let map = json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "settings"}});
    cloud.kube(&id, "POST", "/api/v1/namespaces/default/configmaps", map);
    let crd = json!({"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1beta1",
        "metadata": {"name": "cars.example.com"},
        "spec": {"group": "example.com", "version": "v1", "scope": "Namespaced",
            "names": {"plural": "cars", "singular": "car", "kind": "Car"}}});
    cloud.kube(&id, "POST", "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions", crd);
    let car = json!({"kind": "Car", "apiVersion": "example.com/v1", "metadata": {"name": "red"}});
    cloud.kube(&id, "POST", "/apis/example.com/v1/namespaces/default/cars", car);
    let after = usage(&mut cloud);
    let more = |name: &str| after[name].as_u64().unwrap() - before[name].as_u64().unwrap();
    assert_eq!((more("PodUsage"), more("ConfigMapUsage"), more("RSUsage")), (1, 1, 0));
    assert_eq!(after["CRDUsage"]["Details"], json!([{"Name": "cars.example.com", "Usage": 1}]));
    let services = after["OtherUsage"]["Details"].as_array().unwrap().iter().find(|kind| kind["Name"] == "services");
    assert_eq!(services.unwrap()["Usage"], 3);
    assert_eq!(
        cloud.code("DescribeResourceUsage", json!({"ClusterId": "cls-none"})),
        "InvalidParameter.ClusterNotFound"
    );
}
