//! Work flows of upgrades.

use super::Answer;
use super::answer::list;
use super::checks::{check_cluster, check_kind, times};
use super::input::{Input, invalid};
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cce::Cce;
use wharf_world::cce::upgrades::Upgrades;
use wharf_world::cce::upgrades::flows::{FlowPart, FlowPhase, PartPhase, WorkFlow};
use wharf_world::kernel::time::iso;

const KIND: &str = "WorkFlowTask";
/// The parts of a work flow, in their order.
const PARTS: [&str; 4] = ["PreCheck", "Snapshot", "Cluster", "PostCheck"];
/// From which part a work flow leads to which, and whether it cannot do without.
const LINES: [(&str, &str, bool); 4] = [
    ("PreCheck", "Snapshot", false),
    ("Snapshot", "Cluster", false),
    ("PreCheck", "Cluster", true),
    ("Cluster", "PostCheck", true),
];

pub(super) fn create_upgrade_work_flow(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, KIND)?;
    let (cluster, spec) = (input.required("cluster_id")?, input.within("spec")?);
    check_cluster(spec, cluster)?;
    let mut realm = world.cce(&context.account, &context.region);
    realm.realm.hosted(cluster)?;
    let id = realm.start_flow(cluster, spec.filled("clusterVersion")?, spec.required("targetVersion")?)?;
    shown(&realm, cluster, &id)
}

pub(super) fn show_upgrade_work_flow(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    shown(&realm, input.required("cluster_id")?, input.required("upgrade_workflow_id")?)
}

pub(super) fn list_upgrade_work_flows(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    let (_, hosted) = realm.realm.hosted(cluster)?;
    let flows = hosted.upgrades.flows.iter().map(|flow| flow_json(&realm, cluster, flow, &hosted.upgrades));
    Ok(list("List", flows.collect()))
}

pub(super) fn upgrade_work_flow_update(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (cluster, id) = (input.required("cluster_id")?, input.required("upgrade_workflow_id")?);
    let phase = input.within("status")?.required("phase")?;
    if phase != "Cancel" {
        return Err(invalid(format!("status.phase is Cancel: nothing else can be done with a work flow, not {phase}")));
    }
    let mut realm = world.cce(&context.account, &context.region);
    realm.cancel_flow(cluster, id)?;
    shown(&realm, cluster, id)
}

fn shown(realm: &Cce<'_>, cluster: &str, id: &str) -> Answer {
    let (flow, upgrades) = realm.realm.work_flow(cluster, id)?;
    Ok(flow_json(realm, cluster, flow, upgrades))
}

fn flow_json(realm: &Cce<'_>, cluster: &str, flow: &WorkFlow, upgrades: &Upgrades) -> Value {
    let phase = match upgrades.flow_phase(flow, realm.now) {
        FlowPhase::Waiting => "Init",
        FlowPhase::Running => "Running",
        FlowPhase::Pending => "Pending",
        FlowPhase::Success => "Success",
        FlowPhase::Cancelled => "Cancel",
    };
    let parts = PARTS.iter().zip(upgrades.parts_of(flow, realm.now));
    let points: Vec<Value> = parts.map(|(kind, part)| point_json(kind, part.as_ref())).collect();
    let lines = LINES.map(|(from, to, critical)| {
        json!({"startPoint": {"taskType": from}, "endPoint": {"taskType": to}, "critical": critical})
    });
    json!({
        "kind": KIND, "apiVersion": "v3", "metadata": times(&flow.id, flow.created, flow.updated),
        "spec": {"clusterID": cluster, "clusterVersion": flow.from, "targetVersion": flow.to},
        "status": {"phase": phase, "pointStatuses": points, "lineStatuses": lines},
    })
}

/// A part that has not begun has no identifier and no state.
fn point_json(kind: &str, part: Option<&FlowPart>) -> Value {
    let mut point = json!({"taskType": kind});
    let Some(part) = part else { return point };
    point["taskID"] = json!(part.id);
    point["status"] = json!(match part.phase {
        PartPhase::Waiting => "Init",
        PartPhase::Paused => "Queuing",
        PartPhase::Running => "Running",
        PartPhase::Success => "Success",
        PartPhase::Failed => "Failed",
    });
    point["startTimeStamp"] = json!(iso(part.begins));
    for (name, moment) in [("endTimeStamp", part.ends), ("expireTimeStamp", part.expires)] {
        if let Some(moment) = moment {
            point[name] = json!(iso(moment));
        }
    }
    point
}
