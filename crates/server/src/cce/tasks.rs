//! Tasks on several nodes: take servers in, install them anew, take nodes out, move them to another cluster.

use super::Answer;
use super::answer::masked;
use super::input::Input;
use super::servers::{check_login, check_system, node_ids, reinstallation, task};
use crate::context::Context;
use crate::world::World;
use crate::world::fault::{Outcome, Reason};
use crate::world::members::Reinstallation;
use serde_json::json;

pub(super) fn add_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let servers = node_list(input, "serverID")?;
    let mut realm = world.realm(&context.account, &context.region);
    let job = realm.accept_servers(input.required("cluster_id")?, &servers)?;
    Ok(json!({"jobid": job}))
}

pub(super) fn reset_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let nodes = node_list(input, "nodeID")?;
    let mut realm = world.realm(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.meet_members(cluster)?;
    let job = realm.reset_members(cluster, &nodes)?;
    Ok(json!({"jobid": job}))
}

fn node_list(input: Input<'_>, id: &str) -> Outcome<Vec<Reinstallation>> {
    let nodes = input.structures("nodeList")?;
    if nodes.is_empty() {
        return Err(Reason::Missing.because("nodeList must name at least one node"));
    }
    nodes.into_iter().map(|node| reinstallation(node.required(id)?, node.within("spec")?)).collect()
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
    check_system(Some(os))?;
    check_login(spec.within("login")?)?;
    let uids = node_ids(spec)?;
    let mut changes = masked(spec.0);
    changes.retain(|name, _| matches!(name.as_str(), "os" | "login" | "extendParam"));
    let mut realm = world.realm(&context.account, &context.region);
    let (from, to) = (input.required("cluster_id")?, input.required("target_cluster_id")?);
    realm.meet_members(from)?;
    let job = realm.migrate_members(from, to, &uids, os, &changes)?;
    Ok(task("MigrateNodesTask", spec, &job))
}
