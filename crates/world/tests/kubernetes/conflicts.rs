//! Versions of objects, names that are taken, dry runs, validation of fields.

use super::{Cluster, NAMESPACE, pod};
use serde_json::{Value, json};

#[test]
fn a_stale_version_is_a_conflict() {
    let mut cluster = Cluster::new(0);
    let old = cluster.config_map("a", json!({}));
    let path = format!("{NAMESPACE}/configmaps/a");
    let mut next = old.clone();
    next["data"]["a"] = json!("2");
    let changed = cluster.call("PUT", &path, next.clone()).ok();
    assert_ne!(changed["metadata"]["resourceVersion"], old["metadata"]["resourceVersion"]);
    next["data"]["a"] = json!("3");
    let (code, reason, message) = cluster.call("PUT", &path, next.clone()).refusal();
    assert_eq!((code, reason.as_str()), (409, "Conflict"));
    assert_eq!(
        message,
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to \
         the latest version and try again"
    );
    // Without a version, the update is unconditional.
    next["metadata"].as_object_mut().unwrap().remove("resourceVersion");
    assert_eq!(cluster.call("PUT", &path, next).ok()["data"]["a"], "3");
    // A patch that names a version is conditional too.
    let patch = json!({"metadata": {"resourceVersion": "1"}, "data": {"a": "4"}}).to_string();
    assert_eq!(cluster.call_as("PATCH", &path, "application/merge-patch+json", &patch).code, 409);
}

#[test]
fn an_update_without_a_change_keeps_the_version() {
    let mut cluster = Cluster::new(0);
    let old = cluster.config_map("a", json!({}));
    let again = cluster.call("PUT", &format!("{NAMESPACE}/configmaps/a"), old.clone()).ok();
    assert_eq!(again["metadata"]["resourceVersion"], old["metadata"]["resourceVersion"]);
}

#[test]
fn names_that_are_taken_and_made() {
    let mut cluster = Cluster::new(0);
    cluster.config_map("a", json!({}));
    let path = format!("{NAMESPACE}/configmaps");
    let (code, reason, message) = cluster.call("POST", &path, json!({"metadata": {"name": "a"}})).refusal();
    assert_eq!((code, reason.as_str(), message.as_str()), (409, "AlreadyExists", "configmaps \"a\" already exists"));
    let made =
        |cluster: &mut Cluster| cluster.post(&path, json!({"metadata": {"generateName": "x-"}}))["metadata"].clone();
    let (first, second) = (made(&mut cluster), made(&mut cluster));
    let name = first["name"].as_str().unwrap();
    assert!(name.starts_with("x-") && name.len() == 7, "{name}");
    assert_ne!(first["name"], second["name"]);
    assert_eq!(first["generateName"], "x-");
}

#[test]
fn metadata_of_the_server_cannot_be_set() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    let given = json!({"name": "a", "uid": "mine", "creationTimestamp": "2000-01-01T00:00:00Z", "generation": 7});
    let made = cluster.post(&path, json!({"metadata": given}));
    assert_ne!(made["metadata"]["uid"], "mine");
    assert_ne!(made["metadata"]["creationTimestamp"], "2000-01-01T00:00:00Z");
    let versioned = json!({"metadata": {"name": "b", "resourceVersion": "5"}});
    assert_eq!(cluster.call("POST", &path, versioned).code, 400);
    let other = json!({"metadata": {"name": "a", "uid": "other"}});
    assert_eq!(cluster.call("PUT", &format!("{path}/a"), other).refusal().0, 409);
    let renamed = json!({"metadata": {"name": "c"}});
    let (code, _, message) = cluster.call("PUT", &format!("{path}/a"), renamed).refusal();
    assert_eq!((code, message.as_str()), (400, "the name of the object (c) does not match the name on the URL (a)"));
}

#[test]
fn a_dry_run_keeps_nothing() {
    let mut cluster = Cluster::new(1);
    let pods = format!("{NAMESPACE}/pods");
    let made = cluster.call("POST", &format!("{pods}?dryRun=All"), pod("a", "web"));
    assert_eq!((made.code, &made.body["spec"]["restartPolicy"]), (201, &json!("Always")));
    assert_eq!(cluster.code(&format!("{pods}/a")), 404);
    cluster.config_map("a", json!({}));
    let path = format!("{NAMESPACE}/configmaps/a");
    let patch = r#"{"data":{"a":"2"}}"#;
    let merge = "application/merge-patch+json";
    assert_eq!(cluster.call_as("PATCH", &format!("{path}?dryRun=All"), merge, patch).ok()["data"]["a"], "2");
    assert_eq!(cluster.get(&path)["data"]["a"], "1");
    cluster.call("DELETE", &format!("{path}?dryRun=All"), Value::Null).ok();
    assert_eq!(cluster.code(&path), 200);
    cluster.call("DELETE", &path, json!({"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]})).ok();
    assert_eq!(cluster.code(&path), 200);
    // Validation is not skipped.
    let taken = json!({"metadata": {"name": "a"}});
    assert_eq!(cluster.call("POST", &format!("{NAMESPACE}/configmaps?dryRun=All"), taken).code, 409);
    assert_eq!(cluster.call("POST", &format!("{pods}?dryRun=Some"), pod("b", "web")).code, 400);
}

#[test]
fn unknown_fields_are_dropped_or_refused() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/pods");
    let mut wrong = pod("a", "web");
    wrong["spec"]["containers"][0]["imag"] = json!("x");
    wrong["extra"] = json!(1);
    let (code, _, message) = cluster.call("POST", &format!("{path}?fieldValidation=Strict"), wrong.clone()).refusal();
    assert_eq!(code, 400);
    assert!(message.starts_with("strict decoding error: "), "{message}");
    for field in ["unknown field \"extra\"", "unknown field \"spec.containers[0].imag\""] {
        assert!(message.contains(field), "{message}");
    }
    assert_eq!(cluster.call("POST", &format!("{path}?fieldValidation=Maybe"), wrong.clone()).code, 400);
    let made = cluster.call("POST", &format!("{path}?fieldValidation=Ignore"), wrong).ok();
    assert!(made.get("extra").is_none() && made["spec"]["containers"][0].get("imag").is_none());
}

#[test]
fn generations_count_changes_of_what_is_wanted() {
    let mut cluster = Cluster::new(0);
    cluster.post(&format!("{}/deployments", super::APPS), super::deployment("web", 0));
    let path = format!("{}/deployments/web", super::APPS);
    assert_eq!(cluster.get(&path)["metadata"]["generation"], 1);
    cluster.merge(&path, json!({"metadata": {"labels": {"x": "y"}}}));
    assert_eq!(cluster.get(&path)["metadata"]["generation"], 1);
    cluster.merge(&path, json!({"spec": {"replicas": 2}}));
    assert_eq!(cluster.get(&path)["metadata"]["generation"], 2);
    // The status is changed through its own path alone.
    cluster.merge(&path, json!({"status": {"replicas": 99}}));
    assert_ne!(cluster.get(&path)["status"]["replicas"], 99);
    let status = json!({"spec": {"replicas": 7}, "status": {"collisionCount": 3}});
    let patch = "application/merge-patch+json";
    let answer = cluster.call_as("PATCH", &format!("{path}/status"), patch, &status.to_string()).ok();
    assert_eq!((&answer["spec"]["replicas"], &answer["status"]["collisionCount"]), (&json!(2), &json!(3)));
}
