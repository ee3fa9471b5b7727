//! Kinds that CustomResourceDefinitions define.

use super::Cluster;
use serde_json::{Value, json};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CRONS: &str = "/apis/example.com/v1/namespaces/default/crontabs";

fn definition() -> Value {
    let schema = json!({"type": "object", "required": ["spec"], "properties": {
        "spec": {"type": "object", "required": ["cronSpec"], "properties": {
            "cronSpec": {"type": "string", "pattern": "^(\\S+ ){4}\\S+$"},
            "replicas": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
            "mode": {"type": "string", "enum": ["a", "b"]},
            "hosts": {"type": "array", "maxItems": 2, "items": {"type": "string"},
                "x-kubernetes-list-type": "set"},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
        "status": {"type": "object", "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}}}}});
    json!({"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1",
        "metadata": {"name": "crontabs.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "crontabs", "singular": "crontab", "kind": "CronTab", "shortNames": ["ct"]},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema},
            "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"}},
            "additionalPrinterColumns": [{"name": "Spec", "type": "string", "jsonPath": ".spec.cronSpec"},
                {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]}]}})
}

fn tab(spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "CronTab", "metadata": {"name": "a"}, "spec": spec})
}

#[test]
fn a_definition_is_served_at_once_and_until_it_goes() {
    let mut cluster = Cluster::new(0);
    assert_eq!(cluster.code(CRONS), 404);
    let made = cluster.post(DEFINITIONS, definition());
    let conditions = made["status"]["conditions"].as_array().unwrap();
    assert!(conditions.iter().any(|one| one["type"] == "Established" && one["status"] == "True"));
    let kinds = cluster.get("/apis/example.com/v1");
    let kind = &kinds["resources"][0];
    assert_eq!((&kind["kind"], &kind["shortNames"]), (&json!("CronTab"), &json!(["ct"])));
    assert!(cluster.get("/openapi/v3")["paths"].get("apis/example.com/v1").is_some());
    let made = cluster.post(CRONS, tab(json!({"cronSpec": "* * * * *", "unknown": 1, "free": {"x": [1]}})));
    assert_eq!(made["spec"], json!({"cronSpec": "* * * * *", "replicas": 1, "free": {"x": [1]}}));
    let list = cluster.get(CRONS);
    assert_eq!((&list["kind"], &list["items"][0]["kind"]), (&json!("CronTabList"), &json!("CronTab")));
    let (columns, rows) = cluster.table(CRONS);
    assert_eq!(columns, ["Name", "Spec", "Age"]);
    assert_eq!(rows[0], json!(["a", "* * * * *", "0s"]));
    cluster.delete(&format!("{DEFINITIONS}/crontabs.example.com"));
    assert_eq!((cluster.code(CRONS), cluster.code("/apis/example.com/v1")), (404, 404));
    cluster.post(DEFINITIONS, definition());
    assert_eq!(cluster.names(CRONS), Vec::<String>::new());
}

#[test]
fn objects_are_checked_by_their_schema() {
    let mut cluster = Cluster::new(0);
    cluster.post(DEFINITIONS, definition());
    for (spec, field) in [
        (json!({}), "spec.cronSpec"),
        (json!({"cronSpec": 5}), "spec.cronSpec"),
        (json!({"cronSpec": "often"}), "spec.cronSpec"),
        (json!({"cronSpec": "* * * * *", "replicas": 0}), "spec.replicas"),
        (json!({"cronSpec": "* * * * *", "replicas": 11}), "spec.replicas"),
        (json!({"cronSpec": "* * * * *", "replicas": "2"}), "spec.replicas"),
        (json!({"cronSpec": "* * * * *", "mode": "c"}), "spec.mode"),
        (json!({"cronSpec": "* * * * *", "hosts": ["a", "b", "c"]}), "spec.hosts"),
        (json!({"cronSpec": "* * * * *", "hosts": [1]}), "spec.hosts[0]"),
    ] {
        let answer = cluster.call("POST", CRONS, tab(spec.clone()));
        assert_eq!((answer.code, &answer.body["details"]["causes"][0]["field"]), (422, &json!(field)), "{spec}");
    }
    let strict = tab(json!({"cronSpec": "* * * * *", "unknown": 1}));
    let (code, _, message) = cluster.call("POST", &format!("{CRONS}?fieldValidation=Strict"), strict).refusal();
    assert_eq!((code, message.as_str()), (400, "strict decoding error: unknown field \"spec.unknown\""));
}

#[test]
fn subresources_and_patches_of_custom_objects() {
    let mut cluster = Cluster::new(0);
    cluster.post(DEFINITIONS, definition());
    cluster.post(CRONS, tab(json!({"cronSpec": "* * * * *", "replicas": 2, "hosts": ["a"]})));
    let path = format!("{CRONS}/a");
    assert_eq!(cluster.get(&format!("{path}/scale"))["spec"]["replicas"], 2);
    let patch = r#"{"spec":{"replicas":4}}"#;
    cluster.call_as("PATCH", &format!("{path}/scale"), "application/merge-patch+json", patch).ok();
    let scaled = cluster.get(&path);
    assert_eq!((&scaled["spec"]["replicas"], &scaled["metadata"]["generation"]), (&json!(4), &json!(2)));
    let mut next = scaled.clone();
    next["status"] = json!({"replicas": 4});
    assert!(cluster.call("PUT", &path, next.clone()).ok().get("status").is_none());
    next["metadata"].as_object_mut().unwrap().remove("resourceVersion");
    assert_eq!(cluster.call("PUT", &format!("{path}/status"), next).ok()["status"]["replicas"], 4);
    let strategic = "application/strategic-merge-patch+json";
    assert_eq!(cluster.call_as("PATCH", &path, strategic, patch).refusal().0, 415);
    // A set is merged by server-side apply.
    let applied = tab(json!({"cronSpec": "* * * * *", "hosts": ["b"]}));
    let after = cluster.apply(&path, "one", applied).ok();
    assert_eq!(after["spec"]["hosts"], json!(["a", "b"]));
}

#[test]
fn definitions_that_are_wrong() {
    let mut cluster = Cluster::new(0);
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 5] = [
        (|object| object["metadata"]["name"] = json!("other.example.com"), "metadata.name"),
        (|object| object["spec"]["scope"] = json!("Galaxy"), "spec.scope"),
        (|object| object["spec"]["versions"][0]["storage"] = json!(false), "spec.versions"),
        (|object| object["spec"]["versions"][0]["schema"] = json!({}), "spec.versions[0].schema.openAPIV3Schema"),
        (|object| drop(object["spec"].as_object_mut().unwrap().remove("names")), "spec.names"),
    ];
    for (change, field) in changes {
        let mut wrong = definition();
        change(&mut wrong);
        let answer = cluster.call("POST", DEFINITIONS, wrong);
        assert_eq!((answer.code, &answer.body["details"]["causes"][0]["field"]), (422, &json!(field)));
    }
}
