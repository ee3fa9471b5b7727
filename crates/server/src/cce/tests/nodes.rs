//! Nodes: orders, lives, rules.

use super::{Cloud, node, none, text};
use crate::MachineFault;
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;

/// The queries are those of huaweicloudsdkcce 3.1.219, `ListNodesRequest`.
#[test]
fn nodes_are_listed_behind_a_marker_and_up_to_a_limit() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let nodes = cloud.add_nodes(&cluster, 3);
    let list = |cloud: &mut Cloud, more: Value| -> Vec<String> {
        let mut asked = json!({"cluster_id": cluster});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = cloud.ok("ListNodes", asked);
        answer["items"].as_array().unwrap().iter().map(|one| text(&one["metadata"]["uid"])).collect()
    };
    assert_eq!(list(&mut cloud, json!({"limit": 2})), nodes[..2]);
    assert_eq!(list(&mut cloud, json!({"limit": 2, "marker": nodes[1]})), nodes[2..]);
    assert_eq!(list(&mut cloud, json!({"marker": nodes[2]})), [""; 0]);
    for wrong in [json!({"limit": 0}), json!({"limit": 2001}), json!({"marker": "nothing"})] {
        let mut asked = wrong.clone();
        asked["cluster_id"] = json!(cluster);
        assert_eq!(cloud.refused("ListNodes", asked), (400, "CCE.01400001".into()), "{wrong}");
    }
}

/// The document's salted password, for which the plain one is not needed.
pub(super) const SALTED: &str = "JDYkS1oydTcxQ0Q0SmpRbmVBeSRXRjVkc09qVGdjOVJENDZpNDZjQ0wzSDkyTE1FbzM=";

#[test]
fn nodes_are_built_installed_and_active() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok(
        "CreateNode",
        node(&cluster, |node| {
            node["spec"]["count"] = json!(2);
            node["metadata"]["labels"] = json!({"foo": "bar"});
            node["spec"]["k8sTags"] = json!({"role": "web"});
        }),
    );
    assert_eq!((&answer["status"]["phase"], &answer["spec"]["count"]), (&json!("Build"), &json!(2)));
    let job = answer["status"]["jobID"].clone();
    let phases = |cloud: &mut Cloud| -> Vec<String> {
        cloud.nodes(&cluster).iter().map(|node| text(&node["status"]["phase"])).collect()
    };
    assert_eq!(phases(&mut cloud), ["Build", "Build"]);
    cloud.pass(20);
    assert_eq!(phases(&mut cloud), ["Installing", "Installing"]);
    cloud.pass(40);
    assert_eq!((phases(&mut cloud), cloud.job_phase(&job).as_str()), (vec!["Active".to_owned(); 2], "Success"));
    let nodes = cloud.nodes(&cluster);
    assert_eq!([&nodes[0]["metadata"]["name"], &nodes[1]["metadata"]["name"]], ["myhost-1", "myhost-2"]);
    assert_eq!(
        (&nodes[0]["metadata"]["labels"]["foo"], &nodes[0]["spec"]["k8sTags"]["role"]),
        (&json!("bar"), &json!("web"))
    );
    assert_ne!(nodes[0]["status"]["privateIP"], nodes[1]["status"]["privateIP"]);
    let server = text(&nodes[0]["status"]["serverId"]);
    assert!(cloud.world.break_machine(&server, MachineFault::Kubelet));
    assert_eq!(phases(&mut cloud), ["Abnormal", "Active"]);
    cloud.world.repair_machine(&server, MachineFault::Kubelet);
    assert_eq!(phases(&mut cloud), ["Active", "Active"]);
    assert!(nodes[0]["status"].get("publicIP").is_none() && nodes[0]["spec"].get("count").is_none());
}

#[test]
fn node_names_have_their_form() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for name in ["", "Host", "1host", "host-", &"h".repeat(57)] {
        let code = cloud.code("CreateNode", node(&cluster, |node| node["metadata"]["name"] = json!(name)));
        assert_eq!(code, "CCE.01400001", "{name}");
    }
}

#[test]
fn servers_have_flavors_disks_and_systems_that_are_offered() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for (way, wrong) in [
        ("/spec/flavor", json!("huge")),
        ("/spec/os", json!("Plan 9")),
        ("/spec/rootVolume/size", json!(39)),
        ("/spec/rootVolume/size", json!(1_025)),
        ("/spec/dataVolumes/0/size", json!(99)),
        ("/spec/dataVolumes/0/size", json!(32_769)),
        ("/spec/dataVolumes/0/volumetype", json!("TAPE")),
        ("/spec/dataVolumes", json!([])),
        ("/spec/count", json!(0)),
    ] {
        let order = node(&cluster, |node| *node.pointer_mut(way).unwrap() = wrong.clone());
        assert_eq!(cloud.code("CreateNode", order), "CCE.01400001", "{way} {wrong}");
    }
    let largest = node(&cluster, |node| node["spec"]["dataVolumes"][0]["size"] = json!(32_768));
    cloud.ok("CreateNode", largest);
}

#[test]
fn a_login_is_a_key_or_a_salted_password() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let login = |login: Value| node(&cluster, |node| node["spec"]["login"] = login);
    let password = |password: &str| json!({"username": "root", "password": password});
    for wrong in [
        json!({}),
        json!({"sshKey": "k", "userPassword": password(SALTED)}),
        json!({"userPassword": password("test@123")}),
        json!({"userPassword": password("dGVzdEAxMjM=")}),
    ] {
        assert_eq!(cloud.code("CreateNode", login(wrong)), "CCE.01400001");
    }
    let answer = cloud.ok("CreateNode", login(json!({"userPassword": password(SALTED)})));
    assert_eq!(answer["spec"]["login"]["userPassword"]["password"], "****");
    let nodes = cloud.nodes(&cluster);
    assert!(!format!("{:?} {nodes:?}", cloud.world).contains(SALTED), "it is kept nowhere");
    cloud.ok("CreateNode", login(json!({"sshKey": "k", "userPassword": {}})));
}

#[test]
fn labels_and_taints_have_their_form() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let many: Value = (0..21).map(|at| (format!("key-{at}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    for labels in [many, json!({"-a": "b"}), json!({"a": "b c"}), json!({"/a": "b"}), json!({"a": "b".repeat(64)})] {
        let order = node(&cluster, |node| node["spec"]["k8sTags"] = labels);
        assert_eq!(cloud.code("CreateNode", order), "CCE.01400001");
    }
    let taint = |effect: &str| json!([{"key": "status", "value": "unavailable", "effect": effect}]);
    let order = |taints: Value| node(&cluster, |node| node["spec"]["taints"] = taints);
    assert_eq!(cloud.code("CreateNode", order(taint("Never"))), "CCE.01400001");
    assert_eq!(cloud.code("CreateNode", order(json!(vec![taint("NoSchedule")[0].clone(); 21]))), "CCE.01400001");
    cloud.ok("CreateNode", order(taint("NoSchedule")));
}

#[test]
fn a_public_address_is_existing_or_new() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let order = |public: Value| node(&cluster, |node| node["spec"]["publicIP"] = public);
    let eip = json!({"iptype": "5_bgp", "bandwidth": {"size": 10, "sharetype": "PER"}});
    for wrong in [json!({"count": 1}), json!({"eip": eip}), json!({"ids": ["x"], "count": 1, "eip": eip})] {
        assert_eq!(cloud.code("CreateNode", order(wrong)), "CCE.01400001");
    }
    cloud.ok("CreateNode", order(json!({"count": 1, "eip": eip})));
    cloud.ok("CreateNode", order(json!({"ids": ["x"]})));
    assert!(cloud.nodes(&cluster).iter().all(|node| node["status"]["publicIP"].is_string()));
}

#[test]
fn the_flavor_of_the_cluster_limits_its_nodes() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let order = |count: u64| node(&cluster, |node| node["spec"]["count"] = json!(count));
    assert_eq!(cloud.refused("CreateNode", order(51)), (400, "CCE.01400008".into()));
    cloud.add_nodes(&cluster, 49);
    assert_eq!(cloud.code("CreateNode", order(2)), "CCE.01400008");
    cloud.add_nodes(&cluster, 1);
    assert_eq!(cloud.nodes(&cluster).len(), 50);
}

#[test]
fn a_subnet_gives_as_many_nodes_as_it_has_addresses() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| order["spec"]["flavor"] = json!("cce.s1.large"));
    cloud.pass(120);
    let order = node(&cluster, |node| node["spec"]["count"] = json!(250));
    assert_eq!(cloud.code("CreateNode", order), "CCE.01400001");
    let elsewhere = node(&cluster, |node| {
        node["spec"]["nodeNicSpec"] = json!({"primaryNic": {"subnetId": "subnet-default3"}});
    });
    cloud.ok("CreateNode", elsewhere);
    assert!(text(&cloud.nodes(&cluster)[0]["status"]["privateIP"]).starts_with("10.200.3."));
    let foreign = node(&cluster, |node| {
        node["spec"]["nodeNicSpec"] = json!({"primaryNic": {"subnetId": "subnet-second01"}});
    });
    assert_eq!(cloud.code("CreateNode", foreign), "CCE.01400002");
}

#[test]
fn a_zone_may_be_left_to_chance() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.ok("CreateNode", node(&cluster, |node| node["spec"]["az"] = json!("random")));
    assert!(text(&cloud.nodes(&cluster)[0]["spec"]["az"]).starts_with("cn-north-4"));
}

#[test]
fn a_new_name_is_also_the_servers() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let update = |name: &str| json!({"cluster_id": cluster, "node_id": id, "metadata": {"name": name}});
    let answer = cloud.ok("UpdateNode", update("renamed"));
    assert_eq!(answer["metadata"]["name"], "renamed");
    assert!(text(&answer["metadata"]["updateTimestamp"]).ends_with('Z'), "this answer has standard times");
    assert_eq!(cloud.code("UpdateNode", update("Not a name")), "CCE.01400001");
    let server = text(&cloud.node(&cluster, &id)["status"]["serverId"]);
    let realm = cloud.world.cce(cloud.account, cloud.region);
    assert_eq!(realm.realm.machines.get(&server).unwrap().name, "renamed");
}

#[test]
fn a_deleted_node_goes_with_its_server() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = cloud.add_nodes(&cluster, 1).remove(0);
    let this = json!({"cluster_id": cluster, "node_id": id});
    let answer = cloud.ok("DeleteNode", this.clone());
    assert_eq!(answer["status"]["phase"], "Deleting");
    assert_eq!(cloud.refused("DeleteNode", this.clone()), (409, "CCE.01409001".into()));
    cloud.pass(10);
    assert_eq!(cloud.job_phase(&answer["status"]["jobID"]), "Success");
    assert_eq!(cloud.refused("GetNode", this), (404, "CCE.01404001".into()));
    let realm = cloud.world.cce(cloud.account, cloud.region);
    assert!(!realm.realm.machines.contains(&text(&answer["status"]["serverId"])));
}

#[test]
fn all_nodes_at_once_are_no_longer_deleted() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.add_nodes(&cluster, 1);
    assert_eq!(cloud.refused("DeleteAllNodes", json!({"cluster_id": cluster})), (405, "APIGW.0101".into()));
    assert_eq!(cloud.refused("DeleteAllNodes", none()), (405, "APIGW.0101".into()));
    assert_eq!(cloud.nodes(&cluster).len(), 1);
}

#[test]
fn nodes_that_cannot_be_made_fail_with_their_job() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.world.fail_next(FailurePoint::NodeCreation, "no servers of this flavor are left");
    let job = cloud.ok("CreateNode", node(&cluster, |_| ()))["status"]["jobID"].clone();
    cloud.pass(20);
    let job = cloud.job(&job);
    assert_eq!(job["status"], json!({"phase": "Failed", "reason": "no servers of this flavor are left"}));
    assert_eq!(cloud.nodes(&cluster), Vec::<Value>::new());
}
