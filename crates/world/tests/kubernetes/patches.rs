//! The four kinds of patches.

use super::{APPS, Cluster, NAMESPACE, deployment};
use serde_json::{Value, json};

const JSON: &str = "application/json-patch+json";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";

fn with_deployment() -> (Cluster, String) {
    let mut cluster = Cluster::new(0);
    let mut object = deployment("web", 1);
    object["spec"]["template"]["spec"]["containers"] = json!([
        {"name": "main", "image": "nginx:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "ports": [{"containerPort": 80}], "args": ["x", "y"]},
        {"name": "side", "image": "busybox:1"}]);
    object["spec"]["template"]["spec"]["tolerations"] = json!([{"key": "a", "operator": "Exists"}]);
    cluster.post(&format!("{APPS}/deployments"), object);
    (cluster, format!("{APPS}/deployments/web"))
}

#[test]
fn json_patches_are_lists_of_steps() {
    let (mut cluster, path) = with_deployment();
    for (patch, code) in [
        (json!([{"op": "replace", "path": "/spec/replicas", "value": 3}]), 200),
        (
            json!([{"op": "test", "path": "/spec/replicas", "value": 3}, {"op": "remove", "path": "/spec/replicas"}]),
            200,
        ),
        (json!([{"op": "test", "path": "/spec/replicas", "value": 9}]), 422),
        (json!([{"op": "add", "path": "/metadata/labels/x~1y", "value": "z"}]), 200),
        (json!([{"op": "remove", "path": "/metadata/labels/none"}]), 422),
        (json!({"spec": {}}), 400),
        (json!([{"op": "dance", "path": "/spec"}]), 400),
    ] {
        let answer = cluster.call_as("PATCH", &path, JSON, &patch.to_string());
        assert_eq!(answer.code, code, "{patch} {}", answer.body);
    }
    let after = cluster.get(&path);
    assert_eq!((&after["spec"]["replicas"], &after["metadata"]["labels"]["x/y"]), (&json!(1), &json!("z")));
}

#[test]
fn merge_patches_replace_lists() {
    let (mut cluster, path) = with_deployment();
    let patch = json!({"metadata": {"labels": {"app": null, "new": "1"}}, "spec": {"template": {"spec": {
        "containers": [{"name": "only", "image": "alpine:3"}]}}}});
    let after = cluster.call_as("PATCH", &path, MERGE, &patch.to_string()).ok();
    assert_eq!(after["metadata"]["labels"], json!({"new": "1"}));
    let containers = after["spec"]["template"]["spec"]["containers"].as_array().unwrap();
    assert_eq!((containers.len(), &containers[0]["name"]), (1, &json!("only")));
    assert_eq!(cluster.call_as("PATCH", &path, MERGE, "[]").code, 400);
}

fn containers(object: &Value) -> Vec<(String, String)> {
    let all = object["spec"]["template"]["spec"]["containers"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|one| (text(&one["name"]), text(&one["image"]))).collect()
}

#[test]
fn strategic_patches_know_the_keys_of_lists() {
    let pair = |name: &str, image: &str| (name.to_owned(), image.to_owned());
    for (spec, wanted) in [
        (
            json!({"containers": [{"name": "main", "image": "nginx:2"}]}),
            vec![pair("main", "nginx:2"), pair("side", "busybox:1")],
        ),
        (
            json!({"containers": [{"name": "third", "image": "alpine:3"}]}),
            vec![pair("main", "nginx:1"), pair("side", "busybox:1"), pair("third", "alpine:3")],
        ),
        (json!({"containers": [{"name": "side", "$patch": "delete"}]}), vec![pair("main", "nginx:1")]),
        (
            json!({"containers": [{"$patch": "replace"}, {"name": "only", "image": "alpine:3"}]}),
            vec![pair("only", "alpine:3")],
        ),
        (
            json!({"$setElementOrder/containers": [{"name": "side"}, {"name": "main"}], "containers": [{"name": "side", "image": "busybox:2"}]}),
            vec![pair("side", "busybox:2"), pair("main", "nginx:1")],
        ),
    ] {
        let (mut cluster, path) = with_deployment();
        let patch = json!({"spec": {"template": {"spec": spec}}});
        let after = cluster.call_as("PATCH", &path, STRATEGIC, &patch.to_string()).ok();
        assert_eq!(containers(&after), wanted, "{patch}");
    }
}

#[test]
fn strategic_patches_go_into_items() {
    let (mut cluster, path) = with_deployment();
    let patch = json!({"spec": {"template": {"spec": {
        "tolerations": [{"key": "b", "operator": "Exists"}],
        "containers": [{"name": "main", "env": [{"name": "B", "$patch": "delete"}, {"name": "C", "value": "3"}],
            "args": ["z"], "ports": [{"containerPort": 443}]}]}}}});
    let after = cluster.call_as("PATCH", &path, STRATEGIC, &patch.to_string()).ok();
    let spec = &after["spec"]["template"]["spec"];
    let main = &spec["containers"][0];
    assert_eq!(main["env"], json!([{"name": "A", "value": "1"}, {"name": "C", "value": "3"}]));
    assert_eq!((&main["args"], main["ports"].as_array().unwrap().len()), (&json!(["z"]), 2));
    assert_eq!(spec["tolerations"], json!([{"key": "b", "operator": "Exists"}]), "a list without keys is replaced");
}

#[test]
fn strategic_directives() {
    let (mut cluster, path) = with_deployment();
    let finalizers = |cluster: &mut Cluster, patch: Value| {
        cluster.call_as("PATCH", &path, STRATEGIC, &patch.to_string()).ok()["metadata"]["finalizers"].clone()
    };
    let add = json!({"metadata": {"finalizers": ["example.com/a"]}});
    assert_eq!(finalizers(&mut cluster, add), json!(["example.com/a"]));
    let more = json!({"metadata": {"finalizers": ["example.com/b"]}});
    assert_eq!(finalizers(&mut cluster, more), json!(["example.com/a", "example.com/b"]));
    let fewer = json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]}});
    assert_eq!(finalizers(&mut cluster, fewer), json!(["example.com/b"]));
    let strategy = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
    let after = cluster.call_as("PATCH", &path, STRATEGIC, &strategy.to_string()).ok();
    assert_eq!(after["spec"]["strategy"], json!({"type": "Recreate"}));
    for wrong in [
        json!({"spec": {"$patch": "dance"}}),
        json!({"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}),
    ] {
        assert_eq!(cluster.call_as("PATCH", &path, STRATEGIC, &wrong.to_string()).code, 400, "{wrong}");
    }
}

#[test]
fn other_media_types_are_refused() {
    let (mut cluster, path) = with_deployment();
    let (code, reason, message) = cluster.call_as("PATCH", &path, "text/plain", "{}").refusal();
    assert_eq!((code, reason.as_str()), (415, "UnsupportedMediaType"));
    assert!(message.contains("application/apply-patch+yaml"), "{message}");
    assert_eq!(cluster.call_as("POST", &format!("{NAMESPACE}/configmaps"), "text/plain", "{}").code, 415);
}

#[test]
fn yaml_is_read() {
    let mut cluster = Cluster::new(0);
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n";
    let made = cluster.call_as("POST", &format!("{NAMESPACE}/configmaps"), "application/yaml", text);
    assert_eq!((made.code, &made.body["data"]["k"]), (201, &json!("v")));
    assert_eq!(cluster.call_as("POST", &format!("{NAMESPACE}/configmaps"), "application/yaml", "a: [").code, 400);
}

fn applied(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data})
}

#[test]
fn apply_creates_and_owns() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps/a");
    let made = cluster.apply(&path, "one", applied(json!({"x": "1"})));
    assert_eq!(made.code, 201);
    let entry = &made.body["metadata"]["managedFields"][0];
    assert_eq!((&entry["manager"], &entry["operation"]), (&json!("one"), &json!("Apply")));
    assert_eq!(entry["fieldsV1"], json!({"f:data": {"f:x": {}}}));
    // Other fields are added by others.
    let second = cluster.apply(&path, "two", applied(json!({"y": "2"})));
    assert_eq!((second.code, &second.body["data"]), (200, &json!({"x": "1", "y": "2"})));
    // Who no longer applies a field gives it up.
    let fewer = cluster.apply(&path, "one", applied(json!({"z": "3"}))).ok();
    assert_eq!(fewer["data"], json!({"y": "2", "z": "3"}));
}

#[test]
fn apply_conflicts_unless_forced() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps/a");
    cluster.apply(&path, "one", applied(json!({"x": "1"}))).ok();
    let answer = cluster.apply(&path, "two", applied(json!({"x": "2"})));
    let cause = answer.body["details"]["causes"][0].clone();
    let (code, reason, message) = answer.refusal();
    assert_eq!((code, reason.as_str()), (409, "Conflict"));
    assert_eq!(message, "Apply failed with 1 conflict: conflict with \"one\" using v1: .data.x");
    assert_eq!((&cause["reason"], &cause["field"]), (&json!("FieldManagerConflict"), &json!(".data.x")));
    // The same value is shared.
    cluster.apply(&path, "three", applied(json!({"x": "1"}))).ok();
    let forced = cluster
        .call_as(
            "PATCH",
            &format!("{path}?fieldManager=two&force=true"),
            "application/apply-patch+yaml",
            &applied(json!({"x": "2"})).to_string(),
        )
        .ok();
    assert_eq!(forced["data"]["x"], "2");
    let managers: Vec<&str> = forced["metadata"]["managedFields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["manager"].as_str().unwrap())
        .collect();
    assert_eq!(managers, ["two"]);
}

#[test]
fn apply_merges_items_by_their_keys() {
    let mut cluster = Cluster::new(0);
    let path = format!("{APPS}/deployments/web");
    cluster.apply(&path, "one", deployment("web", 2)).ok();
    let side = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {
        "spec": {"containers": [{"name": "side", "image": "busybox:1"}]}}}});
    let both = cluster.apply(&path, "two", side).ok();
    assert_eq!(containers(&both).len(), 2);
    let gone = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}});
    let after = cluster.apply(&path, "two", gone).ok();
    assert_eq!(containers(&after), [("main".to_owned(), "nginx:1".to_owned())]);
}

#[test]
fn a_write_takes_fields_from_those_who_applied_them() {
    let mut cluster = Cluster::new(0);
    let path = format!("{APPS}/deployments/web");
    cluster.apply(&path, "one", deployment("web", 2)).ok();
    cluster.call_as("PATCH", &format!("{path}?fieldManager=scaler"), MERGE, r#"{"spec":{"replicas":5}}"#).ok();
    let (_, _, message) = cluster.apply(&path, "one", deployment("web", 2)).refusal();
    assert_eq!(message, "Apply failed with 1 conflict: conflict with \"scaler\" using apps/v1: .spec.replicas");
}

#[test]
fn apply_needs_a_manager_and_a_kind() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps/a");
    let body = applied(json!({})).to_string();
    let (code, reason, _) = cluster.call_as("PATCH", &path, "application/apply-patch+yaml", &body).refusal();
    assert_eq!((code, reason.as_str()), (422, "Invalid"));
    assert_eq!(cluster.apply(&path, "one", json!({"metadata": {"name": "a"}})).code, 400);
    let mut managed = applied(json!({}));
    managed["metadata"]["managedFields"] = json!([{"manager": "x"}]);
    assert_eq!(cluster.apply(&path, "one", managed).code, 400);
}
