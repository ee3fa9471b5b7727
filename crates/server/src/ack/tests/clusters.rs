//! Clusters: list, change, delete, reach.

use super::{Cloud, NEXT, OLD, cluster, of, text};
use serde_json::{Value, json};
use wharf_world::ack::resources::{ADDRESS, BALANCER};
use wharf_world::kernel::failures::FailurePoint;

#[test]
fn clusters_are_listed_by_pages_and_filters() {
    let mut cloud = Cloud::new();
    for place in 0..5 {
        cloud.create(|order| order["name"] = json!(format!("c{place}")));
    }
    let page = cloud.ok("DescribeClustersV1", json!({"page_number": 2, "page_size": 2}));
    assert_eq!(page["page_info"], json!({"page_number": 2, "page_size": 2, "total_count": 5}));
    let names: Vec<String> = page["clusters"].as_array().unwrap().iter().map(|one| text(&one["name"])).collect();
    assert_eq!(names, ["c2", "c1"], "the newest first");
    let beyond = cloud.ok("DescribeClustersV1", json!({"page_number": 9}));
    assert_eq!((&beyond["clusters"], &beyond["page_info"]["page_size"]), (&json!([]), &json!(10)));
    let one = cloud.ok("DescribeClustersV1", json!({"name": "c3"}));
    assert_eq!(one["page_info"]["total_count"], 1);
    let managed = cloud.ok("DescribeClustersV1", json!({"cluster_type": "ManagedKubernetes"}));
    assert_eq!(managed["page_info"]["total_count"], 0);
    assert_eq!(cloud.code("DescribeClustersV1", json!({"page_size": 0})), "InvalidParameter");
}

/// The queries are those of alibabacloud_cs20151215 7.2.3, `DescribeClustersV1Request`; a part of a name is enough.
#[test]
fn clusters_are_filtered_by_all_that_the_vendors_client_offers() {
    let mut cloud = Cloud::new();
    let ids: Vec<String> =
        ["web-1", "web-2", "data"].map(|name| cloud.create(|order| order["name"] = json!(name))).into();
    let count =
        |cloud: &mut Cloud, filter: Value| cloud.ok("DescribeClustersV1", filter)["page_info"]["total_count"].clone();
    assert_eq!(count(&mut cloud, json!({"name": "web"})), 2);
    assert_eq!(count(&mut cloud, json!({"cluster_id": ids[1]})), 1);
    assert_eq!(count(&mut cloud, json!({"cluster_id": ids[1], "name": "data"})), 0);
    let region = cloud.region;
    assert_eq!(count(&mut cloud, json!({"region_id": region})), 3);
    assert_eq!(count(&mut cloud, json!({"region_id": "cn-nowhere"})), 0);
    assert_eq!(count(&mut cloud, json!({"profile": "Default"})), 3);
    assert_eq!(count(&mut cloud, json!({"profile": "Edge"})), 0);
    assert_eq!(count(&mut cloud, json!({"cluster_spec": "ack.standard"})), 0, "none of them is managed");
    for filter in [json!({"profile": "Square"}), json!({"cluster_spec": "huge"})] {
        assert_eq!(cloud.code("DescribeClustersV1", filter.clone()), "InvalidParameter", "{filter}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut cloud = Cloud::new();
    for operation in [
        "DescribeClusterDetail",
        "DeleteCluster",
        "DescribeClusterNodes",
        "DescribeClusterLogs",
        "DescribeClusterResources",
        "DescribeClusterNamespaces",
        "DescribeClusterUserKubeconfig",
        "DescribeExternalAgent",
        "GetUpgradeStatus",
        "DescribeClusterNodePools",
        "DescribeClusterAddonsVersion",
    ] {
        assert_eq!(cloud.code(operation, of("nothing")), "ErrorClusterNotFound", "{operation}");
    }
}

#[test]
fn a_cluster_is_deleted_with_its_servers_but_for_those_paid_for_a_term() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let kept = "i-2zewharf000000000004";
    cloud.ok("AttachInstances", json!({"ClusterId": id, "instances": [kept]}));
    let nodes = cloud.nodes(&id);
    cloud.ok("DeleteCluster", of(&id));
    assert_eq!(cloud.state(&id), "deleting");
    assert_eq!(cloud.code("DeleteCluster", of(&id)), "ErrorClusterState");
    cloud.pass(30);
    assert_eq!(cloud.code("DescribeClusterDetail", of(&id)), "ErrorClusterNotFound");
    let realm = cloud.world.ack(cloud.account, cloud.region);
    for node in nodes {
        let server = text(&node["instance_id"]);
        assert_eq!(realm.realm.machines.contains(&server), server == kept, "{server}");
    }
    assert!(realm.realm.ack.nodes.is_empty() && realm.realm.ack.pools.is_empty() && realm.realm.ack.addons.is_empty());
}

#[test]
fn what_is_named_stays_behind() {
    let mut cloud = Cloud::new();
    for (keep_all, kept) in [(false, 1), (true, 5)] {
        let id = cloud.create(|order| order["name"] = json!(format!("keep-{keep_all}")));
        cloud.pass(200);
        let servers: Vec<String> = cloud.nodes(&id).iter().map(|node| text(&node["instance_id"])).collect();
        cloud.ok(
            "DeleteCluster",
            json!({"ClusterId": id, "retain_all_resources": keep_all, "retain_resources": [servers[0]], "keep_slb": true}),
        );
        cloud.pass(30);
        let realm = cloud.world.ack(cloud.account, cloud.region);
        let there = servers.iter().filter(|server| realm.realm.machines.contains(server)).count();
        assert_eq!(there, kept);
    }
}

#[test]
fn a_protected_cluster_stays() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["deletion_protection"] = json!(true));
    cloud.pass(200);
    assert_eq!(cloud.code("DeleteCluster", of(&id)), "ErrorClusterState");
    let answer = cloud.ok("ModifyCluster", json!({"ClusterId": id, "deletion_protection": false}));
    assert_eq!(answer["cluster_id"], json!(id));
    assert_eq!(cloud.detail(&id)["deletion_protection"], false);
    cloud.ok("DeleteCluster", of(&id));
}

#[test]
fn a_deletion_that_fails_is_told_and_can_be_repeated() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::ClusterDeletion, "a server resists");
    cloud.ok("DeleteCluster", of(&id));
    assert_eq!(cloud.state(&id), "deleting");
    cloud.pass(20);
    assert_eq!(cloud.state(&id), "delete_failed");
    assert_eq!(cloud.ok("DescribeClusterResources", of(&id))[0]["state"], "DELETE_FAILED");
    cloud.ok("DeleteCluster", of(&id));
    cloud.pass(30);
    assert_eq!(cloud.code("DescribeClusterDetail", of(&id)), "ErrorClusterNotFound");
}

#[test]
fn a_cluster_changes_when_it_runs() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    let change = json!({"ClusterId": id, "api_server_eip": true, "api_server_eip_id": ADDRESS,
        "ingress_loadbalancer_id": BALANCER, "resource_group_id": "rg-1"});
    assert_eq!(cloud.code("ModifyCluster", change.clone()), "ErrorClusterState");
    cloud.pass(200);
    cloud.ok("ModifyCluster", change);
    let detail = cloud.detail(&id);
    assert_eq!((&detail["external_loadbalancer_id"], &detail["resource_group_id"]), (&json!(BALANCER), &json!("rg-1")));
    assert!(text(&detail["master_url"]).contains("https://198.1"));
    let resources = cloud.ok("DescribeClusterResources", of(&id));
    assert!(resources.as_array().unwrap().iter().any(|resource| resource["instance_id"] == ADDRESS));
    cloud.ok("ModifyCluster", json!({"ClusterId": id, "api_server_eip": false}));
    assert!(text(&cloud.detail(&id)["master_url"]).contains("\"api_server_endpoint\":\"\""));
}

#[test]
fn addresses_and_balancers_have_to_be_there_and_free() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let before = cloud.detail(&id);
    for change in [
        json!({"ClusterId": id, "api_server_eip": true, "api_server_eip_id": "eip-nothing"}),
        json!({"ClusterId": id, "ingress_loadbalancer_id": "lb-nothing"}),
        json!({"ClusterId": id, "ingress_loadbalancer_id": ADDRESS}),
        // The balancer is free, the address is not there: neither is changed.
        json!({"ClusterId": id, "ingress_loadbalancer_id": BALANCER, "api_server_eip": true, "api_server_eip_id": "eip-0"}),
        json!({"ClusterId": id, "ingress_domain_rebinding": "perhaps"}),
    ] {
        assert_eq!(cloud.code("ModifyCluster", change), "InvalidParameter");
    }
    assert_eq!(cloud.detail(&id), before);
    // ack:2272: the identifier counts only when api_server_eip is true.
    cloud.ok("ModifyCluster", json!({"ClusterId": id, "api_server_eip": false, "api_server_eip_id": "eip-nothing"}));
    cloud.ok("ModifyCluster", json!({"ClusterId": id, "ingress_loadbalancer_id": BALANCER}));
    let other = cloud.create(|order| order["name"] = json!("other"));
    cloud.pass(200);
    let taken = json!({"ClusterId": other, "ingress_loadbalancer_id": BALANCER});
    assert_eq!(cloud.code("ModifyCluster", taken), "InvalidParameter");
}

#[test]
fn balancers_stay_when_keep_slb_is_true_and_go_when_it_is_not() {
    // ack:1397
    let mut cloud = Cloud::new();
    for (name, keep) in [("keeps", true), ("drops", false)] {
        let id = cloud.create(|order| order["name"] = json!(name));
        cloud.pass(200);
        let balancer = text(&cloud.detail(&id)["external_loadbalancer_id"]);
        cloud.ok("DeleteCluster", json!({"ClusterId": id, "keep_slb": keep}));
        cloud.pass(30);
        let next = cloud.create(|order| order["name"] = json!(format!("after-{name}")));
        cloud.pass(200);
        let change = json!({"ClusterId": next, "ingress_loadbalancer_id": balancer});
        if keep {
            cloud.ok("ModifyCluster", change);
            assert_eq!(cloud.detail(&next)["external_loadbalancer_id"], json!(balancer));
        } else {
            assert_eq!(cloud.code("ModifyCluster", change), "InvalidParameter");
        }
    }
}

#[test]
fn a_gateway_to_the_internet_comes_with_a_cluster_unless_snat_entry_is_false() {
    // ack:1248
    let mut cloud = Cloud::new();
    for (given, gateways) in [(json!(null), 1), (json!(true), 1), (json!(false), 0)] {
        let id = cloud.create(|order| {
            order["name"] = json!(format!("gateway-{given}"));
            order["snat_entry"] = given.clone();
        });
        let resources = cloud.ok("DescribeClusterResources", of(&id));
        let of_kind = |one: &&Value| one["resource_type"] == "ALIYUN::VPC::NatGateway";
        assert_eq!(resources.as_array().unwrap().iter().filter(of_kind).count(), gateways, "{given}");
    }
}

#[test]
fn a_security_group_that_is_named_is_not_the_clusters_own() {
    // ack:1299: one is made when none is named.
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["security_group_id"] = json!("sg-2zewharf000000000001"));
    let resources = cloud.ok("DescribeClusterResources", of(&id)).as_array().unwrap().clone();
    let group = resources.iter().find(|one| one["resource_type"] == "ALIYUN::ECS::SecurityGroup").unwrap();
    assert_eq!((&group["instance_id"], &group["auto_create"]), (&json!("sg-2zewharf000000000001"), &json!(0)));
}

#[test]
fn the_authority_that_is_given_is_in_the_kubeconfig_without_its_key() {
    use base64::Engine;
    // ack:1258
    let mut cloud = Cloud::new();
    let wrong = cluster(|order| order["user_ca"] = json!("no certificate"));
    assert_eq!(cloud.code("CreateCluster", wrong), "InvalidParameter");
    let certificate = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n";
    let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    let id = cloud.create(|order| order["user_ca"] = json!(format!("{certificate}{key}")));
    cloud.pass(200);
    let config = text(&cloud.ok("DescribeClusterUserKubeconfig", of(&id))["config"]);
    let expected = base64::engine::general_purpose::STANDARD.encode(certificate);
    assert!(config.contains(&format!("certificate-authority-data: {expected}\n")), "{config}");
}

#[test]
fn tags_are_replaced() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["tags"] = json!([{"key": "a", "value": "1"}]));
    cloud.ok("ModifyClusterTags", json!({"ClusterId": id, "body": [{"key": "env", "value": "prod"}]}));
    assert_eq!(cloud.detail(&id)["tags"], json!([{"key": "env", "value": "prod"}]));
}

#[test]
fn a_kubeconfig_is_for_the_inner_or_the_public_address() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["endpoint_public_access"] = json!(true));
    assert_eq!(cloud.code("DescribeClusterUserKubeconfig", of(&id)), "ErrorClusterState");
    cloud.pass(200);
    let urls: Value = serde_json::from_str(&text(&cloud.detail(&id)["master_url"])).unwrap();
    let public = text(&cloud.ok("DescribeClusterUserKubeconfig", of(&id))["config"]);
    assert!(public.contains(urls["api_server_endpoint"].as_str().unwrap()), "{public}");
    let inner = cloud.ok("DescribeClusterUserKubeconfig", json!({"ClusterId": id, "PrivateIpAddress": true}));
    assert!(text(&inner["config"]).contains(urls["intranet_api_server_endpoint"].as_str().unwrap()));
}

#[test]
fn temporary_credentials_of_a_cluster_end() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let token = |answer: &Value| text(&answer["config"]).rsplit_once("token: ").unwrap().1.trim().to_owned();
    let short = cloud.ok("DescribeClusterUserKubeconfig", json!({"ClusterId": id, "TemporaryDurationMinutes": 15}));
    let lasting = cloud.ok("DescribeClusterUserKubeconfig", of(&id));
    assert_eq!(short["expiration"], "2024-06-01T00:18:20Z");
    let opens = |cloud: &mut Cloud, token: &str| {
        let now = cloud.world.now();
        cloud.world.ack(cloud.account, cloud.region).realm.opens(&id, token, now)
    };
    assert!(opens(&mut cloud, &token(&short)) && opens(&mut cloud, &token(&lasting)));
    cloud.pass(15 * 60);
    assert!(!opens(&mut cloud, &token(&short)) && opens(&mut cloud, &token(&lasting)));
}

#[test]
fn namespaces_are_those_of_kubernetes() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let names = cloud.ok("DescribeClusterNamespaces", of(&id));
    assert_eq!(names, json!({"namespaces": ["default", "kube-public", "kube-system"]}));
}

#[test]
fn the_agent_is_told_where_the_api_server_is() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let agent = cloud.ok("DescribeExternalAgent", json!({"ClusterId": id, "PrivateIpAddress": "true"}));
    assert!(text(&agent["config"]).contains("kind: Deployment"));
    let refusal =
        cloud.call("DescribeExternalAgent", json!({"ClusterId": id, "PrivateIpAddress": "maybe"})).unwrap_err();
    assert_eq!(refusal.code, "InvalidParameter");
}

#[test]
fn the_log_tells_what_happened_and_no_more() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    assert_eq!(cloud.ok("DescribeClusterLogs", of(&id)).as_array().unwrap().len(), 1);
    cloud.pass(200);
    let log = cloud.ok("DescribeClusterLogs", of(&id));
    assert_eq!(log.as_array().unwrap().len(), 3);
    assert_eq!(log[0]["cluster_log"], "start to update cluster status to CREATE_COMPLETE");
    assert_eq!((&log[0]["log_level"], &log[0]["created"]), (&json!("0004"), &json!("2024-06-01T08:03:00+08:00")));
}

#[test]
fn resources_are_what_the_cluster_is_made_of() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    let resources = cloud.ok("DescribeClusterResources", of(&id));
    assert!(resources.as_array().unwrap().iter().all(|resource| resource["state"] == "CREATE_IN_PROGRESS"));
    cloud.pass(200);
    let resources = cloud.ok("DescribeClusterResources", of(&id)).as_array().unwrap().clone();
    let count = |kind: &str| resources.iter().filter(|resource| resource["resource_type"] == kind).count();
    assert_eq!((count("ALIYUN::ECS::Instance"), count("ALIYUN::SLB::LoadBalancer")), (5, 2));
    assert_eq!((count("ALIYUN::ESS::ScalingGroup"), count("ALIYUN::ECS::VSwitch")), (1, 3));
    assert_eq!(resources[0]["auto_create"], 0, "the VPC was there before: ack:1854, as the vendor's client reads it");
    let made = |kind: &str| -> Vec<i64> {
        let of_kind = resources.iter().filter(|resource| resource["resource_type"] == kind);
        of_kind.map(|resource| resource["auto_create"].as_i64().unwrap()).collect()
    };
    assert_eq!((made("ALIYUN::ECS::VSwitch"), made("ALIYUN::ECS::SecurityGroup")), (vec![0; 3], vec![1]));
    assert_eq!((made("ALIYUN::SLB::LoadBalancer"), made("ALIYUN::ECS::Instance")), (vec![1; 2], vec![1; 5]));
    assert_eq!(made("ALIYUN::VPC::NatGateway"), [1], "snat_entry is true when nothing is said: ack:1248");
    let info: Value = serde_json::from_str(&text(&resources[0]["resource_info"])).unwrap();
    assert_eq!(info["PhysicalId"], resources[0]["instance_id"]);
}

#[test]
fn versions_are_told_with_images_and_runtimes() {
    let mut cloud = Cloud::new();
    let asked = json!({"ClusterType": "Kubernetes", "Region": "cn-beijing", "MultiAZ": true});
    let versions = cloud.ok("DescribeKubernetesVersionMetadata", asked);
    assert_eq!((versions.as_array().unwrap().len(), &versions[0]["multi_az"]), (5, &json!(true)));
    let one = json!({"ClusterType": "Kubernetes", "Region": "cn-beijing", "KubernetesVersion": NEXT});
    let one = cloud.ok("DescribeKubernetesVersionMetadata", one);
    assert_eq!((one.as_array().unwrap().len(), &one[0]["version"]), (1, &json!(NEXT)));
    // As in alibabacloud_cs20151215 7.2.3, `DescribeKubernetesVersionMetadataRequest`.
    let mut asked = json!({"ClusterType": "Kubernetes", "Region": "cn-beijing", "KubernetesVersion": OLD});
    assert!(cloud.ok("DescribeKubernetesVersionMetadata", asked.clone())[0].get("upgradable_versions").is_none());
    asked["QueryUpgradableVersion"] = json!(true);
    asked["runtime"] = json!("Sandboxed-Container.runv");
    let one = cloud.ok("DescribeKubernetesVersionMetadata", asked.clone());
    assert_eq!((&one[0]["upgradable_versions"], &one[0]["images"]), (&json!([NEXT]), &json!([])));
    for (name, value) in [("Mode", "all"), ("runtime", "rkt")] {
        asked[name] = json!(value);
        assert_eq!(cloud.code("DescribeKubernetesVersionMetadata", asked.clone()), "InvalidParameter", "{name}");
    }
    let elsewhere = json!({"ClusterType": "Kubernetes", "Region": "cn-hangzhou"});
    assert_eq!(cloud.code("DescribeKubernetesVersionMetadata", elsewhere), "InvalidParameter");
}

#[test]
fn the_nodes_of_a_cluster_are_machines_of_its_vendor_alone() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let realm = cloud.world.ack(cloud.account, cloud.region);
    let cluster = realm.realm.clusters.get(&id).unwrap();
    assert_eq!((cluster.version.as_str(), cluster.nodes.len()), ("1.16.9", 5));
    assert_eq!(cluster.release, format!("v{OLD}"));
    assert!(OLD.starts_with(&cluster.version));
    assert!(cluster.nodes.iter().all(|node| realm.realm.machines.get(&node.machine).unwrap().cluster.is_some()));
    assert!(cloud.world.tke(cloud.account, cloud.region).realm.clusters.is_empty());
    assert!(cloud.world.cce(cloud.account, cloud.region).realm.clusters.is_empty());
}
