//! What CCE tells of a cluster in the state of a cloud.

use super::clusters::phase_name;
use super::jobs::phase_name as job_phase;
use super::nodes::phase_name as node_phase;
use super::pools::phase_name as pool_phase;
use crate::survey::{Condition, Pool, Step, Telling, WorkCondition};
use wharf_world::Realm;
use wharf_world::cce::clusters::Phase;
use wharf_world::cce::jobs::Progress;
use wharf_world::cce::pools::NodePoolPhase;
use wharf_world::cce::upgrades::{UpgradeState, UpgradeTask};
use wharf_world::cluster::Cluster;
use wharf_world::kernel::Millis;

/// Returns what CCE knows of a cluster.
pub(crate) fn cluster(realm: &Realm, cluster: &Cluster, now: Millis) -> Telling {
    // A cluster of this engine has both parts from its beginning to its end.
    let phase = realm.phase(&cluster.id, now).unwrap_or(Phase::Deleting);
    let condition = match phase {
        Phase::Creating => Condition::Creating,
        Phase::Available => Condition::Running,
        Phase::FallingAsleep | Phase::Waking | Phase::Upgrading | Phase::Resizing => Condition::Changing,
        Phase::Asleep => Condition::Stopped,
        Phase::Deleting => Condition::Deleting,
        Phase::Unavailable | Phase::Error => Condition::Failed,
    };
    let pools = realm.cce.pools.iter().filter(|pool| pool.cluster == cluster.id);
    let pools = pools.map(|pool| {
        let phase = realm.pool_phase(pool, now);
        Pool {
            id: pool.id.clone(),
            name: pool.name.clone(),
            kind: "node_pool",
            state: pool_phase(phase).to_owned(),
            condition: match phase {
                NodePoolPhase::Normal => Condition::Running,
                NodePoolPhase::Synchronizing => Condition::Changing,
                NodePoolPhase::SoldOut | NodePoolPhase::Error => Condition::Failed,
                NodePoolPhase::Deleting => Condition::Deleting,
            },
            desired: pool.wanted,
            actual: realm.pool_size(pool, now),
            min: None,
            max: None,
        }
    });
    let members = realm.members_of(&cluster.id);
    let nodes = members
        .map(|member| (member.machine.clone(), node_phase(realm.member_phase(member, now)), member.pool.clone()));
    let hosted = realm.hosted(&cluster.id).ok().map(|(_, hosted)| hosted);
    let upgrades = hosted.iter().flat_map(|hosted| hosted.upgrades.tasks.iter());
    Telling {
        state: phase_name(phase),
        condition,
        version: hosted.map_or_else(|| cluster.version.clone(), |hosted| hosted.release.clone()),
        pools: pools.collect(),
        work: upgrades.map(|task| upgrade(&cluster.id, task)).collect(),
        nodes: nodes.collect(),
    }
}

fn upgrade(cluster: &str, task: &UpgradeTask) -> Step {
    let (state, condition, reason) = match &task.state {
        UpgradeState::Running => ("Running", WorkCondition::Running, None),
        UpgradeState::Paused => ("Pause", WorkCondition::Paused, None),
        UpgradeState::Failed(reason) => ("Failed", WorkCondition::Failed, Some(reason.clone())),
        UpgradeState::Done => ("Success", WorkCondition::Done, None),
    };
    Step {
        cluster: Some(cluster.to_owned()),
        id: task.id.clone(),
        kind: "UpgradeCluster".to_owned(),
        state: state.to_owned(),
        condition,
        progress: (task.progress(), 100),
        reason,
    }
}

/// Returns the jobs of a realm.
pub(crate) fn jobs(realm: &Realm, now: Millis) -> Vec<Step> {
    let step = |job: &wharf_world::cce::jobs::Job| {
        let progress = job.progress(now);
        let done = job.parts.iter().filter(|part| part.progress(now) == Progress::Done).count();
        Step {
            cluster: Some(job.cluster.clone()).filter(|id| !id.is_empty()),
            id: job.id.clone(),
            kind: job.kind.to_string(),
            state: job_phase(progress).to_owned(),
            condition: match progress {
                Progress::Waiting => WorkCondition::Waiting,
                Progress::Running => WorkCondition::Running,
                Progress::Done => WorkCondition::Done,
                Progress::Failed => WorkCondition::Failed,
            },
            progress: match job.parts.len() {
                0 => (usize::from(progress == Progress::Done), 1),
                parts => (done, parts),
            },
            reason: job.reason(now).map(str::to_owned),
        }
    };
    realm.cce.jobs.iter().map(step).collect()
}
