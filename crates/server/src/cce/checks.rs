//! Checks before and after an upgrade.

use super::Answer;
use super::answer::list;
use super::input::{Input, invalid};
use super::nodes::phase_name;
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::cce::Cce;
use wharf_world::cce::upgrades::checks::{Check, CheckItem, CheckPhase, Finding, Findings, Skip};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::{Millis, World};

/// What can be said of nodes that an item is not checked for.
const SELECTED_BY: &str = "node.uid";

pub(super) fn create_pre_check(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, "PreCheckTask")?;
    let (cluster, spec) = (input.required("cluster_id")?, input.within("spec")?);
    check_cluster(spec, cluster)?;
    let skipped = spec.structures("skippedCheckItemList")?.into_iter().map(skip).collect::<Outcome<Vec<_>>>()?;
    let mut realm = world.cce(&context.account, &context.region);
    realm.realm.hosted(cluster)?;
    let (current, to) = (spec.filled("clusterVersion")?, spec.filled("targetVersion")?);
    let id = realm.start_check(cluster, current, to, skipped)?;
    let check = realm.realm.check(cluster, &id)?;
    let mut answer = check_json(&realm, cluster, check);
    answer["metadata"] = json!({"uid": id});
    Ok(answer)
}

/// The constant members of a request say what they have to.
pub(super) fn check_kind(input: Input<'_>, kind: &str) -> Outcome<()> {
    input.one_of("apiVersion", &["v3"])?;
    input.one_of("kind", &[kind]).map(|_| ())
}

/// The cluster that a specification names is that of the path.
pub(super) fn check_cluster(spec: Input<'_>, cluster: &str) -> Outcome<()> {
    match spec.filled("clusterID")? {
        Some(named) if named != cluster => {
            Err(invalid(format!("spec.clusterID is {cluster}, as in the path, not {named}")))
        }
        _ => Ok(()),
    }
}

fn skip(item: Input<'_>) -> Outcome<Skip> {
    let nodes = item.structure("resourceSelector")?.map(|selector| {
        selector.required("key")?;
        selector.one_of("key", &[SELECTED_BY])?;
        selector.required("operator")?;
        selector.one_of("operator", &["In"])?;
        selector.required_texts("values")
    });
    Ok(Skip { item: item.required("name")?.to_owned(), nodes: nodes.transpose()? })
}

pub(super) fn show_pre_check(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let check = realm.realm.check(cluster, input.required("task_id")?)?;
    Ok(check_json(&realm, cluster, check))
}

pub(super) fn list_pre_check_tasks(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let (_, hosted) = realm.realm.hosted(cluster)?;
    let checks = hosted.upgrades.checks.iter().map(|check| check_json(&realm, cluster, check));
    Ok(list("List", checks.collect()))
}

fn phase_of(phase: CheckPhase) -> &'static str {
    match phase {
        CheckPhase::Waiting => "Init",
        CheckPhase::Running => "Running",
        CheckPhase::Success => "Success",
        CheckPhase::Failed => "Failed",
    }
}

fn check_json(realm: &Cce<'_>, cluster: &str, check: &Check) -> Value {
    let now = realm.now;
    let updated = if check.found.is_some() { check.ends() } else { check.created };
    let skipped: Vec<Value> = check.skipped.iter().map(skip_json).collect();
    let mut status = json!({"phase": phase_of(check.phase(now))});
    if let Some(expires) = check.expires() {
        status["expireTimeStamp"] = json!(iso(expires));
    }
    if let Some(found) = &check.found {
        add_findings(&mut status, realm, found);
    }
    json!({
        "kind": "PreCheckTask", "apiVersion": "v3",
        "metadata": times(&check.id, check.created, updated),
        "spec": {
            "clusterID": cluster, "clusterVersion": check.from, "targetVersion": check.to,
            "skippedCheckItemList": skipped,
        },
        "status": status,
    })
}

/// The metadata of a task.
pub(super) fn times(id: &str, created: Millis, updated: Millis) -> Value {
    json!({"uid": id, "creationTimestamp": iso(created), "updateTimestamp": iso(updated)})
}

fn skip_json(skip: &Skip) -> Value {
    let mut shown = json!({"name": skip.item});
    if let Some(nodes) = &skip.nodes {
        shown["resourceSelector"] = json!({"key": SELECTED_BY, "operator": "In", "values": nodes});
    }
    shown
}

fn add_findings(status: &mut Value, realm: &Cce<'_>, found: &Findings) {
    let verdict = |good: bool| if good { "Success" } else { "Failed" };
    let are_good = |findings: &[Finding]| findings.iter().all(|finding| finding.problem.is_none());
    let items = |findings: &[Finding]| findings.iter().map(item_json).collect::<Vec<_>>();
    let part = |findings: &[Finding]| json!({"phase": verdict(are_good(findings)), "itemsStatus": items(findings)});
    status["clusterCheckStatus"] = part(&found.cluster);
    status["addonCheckStatus"] = part(&found.addons);
    let nodes = found.nodes.iter().map(|(uid, findings)| {
        let mut info = json!({"uid": uid, "nodeType": "node"});
        if let Some(member) = realm.realm.cce.nodes.get(uid) {
            info["name"] = json!(member.name);
            info["status"] = json!(phase_name(realm.realm.member_phase(member, realm.now)));
        }
        json!({"nodeInfo": info, "itemsStatus": items(findings)})
    });
    let good = found.nodes.iter().all(|(_, findings)| are_good(findings));
    status["nodeCheckStatus"] = json!({"phase": verdict(good), "nodeStageStatus": nodes.collect::<Vec<_>>()});
}

fn item_json(finding: &Finding) -> Value {
    let group = match finding.item {
        CheckItem::ClusterStatus | CheckItem::NodePoolStatus => "LimitCheck",
        CheckItem::AddonStatus => "AddonCheck",
        CheckItem::NodeStatus | CheckItem::NodeSchedulable => "NodeCheck",
    };
    let (kind, level) = if finding.item.is_risk() { ("Risk", "Warning") } else { ("Exception", "Fatal") };
    let phase = if finding.problem.is_some() { "Failed" } else { "Success" };
    let mut shown = json!({
        "name": finding.item.name(), "kind": kind, "group": group, "level": level, "phase": phase,
        "message": finding.problem.as_deref().unwrap_or_default(),
    });
    let sources = finding.sources.iter();
    match finding.item {
        _ if finding.sources.is_empty() => {}
        CheckItem::AddonStatus => {
            let risks: Vec<Value> = sources.map(|name| json!({"addonTemplateName": name})).collect();
            shown["riskSource"] = json!({"addonRisks": risks});
        }
        CheckItem::NodeStatus | CheckItem::NodeSchedulable => {
            let risks: Vec<Value> = sources.map(|uid| json!({"NodeID": uid})).collect();
            shown["riskSource"] = json!({"nodeRisks": risks});
        }
        CheckItem::ClusterStatus | CheckItem::NodePoolStatus => {}
    }
    shown
}

pub(super) fn create_post_check(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, "PostCheckTask")?;
    let (cluster, spec) = (input.required("cluster_id")?, input.within("spec")?);
    check_cluster(spec, cluster)?;
    let mut realm = world.cce(&context.account, &context.region);
    realm.realm.hosted(cluster)?;
    let id = realm.check_upgraded(cluster, spec.filled("clusterVersion")?, spec.filled("targetVersion")?)?;
    let (_, hosted) = realm.realm.hosted(cluster)?;
    let check = hosted.upgrades.post_checks.get(&id);
    let phase = if check.is_some_and(|check| check.passed) { "Success" } else { "Failed" };
    let (from, to) = check.map_or(("", ""), |check| (check.from.as_str(), check.to.as_str()));
    Ok(json!({
        "kind": "PostCheckTask", "apiVersion": "v3", "metadata": {"uid": id},
        "spec": {"clusterID": cluster, "clusterVersion": from, "targetVersion": to}, "status": {"phase": phase},
    }))
}
