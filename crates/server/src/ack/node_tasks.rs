//! Work on the nodes of pools.

use super::values::check_login;
use super::{Answer, Scene};
use crate::input::{Input, invalid, missing};
use serde_json::{Map, Value, json};
use wharf_world::ack::node_work::PoolUpgrade;
use wharf_world::ack::rolling::{NodeWork, PausePolicy, RollingPolicy};
use wharf_world::ack::tasks::NewTask;
use wharf_world::cluster::nodes::REMOVAL;
use wharf_world::kernel::MINUTE;
use wharf_world::kernel::violation::Outcome;

/// What nodes can be repaired with.
const REPAIRS: [&str; 8] = [
    "restart.kubelet",
    "restart.docker",
    "restart.containerd",
    "restart.ntp",
    "remove.containerdContainerInSandbox",
    "remove.dockerContainerInSandbox",
    "remove.containerdContainer",
    "remove.dockerContainer",
];
/// Nodes of a batch.
const AT_ONCE: std::ops::RangeInclusive<i64> = 1..=10;
/// Minutes between two batches; 0 is possible too.
const INTERVAL: std::ops::RangeInclusive<i64> = 5..=120;

/// The cluster and the pool of the path.
fn pool_of<'a>(input: Input<'a>) -> Outcome<(&'a str, &'a str)> {
    Ok((input.required("ClusterId")?, input.required("NodepoolId")?))
}

pub(super) fn attach_instances_to_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    check_login(input, "password")?;
    input.truth("format_disk")?;
    let rename = input.truth("keep_instance_name")? == Some(false);
    let (cluster, pool) = pool_of(input)?;
    let task = scene.realm.attach_to_pool(scene.owner, cluster, pool, &input.texts("instances")?, rename)?;
    Ok(json!({"task_id": task}))
}

pub(super) fn remove_node_pool_nodes(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = pool_of(input)?;
    let (instances, names) = (input.texts("instance_ids")?, input.texts("nodes")?);
    // The names are the older form.
    let nodes = if instances.is_empty() { names } else { instances };
    let work = NodeWork::Remove { release: input.flag("release_node")?, drain: input.flag("drain_node")? };
    let at_once = input.flag("concurrency")?;
    let task = scene.realm.remove_from_pool(scene.owner, cluster, pool, &nodes, work, at_once)?;
    Ok(json!({"task_id": task}))
}

pub(super) fn delete_cluster_nodes(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (release, drain) = (input.flag("release_node")?, input.flag("drain_node")?);
    let id = input.required("ClusterId")?;
    scene.realm.remove_workers(scene.owner, id, &input.texts("nodes")?, release, drain)?;
    let task = scene.realm.add_task(NewTask::of_cluster(scene.owner, "cluster_remove_nodes", id).taking(REMOVAL));
    Ok(json!({"cluster_id": id, "task_id": task}))
}

pub(super) fn repair_cluster_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = pool_of(input)?;
    for operation in input.structures("operations")? {
        operation.required("operation_id")?;
        operation.one_of("operation_id", &REPAIRS)?;
        operation.texts("args")?;
    }
    let restart = input.truth("auto_restart")?.unwrap_or(true);
    let task = scene.realm.repair_pool(scene.owner, cluster, pool, &input.texts("nodes")?, restart)?;
    Ok(json!({"task_id": task}))
}

pub(super) fn sync_cluster_node_pool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.sync_pools(scene.owner, input.required("ClusterId")?)?;
    Ok(json!({}))
}

/// How batches follow each other, as `rolling_policy` sets it.
fn rolling_policy(policy: Input<'_>) -> Outcome<RollingPolicy> {
    let at_once = policy.number("max_parallelism")?.unwrap_or(*AT_ONCE.end());
    if !AT_ONCE.contains(&at_once) {
        return Err(invalid(format!("max_parallelism is {} to {}, not {at_once}", AT_ONCE.start(), AT_ONCE.end())));
    }
    let most_failed = policy.count("max_failed_nodes")?.unwrap_or(0);
    let pause = match policy.one_of("pause_policy", &["FirstBatch", "EveryBatch", "NotPause"])? {
        Some("FirstBatch") => PausePolicy::FirstBatch,
        Some("EveryBatch") => PausePolicy::EveryBatch,
        _ => PausePolicy::Never,
    };
    let interval = policy.number("batch_interval")?.unwrap_or(0);
    if interval != 0 && !INTERVAL.contains(&interval) {
        let (least, most) = (INTERVAL.start(), INTERVAL.end());
        return Err(invalid(format!("batch_interval is 0 or {least} to {most} minutes, not {interval}")));
    }
    Ok(RollingPolicy {
        at_once: usize::try_from(at_once).unwrap_or(1),
        most_failed: usize::try_from(most_failed).unwrap_or(usize::MAX),
        pause,
        interval: interval.unsigned_abs() * MINUTE,
    })
}

pub(super) fn upgrade_cluster_nodepool(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = pool_of(input)?;
    // No check of nodes ends with a warning here.
    input.truth("ignore_warning_check")?;
    let new = PoolUpgrade {
        release: input.owned("kubernetes_version")?,
        image: input.owned("image_id")?,
        runtime: input.owned("runtime_type")?,
        runtime_version: input.owned("runtime_version")?,
        replace: input.flag("use_replace")?,
        nodes: input.texts("node_names")?,
        policy: rolling_policy(input.within("rolling_policy")?)?,
    };
    let task = scene.realm.upgrade_pool(scene.owner, cluster, pool, new)?;
    Ok(json!({"task_id": task}))
}

pub(super) fn modify_node_pool_node_config(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, pool) = pool_of(input)?;
    let mut settings = Map::new();
    for (name, shown) in [
        ("kubelet_config", "kubelet_configuration"),
        ("os_config", "node_os_config"),
        ("containerd_config", "containerd_config"),
    ] {
        let members = input.members(name)?;
        if !members.is_empty() {
            settings.insert(shown.to_owned(), Value::Object(members));
        }
    }
    if settings.is_empty() {
        return Err(missing("kubelet_config, os_config or containerd_config"));
    }
    let policy = rolling_policy(input.within("rolling_policy")?)?;
    let names = input.texts("node_names")?;
    let task = scene.realm.configure_pool(scene.owner, cluster, pool, settings, &names, policy)?;
    Ok(json!({"nodepool_id": pool, "task_id": task}))
}
