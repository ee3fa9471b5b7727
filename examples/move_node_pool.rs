//! Moves a node pool of TKE to another instance type without losing a pod: creates a pool of the new type, drains the
//! nodes of the old one with the Eviction API, which obeys the PodDisruptionBudget, and deletes the old pool.
//! Against an embedded server: `cargo run --example move_node_pool`.
#![allow(clippy::print_stdout)]

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use std::error::Error;
use std::time::Duration;
use tokio::time::sleep;
use wharf::Kubernetes;
use wharf::tke::{self, types::ClusterType, v20220501::types::Label};
use wharf_server::{Server, Time};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const BUDGETS: &str = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
const PODS: &str = "/api/v1/namespaces/default/pods?labelSelector=app%3Dweb";
const OLD_NODES: &str = "/api/v1/nodes?labelSelector=pool%3Dold";
const POLL: Duration = Duration::from_millis(100);

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result {
    let server = Server::builder().time(Time::Accelerated(60)).start().await?;
    let tke = tke::Connection::builder().region(server.region()).credentials(server.credentials());
    let tke = tke.endpoint(server.endpoint()).build()?;
    let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"));
    let order = order.cluster_basic_settings(|basic| basic.cluster_version("1.32.2").vpc_id("vpc-default0"));
    let cluster = order.send().await?.cluster_id;
    tke.clusters().wait_until_running(&cluster).poll_interval(POLL).await?;
    let kubernetes = tke.kubernetes(&cluster);

    let old = create_pool(&tke, &cluster, "old", "S5.MEDIUM4").await?;
    let containers = json!([{"name": "web", "image": "nginx"}]);
    let pods = json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}});
    let spec = json!({"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": pods});
    call(&kubernetes, "POST", DEPLOYMENTS, json!({"metadata": {"name": "web"}, "spec": spec})).await?;
    let spec = json!({"minAvailable": 3, "selector": {"matchLabels": {"app": "web"}}});
    call(&kubernetes, "POST", BUDGETS, json!({"metadata": {"name": "web"}, "spec": spec})).await?;
    wait_until_ready(&kubernetes, PODS, 4).await?;

    create_pool(&tke, &cluster, "new", "S5.LARGE8").await?;
    let nodes = list(&kubernetes, OLD_NODES).await?;
    for node in &nodes {
        let cordon = json!({"spec": {"unschedulable": true}});
        call(&kubernetes, "PATCH", &format!("/api/v1/nodes/{}", name(node)), cordon).await?;
    }
    for node in &nodes {
        drain(&kubernetes, name(node)).await?;
    }
    tke.v20220501().nodes().delete_node_pool(&cluster, &old).send().await?;
    while !list(&kubernetes, OLD_NODES).await?.is_empty() {
        sleep(POLL).await;
    }
    for node in list(&kubernetes, "/api/v1/nodes").await? {
        println!("node {} is a {}", name(&node), text(&node["metadata"]["labels"]["beta.kubernetes.io/instance-type"]));
    }
    wait_until_ready(&kubernetes, PODS, 4).await
}

/// Creates a pool of two machines and waits until their nodes, which have the label `pool`, are ready.
async fn create_pool(tke: &tke::Connection, cluster: &str, pool: &str, machine: &str) -> Result<String> {
    let order = tke.v20220501().nodes().create_node_pool(cluster).name(pool).r#type("Native");
    let order = order.labels([Label::default().name("pool").value(pool)]).native(|native| {
        let native = native.instance_types([machine]).instance_charge_type("POSTPAID_BY_HOUR").replicas(2);
        let native = native.scaling(|size| size.min_replicas(0).max_replicas(5).create_policy("ZonePriority"));
        native.subnet_ids(["subnet-default1"]).system_disk(|disk| {
            let disk = disk.disk_type("CLOUD_PREMIUM").disk_size(50).auto_format_and_mount(false);
            disk.file_system("").mount_target("")
        })
    });
    let id = order.send().await?.node_pool_id;
    wait_until_ready(&tke.kubernetes(cluster), &format!("/api/v1/nodes?labelSelector=pool%3D{pool}"), 2).await?;
    Ok(id)
}

/// Evicts the pods of a node until only those of daemons are left. Three pods of `web` must always be ready.
async fn drain(kubernetes: &Kubernetes, node: &str) -> Result {
    loop {
        let mut pods = list(kubernetes, &format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{node}")).await?;
        pods.retain(|pod| pod["metadata"]["ownerReferences"][0]["kind"] != "DaemonSet");
        for pod in pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()) {
            let namespace = text(&pod["metadata"]["namespace"]);
            let path = format!("/api/v1/namespaces/{namespace}/pods/{}/eviction", name(pod));
            let eviction = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name(pod)}});
            match call(kubernetes, "POST", &path, eviction).await? {
                // The budget allows it again when the pod that was evicted before has a ready successor.
                (429, answer) => println!("{} stays for now: {}", name(pod), text(&answer["message"])),
                _ => println!("{} leaves {node}", name(pod)),
            }
            let ready = count_ready(kubernetes, PODS).await?;
            assert!(ready >= 3, "only {ready} pods are ready");
        }
        if pods.is_empty() {
            return Ok(());
        }
        sleep(POLL).await;
    }
}

async fn wait_until_ready(kubernetes: &Kubernetes, path: &str, count: usize) -> Result {
    while count_ready(kubernetes, path).await? < count {
        sleep(POLL).await;
    }
    println!("{count} are ready of {path}");
    Ok(())
}

/// Returns the number of nodes or pods that are ready.
async fn count_ready(kubernetes: &Kubernetes, path: &str) -> Result<usize> {
    let is_ready = |object: &&Value| {
        let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
        let mut ready = conditions.filter(|each| each["type"] == "Ready" && each["status"] == "True");
        object["metadata"]["deletionTimestamp"].is_null() && ready.next().is_some()
    };
    Ok(list(kubernetes, path).await?.iter().filter(is_ready).count())
}

async fn list(kubernetes: &Kubernetes, path: &str) -> Result<Vec<Value>> {
    let (_, found) = call(kubernetes, "GET", path, Value::Null).await?;
    Ok(found["items"].as_array().cloned().unwrap_or_default())
}

/// Sends a request to the Kubernetes API. Returns the status, which may be 404 or 429, and the object.
async fn call(kubernetes: &Kubernetes, method: &str, path: &str, object: Value) -> Result<(u16, Value)> {
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let body = if object.is_null() { Bytes::new() } else { object.to_string().into() };
    let request = Request::builder().method(method).uri(path).header("Content-Type", kind).body(body)?;
    let response = kubernetes.send(request).await?;
    let (status, answer) = (response.status().as_u16(), serde_json::from_slice::<Value>(response.body())?);
    match status {
        200..300 | 404 | 429 => Ok((status, answer)),
        _ => Err(format!("{method} {path}: {}", text(&answer["message"])).into()),
    }
}

fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
