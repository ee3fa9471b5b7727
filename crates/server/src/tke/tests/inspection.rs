//! Health checks of clusters.

use super::Cloud;
use serde_json::{Value, json};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

fn deployment(name: &str, replicas: u64, container: Value) -> Value {
    let mut container = container;
    container["name"] = json!("main");
    container["image"] = json!("nginx");
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}}})
}

impl Cloud {
    /// The level of an object in the newest report.
    fn level(&mut self, cluster: &str, kind: &str, object: &str) -> String {
        let answer = self.ok("ListClusterInspectionResults", json!({"ClusterIds": [cluster]}));
        let diagnostics = answer["InspectionResults"][0]["Diagnostics"].as_array().unwrap().clone();
        let diagnostic = diagnostics.iter().find(|one| one["Type"] == kind).unwrap();
        let results = diagnostic["Results"].as_array().unwrap();
        let found = results.iter().find(|one| one["ObjName"] == object).unwrap_or_else(|| panic!("{diagnostic}"));
        found["Level"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_report_tells_the_state_of_the_cluster() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 2);
    let full = json!({"resources": {"requests": {"cpu": "10m"}, "limits": {"cpu": "10m"}},
        "livenessProbe": {"httpGet": {"path": "/", "port": 80}}});
    cloud.kube(&id, "POST", DEPLOYMENTS, deployment("good", 1, full.clone()));
    cloud.kube(&id, "POST", DEPLOYMENTS, deployment("bare", 2, json!({})));
    let huge = json!({"resources": {"requests": {"cpu": "64"}, "limits": {"cpu": "64"}}});
    cloud.kube(&id, "POST", DEPLOYMENTS, deployment("huge", 1, huge));
    let budget = json!({"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "guarded"}}}});
    cloud.kube(&id, "POST", "/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets", budget);
    cloud.kube(&id, "POST", DEPLOYMENTS, deployment("guarded", 2, full));
    let none = cloud.ok("ListClusterInspectionResults", json!({"ClusterIds": [id]}))["InspectionResults"][0].clone();
    assert_eq!(none["Error"], "the cluster has no such report");
    cloud.pass(600);
    for (kind, object, level) in [
        ("workload", "good", "good"),
        ("workload", "huge", "serious"),
        ("requests-limits", "good", "good"),
        ("requests-limits", "bare", "warn"),
        ("health-check", "good", "good"),
        ("health-check", "bare", "warn"),
        ("pdb", "guarded", "good"),
        ("pdb", "bare", "warn"),
        ("affinity", "bare", "warn"),
        ("affinity", "good", "good"),
        ("component", "kube-proxy", "good"),
        ("node-ha", id.as_str(), "warn"),
    ] {
        assert_eq!(cloud.level(&id, kind, object), level, "{kind} {object}");
    }
    let node = cloud.items(&id, "/api/v1/nodes")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    assert_eq!(cloud.level(&id, "node", &node), "good");
    let hidden = cloud.ok("ListClusterInspectionResults", json!({"ClusterIds": [id], "Hide": ["results"]}));
    assert_eq!(hidden["InspectionResults"][0]["Diagnostics"][0]["Results"], Value::Null);
}

#[test]
fn reports_come_each_day() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.pass(600);
    let history = |cloud: &mut Cloud, more: Value| {
        let mut request = json!({"ClusterId": id});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cloud.ok("ListClusterInspectionResultsItems", request)["InspectionResultsItems"].as_array().unwrap().clone()
    };
    let first = history(&mut cloud, json!({}))[0].clone();
    assert_eq!(first["StartTime"], "2024-06-01T00:11:00Z");
    assert_eq!(cloud.level(&id, "node-ha", &id), "risk", "there are no nodes");
    cloud.add_nodes(&id, 2);
    cloud.pass(4 * 24 * 3_600);
    assert_eq!(cloud.level(&id, "node-ha", &id), "warn", "the newest report");
    let named = json!({"ClusterIds": [id], "Name": first["Name"]});
    let old = cloud.ok("ListClusterInspectionResults", named)["InspectionResults"][0].clone();
    assert_eq!(old["StartTime"], first["StartTime"]);
    assert_eq!(history(&mut cloud, json!({})).len(), 3, "those of three days");
    assert_eq!(history(&mut cloud, json!({"StartTime": "1717200000", "EndTime": "1717300000"})).len(), 2);
    for wrong in [json!({"StartTime": "soon"}), json!({"StartTime": "1717300000", "EndTime": "1717200000"})] {
        let mut request = json!({"ClusterId": id});
        request.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(cloud.code("ListClusterInspectionResultsItems", request), "InvalidParameter.Param");
    }
}

#[test]
fn the_overview_counts_levels_by_part() {
    let mut cloud = Cloud::new();
    let id = cloud.running();
    cloud.add_nodes(&id, 1);
    let other = cloud.create("172.17.0.0/16");
    cloud.pass(700);
    let overview = cloud.ok("DescribeClusterInspectionResultsOverview", json!({"GroupBy": ["catalogue.first"]}));
    assert_eq!(overview["InspectionOverview"].as_array().unwrap().len(), 2);
    let names: Vec<&Value> = overview["Diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["Catalogues"][0]["CatalogueName"])
        .collect();
    assert_eq!(names, ["资源状态", "运行情况"]);
    let risks = overview["Statistics"].as_array().unwrap().iter().find(|one| one["HealthyLevel"] == "risk").unwrap();
    assert_eq!(risks["Count"], 2, "one cluster has one node, the other none");
    let one = cloud.ok("DescribeClusterInspectionResultsOverview", json!({"ClusterIds": [other]}));
    assert_eq!(one["InspectionOverview"][0]["ClusterId"], other);
    assert_eq!(one["Diagnostics"][0]["Catalogues"][1]["CatalogueLevel"], "second");
    for wrong in [json!({"GroupBy": ["color"]}), json!({"ClusterIds": ["cls-nothing0"]})] {
        assert_eq!(cloud.code("DescribeClusterInspectionResultsOverview", wrong), "InvalidParameter.Param");
    }
    assert_eq!(cloud.code("ListClusterInspectionResults", json!({"Hide": ["all"]})), "InvalidParameter.Param");
}
