//! Five kinds as the types of k8s-openapi. Statuses, reasons and messages are those of Kubernetes' API conventions and of its
//! documents on server-side apply and on selectors.

use super::super::refusal;
use super::{Reached, on_each};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Service};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Client, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;

on_each!(five_kinds);

/// No time passes, so that nothing but the test and what follows at once from it changes the objects.
async fn five_kinds(reached: Reached) {
    let containers = json!([{"name": "main", "image": "nginx"}]);
    let template = |policy: &str| {
        let spec = json!({"containers": containers, "restartPolicy": policy});
        json!({"metadata": {"labels": {"app": "web"}}, "spec": spec})
    };
    let client = reached.client();
    kind::<ConfigMap>(&client, json!({"data": {"key": "值"}})).await;
    let selector = json!({"matchLabels": {"app": "web"}});
    kind::<Deployment>(&client, json!({"spec": {"selector": selector, "template": template("Always")}})).await;
    kind::<Service>(&client, json!({"spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}})).await;
    kind::<Job>(&client, json!({"spec": {"template": template("Never")}})).await;
    kind::<Pod>(&client, json!({"spec": {"containers": containers}})).await;
}

/// An object with that name, whose label `tier` has that value.
fn object<K>(of_kind: &Value, name: &str, tier: &str) -> K
where
    K: Resource<DynamicType = ()> + DeserializeOwned,
{
    let mut object = of_kind.clone();
    object["apiVersion"] = K::api_version(&()).into();
    object["kind"] = K::kind(&()).into();
    object["metadata"] = json!({"name": name, "labels": {"suite": "typed", "tier": tier}});
    serde_json::from_value(object).unwrap()
}

async fn kind<K>(client: &Client, of_kind: Value)
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
    K: Clone + Debug + Serialize + DeserializeOwned,
{
    let api: Api<K> = Api::default_namespaced(client.clone());
    let what = K::kind(&()).into_owned();
    let post = PostParams::default();
    let one = api.create(&post, &object::<K>(&of_kind, "one", "front")).await.unwrap();
    api.create(&post, &object::<K>(&of_kind, "two", "back")).await.unwrap();
    let again = api.create(&post, &object::<K>(&of_kind, "one", "front")).await.unwrap_err();
    assert_eq!(refusal(&again), (409, "AlreadyExists"), "{what}");
    let same = api.get("one").await.unwrap();
    assert_eq!(same.uid(), one.uid(), "{what}");

    for (parameters, expected) in [
        (ListParams::default().labels("suite=typed"), vec!["one", "two"]),
        (ListParams::default().labels("suite=typed,tier in (front, side)"), vec!["one"]),
        (ListParams::default().labels("suite=typed,tier notin (front)"), vec!["two"]),
        (ListParams::default().labels("suite=typed,!tier"), vec![]),
        (ListParams::default().labels("suite").fields("metadata.name=two"), vec!["two"]),
        (ListParams::default().labels("suite").fields("metadata.name!=two"), vec!["one"]),
    ] {
        let names: Vec<String> = api.list(&parameters).await.unwrap().iter().map(ResourceExt::name_any).collect();
        assert_eq!(names, expected, "{what}: {parameters:?}");
    }

    let mut newer = same.clone();
    newer.annotations_mut().insert("note".to_owned(), "first".to_owned());
    let newer = api.replace("one", &post, &newer).await.unwrap();
    assert_eq!(newer.annotations()["note"], "first", "{what}");
    assert_ne!(newer.resource_version(), same.resource_version(), "{what}");
    let stale = api.replace("one", &post, &same).await.unwrap_err();
    assert_eq!(refusal(&stale), (409, "Conflict"), "{what}");
    assert!(stale.to_string().contains("the object has been modified"), "{what}: {stale}");

    let patch = Patch::Merge(json!({"metadata": {"labels": {"tier": "side"}, "annotations": {"note": null}}}));
    let patched = api.patch("one", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(patched.labels()["tier"], "side", "{what}");
    assert!(!patched.annotations().contains_key("note"), "{what}");

    applied(&api, &of_kind, &what).await;

    let now = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::default() };
    for name in ["one", "two", "three"] {
        api.delete(name, &now).await.unwrap();
        assert!(api.get_opt(name).await.unwrap().is_none(), "{what} {name}");
    }
    assert_eq!(refusal(&api.delete("one", &now).await.unwrap_err()), (404, "NotFound"), "{what}");
}

/// Server-side apply: a manager creates the object, another one wants a field that the first one manages.
async fn applied<K>(api: &Api<K>, of_kind: &Value, what: &str)
where
    K: Resource<DynamicType = ()> + Clone + Debug + Serialize + DeserializeOwned,
{
    let whole = Patch::Apply(object::<K>(of_kind, "three", "front"));
    let made = api.patch("three", &PatchParams::apply("first"), &whole).await.unwrap();
    assert!(made.uid().is_some(), "{what}");
    let label = json!({"apiVersion": K::api_version(&()), "kind": what, "metadata": {"labels": {"tier": "back"}}});
    let conflict = api.patch("three", &PatchParams::apply("second"), &Patch::Apply(&label)).await.unwrap_err();
    assert_eq!(refusal(&conflict), (409, "Conflict"), "{what}");
    let said = conflict.to_string();
    assert!(said.contains(r#"conflict with "first""#) && said.contains(".metadata.labels.tier"), "{what}: {said}");
    let forced = api.patch("three", &PatchParams::apply("second").force(), &Patch::Apply(&label)).await.unwrap();
    assert_eq!((forced.labels()["tier"].as_str(), forced.labels()["suite"].as_str()), ("back", "typed"), "{what}");
    let owners = |field: &str| {
        let entries = forced.managed_fields().iter();
        let entries = entries.filter(|entry| json!(entry.fields_v1)["f:metadata"]["f:labels"].get(field).is_some());
        entries.filter_map(|entry| entry.manager.clone()).collect::<Vec<_>>()
    };
    assert_eq!((owners("f:tier"), owners("f:suite")), (vec!["second".to_owned()], vec!["first".to_owned()]), "{what}");
}
