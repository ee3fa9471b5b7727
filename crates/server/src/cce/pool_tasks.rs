//! Work on the nodes of pools: scale, take servers in, move nodes, lock, synchronize.

use super::Answer;
use super::answer::masked;
use super::checks::check_kind;
use super::input::{Input, invalid, only_billed_by_use};
use super::placement::check_scripts;
use super::servers::{check_login, node_ids};
use crate::handler::Context;
use crate::input::missing;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cce::pool_sync::PoolSync;
use wharf_world::cce::upgrades::DEFAULT_POOL;
use wharf_world::kernel::violation::Outcome;

/// The most servers that join a pool in one call, and the most nodes that move into one.
const MOST_ADDED: usize = 200;
const MOST_MOVED: usize = 50;
/// How many nodes are synchronized at a time.
const AT_ONCE: std::ops::RangeInclusive<i64> = 1..=20;
/// The scale group that every pool has.
const GROUP: &str = "default";

pub(super) fn scale_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, "NodePool")?;
    let spec = input.within("spec")?;
    let wanted = spec.required_number("desiredNodeCount")?;
    let wanted =
        usize::try_from(wanted).map_err(|_| invalid(format!("desiredNodeCount is at least 0, not {wanted}")))?;
    let groups = spec.required_texts("scaleGroups")?;
    if let Some(unknown) = groups.iter().find(|group| *group != GROUP) {
        return Err(invalid(format!("scaleGroups: the node pool has the scale group {GROUP} alone, not {unknown}")));
    }
    let options = spec.within("options")?;
    let checking = options.one_of("scalableChecking", &["instant", "async"])?;
    options.one_of("scalePolicy", &["AZBalance", "Random"])?;
    only_billed_by_use("billingMode", options.within("billingConfigOverride")?)?;
    let (cluster, pool) = (input.required("cluster_id")?, input.required("nodepool_id")?);
    let at_once = checking != Some("async");
    world.cce(&context.account, &context.region).scale_node_pool(cluster, pool, wanted, at_once)?;
    // Only servers that are paid for a term have an order.
    Ok(json!({}))
}

/// The identifiers in a list of nodes, of which there must be some.
fn listed(input: Input<'_>, name: &str, most: usize) -> Outcome<Vec<String>> {
    check_kind(input, "List")?;
    let nodes = input.structures("nodeList")?;
    if nodes.is_empty() {
        return Err(missing("nodeList"));
    }
    if nodes.len() > most {
        return Err(invalid(format!("nodeList has at most {most} nodes, not {}", nodes.len())));
    }
    nodes.into_iter().map(|node| Ok(node.required(name)?.to_owned())).collect()
}

pub(super) fn add_nodes_to_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let servers = listed(input, "serverID", MOST_ADDED)?;
    let (cluster, pool) = (input.required("cluster_id")?, input.required("nodepool_id")?);
    let mut realm = world.cce(&context.account, &context.region);
    realm.realm.hosted(cluster)?;
    let job = realm.accept_into_pool(cluster, pool, &servers)?;
    Ok(json!({"jobid": job}))
}

pub(super) fn migrate_to_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let nodes = listed(input, "nodeID", MOST_MOVED)?;
    let (cluster, pool) = (input.required("cluster_id")?, input.required("nodepool_id")?);
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    realm.move_into_pool(cluster, pool, &nodes)?;
    Ok(Value::Null)
}

pub(super) fn sync_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (cluster, node) = (input.required("cluster_id")?, input.required("node_id")?);
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    realm.sync_members(cluster, Some(node))?;
    Ok(json!("Sync node success"))
}

pub(super) fn batch_sync_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let cluster = input.required("cluster_id")?;
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    realm.sync_members(cluster, None)?;
    Ok(json!("Start to batch sync nodes"))
}

pub(super) fn lock_nodepool_node_scale_down(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    lock(world, context, input, true)
}

pub(super) fn unlock_nodepool_node_scale_down(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    lock(world, context, input, false)
}

fn lock(world: &mut World, context: &Context, input: Input<'_>, locked: bool) -> Answer {
    check_kind(input, "List")?;
    let (cluster, nodes) = (input.required("cluster_id")?, input.required_texts("nodeList")?);
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    realm.lock_members(cluster, &nodes, locked)?;
    Ok(Value::Null)
}

pub(super) fn upgrade_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, "NodePool")?;
    let (cluster, id, spec) = (input.required("cluster_id")?, input.required("nodepool_id")?, input.within("spec")?);
    let named = spec.required("nodePoolID")?;
    if named != id {
        return Err(invalid(format!("spec.nodePoolID is {id}, as in the path, not {named}")));
    }
    let at_once = spec.number("maxUnavailable")?.unwrap_or(1);
    if !AT_ONCE.contains(&at_once) {
        return Err(invalid(format!("maxUnavailable is {} to {}, not {at_once}", AT_ONCE.start(), AT_ONCE.end())));
    }
    // Pods are lost with the installation, and no installation fails: there is nothing to force or to retry.
    spec.truth("force")?;
    if spec.number("retryTimes")?.is_some_and(|times| times < 0) {
        return Err(invalid("retryTimes is at least 0"));
    }
    let sync = PoolSync {
        nodes: spec.texts("nodeIDs")?,
        skipped: spec.texts("skippedNodes")?,
        at_once: usize::try_from(at_once).unwrap_or(1),
        order: reinstallation(spec.within("nodeTemplate")?)?,
    };
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    let job = realm.start_pool_sync(cluster, Some(id).filter(|id| *id != DEFAULT_POOL), &sync)?;
    Ok(json!({"jobid": job}))
}

/// The members of the order of nodes that a synchronization changes.
fn reinstallation(template: Input<'_>) -> Outcome<Map<String, Value>> {
    let mut order = Map::new();
    let Some(life) = template.structure("lifeCycle")? else { return Ok(order) };
    check_scripts(life, ["preInstall", "postInstall"])?;
    check_login(template.within("login")?)?;
    template.within("volumeConfig")?.one_of("volumeResetPolicy", &["reset_managed_volumes"])?;
    let shown = masked(template.0);
    order.extend(shown.get("login").map(|login| ("login".to_owned(), login.clone())));
    let scripts = [("preInstall", "alpha.cce/preInstall"), ("postInstall", "alpha.cce/postInstall")];
    let given = scripts.into_iter().filter_map(|(name, shown)| Some((shown.to_owned(), life.0.get(name)?.clone())));
    let extended: Map<String, Value> = given.collect();
    if !extended.is_empty() {
        order.insert("extendParam".to_owned(), Value::Object(extended));
    }
    if life.truth("waitPostInstallFinish")?.is_some() {
        order.insert("waitPostInstallFinish".to_owned(), json!(life.flag("waitPostInstallFinish")?));
    }
    Ok(order)
}

pub(super) fn inplace_migrate_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    input.one_of("apiVersion", &["v3"])?;
    let spec = input.within("spec")?;
    let cleaning = spec.within("dataDiskCleanUpOption")?;
    cleaning.truth("enable")?;
    cleaning.one_of("onFailure", &["ignore", "abort"])?;
    let extended = spec.within("extendParam")?;
    check_scripts(extended, ["alpha.cce/preInstall", "alpha.cce/postInstall"])?;
    let mut changes = Map::new();
    if extended.flag("waitPostInstallFinish")? {
        changes.insert("waitPostInstallFinish".to_owned(), json!(true));
    }
    let scripts: Map<String, Value> = extended
        .0
        .iter()
        .filter(|(name, _)| name.starts_with("alpha.cce/"))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    if !scripts.is_empty() {
        changes.insert("extendParam".to_owned(), Value::Object(scripts));
    }
    let uids = node_ids(spec)?;
    let mut realm = world.cce(&context.account, &context.region);
    let (from, to) = (input.required("cluster_id")?, input.required("target_cluster_id")?);
    realm.meet_members(from)?;
    if realm.realm.hosted(from)?.0.arm != realm.realm.hosted(to)?.0.arm {
        return Err(invalid("nodes move to a cluster with the same kind of processors"));
    }
    let job = realm.migrate_members(from, to, &uids, None, &changes)?;
    Ok(json!({
        "apiVersion": "v3", "kind": "MigrateNodesTask", "spec": spec.0, "status": {"jobID": job},
    }))
}
