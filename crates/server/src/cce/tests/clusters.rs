//! The life of clusters.

use super::{Cloud, cluster, node, none, text};
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

#[test]
fn clusters_are_listed_under_their_own_kind() {
    let mut cloud = Cloud::new();
    let ids = [cloud.create(|_| ()), cloud.create(|_| ())];
    let list = cloud.ok("ListClusters", none());
    assert_eq!((&list["kind"], list["items"].as_array().unwrap().len()), (&json!("Cluster"), 2));
    assert_eq!([text(&list["items"][0]["metadata"]["uid"]), text(&list["items"][1]["metadata"]["uid"])], ids);
    cloud.region = "cn-north-1";
    assert!(cloud.ok("ListClusters", none())["items"].as_array().unwrap().is_empty());
    assert_eq!(cloud.refused("GetCluster", json!({"cluster_id": ids[0]})), (404, "CCE.01404001".into()));
}

/// The queries are those of huaweicloudsdkcce 3.1.219, `ListClustersRequest`.
#[test]
fn clusters_are_listed_by_phase_type_and_version() {
    let mut cloud = Cloud::new();
    let old = cloud.create(|order| order["spec"]["version"] = json!("v1.17"));
    let arm = cloud.create(|order| order["spec"]["type"] = json!("ARM64"));
    cloud.pass(120);
    cloud.add_nodes(&old, 2);
    let new = cloud.create(|_| ());
    let list = |cloud: &mut Cloud, query: Value| -> Vec<String> {
        let answer = cloud.ok("ListClusters", query);
        answer["items"].as_array().unwrap().iter().map(|one| text(&one["metadata"]["uid"])).collect()
    };
    assert_eq!(list(&mut cloud, json!({"status": "Available"})), [old.clone(), arm.clone()]);
    assert_eq!(list(&mut cloud, json!({"status": "Creating"})), [new.as_str()]);
    assert_eq!(list(&mut cloud, json!({"status": "Hibernation"})), [""; 0]);
    assert_eq!(list(&mut cloud, json!({"type": "ARM64"})), [arm]);
    assert_eq!(list(&mut cloud, json!({"type": "VirtualMachine", "status": "Available"})), [old.as_str()]);
    let version = text(&cloud.cluster(&old)["spec"]["version"]);
    for asked in ["v1.17", version.as_str()] {
        assert_eq!(list(&mut cloud, json!({"version": asked})), [old.as_str()], "{asked}");
    }
    assert_eq!(list(&mut cloud, json!({"version": "v1.1"})), [""; 0], "v1.17 is no revision of v1.1");
    for (query, value) in [("status", "Sleeping"), ("type", "Quantum")] {
        let refused = cloud.refused("ListClusters", json!({query: value}));
        assert_eq!(refused, (400, "CCE.01400001".into()), "{query}");
    }
    let detailed = cloud.ok("ListClusters", json!({"detail": "true", "version": "v1.17"}));
    assert_eq!(detailed["items"][0]["metadata"]["annotations"]["totalNodesNumber"], "2");
    let plain = cloud.ok("ListClusters", json!({"version": "v1.17"}));
    assert!(plain["items"][0]["metadata"].get("annotations").is_none());
}

#[test]
fn details_are_annotations_and_only_on_demand() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    cloud.add_nodes(&id, 2);
    assert!(cloud.cluster(&id)["metadata"].get("annotations").is_none());
    let details =
        cloud.ok("GetCluster", json!({"cluster_id": id, "detail": "true"}))["metadata"]["annotations"].clone();
    assert_eq!((&details["totalNodesNumber"], &details["activeNodesNumber"]), (&json!("2"), &json!("2")));
    assert_eq!((&details["totalNodesCPU"], &details["totalNodesMemory"]), (&json!("4"), &json!("8192")));
    assert!(text(&details["installedAddonInstances"]).contains("coredns"));
}

#[test]
fn only_the_description_changes() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["spec"]["description"] = json!("first"));
    let update = json!({"cluster_id": id, "spec": {"description": "second"}});
    assert_eq!(cloud.refused("UpdateCluster", update.clone()), (409, "CCE.01409001".into()), "still being created");
    cloud.pass(120);
    let answer = cloud.ok("UpdateCluster", update);
    assert_eq!(answer["spec"]["description"], "second");
    assert_ne!(answer["metadata"]["updateTimestamp"], answer["metadata"]["creationTimestamp"]);
    assert_eq!(cloud.code("UpdateCluster", json!({"cluster_id": "nothing", "spec": {}})), "CCE.01404001");
}

#[test]
fn a_cluster_sleeps_and_wakes() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    let this = json!({"cluster_id": id});
    assert_eq!(cloud.refused("AwakeCluster", this.clone()), (409, "CCE.01409001".into()));
    assert_eq!(cloud.ok("HibernateCluster", this.clone()), Value::Null);
    assert_eq!(cloud.phase(&id), "Hibernating");
    assert_eq!(cloud.code("HibernateCluster", this.clone()), "CCE.01409001");
    cloud.pass(60);
    assert_eq!(cloud.phase(&id), "Hibernation");
    assert_eq!(cloud.code("CreateNode", node(&id, |_| ())), "CCE.01409001", "the masters are off");
    cloud.ok("AwakeCluster", this);
    assert_eq!(cloud.phase(&id), "Awaking");
    cloud.pass(60);
    assert_eq!(cloud.phase(&id), "Available");
    cloud.add_nodes(&id, 1);
}

#[test]
fn a_deleted_cluster_goes_with_its_nodes() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    cloud.add_nodes(&id, 2);
    let answer = cloud.ok("DeleteCluster", json!({"cluster_id": id}));
    assert_eq!(answer["status"]["phase"], "Deleting");
    assert_eq!(cloud.refused("DeleteCluster", json!({"cluster_id": id})), (409, "CCE.01409001".into()));
    cloud.pass(30);
    assert_eq!(cloud.job_phase(&answer["status"]["jobID"]), "Success");
    for operation in ["GetCluster", "ListNodes", "ListNodePools", "GetClusterCert", "UpdateCluster", "HibernateCluster"]
    {
        assert_eq!(cloud.refused(operation, json!({"cluster_id": id})), (404, "CCE.01404001".into()), "{operation}");
    }
    let realm = cloud.world.cce(cloud.account, cloud.region);
    assert!(
        realm.realm.cce.nodes.is_empty() && realm.realm.cce.clusters.is_empty() && realm.realm.cce.addons.is_empty()
    );
    assert!(realm.realm.machines.iter().all(|machine| machine.instance_type != "s6.large.2"));
    let subnet = realm.realm.subnet("vpc-default0", "subnet-default1").unwrap();
    assert_eq!(subnet.free(), 250, "three seeded machines keep their addresses");
}

#[test]
fn deletion_ends_the_creation_that_is_going_on() {
    let mut cloud = Cloud::new();
    let answer = cloud.ok("CreateCluster", cluster(|_| ()));
    cloud.pass(20);
    cloud.ok("DeleteCluster", json!({"cluster_id": answer["metadata"]["uid"]}));
    let job = cloud.job(&answer["status"]["jobID"]);
    assert_eq!(
        (&job["status"]["phase"], &job["status"]["reason"]),
        (&json!("Failed"), &json!("the cluster was deleted"))
    );
    cloud.pass(200);
    assert_eq!(cloud.ok("ListClusters", none())["items"], json!([]));
}

#[test]
fn a_creation_that_fails_tells_why() {
    let mut cloud = Cloud::new();
    cloud.world.fail_next(FailurePoint::ClusterCreation, "the agency for ECS is missing");
    let answer = cloud.ok("CreateCluster", cluster(|_| ()));
    let id = text(&answer["metadata"]["uid"]);
    cloud.pass(19);
    assert_eq!(cloud.phase(&id), "Creating");
    cloud.pass(1);
    let job = cloud.job(&answer["status"]["jobID"]);
    assert_eq!(job["status"], json!({"phase": "Failed", "reason": "the agency for ECS is missing"}));
    let there = cloud.cluster(&id);
    assert_eq!(
        (&there["status"]["phase"], &there["status"]["reason"]),
        (&json!("Unavailable"), &json!("CreationFailed"))
    );
    assert_eq!(there["status"]["message"], "the agency for ECS is missing");
    cloud.pass(600);
    assert_eq!(cloud.phase(&id), "Unavailable");
    assert_eq!(cloud.code("CreateNode", node(&id, |_| ())), "CCE.01409001");
    cloud.ok("DeleteCluster", json!({"cluster_id": id}));
    cloud.pass(30);
    assert_eq!(cloud.code("GetCluster", json!({"cluster_id": id})), "CCE.01404001");
    cloud.available();
}

#[test]
fn a_deletion_that_fails_shows_only_to_those_who_know_the_phase() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    cloud.world.fail_next(FailurePoint::ClusterDeletion, "a volume is in use");
    let job = cloud.ok("DeleteCluster", json!({"cluster_id": id}))["status"]["jobID"].clone();
    cloud.pass(20);
    assert_eq!(cloud.job_phase(&job), "Failed");
    assert_eq!(cloud.phase(&id), "Deleting");
    let known = cloud.ok("GetCluster", json!({"cluster_id": id, "errorStatus": "true"}));
    assert_eq!(
        (&known["status"]["phase"], &known["status"]["message"]),
        (&json!("Error"), &json!("a volume is in use"))
    );
    cloud.ok("DeleteCluster", json!({"cluster_id": id}));
    cloud.pass(30);
    assert_eq!(cloud.code("GetCluster", json!({"cluster_id": id})), "CCE.01404001");
}

#[test]
fn the_certificate_is_a_kubeconfig() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|_| ());
    assert_eq!(cloud.refused("GetClusterCert", json!({"cluster_id": id})), (409, "CCE.01409001".into()));
    cloud.pass(120);
    let config = cloud.ok("GetClusterCert", json!({"cluster_id": id}));
    assert_eq!((&config["kind"], &config["apiVersion"]), (&json!("Config"), &json!("v1")));
    assert_eq!((&config["current-context"], &config["users"][0]["name"]), (&json!("internal"), &json!("user")));
    assert_eq!(config["clusters"].as_array().unwrap().len(), 1);
    assert_eq!(config["clusters"][0]["name"], "internalCluster");
    let pem = |value: &Value| {
        String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text(value)).unwrap()).unwrap()
    };
    let user = &config["users"][0]["user"];
    assert!(pem(&user["client-certificate-data"]).starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(pem(&user["client-key-data"]).starts_with("-----BEGIN PRIVATE KEY-----"));
    assert!(pem(&config["clusters"][0]["cluster"]["certificate-authority-data"]).contains("CERTIFICATE"));
    assert_eq!(cloud.ok("GetClusterCert", json!({"cluster_id": id})), config, "the same when asked again");
}

#[test]
fn a_public_address_brings_a_second_cluster_into_the_kubeconfig() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["spec"]["extendParam"] = json!({"clusterExternalIP": "198.51.100.7"}));
    cloud.pass(120);
    let config = cloud.ok("GetClusterCert", json!({"cluster_id": id}));
    assert_eq!(config["current-context"], "external");
    let external = &config["clusters"][1];
    assert_eq!(
        (&external["name"], &external["cluster"]["insecure-skip-tls-verify"]),
        (&json!("externalCluster"), &json!(true))
    );
    assert_eq!(cloud.cluster(&id)["status"]["endpoints"][1]["url"], "https://198.51.100.7:5443");
}

#[test]
fn the_nodes_of_a_cluster_are_machines_of_its_vendor_alone() {
    let mut cloud = Cloud::new();
    let id = cloud.available();
    cloud.add_nodes(&id, 2);
    let servers: Vec<Value> = cloud.nodes(&id).iter().map(|node| node["status"]["serverId"].clone()).collect();
    let own = cloud.world.cce(cloud.account, cloud.region);
    let release = &own.cluster(&id).unwrap().release;
    assert!(release.starts_with("v1.") && release.contains("-r"), "{release}");
    assert!(servers.iter().all(|server| own.realm.machines.contains(server.as_str().unwrap())));
    let others = cloud.world.tke(cloud.account, cloud.region);
    assert!(!servers.iter().any(|server| others.realm.machines.contains(server.as_str().unwrap())));
    assert!(others.realm.clusters.is_empty());
}
