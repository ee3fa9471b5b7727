//! Deletion: preconditions, finalizers, owners, collections, namespaces.

use super::{Cluster, NAMESPACE, deployment, pod};
use serde_json::{Value, json};

#[test]
fn preconditions_have_to_hold() {
    let mut cluster = Cluster::new(0);
    let made = cluster.config_map("a", json!({}));
    let path = format!("{NAMESPACE}/configmaps/a");
    let options = |conditions: Value| json!({"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": conditions});
    for conditions in [json!({"uid": "other"}), json!({"resourceVersion": "1"})] {
        let (code, reason, message) = cluster.call("DELETE", &path, options(conditions)).refusal();
        assert_eq!((code, reason.as_str()), (409, "Conflict"));
        assert!(message.contains("Precondition failed"), "{message}");
    }
    let answer = cluster.call("DELETE", &path, options(json!({"uid": made["metadata"]["uid"]}))).ok();
    assert_eq!((&answer["kind"], &answer["status"]), (&json!("Status"), &json!("Success")));
    assert_eq!(answer["details"]["uid"], made["metadata"]["uid"]);
    assert_eq!(cluster.code(&path), 404);
    for wrong in [json!({"propagationPolicy": "Never"}), json!({"gracePeriodSeconds": -1}), json!({"dryRun": ["Some"]})]
    {
        cluster.config_map("b", json!({}));
        let code = cluster.call("DELETE", &format!("{NAMESPACE}/configmaps/b"), wrong.clone()).code;
        assert!(code == 400 || code == 422, "{wrong}: {code}");
        cluster.delete(&format!("{NAMESPACE}/configmaps/b"));
    }
}

#[test]
fn finalizers_hold_an_object() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps/a");
    cluster.config_map("a", json!({}));
    cluster.merge(&path, json!({"metadata": {"finalizers": ["example.com/a", "example.com/b"]}}));
    let dying = cluster.delete(&path);
    assert!(dying["metadata"]["deletionTimestamp"].is_string());
    let again = cluster.delete(&path);
    assert_eq!(again["metadata"]["deletionTimestamp"], dying["metadata"]["deletionTimestamp"]);
    let more = json!({"metadata": {"finalizers": ["example.com/a", "example.com/b", "example.com/c"]}}).to_string();
    assert_eq!(cluster.call_as("PATCH", &path, "application/merge-patch+json", &more).refusal().0, 422);
    cluster.merge(&path, json!({"metadata": {"finalizers": ["example.com/b"]}}));
    assert_eq!(cluster.code(&path), 200);
    cluster.merge(&path, json!({"metadata": {"finalizers": null}}));
    assert_eq!(cluster.code(&path), 404);
}

#[test]
fn pods_with_finalizers_stay_until_these_are_gone() {
    let mut cluster = Cluster::new(1);
    let mut held = pod("a", "web");
    held["metadata"]["finalizers"] = json!(["example.com/a"]);
    cluster.post(&format!("{NAMESPACE}/pods"), held);
    cluster.pass(10);
    let path = format!("{NAMESPACE}/pods/a");
    cluster.delete(&path);
    cluster.pass(60);
    assert_eq!(cluster.code(&path), 200);
    cluster.merge(&path, json!({"metadata": {"finalizers": []}}));
    assert_eq!(cluster.code(&path), 404);
}

fn owned(cluster: &mut Cluster, name: &str, owners: &[&Value]) -> Value {
    let references: Vec<Value> = owners
        .iter()
        .map(|owner| {
            json!({"apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"],
                "uid": owner["metadata"]["uid"], "blockOwnerDeletion": true})
        })
        .collect();
    let metadata = json!({"name": name, "ownerReferences": references});
    cluster.post(&format!("{NAMESPACE}/configmaps"), json!({"metadata": metadata}))
}

#[test]
fn dependents_go_with_their_last_owner() {
    let mut cluster = Cluster::new(0);
    let (one, two) = (cluster.config_map("one", json!({})), cluster.config_map("two", json!({})));
    let child = owned(&mut cluster, "child", &[&one, &two]);
    owned(&mut cluster, "grandchild", &[&child]);
    cluster.delete(&format!("{NAMESPACE}/configmaps/one"));
    let left = cluster.get(&format!("{NAMESPACE}/configmaps/child"));
    assert_eq!(left["metadata"]["ownerReferences"].as_array().unwrap().len(), 1);
    cluster.delete(&format!("{NAMESPACE}/configmaps/two"));
    assert_eq!(cluster.names(&format!("{NAMESPACE}/configmaps")), Vec::<String>::new());
}

#[test]
fn orphans_stay() {
    let mut cluster = Cluster::new(0);
    let one = cluster.config_map("one", json!({}));
    owned(&mut cluster, "child", &[&one]);
    cluster.call("DELETE", &format!("{NAMESPACE}/configmaps/one?propagationPolicy=Orphan"), Value::Null).ok();
    let left = cluster.get(&format!("{NAMESPACE}/configmaps/child"));
    assert!(left["metadata"].get("ownerReferences").is_none());
}

/// An owner that is gone is no owner, also for an object that comes after it.
#[test]
fn late_dependents_go_too() {
    let mut cluster = Cluster::new(0);
    let (gone, kept) = (cluster.config_map("gone", json!({})), cluster.config_map("kept", json!({})));
    cluster.delete(&format!("{NAMESPACE}/configmaps/gone"));
    owned(&mut cluster, "late", &[&gone]);
    cluster.pass(1);
    assert_eq!(cluster.code(&format!("{NAMESPACE}/configmaps/late")), 404);
    owned(&mut cluster, "shared", &[&gone, &kept]);
    cluster.pass(1);
    let left = cluster.get(&format!("{NAMESPACE}/configmaps/shared"));
    assert_eq!(left["metadata"]["ownerReferences"].as_array().unwrap().len(), 1);
    assert_eq!(left["metadata"]["ownerReferences"][0]["uid"], kept["metadata"]["uid"]);
}

#[test]
fn an_owner_in_the_foreground_goes_last() {
    let mut cluster = Cluster::new(0);
    let one = cluster.config_map("one", json!({}));
    owned(&mut cluster, "child", &[&one]);
    let path = format!("{NAMESPACE}/configmaps");
    cluster.merge(&format!("{path}/child"), json!({"metadata": {"finalizers": ["example.com/a"]}}));
    let dying = cluster.call("DELETE", &format!("{path}/one?propagationPolicy=Foreground"), Value::Null).ok();
    assert_eq!(dying["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    assert!(cluster.get(&format!("{path}/child"))["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(cluster.code(&format!("{path}/one")), 200);
    cluster.merge(&format!("{path}/child"), json!({"metadata": {"finalizers": null}}));
    assert_eq!((cluster.code(&format!("{path}/child")), cluster.code(&format!("{path}/one"))), (404, 404));
}

#[test]
fn collections_are_deleted_by_selector() {
    let mut cluster = Cluster::new(0);
    for (name, tier) in [("a", "db"), ("b", "web"), ("c", "db")] {
        cluster.config_map(name, json!({"tier": tier}));
    }
    let path = format!("{NAMESPACE}/configmaps");
    let list = cluster.call("DELETE", &format!("{path}?labelSelector=tier%3Ddb"), Value::Null).ok();
    assert_eq!((&list["kind"], list["items"].as_array().unwrap().len()), (&json!("ConfigMapList"), 2));
    assert_eq!(cluster.names(&path), ["b"]);
    assert_eq!(cluster.call("DELETE", "/api/v1/configmaps", Value::Null).code, 405);
}

#[test]
fn a_namespace_goes_with_all_that_is_in_it() {
    let mut cluster = Cluster::new(1);
    cluster.post("/api/v1/namespaces", json!({"metadata": {"name": "team"}}));
    assert_eq!(cluster.names("/api/v1/namespaces/team/serviceaccounts"), ["default"]);
    cluster.post("/apis/apps/v1/namespaces/team/deployments", deployment("web", 2));
    cluster.post(
        "/api/v1/namespaces/team/configmaps",
        json!({"metadata": {"name": "a", "finalizers": ["example.com/a"]}}),
    );
    cluster.pass(10);
    let dying = cluster.delete("/api/v1/namespaces/team");
    assert_eq!(dying["status"]["phase"], "Terminating");
    let (code, reason, message) =
        cluster.call("POST", "/api/v1/namespaces/team/secrets", json!({"metadata": {"name": "s"}})).refusal();
    assert_eq!((code, reason.as_str()), (403, "Forbidden"));
    assert!(message.contains("because it is being terminated"), "{message}");
    cluster.pass(60);
    assert_eq!(cluster.code("/api/v1/namespaces/team"), 200, "a finalizer holds what is in it");
    assert_eq!(cluster.names("/apis/apps/v1/namespaces/team/deployments"), Vec::<String>::new());
    cluster.merge("/api/v1/namespaces/team/configmaps/a", json!({"metadata": {"finalizers": null}}));
    cluster.pass(30);
    assert_eq!(cluster.code("/api/v1/namespaces/team"), 404);
    assert_eq!(cluster.call("POST", "/api/v1/namespaces/team/secrets", json!({"metadata": {"name": "s"}})).code, 404);
}

#[test]
fn pods_of_jobs_stay_unless_they_are_to_go() {
    let mut cluster = Cluster::new(1);
    let job = json!({"metadata": {"name": "j"}, "spec": {"template": {"spec": {"restartPolicy": "Never",
        "containers": [{"name": "c", "image": "busybox:1"}]}}}});
    let jobs = "/apis/batch/v1/namespaces/default/jobs";
    cluster.post(jobs, job.clone());
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")).len(), 1);
    cluster.delete(&format!("{jobs}/j"));
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")).len(), 1);
    cluster.post(jobs, job);
    cluster.call("DELETE", &format!("{jobs}/j?propagationPolicy=Background"), Value::Null).ok();
    cluster.pass(30);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")).len(), 1);
}

#[test]
fn pods_are_deleted_at_once_or_in_time() {
    let mut cluster = Cluster::new(1);
    for name in ["a", "b"] {
        cluster.post(&format!("{NAMESPACE}/pods"), pod(name, "web"));
    }
    cluster.pass(10);
    let dying = cluster.delete(&format!("{NAMESPACE}/pods/a"));
    assert!(dying["metadata"]["deletionTimestamp"].is_string());
    cluster.call("DELETE", &format!("{NAMESPACE}/pods/b?gracePeriodSeconds=0"), Value::Null).ok();
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")), ["a"]);
    cluster.pass(30);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")), Vec::<String>::new());
}
