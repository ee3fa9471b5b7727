//! The rules for ordering a cluster.

use super::{Cloud, cluster, none, text};
use serde_json::{Value, json};

#[test]
fn a_cluster_is_created_by_a_job_and_is_available_after_a_while() {
    let mut cloud = Cloud::new();
    let answer = cloud.ok("CreateCluster", cluster(|order| order["metadata"]["labels"] = json!({"foo": "bar"})));
    let (id, job) = (text(&answer["metadata"]["uid"]), answer["status"]["jobID"].clone());
    assert_eq!(answer["status"]["phase"], "Creating");
    assert_eq!((&answer["metadata"]["labels"]["foo"], &answer["kind"]), (&json!("bar"), &json!("Cluster")));
    assert!(text(&answer["metadata"]["creationTimestamp"]).ends_with("+0000 UTC"));
    cloud.pass(119);
    assert_eq!((cloud.phase(&id).as_str(), cloud.job_phase(&job).as_str()), ("Creating", "Running"));
    assert!(cloud.cluster(&id)["status"].get("endpoints").is_none());
    cloud.pass(1);
    assert_eq!((cloud.phase(&id).as_str(), cloud.job_phase(&job).as_str()), ("Available", "Success"));
    let there = cloud.cluster(&id);
    assert_eq!(there["status"]["endpoints"][0]["type"], "Internal");
    assert_eq!(there["spec"]["kubernetesSvcIpRange"], "10.247.0.0/16");
    assert_eq!(there["spec"]["version"], "v1.19.10-r0");
    assert!(there["status"].get("jobID").is_none());
}

#[test]
fn names_have_4_to_128_characters_of_their_own_form() {
    let mut cloud = Cloud::new();
    let long = format!("a{}", "b".repeat(128));
    for name in ["abc", "Abcd", "1abc", "abcd-", "ab_cd", &long] {
        let code = cloud.code("CreateCluster", cluster(|order| order["metadata"]["name"] = json!(name)));
        assert_eq!(code, "CCE.01400001", "{name}");
    }
    let longest = "b".repeat(128);
    cloud.ok("CreateCluster", cluster(|order| order["metadata"]["name"] = json!(longest)));
}

#[test]
fn flavors_types_modes_and_versions_are_those_offered() {
    let mut cloud = Cloud::new();
    for (way, wrong) in [
        ("/spec/flavor", "cce.s9.small"),
        ("/spec/flavor", "cce.s1.xlarge"),
        ("/spec/type", "Windows"),
        ("/spec/containerNetwork/mode", "flannel"),
        ("/spec/containerNetwork/cidr", "172.16.0.0"),
        ("/spec/containerNetwork/cidr", "8.0.0.0/16"),
    ] {
        let order = cluster(|order| *order.pointer_mut(way).unwrap() = json!(wrong));
        assert_eq!(cloud.code("CreateCluster", order), "CCE.01400001", "{wrong}");
    }
    let version = |wanted: &str| cluster(|order| order["spec"]["version"] = json!(wanted));
    assert_eq!(cloud.code("CreateCluster", version("v2.1")), "CCE.01400001");
    let answer = cloud.ok("CreateCluster", version("v1.15"));
    assert_eq!(answer["spec"]["version"], "v1.15.11-r1");
    let ipv6 = |wanted: &str| {
        cluster(|order| {
            order["spec"]["version"] = json!(wanted);
            order["spec"]["ipv6enable"] = json!(true);
        })
    };
    assert_eq!(cloud.code("CreateCluster", ipv6("v1.13.10-r1")), "CCE.01400001");
    cloud.ok("CreateCluster", ipv6("v1.15.11-r1"));
}

#[test]
fn masters_in_several_zones_need_several_masters() {
    let mut cloud = Cloud::new();
    let order = |flavor: &str| {
        cluster(|order| {
            order["spec"]["flavor"] = json!(flavor);
            order["spec"]["extendParam"] = json!({"clusterAZ": "multi_az"});
        })
    };
    assert_eq!(cloud.code("CreateCluster", order("cce.s1.small")), "CCE.01400001");
    let job = cloud.ok("CreateCluster", order("cce.s2.small"))["status"]["jobID"].clone();
    let parts = cloud.job(&job)["spec"]["subJobs"].as_array().unwrap().clone();
    assert_eq!(parts.iter().filter(|part| part["spec"]["type"] == "InstallMaster").count(), 3);
}

#[test]
fn the_authentication_mode_needs_what_belongs_to_it() {
    let mut cloud = Cloud::new();
    let order = |authentication: Value| cluster(|order| order["spec"]["authentication"] = authentication);
    assert_eq!(cloud.code("CreateCluster", order(json!({"mode": "ldap"}))), "CCE.01400001");
    assert_eq!(cloud.code("CreateCluster", order(json!({"mode": "authenticating_proxy"}))), "CCE.01400001");
    let proxy =
        json!({"mode": "authenticating_proxy", "authenticatingProxy": {"ca": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"}});
    assert_eq!(cloud.ok("CreateCluster", order(proxy))["spec"]["authentication"]["mode"], "authenticating_proxy");
}

#[test]
fn network_and_subnet_have_to_be_there() {
    let mut cloud = Cloud::new();
    let order =
        |vpc: &str, subnet: &str| cluster(|order| order["spec"]["hostNetwork"] = json!({"vpc": vpc, "subnet": subnet}));
    assert_eq!(cloud.refused("CreateCluster", order("vpc-nowhere", "subnet-default1")), (400, "CCE.01400002".into()));
    assert_eq!(cloud.code("CreateCluster", order("vpc-default0", "subnet-second01")), "CCE.01400002");
    // What other services would have made is known by the form of its identifier.
    let uuid = "4d1ecb2c-229a-11e8-9c75-0255ac100ceb";
    let answer = cloud.ok("CreateCluster", order(uuid, uuid));
    assert_eq!(answer["spec"]["hostNetwork"]["vpc"], uuid);
    assert_eq!(cloud.code("CreateCluster", order(uuid, "subnet-default1")), "CCE.01400002");
}

#[test]
fn a_range_that_does_not_fit_is_replaced() {
    let mut cloud = Cloud::new();
    let routed =
        |cidr: &str| cluster(|order| order["spec"]["containerNetwork"] = json!({"mode": "vpc-router", "cidr": cidr}));
    let range = |answer: &Value| text(&answer["spec"]["containerNetwork"]["cidr"]);
    assert_eq!(range(&cloud.ok("CreateCluster", routed("172.16.0.0/16"))), "172.16.0.0/16");
    assert_eq!(range(&cloud.ok("CreateCluster", routed("172.16.0.0/16"))), "172.17.0.0/16");
    assert_eq!(range(&cloud.ok("CreateCluster", routed("10.200.0.0/16"))), "172.18.0.0/16", "the network's own");
    // Networks of tunnels do not meet each other.
    assert_eq!(range(&cloud.ok("CreateCluster", cluster(|_| ()))), "172.16.0.0/16");
    let services = cluster(|order| order["spec"]["kubernetesSvcIpRange"] = json!("10.200.0.0/16"));
    assert_eq!(cloud.code("CreateCluster", services), "CCE.01400005");
    let tiny = cluster(|order| order["spec"]["kubernetesSvcIpRange"] = json!("10.247.0.0/32"));
    assert_eq!(cloud.code("CreateCluster", tiny), "CCE.01400001");
}

#[test]
fn fifteen_clusters_are_the_quota_and_it_counts() {
    let mut cloud = Cloud::new();
    let used = |cloud: &mut Cloud| {
        let quota = cloud.ok("ShowQuotas", none())["quotas"][0].clone();
        assert_eq!((&quota["quotaKey"], &quota["quotaLimit"]), (&json!("cluster"), &json!(15)));
        quota["used"].as_u64().unwrap()
    };
    assert_eq!(used(&mut cloud), 0);
    let ids: Vec<String> = (0..15).map(|_| cloud.create(|_| ())).collect();
    assert_eq!(used(&mut cloud), 15);
    assert_eq!(cloud.refused("CreateCluster", cluster(|_| ())), (400, "CCE.01400007".into()));
    cloud.ok("DeleteCluster", json!({"cluster_id": ids[0]}));
    cloud.pass(30);
    assert_eq!(used(&mut cloud), 14);
    cloud.create(|_| ());
    (cloud.account, cloud.region) = ("100000000002", "cn-north-4");
    assert_eq!(used(&mut cloud), 0);
}

#[test]
fn add_ons_come_with_a_cluster() {
    let mut cloud = Cloud::new();
    let installed = |cloud: &mut Cloud, id: &str| -> Vec<String> {
        let answer = cloud.ok("ListAddonInstances", json!({"cluster_id": id}));
        answer["items"].as_array().unwrap().iter().map(|addon| text(&addon["spec"]["addonTemplateName"])).collect()
    };
    let id = cloud.create(|_| ());
    assert_eq!(installed(&mut cloud, &id), ["coredns", "storage-driver"]);
    let annotated = |value: Value| {
        cluster(|order| order["metadata"]["annotations"] = json!({"cluster.install.addons/install": value}))
    };
    let wanted = json!([
        {"addonTemplateName": "gpu-beta", "version": "1.1.7", "values": {"custom": {
            "is_driver_from_nvidia": true, "nvidia_driver_download_url": "https://example.com/driver.run"}}},
        {"addonTemplateName": "storage-driver", "version": ""},
    ]);
    let answer = cloud.ok("CreateCluster", annotated(json!(wanted.to_string())));
    assert!(answer["metadata"]["annotations"]["cluster.install.addons/install"].is_string());
    assert_eq!(installed(&mut cloud, &text(&answer["metadata"]["uid"])), ["gpu-beta", "storage-driver"]);
    let broken = annotated(json!("[{"));
    assert_eq!(cloud.code("CreateCluster", broken), "CCE.01400001");
    let addon = |name: &str, version: &str| {
        annotated(json!(json!([{"addonTemplateName": name, "version": version}]).to_string()))
    };
    assert_eq!(cloud.code("CreateCluster", addon("nothing", "")), "CCE.01400001");
    assert_eq!(cloud.code("CreateCluster", addon("coredns", "0.0.1")), "CCE.01404001");
}
