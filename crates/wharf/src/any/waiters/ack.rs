//! The waiters of ACK.

use super::{Argument, ArgumentKind, Gives, Outcome, WaiterEntry, nothing, one, text, word};
use serde_json::{Value, json};
use wharf_cluster::ack as cluster;
use wharf_cluster::ack::UpgradeProgress;
use wharf_cluster::ack::waiters::VersionProgress;
use wharf_core::Connection;
use wharf_core::model::Model;
use wharf_node::ack as node;
use wharf_node::ack::waiters::NodesProgress;
use wharf_scaling::ack as scaling;
use wharf_scaling::ack::waiters::NodePoolProgress;

fn clusters(connection: &Connection) -> cluster::Client {
    cluster::Client::new(connection.clone())
}

fn nodes(connection: &Connection) -> node::Client {
    node::Client::new(connection.clone())
}

fn pools(connection: &Connection) -> scaling::Client {
    scaling::Client::new(connection.clone())
}

fn version(progress: &VersionProgress) -> Value {
    json!({"state": progress.state.as_str(), "version": progress.version, "reasons": progress.reasons})
}

fn upgrade(progress: &UpgradeProgress) -> Value {
    json!({"status": progress.status.as_str(), "step": progress.step.as_str(), "messages": progress.messages})
}

fn instances(progress: &NodesProgress) -> Value {
    let failed = progress.failed.iter().map(|(id, reason)| (id.clone(), Value::from(reason.as_str())));
    json!({
        "running": progress.running,
        "ready": progress.ready,
        "total": progress.total,
        "failed": failed.collect::<serde_json::Map<_, _>>(),
        "missing": progress.missing,
    })
}

fn pool(progress: &NodePoolProgress) -> Value {
    json!({
        "state": progress.state.as_str(),
        "creating": progress.creating,
        "removing": progress.removing,
        "failed": progress.failed,
        "total": progress.total,
    })
}

const CLUSTER_ID: Argument = text("cluster_id", "The cluster.");
const NODEPOOL_ID: Argument = text("nodepool_id", "The node pool.");
const INSTANCE_IDS: Argument =
    Argument { name: "instance_ids", kind: ArgumentKind::Texts, doc: "The servers that the nodes are." };

pub(in crate::any) static WAITERS: &[WaiterEntry] = &[
    WaiterEntry {
        name: "cluster_running",
        client: "clusters",
        method: "wait_until_running",
        doc: "Waits until a cluster is running, and gives it. Fails in the states from which it does not come to run by itself. Gives up after an hour.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("DescribeClusterDetailOutput"),
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_running(given.text("cluster_id")), one, word)
        },
    },
    WaiterEntry {
        name: "cluster_deleted",
        client: "clusters",
        method: "wait_until_deleted",
        doc: "Waits until a cluster is gone. Fails when deleting it has failed. Gives up after an hour.",
        arguments: &[CLUSTER_ID],
        gives: Gives::Nothing,
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_deleted(given.text("cluster_id")), nothing, word)
        },
    },
    WaiterEntry {
        name: "cluster_upgraded",
        client: "clusters",
        method: "wait_until_upgraded",
        doc: "Waits until a cluster runs a version of Kubernetes, and gives it. Gives up after 2 hours.",
        arguments: &[CLUSTER_ID, text("version", "The version that it shall run.")],
        gives: Gives::One("DescribeClusterDetailOutput"),
        start: |connection, given| {
            let (id, wanted) = (given.text("cluster_id"), given.text("version"));
            given.prepare(clusters(connection).wait_until_upgraded(id, wanted), one, version)
        },
    },
    WaiterEntry {
        name: "upgrade_done",
        client: "clusters",
        method: "wait_until_upgrade_done",
        doc: "Waits until the upgrade of a cluster is over, and gives its last status. Fails when it fails or is cancelled. Gives up after 2 hours.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("GetUpgradeStatusOutput"),
        start: |connection, given| {
            given.prepare(clusters(connection).upgrade(given.text("cluster_id")).wait(), one, upgrade)
        },
    },
    WaiterEntry {
        name: "nodes_running",
        client: "nodes",
        method: "wait_until_nodes_running",
        doc: "Waits until nodes run and Kubernetes can use them, and gives them. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, INSTANCE_IDS],
        gives: Gives::Many("Node"),
        start: |connection, given| {
            let waiter = nodes(connection)
                .wait_until_nodes_running(given.text("cluster_id"), given.texts("instance_ids").to_vec());
            let outcome = |nodes: Vec<node::types::Node>| {
                Outcome::Many(nodes.into_iter().map(|node| Box::new(node) as Box<dyn Model>).collect())
            };
            given.prepare(waiter, outcome, instances)
        },
    },
    WaiterEntry {
        name: "nodes_removed",
        client: "nodes",
        method: "wait_until_nodes_removed",
        doc: "Waits until nodes have left a cluster. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, INSTANCE_IDS],
        gives: Gives::Nothing,
        start: |connection, given| {
            let waiter = nodes(connection)
                .wait_until_nodes_removed(given.text("cluster_id"), given.texts("instance_ids").to_vec());
            given.prepare(waiter, nothing, instances)
        },
    },
    WaiterEntry {
        name: "node_pool_settled",
        client: "scaling",
        method: "wait_until_settled",
        doc: "Waits until a node pool is active and no node is being created or removed, and gives it. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, NODEPOOL_ID],
        gives: Gives::One("DescribeClusterNodePoolDetailOutput"),
        start: |connection, given| {
            let (id, nodepool) = (given.text("cluster_id"), given.text("nodepool_id"));
            given.prepare(pools(connection).wait_until_settled(id, nodepool), one, pool)
        },
    },
    WaiterEntry {
        name: "node_pool_deleted",
        client: "scaling",
        method: "wait_until_deleted",
        doc: "Waits until a node pool is gone. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, NODEPOOL_ID],
        gives: Gives::Nothing,
        start: |connection, given| {
            let (id, nodepool) = (given.text("cluster_id"), given.text("nodepool_id"));
            given.prepare(pools(connection).wait_until_deleted(id, nodepool), nothing, pool)
        },
    },
];
