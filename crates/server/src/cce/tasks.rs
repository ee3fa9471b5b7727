//! Tasks on several nodes: take servers in, install them anew, take nodes out, move them to another cluster.

use super::Answer;
use super::answer::masked;
use super::disk_layout::{USUAL_DISK, lvm_disk};
use super::input::{Input, invalid};
use super::reinstall::{LVM, check_exact_system, check_extended, reinstallation};
use super::servers::{check_login, node_ids, task};
use crate::context::Context;
use crate::world::fault::{Outcome, Reason};
use crate::world::members::{Member, Reinstallation};
use crate::world::{Realm, World};
use serde_json::{Value, json};

pub(super) fn add_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.realm(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let servers = node_list(input, "serverID", &realm.realm.hosted(cluster)?.1.release)?;
    let job = realm.accept_servers(cluster, &servers)?;
    Ok(json!({"jobid": job}))
}

pub(super) fn reset_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.realm(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let nodes = node_list(input, "nodeID", &realm.realm.hosted(cluster)?.1.release)?;
    realm.meet_members(cluster)?;
    let job = realm.reset_members(cluster, &nodes)?;
    Ok(json!({"jobid": job}))
}

fn node_list(input: Input<'_>, id: &str, release: &str) -> Outcome<Vec<Reinstallation>> {
    let nodes = input.structures("nodeList")?;
    if nodes.is_empty() {
        return Err(Reason::Missing.because("nodeList must name at least one node"));
    }
    nodes.into_iter().map(|node| reinstallation(node.required(id)?, node.within("spec")?, release)).collect()
}

pub(super) fn remove_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let spec = input.within("spec")?;
    check_login(spec.within("login")?)?;
    let uids = node_ids(spec)?;
    let mut realm = world.realm(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.meet_members(cluster)?;
    let job = realm.release_members(cluster, &uids, true)?;
    Ok(task("RemoveNodesTask", spec, &job))
}

pub(super) fn migrate_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let spec = input.within("spec")?;
    let os = spec.required("os")?;
    check_exact_system(os)?;
    check_login(spec.within("login")?)?;
    let extended = spec.within("extendParam")?;
    check_extended(extended)?;
    let uids = node_ids(spec)?;
    let mut changes = masked(spec.0);
    changes.retain(|name, _| matches!(name.as_str(), "os" | "login" | "extendParam"));
    let mut realm = world.realm(&context.account, &context.region);
    let (from, to) = (input.required("cluster_id")?, input.required("target_cluster_id")?);
    realm.meet_members(from)?;
    check_disks(realm.realm, from, &uids, extended.filled(LVM)?)?;
    let job = realm.migrate_members(from, to, &uids, os, &changes)?;
    Ok(task("MigrateNodesTask", spec, &job))
}

/// Nodes that move in one call have disks of one kind, which stays.
fn check_disks(realm: &Realm, cluster: &str, uids: &[String], lvm: Option<&str>) -> Outcome<()> {
    let mut due = lvm.map(|lvm| lvm_disk(LVM, lvm)).transpose()?;
    for uid in uids {
        let disk = disk_of(realm.member(cluster, uid)?);
        if disk != *due.get_or_insert(disk) {
            let due = due.unwrap_or_default();
            return Err(invalid(format!(
                "the node {uid} was made with the diskType {disk}, which cannot become {due}"
            )));
        }
    }
    Ok(())
}

/// The kind of disk that a node was made with.
fn disk_of(member: &Member) -> &str {
    let lvm = member.order.get("extendParam").and_then(|extended| extended.get(LVM)).and_then(Value::as_str);
    lvm.filter(|lvm| !lvm.is_empty()).and_then(|lvm| lvm_disk(LVM, lvm).ok()).unwrap_or(USUAL_DISK)
}
