//! Objects, read and changed by kube-rs through ForwardRequest.

use super::{Cluster, namespace, pod, refusal};
use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn the_version_is_that_of_the_cluster() {
    let cluster = Cluster::start().await;
    let version = cluster.client().apiserver_version().await.unwrap();
    let described = cluster.tke.clusters().describe_clusters().cluster_ids([&cluster.id]).send().await.unwrap();
    let described = &described.clusters[0].cluster_version;
    assert!(version.git_version.contains(described.as_str()), "{} {described}", version.git_version);
}

#[tokio::test]
async fn namespaces_are_listed_made_read_and_deleted() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    let names = async || {
        let listed = namespaces.list(&ListParams::default()).await.unwrap();
        listed.items.into_iter().map(|item| item.metadata.name.unwrap()).collect::<Vec<_>>()
    };
    assert!(names().await.contains(&"kube-system".to_owned()));
    let made = namespaces.create(&PostParams::default(), &namespace("team")).await.unwrap();
    assert!(made.metadata.uid.is_some());
    assert!(names().await.contains(&"team".to_owned()));
    let again = namespaces.create(&PostParams::default(), &namespace("team")).await.unwrap_err();
    assert_eq!(refusal(&again), (409, "AlreadyExists"));
    assert_eq!(namespaces.get("team").await.unwrap().metadata.uid, made.metadata.uid);
    assert!(namespaces.get_opt("none").await.unwrap().is_none());
    namespaces.delete("team", &DeleteParams::default()).await.unwrap();
    cluster.server.advance(Duration::from_secs(10));
    assert_eq!(refusal(&namespaces.get("team").await.unwrap_err()), (404, "NotFound"));
}

#[tokio::test]
async fn pods_run_on_nodes_that_can_be_cordoned() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(2).await;
    let nodes: Api<Node> = Api::all(cluster.client());
    let listed = nodes.list(&ListParams::default()).await.unwrap();
    assert_eq!(listed.items.len(), 2);
    let name = listed.items[0].metadata.name.clone().unwrap();
    // The content type of a patch is passed on with it.
    let cordon = Patch::Merge(json!({"spec": {"unschedulable": true}}));
    let patched = nodes.patch(&name, &PatchParams::default(), &cordon).await.unwrap();
    assert_eq!(patched.spec.unwrap().unschedulable, Some(true));

    let pods: Api<Pod> = Api::default_namespaced(cluster.client());
    for at in 0..3 {
        pods.create(&PostParams::default(), &pod(&format!("web-{at}"))).await.unwrap();
    }
    cluster.server.advance(Duration::from_secs(5));
    let first = pods.list(&ListParams::default().limit(2)).await.unwrap();
    assert_eq!(first.items.len(), 2);
    let token = first.metadata.continue_.unwrap();
    let rest = pods.list(&ListParams::default().limit(2).continue_token(&token)).await.unwrap();
    for pod in first.items.iter().chain(&rest.items) {
        let on = pod.spec.as_ref().unwrap().node_name.as_deref();
        assert_eq!(on, listed.items[1].metadata.name.as_deref());
    }
    let selected = ListParams::default().fields("metadata.name=web-1");
    assert_eq!(pods.list(&selected).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn what_kubernetes_refuses_has_its_code_and_reason() {
    let cluster = Cluster::start().await;
    let client = cluster.client();
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    assert_eq!(refusal(&pods.get("none").await.unwrap_err()), (404, "NotFound"));
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let protected = namespaces.delete("kube-system", &DeleteParams::default()).await.unwrap_err();
    assert_eq!(refusal(&protected), (403, "Forbidden"));
    let request = http::Request::put("/api/v1/nodes").body(b"{}".to_vec()).unwrap();
    assert_eq!(refusal(&client.request_text(request).await.unwrap_err()), (405, "MethodNotAllowed"));
    let health = client.request_text(http::Request::get("/healthz").body(Vec::new()).unwrap()).await.unwrap();
    assert_eq!(health, "ok");
}

#[tokio::test]
async fn what_the_cloud_refuses_is_an_error_of_this_sdk() {
    let cluster = Cluster::start().await;
    let client = kube::Client::new(cluster.tke.kubernetes("cls-none"), "default");
    let kube::Error::Service(error) = client.apiserver_version().await.unwrap_err() else { panic!() };
    let error = error.downcast::<wharf::Error>().unwrap();
    assert_eq!((error.kind(), error.code()), (wharf::ErrorKind::NotFound, Some("ResourceNotFound")));
}

#[tokio::test]
async fn debug_shows_the_cluster_and_no_secret() {
    let cluster = Cluster::start().await;
    let shown = format!("{:?}", cluster.kubernetes());
    assert!(shown.contains(&cluster.id), "{shown}");
    assert!(!shown.contains(cluster.server.credentials().secret().expose()), "{shown}");
}
