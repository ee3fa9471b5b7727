//! Registered nodes: machines outside of the cloud.

use super::{Cloud, PODS, owned_pod};
use serde_json::{Value, json};
use wharf_world::infra::machines::Size;
use wharf_world::kernel::violation::Reason;
use wharf_world::tke::external_nodes::ExternalMachine;

/// A running cluster of that version and network with a node in the cloud.
fn cluster(cloud: &mut Cloud, version: &str, network: &str) -> String {
    let new = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": version},
        "ClusterAdvancedSettings": {"NetworkType": network},
    });
    let id = cloud.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    cloud.add_nodes(&id, 1);
    id
}

fn enable(cluster: &str) -> Value {
    let config =
        json!({"NetworkType": "HostNetwork", "SubnetId": "subnet-default2", "ClusterCIDR": "", "Enabled": true});
    json!({"ClusterId": cluster, "ClusterExternalConfig": config})
}

/// A cluster that takes registered nodes.
pub(super) fn enabled(cloud: &mut Cloud) -> String {
    let id = cluster(cloud, "1.20.6", "GR");
    cloud.ok("EnableExternalNodeSupport", enable(&id));
    cloud.pass(30);
    id
}

pub(super) fn new_pool(cluster: &str) -> Value {
    json!({
        "ClusterId": cluster, "Name": "idc", "ContainerRuntime": "containerd", "RuntimeVersion": "1.4.3",
        "Labels": [{"Name": "place", "Value": "idc"}],
    })
}

pub(super) fn create(cloud: &mut Cloud, new: Value) -> String {
    let id = cloud.ok("CreateExternalNodePool", new)["NodePoolId"].as_str().unwrap().to_owned();
    cloud.pass(10);
    id
}

fn of(cluster: &str, pool: &str, members: Value) -> Value {
    let mut request = members;
    (request["ClusterId"], request["NodePoolId"]) = (json!(cluster), json!(pool));
    request
}

fn token(cloud: &mut Cloud, cluster: &str, pool: &str) -> String {
    let script = cloud.ok("DescribeExternalNodeScript", of(cluster, pool, json!({})));
    script["Token"].as_str().unwrap().to_owned()
}

/// Runs the script of the pool on a machine, and waits until the node runs.
pub(super) fn join(cloud: &mut Cloud, cluster: &str, pool: &str, name: &str) {
    let token = token(cloud, cluster, pool);
    let address = format!("192.168.7.{}", name.len() + 10);
    assert_eq!(cloud.world.join_external(&token, &ExternalMachine::new(name, address)).unwrap(), name);
    cloud.pass(30);
}

fn nodes(cloud: &mut Cloud, request: Value) -> Vec<Value> {
    cloud.ok("DescribeExternalNode", request)["Nodes"].as_array().unwrap().clone()
}

fn host_pod(name: &str) -> Value {
    let mut pod = owned_pod(name, "100m");
    pod["spec"]["nodeSelector"] = json!({"node.kubernetes.io/instance-type": "external"});
    pod["spec"]["hostNetwork"] = json!(true);
    pod
}

#[test]
fn a_cluster_comes_to_take_registered_nodes() {
    let mut cloud = Cloud::new();
    let id = cluster(&mut cloud, "1.20.6", "GR");
    let config = |cloud: &mut Cloud| cloud.ok("DescribeExternalNodeSupportConfig", json!({"ClusterId": id}));
    assert_eq!(config(&mut cloud)["Status"], "Disabled");
    let pool = new_pool(&id);
    assert_eq!(cloud.code("CreateExternalNodePool", pool), "ResourceUnavailable.ClusterState");
    cloud.ok("EnableExternalNodeSupport", enable(&id));
    assert_eq!(config(&mut cloud)["Status"], "Initializing");
    assert_eq!(cloud.code("EnableExternalNodeSupport", enable(&id)), "UnsupportedOperation.AlreadyEnabled");
    cloud.pass(30);
    let there = config(&mut cloud);
    assert_eq!((&there["Status"], &there["Enabled"]), (&json!("Enabled"), &json!(true)));
    assert_eq!((&there["NetworkType"], &there["SubnetId"]), (&json!("HostNetwork"), &json!("subnet-default2")));
    assert!(there["Proxy"].as_str().unwrap().starts_with("10.200.2."), "an address of the subnet (002:16371)");
    assert!(there["Progress"][0]["EndAt"].is_string());
    assert_eq!(cloud.cluster(&id)["EnableExternalNode"], true);
    create(&mut cloud, new_pool(&id));
}

#[test]
fn clusters_that_cannot_take_registered_nodes_are_refused() {
    let mut cloud = Cloud::new();
    let old = cluster(&mut cloud, "1.16.3", "GR");
    assert_eq!(cloud.code("EnableExternalNodeSupport", enable(&old)), "InvalidParameter.Param", "002:15840");
    let mut cloud = Cloud::new();
    let id = cluster(&mut cloud, "1.18.4", "GR");
    let changed = |name: &str, value: &str| {
        let mut request = enable(&id);
        request["ClusterExternalConfig"][name] = json!(value);
        request
    };
    for (name, value, code) in [
        ("NetworkType", "CiliumBGP", "UnsupportedOperation.UnsupportedNetworkType"),
        ("SubnetId", "subnet-second01", "InvalidParameter.SubnetInvalidError"),
        ("ClusterCIDR", "10.1.0.0/16", "InvalidParameter.Param"),
    ] {
        assert_eq!(cloud.code("EnableExternalNodeSupport", changed(name, value)), code, "{name}");
    }
    assert_eq!(cloud.code("EnableExternalNodeSupport", enable("cls-none")), "ResourceNotFound");
    // 002:15840: at least one node in the cloud.
    let empty = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.17.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterVersion": "1.20.6"},
    });
    let empty = cloud.ok("CreateCluster", empty)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    assert_eq!(cloud.code("EnableExternalNodeSupport", enable(&empty)), "InvalidParameter.Param");
}

#[test]
fn an_overlay_cluster_takes_registered_nodes_from_the_start() {
    let mut cloud = Cloud::new();
    let id = cluster(&mut cloud, "1.20.6", "CiliumOverlay");
    let config = cloud.ok("DescribeExternalNodeSupportConfig", json!({"ClusterId": id}));
    assert_eq!((&config["Status"], &config["NetworkType"]), (&json!("Enabled"), &json!("CiliumOverlay")));
    assert_eq!(config["ClusterCIDR"], "172.16.0.0/16");
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    let mut pod = host_pod("web");
    pod["spec"]["hostNetwork"] = json!(false);
    cloud.kube(&id, "POST", PODS, pod);
    cloud.pass(5);
    assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Running", "pods have addresses of the overlay");
}

#[test]
fn a_machine_joins_with_the_token_of_a_script() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let mut new = new_pool(&id);
    new["Taints"] = json!([{"Key": "idc", "Value": "yes", "Effect": "PreferNoSchedule"}]);
    let pool = create(&mut cloud, new);
    let script = cloud.ok("DescribeExternalNodeScript", of(&id, &pool, json!({"Name": "gz-7", "Internal": true})));
    let (link, command) = (script["Link"].as_str().unwrap(), script["Command"].as_str().unwrap());
    let token = script["Token"].as_str().unwrap();
    assert!(link.ends_with(&format!("/add2tkectl-{id}-{pool}")) && link.contains("cos-internal"), "002:16353");
    assert!(command.contains(link) && command.contains(token) && command.contains("install -n gz-7"));
    let machine = ExternalMachine::new("rack7", "192.168.7.7");
    assert_eq!(cloud.world.join_external(token, &machine).unwrap(), "gz-7");
    assert!(nodes(&mut cloud, json!({"ClusterId": id})).is_empty(), "it is being installed");
    cloud.pass(30);
    let there = nodes(&mut cloud, json!({"ClusterId": id, "NodePoolId": pool, "Names": ["gz-7"]}));
    assert_eq!(there.len(), 1);
    for (name, value) in [
        ("Name", json!("gz-7")),
        ("NodePoolId", json!(pool)),
        ("IP", json!("192.168.7.7")),
        ("Location", json!("ap-guangzhou")),
        ("Status", json!("Running")),
        ("Unschedulable", json!(false)),
    ] {
        assert_eq!(there[0][name], value, "{name}");
    }
    let node = cloud.kube(&id, "GET", "/api/v1/nodes/gz-7", Value::Null);
    let labels = &node["metadata"]["labels"];
    assert_eq!((&labels["place"], &labels["node.kubernetes.io/instance-type"]), (&json!("idc"), &json!("external")));
    assert_eq!(node["spec"]["taints"][0]["key"], "idc");
    assert_eq!(node["status"]["nodeInfo"]["osImage"], "TencentOS Server 3.1");
    assert_eq!(cloud.nodes(&id).len(), 1, "the list of machines of the cloud does not have it");
    assert_eq!(cloud.cluster(&id)["ClusterNodeNum"], 1);
    let other = json!({"ClusterId": id, "InstanceIds": ["gz-7"], "InstanceDeleteMode": "retain"});
    assert_eq!(cloud.ok("DeleteClusterInstances", other)["NotFoundInstanceIds"], json!(["gz-7"]));
}

#[test]
fn pods_of_registered_nodes_use_the_network_of_their_host() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    let mut own = host_pod("own");
    own["spec"]["hostNetwork"] = json!(false);
    cloud.kube(&id, "POST", PODS, own);
    cloud.kube(&id, "POST", PODS, host_pod("host"));
    cloud.pass(5);
    let phase = |cloud: &mut Cloud, name: &str| {
        cloud.kube(&id, "GET", &format!("{PODS}/{name}"), Value::Null)["status"]["phase"].clone()
    };
    assert_eq!((phase(&mut cloud, "own"), phase(&mut cloud, "host")), (json!("Pending"), json!("Running")));
}

#[test]
fn machines_that_cannot_join_are_refused() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    let token = token(&mut cloud, &id, &pool);
    let machine = ExternalMachine::new("idc-1", "192.168.7.1");
    let refused = |cloud: &mut Cloud, token: &str, machine: &ExternalMachine| {
        cloud.world.join_external(token, machine).unwrap_err().reason
    };
    assert_eq!(refused(&mut cloud, "nothing", &machine), Reason::NoPart);
    let other = ExternalMachine { os: "CentOS 7.6".to_owned(), ..machine.clone() };
    assert_eq!(refused(&mut cloud, &token, &other), Reason::NoImage, "002:15834");
    let gpu = ExternalMachine { gpus: 1, ..machine.clone() };
    assert_eq!(refused(&mut cloud, &token, &gpu), Reason::Invalid, "002:16270");
    let empty = ExternalMachine { size: Size { cores: 0, memory: 0 }, ..machine.clone() };
    assert_eq!(refused(&mut cloud, &token, &empty), Reason::Invalid);
    cloud.world.join_external(&token, &machine).unwrap();
    assert_eq!(refused(&mut cloud, &token, &machine), Reason::InUse);
    cloud.pass(3_600);
    let late = ExternalMachine::new("idc-2", "192.168.7.2");
    assert_eq!(refused(&mut cloud, &token, &late), Reason::Unavailable, "002:16351");
    cloud.world.quotas.tke.nodes = 2;
    let script = of(&id, &pool, json!({}));
    assert_eq!(cloud.code("DescribeExternalNodeScript", script), "LimitExceeded.QuotaMaxNodLimit");
    for wrong in [json!({"Name": "a b"}), json!({"Name": "Rack_7"}), json!({"Interface": "eth0;ls"})] {
        let script = of(&id, &pool, wrong);
        assert_eq!(cloud.code("DescribeExternalNodeScript", script), "InvalidParameter.Param");
    }
}

#[test]
fn pools_are_changed_with_their_nodes() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    let change = json!({"Name": "rack", "Labels": [{"Name": "place", "Value": "rack"}], "UserScript": "bHM="});
    cloud.ok("ModifyExternalNodePool", of(&id, &pool, change.clone()));
    let shown =
        |cloud: &mut Cloud| cloud.ok("DescribeExternalNodePools", json!({"ClusterId": id}))["NodePoolSet"][0].clone();
    assert_eq!(shown(&mut cloud)["LifeState"], "updating");
    let code = cloud.code("ModifyExternalNodePool", of(&id, &pool, change));
    assert_eq!(code, "ResourceUnavailable.NodePoolStateNotNormal");
    cloud.pass(5);
    let there = shown(&mut cloud);
    for (name, value) in [
        ("Name", json!("rack")),
        ("LifeState", json!("normal")),
        ("NetworkType", json!("HostNetwork")),
        ("NodeType", json!("CPU")),
        ("RuntimeConfig", json!({"RuntimeType": "containerd", "RuntimeVersion": "1.4.3"})),
        ("Labels", json!([{"Name": "place", "Value": "rack"}])),
        ("DeletionProtection", json!(false)),
    ] {
        assert_eq!(there[name], value, "{name}");
    }
    assert_eq!(there["InstanceAdvancedSettings"]["UserScript"], "bHM=");
    let node = cloud.kube(&id, "GET", "/api/v1/nodes/idc-1", Value::Null);
    assert_eq!(node["metadata"]["labels"]["place"], "rack", "002:16618");
    assert_eq!(node["metadata"]["labels"]["node.kubernetes.io/instance-type"], "external");
    for wrong in [
        json!({"ContainerRuntime": "rkt"}),
        json!({"NodeType": "TPU"}),
        json!({"Name": "x".repeat(64)}),
        json!({"Taints": [{"Key": "a", "Value": "b", "Effect": "Never"}]}),
    ] {
        let mut new = new_pool(&id);
        for (name, value) in wrong.as_object().unwrap() {
            new[name] = value.clone();
        }
        assert_eq!(cloud.code("CreateExternalNodePool", new), "InvalidParameter.Param", "{wrong}");
    }
}

#[test]
fn a_registered_node_is_drained() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    cloud.kube(&id, "POST", PODS, host_pod("web"));
    cloud.pass(5);
    assert_eq!(cloud.code("DrainExternalNode", json!({"ClusterId": id, "Name": "none"})), "ResourceNotFound");
    cloud.ok("DrainExternalNode", json!({"ClusterId": id, "Name": "idc-1"}));
    assert_eq!(nodes(&mut cloud, json!({"ClusterId": id}))[0]["Status"], "Draining");
    cloud.pass(10);
    let there = &nodes(&mut cloud, json!({"ClusterId": id}))[0];
    assert_eq!((&there["Status"], &there["Unschedulable"]), (&json!("Running"), &json!(true)));
    assert_eq!(cloud.items(&id, PODS)[0]["status"]["phase"], "Pending");
}

#[test]
fn a_registered_node_without_a_connection_has_failed() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    let connect = |cloud: &mut Cloud, connected: bool| {
        let mut realm = cloud.world.tke(cloud.account, cloud.region);
        realm.connect_external_node(&id, "idc-1", connected).unwrap();
        nodes(cloud, json!({"ClusterId": id}))[0].clone()
    };
    let there = connect(&mut cloud, false);
    assert_eq!((&there["Status"], &there["Reason"]), (&json!("Failed"), &json!("NodeStatusUnknown")));
    assert_eq!(connect(&mut cloud, true)["Status"], "Running");
}

#[test]
fn pods_are_in_the_way_of_removal_unless_it_is_forced() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let pool = create(&mut cloud, new_pool(&id));
    join(&mut cloud, &id, &pool, "idc-1");
    join(&mut cloud, &id, &pool, "idc-two");
    let mut pod = host_pod("web");
    pod["spec"]["nodeName"] = json!("idc-1");
    cloud.kube(&id, "POST", PODS, pod);
    cloud.pass(5);
    let delete = |force: bool| json!({"ClusterId": id, "Names": ["idc-1"], "Force": force});
    assert_eq!(cloud.code("DeleteExternalNode", delete(false)), "ResourceInUse.ExistRunningPod");
    let whole = |force: bool| json!({"ClusterId": id, "NodePoolIds": [pool], "Force": force});
    assert_eq!(cloud.code("DeleteExternalNodePool", whole(false)), "ResourceInUse");
    cloud.ok("DeleteExternalNode", delete(true));
    assert_eq!(nodes(&mut cloud, json!({"ClusterId": id}))[0]["Status"], "Terminating");
    cloud.pass(10);
    assert_eq!(nodes(&mut cloud, json!({"ClusterId": id})).len(), 1);
    assert_eq!(cloud.code("DeleteExternalNode", delete(true)), "InvalidParameter.Param", "it is gone");
    cloud.ok("DeleteExternalNodePool", whole(true));
    cloud.pass(10);
    assert_eq!(cloud.ok("DescribeExternalNodePools", json!({"ClusterId": id}))["TotalCount"], 0);
    assert!(nodes(&mut cloud, json!({"ClusterId": id})).is_empty());
    assert_eq!(cloud.items(&id, "/api/v1/nodes").len(), 1, "the node in the cloud");
}

#[test]
fn a_protected_pool_is_not_deleted() {
    let mut cloud = Cloud::new();
    let id = enabled(&mut cloud);
    let mut new = new_pool(&id);
    new["DeletionProtection"] = json!(true);
    let pool = create(&mut cloud, new);
    let delete = json!({"ClusterId": id, "NodePoolIds": [pool], "Force": true});
    assert_eq!(cloud.code("DeleteExternalNodePool", delete.clone()), "FailedOperation");
    cloud.ok("ModifyExternalNodePool", of(&id, &pool, json!({"DeletionProtection": false})));
    cloud.pass(5);
    cloud.ok("DeleteExternalNodePool", delete.clone());
    assert_eq!(
        cloud.ok("DescribeExternalNodePools", json!({"ClusterId": id}))["NodePoolSet"][0]["LifeState"],
        "deleting"
    );
    cloud.pass(10);
    assert_eq!(cloud.code("DeleteExternalNodePool", delete), "InternalError.DbRecordNotFound");
}
