//! Access points and credentials.

use super::{Cloud, place};
use serde_json::{Value, json};

fn independent(cloud: &mut Cloud) -> String {
    let para = json!({"InstanceType": "S5.LARGE8", "InstanceCount": 3, "VirtualPrivateCloud": place()}).to_string();
    let request = json!({
        "ClusterType": "INDEPENDENT_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.20.0.0/16"},
        "RunInstancesForNode": [{"NodeRole": "MASTER_ETCD", "RunInstancesPara": [para]}],
    });
    let id = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    id
}

#[test]
fn a_private_access_point_opens() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let status = json!({"ClusterId": id, "IsExtranet": false});
    assert_eq!(cloud.ok("DescribeClusterEndpointStatus", status.clone())["Status"], "NotFound");
    assert_eq!(cloud.code("CreateClusterEndpoint", json!({"ClusterId": id})), "MissingParameter");
    let foreign = json!({"ClusterId": id, "SubnetId": "subnet-second01"});
    assert_eq!(cloud.code("CreateClusterEndpoint", foreign), "ResourceNotFound");
    let create = json!({"ClusterId": id, "SubnetId": "subnet-default1", "Domain": "kube.example.com"});
    cloud.ok("CreateClusterEndpoint", create.clone());
    assert_eq!(cloud.ok("DescribeClusterEndpointStatus", status.clone())["Status"], "Creating");
    assert_eq!(cloud.ok("DescribeClusterEndpoint", json!({"ClusterId": id}))["ClusterIntranetEndpoint"], "");
    assert_eq!(cloud.code("CreateClusterEndpoint", create.clone()), "ResourceInUse");
    cloud.pass(20);
    assert_eq!(cloud.ok("DescribeClusterEndpointStatus", status)["Status"], "Created");
    let endpoint = cloud.ok("DescribeClusterEndpoint", json!({"ClusterId": id}));
    assert!(endpoint["ClusterIntranetEndpoint"].as_str().unwrap().starts_with("10.200.1."));
    assert_eq!(endpoint["ClusterIntranetDomain"], "kube.example.com");
    assert_eq!(endpoint["ClusterExternalEndpoint"], "");
    assert!(endpoint["CertificationAuthority"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(cloud.code("CreateClusterEndpoint", create), "ResourceInUse");
}

#[test]
fn only_an_independent_cluster_opens_a_public_access_point() {
    let mut cloud = Cloud::new();
    let managed = cloud.running();
    let public = |id: &str| json!({"ClusterId": id, "IsExtranet": true});
    assert_eq!(cloud.code("CreateClusterEndpoint", public(&managed)), "UnsupportedOperation");
    let id = independent(&mut cloud);
    assert_eq!(cloud.ok("DescribeClusterSecurity", json!({"ClusterId": id}))["SecurityPolicy"], Value::Null);
    cloud.ok("CreateClusterEndpoint", json!({"ClusterId": id, "IsExtranet": true, "SecurityGroup": "sg-default0"}));
    cloud.pass(20);
    let endpoint = cloud.ok("DescribeClusterEndpoint", json!({"ClusterId": id}));
    assert!(endpoint["ClusterExternalEndpoint"].as_str().unwrap().ends_with(":443"));
    assert_eq!(endpoint["SecurityGroup"], "sg-default0");
    let security = cloud.ok("DescribeClusterSecurity", json!({"ClusterId": id, "JnsGwEndpointEnable": true}));
    assert_eq!(security["ClusterExternalEndpoint"], endpoint["ClusterExternalEndpoint"]);
    assert_eq!(security["SecurityPolicy"], json!(["0.0.0.0/0"]));
    assert_eq!(security["Password"].as_str().unwrap().len(), 32);
    assert!(security["JnsGwEndpoint"].is_string());
}

#[test]
fn extensive_parameters_are_for_public_access() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let parameters = json!({"InternetAccessible": {"InternetMaxBandwidthOut": 10}}).to_string();
    let request = json!({"ClusterId": id, "SubnetId": "subnet-default1", "ExtensiveParameters": parameters});
    assert_eq!(cloud.code("CreateClusterEndpoint", request), "InvalidParameter.Param");
}

#[test]
fn a_kubeconfig_names_the_door_asked_for() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let config =
        |cloud: &mut Cloud, door: &str| cloud.call("DescribeClusterKubeconfig", json!({"ClusterId": id, "Type": door}));
    assert_eq!(config(&mut cloud, "INNERLB").unwrap_err().code, "ResourceUnavailable");
    assert_eq!(config(&mut cloud, "INTERNETLB").unwrap_err().code, "ResourceUnavailable");
    assert_eq!(config(&mut cloud, "BACKDOOR").unwrap_err().code, "InvalidParameter");
    cloud.ok("CreateClusterEndpoint", json!({"ClusterId": id, "SubnetId": "subnet-default1"}));
    cloud.pass(20);
    let inner = config(&mut cloud, "INNERLB").unwrap()["Kubeconfig"].as_str().unwrap().to_owned();
    let lines: Vec<&str> = inner.lines().collect();
    assert_eq!(lines[0], "apiVersion: v1");
    assert!(inner.contains("    server: https://10.200.1."), "{inner}");
    assert!(inner.contains(&format!("- name: {id}\n  cluster:\n")), "{inner}");
    assert!(lines.iter().all(|line| !line.ends_with(' ')));
    let usual = cloud.ok("DescribeClusterKubeconfig", json!({"ClusterId": id}))["Kubeconfig"].clone();
    assert_eq!(usual, inner, "the open access point is the usual one");
    assert!(config(&mut cloud, "MASTER").unwrap()["Kubeconfig"].as_str().unwrap().contains("https://169.254."));
}

#[test]
fn access_points_are_closed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let close = json!({"ClusterId": id});
    assert_eq!(cloud.code("DeleteClusterEndpoint", close.clone()), "ResourceNotFound");
    let create = json!({"ClusterId": id, "SubnetId": "subnet-default1"});
    cloud.ok("CreateClusterEndpoint", create.clone());
    assert_eq!(cloud.code("DeleteClusterEndpoint", close.clone()), "ResourceUnavailable");
    cloud.pass(20);
    let endpoints = cloud.ok("DescribeClusterEndpoints", close.clone());
    assert_eq!(endpoints["ClusterIntranetSubnetId"], "subnet-default1");
    cloud.ok("DeleteClusterEndpoint", close.clone());
    assert_eq!(cloud.ok("DescribeClusterEndpoints", close)["ClusterIntranetEndpoint"], "");
    assert_eq!(cloud.code("CreateClusterEndpoint", create.clone()), "ResourceInUse");
    cloud.pass(10);
    let status = cloud.ok("DescribeClusterEndpointStatus", json!({"ClusterId": id}));
    assert_eq!(status["Status"], "NotFound");
    cloud.ok("CreateClusterEndpoint", create);
}

#[test]
fn a_managed_cluster_has_a_public_access_point_of_its_own_kind() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let only = json!({"ClusterId": id});
    let status = |cloud: &mut Cloud| cloud.ok("DescribeClusterEndpointVipStatus", only.clone())["Status"].clone();
    assert_eq!(status(&mut cloud), "NotFound");
    let create = json!({"ClusterId": id, "SecurityPolicies": ["192.168.1.0/24", "1.2.3.4"]});
    assert_eq!(cloud.code("CreateClusterEndpointVip", create.clone()), "InternalError.CvmNotFound");
    cloud.add_nodes(&id, 1);
    let wrong = json!({"ClusterId": id, "SecurityPolicies": ["192.168.1.0/33"]});
    assert_eq!(cloud.code("CreateClusterEndpointVip", wrong), "InvalidParameter");
    assert!(cloud.ok("CreateClusterEndpointVip", create.clone())["RequestFlowId"].as_i64().unwrap() > 0);
    assert_eq!(status(&mut cloud), "Creating");
    assert_eq!(cloud.code("CreateClusterEndpointVip", create), "ResourceInUse");
    cloud.pass(20);
    assert_eq!(status(&mut cloud), "Created");
    let endpoints = cloud.ok("DescribeClusterEndpoints", only.clone());
    assert_eq!(endpoints["ClusterExternalACL"], json!(["192.168.1.0/24", "1.2.3.4"]));
    cloud.ok(
        "ModifyClusterEndpointSP",
        json!({"ClusterId": id, "SecurityPolicies": [], "SecurityGroup": "sg-default0"}),
    );
    let endpoints = cloud.ok("DescribeClusterEndpoints", only.clone());
    assert_eq!((&endpoints["ClusterExternalACL"], &endpoints["SecurityGroup"]), (&json!([]), &json!("sg-default0")));
    assert_eq!(cloud.code("ModifyClusterEndpointSP", only.clone()), "MissingParameter");
    cloud.ok("DeleteClusterEndpointVip", only.clone());
    assert_eq!(status(&mut cloud), "Deleting");
    cloud.pass(10);
    assert_eq!(status(&mut cloud), "Deleted");
    assert_eq!(cloud.ok("DescribeClusterEndpoints", only.clone())["ClusterExternalACL"], Value::Null);
    assert_eq!(cloud.code("DeleteClusterEndpointVip", only), "ResourceNotFound");
}

#[test]
fn the_older_operations_are_for_managed_clusters() {
    let mut cloud = Cloud::new();
    let id = independent(&mut cloud);
    for operation in ["CreateClusterEndpointVip", "DeleteClusterEndpointVip"] {
        assert_eq!(cloud.code(operation, json!({"ClusterId": id})), "UnsupportedOperation");
    }
    let change = json!({"ClusterId": id, "SecurityPolicies": []});
    assert_eq!(cloud.code("ModifyClusterEndpointSP", change), "UnsupportedOperation");
}

#[test]
fn an_access_point_is_switched_to_direct_and_back() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let switch = |back: bool| json!({"ClusterId": id, "Rollback": back});
    assert_eq!(cloud.code("SwitchClusterEndpoint", switch(false)), "ResourceNotFound");
    cloud.ok("CreateClusterEndpoint", json!({"ClusterId": id, "SubnetId": "subnet-default1"}));
    cloud.pass(20);
    assert_eq!(cloud.code("SwitchClusterEndpoint", switch(true)), "FailedOperation.SwitchClusterEndpoint");
    cloud.ok("SwitchClusterEndpoint", switch(false));
    assert_eq!(cloud.code("SwitchClusterEndpoint", switch(false)), "FailedOperation.SwitchClusterEndpoint");
    cloud.ok("SwitchClusterEndpoint", switch(true));
}
