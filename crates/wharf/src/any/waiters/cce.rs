//! The waiters of CCE.

use super::{Argument, Gives, WaiterEntry, nothing, one, text, word};
use serde_json::{Value, json};
use wharf_cluster::cce as cluster;
use wharf_cluster::cce::JobProgress;
use wharf_cluster::cce::waiters::ClusterProgress;
use wharf_core::Connection;
use wharf_node::cce as node;
use wharf_scaling::cce as scaling;
use wharf_scaling::cce::waiters::NodePoolProgress;

fn clusters(connection: &Connection) -> cluster::Client {
    cluster::Client::new(connection.clone())
}

fn nodes(connection: &Connection) -> node::Client {
    node::Client::new(connection.clone())
}

fn pools(connection: &Connection) -> scaling::Client {
    scaling::Client::new(connection.clone())
}

fn cluster(progress: &ClusterProgress) -> Value {
    json!({"phase": progress.phase.as_str(), "reasons": progress.reasons})
}

fn job(progress: &JobProgress) -> Value {
    json!({
        "phase": progress.phase.as_str(),
        "done": progress.done,
        "total": progress.total,
        "running": progress.running,
        "reasons": progress.reasons,
    })
}

fn pool(progress: &NodePoolProgress) -> Value {
    let phase = progress.phase.as_ref().map(|phase| phase.as_str());
    json!({"phase": phase, "nodes": progress.nodes, "wanted": progress.wanted})
}

const CLUSTER_ID: Argument = text("cluster_id", "The cluster.");
const NODE_ID: Argument = text("node_id", "The node.");
const NODEPOOL_ID: Argument = text("nodepool_id", "The node pool.");

pub(in crate::any) static WAITERS: &[WaiterEntry] = &[
    WaiterEntry {
        name: "cluster_available",
        client: "clusters",
        method: "wait_until_available",
        doc: "Waits until a cluster is Available, and gives it. Fails in the phases from which it does not come to work by itself, with the reasons that the cluster and its job give. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("GetClusterOutput"),
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_available(given.text("cluster_id")), one, cluster)
        },
    },
    WaiterEntry {
        name: "cluster_hibernated",
        client: "clusters",
        method: "wait_until_hibernated",
        doc: "Waits until a cluster sleeps, and gives it. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("GetClusterOutput"),
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_hibernated(given.text("cluster_id")), one, cluster)
        },
    },
    WaiterEntry {
        name: "cluster_deleted",
        client: "clusters",
        method: "wait_until_deleted",
        doc: "Waits until a cluster is gone. Fails when deleting it has failed. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::Nothing,
        start: |connection, given| {
            given.prepare(clusters(connection).wait_until_deleted(given.text("cluster_id")), nothing, cluster)
        },
    },
    WaiterEntry {
        name: "job_done",
        client: "clusters",
        method: "wait_until_job_done",
        doc: "Waits until a job is done, and gives it with its parts. Fails when it has failed, with the reasons. Gives up after an hour.",
        arguments: &[text("job_id", "The job.")],
        gives: Gives::One("GetJobOutput"),
        start: |connection, given| given.prepare(clusters(connection).job(given.text("job_id")).wait(), one, job),
    },
    WaiterEntry {
        name: "node_active",
        client: "nodes",
        method: "wait_until_active",
        doc: "Waits until a node is Active, and gives it. Fails in the phases from which it does not come to work by itself. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, NODE_ID],
        gives: Gives::One("GetNodeOutput"),
        start: |connection, given| {
            let (id, node) = (given.text("cluster_id"), given.text("node_id"));
            given.prepare(nodes(connection).wait_until_active(id, node), one, word)
        },
    },
    WaiterEntry {
        name: "node_deleted",
        client: "nodes",
        method: "wait_until_deleted",
        doc: "Waits until a node is gone. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, NODE_ID],
        gives: Gives::Nothing,
        start: |connection, given| {
            let (id, node) = (given.text("cluster_id"), given.text("node_id"));
            given.prepare(nodes(connection).wait_until_deleted(id, node), nothing, word)
        },
    },
    WaiterEntry {
        name: "node_pool_settled",
        client: "scaling",
        method: "wait_until_settled",
        doc: "Waits until a node pool has settled and has the nodes that it is to have, and gives it. Fails when it is sold out, in error or going away. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, NODEPOOL_ID],
        gives: Gives::One("GetNodePoolOutput"),
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
