//! Tasks: read, list, pause, resume, cancel.

use super::answer::{local, page};
use super::{Answer, Scene, values};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::Millis;
use wharf_world::ack::rolling::Rolling;
use wharf_world::ack::tasks::{Target, Task, TaskState};
use wharf_world::kernel::time;

/// Tasks of a page if the call sets no number.
const USUAL_PAGE: usize = 10;

pub(super) fn describe_task_info(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let task = scene.realm.realm.task(scene.owner, input.required("TaskId")?)?;
    Ok(info_json(task, scene.realm.now))
}

/// A paused task is one that runs, and a cancelled one has failed: there are no other states.
pub(super) fn state_name(state: &TaskState) -> &'static str {
    match state {
        TaskState::Running | TaskState::Paused => "running",
        TaskState::Cancelled | TaskState::Failed(_) => "fail",
        TaskState::Done => "success",
    }
}

/// Why a task has failed.
fn error(state: &TaskState) -> Option<Value> {
    match state {
        TaskState::Cancelled => Some(json!({"message": "the task was cancelled"})),
        TaskState::Failed(reason) => Some(json!({"message": reason})),
        _ => None,
    }
}

fn info_json(task: &Task, now: Millis) -> Value {
    let state = task.state(now);
    let (kind, id) = match &task.target {
        Target::Cluster(id) => ("cluster", id),
        Target::NodePool(id) => ("nodepool", id),
    };
    let mut shown = json!({
        "task_id": task.id, "cluster_id": task.cluster, "task_type": task.kind, "state": state_name(&state),
        "created": local(task.created), "updated": local(task.updated(now)), "target": {"type": kind, "id": id},
        "stages": [stage_json(task, &state, now)],
    });
    match &state {
        TaskState::Running => shown["current_stage"] = json!(task.kind),
        TaskState::Paused => shown["current_stage"] = json!("pause"),
        _ => {}
    }
    if let Some(error) = error(&state) {
        shown["error"] = error;
    }
    if let Some(rolling) = &task.rolling {
        shown["task_result"] = results(rolling);
    }
    shown
}

fn stage_json(task: &Task, state: &TaskState, now: Millis) -> Value {
    let mut stage = json!({"state": state_name(state), "start_time": time::local(task.created)});
    if let Some(rolling) = &task.rolling {
        let all = rolling.batches.len();
        stage["message"] = json!(format!("{} of {all} batches of nodes are done", rolling.done));
    }
    if !matches!(state, TaskState::Running | TaskState::Paused) {
        stage["end_time"] = json!(time::local(task.updated(now)));
    }
    stage
}

/// What became of each server.
fn results(rolling: &Rolling) -> Value {
    let all = rolling.batches.iter().enumerate().flat_map(|(place, batch)| {
        batch.iter().map(move |server| {
            let status = match () {
                () if rolling.failed.contains(server) => "failed",
                () if place < rolling.done => "success",
                () => "initial",
            };
            json!({"data": server, "status": status})
        })
    });
    all.collect()
}

pub(super) fn describe_cluster_tasks(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    scene.realm.realm.dedicated(scene.owner, id)?;
    let now = scene.realm.now;
    let tasks = scene.realm.realm.ack.tasks.iter().rev().filter(|task| task.cluster == id);
    let items: Vec<Value> = tasks.map(|task| task_json(task, now)).collect();
    let most = input.number("max_results")?;
    let token = input.filled("next_token")?;
    if most.is_none() && token.is_none() {
        let (tasks, info) = page(items, values::page(input, "page_number", "page_size")?);
        return Ok(json!({"tasks": tasks, "page_info": info}));
    }
    let most = most.map_or(Ok(USUAL_PAGE), |most| {
        usize::try_from(most).ok().filter(|most| *most > 0).ok_or_else(|| invalid("max_results is at least 1"))
    })?;
    let from = token
        .map_or(Ok(0), |token| token.parse::<usize>().map_err(|_| invalid("next_token is one that an answer had")))?;
    let total = items.len();
    let tasks: Vec<Value> = items.into_iter().skip(from).take(most).collect();
    let end = from.saturating_add(tasks.len());
    let mut shown = json!({"tasks": tasks, "page_info": {"total_count": total}});
    if end < total {
        shown["next_token"] = json!(end.to_string());
    }
    Ok(shown)
}

fn task_json(task: &Task, now: Millis) -> Value {
    let state = task.state(now);
    let mut shown = json!({
        "task_id": task.id, "task_type": task.kind, "state": state_name(&state), "created": local(task.created),
        "updated": local(task.updated(now)),
    });
    if let Some(error) = error(&state) {
        shown["error"] = error;
    }
    shown
}

pub(super) fn pause_task(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.pause_task(scene.owner, input.required("TaskId")?)?;
    Ok(Value::Null)
}

pub(super) fn resume_task(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.resume_task(scene.owner, input.required("TaskId")?)?;
    Ok(Value::Null)
}

pub(super) fn cancel_task(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.cancel_task(scene.owner, input.required("TaskId")?)?;
    Ok(Value::Null)
}
