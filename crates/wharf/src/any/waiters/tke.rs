//! The waiters of TKE.

use super::{Argument, ArgumentKind, Gives, Outcome, WaiterEntry, nothing, one, text, word};
use serde_json::{Value, json};
use wharf_cluster::tke as cluster;
use wharf_core::Connection;
use wharf_core::model::Model;
use wharf_node::tke as node;
use wharf_node::tke::waiters::InstancesProgress;
use wharf_scaling::tke as scaling;

fn cluster(connection: &Connection) -> cluster::Client {
    cluster::Client::new(connection.clone())
}

fn scaling(connection: &Connection) -> scaling::Client {
    scaling::Client::new(connection.clone())
}

fn instances(progress: &InstancesProgress) -> Value {
    let failed = progress.failed.iter().map(|(id, reason)| (id.clone(), Value::from(reason.as_str())));
    json!({
        "running": progress.running,
        "total": progress.total,
        "failed": failed.collect::<serde_json::Map<_, _>>(),
        "missing": progress.missing,
    })
}

const CLUSTER_ID: Argument = text("cluster_id", "The cluster.");

pub(in crate::any) static WAITERS: &[WaiterEntry] = &[
    WaiterEntry {
        name: "cluster_running",
        client: "clusters",
        method: "wait_until_running",
        doc: "Waits until a cluster is Running, and gives it. Fails in the states from which it does not come to run by itself. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID],
        gives: Gives::One("Cluster"),
        start: |connection, given| {
            given.prepare(cluster(connection).wait_until_running(given.text("cluster_id")), one, word)
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
            given.prepare(cluster(connection).wait_until_deleted(given.text("cluster_id")), nothing, word)
        },
    },
    WaiterEntry {
        name: "cluster_endpoint_created",
        client: "clusters",
        method: "wait_until_endpoint_created",
        doc: "Waits until an access point of a cluster is Created. Fails when making it failed, or when nobody asks for it. Gives up after 10 minutes.",
        arguments: &[
            CLUSTER_ID,
            Argument {
                name: "is_extranet",
                kind: ArgumentKind::Bool,
                doc: "The public access point, not the private one.",
            },
        ],
        gives: Gives::Nothing,
        start: |connection, given| {
            let (id, public) = (given.text("cluster_id"), given.truth("is_extranet"));
            given.prepare(cluster(connection).wait_until_endpoint_created(id, public), nothing, word)
        },
    },
    WaiterEntry {
        name: "instances_running",
        client: "nodes",
        method: "wait_until_instances_running",
        doc: "Waits until all of these instances are running nodes of a cluster, and gives them in the order asked for. Fails when one of them is failed. Gives up after 30 minutes.",
        arguments: &[CLUSTER_ID, Argument { name: "instance_ids", kind: ArgumentKind::Texts, doc: "The instances." }],
        gives: Gives::Many("Instance"),
        start: |connection, given| {
            let (id, instance_ids) = (given.text("cluster_id"), given.texts("instance_ids"));
            let nodes = node::Client::new(connection.clone());
            let waiter = nodes.wait_until_instances_running(id, instance_ids.iter().copied());
            let many = |found: Vec<node::types::Instance>| {
                Outcome::Many(found.into_iter().map(|each| Box::new(each) as Box<dyn Model>).collect())
            };
            given.prepare(waiter, many, instances)
        },
    },
    WaiterEntry {
        name: "scaling_group_enabled",
        client: "scaling",
        method: "wait_until_group_enabled",
        doc: "Waits until a scaling group is enabled, and gives it. Fails when it stays disabled or goes away. Gives up after 15 minutes.",
        arguments: &[CLUSTER_ID, text("group_id", "The scaling group.")],
        gives: Gives::One("ClusterAsGroup"),
        start: |connection, given| {
            let (id, group) = (given.text("cluster_id"), given.text("group_id"));
            given.prepare(scaling(connection).wait_until_group_enabled(id, group), one, word)
        },
    },
    WaiterEntry {
        name: "virtual_node_pool_normal",
        client: "scaling",
        method: "wait_until_virtual_node_pool_normal",
        doc: "Waits until a pool of virtual nodes is normal, and gives it. Fails when it goes away. Gives up after 15 minutes.",
        arguments: &[CLUSTER_ID, text("node_pool_id", "The pool of virtual nodes.")],
        gives: Gives::One("NodePoolSet"),
        start: |connection, given| {
            let (id, pool) = (given.text("cluster_id"), given.text("node_pool_id"));
            given.prepare(scaling(connection).wait_until_virtual_node_pool_normal(id, pool), one, word)
        },
    },
];
