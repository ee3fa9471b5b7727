//! Upgrades of clusters, and snapshots of control planes.

use super::Answer;
use super::answer::list;
use super::checks::{check_kind, times};
use super::input::{Input, invalid};
use crate::handler::Context;
use crate::input::missing;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wharf_world::cce::offers::{minor_and_patch, newer_releases, parts_of, releases};
use wharf_world::cce::upgrades::snapshots::Snapshot;
use wharf_world::cce::upgrades::{
    AddonUpgrade, Comparison, NewUpgrade, NodePriority, NodeUpgrade, Scope, UpgradeState, UpgradeTask,
};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::{Millis, World};

/// The one strategy.
const STRATEGY: &str = "inPlaceRollingUpdate";
/// The most nodes of a batch if the request sets none.
const USUAL_STEP: i64 = 20;
const STEPS: std::ops::RangeInclusive<i64> = 1..=120;
/// The last minor version whose releases are named in full.
const LAST_IN_FULL: u32 = 19;

pub(super) fn list_cluster_upgrade_paths(world: &mut World, _context: &Context, _input: Input<'_>) -> Answer {
    let paths: Vec<Value> = releases(world.releases)
        .iter()
        .map(|from| {
            let to: Vec<String> = newer_releases(from).iter().map(|release| short(release)).collect();
            json!({"version": short(from), "targetVersions": to})
        })
        .collect();
    Ok(json!({"kind": "List", "apiVersion": "v3", "upgradePaths": paths}))
}

/// A release as upgrade paths name it.
fn short(release: &str) -> String {
    let (minor, _) = minor_and_patch(release);
    if minor > LAST_IN_FULL { format!("v1.{minor}") } else { release.to_owned() }
}

pub(super) fn list_cluster_upgrade_feature_gates(_: &mut World, _: &Context, _: Input<'_>) -> Answer {
    Ok(json!({"kind": "List", "apiVersion": "v3", "upgradeFeatureGates": {
        "DisplayPreCheckDetail": "Support", "EvsSnapshot": "Support", "LabelForSkippedNode": "Disable",
        "UpgradeStrategy": "Support",
    }}))
}

pub(super) fn show_cluster_upgrade_info(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    let (cluster, hosted) = realm.realm.hosted(id)?;
    let (version, patch) = parts_of(&hosted.release);
    let newer = newer_releases(&hosted.release);
    let same = newer.iter().find(|release| minor_and_patch(release).0 == minor_and_patch(&hosted.release).0);
    let suggested = same.map_or(patch, |release| parts_of(release).1);
    let mut spec = json!({
        "versionInfo": {"release": version, "patch": patch, "suggestPatch": suggested, "targetVersions": newer},
        "upgradeFeatureGates": {"supportUpgradePageV4": true},
    });
    let mut over = hosted.upgrades.tasks.iter().rev().filter(|task| task.is_over());
    if let Some(last) = over.next() {
        spec["lastUpgradeInfo"] = status_json(last);
    }
    let status = hosted.upgrades.last().map_or_else(|| json!({}), status_json);
    let mut metadata = times(id, cluster.created, hosted.updated);
    metadata["name"] = json!(cluster.name);
    Ok(json!({
        "kind": "UpgradeInfo", "apiVersion": "v3", "metadata": metadata, "spec": spec, "status": status,
    }))
}

pub(super) fn upgrade_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input.within("metadata")?, "UpgradeTask")?;
    let action = input.within("spec")?.structure("clusterUpgradeAction")?;
    let action = action.ok_or_else(|| missing("spec.clusterUpgradeAction"))?;
    let cluster = input.required("cluster_id")?;
    if action.filled("agencyName")?.is_some() {
        return Err(invalid("agencyName is for clusters of v1.28 and later"));
    }
    let new = NewUpgrade {
        to: action.required("targetVersion")?.to_owned(),
        skips_checks: action.flag("isOnlyUpgrade")?,
        nodes: node_upgrade(action)?,
        addons: action.structures("addons")?.into_iter().map(addon).collect::<Outcome<_>>()?,
    };
    let mut realm = world.cce(&context.account, &context.region);
    realm.meet_members(cluster)?;
    let id = realm.start_upgrade(cluster, new)?;
    let task = realm.realm.upgrade_task(cluster, &id)?;
    Ok(json!({
        "metadata": {"uid": id},
        "spec": {"clusterUpgradeAction": {
            "version": task.from, "targetVersion": task.to, "strategy": action.0.get("strategy"),
        }},
    }))
}

fn addon(addon: Input<'_>) -> Outcome<AddonUpgrade> {
    addon.required("operation")?;
    addon.one_of("operation", &["patch"])?;
    Ok(AddonUpgrade {
        name: addon.required("addonTemplateName")?.to_owned(),
        version: addon.required("version")?.to_owned(),
        values: addon.members("values")?,
    })
}

fn node_upgrade(action: Input<'_>) -> Outcome<NodeUpgrade> {
    let strategy = action.within("strategy")?;
    strategy.required("type")?;
    strategy.one_of("type", &[STRATEGY])?;
    let rolling = strategy.within(STRATEGY)?;
    let step = rolling.number("userDefinedStep")?.unwrap_or(USUAL_STEP);
    if !STEPS.contains(&step) {
        return Err(invalid(format!("userDefinedStep is {} to {}, not {step}", STEPS.start(), STEPS.end())));
    }
    let scope = match rolling.one_of("scope", &["Cluster", "NodePool"])? {
        Some("NodePool") => Scope::NodePool,
        _ => Scope::Cluster,
    };
    let order = action.within("nodePoolOrder")?;
    let pools = order.0.keys().map(|pool| Ok((pool.clone(), priority(order, pool)?))).collect::<Outcome<_>>()?;
    let order = action.within("nodeOrder")?;
    let mut nodes = BTreeMap::new();
    for pool in order.0.keys() {
        let priorities = order.structures(pool)?.into_iter().map(node_priority).collect::<Outcome<Vec<_>>>()?;
        nodes.insert(pool.clone(), priorities);
    }
    Ok(NodeUpgrade { step: usize::try_from(step).unwrap_or(1), scope, pools, nodes })
}

fn priority(order: Input<'_>, name: &str) -> Outcome<i64> {
    let priority = order.number(name)?.unwrap_or(0);
    if priority < 0 { Err(invalid(format!("the priority {name} is not below 0"))) } else { Ok(priority) }
}

fn node_priority(order: Input<'_>) -> Outcome<NodePriority> {
    let selector = order.within("nodeSelector")?;
    let known = [
        ("in", Comparison::In),
        ("notin", Comparison::NotIn),
        ("exists", Comparison::Exists),
        ("!", Comparison::Missing),
        ("gt", Comparison::Above),
        ("lt", Comparison::Below),
    ];
    let operator = selector.required("operator")?;
    let comparison = known.iter().find(|(name, _)| operator.eq_ignore_ascii_case(name)).map(|(_, known)| *known);
    let comparison = comparison.ok_or_else(|| {
        invalid(format!("nodeSelector.operator is one of {}, not {operator}", known.map(|(name, _)| name).join(", ")))
    })?;
    Ok(NodePriority {
        label: selector.required("key")?.to_owned(),
        comparison,
        values: selector.texts("value")?,
        priority: priority(order, "priority")?,
    })
}

pub(super) fn show_upgrade_cluster_task(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let task = realm.realm.upgrade_task(input.required("cluster_id")?, input.required("task_id")?)?;
    Ok(task_json(task))
}

pub(super) fn list_upgrade_cluster_tasks(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let (_, hosted) = realm.realm.hosted(input.required("cluster_id")?)?;
    Ok(list("List", hosted.upgrades.tasks.iter().map(task_json).collect()))
}

fn task_json(task: &UpgradeTask) -> Value {
    let mut items = json!({});
    if let UpgradeState::Failed(reason) = &task.state {
        items["message"] = json!(reason);
    }
    if let Some(check) = &task.check {
        items["preCheckTaskID"] = json!(check);
    }
    json!({
        "kind": "UpgradeTask", "apiVersion": "v3", "metadata": times(&task.id, task.created, task.updated),
        "spec": {"version": task.from, "targetVersion": task.to, "items": items}, "status": status_json(task),
    })
}

fn status_json(task: &UpgradeTask) -> Value {
    let phase = match task.state {
        UpgradeState::Running => "Running",
        UpgradeState::Paused => "Pause",
        UpgradeState::Failed(_) => "Failed",
        UpgradeState::Done => "Success",
    };
    let mut status = json!({"phase": phase, "progress": task.progress().to_string()});
    if let Some(ended) = task.ended {
        status["completionTime"] = json!(iso(ended));
    }
    status
}

pub(super) fn pause_upgrade_cluster_task(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.cce(&context.account, &context.region).pause_upgrade(input.required("cluster_id")?)?;
    Ok(Value::Null)
}

pub(super) fn continue_upgrade_cluster_task(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.cce(&context.account, &context.region).continue_upgrade(input.required("cluster_id")?)?;
    Ok(Value::Null)
}

pub(super) fn retry_upgrade_cluster_task(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.cce(&context.account, &context.region).retry_upgrade(input.required("cluster_id")?)?;
    Ok(Value::Null)
}

pub(super) fn create_cluster_master_snapshot(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let id = world.cce(&context.account, &context.region).start_snapshot(input.required("cluster_id")?)?;
    Ok(json!({"uid": id, "metadata": {"apiVersion": "v3.1", "kind": SNAPSHOT}}))
}

const SNAPSHOT: &str = "SnapshotTask";

pub(super) fn list_cluster_master_snapshot_tasks(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let (_, hosted) = realm.realm.hosted(input.required("cluster_id")?)?;
    let snapshots = &hosted.upgrades.snapshots;
    let items: Vec<Value> = snapshots.iter().map(|snapshot| snapshot_json(snapshot, realm.now)).collect();
    let latest = snapshots.iter().filter(|snapshot| snapshot.is_done(realm.now)).map(Snapshot::ends).max();
    let status = latest.map_or_else(|| json!({}), |latest| json!({"latestBackupTime": iso(latest)}));
    Ok(json!({"kind": "List", "apiVersion": "v3.1", "items": items, "status": status}))
}

fn snapshot_json(snapshot: &Snapshot, now: Millis) -> Value {
    let done = snapshot.is_done(now);
    let phase = if done { "Success" } else { "Running" };
    let updated = if done { snapshot.ends() } else { snapshot.created };
    let items: Vec<Value> = snapshot
        .parts
        .iter()
        .map(|id| {
            json!({
                "id": id, "type": "master-backup", "status": phase, "creationTimestamp": iso(snapshot.created),
                "updateTimestamp": iso(updated), "message": "",
            })
        })
        .collect();
    let mut status = json!({"phase": phase, "progress": if done { "100" } else { "0" }});
    if done {
        status["completionTime"] = json!(iso(updated));
    }
    json!({
        "kind": SNAPSHOT, "apiVersion": "v3.1", "metadata": times(&snapshot.id, snapshot.created, updated),
        "spec": {"items": items}, "status": status,
    })
}
