//! Connections that are cut: what is safe to repeat is repeated.

use super::{Cluster, namespace};
use k8s_openapi::api::core::v1::{Namespace, Node};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::json;
use wharf_server::Fault;

fn cut() -> Fault {
    Fault::cut_after().operation("ForwardRequest").times(1)
}

#[tokio::test]
async fn a_get_is_repeated_and_a_post_is_not() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    cluster.server.faults().add(cut());
    namespaces.list(&ListParams::default()).await.unwrap();
    assert_eq!(cluster.forwarded(), 2);

    cluster.server.faults().add(cut());
    let error = namespaces.create(&PostParams::default(), &namespace("team")).await.unwrap_err();
    assert_eq!(cluster.forwarded(), 3, "sent once");
    let kube::Error::Service(error) = error else { panic!("{error:?}") };
    let error = error.downcast::<wharf::Error>().unwrap();
    assert_eq!((error.kind(), error.change()), (wharf::ErrorKind::ConnectionFailed, wharf::Change::Maybe));
    assert!(namespaces.get_opt("team").await.unwrap().is_some(), "it had arrived");
}

#[tokio::test]
async fn a_deletion_is_repeated() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    namespaces.create(&PostParams::default(), &namespace("team")).await.unwrap();
    let before = cluster.forwarded();
    cluster.server.faults().add(cut());
    namespaces.delete("team", &DeleteParams::default()).await.unwrap();
    assert_eq!(cluster.forwarded(), before + 2);

    // When every attempt is cut, the error says what may have happened.
    cluster.server.faults().add(Fault::cut_after().operation("ForwardRequest").times(6));
    for (error, change) in [
        (namespaces.delete("team", &DeleteParams::default()).await.unwrap_err(), wharf::Change::Maybe),
        (namespaces.get("team").await.unwrap_err(), wharf::Change::Unknown),
    ] {
        let kube::Error::Service(error) = error else { panic!("{error:?}") };
        let error = error.downcast::<wharf::Error>().unwrap();
        assert_eq!((error.kind(), error.change()), (wharf::ErrorKind::ConnectionFailed, change));
        assert_eq!(error.operation().unwrap().name, "ForwardRequest");
    }
    assert_eq!(cluster.forwarded(), before + 8);
}

#[tokio::test]
async fn a_patch_is_repeated_if_it_names_the_version_that_it_changes() {
    let cluster = Cluster::start().await;
    cluster.add_nodes(1).await;
    let nodes: Api<Node> = Api::all(cluster.client());
    let node = nodes.list(&ListParams::default()).await.unwrap().items.remove(0).metadata;
    let name = node.name.unwrap();
    let patch = async |patch: serde_json::Value| {
        cluster.server.faults().add(cut());
        let before = cluster.forwarded();
        let result = nodes.patch(&name, &PatchParams::default(), &Patch::Merge(patch)).await;
        cluster.server.faults().clear();
        (result.is_ok(), cluster.forwarded() - before)
    };
    assert_eq!(patch(json!({"spec": {"unschedulable": true}})).await, (false, 1));
    let versioned = json!({"metadata": {"resourceVersion": node.resource_version}, "spec": {"unschedulable": true}});
    assert_eq!(patch(versioned).await.1, 2);
}

#[tokio::test]
async fn a_throttled_post_is_repeated_because_it_did_not_act() {
    let cluster = Cluster::start().await;
    let namespaces: Api<Namespace> = Api::all(cluster.client());
    cluster.server.faults().add(Fault::throttle().operation("ForwardRequest").times(1));
    namespaces.create(&PostParams::default(), &namespace("team")).await.unwrap();
    assert_eq!(cluster.forwarded(), 2);
}
