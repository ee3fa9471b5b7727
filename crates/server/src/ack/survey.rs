//! What ACK tells of a cluster in the state of a cloud.

use super::clusters::phase_name;
use super::nodes::state_name as node_state;
use super::pools::phase_name as pool_phase;
use super::tasks::state_name as task_state;
use crate::survey::{Condition, Pool, Step, Telling, WorkCondition};
use wharf_world::Realm;
use wharf_world::ack::AckClusterPhase;
use wharf_world::ack::pools::WorkerPoolPhase;
use wharf_world::ack::tasks::{Task, TaskState};
use wharf_world::cluster::Cluster;
use wharf_world::kernel::Millis;

/// Returns what ACK knows of a cluster.
pub(crate) fn cluster(realm: &Realm, cluster: &Cluster, now: Millis) -> Telling {
    let dedicated = realm.ack.clusters.get(&cluster.id);
    // A cluster of this engine has both parts from its beginning to its end.
    let phase = dedicated.map_or(AckClusterPhase::Deleting, |dedicated| realm.dedicated_phase(cluster, dedicated, now));
    let condition = match phase {
        AckClusterPhase::Initial => Condition::Creating,
        AckClusterPhase::Running => Condition::Running,
        AckClusterPhase::Updating | AckClusterPhase::Scaling => Condition::Changing,
        AckClusterPhase::Deleting => Condition::Deleting,
        AckClusterPhase::Failed | AckClusterPhase::UpdatingFailed | AckClusterPhase::DeletionFailed => {
            Condition::Failed
        }
    };
    let pools = realm.worker_pools_of(&cluster.id).map(|pool| {
        let (phase, counts) = (realm.worker_pool_phase(pool, now), realm.pool_counts(pool, now));
        Pool {
            id: pool.id.clone(),
            name: pool.name.clone(),
            kind: "node_pool",
            state: pool_phase(phase).to_owned(),
            condition: match phase {
                WorkerPoolPhase::Active => Condition::Running,
                WorkerPoolPhase::Deleting => Condition::Deleting,
                _ => Condition::Changing,
            },
            desired: pool.wanted,
            actual: counts.serving + counts.offline + counts.removing,
            min: None,
            max: None,
        }
    });
    let seats = realm.seats(cluster);
    let nodes = seats.map(|seat| (seat.node.machine.clone(), node_state(seat.phase()), seat.worker.pool.clone()));
    Telling {
        state: phase_name(phase),
        condition,
        version: dedicated.map_or_else(|| cluster.version.clone(), |dedicated| dedicated.release.clone()),
        pools: pools.collect(),
        work: Vec::new(),
        nodes: nodes.collect(),
    }
}

/// Returns the tasks of a realm.
pub(crate) fn tasks(realm: &Realm, now: Millis) -> Vec<Step> {
    realm.ack.tasks.iter().map(|task| step(realm, task, now)).collect()
}

fn step(realm: &Realm, task: &Task, now: Millis) -> Step {
    let state = task.state(now);
    let is_done = state == TaskState::Done;
    let upgrade = realm.ack.clusters.get(&task.cluster).and_then(|dedicated| dedicated.upgrade.as_ref());
    let upgrade = upgrade.filter(|upgrade| upgrade.task == task.id).map(|upgrade| upgrade.progress(now));
    let progress = match (&task.rolling, upgrade) {
        (Some(rolling), _) => (rolling.done, rolling.batches.len()),
        (None, Some((done, total))) if total > 0 => {
            (usize::try_from(done).unwrap_or(0), usize::try_from(total).unwrap_or(1))
        }
        _ => (usize::from(is_done), 1),
    };
    let (condition, reason) = match &state {
        TaskState::Running => (WorkCondition::Running, None),
        TaskState::Paused => (WorkCondition::Paused, None),
        TaskState::Cancelled => (WorkCondition::Failed, Some("the task was cancelled".to_owned())),
        TaskState::Failed(reason) => (WorkCondition::Failed, Some(reason.clone())),
        TaskState::Done => (WorkCondition::Done, None),
    };
    Step {
        cluster: Some(task.cluster.clone()),
        id: task.id.clone(),
        kind: task.kind.to_string(),
        state: task_state(&state).to_owned(),
        condition,
        progress,
        reason,
    }
}
