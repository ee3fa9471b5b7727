//! CCE's claims and the claims of the cluster's Kubernetes are the same objects.

use super::{Call, available, server};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wharf_server::Server;

const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";
const CLOUD: &str = "/api/v1/namespaces/default/cloudpersistentvolumeclaims";

/// A request to the host of the cluster, which is that of CCE's storage too (cce:478).
async fn ask(server: &Server, id: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
    let host = format!("{id}.cce.cn-north-4.example.com");
    let call = Call::new(method, path, body).with(|call| call.host = Some(host));
    let answer = call.send(server).await;
    (answer.status, answer.whole())
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

/// cce:5029-5050: the example of a claim to a file system.
#[tokio::test]
async fn a_claim_of_cce_is_a_claim_of_kubernetes() {
    let server = server().await;
    let id = available(&server).await;
    let order = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "csms-dev-create", "namespace": "default", "labels": {"app": "db"}},
        "spec": {"volumeID": "86b29e16-23db-11e7-9c83-fa163ec08232", "storageType": "nfs",
            "accessModes": ["ReadWriteMany"]},
    });
    let (status, made) = ask(&server, &id, Method::POST, CLOUD, order.clone()).await;
    assert_eq!((status, &made["status"]["phase"]), (201, &json!("Pending")), "{made}");
    assert_eq!(made["metadata"]["selfLink"], format!("{CLAIMS}/csms-dev-create"));
    let (status, again) = ask(&server, &id, Method::POST, CLOUD, order).await;
    assert_eq!((status, &again["reason"]), (409, &json!("AlreadyExists")));

    server.advance(Duration::from_secs(10));
    let (_, shown) = ask(&server, &id, Method::GET, &format!("{CLAIMS}/csms-dev-create"), Value::Null).await;
    assert_eq!(
        (&shown["metadata"]["uid"], &shown["status"]["phase"], &shown["metadata"]["labels"]["app"]),
        (&made["metadata"]["uid"], &json!("Bound"), &json!("db")),
        "{shown}"
    );
    let volume = format!("/api/v1/persistentvolumes/{}", made["spec"]["volumeName"].as_str().unwrap());
    let (_, held) = ask(&server, &id, Method::GET, &volume, Value::Null).await;
    let options = &held["spec"]["flexVolume"]["options"];
    assert_eq!(
        (&options["volumeID"], &options["storageType"], &held["spec"]["claimRef"]["name"]),
        (&json!("86b29e16-23db-11e7-9c83-fa163ec08232"), &json!("nfs"), &json!("csms-dev-create"))
    );
    let (status, _) = ask(&server, &id, Method::DELETE, &format!("{CLAIMS}/csms-dev-create"), Value::Null).await;
    assert_eq!(status, 200);
    let (status, gone) = ask(&server, &id, Method::DELETE, &format!("{CLOUD}/csms-dev-create"), Value::Null).await;
    assert_eq!((status, &gone["reason"]), (404, &json!("NotFound")), "it was deleted through Kubernetes");
    let (_, kept) = ask(&server, &id, Method::GET, &volume, Value::Null).await;
    assert_eq!(kept["status"]["phase"], "Released", "the storage was not to be deleted: {kept}");
}

/// cce:6653-6673 names the classes and the provisioner.
#[tokio::test]
async fn a_claim_of_kubernetes_is_a_claim_of_cce() {
    let server = server().await;
    let id = available(&server).await;
    let (_, classes) = ask(&server, &id, Method::GET, "/apis/storage.k8s.io/v1/storageclasses", Value::Null).await;
    assert_eq!(names(&classes), ["nfs-rw", "obs-standard", "obs-standardia", "sas", "sata", "ssd"]);
    assert_eq!(classes["items"][0]["provisioner"], "everest-csi-provisioner");
    let claim = json!({"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "disk"},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "ssd",
            "resources": {"requests": {"storage": "40Gi"}}}});
    assert_eq!(ask(&server, &id, Method::POST, CLAIMS, claim.clone()).await.0, 201);
    let mut order = claim;
    order["spec"] = json!({"accessModes": ["ReadWriteMany"]});
    let (status, taken) = ask(&server, &id, Method::POST, CLOUD, order).await;
    assert_eq!((status, &taken["reason"]), (409, &json!("AlreadyExists")), "one name, one object");
    server.advance(Duration::from_secs(10));
    let (_, volumes) = ask(&server, &id, Method::GET, "/api/v1/persistentvolumes", Value::Null).await;
    assert_eq!(
        (&volumes["items"][0]["spec"]["storageClassName"], &volumes["items"][0]["status"]["phase"]),
        (&json!("ssd"), &json!("Bound")),
        "{volumes}"
    );
    let (status, deleted) = ask(&server, &id, Method::DELETE, &format!("{CLOUD}/disk"), Value::Null).await;
    assert_eq!((status, &deleted["status"]["capacity"]), (200, &json!("40Gi")), "{deleted}");
    assert_eq!(names(&ask(&server, &id, Method::GET, CLAIMS, Value::Null).await.1), [""; 0]);
    let (_, volumes) = ask(&server, &id, Method::GET, "/api/v1/persistentvolumes", Value::Null).await;
    assert_eq!(names(&volumes), [""; 0], "volumes that a class made go with their claims");
}
