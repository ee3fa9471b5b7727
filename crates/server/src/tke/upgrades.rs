//! Upgrades: of control planes, of nodes, and those that the platform plans.

use super::Answer;
use super::arguments::arguments;
use super::machines::check_login;
use super::node_settings::{settings, taints};
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::Node;
use wharf_world::kernel::Millis;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::control_plane::Order;
use wharf_world::tke::nodes_upgrade::{Check, Method, NodesOrder, NodesUpgrade, Progress, Step, StepKind, StepState};
use wharf_world::tke::plans::{PlanState, UpgradePlan, UpgradeTask};
use wharf_world::tke::tasks::{Life, Task, TaskKind};
use wharf_world::tke::versions;

/// The default of the share of pods that may be unavailable while nodes are upgraded, in percent.
const MAX_UNREADY: f64 = 20.0;

/// A moment that may not have come.
fn moment(at: Option<Millis>) -> String {
    at.map(iso).unwrap_or_default()
}

pub(super) fn describe_available_cluster_version(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (one, several) = (input.owned("ClusterId")?, input.some_texts("ClusterIds")?);
    let ids = match (one, several) {
        (Some(_), Some(_)) => return Err(invalid("ClusterId and ClusterIds exclude each other")),
        (Some(id), None) => vec![id],
        (None, Some(ids)) => ids,
        (None, None) => return Err(invalid("ClusterId or ClusterIds must be given")),
    };
    let mut clusters = Vec::new();
    for id in &ids {
        let cluster = realm.running_cluster(id)?;
        clusters.push(json!({"ClusterId": id, "Versions": cluster.available_versions()}));
    }
    let versions = match clusters.as_slice() {
        [only] if input.filled("ClusterId")?.is_some() => only["Versions"].clone(),
        _ => Value::Null,
    };
    Ok(json!({"Versions": versions, "Clusters": clusters}))
}

pub(super) fn update_cluster_version(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let order = Order {
        arguments: input.structure("ExtraArgs")?.map(arguments).transpose()?,
        max_unready: input.float("MaxNotReadyPercent")?.unwrap_or(0.0),
        skips_checks: input.flag("SkipPreCheck")?,
    };
    realm.upgrade_control_plane(input.required("ClusterId")?, input.required("DstVersion")?, order)?;
    Ok(json!({}))
}

fn method(name: &str) -> Outcome<Method> {
    match name {
        "reset" => Ok(Method::Reset),
        "hot" => Ok(Method::Revision),
        "major" => Ok(Method::Version),
        other => Err(invalid(format!("UpgradeType is reset, hot or major, not {other}"))),
    }
}

/// The method by which a node is brought to the release of its control plane, if the caller names none.
fn fitting(cluster: &Cluster, node: &Node) -> Method {
    let same = versions::version_of(node.release(cluster)) == cluster.version;
    if same { Method::Revision } else { Method::Version }
}

pub(super) fn check_instances_upgrade_able(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let ids = input.some_texts("InstanceIds")?;
    if let Some(unknown) = ids.iter().flatten().find(|id| !cluster.nodes.contains(id)) {
        let message = format!("the machine {unknown} is not a node of the cluster {}", cluster.id);
        return Err(Reason::NoPart.because(message));
    }
    let wanted = input.filled("UpgradeType")?.map(method).transpose()?;
    let filters = input.structures("Filter")?;
    let (mut able, mut unable) = (Vec::new(), Vec::new());
    for node in cluster.nodes.iter().filter(|node| ids.as_ref().is_none_or(|ids| ids.contains(&node.machine))) {
        if !passes(node, &filters)? {
            continue;
        }
        match cluster.upgrade_fault(node, wanted.unwrap_or_else(|| fitting(cluster, node)), true) {
            None => able.push(node),
            Some(fault) => unable.push(json!({"InstanceId": node.machine, "Reason": fault})),
        }
    }
    let (total, nodes) = input.page()?.of(able);
    let nodes: Vec<Value> = nodes.into_iter().map(|node| able_json(cluster, node)).collect();
    Ok(json!({
        "ClusterVersion": cluster.release, "LatestVersion": versions::newest(&cluster.version),
        "UpgradeAbleInstances": nodes, "Total": total, "UnavailableVersionReason": unable,
    }))
}

fn able_json(cluster: &Cluster, node: &Node) -> Value {
    let release = node.release(cluster);
    let newest = versions::newest(versions::version_of(release));
    let latest = cluster.reported_runtime();
    let runtime = node.runtime.as_ref().unwrap_or(&latest);
    json!({
        "InstanceId": node.machine, "Version": release, "LatestVersion": newest, "RuntimeVersion": runtime,
        "RuntimeLatestVersion": latest,
    })
}

/// Whether a node passes all filters: by address, name, label or machine.
fn passes(node: &Node, filters: &[Input<'_>]) -> Outcome<bool> {
    for filter in filters {
        let (name, values) = (filter.required("Name")?, filter.texts("Values")?);
        let mut values = values.iter();
        let passes = match name {
            "ip" => values.any(|value| *value == node.ip),
            "instanceId" => values.any(|value| *value == node.machine),
            "hostname" => values.any(|value| *value == node.name),
            "label" => values.any(|value| super::nodes::has_labels(node, value)),
            other => return Err(invalid(format!("Filter: Name is ip, instanceId, hostname or label, not {other}"))),
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn upgrade_cluster_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    match input.required("Operation")? {
        "create" => realm.upgrade_nodes(cluster, nodes_order(input)?)?,
        "pause" => realm.pause_nodes(cluster)?,
        "resume" => realm.resume_nodes(cluster)?,
        "abort" => realm.abort_nodes(cluster)?,
        other => return Err(invalid(format!("Operation is create, pause, resume or abort, not {other}"))),
    }
    Ok(json!({}))
}

fn nodes_order(input: Input<'_>) -> Outcome<NodesOrder> {
    let reset = input.within("ResetParam")?;
    check_login(reset.within("LoginSettings")?)?;
    let groups = reset.texts("SecurityGroupIds")?;
    if groups.len() > 1 {
        return Err(invalid("SecurityGroupIds of ResetParam has one group at most"));
    }
    let at_once = input.number("Concurrent")?.unwrap_or(1);
    Ok(NodesOrder {
        method: method(input.filled("UpgradeType")?.ok_or_else(|| missing("UpgradeType"))?)?,
        nodes: input.texts("InstanceIds")?,
        skips_checks: input.flag("SkipPreCheck")?,
        max_unready: input.float("MaxNotReadyPercent")?.unwrap_or(MAX_UNREADY),
        at_once: usize::try_from(at_once).unwrap_or(0),
        with_runtime: input.flag("UpgradeRunTime")?,
        settings: reset.structure("InstanceAdvancedSettings")?.map(settings).transpose()?,
        taints: taints(reset.within("InstanceAdvancedSettings")?)?,
        security_groups: groups,
    })
}

pub(super) fn get_upgrade_instance_progress(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let cluster = realm.running_cluster(id)?;
    let none = || Reason::NoTask.because(format!("no nodes of the cluster {id} were ever upgraded"));
    let upgrade = cluster.tke().nodes_upgrade.as_ref().ok_or_else(none)?;
    let (total, nodes) = input.endless_page()?.of(&upgrade.nodes);
    let (pods, unready) = cluster.pod_health();
    Ok(json!({
        "Total": total, "Done": upgrade.done(), "LifeState": life(upgrade.life),
        "Instances": nodes.into_iter().map(|node| progress_json(upgrade, node)).collect::<Vec<_>>(),
        "ClusterStatus": {"PodTotal": pods, "NotReadyPod": unready},
    }))
}

/// The name of a state of an upgrade of nodes. `pauing` is how the vendor spells it.
fn life(life: Life) -> &'static str {
    match life {
        Life::Pausing => "pauing",
        other => task_life(other),
    }
}

fn progress_json(upgrade: &NodesUpgrade, node: &Progress) -> Value {
    json!({
        "InstanceID": node.machine, "LifeState": life(node.life), "StartAt": moment(node.started),
        "EndAt": moment(node.ended), "CheckResult": check_json(&node.check, upgrade.order.skips_checks),
        "Detail": node.steps.iter().map(step_json).collect::<Vec<_>>(),
    })
}

fn check_json(check: &Check, skipped: bool) -> Value {
    let items = check.workloads.iter().map(|workload| {
        json!({
            "Namespace": workload.namespace, "WorkLoadKind": workload.kind, "WorkLoadName": workload.name,
            "Before": workload.before, "After": workload.after, "Pods": workload.pods,
        })
    });
    json!({
        "CheckPass": skipped || check.passes(), "Items": items.collect::<Vec<_>>(), "SinglePods": check.single_pods,
    })
}

fn step_json(step: &Step) -> Value {
    let name = match step.kind {
        StepKind::Check => "PreCheck",
        StepKind::Drain => "DrainNode",
        StepKind::Remove => "RemoveNode",
        StepKind::Install => "ResetNode",
        StepKind::Replace => "UpgradeComponents",
        StepKind::Verify => "PostCheck",
    };
    let state = match step.state {
        StepState::Pending => "pending",
        StepState::Running => "running",
        StepState::Success => "success",
        StepState::Failed => "failed",
    };
    json!({
        "Step": name, "LifeState": state, "StartAt": step.started.map(iso), "EndAt": step.ended.map(iso),
        "FailedMsg": step.fault,
    })
}

/// The tasks of clusters by their names on the wire.
const KINDS: [(TaskKind, &str); 7] = [
    (TaskKind::ControlPlane, "master_upgrade"),
    (TaskKind::Nodes, "node_upgrade_ctl"),
    (TaskKind::Node, "node_upgrade"),
    (TaskKind::Arguments, "modify_cluster_extra_args"),
    (TaskKind::Range, "add_cluster_cidr"),
    (TaskKind::PodNetwork, "enable_vpc_cni"),
    (TaskKind::Masters, "scale_master"),
];

pub(super) fn task_life(life: Life) -> &'static str {
    match life {
        Life::Pending => "pending",
        Life::Process => "process",
        Life::Pausing => "pausing",
        Life::Paused => "paused",
        Life::Done => "done",
        Life::Timeout => "timeout",
        Life::Aborted => "aborted",
    }
}

pub(super) fn describe_tasks(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (mut clusters, mut kinds) = (None, None);
    for filter in input.structures("Filter")? {
        let values = filter.texts("Values")?;
        match filter.required("Name")? {
            "ClusterId" => clusters = Some(values),
            "TaskType" => kinds = Some(values),
            other => return Err(invalid(format!("Filter: Name is ClusterId or TaskType, not {other}"))),
        }
    }
    let Some(kinds) = kinds.filter(|kinds| !kinds.is_empty()) else {
        return Err(invalid("Filter must name the TaskType"));
    };
    let known = |name: &String| KINDS.iter().any(|(_, known)| known == name);
    if let Some(unknown) = kinds.iter().find(|name| !known(name)) {
        let names: Vec<&str> = KINDS.iter().map(|(_, name)| *name).collect();
        return Err(invalid(format!("Filter: TaskType is one of {}, not {unknown}", names.join(", "))));
    }
    for id in clusters.iter().flatten() {
        realm.cluster(id)?;
    }
    let within = realm.clusters().filter(|cluster| clusters.as_ref().is_none_or(|ids| ids.contains(&cluster.id)));
    let mut tasks: Vec<(Millis, Value)> = Vec::new();
    for cluster in within {
        let wanted = cluster.tasks().filter(|task| kinds.iter().any(|kind| kind == kind_name(task.kind)));
        tasks.extend(wanted.map(|task| (task.created, task_json(cluster, task))));
    }
    tasks.sort_by_key(|(created, _)| *created);
    let first = if input.flag("Latest")? { tasks.len().saturating_sub(1) } else { 0 };
    let tasks: Vec<Value> = tasks.into_iter().skip(first).map(|(_, task)| task).collect();
    Ok(json!({"Tasks": tasks}))
}

pub(super) fn kind_name(kind: TaskKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name)
}

fn task_json(cluster: &Cluster, task: &Task) -> Value {
    json!({
        "LifeState": task_life(task.life), "TargetObj": task.target, "Param": task.parameter,
        "TaskType": kind_name(task.kind), "LastError": task.error, "ClusterID": cluster.id,
        "CreatedAt": iso(task.created), "UpdatedAt": iso(task.updated), "TaskID": task.id,
    })
}

pub(super) fn describe_upgrade_tasks(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (total, tasks) = input.endless_page()?.of(&realm.realm.tke.upgrades);
    Ok(json!({"TotalCount": total, "UpgradeTasks": tasks.into_iter().map(upgrade_task_json).collect::<Vec<_>>()}))
}

fn upgrade_task_json(task: &UpgradeTask) -> Value {
    let clusters: Vec<&String> = task.plans.iter().map(|plan| &plan.cluster).collect();
    let first = task.plans.iter().filter_map(|plan| plan.started.or(plan.planned)).min();
    json!({
        "ID": task.id, "Name": format!("Kubernetes {}", task.release), "Component": "kubernetes",
        "RelatedResources": clusters,
        "UpgradeImpact": "The control plane restarts, one component after another. Nodes and pods keep running.",
        "PlanedStartAt": moment(first), "CreatedAt": iso(task.created),
    })
}

pub(super) fn describe_upgrade_task_detail(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let id = input.required_number("ID")?;
    let task = realm.realm.tke.upgrades.iter().find(|task| task.id == id);
    let task = task.ok_or_else(|| Reason::NoTask.because(format!("the upgrade task {id} does not exist")))?;
    let (total, plans) = input.endless_page()?.of(&task.plans);
    let plans = plans.into_iter().map(|plan| {
        let cluster = realm.cluster(&plan.cluster).ok();
        plan_json(plan, cluster, &context.region)
    });
    Ok(json!({"TotalCount": total, "UpgradePlans": plans.collect::<Vec<_>>()}))
}

fn plan_json(plan: &UpgradePlan, cluster: Option<&Cluster>, region: &str) -> Value {
    let status = match plan.state {
        PlanState::Pending => "Pending",
        PlanState::Running if cluster.is_some_and(Cluster::is_past_checks) => "Running",
        PlanState::Running => "Processing",
        PlanState::Succeeded => "Succeed",
        PlanState::Failed => "Failed",
        PlanState::Cancelled { .. } => "Cancelled",
    };
    json!({
        "ID": plan.id, "ClusterID": plan.cluster,
        "ClusterName": cluster.map_or(&plan.cluster_name, |cluster| &cluster.name), "Region": region,
        "PlanedStartAt": moment(plan.planned), "UpgradeStartAt": moment(plan.started),
        "UpgradeEndAt": moment(plan.ended), "Status": status, "Reason": plan.reason,
    })
}

pub(super) fn cancel_upgrade_plan(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.cancel_plan(input.required("ClusterID")?, input.required_number("PlanID")?)?;
    Ok(json!({}))
}
