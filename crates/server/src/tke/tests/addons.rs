//! Add-ons of clusters.

use super::{Cloud, empty_cluster};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wharf_world::FailurePoint;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/kube-system/deployments";
const DAEMON_SETS: &str = "/apis/apps/v1/namespaces/kube-system/daemonsets";

impl Cloud {
    /// The identifier of a running cluster of that version with a node.
    pub(super) fn of_version(&mut self, version: &str) -> String {
        let mut request = empty_cluster("172.16.0.0/16");
        request["ClusterBasicSettings"]["ClusterVersion"] = json!(version);
        let id = self.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
        self.pass(60);
        self.add_nodes(&id, 1);
        id
    }

    fn addon(&mut self, cluster: &str, name: &str) -> Value {
        self.ok("DescribeAddon", json!({"ClusterId": cluster, "AddonName": name}))["Addons"][0].clone()
    }
}

fn encoded(values: &Value) -> String {
    STANDARD.encode(values.to_string())
}

fn values_of(addon: &Value) -> Value {
    serde_json::from_slice(&STANDARD.decode(addon["RawValues"].as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn an_add_on_is_installed_upgraded_and_deleted() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let named = json!({"ClusterId": id, "AddonName": "dnsautoscaler"});
    let path = format!("{DEPLOYMENTS}/tke-dns-autoscaler");
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "dnsautoscaler", "AddonVersion": "1.0.0"}));
    let addon = cloud.addon(&id, "dnsautoscaler");
    assert_eq!((&addon["Phase"], &addon["AddonVersion"]), (&json!("Installing"), &json!("1.0.0")));
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["code"], 404);
    assert_eq!(cloud.code("InstallAddon", named.clone()), "ResourceInUse");
    assert_eq!(cloud.code("DeleteAddon", named.clone()), "ResourceUnavailable");
    cloud.pass(10);
    assert_eq!(cloud.addon(&id, "dnsautoscaler")["Phase"], "Succeeded");
    cloud.pass(10);
    let deployment = cloud.kube(&id, "GET", &path, Value::Null);
    assert_eq!(deployment["status"]["readyReplicas"], 1, "{deployment}");
    let image =
        |object: &Value| object["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().to_owned();
    assert!(image(&deployment).ends_with("/tke-dns-autoscaler:v1.0.0"));
    cloud.ok("UpdateAddon", json!({"ClusterId": id, "AddonName": "dnsautoscaler", "AddonVersion": "1.0.1"}));
    assert_eq!(cloud.addon(&id, "dnsautoscaler")["Phase"], "Upgrading");
    cloud.pass(10);
    let addon = cloud.addon(&id, "dnsautoscaler");
    assert_eq!((&addon["Phase"], &addon["AddonVersion"]), (&json!("Succeeded"), &json!("1.0.1")));
    assert!(image(&cloud.kube(&id, "GET", &path, Value::Null)).ends_with(":v1.0.1"));
    cloud.ok("DeleteAddon", named.clone());
    assert_eq!(cloud.addon(&id, "dnsautoscaler")["Phase"], "Terminating");
    cloud.pass(10);
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["code"], 404);
    assert_eq!(cloud.code("DeleteAddon", named.clone()), "ResourceNotFound");
    assert_eq!(cloud.code("DescribeAddon", named), "ResourceNotFound");
}

#[test]
fn parameters_change_the_workloads() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let name = "tke-hpc-controller";
    let update = |cloud: &mut Cloud, values: Value, strategy: Value| {
        let mut request = json!({"ClusterId": id, "AddonName": "hpc", "RawValues": encoded(&values)});
        if strategy != Value::Null {
            request["UpdateStrategy"] = strategy;
        }
        cloud.ok("UpdateAddon", request);
        cloud.pass(10);
        values_of(&cloud.addon(&id, "hpc"))
    };
    let first = json!({name: {"replicas": 2}, "extra": "a"});
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "hpc", "RawValues": encoded(&first)}));
    cloud.pass(10);
    let path = format!("{DEPLOYMENTS}/{name}");
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["spec"]["replicas"], 2);
    let answer = cloud.ok("DescribeAddonValues", json!({"ClusterId": id, "AddonName": "hpc"}));
    let read = |field: &str| serde_json::from_str::<Value>(answer[field].as_str().unwrap()).unwrap();
    assert_eq!(read("DefaultValues")[name]["replicas"], 1);
    assert_eq!(read("Values")[name]["replicas"], 2);
    assert_eq!(read("Values")[name]["resources"], read("DefaultValues")[name]["resources"]);
    // Merging is the default.
    let merged = update(&mut cloud, json!({"extra": "b"}), Value::Null);
    assert_eq!(merged, json!({name: {"replicas": 2}, "extra": "b"}));
    let replaced = update(&mut cloud, json!({"extra": "c"}), json!("replace"));
    assert_eq!(replaced, json!({"extra": "c"}));
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["spec"]["replicas"], 1);
    let none = cloud.ok("DescribeAddonValues", json!({"ClusterId": id, "AddonName": "cos"}));
    assert_eq!(none["Values"], "", "it is not installed");
}

#[test]
fn a_daemon_runs_on_each_node() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    cloud.add_nodes(&id, 2);
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "nodelocaldnscache"}));
    cloud.pass(20);
    let set = cloud.kube(&id, "GET", &format!("{DAEMON_SETS}/node-local-dns"), Value::Null);
    assert_eq!(set["status"]["numberReady"], 3, "{set}");
    // An add-on can have a namespace of its own.
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "tcr"}));
    cloud.pass(20);
    let path = "/apis/apps/v1/namespaces/tcr-assistant-system/daemonsets/hosts-updater";
    assert_eq!(cloud.kube(&id, "GET", path, Value::Null)["status"]["numberReady"], 3);
}

#[test]
fn installations_and_upgrades_fail() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let cos = json!({"ClusterId": id, "AddonName": "cos", "AddonVersion": "1.0.0"});
    cloud.world.fail_next(FailurePoint::AddonInstallation, "no image");
    cloud.ok("InstallAddon", cos.clone());
    cloud.pass(20);
    let addon = cloud.addon(&id, "cos");
    assert_eq!((&addon["Phase"], &addon["Reason"]), (&json!("InstallFailed"), &json!("no image")));
    assert_eq!(cloud.code("UpdateAddon", cos.clone()), "ResourceUnavailable");
    assert_eq!(cloud.code("InstallAddon", cos.clone()), "ResourceInUse");
    cloud.ok("DeleteAddon", json!({"ClusterId": id, "AddonName": "cos"}));
    cloud.pass(10);
    cloud.ok("InstallAddon", cos);
    cloud.pass(10);
    cloud.world.fail_next(FailurePoint::AddonUpgrade, "no room");
    let upgrade = json!({"ClusterId": id, "AddonName": "cos", "AddonVersion": "1.0.6"});
    cloud.ok("UpdateAddon", upgrade.clone());
    cloud.pass(20);
    let addon = cloud.addon(&id, "cos");
    assert_eq!(
        (&addon["Phase"], &addon["Reason"], &addon["AddonVersion"]),
        (&json!("UpgradFailed"), &json!("no room"), &json!("1.0.0"))
    );
    cloud.ok("UpdateAddon", upgrade);
    cloud.pass(10);
    assert_eq!(cloud.addon(&id, "cos")["Reason"], "");
    // Kubernetes refuses the parameters.
    let values = encoded(&json!({"tke-hpc-controller": {"replicas": "many"}}));
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "hpc", "RawValues": values}));
    cloud.pass(10);
    let addon = cloud.addon(&id, "hpc");
    assert_eq!(addon["Phase"], "InstallFailed");
    assert!(addon["Reason"].as_str().unwrap().contains("replicas"), "{addon}");
}

#[test]
fn add_ons_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.14.3");
    let code = |cloud: &mut Cloud, name: &str, more: Value| {
        let mut request = json!({"ClusterId": id, "AddonName": name});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.code("InstallAddon", request)
    };
    assert_eq!(code(&mut cloud, "nothing", json!({})), "InvalidParameter");
    assert_eq!(code(&mut cloud, "cos", json!({"AddonVersion": "9.9.9"})), "InvalidParameter");
    for values in ["?".to_owned(), STANDARD.encode("{"), encoded(&json!([1]))] {
        assert_eq!(code(&mut cloud, "cos", json!({"RawValues": values})), "InvalidParameter");
    }
    assert_eq!(code(&mut cloud, "ingressnginx", json!({})), "UnsupportedOperation");
    // Only checked.
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "cos", "DryRun": true}));
    assert_eq!(cloud.code("DescribeAddon", json!({"ClusterId": id, "AddonName": "cos"})), "ResourceNotFound");
    assert_eq!(
        cloud.code("InstallAddon", json!({"ClusterId": "cls-nothing0", "AddonName": "cos"})),
        "ResourceNotFound"
    );
}

#[test]
fn upgrades_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    cloud.ok("InstallAddon", json!({"ClusterId": id, "AddonName": "cos"}));
    cloud.pass(10);
    let code = |cloud: &mut Cloud, more: Value| {
        let mut request = json!({"ClusterId": id, "AddonName": "cos"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.code("UpdateAddon", request)
    };
    assert_eq!(code(&mut cloud, json!({})), "MissingParameter");
    assert_eq!(code(&mut cloud, json!({"AddonVersion": "1.0.0"})), "InvalidParameter", "an older one");
    assert_eq!(code(&mut cloud, json!({"AddonVersion": "1.0.6", "UpdateStrategy": "patch"})), "InvalidParameter");
    let missing = json!({"ClusterId": id, "AddonName": "hpc", "AddonVersion": "1.0.8"});
    assert_eq!(cloud.code("UpdateAddon", missing), "ResourceNotFound");
}

#[test]
fn clusters_have_the_add_ons_of_the_system_from_the_start() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let addons = cloud.ok("DescribeAddon", json!({"ClusterId": id}))["Addons"].clone();
    let names: Vec<&Value> = addons.as_array().unwrap().iter().map(|addon| &addon["AddonName"]).collect();
    assert_eq!(names, ["cbs", "monitoragent"]);
    assert_eq!(addons[0]["Phase"], "Succeeded");
    let set = cloud.kube(&id, "GET", &format!("{DAEMON_SETS}/csi-cbs-node"), Value::Null);
    assert_eq!(set["status"]["numberReady"], 1, "{set}");
    assert_eq!(cloud.code("DeleteAddon", json!({"ClusterId": id, "AddonName": "cbs"})), "UnsupportedOperation");
    // Releases before 1.14 have volumes of their own kind.
    let mut request = empty_cluster("172.17.0.0/16");
    request["ClusterBasicSettings"]["ClusterVersion"] = json!("1.12.4");
    let old = cloud.ok("CreateCluster", request)["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    assert_eq!(cloud.ok("DescribeAddon", json!({"ClusterId": old}))["Addons"], json!([]));
}

#[test]
fn charts_are_listed_by_what_they_are_for() {
    let mut cloud = Cloud::new();
    let names = |cloud: &mut Cloud, request: Value| -> Vec<String> {
        let charts = cloud.ok("GetTkeAppChartList", request)["AppCharts"].as_array().unwrap().clone();
        charts.iter().map(|chart| chart["Name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&mut cloud, json!({"Kind": "storage"})), ["cbs", "cfs", "cos", "goosefs"]);
    let all = names(&mut cloud, json!({"Arch": "amd64"}));
    assert!(all.iter().any(|name| name == "nvidia-gpu") && all.is_sorted());
    assert!(!names(&mut cloud, json!({"Arch": "arm64"})).iter().any(|name| name == "nvidia-gpu"));
    assert_eq!(names(&mut cloud, json!({"Arch": "arm32"})), [""; 0]);
    assert!(!names(&mut cloud, json!({"ClusterType": "eks"})).iter().any(|name| name == "nodelocaldnscache"));
    assert_eq!(cloud.code("GetTkeAppChartList", json!({"Kind": "games"})), "InvalidParameter");
}

#[test]
fn pods_get_identities_by_an_add_on() {
    let mut cloud = Cloud::new();
    let id = cloud.of_version("1.18.4");
    let provider = json!({"AutoCreateOIDCConfig": true, "AutoCreateClientId": ["sts.cloud.tencent.com"],
        "AutoInstallPodIdentityWebhookAddon": true});
    cloud.ok("ModifyClusterAuthenticationOptions", json!({"ClusterId": id, "OIDCConfig": provider}));
    cloud.pass(80);
    assert_eq!(cloud.addon(&id, "podidentitywebhook")["Phase"], "Succeeded");
    let options = cloud.ok("DescribeClusterAuthenticationOptions", json!({"ClusterId": id}));
    assert_eq!(options["OIDCConfig"], provider);
}

#[test]
fn a_cluster_is_created_with_add_ons() {
    let mut cloud = Cloud::new();
    let mut request = empty_cluster("172.16.0.0/16");
    request["ClusterBasicSettings"]["ClusterVersion"] = json!("1.14.3");
    let values = encoded(&json!({"tke-hpc-controller": {"replicas": 2}}));
    let hpc = json!({"kind": "App", "spec": {"chart": {"chartName": "hpc", "chartVersion": "1.0.7"},
        "values": {"rawValues": values}}});
    let app = |name: &str, object: Value| json!({"AddonName": name, "AddonParam": object.to_string()});
    request["ExtensionAddons"] = json!([app("hpc", hpc), app("ingressnginx", json!({"kind": "App"}))]);
    let id = cloud.ok("CreateCluster", request.clone())["ClusterId"].as_str().unwrap().to_owned();
    cloud.pass(60);
    assert_eq!(cloud.addon(&id, "hpc")["Phase"], "Installing");
    cloud.pass(10);
    let addon = cloud.addon(&id, "hpc");
    assert_eq!((&addon["Phase"], &addon["AddonVersion"]), (&json!("Succeeded"), &json!("1.0.7")));
    let deployment = cloud.kube(&id, "GET", &format!("{DEPLOYMENTS}/tke-hpc-controller"), Value::Null);
    assert_eq!(deployment["spec"]["replicas"], 2);
    // One that cannot be does not keep the cluster from running.
    let failed = cloud.addon(&id, "ingressnginx");
    assert_eq!(failed["Phase"], "InstallFailed");
    assert!(failed["Reason"].as_str().unwrap().contains("1.16"), "{failed}");
    request["ClusterCIDRSettings"]["ClusterCIDR"] = json!("172.17.0.0/16");
    for wrong in [
        app("nothing", json!({})),
        app("hpc", json!({"spec": {"chart": {"chartName": "cos"}}})),
        app("hpc", json!({"spec": {"values": {"rawValues": "?"}}})),
    ] {
        request["ExtensionAddons"] = json!([wrong]);
        assert_eq!(cloud.code("CreateCluster", request.clone()), "InvalidParameter", "{request}");
    }
}
