//! Watches that end or are cut, and go on where they were.

use super::relay::Relay;
use super::{Reached, Road, on_each};
use crate::cloud::listening;
use futures_util::{Stream, StreamExt, pin_mut};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Client, ResourceExt};
use serde_json::json;
use std::pin::Pin;
use std::time::Duration;

on_each!(each_change_once);

const LABEL: &str = "suite=watched";
const CHANGES: usize = 6;

fn settings(name: &str, value: &str) -> ConfigMap {
    let metadata = json!({"name": name, "labels": {"suite": "watched"}});
    serde_json::from_value(json!({"metadata": metadata, "data": {"value": value}})).unwrap()
}

fn value(settings: &ConfigMap) -> String {
    let value = settings.data.as_ref().map(|data| data["value"].clone()).unwrap_or_default();
    format!("{}={value}", settings.name_any())
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("in time")
}

/// A watch that begins anew after each event, at the version of that event, sees ADDED, MODIFIED and DELETED once each.
async fn each_change_once(reached: Reached) {
    let api: Api<ConfigMap> = Api::default_namespaced(reached.client());
    let (post, patch) = (PostParams::default(), PatchParams::default());
    let version = api.list(&ListParams::default().labels(LABEL)).await.unwrap();
    let mut version = version.metadata.resource_version.unwrap();
    for round in 0..2 {
        let name = format!("round-{round}");
        for expected in ["ADDED =1", "MODIFIED =2", "DELETED =2"] {
            match expected {
                "ADDED =1" => drop(api.create(&post, &settings(&name, "1")).await.unwrap()),
                "MODIFIED =2" => {
                    let change = Patch::Merge(json!({"data": {"value": "2"}}));
                    drop(api.patch(&name, &patch, &change).await.unwrap());
                }
                _ => drop(api.delete(&name, &DeleteParams::default()).await.unwrap()),
            }
            let events = api.watch(&WatchParams::default().labels(LABEL).timeout(5), &version).await.unwrap();
            pin_mut!(events);
            let (kind, object) = next_change(&mut events).await;
            assert_eq!(format!("{kind} {}", value(&object)), expected.replace(" =", &format!(" {name}=")));
            version = object.resource_version().unwrap();
        }
    }
    goes_on(&reached.client(), || ()).await;
}

async fn next_change<S>(events: &mut Pin<&mut S>) -> (&'static str, ConfigMap)
where
    S: Stream<Item = kube::Result<WatchEvent<ConfigMap>>>,
{
    loop {
        match soon(events.next()).await.unwrap().unwrap() {
            WatchEvent::Added(object) => return ("ADDED", object),
            WatchEvent::Modified(object) => return ("MODIFIED", object),
            WatchEvent::Deleted(object) => return ("DELETED", object),
            WatchEvent::Bookmark(_) => {}
            WatchEvent::Error(status) => panic!("{status:?}"),
        }
    }
}

/// A watcher of kube-rs whose watches end every second, and which are disturbed before each change.
async fn goes_on(client: &Client, disturb: impl Fn()) {
    let api: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let config = watcher::Config::default().labels(LABEL).timeout(1);
    let events = watcher(api.clone(), config).default_backoff();
    pin_mut!(events);
    for expected in ["Init", "InitDone"] {
        assert_eq!(told(soon(events.next()).await.unwrap().unwrap()), expected);
    }
    for change in 0..CHANGES {
        let name = format!("change-{change}");
        disturb();
        api.create(&PostParams::default(), &settings(&name, "1")).await.unwrap();
        assert_eq!(next_told(&mut events).await, format!("Apply {name}=1"));
        disturb();
        let patch = Patch::Merge(json!({"data": {"value": "2"}}));
        api.patch(&name, &PatchParams::default(), &patch).await.unwrap();
        assert_eq!(next_told(&mut events).await, format!("Apply {name}=2"));
        disturb();
        api.delete(&name, &DeleteParams::default()).await.unwrap();
        assert_eq!(next_told(&mut events).await, format!("Delete {name}=2"));
    }
    let quiet = tokio::time::timeout(Duration::from_millis(1500), next_told(&mut events)).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

/// The next event of a watcher. Errors of streams that end are none: the watcher begins the next one itself. A list of everything
/// would be an event (`Init`).
async fn next_told<S>(events: &mut Pin<&mut S>) -> String
where
    S: Stream<Item = watcher::Result<Event<ConfigMap>>>,
{
    loop {
        if let Ok(event) = soon(events.next()).await.unwrap() {
            return told(event);
        }
    }
}

fn told(event: Event<ConfigMap>) -> String {
    match event {
        Event::Init => "Init".to_owned(),
        Event::InitApply(object) => format!("InitApply {}", value(&object)),
        Event::InitDone => "InitDone".to_owned(),
        Event::Apply(object) => format!("Apply {}", value(&object)),
        Event::Delete(object) => format!("Delete {}", value(&object)),
    }
}

/// The connection of the watch is cut before each change. The changes are made over another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_loses_no_change() {
    let reached = Road::Ack.start().await;
    let config = reached.config.clone().unwrap();
    let relay = Relay::to(listening(&config)).await;
    let cut = config.with_server(&format!("https://{}", relay.address)).unwrap();
    let watched: Api<ConfigMap> = Api::default_namespaced(Client::new(cut.kubernetes().unwrap(), "default"));
    let api: Api<ConfigMap> = Api::default_namespaced(reached.client());
    let events = watcher(watched, watcher::Config::default().labels(LABEL)).default_backoff();
    pin_mut!(events);
    for expected in ["Init", "InitDone"] {
        assert_eq!(told(soon(events.next()).await.unwrap().unwrap()), expected);
    }
    // Six changes while there is no watch: nothing is asked of the stream.
    for round in 0..3 {
        let first = format!("cut-{round}");
        api.create(&PostParams::default(), &settings(&first, "1")).await.unwrap();
        assert_eq!(next_told(&mut events).await, format!("Apply {first}=1"));
        assert!(relay.cut() > 0, "there was a connection");
        for change in 2..5 {
            let patch = Patch::Merge(json!({"data": {"value": change.to_string()}}));
            api.patch(&first, &PatchParams::default(), &patch).await.unwrap();
        }
        api.delete(&first, &DeleteParams::default()).await.unwrap();
        for change in 2..5 {
            assert_eq!(next_told(&mut events).await, format!("Apply {first}={change}"));
        }
        assert_eq!(next_told(&mut events).await, format!("Delete {first}=4"));
    }
}
