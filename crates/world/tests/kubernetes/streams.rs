//! Watches and logs that are followed.

use super::{Cluster, NAMESPACE, pod};
use serde_json::{Value, json};

fn pairs(events: &[(&str, &str)]) -> Vec<(String, String)> {
    events.iter().map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned())).collect()
}

#[test]
fn a_watch_starts_with_what_is_there() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    cluster.config_map("a", json!({}));
    let mut watch = cluster.watch(&format!("{path}?watch=true")).unwrap();
    assert_eq!(cluster.events(&mut watch), pairs(&[("ADDED", "a")]));
    cluster.config_map("b", json!({}));
    cluster.merge(&format!("{path}/a"), json!({"data": {"x": "y"}}));
    cluster.delete(&format!("{path}/a"));
    assert_eq!(cluster.events(&mut watch), pairs(&[("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "a")]));
    assert_eq!(cluster.events(&mut watch), pairs(&[]));
}

#[test]
fn a_watch_goes_on_from_a_version() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    cluster.config_map("a", json!({}));
    let version = cluster.get(&path)["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    cluster.config_map("b", json!({}));
    let mut watch = cluster.watch(&format!("{path}?watch=true&resourceVersion={version}")).unwrap();
    assert_eq!(cluster.events(&mut watch), pairs(&[("ADDED", "b")]));
}

#[test]
fn an_object_that_leaves_a_selection_is_deleted_there() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    let mut watch = cluster.watch(&format!("{path}?watch=true&labelSelector=tier%3Ddb")).unwrap();
    cluster.config_map("a", json!({"tier": "web"}));
    cluster.merge(&format!("{path}/a"), json!({"metadata": {"labels": {"tier": "db"}}}));
    cluster.merge(&format!("{path}/a"), json!({"data": {"x": "y"}}));
    cluster.merge(&format!("{path}/a"), json!({"metadata": {"labels": {"tier": "web"}}}));
    cluster.delete(&format!("{path}/a"));
    assert_eq!(cluster.events(&mut watch), pairs(&[("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]));
    let mut one = cluster.watch(&format!("{path}?watch=true&fieldSelector=metadata.name%3Db")).unwrap();
    cluster.config_map("b", json!({}));
    cluster.config_map("c", json!({}));
    assert_eq!(cluster.events(&mut one), pairs(&[("ADDED", "b")]));
}

#[test]
fn a_version_that_is_too_old_is_gone() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    cluster.config_map("a", json!({}));
    let version = cluster.get(&path)["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    cluster.config_map("b", json!({}));
    let id = cluster.id.clone();
    let mut realm = cluster.world.tke("100000000001", "ap-guangzhou");
    let kubernetes = &mut realm.realm.clusters.get_mut(&id).unwrap().kubernetes;
    let now = kubernetes.version();
    kubernetes.store.compact(now);
    let mut watch = cluster.watch(&format!("{path}?watch=true&resourceVersion={version}")).unwrap();
    let lines = cluster.poll(&mut watch);
    let event: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!((&event["type"], &event["object"]["code"]), (&json!("ERROR"), &json!(410)));
    assert_eq!(event["object"]["reason"], "Expired");
    assert!(watch.is_over());
    let refused = cluster.watch(&format!("{path}?watch=true&resourceVersion=999999")).unwrap_err();
    assert_eq!(refused.code, 504);
}

#[test]
fn bookmarks_tell_the_version() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    let mut watch = cluster.watch(&format!("{path}?watch=true&allowWatchBookmarks=true")).unwrap();
    assert_eq!(cluster.events(&mut watch), pairs(&[]));
    cluster.pass(61);
    let lines = cluster.poll(&mut watch);
    let event: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!((&event["type"], &event["object"]["kind"]), (&json!("BOOKMARK"), &json!("ConfigMap")));
    let version = event["object"]["metadata"]["resourceVersion"].as_str().unwrap();
    let mut next = cluster.watch(&format!("{path}?watch=true&resourceVersion={version}")).unwrap();
    cluster.config_map("a", json!({}));
    assert_eq!(cluster.events(&mut next), pairs(&[("ADDED", "a")]));
    let initial =
        format!("{path}?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
    let mut initial = cluster.watch(&initial).unwrap();
    let lines = cluster.poll(&mut initial);
    let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert_eq!(last["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    assert_eq!(cluster.watch(&format!("{path}?watch=true&sendInitialEvents=true")).unwrap_err().code, 422);
}

#[test]
fn a_watch_ends_when_its_time_is_over() {
    let mut cluster = Cluster::new(0);
    let mut watch = cluster.watch(&format!("{NAMESPACE}/configmaps?watch=true&timeoutSeconds=5")).unwrap();
    cluster.poll(&mut watch);
    assert!(!watch.is_over());
    cluster.pass(5);
    cluster.poll(&mut watch);
    assert!(watch.is_over());
}

#[test]
fn pods_are_seen_on_their_way() {
    let mut cluster = Cluster::new(1);
    let mut watch = cluster.watch(&format!("{NAMESPACE}/pods?watch=true")).unwrap();
    cluster.post(&format!("{NAMESPACE}/pods"), pod("a", "web"));
    cluster.pass(60);
    cluster.delete(&format!("{NAMESPACE}/pods/a"));
    cluster.pass(60);
    let lines = cluster.poll(&mut watch);
    let states: Vec<(String, String)> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|event| {
            let phase = event["object"]["status"]["phase"].as_str().unwrap().to_owned();
            let node = event["object"]["spec"]["nodeName"].as_str().map_or("-", |_| "node");
            (format!("{} {phase} {node}", event["type"].as_str().unwrap()), String::new())
        })
        .collect();
    let states: Vec<&str> = states.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(
        states,
        [
            "ADDED Pending -",
            "MODIFIED Pending node",
            "MODIFIED Running node",
            "MODIFIED Running node",
            "DELETED Running node",
        ]
    );
}

#[test]
fn each_change_is_seen_once_over_ten_thousand_with_reconnects() {
    let mut cluster = Cluster::new(0);
    let path = format!("{NAMESPACE}/configmaps");
    let start = cluster.get(&path)["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    let mut watch = cluster.watch(&format!("{path}?watch=true&resourceVersion={start}")).unwrap();
    let mut seen = 0_u64;
    let mut versions = Vec::new();
    cluster.config_map("a", json!({}));
    for number in 0..10_000_u64 {
        let key = wharf_world::kubernetes::store::Key::new("configmaps", "default", "a");
        let id = cluster.id.clone();
        let mut realm = cluster.world.tke("100000000001", "ap-guangzhou");
        let kubernetes = &mut realm.realm.clusters.get_mut(&id).unwrap().kubernetes;
        let mut object = Value::clone(kubernetes.store.get(&key).unwrap());
        object["data"]["n"] = json!(number.to_string());
        let version = kubernetes.next_version();
        kubernetes.store.put(key, object, version);
        if number % 700 == 0 {
            for line in cluster.poll(&mut watch) {
                let event: Value = serde_json::from_str(&line).unwrap();
                versions.push(event["object"]["metadata"]["resourceVersion"].as_str().unwrap().parse::<u64>().unwrap());
                seen += 1;
            }
            let version = watch.version();
            watch = cluster.watch(&format!("{path}?watch=true&resourceVersion={version}")).unwrap();
        }
    }
    seen += cluster.poll(&mut watch).len() as u64;
    assert_eq!(seen, 10_001);
    assert!(versions.is_sorted_by(|a, b| a < b));
}

#[test]
fn logs_follow_from_what_a_pod_does() {
    let mut cluster = Cluster::new(1);
    cluster.post(&format!("{NAMESPACE}/pods"), pod("a", "web"));
    let path = format!("{NAMESPACE}/pods/a/log");
    let (code, _, message) = cluster.call("GET", &path, Value::Null).refusal();
    assert_eq!(code, 400);
    assert!(message.contains("is waiting to start: ContainerCreating"), "{message}");
    cluster.pass(33);
    let text = |cluster: &mut Cluster, query: &str| {
        let path = format!("{path}{query}");
        let request =
            wharf_world::kubernetes::request::ApiRequest { method: "GET", path_and_query: &path, ..Default::default() };
        let response = cluster.send(request);
        assert_eq!((response.status, response.content_type), (200, "text/plain"));
        response.into_text()
    };
    let whole = text(&mut cluster, "");
    assert_eq!(
        whole,
        "main (nginx:1) has started\nmain has run for 10 s\nmain has run for 20 s\nmain has run for 30 s\n"
    );
    assert_eq!(text(&mut cluster, "?tailLines=1"), "main has run for 30 s\n");
    assert_eq!(text(&mut cluster, "?sinceSeconds=15"), "main has run for 20 s\nmain has run for 30 s\n");
    assert!(text(&mut cluster, "?timestamps=true").starts_with("2024-06-01T0"));
    assert_eq!(text(&mut cluster, "?limitBytes=4"), "main");
    for (query, code) in
        [("?container=other", 400), ("?previous=true", 400), ("?follow=true", 405), ("?tailLines=x", 400)]
    {
        assert_eq!(cluster.call("GET", &format!("{path}{query}"), Value::Null).code, code, "{query}");
    }
    let mut log = cluster.watch(&format!("{path}?follow=true&tailLines=1")).unwrap();
    assert_eq!(cluster.poll(&mut log), ["main has run for 30 s"]);
    cluster.pass(20);
    assert_eq!(cluster.poll(&mut log), ["main has run for 40 s", "main has run for 50 s"]);
    cluster.delete(&format!("{NAMESPACE}/pods/a"));
    cluster.poll(&mut log);
    assert!(log.is_over());
}
