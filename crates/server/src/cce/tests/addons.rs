//! Add-ons.

use super::{Cloud, none, text, with};
use serde_json::{Value, json};

fn order(cluster: &str, name: &str, version: &str) -> Value {
    json!({
        "kind": "Addon", "apiVersion": "v3", "metadata": {"annotations": {"addon.install/type": "install"}},
        "spec": {"clusterID": cluster, "version": version, "addonTemplateName": name, "values": {"basic": {"a": 1}}},
    })
}

fn upgrade(id: &str, order: Value) -> Value {
    with(order, |order| {
        order["id"] = json!(id);
        order["metadata"] = json!({"annotations": {"addon.upgrade/type": "upgrade"}});
    })
}

#[test]
fn templates_are_listed_or_found_by_name() {
    let mut cloud = Cloud::new();
    let list = cloud.ok("ListAddonTemplates", none());
    assert_eq!((&list["kind"], list["items"].as_array().unwrap().len()), (&json!("Addon"), 6));
    let one = cloud.ok("ListAddonTemplates", json!({"addon_template_name": "coredns"}));
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    assert_eq!(one["items"][0]["spec"]["versions"][0]["version"], "1.17.9", "the newest first");
    let unknown = json!({"addon_template_name": "nothing"});
    assert_eq!(cloud.refused("ListAddonTemplates", unknown), (404, "SVCSTG.CCE-ADDONMGR.4040204".into()));
}

#[test]
fn an_add_on_is_installed_and_runs_after_a_while() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("CreateAddonInstance", order(&cluster, "metrics-server", "1.0.0"));
    let id = text(&answer["metadata"]["uid"]);
    assert_eq!(
        (&answer["status"]["status"], &answer["spec"]["values"]["basic"]["a"]),
        (&json!("installing"), &json!(1))
    );
    assert_eq!(answer["status"]["targetVersions"], json!(["1.1.2"]));
    cloud.pass(20);
    let there = cloud.ok("GetAddonInstance", json!({"id": id, "cluster_id": cluster}));
    assert_eq!(there["status"]["status"], "running");
    assert!(text(&there["metadata"]["creationTimestamp"]).ends_with('Z'));
    let again = cloud.refused("CreateAddonInstance", order(&cluster, "metrics-server", "1.0.0"));
    assert_eq!(again, (409, "CCE.01409001".into()));
}

#[test]
fn the_newest_version_is_taken_when_none_is_named() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let answer = cloud.ok("CreateAddonInstance", order(&cluster, "everest", ""));
    assert_eq!(answer["spec"]["version"], "1.2.28");
}

#[test]
fn what_is_not_offered_is_not_installed() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    for (name, version) in [("nothing", "1.0.0"), ("everest", "9.9.9")] {
        let refused = cloud.refused("CreateAddonInstance", order(&cluster, name, version));
        assert_eq!(refused, (404, "SVCSTG.CCE-ADDONMGR.4040204".into()));
    }
    assert_eq!(cloud.refused("CreateAddonInstance", order("nothing", "everest", "")), (404, "CCE.01404001".into()));
    let elsewhere = with(order(&cluster, "everest", ""), |order| order["cluster_id"] = json!("other"));
    assert_eq!(cloud.refused("CreateAddonInstance", elsewhere), (400, "SVCSTG.CCE-ADDONMGR.4000003".into()));
    let wrong = upgrade("", order(&cluster, "everest", ""));
    assert_eq!(cloud.code("CreateAddonInstance", wrong), "SVCSTG.CCE-ADDONMGR.4000003", "an upgrade of nothing");
    let arm = cloud.create(|order| order["spec"]["type"] = json!("ARM64"));
    assert_eq!(cloud.code("CreateAddonInstance", order(&arm, "everest", "")), "CCE.01409001", "not available yet");
    cloud.pass(120);
    let refused = cloud.refused("CreateAddonInstance", order(&arm, "gpu-beta", ""));
    assert_eq!(refused, (400, "SVCSTG.CCE-ADDONMGR.4030302".into()));
}

#[test]
fn an_add_on_is_exchanged_for_another_version() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = text(&cloud.ok("CreateAddonInstance", order(&cluster, "gpu-beta", "1.1.7"))["metadata"]["uid"]);
    let change = upgrade(&id, order(&cluster, "gpu-beta", "1.2.2"));
    assert_eq!(cloud.refused("UpdateAddonInstance", change.clone()), (409, "CCE.01409001".into()), "being installed");
    cloud.pass(20);
    let answer = cloud.ok("UpdateAddonInstance", change);
    assert_eq!((&answer["status"]["status"], &answer["spec"]["version"]), (&json!("upgrading"), &json!("1.2.2")));
    cloud.pass(20);
    let there = cloud.ok("GetAddonInstance", json!({"id": id, "cluster_id": cluster}));
    assert_eq!(there["status"]["status"], "running");
    let other = upgrade(&id, order(&cluster, "everest", ""));
    assert_eq!(cloud.code("UpdateAddonInstance", other), "SVCSTG.CCE-ADDONMGR.4000003", "another template");
    let unknown = upgrade("nothing", order(&cluster, "gpu-beta", "1.2.2"));
    assert_eq!(cloud.refused("UpdateAddonInstance", unknown), (404, "SVCSTG.CCE-ADDONMGR.4040204".into()));
}

#[test]
fn an_add_on_is_removed() {
    let mut cloud = Cloud::new();
    let cluster = cloud.available();
    let id = text(&cloud.ok("ListAddonInstances", json!({"cluster_id": cluster}))["items"][0]["metadata"]["uid"]);
    let this = json!({"id": id, "cluster_id": cluster});
    assert_eq!(cloud.ok("DeleteAddonInstance", this.clone()), Value::Null);
    assert_eq!(cloud.ok("GetAddonInstance", this.clone())["status"]["status"], "deleting");
    cloud.pass(10);
    assert_eq!(cloud.refused("GetAddonInstance", this.clone()), (404, "SVCSTG.CCE-ADDONMGR.4040204".into()));
    assert_eq!(cloud.refused("DeleteAddonInstance", this), (400, "SVCSTG.CCE-ADDONMGR.4040204".into()));
    let other = cloud.available();
    let foreign = cloud.ok("ListAddonInstances", json!({"cluster_id": other}))["items"][0]["metadata"]["uid"].clone();
    let wrong = json!({"id": foreign, "cluster_id": cluster});
    assert_eq!(cloud.code("GetAddonInstance", wrong), "SVCSTG.CCE-ADDONMGR.4040204", "of another cluster");
}
