//! Work flows: check, snapshot, upgrade and last check of one cluster, as one undertaking.

use super::checks::CheckPhase;
use super::{UpgradeState, Upgrades, check_current, target};
use crate::Realm;
use crate::cce::Cce;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};

/// A work flow of an upgrade.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkFlow {
    pub id: String,
    pub from: String,
    pub to: String,
    pub created: Millis,
    pub updated: Millis,
    pub cancelled: bool,
    /// Identifiers of its parts, once they have begun.
    pub check: Option<String>,
    pub snapshot: Option<String>,
    pub task: Option<String>,
    pub post_check: Option<String>,
}

/// How far a work flow has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowPhase {
    /// No part has begun.
    Waiting,
    Running,
    /// A part is over, and the next one has not begun.
    Pending,
    Success,
    Cancelled,
}

/// How far a part of a work flow has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartPhase {
    Waiting,
    Paused,
    Running,
    Success,
    Failed,
}

/// A part of a work flow that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowPart {
    pub id: String,
    pub phase: PartPhase,
    pub begins: Millis,
    pub ends: Option<Millis>,
    pub expires: Option<Millis>,
}

impl Upgrades {
    /// The work flow that is neither done nor cancelled.
    pub fn open_flow(&self) -> Option<&WorkFlow> {
        let last = self.flows.iter().next_back();
        last.filter(|flow| !flow.cancelled && !self.is_confirmed(flow))
    }

    fn is_confirmed(&self, flow: &WorkFlow) -> bool {
        let check = flow.post_check.as_ref().and_then(|id| self.post_checks.get(id));
        check.is_some_and(|check| check.passed)
    }

    /// The parts of a work flow that have begun: the check, the snapshot, the upgrade, the last check.
    pub fn parts_of(&self, flow: &WorkFlow, now: Millis) -> [Option<FlowPart>; 4] {
        let check = flow.check.as_ref().and_then(|id| self.checks.get(id)).map(|check| FlowPart {
            id: check.id.clone(),
            phase: match check.phase(now) {
                CheckPhase::Waiting => PartPhase::Waiting,
                CheckPhase::Running => PartPhase::Running,
                CheckPhase::Success => PartPhase::Success,
                CheckPhase::Failed => PartPhase::Failed,
            },
            begins: check.created,
            ends: check.found.as_ref().map(|_| check.ends()),
            expires: check.expires(),
        });
        let snapshot = flow.snapshot.as_ref().and_then(|id| self.snapshots.get(id)).map(|snapshot| FlowPart {
            id: snapshot.id.clone(),
            phase: if snapshot.is_done(now) { PartPhase::Success } else { PartPhase::Running },
            begins: snapshot.created,
            ends: Some(snapshot.ends()).filter(|ends| *ends <= now),
            expires: None,
        });
        let task = flow.task.as_ref().and_then(|id| self.tasks.get(id)).map(|task| FlowPart {
            id: task.id.clone(),
            phase: match &task.state {
                UpgradeState::Running => PartPhase::Running,
                UpgradeState::Paused => PartPhase::Paused,
                UpgradeState::Failed(_) => PartPhase::Failed,
                UpgradeState::Done => PartPhase::Success,
            },
            begins: task.created,
            ends: task.ended,
            expires: None,
        });
        let post = flow.post_check.as_ref().and_then(|id| self.post_checks.get(id)).map(|check| FlowPart {
            id: check.id.clone(),
            phase: if check.passed { PartPhase::Success } else { PartPhase::Failed },
            begins: check.created,
            ends: Some(check.created),
            expires: None,
        });
        [check, snapshot, task, post]
    }

    /// How far a work flow has come.
    pub fn flow_phase(&self, flow: &WorkFlow, now: Millis) -> FlowPhase {
        let parts = self.parts_of(flow, now);
        let mut begun = parts.iter().flatten();
        if flow.cancelled {
            FlowPhase::Cancelled
        } else if self.is_confirmed(flow) {
            FlowPhase::Success
        } else if parts.iter().flatten().any(|part| matches!(part.phase, PartPhase::Waiting | PartPhase::Running)) {
            FlowPhase::Running
        } else if begun.next().is_some() {
            FlowPhase::Pending
        } else {
            FlowPhase::Waiting
        }
    }
}

impl Realm {
    /// The work flow of that identifier, and the upgrades of its cluster, or why not.
    pub fn work_flow(&self, cluster: &str, id: &str) -> Outcome<(&WorkFlow, &Upgrades)> {
        let (_, hosted) = self.hosted(cluster)?;
        let flow = hosted.upgrades.flows.get(id);
        let flow =
            flow.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no work flow {id}")))?;
        Ok((flow, &hosted.upgrades))
    }
}

impl Cce<'_> {
    /// Starts a work flow, and returns its identifier.
    pub fn start_flow(&mut self, cluster: &str, current: Option<&str>, to: &str) -> Outcome<String> {
        let (_, hosted) = self.0.realm.available(cluster, self.0.now)?;
        check_current(hosted, current)?;
        let (from, to) = (hosted.release.clone(), target(hosted, to)?);
        if let Some(open) = hosted.upgrades.open_flow() {
            let message = format!("the cluster {cluster} has the work flow {} already, which is not over", open.id);
            return Err(Reason::InUse.because(message));
        }
        let (id, now) = (self.0.ids.uuid(), self.0.now);
        let flow = WorkFlow {
            id: id.clone(),
            from,
            to,
            created: now,
            updated: now,
            cancelled: false,
            check: None,
            snapshot: None,
            task: None,
            post_check: None,
        };
        if let Some(upgrades) = self.upgrades_mut(cluster) {
            upgrades.flows.insert(id.clone(), flow);
        }
        Ok(id)
    }

    /// Whether the open work flow of a cluster, if it has one, leads to that release.
    pub(super) fn check_flow(&self, cluster: &str, to: &str) -> Outcome<()> {
        let (_, hosted) = self.0.realm.hosted(cluster)?;
        match hosted.upgrades.open_flow() {
            Some(flow) if flow.to != to => {
                let message = format!("the work flow {} upgrades the cluster to {}, not to {to}", flow.id, flow.to);
                Err(Reason::Invalid.because(message))
            }
            _ => Ok(()),
        }
    }

    /// Changes the open work flow of a cluster, if it has one.
    pub(super) fn follow_flow(&mut self, cluster: &str, change: impl FnOnce(&mut WorkFlow)) {
        let now = self.0.now;
        let Some(upgrades) = self.upgrades_mut(cluster) else { return };
        let Some(id) = upgrades.open_flow().map(|flow| flow.id.clone()) else { return };
        if let Some(flow) = upgrades.flows.get_mut(&id) {
            change(flow);
            flow.updated = now;
        }
    }

    /// Cancels a work flow, no part of which may be running or paused.
    pub fn cancel_flow(&mut self, cluster: &str, id: &str) -> Outcome<()> {
        let now = self.0.now;
        let (flow, upgrades) = self.0.realm.work_flow(cluster, id)?;
        let paused = upgrades.parts_of(flow, now).iter().flatten().any(|part| part.phase == PartPhase::Paused);
        let why = match upgrades.flow_phase(flow, now) {
            FlowPhase::Running => "is running",
            FlowPhase::Success => "is done",
            FlowPhase::Cancelled => "is cancelled already",
            FlowPhase::Pending if paused => "has an upgrade that is paused",
            FlowPhase::Pending | FlowPhase::Waiting => {
                if let Some(flow) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.flows.get_mut(id)) {
                    (flow.cancelled, flow.updated) = (true, now);
                }
                return Ok(());
            }
        };
        Err(Reason::Unavailable.because(format!("the work flow {id} {why}, so it cannot be cancelled")))
    }
}
