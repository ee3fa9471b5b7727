//! A controller of kube-rs: for each custom resource, a ConfigMap that it owns.

use super::{Reached, on_each};
use futures_util::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::watcher;
use kube::{Client, Resource, ResourceExt};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

on_each!(reconciles);

struct Context {
    client: Client,
    widgets: ApiResource,
}

async fn reconcile(widget: Arc<DynamicObject>, context: Arc<Context>) -> Result<Action, kube::Error> {
    let api: Api<ConfigMap> = Api::default_namespaced(context.client.clone());
    let owner = widget.controller_owner_ref(&context.widgets).unwrap();
    let name = widget.name_any();
    let wanted = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "ownerReferences": [owner]},
        "data": {"size": widget.data["spec"]["size"].to_string()},
    });
    api.patch(&name, &PatchParams::apply("widgets").force(), &Patch::Apply(&wanted)).await?;
    let status = json!({"status": {"ready": true}});
    let widgets: Api<DynamicObject> = Api::default_namespaced_with(context.client.clone(), &context.widgets);
    if widget.data["status"]["ready"] != json!(true) {
        widgets.patch_status(&name, &PatchParams::default(), &Patch::Merge(&status)).await?;
    }
    Ok(Action::await_change())
}

fn definition() -> CustomResourceDefinition {
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let schema = object(json!({
        "spec": object(json!({"size": {"type": "integer", "minimum": 1}})),
        "status": object(json!({"ready": {"type": "boolean"}})),
    }));
    let version = json!({
        "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    });
    let names = json!({"plural": "widgets", "singular": "widget", "kind": "Widget"});
    let spec = json!({"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]});
    serde_json::from_value(json!({"metadata": {"name": "widgets.example.com"}, "spec": spec})).unwrap()
}

/// Waits until something holds.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < Duration::from_secs(20), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn reconciles(mut reached: Reached) {
    reached.cloud.run();
    let client = reached.client();
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    definitions.create(&PostParams::default(), &definition()).await.unwrap();
    let established = async || {
        let conditions = definitions.get("widgets.example.com").await.unwrap().status.and_then(|it| it.conditions);
        conditions.unwrap_or_default().iter().any(|it| it.type_ == "Established" && it.status == "True")
    };
    until("the definition is established", established).await;

    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("example.com", "v1", "Widget"));
    let widgets: Api<DynamicObject> = Api::default_namespaced_with(client.clone(), &resource);
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let context = Arc::new(Context { client: client.clone(), widgets: resource.clone() });
    let controller = Controller::new_with(widgets.clone(), watcher::Config::default(), resource.clone());
    let controller = controller.owns(maps.clone(), watcher::Config::default());
    let controller = controller.run(reconcile, |_, _, _| Action::requeue(Duration::from_millis(200)), context);
    let running = tokio::spawn(controller.for_each(|_| async {}));

    let widget = |size: i64| DynamicObject::new("gear", &resource).data(json!({"spec": {"size": size}}));
    let wrong = widgets.create(&PostParams::default(), &widget(0)).await.unwrap_err();
    assert_eq!(super::super::refusal(&wrong), (422, "Invalid"));
    let made = widgets.create(&PostParams::default(), &widget(1)).await.unwrap();
    let size = async |wanted: &str| {
        let map = maps.get_opt("gear").await.unwrap();
        map.and_then(|map| map.data).is_some_and(|data| data["size"] == wanted)
    };
    until("there is a map", async || size("1").await).await;
    let owners = maps.get("gear").await.unwrap().metadata.owner_references.unwrap();
    assert_eq!((owners.len(), Some(&owners[0].uid)), (1, made.meta().uid.as_ref()));
    until("the status is set", async || widgets.get("gear").await.unwrap().data["status"]["ready"] == json!(true))
        .await;

    // The resource changes, and then what belongs to it.
    let larger = Patch::Merge(json!({"spec": {"size": 7}}));
    widgets.patch("gear", &PatchParams::default(), &larger).await.unwrap();
    until("the map follows", async || size("7").await).await;
    maps.delete("gear", &DeleteParams::default()).await.unwrap();
    until("the map is made again", async || size("7").await).await;

    widgets.delete("gear", &DeleteParams::default()).await.unwrap();
    until("the map is collected", async || maps.get_opt("gear").await.unwrap().is_none()).await;
    assert!(widgets.get_opt("gear").await.unwrap().is_none());
    running.abort();
}
