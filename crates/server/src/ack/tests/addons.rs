//! Components of clusters.

use super::{Cloud, of, text};
use serde_json::{Value, json};

fn versions(cloud: &mut Cloud, id: &str, name: &str) -> Value {
    cloud.ok("DescribeClusterAddonsVersion", of(id))[name].clone()
}

fn install(id: &str, name: &str, version: &str) -> Value {
    json!({"ClusterId": id, "body": [{"name": name, "version": version}]})
}

fn status(cloud: &mut Cloud, id: &str, name: &str) -> Value {
    let asked = json!({"ClusterId": id, "componentIds": [name]});
    cloud.ok("DescribeClusterAddonsUpgradeStatus", asked)[name].clone()
}

#[test]
fn what_is_offered_is_in_groups() {
    let mut cloud = Cloud::new();
    let offered = cloud.ok("DescribeAddons", json!({"region": "cn-beijing"}));
    let items =
        offered["ComponentGroups"].as_array().unwrap().iter().map(|group| group["items"].as_array().unwrap().len());
    assert_eq!(items.sum::<usize>(), offered["StandardComponents"].as_object().unwrap().len());
    assert_eq!(offered["StandardComponents"]["coredns"]["required"], "true");
    assert_eq!(cloud.code("DescribeAddons", json!({"region": "cn-hangzhou"})), "InvalidParameter");
    // As in alibabacloud_cs20151215 7.2.3, `DescribeAddonsRequest`: all clusters are offered the same here.
    let asked = json!({"region": "cn-beijing", "cluster_profile": "Default", "cluster_spec": "ack.standard"});
    assert_eq!(cloud.ok("DescribeAddons", asked), offered);
    for name in ["cluster_type", "cluster_profile", "cluster_spec", "cluster_version"] {
        let asked = json!({"region": "cn-beijing", name: "nothing"});
        assert_eq!(cloud.code("DescribeAddons", asked), "InvalidParameter", "{name}");
    }
}

#[test]
fn the_usual_components_come_with_a_cluster() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| {
        order["addons"] = json!([
            {"name": "csi-plugin", "disabled": true}, {"name": "ack-arena", "config": "{\"a\": 1}"}, {"name": "flannel"},
        ]);
    });
    let there = |cloud: &mut Cloud, name: &str| versions(cloud, &id, name)["exist"].as_bool().unwrap();
    for (name, expected) in
        [("coredns", true), ("metrics-server", true), ("csi-plugin", false), ("ack-arena", true), ("logtail-ds", false)]
    {
        assert_eq!(there(&mut cloud, name), expected, "{name}");
    }
    assert_eq!(versions(&mut cloud, &id, "ack-arena")["value"], "{\"a\": 1}");
}

#[test]
fn a_component_is_installed_and_removed() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.ok("InstallClusterAddons", install(&id, "logtail-ds", "v0.16.54.2-f9a5e1e-aliyun"));
    assert_eq!(status(&mut cloud, &id, "logtail-ds")["tasks"]["status"], "running");
    cloud.pass(20);
    let task = status(&mut cloud, &id, "logtail-ds")["tasks"].clone();
    assert!(task["status"] == "Success" && text(&task["finished_at"]) > text(&task["created_at"]));
    let remove = json!({"ClusterId": id, "addons": [{"name": "logtail-ds"}]});
    cloud.ok("UnInstallClusterAddons", remove.clone());
    assert_eq!(cloud.code("UnInstallClusterAddons", remove.clone()), "ErrorClusterState");
    cloud.pass(10);
    assert_eq!(versions(&mut cloud, &id, "logtail-ds")["exist"], false);
    assert_eq!(cloud.code("UnInstallClusterAddons", remove), "AddonNotFound");
    assert!(status(&mut cloud, &id, "logtail-ds").is_null());
}

#[test]
fn a_component_is_upgraded() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let name = "ack-node-problem-detector";
    cloud.ok("InstallClusterAddons", install(&id, name, "1.2.0"));
    cloud.pass(20);
    let before = versions(&mut cloud, &id, name);
    assert_eq!((&before["can_upgrade"], &before["next_version"]), (&json!(true), &json!("1.2.1")));
    let change =
        json!({"ClusterId": id, "body": [{"component_name": name, "version": "1.2.0", "next_version": "1.2.1"}]});
    cloud.ok("UpgradeClusterAddons", change.clone());
    assert_eq!(versions(&mut cloud, &id, name)["ready_to_upgrade"], false);
    assert_eq!(cloud.code("UpgradeClusterAddons", change), "ErrorClusterState");
    cloud.pass(20);
    let after = versions(&mut cloud, &id, name);
    assert_eq!((&after["version"], &after["can_upgrade"]), (&json!("1.2.1"), &json!(false)));
    for (from, to, code) in [
        ("1.2.0", "1.2.1", "InvalidParameter"),
        ("1.2.1", "1.2.0", "InvalidParameter"),
        ("1.2.1", "9", "AddonNotFound"),
    ] {
        let change = json!({"ClusterId": id, "body": [{"component_name": name, "version": from, "next_version": to}]});
        assert_eq!(cloud.code("UpgradeClusterAddons", change), code);
    }
}

#[test]
fn all_or_none_of_a_list() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let two = |second: &str| json!({"ClusterId": id, "body": [{"name": "ack-arena", "version": "0.5.0"}, {"name": second, "version": "0.5.0"}]});
    assert_eq!(cloud.code("InstallClusterAddons", two("nothing")), "AddonNotFound");
    assert_eq!(cloud.code("InstallClusterAddons", two("ack-arena")), "InvalidParameter");
    assert_eq!(cloud.code("InstallClusterAddons", json!({"ClusterId": id, "body": []})), "MissingParameter");
    assert_eq!(versions(&mut cloud, &id, "ack-arena")["exist"], false);
    cloud.ok("InstallClusterAddons", install(&id, "ack-arena", "0.5.0"));
    assert_eq!(cloud.code("InstallClusterAddons", install(&id, "ack-arena", "0.5.0")), "InvalidParameter");
}

#[test]
fn some_components_every_cluster_needs() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pass(20);
    assert_eq!(versions(&mut cloud, &id, "coredns")["required"], true);
    let remove = json!({"ClusterId": id, "addons": [{"name": "coredns"}]});
    assert_eq!(cloud.code("UnInstallClusterAddons", remove), "InvalidParameter");
}

#[test]
fn unknown_components_have_no_status() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let asked = json!({"ClusterId": id, "componentIds": ["nothing"]});
    assert_eq!(cloud.code("DescribeClusterAddonsUpgradeStatus", asked), "InvalidParameter");
}
