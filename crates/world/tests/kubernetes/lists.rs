//! Lists: chunks and selectors.

use super::{Cluster, NAMESPACE, pod};
use serde_json::{Value, json};

#[test]
fn lists_come_in_chunks() {
    let mut cluster = Cluster::new(0);
    for number in 0..7 {
        cluster.config_map(&format!("c{number}"), json!({}));
    }
    let base = format!("{NAMESPACE}/configmaps");
    let whole = cluster.names(&base);
    let (mut names, mut next) = (Vec::new(), String::new());
    let mut remaining = Vec::new();
    let mut version = None;
    loop {
        let page = cluster.get(&format!("{base}?limit=3&continue={next}"));
        names.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()),
        );
        remaining.push(page["metadata"]["remainingItemCount"].clone());
        let at = page["metadata"]["resourceVersion"].clone();
        assert_eq!(*version.get_or_insert(at.clone()), at, "all pages are of one version");
        match page["metadata"]["continue"].as_str() {
            Some(token) => next = token.to_owned(),
            None => break,
        }
        // What comes later does not move the pages.
        cluster.config_map(&format!("a{}", names.len()), json!({}));
    }
    assert_eq!(names, whole);
    assert_eq!(remaining, [json!(4), json!(1), Value::Null]);
}

#[test]
fn a_chunk_that_is_too_old_is_gone() {
    let mut cluster = Cluster::new(0);
    for number in 0..4 {
        cluster.config_map(&format!("c{number}"), json!({}));
    }
    let page = cluster.get(&format!("{NAMESPACE}/configmaps?limit=2"));
    let next = page["metadata"]["continue"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        cluster.merge(&format!("{NAMESPACE}/configmaps/c0"), json!({"data": {"n": "x"}}));
        cluster.merge(&format!("{NAMESPACE}/configmaps/c0"), json!({"data": {"n": null}}));
    }
    let id = cluster.id.clone();
    let mut realm = cluster.world.tke("100000000001", "ap-guangzhou");
    let kubernetes = &mut realm.realm.clusters.get_mut(&id).unwrap().kubernetes;
    let version = kubernetes.version();
    kubernetes.store.compact(version);
    let (code, reason, _) =
        cluster.call("GET", &format!("{NAMESPACE}/configmaps?limit=2&continue={next}"), Value::Null).refusal();
    assert_eq!((code, reason.as_str()), (410, "Expired"));
    assert_eq!(cluster.call("GET", &format!("{NAMESPACE}/configmaps?continue=nonsense"), Value::Null).code, 400);
}

#[test]
fn labels_and_fields_select() {
    let mut cluster = Cluster::new(0);
    for (name, tier) in [("a", "db"), ("b", "web"), ("c", "api")] {
        cluster.config_map(name, json!({"tier": tier}));
    }
    cluster.config_map("d", json!({}));
    for (query, names) in [
        ("labelSelector=tier%3Ddb", vec!["a"]),
        ("labelSelector=tier%20in%20(db,web)", vec!["a", "b"]),
        ("labelSelector=tier%20notin%20(db,web)", vec!["c", "d"]),
        ("labelSelector=tier", vec!["a", "b", "c"]),
        ("labelSelector=!tier", vec!["d"]),
        ("labelSelector=tier!%3Ddb,tier", vec!["b", "c"]),
        ("fieldSelector=metadata.name%3Da", vec!["a"]),
        ("fieldSelector=metadata.name!%3Da,metadata.name!%3Db", vec!["c", "d"]),
        ("labelSelector=tier&fieldSelector=metadata.name%3Dd", vec![]),
    ] {
        assert_eq!(cluster.names(&format!("{NAMESPACE}/configmaps?{query}")), names, "{query}");
    }
    for query in ["labelSelector=a%20in", "fieldSelector=spec.x%3Da", "limit=many", "watch=perhaps"] {
        assert_eq!(cluster.call("GET", &format!("{NAMESPACE}/configmaps?{query}"), Value::Null).code, 400, "{query}");
    }
}

#[test]
fn pods_are_found_by_node_and_phase() {
    let mut cluster = Cluster::new(1);
    cluster.post(&format!("{NAMESPACE}/pods"), pod("a", "web"));
    let mut nowhere = pod("b", "web");
    nowhere["spec"]["nodeSelector"] = json!({"none": "such"});
    cluster.post(&format!("{NAMESPACE}/pods"), nowhere);
    cluster.pass(10);
    let node = cluster.names("/api/v1/nodes")[0].clone();
    for (query, names) in [
        (format!("spec.nodeName={node}"), vec!["a"]),
        ("spec.nodeName=".to_owned(), vec!["b"]),
        ("status.phase=Running".to_owned(), vec!["a"]),
        ("status.phase!=Running".to_owned(), vec!["b"]),
    ] {
        assert_eq!(
            cluster.names(&format!("{NAMESPACE}/pods?fieldSelector={}", query.replace('=', "%3D"))),
            names,
            "{query}"
        );
    }
}

#[test]
fn versions_from_the_future_are_waited_for_in_vain() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps?resourceVersion=999999");
    let (code, reason, message) = cluster.call("GET", &path, Value::Null).refusal();
    assert_eq!((code, reason.as_str()), (504, "Timeout"));
    assert!(message.starts_with("Too large resource version: 999999"), "{message}");
}
