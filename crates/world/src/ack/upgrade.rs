//! The upgrade of a dedicated cluster: in steps, node by node; it can be paused, resumed and cancelled.

use super::{AckClusterPhase, plain};
use crate::ack::Ack;
use crate::ack::Event;
use crate::ack::tasks::{NewTask, TaskState};
use crate::ack::tenancy::Owner;
use crate::cluster::nodes::Role;
use crate::kernel::failures::FAILURE;
use crate::kernel::failures::FailurePoint;
use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How long the checks before the upgrade take.
const CHECKS: Millis = 30 * SECOND;
/// How long each node takes.
const NODE: Millis = 20 * SECOND;

/// An upgrade that is running or over.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrade {
    pub to: Cow<'static, str>,
    pub state: UpgradeState,
    /// Identifier of the report about the checks.
    pub report: String,
    /// Identifier of its task.
    pub task: String,
    /// The workers keep their version.
    masters_only: bool,
    /// How many nodes each batch has.
    batches: Vec<u64>,
    /// Work that was done before the last start or resumption, and when that was.
    done: Millis,
    since: Millis,
    /// Which start or resumption it is: what was planned for an earlier one is void.
    round: u64,
    /// Why it will fail.
    fails: Option<String>,
}

/// How far an upgrade has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpgradeState {
    Running,
    Paused,
    Cancelled,
    Failed(String),
    Done,
}

impl Upgrade {
    fn total(&self) -> Millis {
        CHECKS + NODE * self.batches.len() as Millis
    }

    fn worked(&self, now: Millis) -> Millis {
        match self.state {
            UpgradeState::Running => (self.done + now.saturating_sub(self.since)).min(self.total()),
            _ => self.done,
        }
    }

    /// Whether the checks are still going on.
    pub fn is_checking(&self, now: Millis) -> bool {
        self.worked(now) < CHECKS
    }

    /// Nodes that have the new release, and nodes in all.
    pub fn progress(&self, now: Millis) -> (u64, u64) {
        let all = self.batches.iter().sum();
        if self.state == UpgradeState::Done {
            return (all, all);
        }
        let done = self.worked(now).saturating_sub(CHECKS) / NODE;
        (self.batches.iter().take(done as usize).sum(), all)
    }
}

/// What a cluster is upgraded to, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewUpgrade<'a> {
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub masters_only: bool,
    /// The most nodes of a batch; batches grow up to that.
    pub at_once: Option<u64>,
}

/// The sizes of the batches of so many nodes: one, two, four and so on.
fn batches(nodes: u64, most: u64) -> Vec<u64> {
    let (mut sizes, mut left, mut size) = (Vec::new(), nodes, 1);
    while left > 0 {
        let next = size.min(left);
        sizes.push(next);
        left -= next;
        size = (size * 2).min(most.max(1));
    }
    sizes
}

impl Ack<'_> {
    /// Starts the upgrade of a cluster to the next release.
    ///
    /// Returns the identifier of the task.
    pub fn start_upgrade(&mut self, owner: &Owner, id: &str, new: NewUpgrade<'_>) -> Outcome<String> {
        let NewUpgrade { from, to, masters_only, at_once } = new;
        let (cluster, dedicated) = self.0.realm.at_work(owner, id, self.0.now)?;
        let phase = self.0.realm.dedicated_phase(cluster, dedicated, self.0.now);
        if phase == AckClusterPhase::Scaling {
            return Err(Reason::Unavailable.because(format!("nodes of the cluster {id} are coming or going")));
        }
        let current = &dedicated.release;
        if let Some(from) = from.filter(|from| from != current) {
            return Err(Reason::Invalid.because(format!("the cluster {id} has the version {current}, not {from}")));
        }
        let next = dedicated
            .next_release()
            .ok_or_else(|| Reason::Invalid.because(format!("the cluster {id} has the newest version, {current}")))?;
        if let Some(to) = to.filter(|to| *to != next) {
            return Err(Reason::Invalid.because(format!("the version {current} is upgraded to {next}, not to {to}")));
        }
        if self.0.realm.ack.tasks.iter().any(|task| task.cluster == id && task.works_on_nodes()) {
            return Err(Reason::Unavailable.because(format!("a task on nodes of the cluster {id} is not over")));
        }
        let nodes = if masters_only { cluster.count(Role::Master) } else { cluster.nodes.len() };
        let (nodes, round) = (nodes.max(1) as u64, dedicated.upgrade.as_ref().map_or(0, |u| u.round) + 1);
        let task = self.add_task(NewTask::of_cluster(owner, "cluster_upgrade", id));
        let now = self.0.now;
        let fails = self.planned_failure(FailurePoint::ClusterUpgrade);
        let upgrade = Upgrade {
            to: next.into(),
            state: UpgradeState::Running,
            report: hexadecimal(&format!("checks of {id} at {now}"), 32),
            task: task.clone(),
            masters_only,
            batches: batches(nodes, at_once.unwrap_or(1)),
            done: 0,
            since: now,
            round,
            fails,
        };
        self.plan_end(id, &upgrade);
        self.note(id, now, format!("start to upgrade the cluster to {next}"));
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
            (dedicated.upgrade, dedicated.updated) = (Some(upgrade), now);
        }
        Ok(task)
    }

    fn plan_end(&mut self, id: &str, upgrade: &Upgrade) {
        let left = upgrade.total().saturating_sub(upgrade.done);
        let delay = if upgrade.fails.is_some() { FAILURE } else { left };
        self.after(delay, Event::UpgradeEnds { cluster: id.to_owned(), round: upgrade.round });
    }

    /// Pauses the upgrade that is going on.
    pub fn pause_upgrade(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        self.switch_upgrade(owner, id, &[UpgradeState::Running], UpgradeState::Paused, "paused")
    }

    /// Resumes an upgrade that was paused.
    pub fn resume_upgrade(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        self.switch_upgrade(owner, id, &[UpgradeState::Paused], UpgradeState::Running, "resumed")
    }

    /// Gives up an upgrade that is going on or paused: the cluster keeps its release.
    pub fn cancel_upgrade(&mut self, owner: &Owner, id: &str) -> Outcome<()> {
        let from = [UpgradeState::Running, UpgradeState::Paused];
        self.switch_upgrade(owner, id, &from, UpgradeState::Cancelled, "cancelled")
    }

    fn switch_upgrade(
        &mut self,
        owner: &Owner,
        id: &str,
        from: &[UpgradeState],
        to: UpgradeState,
        what: &str,
    ) -> Outcome<()> {
        let (_, dedicated) = self.0.realm.dedicated(owner, id)?;
        let upgrade = dedicated.upgrade.clone().filter(|upgrade| from.contains(&upgrade.state));
        let Some(mut upgrade) = upgrade else {
            return Err(Reason::Unavailable.because(format!("the cluster {id} has no upgrade that could be {what}")));
        };
        upgrade.done = upgrade.worked(self.0.now);
        self.set_task(
            &upgrade.task,
            match to {
                UpgradeState::Paused => TaskState::Paused,
                UpgradeState::Cancelled => TaskState::Cancelled,
                _ => TaskState::Running,
            },
        );
        (upgrade.since, upgrade.state) = (self.0.now, to);
        upgrade.round += 1;
        if upgrade.state == UpgradeState::Running {
            self.plan_end(id, &upgrade);
        }
        let now = self.0.now;
        self.note(id, now, format!("the upgrade was {what}"));
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) {
            (dedicated.upgrade, dedicated.updated) = (Some(upgrade), now);
        }
        Ok(())
    }

    /// Ends an upgrade, well or badly.
    pub fn upgrade_ends(&mut self, id: &str, round: u64) {
        let now = self.0.now;
        let Some(dedicated) = self.0.realm.ack.clusters.get_mut(id) else { return };
        let running = |upgrade: &&mut Upgrade| upgrade.round == round && upgrade.state == UpgradeState::Running;
        let Some(upgrade) = dedicated.upgrade.as_mut().filter(running) else { return };
        upgrade.done = upgrade.worked(now);
        dedicated.updated = now;
        let (task, masters_only) = (upgrade.task.clone(), upgrade.masters_only);
        if let Some(reason) = upgrade.fails.take() {
            upgrade.state = UpgradeState::Failed(reason.clone());
            self.set_task(&task, TaskState::Failed(reason.clone()));
            self.note_failure(id, now, format!("the upgrade has failed: {reason}"));
            return;
        }
        upgrade.state = UpgradeState::Done;
        let to = upgrade.to.clone().into_owned();
        dedicated.release.clone_from(&to);
        self.set_task(&task, TaskState::Done);
        if let Some(cluster) = self.0.realm.clusters.get_mut(id) {
            let release = cluster.engine.release(&to);
            cluster.upgrade_control_plane(plain(&to), release);
            for node in cluster.nodes.iter_mut().filter(|node| !masters_only || node.role == Role::Master) {
                node.release = None;
            }
        }
        self.control_plane().sync(id);
        self.note(id, now, format!("the cluster was upgraded to {to}"));
    }
}
