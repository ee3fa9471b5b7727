//! Virtual nodes and their pools.

use super::{Cloud, PODS, owned_pod};
use serde_json::{Value, json};

fn pool(cluster: &str) -> Value {
    json!({
        "ClusterId": cluster, "Name": "burst", "SubnetIds": ["subnet-default1", "subnet-default2"],
        "SecurityGroupIds": ["sg-default0"], "Labels": [{"Name": "kind", "Value": "virtual"}],
        "Taints": [{"Key": "virtual", "Value": "yes", "Effect": "NoSchedule"}],
    })
}

/// A running cluster with a pool at rest and one virtual node in it.
fn with_node(cloud: &mut Cloud) -> (String, String, String) {
    let id = cloud.running();
    let np = cloud.ok("CreateClusterVirtualNodePool", pool(&id))["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(10);
    let create = json!({"ClusterId": id, "NodePoolId": np, "SubnetId": "subnet-default1"});
    let node = cloud.ok("CreateClusterVirtualNode", create)["InstanceIds"][0].as_str().unwrap().to_owned();
    cloud.pass(10);
    (id, np, node)
}

fn nodes(cloud: &mut Cloud, cluster: &str, pool: &str) -> Vec<Value> {
    let answer = cloud.ok("DescribeClusterVirtualNode", json!({"ClusterId": cluster, "NodePoolId": pool}));
    assert_eq!(answer["TotalCount"], answer["Nodes"].as_array().unwrap().len());
    answer["Nodes"].as_array().unwrap().clone()
}

/// A pod that only the virtual node takes.
fn tolerant(name: &str) -> Value {
    let mut pod = owned_pod(name, "16");
    pod["spec"]["tolerations"] = json!([{"key": "virtual", "operator": "Exists"}]);
    pod
}

#[test]
fn a_pool_is_created_changed_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let np = cloud.ok("CreateClusterVirtualNodePool", pool(&id))["NodePoolId"].clone();
    let read = |cloud: &mut Cloud| cloud.ok("DescribeClusterVirtualNodePools", json!({"ClusterId": id}));
    assert_eq!(read(&mut cloud)["NodePoolSet"][0]["LifeState"], "creating");
    let node = json!({"ClusterId": id, "NodePoolId": np, "SubnetId": "subnet-default1"});
    assert_eq!(cloud.code("CreateClusterVirtualNode", node), "ResourceUnavailable");
    cloud.pass(10);
    let change = json!({"ClusterId": id, "NodePoolId": np, "Name": "other", "Taints": [], "Unschedulable": true});
    cloud.ok("ModifyClusterVirtualNodePool", change.clone());
    assert_eq!(cloud.code("ModifyClusterVirtualNodePool", change), "ResourceUnavailable");
    let pool = read(&mut cloud)["NodePoolSet"][0].clone();
    assert_eq!((&pool["LifeState"], &pool["Name"], &pool["Taints"]), (&json!("updating"), &json!("other"), &json!([])));
    assert_eq!(pool["Labels"], json!([{"Name": "kind", "Value": "virtual"}]), "what is not given stays");
    cloud.pass(5);
    assert_eq!(read(&mut cloud)["NodePoolSet"][0]["LifeState"], "normal");
    let delete = json!({"ClusterId": id, "NodePoolIds": [np]});
    cloud.ok("DeleteClusterVirtualNodePool", delete.clone());
    assert_eq!(read(&mut cloud)["NodePoolSet"][0]["LifeState"], "deleting");
    cloud.pass(10);
    assert_eq!(read(&mut cloud)["TotalCount"], 0);
    assert_eq!(cloud.code("DeleteClusterVirtualNodePool", delete), "ResourceNotFound");
}

#[test]
fn pools_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    for (field, value, code) in [
        ("SubnetIds", json!([]), "InvalidParameter"),
        ("SubnetIds", json!(["subnet-second01"]), "ResourceNotFound"),
        ("SecurityGroupIds", json!([]), "InvalidParameter"),
        ("Name", json!("x".repeat(61)), "InvalidParameter"),
        ("Labels", json!([{"Name": "qcloud/x", "Value": "1"}]), "InvalidParameter"),
        ("Taints", json!([{"Key": "a", "Value": "b", "Effect": "Frown"}]), "InvalidParameter"),
    ] {
        let mut request = pool(&id);
        request[field] = value.clone();
        assert_eq!(cloud.code("CreateClusterVirtualNodePool", request), code, "{field} {value}");
    }
}

#[test]
fn virtual_nodes_come_up_and_are_kubernetes_nodes() {
    let mut cloud = Cloud::new();
    let (id, np, node) = with_node(&mut cloud);
    let create = |changes: Value| {
        let mut request = json!({"ClusterId": id, "NodePoolId": np});
        request.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        request
    };
    let two = create(json!({"SubnetIds": ["subnet-default1", "subnet-default2"]}));
    assert_eq!(cloud.ok("CreateClusterVirtualNode", two)["InstanceIds"].as_array().unwrap().len(), 2);
    let listed = nodes(&mut cloud, &id, &np);
    assert_eq!((listed.len(), &listed[0]["Phase"], &listed[1]["Phase"]), (3, &json!("Running"), &json!("Pending")));
    let one = json!({"ClusterId": id, "NodePoolId": np, "NodeNames": [node]});
    assert_eq!(cloud.ok("DescribeClusterVirtualNode", one)["TotalCount"], 1);
    let kubernetes = cloud.items(&id, "/api/v1/nodes");
    assert_eq!((kubernetes.len(), &kubernetes[0]["metadata"]["labels"]["kind"]), (1, &json!("virtual")));
    for (changes, code) in [
        (json!({}), "MissingParameter"),
        (json!({"SubnetId": "subnet-default3"}), "InvalidParameter"),
        (json!({"SubnetId": "subnet-default1", "SubnetIds": ["subnet-default1"]}), "InvalidParameter"),
    ] {
        assert_eq!(cloud.code("CreateClusterVirtualNode", create(changes)), code);
    }
}

#[test]
fn pods_are_in_the_way_of_deletion_unless_it_is_forced() {
    let mut cloud = Cloud::new();
    let (id, np, node) = with_node(&mut cloud);
    cloud.kube(&id, "POST", PODS, tolerant("web-1"));
    cloud.pass(3);
    let path = format!("{PODS}/web-1");
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["spec"]["nodeName"], node);
    let delete_node = |force: bool| json!({"ClusterId": id, "NodePoolId": np, "NodeNames": [node], "Force": force});
    let delete_pool = json!({"ClusterId": id, "NodePoolIds": [np], "Force": false});
    assert_eq!(cloud.code("DeleteClusterVirtualNode", delete_node(false)), "ResourceInUse");
    assert_eq!(cloud.code("DeleteClusterVirtualNodePool", delete_pool), "ResourceInUse");
    cloud.ok("DeleteClusterVirtualNode", delete_node(true));
    assert_eq!(nodes(&mut cloud, &id, &np)[0]["Phase"], "Deleting");
    cloud.pass(10);
    assert_eq!(nodes(&mut cloud, &id, &np).len(), 0);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 0);
    let left = cloud.items(&id, PODS);
    assert_eq!((left.len(), &left[0]["status"]["phase"]), (1, &json!("Pending")), "its controller made another one");
    assert_eq!(cloud.code("DeleteClusterVirtualNode", delete_node(true)), "ResourceNotFound");
    let nameless = json!({"ClusterId": id, "NodePoolId": np});
    assert_eq!(cloud.code("DeleteClusterVirtualNode", nameless), "MissingParameter");
}

#[test]
fn a_pool_takes_its_nodes_along() {
    let mut cloud = Cloud::new();
    let (id, np, _) = with_node(&mut cloud);
    cloud.kube(&id, "POST", PODS, tolerant("web-1"));
    cloud.pass(3);
    cloud.ok("DeleteClusterVirtualNodePool", json!({"ClusterId": id, "NodePoolIds": [np], "Force": true}));
    cloud.pass(10);
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 0);
    assert_eq!(
        cloud.code("DescribeClusterVirtualNode", json!({"ClusterId": id, "NodePoolId": np})),
        "ResourceNotFound"
    );
}

#[test]
fn drain_moves_the_pods_off_a_virtual_node() {
    let mut cloud = Cloud::new();
    let (id, _, node) = with_node(&mut cloud);
    cloud.kube(&id, "POST", PODS, tolerant("web-1"));
    cloud.pass(3);
    let drain = |rehearsal: bool| json!({"ClusterId": id, "NodeName": node, "DryRun": rehearsal});
    let rehearsed = cloud.ok("DrainClusterVirtualNode", drain(true));
    assert_eq!((&rehearsed["TotalCount"], &rehearsed["Pods"][0]["Name"]), (&json!(1), &json!("web-1")));
    assert_eq!(cloud.ok("DrainClusterVirtualNode", drain(false)), rehearsed);
    cloud.pass(10);
    let left = cloud.items(&id, PODS);
    assert_eq!((left.len(), &left[0]["status"]["phase"]), (1, &json!("Pending")));
    assert_eq!(
        cloud.code("DrainClusterVirtualNode", json!({"ClusterId": id, "NodeName": "eklet-none"})),
        "ResourceNotFound"
    );
}
