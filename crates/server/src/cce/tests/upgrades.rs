//! Upgrades of clusters: paths, checks, snapshots, work flows, batches of nodes.
//!
//! Names, states and limits are those of huaweicloudsdkcce 3.1.219 (`model/`).

use super::{Cloud, pool, text, with};
use serde_json::{Value, json};
use wharf_world::kernel::failures::FailurePoint;
use wharf_world::kubernetes::request::ApiRequest;

pub(super) const OLD: &str = "v1.19.10-r0";
pub(super) const NEW: &str = "v1.21.4-r0";

pub(super) fn of(cluster: &str) -> Value {
    json!({"cluster_id": cluster})
}

/// The request of an upgrade to the next version.
pub(super) fn upgrade(cluster: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut action = json!({
        "targetVersion": "v1.21", "isOnlyUpgrade": true,
        "strategy": {"type": "inPlaceRollingUpdate", "inPlaceRollingUpdate": {"userDefinedStep": 2}},
    });
    change(&mut action);
    json!({
        "cluster_id": cluster, "metadata": {"apiVersion": "v3", "kind": "UpgradeTask"},
        "spec": {"clusterUpgradeAction": action},
    })
}

fn check(cluster: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut spec = json!({"clusterID": cluster, "clusterVersion": OLD, "targetVersion": "v1.21"});
    change(&mut spec);
    json!({"cluster_id": cluster, "apiVersion": "v3", "kind": "PreCheckTask", "spec": spec})
}

impl Cloud {
    /// A request to the API server of a cluster: status and object.
    pub(super) fn ask(
        &mut self,
        cluster: &str,
        method: &str,
        path: &str,
        content_type: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request =
            ApiRequest { method, path_and_query: path, content_type, body: body.as_bytes(), ..ApiRequest::default() };
        let mut realm = self.world.cce(self.account, self.region);
        let response = realm.control_plane().request(cluster, request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }

    /// The release that the API server of a cluster reports, and those of its nodes, in order.
    fn releases(&mut self, cluster: &str) -> (String, Vec<String>) {
        let version = self.ask(cluster, "GET", "/version", "", &Value::Null).1;
        let nodes = self.ask(cluster, "GET", "/api/v1/nodes", "", &Value::Null).1;
        let kubelet = |node: &Value| text(&node["status"]["nodeInfo"]["kubeletVersion"]);
        (text(&version["gitVersion"]), nodes["items"].as_array().unwrap().iter().map(kubelet).collect())
    }

    fn version(&mut self, cluster: &str) -> String {
        text(&self.cluster(cluster)["spec"]["version"])
    }

    pub(super) fn start(&mut self, cluster: &str, change: impl FnOnce(&mut Value)) -> String {
        text(&self.ok("UpgradeCluster", upgrade(cluster, change))["metadata"]["uid"])
    }

    fn task(&mut self, cluster: &str, task: &str) -> Value {
        self.ok("ShowUpgradeClusterTask", json!({"cluster_id": cluster, "task_id": task}))
    }

    fn task_phase(&mut self, cluster: &str, task: &str) -> String {
        text(&self.task(cluster, task)["status"]["phase"])
    }

    pub(super) fn pre_check(&mut self, cluster: &str, change: impl FnOnce(&mut Value)) -> Value {
        let id = self.ok("CreatePreCheck", check(cluster, change))["metadata"]["uid"].clone();
        self.pass(30);
        self.ok("ShowPreCheck", json!({"cluster_id": cluster, "task_id": id}))
    }
}

#[test]
fn a_cluster_is_upgraded_to_the_next_version_or_a_newer_revision() {
    let mut cloud = Cloud::new();
    let paths = cloud.ok("ListClusterUpgradePaths", json!({}))["upgradePaths"].clone();
    let path =
        |version: &str| paths.as_array().unwrap().iter().find(|path| path["version"] == version).unwrap().clone();
    assert_eq!(path("v1.17.9-r0")["targetVersions"], json!([OLD]));
    assert_eq!(path(OLD)["targetVersions"], json!(["v1.21"]));
    assert_eq!(path("v1.23")["targetVersions"], json!([]));
    let old = cloud.create(|order| order["spec"]["version"] = json!("v1.17.2-r1"));
    let newest = cloud.create(|order| order["spec"]["version"] = json!("v1.23"));
    cloud.pass(120);
    let info = cloud.ok("ShowClusterUpgradeInfo", of(&old))["spec"]["versionInfo"].clone();
    let due = json!({"release": "v1.17.2", "patch": "r1", "suggestPatch": "r0", "targetVersions": ["v1.17.9-r0", OLD]});
    assert_eq!(info, due);
    for (cluster, wrong) in [(&old, "v1.17.2-r1"), (&old, "v1.21"), (&old, "v1.16"), (&newest, "v1.23")] {
        let order = upgrade(cluster, |action| action["targetVersion"] = json!(wrong));
        assert_eq!(cloud.refused("UpgradeCluster", order), (400, "CCE.01400001".into()), "{wrong}");
    }
    cloud.start(&old, |action| action["targetVersion"] = json!("v1.17"));
    cloud.pass(30);
    assert_eq!((cloud.version(&old), cloud.releases(&old).0), ("v1.17.9-r0".into(), "v1.17.9-r0".into()));
}

#[test]
fn the_features_of_upgrades_are_those_that_there_are() {
    let mut cloud = Cloud::new();
    let gates = cloud.ok("ListClusterUpgradeFeatureGates", json!({}))["upgradeFeatureGates"].clone();
    assert_eq!((&gates["UpgradeStrategy"], &gates["LabelForSkippedNode"]), (&json!("Support"), &json!("Disable")));
}

#[test]
fn the_control_plane_is_upgraded_first_and_then_nodes_in_growing_batches() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.add_nodes(&cluster, 4);
    let task = cloud.start(&cluster, |_| ());
    assert_eq!((cloud.phase(&cluster), cloud.task_phase(&cluster, &task)), ("Upgrading".into(), "Running".into()));
    assert_eq!(cloud.releases(&cluster).0, OLD);
    cloud.pass(30);
    let count = |cloud: &mut Cloud| {
        let (plane, nodes) = cloud.releases(&cluster);
        assert_eq!(plane, NEW);
        nodes.iter().filter(|release| *release == NEW).count()
    };
    let upgrading =
        |cloud: &mut Cloud| cloud.nodes(&cluster).iter().filter(|node| node["status"]["phase"] == "Upgrading").count();
    // One node, then two, and no more than two at a time.
    for (done, at_work) in [(0, 1), (1, 2), (3, 1)] {
        assert_eq!((count(&mut cloud), upgrading(&mut cloud)), (done, at_work));
        cloud.pass(30);
    }
    assert_eq!((count(&mut cloud), upgrading(&mut cloud)), (4, 0));
    let task = cloud.task(&cluster, &task);
    assert_eq!((&task["status"]["phase"], &task["status"]["progress"]), (&json!("Success"), &json!("100")));
    assert_eq!((&task["spec"]["version"], &task["spec"]["targetVersion"]), (&json!(OLD), &json!(NEW)));
    assert_eq!((cloud.phase(&cluster), cloud.version(&cluster)), ("Available".into(), NEW.into()));
    let info = cloud.ok("ShowClusterUpgradeInfo", of(&cluster));
    assert_eq!(
        (&info["status"]["phase"], &info["spec"]["lastUpgradeInfo"]["phase"]),
        (&json!("Success"), &json!("Success"))
    );
    assert_eq!(cloud.ok("ListUpgradeClusterTasks", of(&cluster))["items"], json!([task]));
    cloud.add_nodes(&cluster, 1);
    assert_eq!(count(&mut cloud), 5, "a new node has the version of the cluster");
}

#[test]
fn pools_and_nodes_are_upgraded_by_their_priorities() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.add_nodes(&cluster, 1);
    let ids = ["first", "second"].map(|name| {
        let order =
            with(pool(&cluster, name, 2), |order| order["spec"]["nodeTemplate"]["k8sTags"] = json!({"pool": name}));
        text(&cloud.ok("CreateNodePool", order)["metadata"]["uid"])
    });
    cloud.pass(60);
    let last = cloud.nodes(&cluster)[4].clone();
    let ip = text(&last["status"]["privateIP"]);
    let patch = json!({"metadata": {"labels": {"weight": "7"}}});
    let path = format!("/api/v1/nodes/{ip}");
    assert_eq!(cloud.ask(&cluster, "PATCH", &path, "application/merge-patch+json", &patch).0, 200);
    cloud.start(&cluster, |action| {
        action["strategy"]["inPlaceRollingUpdate"] = json!({"userDefinedStep": 1, "scope": "NodePool"});
        action["nodePoolOrder"] = json!({ids[1].clone(): 3, "DefaultPool": 2});
        let heavy = json!({"key": "weight", "operator": "gt", "value": ["5"]});
        action["nodeOrder"] = json!({ids[1].clone(): [{"nodeSelector": heavy, "priority": 1}]});
    });
    cloud.pass(30);
    let nodes = cloud.nodes(&cluster);
    let at_work = |cloud: &mut Cloud| -> Value {
        let nodes = cloud.nodes(&cluster);
        nodes.iter().find(|node| node["status"]["phase"] == "Upgrading").unwrap()["metadata"]["uid"].clone()
    };
    for place in [4, 3, 0, 1, 2] {
        assert_eq!(at_work(&mut cloud), nodes[place]["metadata"]["uid"], "{place}");
        cloud.pass(30);
    }
    for (name, value) in [("nodePoolOrder", json!({"nothing": 1})), ("nodeOrder", json!({"nothing": []}))] {
        let order = upgrade(&cluster, |action| {
            action[name] = value;
            action["targetVersion"] = json!("v1.23");
        });
        assert_eq!(cloud.refused("UpgradeCluster", order), (404, "CCE.01404001".into()), "{name}");
    }
}

#[test]
fn what_is_said_of_an_upgrade_is_checked() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for (way, wrong) in [
        ("/strategy/type", json!("replace")),
        ("/strategy/inPlaceRollingUpdate/userDefinedStep", json!(121)),
        ("/strategy/inPlaceRollingUpdate/scope", json!("Zone")),
    ] {
        let order = upgrade(&cluster, |action| {
            action["strategy"]["inPlaceRollingUpdate"]["scope"] = json!("Cluster");
            *action.pointer_mut(way).unwrap() = wrong.clone();
        });
        assert_eq!(cloud.code("UpgradeCluster", order), "CCE.01400001", "{way}");
    }
    let selector = json!({"key": "a", "operator": "like", "value": ["b"]});
    for (name, value) in [
        ("nodePoolOrder", json!({"DefaultPool": -1})),
        ("nodeOrder", json!({"DefaultPool": [{"nodeSelector": selector, "priority": 1}]})),
        ("agencyName", json!("agency")),
        ("addons", json!([{"addonTemplateName": "everest", "operation": "patch", "version": "1.2.28"}])),
        ("addons", json!([{"addonTemplateName": "coredns", "operation": "remove", "version": "1.17.9"}])),
    ] {
        let order = upgrade(&cluster, |action| action[name] = value);
        assert_eq!(cloud.code("UpgradeCluster", order), "CCE.01400001", "{name}");
    }
    let unknown = upgrade("nothing", |_| ());
    assert_eq!(cloud.refused("UpgradeCluster", unknown), (404, "CCE.01404001".into()));
    let none = json!({"cluster_id": cluster, "task_id": "nothing"});
    assert_eq!(cloud.refused("ShowUpgradeClusterTask", none), (404, "CCE.01404001".into()));
}

#[test]
fn add_ons_are_upgraded_with_their_cluster() {
    let mut cloud = Cloud::new();
    let cluster = cloud.create(|order| {
        let addons = json!([{"addonTemplateName": "coredns", "version": "1.13.3"}]);
        order["metadata"]["annotations"] = json!({"cluster.install.addons/install": addons.to_string()});
    });
    cloud.pass(160);
    cloud.start(&cluster, |action| {
        let values = json!({"custom": {}});
        action["addons"] =
            json!([{"addonTemplateName": "coredns", "operation": "patch", "version": "1.17.9", "values": values}]);
    });
    let addon = |cloud: &mut Cloud| cloud.ok("ListAddonInstances", of(&cluster))["items"][0].clone();
    assert_eq!(addon(&mut cloud)["spec"]["version"], "1.13.3");
    cloud.pass(30);
    let there = addon(&mut cloud);
    assert_eq!((&there["spec"]["version"], &there["status"]["status"]), (&json!("1.17.9"), &json!("upgrading")));
    cloud.pass(20);
    assert_eq!(addon(&mut cloud)["status"]["status"], "running");
}

#[test]
fn an_upgrade_pauses_and_continues() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.add_nodes(&cluster, 2);
    let task = cloud.start(&cluster, |_| ());
    cloud.pass(40);
    assert_eq!(cloud.refused("ContinueUpgradeClusterTask", of(&cluster)), (409, "CCE.01409001".into()));
    cloud.ok("PauseUpgradeClusterTask", of(&cluster));
    assert_eq!(cloud.code("PauseUpgradeClusterTask", of(&cluster)), "CCE.01409001");
    cloud.pass(1_000);
    assert_eq!((cloud.task_phase(&cluster, &task), cloud.phase(&cluster)), ("Pause".into(), "Upgrading".into()));
    assert_eq!(cloud.releases(&cluster), (NEW.into(), vec![OLD.into(), OLD.into()]));
    cloud.ok("ContinueUpgradeClusterTask", of(&cluster));
    cloud.pass(29);
    assert_eq!(cloud.releases(&cluster).1, [OLD, OLD], "the batch starts anew");
    cloud.pass(31);
    assert_eq!(
        (cloud.releases(&cluster).1, cloud.task_phase(&cluster, &task)),
        (vec![NEW.into(); 2], "Success".into())
    );
}

#[test]
fn an_upgrade_that_fails_is_retried() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    assert_eq!(cloud.refused("RetryUpgradeClusterTask", of(&cluster)), (409, "CCE.01409001".into()));
    cloud.world.fail_next(FailurePoint::ClusterUpgrade, "a package cannot be loaded");
    let task = cloud.start(&cluster, |_| ());
    cloud.pass(20);
    let failed = cloud.task(&cluster, &task);
    assert_eq!(
        (&failed["status"]["phase"], &failed["spec"]["items"]["message"]),
        (&json!("Failed"), &json!("a package cannot be loaded"))
    );
    assert_eq!((cloud.phase(&cluster), cloud.version(&cluster)), ("Available".into(), OLD.into()));
    assert_eq!(cloud.ok("ShowClusterUpgradeInfo", of(&cluster))["status"]["phase"], "Failed");
    cloud.ok("RetryUpgradeClusterTask", of(&cluster));
    cloud.pass(30);
    assert_eq!((cloud.task_phase(&cluster, &task), cloud.version(&cluster)), ("Success".into(), NEW.into()));
}

#[test]
fn nothing_else_happens_during_an_upgrade() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let node = cloud.add_nodes(&cluster, 1).remove(0);
    cloud.start(&cluster, |_| ());
    assert_eq!(cloud.refused("UpgradeCluster", upgrade(&cluster, |_| ())), (409, "CCE.01409001".into()));
    for (operation, input) in [
        ("DeleteNode", json!({"cluster_id": cluster, "node_id": node})),
        ("CreateNodePool", pool(&cluster, "workers", 1)),
        ("HibernateCluster", of(&cluster)),
        ("CreatePreCheck", check(&cluster, |_| ())),
        ("CreateClusterMasterSnapshot", of(&cluster)),
    ] {
        assert_eq!(cloud.code(operation, input), "CCE.01409001", "{operation}");
    }
    cloud.ok("GetClusterCert", of(&cluster));
    cloud.ok("DeleteCluster", of(&cluster));
    cloud.pass(100);
    assert_eq!(cloud.code("ListUpgradeClusterTasks", of(&cluster)), "CCE.01404001");
}

#[test]
fn a_check_looks_at_cluster_add_ons_and_nodes() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.pass(20);
    let node = cloud.add_nodes(&cluster, 1).remove(0);
    let answer = cloud.ok("CreatePreCheck", check(&cluster, |_| ()));
    assert_eq!((&answer["status"]["phase"], &answer["spec"]["targetVersion"]), (&json!("Init"), &json!(NEW)));
    cloud.pass(10);
    let this = json!({"cluster_id": cluster, "task_id": answer["metadata"]["uid"]});
    assert_eq!(cloud.ok("ShowPreCheck", this.clone())["status"], json!({"phase": "Running"}));
    assert_eq!(cloud.refused("CreatePreCheck", check(&cluster, |_| ())), (409, "CCE.01409001".into()));
    cloud.pass(20);
    let status = cloud.ok("ShowPreCheck", this)["status"].clone();
    assert_eq!((&status["phase"], &status["expireTimeStamp"]), (&json!("Success"), &json!("2024-06-02T00:03:50Z")));
    assert_eq!(status["clusterCheckStatus"]["itemsStatus"][0]["group"], "LimitCheck");
    assert_eq!(status["addonCheckStatus"]["phase"], "Success");
    let stage = &status["nodeCheckStatus"]["nodeStageStatus"][0];
    assert_eq!((&stage["nodeInfo"]["uid"], &stage["nodeInfo"]["status"]), (&json!(node), &json!("Active")));
    assert_eq!(cloud.ok("ListPreCheckTasks", of(&cluster))["items"].as_array().unwrap().len(), 1);
    let none = json!({"cluster_id": cluster, "task_id": "nothing"});
    assert_eq!(cloud.refused("ShowPreCheck", none), (404, "CCE.01404001".into()));
}

#[test]
fn a_check_fails_because_of_nodes_pools_and_add_ons_that_are_not_at_rest() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.pass(20);
    let coredns = cloud.ok("ListAddonInstances", of(&cluster))["items"][0]["metadata"]["uid"].clone();
    let started = cloud.ok("CreatePreCheck", check(&cluster, |_| ()))["metadata"]["uid"].clone();
    cloud.pass(15);
    cloud.ok("CreateNodePool", pool(&cluster, "workers", 1));
    let update = json!({
        "id": coredns, "kind": "Addon", "apiVersion": "v3", "metadata": {"annotations": {"addon.upgrade/type": "upgrade"}},
        "spec": {"clusterID": cluster, "version": "1.17.9", "addonTemplateName": "coredns", "values": {}},
    });
    cloud.ok("UpdateAddonInstance", update);
    cloud.pass(15);
    let status = cloud.ok("ShowPreCheck", json!({"cluster_id": cluster, "task_id": started}))["status"].clone();
    assert_eq!(status["phase"], "Failed");
    let pools = &status["clusterCheckStatus"]["itemsStatus"][1];
    assert_eq!((&pools["kind"], &pools["phase"]), (&json!("Exception"), &json!("Failed")));
    assert!(text(&pools["message"]).contains("workers"));
    let addon = &status["addonCheckStatus"]["itemsStatus"][0]["riskSource"]["addonRisks"][0];
    assert_eq!(addon["addonTemplateName"], "coredns");
    let node = &status["nodeCheckStatus"]["nodeStageStatus"][0]["itemsStatus"][0];
    assert_eq!(
        (&node["phase"], &node["group"], &node["level"]),
        (&json!("Failed"), &json!("NodeCheck"), &json!("Fatal"))
    );
}

#[test]
fn a_risk_can_be_skipped_and_an_error_cannot() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.pass(20);
    let ids = cloud.add_nodes(&cluster, 2);
    for id in &ids {
        let ip = text(&cloud.node(&cluster, id)["status"]["privateIP"]);
        let patch = json!({"spec": {"unschedulable": true}});
        let path = format!("/api/v1/nodes/{ip}");
        assert_eq!(cloud.ask(&cluster, "PATCH", &path, "application/merge-patch+json", &patch).0, 200);
    }
    let failed = cloud.pre_check(&cluster, |_| ());
    assert_eq!(failed["status"]["phase"], "Failed");
    let risk = &failed["status"]["nodeCheckStatus"]["nodeStageStatus"][0]["itemsStatus"][1];
    assert_eq!((&risk["kind"], &risk["level"]), (&json!("Risk"), &json!("Warning")));
    assert_eq!(risk["riskSource"]["nodeRisks"], json!([{"NodeID": ids[0]}]));
    let skip = |nodes: Option<&[String]>| {
        let mut skip = json!({"name": risk["name"]});
        if let Some(nodes) = nodes {
            skip["resourceSelector"] = json!({"key": "node.uid", "operator": "In", "values": nodes});
        }
        json!([skip])
    };
    let one = cloud.pre_check(&cluster, |spec| spec["skippedCheckItemList"] = skip(Some(&ids[..1])));
    assert_eq!(one["status"]["phase"], "Failed", "the other node");
    let all = cloud.pre_check(&cluster, |spec| spec["skippedCheckItemList"] = skip(None));
    assert_eq!((&all["status"]["phase"], &all["spec"]["skippedCheckItemList"]), (&json!("Success"), &skip(None)));
    for wrong in [json!([{"name": "NodeStatus"}]), json!([{"name": "nothing"}])] {
        let order = check(&cluster, |spec| spec["skippedCheckItemList"] = wrong);
        assert_eq!(cloud.code("CreatePreCheck", order), "CCE.01400001");
    }
    let order = check(&cluster, |spec| spec["skippedCheckItemList"] = skip(Some(&["nothing".to_owned()])));
    assert_eq!(cloud.code("CreatePreCheck", order), "CCE.01404001");
}

#[test]
fn a_check_names_the_cluster_and_its_versions() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for (name, wrong) in [("clusterID", "other"), ("clusterVersion", "v1.17"), ("targetVersion", "v1.23")] {
        let order = check(&cluster, |spec| spec[name] = json!(wrong));
        assert_eq!(cloud.refused("CreatePreCheck", order), (400, "CCE.01400001".into()), "{name}");
    }
    let wrong = with(check(&cluster, |_| ()), |order| order["kind"] = json!("Check"));
    assert_eq!(cloud.code("CreatePreCheck", wrong), "CCE.01400001");
}

#[test]
fn an_upgrade_checks_the_cluster_first_unless_it_is_told_not_to() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    cloud.pass(20);
    cloud.world.fail_next(FailurePoint::UpgradeCheck, "a disk is full");
    let task = cloud.start(&cluster, |action| action["isOnlyUpgrade"] = json!(false));
    cloud.pass(30);
    assert_eq!((cloud.task_phase(&cluster, &task), cloud.version(&cluster)), ("Failed".into(), OLD.into()));
    let checks = cloud.ok("ListPreCheckTasks", of(&cluster))["items"].clone();
    assert_eq!(cloud.task(&cluster, &task)["spec"]["items"]["preCheckTaskID"], checks[0]["metadata"]["uid"]);
    let item = &checks[0]["status"]["clusterCheckStatus"]["itemsStatus"][0];
    assert_eq!((&item["phase"], &item["message"]), (&json!("Failed"), &json!("a disk is full")));
    cloud.ok("RetryUpgradeClusterTask", of(&cluster));
    cloud.pass(30);
    assert_eq!(cloud.ok("ListPreCheckTasks", of(&cluster))["items"][1]["status"]["phase"], "Success");
    assert_eq!((cloud.task_phase(&cluster, &task), cloud.version(&cluster)), ("Running".into(), OLD.into()));
    cloud.pass(30);
    assert_eq!((cloud.task_phase(&cluster, &task), cloud.version(&cluster)), ("Success".into(), NEW.into()));
}
