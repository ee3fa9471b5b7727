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
