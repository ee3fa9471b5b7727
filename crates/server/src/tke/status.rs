//! The states of clusters, their protection against deletion, and the encryption of their secrets.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::nodes::Node;
use wharf_world::cluster::{Cluster, Status};
use wharf_world::infra::machines::Machine;
use wharf_world::kernel::table::Table;
use wharf_world::kernel::violation::Reason;
use wharf_world::tke::encryption::EncryptionState;
use wharf_world::tke::status::State;

pub(super) fn describe_cluster_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let ids = input.some_texts("ClusterIds")?;
    let wanted = |cluster: &&Cluster| ids.as_ref().is_none_or(|ids| ids.contains(&cluster.id));
    let machines = &realm.realm.machines;
    let set: Vec<Value> = realm.clusters().filter(wanted).map(|cluster| status_json(cluster, machines)).collect();
    Ok(json!({"TotalCount": set.len(), "ClusterStatusSet": set}))
}

fn status_json(cluster: &Cluster, machines: &Table<Machine>) -> Value {
    let state = match cluster.state() {
        State::Common(Status::Creating) => "Creating",
        State::Common(Status::Deleting) => "Deleting",
        // This operation has no state for nodes that join or leave.
        State::Common(Status::Running | Status::Scaling) => "Running",
        State::Upgrading => "Upgrading",
        State::ArgumentsChanging => "RuntimeUpgrading",
        State::NodesUpgrading => "NodeUpgrading",
        State::Paused => "Pause",
        State::LevelChanging => "ClusterLevelUpgrading",
        State::MastersScaling => "MasterScaling",
    };
    let runs = |node: &&Node| machines.get(&node.machine).is_none_or(|machine| machine.running);
    let closed = cluster.nodes.iter().filter(|node| !runs(node)).count();
    let coming = cluster.nodes.iter().filter(runs).filter(|node| !node.is_ready()).count();
    let running = cluster.nodes.len() - closed - coming;
    let nodes = match closed {
        0 => "AllNormal",
        _ if closed == cluster.nodes.len() => "AllAbnormal",
        _ => "PartialAbnormal",
    };
    json!({
        "ClusterId": cluster.id, "ClusterState": state, "ClusterInstanceState": nodes, "ClusterBMonitor": false,
        "ClusterInitNodeNum": coming, "ClusterRunningNodeNum": running, "ClusterFailedNodeNum": 0,
        "ClusterClosedNodeNum": closed, "ClusterClosingNodeNum": 0,
        "ClusterDeletionProtection": cluster.tke().protected, "ClusterAuditEnabled": cluster.tke().audit.is_some(),
    })
}

pub(super) fn enable_cluster_deletion_protection(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).protect_cluster(input.required("ClusterId")?, true)?;
    Ok(json!({}))
}

pub(super) fn disable_cluster_deletion_protection(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).protect_cluster(input.required("ClusterId")?, false)?;
    Ok(json!({}))
}

pub(super) fn enable_encryption_protection(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let key = input.structure("KMSConfiguration")?;
    let key = key.ok_or_else(|| Reason::Invalid.because("KMSConfiguration must be given"))?;
    realm.enable_encryption(input.required("ClusterId")?, key.owned("KeyId")?, key.owned("KmsRegion")?)?;
    Ok(json!({}))
}

pub(super) fn disable_encryption_protection(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).disable_encryption(input.required("ClusterId")?)?;
    Ok(json!({}))
}

pub(super) fn describe_encryption_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let status = match realm.cluster(input.required("ClusterId")?)?.tke().encryption.state {
        EncryptionState::Opening => "Opening",
        EncryptionState::Opened => "Opened",
        EncryptionState::Closing => "Closing",
        EncryptionState::Closed => "Closed",
    };
    Ok(json!({"Status": status, "ErrorMsg": ""}))
}
