//! Applications: releases of charts and their revisions.

use super::Cloud;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wharf_world::FailurePoint;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const SECRETS: &str = "/api/v1/namespaces/default/secrets";

fn named(cluster: &str) -> Value {
    json!({"ClusterId": cluster, "Name": "web", "Namespace": "default"})
}

fn with(mut request: Value, more: Value) -> Value {
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

fn nginx(cluster: &str, version: &str) -> Value {
    with(named(cluster), json!({"Chart": "nginx", "ChartNamespace": "opensource-stable", "ChartVersion": version}))
}

fn values(text: &str) -> Value {
    json!({"Values": {"RawOriginal": text, "ValuesType": "yaml"}})
}

impl Cloud {
    fn details(&mut self, cluster: &str) -> Value {
        self.ok("DescribeClusterReleaseDetails", named(cluster))["Release"].clone()
    }

    /// Number, state and chart of each revision, newest first.
    fn history(&mut self, cluster: &str) -> Vec<(u64, String, String)> {
        let answer = self.ok("DescribeClusterReleaseHistory", named(cluster));
        assert_eq!(answer["Total"], answer["ReleaseHistorySet"].as_array().unwrap().len());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let revisions = answer["ReleaseHistorySet"].as_array().unwrap().iter();
        revisions.map(|one| (one["Revision"].as_u64().unwrap(), text(&one["Status"]), text(&one["Chart"]))).collect()
    }

    fn installed(&mut self, cluster: &str) {
        self.ok("CreateClusterRelease", nginx(cluster, "9.5.1"));
        self.pass(10);
    }
}

/// The release in a secret of Helm: the bytes of a block that is stored as it is.
fn document(secret: &Value) -> Value {
    let encoded = STANDARD.decode(secret["data"]["release"].as_str().unwrap()).unwrap();
    let packed = STANDARD.decode(encoded).unwrap();
    assert_eq!(packed[..3], [0x1f, 0x8b, 8]);
    serde_json::from_slice(&packed[15..packed.len() - 8]).unwrap()
}

#[test]
fn an_application_is_installed_upgraded_rolled_back_and_uninstalled() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let release = cloud.ok("CreateClusterRelease", with(nginx(&id, "9.5.1"), values("replicaCount: 2\n")));
    assert_eq!(release["Release"]["Status"], "pending-install");
    let pending = cloud.ok("DescribeClusterPendingReleases", json!({"ClusterId": id}));
    assert_eq!((&pending["Total"], &pending["ReleaseSet"][0]["Name"]), (&json!(1), &json!("web")));
    assert_eq!(cloud.ok("DescribeClusterReleases", json!({"ClusterId": id}))["Total"], 0);
    cloud.pass(20);
    assert_eq!(cloud.ok("DescribeClusterPendingReleases", json!({"ClusterId": id}))["Total"], 0);
    let shown = cloud.ok("DescribeClusterReleases", json!({"ClusterId": id}))["ReleaseSet"][0].clone();
    assert_eq!(
        (&shown["Status"], &shown["Revision"], &shown["ChartVersion"]),
        (&json!("deployed"), &json!("1"), &json!("9.5.1"))
    );
    assert_eq!((&shown["AppVersion"], &shown["Description"]), (&json!("1.21.1"), &json!("Install complete")));
    let path = format!("{DEPLOYMENTS}/web-nginx");
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["status"]["readyReplicas"], 2);
    // Without parameters the last ones are used again.
    let upgrade = cloud.ok("UpgradeClusterRelease", nginx(&id, "9.5.4"));
    assert_eq!(upgrade["Release"]["Status"], "pending-upgrade");
    assert_eq!(cloud.code("UpgradeClusterRelease", nginx(&id, "9.5.4")), "FailedOperation.MarketReleaseOperation");
    cloud.pass(10);
    let deployment = cloud.kube(&id, "GET", &path, Value::Null);
    assert_eq!(deployment["spec"]["replicas"], 2);
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], "nginx:1.21.3");
    cloud.ok("UpgradeClusterRelease", with(nginx(&id, "9.5.4"), values("replicaCount: 5")));
    cloud.pass(10);
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["spec"]["replicas"], 5);
    let rollback = cloud.ok("RollbackClusterRelease", with(named(&id), json!({"Revision": 1})));
    assert_eq!(rollback["Release"]["Status"], "pending-rollback");
    cloud.pass(10);
    let own = |text: &str| text.to_owned();
    let expected = [
        (4, own("deployed"), own("nginx-9.5.1")),
        (3, own("superseded"), own("nginx-9.5.4")),
        (2, own("superseded"), own("nginx-9.5.4")),
        (1, own("superseded"), own("nginx-9.5.1")),
    ];
    assert_eq!(cloud.history(&id), expected);
    assert_eq!(cloud.details(&id)["Description"], "Rollback to 1");
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["spec"]["replicas"], 2);
    let uninstall = cloud.ok("UninstallClusterRelease", named(&id));
    assert_eq!(uninstall["Release"]["Status"], "uninstalling");
    cloud.pass(10);
    assert_eq!(cloud.kube(&id, "GET", &path, Value::Null)["code"], 404);
    assert_eq!(cloud.items(&id, SECRETS).len(), 0);
    assert_eq!(cloud.code("UninstallClusterRelease", named(&id)), "FailedOperation.MarketReleaseOperation");
}

#[test]
fn helm_keeps_a_secret_for_each_revision() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.installed(&id);
    cloud.ok("UpgradeClusterRelease", with(nginx(&id, "9.5.4"), values("{replicaCount: 3}")));
    cloud.pass(10);
    let first = cloud.kube(&id, "GET", &format!("{SECRETS}/sh.helm.release.v1.web.v1"), Value::Null);
    assert_eq!(first["type"], "helm.sh/release.v1");
    let labels = &first["metadata"]["labels"];
    assert_eq!(
        (&labels["name"], &labels["owner"], &labels["status"]),
        (&json!("web"), &json!("helm"), &json!("superseded"))
    );
    let second = cloud.kube(&id, "GET", &format!("{SECRETS}/sh.helm.release.v1.web.v2"), Value::Null);
    assert_eq!(second["metadata"]["labels"]["version"], "2");
    let release = document(&second);
    assert_eq!((&release["name"], &release["version"]), (&json!("web"), &json!(2)));
    assert_eq!(release["info"]["status"], "deployed");
    assert_eq!(release["config"], json!({"replicaCount": 3}));
    assert_eq!(release["chart"]["metadata"]["version"], "9.5.4");
    assert!(release["manifest"].as_str().unwrap().starts_with("---\n# Source: nginx/templates/deployment.yaml\n"));
    // What Helm does not keep does not exist.
    for revision in ["v1", "v2"] {
        cloud.kube(&id, "DELETE", &format!("{SECRETS}/sh.helm.release.v1.web.{revision}"), Value::Null);
    }
    assert_eq!(cloud.ok("DescribeClusterReleases", json!({"ClusterId": id}))["Total"], 0);
    assert_eq!(cloud.code("DescribeClusterReleaseDetails", named(&id)), "FailedOperation.MarketReleaseOperation");
}

#[test]
fn details_have_parameters_and_objects() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let text = "# mine\nreplicaCount: 3\n";
    cloud.ok("CreateClusterRelease", with(nginx(&id, "9.5.1"), values(text)));
    cloud.pass(10);
    let details = cloud.details(&id);
    assert_eq!((&details["Config"], &details["ChartFrom"]), (&json!(text), &json!("tke-market")));
    let computed: Value = serde_json::from_str(details["ComputedValues"].as_str().unwrap()).unwrap();
    assert_eq!((&computed["replicaCount"], &computed["service"]["port"]), (&json!(3), &json!(80)));
    let resources: Value = serde_json::from_str(details["Resources"].as_str().unwrap()).unwrap();
    let kinds: Vec<&Value> = resources.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["Deployment", "Service"]);
    assert_eq!((&details["FirstDeployedTime"], &details["Version"]), (&details["LastDeployedTime"], &json!(1)));
    cloud.pass(100);
    cloud.ok("UpgradeClusterRelease", nginx(&id, "9.5.4"));
    let details = cloud.details(&id);
    assert_ne!(details["FirstDeployedTime"], details["LastDeployedTime"]);
}

#[test]
fn a_failed_installation_is_cancelled() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.world.fail_next(FailurePoint::ReleaseInstallation, "timed out");
    let release = cloud.ok("CreateClusterRelease", nginx(&id, "9.5.1"))["Release"].clone();
    let cancel = json!({"ClusterId": id, "ID": release["ID"]});
    assert_eq!(cloud.code("CancelClusterRelease", cancel.clone()), "FailedOperation.MarketReleaseOperation");
    cloud.pass(20);
    let pending = cloud.ok("DescribeClusterPendingReleases", json!({"ClusterId": id}))["ReleaseSet"][0].clone();
    assert_eq!((&pending["Status"], &pending["ID"]), (&json!("failed"), &release["ID"]));
    assert_eq!(pending["Condition"], "Release \"web\" failed: timed out");
    assert_eq!(cloud.code("CreateClusterRelease", nginx(&id, "9.5.1")), "FailedOperation.MarketReleaseOperation");
    cloud.ok("CancelClusterRelease", cancel.clone());
    assert_eq!(cloud.ok("DescribeClusterPendingReleases", json!({"ClusterId": id}))["Total"], 0);
    assert_eq!(cloud.items(&id, SECRETS).len(), 0);
    assert_eq!(cloud.code("CancelClusterRelease", cancel), "FailedOperation.MarketReleaseOperation");
    cloud.installed(&id);
}

#[test]
fn a_failed_upgrade_leaves_the_application_as_it_was() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.installed(&id);
    cloud.world.fail_next(FailurePoint::ReleaseUpgrade, "timed out");
    cloud.ok("UpgradeClusterRelease", nginx(&id, "9.5.4"));
    cloud.pass(20);
    let states: Vec<(u64, String)> = cloud.history(&id).into_iter().map(|(number, state, _)| (number, state)).collect();
    assert_eq!(states, [(2, "failed".to_owned()), (1, "deployed".to_owned())]);
    let deployment = cloud.kube(&id, "GET", &format!("{DEPLOYMENTS}/web-nginx"), Value::Null);
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], "nginx:1.21.1");
    assert_eq!(cloud.ok("DescribeClusterReleases", json!({"ClusterId": id}))["ReleaseSet"][0]["Status"], "failed");
}

#[test]
fn what_belongs_to_others_makes_an_installation_fail() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web-nginx"},
        "spec": {"ports": [{"port": 80}]}});
    cloud.kube(&id, "POST", "/api/v1/namespaces/default/services", service);
    cloud.installed(&id);
    let pending = cloud.ok("DescribeClusterPendingReleases", json!({"ClusterId": id}))["ReleaseSet"][0].clone();
    assert_eq!(pending["Status"], "failed");
    let why = pending["Condition"].as_str().unwrap();
    assert!(why.contains("Service \"web-nginx\" in namespace \"default\" exists and cannot be imported"), "{why}");
    assert_eq!(cloud.kube(&id, "GET", &format!("{DEPLOYMENTS}/web-nginx"), Value::Null)["code"], 404);
}

#[test]
fn charts_come_from_the_market_the_account_or_an_address() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let named = |name: &str| json!({"ClusterId": id, "Name": name, "Namespace": "default"});
    cloud.ok("UploadHelmChart", json!({"CosPath": "charts/tool-1.2.3.tgz", "NamespaceName": "mine"}));
    cloud.ok("CreateClusterRelease", with(named("own"), json!({"Chart": "tool", "ChartNamespace": "mine"})));
    let address = "http://139.199.162.50/test/nginx-0.1.0.tgz";
    let other = json!({"Chart": address, "ChartFrom": "other"});
    cloud.ok("CreateClusterRelease", with(named("other"), other.clone()));
    let repository = json!({"Chart": "nginx", "ChartFrom": "other", "ChartRepoURL": "https://charts.example.com/",
        "ChartVersion": "2.0.0", "Username": "me", "Password": "secret"});
    cloud.ok("CreateClusterRelease", with(named("repo"), repository));
    cloud.pass(10);
    let map = cloud.kube(&id, "GET", "/api/v1/namespaces/default/configmaps/own", Value::Null);
    assert_eq!(map["data"]["image"], "tool:1.2.3");
    let details =
        |cloud: &mut Cloud, name: &str| cloud.ok("DescribeClusterReleaseDetails", named(name))["Release"].clone();
    let shown = details(&mut cloud, "other");
    assert_eq!((&shown["ChartFrom"], &shown["ChartURL"]), (&json!("others"), &json!(address)));
    assert_eq!(details(&mut cloud, "repo")["ChartURL"], "https://charts.example.com/nginx-2.0.0.tgz");
    let by = |filter: Value| with(json!({"ClusterId": id}), filter);
    assert_eq!(cloud.ok("DescribeClusterReleases", by(json!({"ChartName": "nginx"})))["Total"], 2);
    assert_eq!(cloud.ok("DescribeClusterReleases", by(json!({"ReleaseName": "own"})))["Total"], 1);
    assert_eq!(cloud.ok("DescribeClusterReleases", by(json!({"Namespace": "kube-system"})))["Total"], 0);
    let page = cloud.ok("DescribeClusterReleases", by(json!({"Offset": 1, "Limit": 1})));
    assert_eq!((&page["ReleaseSet"][0]["Name"], &page["Offset"]), (&json!("other"), &json!(1)));
    for wrong in [
        json!({"Chart": "games", "ChartNamespace": "opensource-stable"}),
        json!({"Chart": "nginx", "ChartNamespace": "opensource-stable", "ChartVersion": "0.0.1"}),
        json!({"Chart": "tool", "ChartNamespace": "other"}),
        json!({"Chart": "ftp://x/nginx-0.1.0.tgz", "ChartFrom": "other"}),
        json!({"Chart": address, "ChartFrom": "other", "ChartVersion": "0.2.0"}),
        json!({"Chart": address, "ChartFrom": "other", "Username": "me"}),
        json!({"Chart": "nginx", "ChartNamespace": "opensource-stable", "ChartFrom": "elsewhere"}),
    ] {
        let code = cloud.code("CreateClusterRelease", with(named("wrong"), wrong.clone()));
        assert_eq!(code, "InvalidParameter.Param", "{wrong}");
    }
    let without = with(named("wrong"), json!({"Chart": "nginx"}));
    assert_eq!(cloud.code("CreateClusterRelease", without), "MissingParameter");
}

#[test]
fn applications_that_cannot_be_are_refused() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    let long = "a".repeat(64);
    for name in ["", "Web", "1web", "web-", "we_b", &long] {
        let code = cloud.code("CreateClusterRelease", with(nginx(&id, "9.5.1"), json!({"Name": name})));
        assert!(code == "InvalidParameter.Param" || (name.is_empty() && code == "MissingParameter"), "{name}: {code}");
    }
    for wrong in [
        json!({"Namespace": "nowhere"}),
        json!({"ClusterType": "eks"}),
        json!({"ClusterType": "moon"}),
        values("- a\n- b"),
        json!({"Values": {"RawOriginal": "{", "ValuesType": "json"}}),
        json!({"Values": {"RawOriginal": "a: 1", "ValuesType": "toml"}}),
    ] {
        let code = cloud.code("CreateClusterRelease", with(nginx(&id, "9.5.1"), wrong.clone()));
        assert_eq!(code, "InvalidParameter.Param", "{wrong}");
    }
    cloud.installed(&id);
    assert_eq!(cloud.code("CreateClusterRelease", nginx(&id, "9.5.1")), "FailedOperation.MarketReleaseOperation");
    for revision in [0, 2, -1] {
        let code = cloud.code("RollbackClusterRelease", with(named(&id), json!({"Revision": revision})));
        assert_eq!(code, "InvalidParameter.Param");
    }
    let other = with(nginx(&id, "9.5.1"), json!({"Name": "other"}));
    assert_eq!(cloud.code("UpgradeClusterRelease", other), "FailedOperation.MarketReleaseOperation");
}

#[test]
fn ten_revisions_are_kept() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.installed(&id);
    for _ in 0..11 {
        cloud.ok("UpgradeClusterRelease", nginx(&id, "9.5.4"));
        cloud.pass(10);
    }
    let numbers: Vec<u64> = cloud.history(&id).into_iter().map(|(number, ..)| number).collect();
    assert_eq!(numbers, (3..=12).rev().collect::<Vec<u64>>());
    assert_eq!(cloud.items(&id, SECRETS).len(), 10);
}
