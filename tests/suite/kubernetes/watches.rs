//! Watches made of lists, as kube-rs' watcher and reflector see them.

use super::{Cluster, namespace, pod};
use futures_util::{StreamExt, TryStreamExt, pin_mut};
use http_body::Body as _;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::runtime::watcher::{self, Event, watcher};
use kube::runtime::{WatchStreamExt, reflector};
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// The next item, which must come soon.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("in time")
}

/// What an event is about: its kind, and the name of the object.
fn told<K: kube::Resource + Debug>(event: &Event<K>) -> String {
    let name = |object: &K| object.meta().name.clone().unwrap();
    match event {
        Event::Init => "init".to_owned(),
        Event::InitApply(object) => format!("init {}", name(object)),
        Event::InitDone => "done".to_owned(),
        Event::Apply(object) => format!("apply {}", name(object)),
        Event::Delete(object) => format!("delete {}", name(object)),
    }
}

#[tokio::test]
async fn a_watcher_sees_each_change_once_and_in_order() {
    let cluster = Cluster::start().await;
    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    pods.create(&PostParams::default(), &pod("first")).await.unwrap();
    let stream = watcher(pods.clone(), watcher::Config::default());
    pin_mut!(stream);
    for expected in ["init", "init first", "done"] {
        assert_eq!(told(&soon(stream.try_next()).await.unwrap().unwrap()), expected);
    }
    for at in 0..5 {
        pods.create(&PostParams::default(), &pod(&format!("web-{at}"))).await.unwrap();
    }
    for at in 0..5 {
        assert_eq!(told(&soon(stream.try_next()).await.unwrap().unwrap()), format!("apply web-{at}"));
    }
    pods.delete("first", &DeleteParams::default()).await.unwrap();
    cluster.server.advance(Duration::from_secs(60));
    // A pod is first marked as being deleted, and may be seen so.
    let mut last = soon(stream.try_next()).await.unwrap().unwrap();
    while told(&last) == "apply first" {
        last = soon(stream.try_next()).await.unwrap().unwrap();
    }
    assert_eq!(told(&last), "delete first");
    let quiet = tokio::time::timeout(Duration::from_millis(400), stream.try_next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[tokio::test]
async fn events_have_the_kinds_of_kubernetes_and_the_watch_ends_in_time() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    let begin = pods.list(&Default::default()).await.unwrap().metadata.resource_version.unwrap();
    let started = Instant::now();
    let stream = pods.watch(&WatchParams::default().timeout(2), &begin).await.unwrap();
    pin_mut!(stream);
    pods.create(&PostParams::default(), &pod("web")).await.unwrap();
    let mut kinds = Vec::new();
    let mut version = 0;
    let mut changed = false;
    while let Some(event) = soon(stream.try_next()).await.unwrap() {
        let (kind, object) = match event {
            WatchEvent::Added(object) => ("ADDED", object),
            WatchEvent::Modified(object) => ("MODIFIED", object),
            WatchEvent::Deleted(object) => ("DELETED", object),
            WatchEvent::Bookmark(mark) => {
                assert_eq!((mark.types.kind.as_str(), mark.types.api_version.as_str()), ("Pod", "v1"));
                continue;
            }
            WatchEvent::Error(status) => panic!("{status:?}"),
        };
        let at: u64 = object.metadata.resource_version.unwrap().parse().unwrap();
        assert!(at > version, "{at} after {version}");
        version = at;
        kinds.push(kind);
        if !changed {
            changed = true;
            cluster.server.advance(Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(300)).await;
            pods.delete("web", &DeleteParams::default()).await.unwrap();
            cluster.server.advance(Duration::from_secs(60));
        }
    }
    let took = started.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(6)).contains(&took), "{took:?}");
    assert_eq!(kinds.first(), Some(&"ADDED"));
    assert_eq!(kinds.last(), Some(&"DELETED"));
    assert!(kinds[1..kinds.len() - 1].iter().all(|kind| *kind == "MODIFIED"), "{kinds:?}");
}

#[tokio::test]
async fn a_watch_starts_where_another_ended() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    let config = watcher::Config::default().timeout(1);
    let stream = watcher(namespaces.clone(), config);
    pin_mut!(stream);
    while told(&soon(stream.try_next()).await.unwrap().unwrap()) != "done" {}
    // Each second another watch begins; none begins with a list of everything.
    for at in 0..4 {
        let name = format!("team-{at}");
        namespaces.create(&PostParams::default(), &namespace(&name)).await.unwrap();
        assert_eq!(told(&soon(stream.try_next()).await.unwrap().unwrap()), format!("apply {name}"));
        let quiet = tokio::time::timeout(Duration::from_millis(700), stream.try_next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
    }
}

#[tokio::test]
async fn a_version_that_is_not_known_is_gone() {
    let cluster = Cluster::start().await;
    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    let Err(error) = pods.watch(&WatchParams::default(), "1").await else { panic!("a watch from nowhere") };
    assert_eq!(super::refusal(&error), (410, "Expired"));
    // The same version, known to another client only.
    let version = pods.list(&Default::default()).await.unwrap().metadata.resource_version.unwrap();
    let other: Api<Pod> = Api::default_namespaced(cluster.client());
    assert!(other.watch(&WatchParams::default(), &version).await.is_err());
    assert!(pods.watch(&WatchParams::default(), &version).await.is_ok());
}

#[tokio::test]
async fn a_watch_without_a_version_begins_with_everything() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    let all = namespaces.list(&Default::default()).await.unwrap().items.len();
    for (params, version) in [(WatchParams::default(), "0"), (WatchParams::default(), "")] {
        let stream = namespaces.watch(&params.disable_bookmarks(), version).await.unwrap();
        let first: Vec<_> = soon(stream.take(all).try_collect()).await.unwrap();
        assert!(first.iter().all(|event| matches!(event, WatchEvent::Added(_))), "{version:?}");
    }
    let stream = watcher(namespaces, watcher::Config::default().streaming_lists());
    pin_mut!(stream);
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| last != "done") {
        seen.push(told(&soon(stream.try_next()).await.unwrap().unwrap()));
    }
    assert_eq!(seen.len(), all + 2, "{seen:?}");
}

#[tokio::test]
async fn a_reflector_has_what_the_cluster_has() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(2).await;
    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    let (reader, writer) = reflector::store();
    let stream = reflector(writer, watcher(pods.clone(), watcher::Config::default())).applied_objects();
    let running = tokio::spawn(stream.for_each(|_| std::future::ready(())));
    soon(reader.wait_until_ready()).await.unwrap();
    for at in 0..10 {
        pods.create(&PostParams::default(), &pod(&format!("web-{at}"))).await.unwrap();
    }
    cluster.server.advance(Duration::from_secs(10));
    for at in [3, 7] {
        pods.delete(&format!("web-{at}"), &DeleteParams::default()).await.unwrap();
    }
    cluster.server.advance(Duration::from_secs(60));
    let names = |pods: &mut dyn Iterator<Item = String>| {
        let mut names: Vec<String> = pods.collect();
        names.sort();
        names
    };
    let name = |pod: &Pod| format!("{:?} {:?}", pod.metadata.name, pod.status.as_ref().unwrap().phase);
    let listed = pods.list(&Default::default()).await.unwrap().items;
    let listed = names(&mut listed.iter().map(name));
    assert_eq!(listed.len(), 8);
    soon(async {
        while names(&mut reader.state().iter().map(|pod| name(pod))) != listed {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    running.abort();
}

#[tokio::test]
async fn dropping_the_body_ends_the_watch() {
    let cluster = Cluster::start().await;
    let mut service = cluster.kubernetes();
    let list = http::Request::get("/api/v1/namespaces?watch=true").body(kube::client::Body::empty()).unwrap();
    let response = tower_service::Service::call(&mut service, list).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = Box::pin(response.into_body());
    let first = soon(std::future::poll_fn(|context| body.as_mut().poll_frame(context))).await.unwrap().unwrap();
    let text = String::from_utf8(first.into_data().unwrap().to_vec()).unwrap();
    assert!(text.lines().all(|line| line.starts_with(r#"{"type":"ADDED","object":{"#)), "{text}");
    drop(body);
    let sent = cluster.forwarded();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(cluster.forwarded(), sent);
}

#[tokio::test]
async fn a_change_of_a_label_is_an_event() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let nodes: Api<k8s_openapi::api::core::v1::Node> = Api::all(cluster.client());
    let stream = watcher(nodes.clone(), watcher::Config::default());
    pin_mut!(stream);
    while told(&soon(stream.try_next()).await.unwrap().unwrap()) != "done" {}
    let name = nodes.list(&Default::default()).await.unwrap().items[0].metadata.name.clone().unwrap();
    let cordon = Patch::Merge(serde_json::json!({"spec": {"unschedulable": true}}));
    nodes.patch(&name, &PatchParams::default(), &cordon).await.unwrap();
    let Event::Apply(node) = soon(stream.try_next()).await.unwrap().unwrap() else { panic!("no change") };
    assert_eq!(node.spec.unwrap().unschedulable, Some(true));
}
