//! The waiters of CCS.

use super::{Argument, ArgumentKind, Arguments, Gives, Outcome, WaiterEntry, nothing, one, text, word};
use serde_json::{Value, json};
use wharf_cluster::ccs as cluster;
use wharf_cluster::ccs::{ServiceHandle, ServiceProgress};
use wharf_core::Connection;
use wharf_core::model::Model;
use wharf_node::ccs as node;
use wharf_node::ccs::waiters::InstancesProgress;

fn clusters(connection: &Connection) -> cluster::Client {
    cluster::Client::new(connection.clone())
}

fn nodes(connection: &Connection) -> node::Client {
    node::Client::new(connection.clone())
}

fn service(connection: &Connection, given: &Arguments<'_>) -> ServiceHandle {
    let handle = clusters(connection).service(given.text("cluster_id"), given.text("service_name"));
    handle.namespace(given.text("namespace"))
}

fn many<T: Model + 'static>(models: Vec<T>) -> Outcome {
    Outcome::Many(models.into_iter().map(|model| Box::new(model) as Box<dyn Model>).collect())
}

fn roll_out(progress: &ServiceProgress) -> Value {
    json!({
        "status": progress.status.as_str(),
        "current": progress.current,
        "desired": progress.desired,
        "reasons": progress.reasons,
    })
}

fn instances(progress: &InstancesProgress) -> Value {
    let others = progress.others.iter().map(|(id, state)| (id.clone(), Value::from(state.as_str())));
    json!({
        "ready": progress.ready,
        "wanted": progress.wanted,
        "others": others.collect::<serde_json::Map<_, _>>(),
    })
}

const CLUSTER_ID: Argument = text("cluster_id", "The cluster.");
const NAMESPACE: Argument = text("namespace", "The namespace of the service, such as default.");
const SERVICE_NAME: Argument = text("service_name", "The service.");

pub(in crate::any) static WAITERS: &[WaiterEntry] = &[
    WaiterEntry {
        name: "cluster_running",
        client: "clusters",
        method: "wait_until_running",
        doc: "Waits until a cluster is Running, and gives it. Fails in the states from which it does not come to run by itself. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("Cluster"),
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_running(given.text("cluster_id")), one, word)
        },
    },
    WaiterEntry {
        name: "cluster_deleted",
        client: "clusters",
        method: "wait_until_deleted",
        doc: "Waits until a cluster is gone. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::Nothing,
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_deleted(given.text("cluster_id")), nothing, word)
        },
    },
    WaiterEntry {
        name: "task_done",
        client: "clusters",
        method: "wait_until_task_done",
        doc: "Waits until a task has succeeded. Fails when it has failed. Gives up after an hour.",
        arguments: &[Argument {
            name: "task_id",
            kind: ArgumentKind::Whole,
            doc: "The task: the requestId of the answer that started it.",
        }],
        gives: Gives::Nothing,
        start: |connection, given| {
            let id = i64::try_from(given.whole("task_id")).unwrap_or(i64::MAX);
            given.prepare(clusters(connection).task(id).wait(), nothing, word)
        },
    },
    WaiterEntry {
        name: "service_normal",
        client: "clusters",
        method: "wait_until_service_normal",
        doc: "Waits until a service is Normal with all its replicas, and gives it. Gives up after 15 minutes.",
        arguments: &[CLUSTER_ID, NAMESPACE, SERVICE_NAME],
        gives: Gives::One("Service"),
        start: |connection, given| given.prepare(service(connection, given).wait_until_normal(), one, roll_out),
    },
    WaiterEntry {
        name: "service_deleted",
        client: "clusters",
        method: "wait_until_service_deleted",
        doc: "Waits until a service is gone. Gives up after 15 minutes.",
        arguments: &[CLUSTER_ID, NAMESPACE, SERVICE_NAME],
        gives: Gives::Nothing,
        start: |connection, given| given.prepare(service(connection, given).wait_until_deleted(), nothing, roll_out),
    },
    WaiterEntry {
        name: "nodes_normal",
        client: "nodes",
        method: "wait_until_nodes_normal",
        doc: "Waits until nodes are there and normal, and gives them. Gives up after 30 minutes.",
        arguments: &[
            CLUSTER_ID,
            Argument { name: "instance_ids", kind: ArgumentKind::Texts, doc: "The machines that the nodes are." },
        ],
        gives: Gives::Many("Node"),
        start: |connection, given| {
            let ids = given.texts("instance_ids").to_vec();
            given.prepare(nodes(connection).wait_until_nodes_normal(given.text("cluster_id"), ids), many, instances)
        },
    },
    WaiterEntry {
        name: "pods_running",
        client: "nodes",
        method: "wait_until_pods_running",
        doc: "Waits until a service has so many running pods, and gives them. Gives up after 15 minutes.",
        arguments: &[
            CLUSTER_ID,
            NAMESPACE,
            SERVICE_NAME,
            Argument { name: "pods", kind: ArgumentKind::Whole, doc: "How many pods are to run." },
        ],
        gives: Gives::Many("Instance"),
        start: |connection, given| {
            let (id, namespace) = (given.text("cluster_id"), given.text("namespace"));
            let pods = usize::try_from(given.whole("pods")).unwrap_or(usize::MAX);
            let waiter = nodes(connection).wait_until_pods_running(id, namespace, given.text("service_name"), pods);
            given.prepare(waiter, many, instances)
        },
    },
];
