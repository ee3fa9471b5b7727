//! Tasks on several nodes: take servers in, install them anew, take nodes out, move them to another cluster.

use super::Answer;
use super::answer::masked;
use super::disks::{DIVISION, USUAL_DISK, division};
use super::input::{Input, invalid};
use super::placement::check_extended;
use super::reinstall::{check_exact_system, reinstallation};
use super::servers::{check_login, node_ids, task};
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::cce::clusters::CceCluster;
use wharf_world::cce::nodes::CceNode;
use wharf_world::cce::offers::check_processors;
use wharf_world::cce::reinstall::Reinstallation;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Realm, World};

pub(super) fn add_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let servers = node_list(input, "serverID", realm.realm.hosted(cluster)?)?;
    let job = realm.accept_servers(cluster, &servers, None)?;
    Ok(json!({"jobid": job}))
}

pub(super) fn reset_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let nodes = node_list(input, "nodeID", realm.realm.hosted(cluster)?)?;
    realm.meet_members(cluster)?;
    let job = realm.reset_members(cluster, &nodes)?;
    Ok(json!({"jobid": job}))
}

/// Reads the servers that are installed anew in a cluster.
fn node_list(input: Input<'_>, id: &str, (cluster, hosted): (&Cluster, &CceCluster)) -> Outcome<Vec<Reinstallation>> {
    let nodes = input.structures("nodeList")?;
    if nodes.is_empty() {
        return Err(Reason::Missing.because("nodeList must name at least one node"));
    }
    let nodes = nodes.into_iter().map(|node| {
        let node = reinstallation(node.required(id)?, node.within("spec")?, &hosted.release)?;
        check_processors(Some(&node.os), cluster.arm)?;
        Ok(node)
    });
    nodes.collect()
}

pub(super) fn remove_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let spec = input.within("spec")?;
    check_login(spec.within("login")?)?;
    let uids = node_ids(spec)?;
    let mut realm = world.cce(&context.account, &context.region);
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
    let mut realm = world.cce(&context.account, &context.region);
    let (from, to) = (input.required("cluster_id")?, input.required("target_cluster_id")?);
    realm.meet_members(from)?;
    check_processors(Some(os), realm.realm.hosted(to)?.0.arm)?;
    check_disks(realm.realm, from, &uids, extended.filled(DIVISION)?)?;
    let job = realm.migrate_members(from, to, &uids, Some(os), &changes)?;
    Ok(task("MigrateNodesTask", spec, &job))
}

/// Parts of a division that a call to move nodes cannot do without.
const NEEDED: [&str; 4] = ["dockerThinpool", "kubernetesLV", "diskType", "lvType"];

/// Nodes that move in one call have disks of one kind, which stays.
fn check_disks(realm: &Realm, cluster: &str, uids: &[String], text: Option<&str>) -> Outcome<()> {
    let mut due = None;
    if let Some(text) = text {
        let parts = division(DIVISION, text)?;
        if let Some(missing) = NEEDED.iter().find(|name| !parts.contains_key(*name)) {
            return Err(Reason::Missing.because(format!("extendParam.{DIVISION} says nothing of {missing}")));
        }
        due = parts.get("diskType").copied();
    }
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
fn disk_of(member: &CceNode) -> &str {
    let text = member.order.get("extendParam").and_then(|extended| extended.get(DIVISION)).and_then(Value::as_str);
    let parts = text.and_then(|text| division(DIVISION, text).ok());
    parts.and_then(|parts| parts.get("diskType").copied()).unwrap_or(USUAL_DISK)
}
