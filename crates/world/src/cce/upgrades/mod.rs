//! Upgrades of clusters: the control plane first, then the nodes in batches. They can be paused, continued and retried.

pub mod checks;
pub mod flows;
mod order;
pub mod snapshots;

pub use order::{Comparison, DEFAULT_POOL, NodePriority, NodeUpgrade, Scope};

use crate::Realm;
use crate::cce::Event;
use crate::cce::addons::AddonPhase;
use crate::cce::clusters::CceCluster;
use crate::cce::offers::{newer_releases, plain_version, release};
use crate::cce::{Cce, addons};
use crate::cluster::Stage;
use crate::kernel::failures::{FAILURE, FailurePoint};
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use checks::{Check, CheckPhase, PostCheck};
use flows::WorkFlow;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use snapshots::Snapshot;

/// How long the control plane takes, for each of its servers.
const MASTER: Millis = 30 * SECOND;
/// How long a batch of nodes takes.
const BATCH: Millis = 30 * SECOND;

/// The upgrades of a cluster, and what belongs to them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upgrades {
    pub flows: Table<WorkFlow>,
    pub checks: Table<Check>,
    pub snapshots: Table<Snapshot>,
    pub tasks: Table<UpgradeTask>,
    pub post_checks: Table<PostCheck>,
}

/// The upgrade of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpgradeTask {
    pub id: String,
    pub from: String,
    pub to: String,
    pub state: UpgradeState,
    pub created: Millis,
    pub updated: Millis,
    pub ended: Option<Millis>,
    /// The check that is its first part.
    pub check: Option<String>,
    steps: Vec<Step>,
    /// Steps that are done.
    done: usize,
    addons: Vec<AddonUpgrade>,
    /// Number of the last start: what was planned for an earlier one has no effect.
    round: u64,
    /// Why it will fail.
    fails: Option<String>,
}

/// How far an upgrade has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpgradeState {
    Running,
    Paused,
    Failed(String),
    Done,
}

/// A part of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Step {
    Checks,
    ControlPlane {
        masters: usize,
    },
    /// A batch of nodes.
    Nodes(Vec<String>),
}

/// What a cluster is upgraded to, and how.
#[derive(Debug, Clone, Default)]
pub struct NewUpgrade {
    pub to: String,
    pub skips_checks: bool,
    pub nodes: NodeUpgrade,
    pub addons: Vec<AddonUpgrade>,
}

/// An add-on that is upgraded with its cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddonUpgrade {
    pub name: String,
    pub version: String,
    pub values: Map<String, Value>,
}

impl Step {
    fn takes(&self) -> Millis {
        match self {
            Self::Checks => checks::DURATION,
            Self::ControlPlane { masters } => MASTER * *masters as Millis,
            Self::Nodes(_) => BATCH,
        }
    }
}

impl UpgradeTask {
    /// The steps that are done, of a hundred.
    pub fn progress(&self) -> usize {
        self.done * 100 / self.steps.len().max(1)
    }

    /// Whether it is over, well or badly.
    pub fn is_over(&self) -> bool {
        matches!(self.state, UpgradeState::Done | UpgradeState::Failed(_))
    }

    /// Whether that node is being upgraded.
    fn works_on(&self, uid: &str) -> bool {
        let Some(Step::Nodes(batch)) = self.steps.get(self.done) else { return false };
        self.state == UpgradeState::Running && batch.iter().any(|member| member == uid)
    }
}

impl Upgrades {
    /// The last upgrade.
    pub fn last(&self) -> Option<&UpgradeTask> {
        self.tasks.iter().next_back()
    }

    /// Whether an upgrade is running or paused.
    pub fn is_going_on(&self) -> bool {
        self.last().is_some_and(|task| !task.is_over())
    }

    /// Whether a node is being upgraded.
    pub fn works_on(&self, uid: &str) -> bool {
        self.last().is_some_and(|task| task.works_on(uid))
    }
}

/// The release that a cluster is upgraded to when a version is named, in full or by its major and minor numbers.
pub fn target(hosted: &CceCluster, named: &str) -> Outcome<String> {
    let (wanted, _) = release(named)?;
    let possible = newer_releases(&hosted.release);
    if !possible.contains(&wanted) {
        let possible = if possible.is_empty() { "nothing newer".to_owned() } else { possible.join(", ") };
        let message = format!("targetVersion: {} can be upgraded to {possible}, not to {named}", hosted.release);
        return Err(Reason::Invalid.because(message));
    }
    Ok(wanted)
}

/// Whether a version that a caller names as that of a cluster is it.
pub fn check_current(hosted: &CceCluster, named: Option<&str>) -> Outcome<()> {
    match named.map(release).transpose()? {
        Some((named, _)) if named != hosted.release => {
            let message = format!("clusterVersion: the cluster has the version {}, not {named}", hosted.release);
            Err(Reason::Invalid.because(message))
        }
        _ => Ok(()),
    }
}

impl Realm {
    /// The upgrade of that identifier, or why not.
    pub fn upgrade_task(&self, cluster: &str, id: &str) -> Outcome<&UpgradeTask> {
        let (_, hosted) = self.hosted(cluster)?;
        let task = hosted.upgrades.tasks.get(id);
        task.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no upgrade {id}")))
    }
}

impl Cce<'_> {
    pub(super) fn upgrades_mut(&mut self, cluster: &str) -> Option<&mut Upgrades> {
        self.0.realm.cce.clusters.get_mut(cluster).map(|hosted| &mut hosted.upgrades)
    }

    /// Starts the upgrade of a cluster, and returns its identifier.
    pub fn start_upgrade(&mut self, cluster: &str, new: NewUpgrade) -> Outcome<String> {
        let (_, hosted) = self.0.realm.available(cluster, self.0.now)?;
        let (from, masters, to) = (hosted.release.clone(), hosted.plane.masters, target(hosted, &new.to)?);
        self.check_flow(cluster, &to)?;
        let batches = self.batches(cluster, &new.nodes)?;
        for addon in &new.addons {
            self.check_addon_upgrade(cluster, addon, &to)?;
        }
        let mut steps = if new.skips_checks { Vec::new() } else { vec![Step::Checks] };
        steps.push(Step::ControlPlane { masters });
        steps.extend(batches.into_iter().map(Step::Nodes));
        let id = self.0.ids.uuid();
        let task = UpgradeTask {
            id: id.clone(),
            from,
            to: to.clone(),
            state: UpgradeState::Running,
            created: self.0.now,
            updated: self.0.now,
            ended: None,
            check: None,
            steps,
            done: 0,
            addons: new.addons,
            round: 0,
            fails: None,
        };
        if let Some(upgrades) = self.upgrades_mut(cluster) {
            upgrades.tasks.insert(id.clone(), task);
        }
        self.follow_flow(cluster, |flow| flow.task = Some(id.clone()));
        self.run_upgrade(cluster);
        Ok(id)
    }

    /// Whether the add-on can be upgraded with its cluster.
    fn check_addon_upgrade(&self, cluster: &str, upgrade: &AddonUpgrade, to: &str) -> Outcome<()> {
        let mut addons = self.0.realm.cce.addons.iter().filter(|addon| addon.cluster == cluster);
        let Some(addon) = addons.find(|addon| addon.template.name == upgrade.name) else {
            return Err(Reason::Invalid.because(format!("addons: the cluster has no add-on {}", upgrade.name)));
        };
        if addon.phase(self.0.now) != AddonPhase::Running {
            return Err(Reason::Unavailable.because(format!("the add-on {} is being changed", upgrade.name)));
        }
        let arm = self.0.realm.hosted(cluster)?.0.arm;
        addons::check_version(&upgrade.name, Some(&upgrade.version), to, arm).map(|_| ())
    }

    /// Starts the step of the last upgrade that is due.
    fn run_upgrade(&mut self, cluster: &str) {
        let fails = self.planned_failure(FailurePoint::ClusterUpgrade);
        let now = self.0.now;
        let Some(upgrades) = self.upgrades_mut(cluster) else { return };
        let Some(task) = upgrades.tasks.iter_mut().next_back() else { return };
        (task.state, task.updated, task.ended, task.fails) = (UpgradeState::Running, now, None, fails);
        self.run_step(cluster);
    }

    fn run_step(&mut self, cluster: &str) {
        let Some(upgrades) = self.upgrades_mut(cluster) else { return };
        let Some(task) = upgrades.tasks.iter_mut().next_back() else { return };
        task.round += 1;
        let (round, fails, step) = (task.round, task.fails.is_some(), task.steps.get(task.done).cloned());
        let (from, to) = (task.from.clone(), task.to.clone());
        let Some(step) = step else { return self.upgrade_done(cluster) };
        if step == Step::Checks && !fails {
            let check = self.add_check(cluster, from, to, Vec::new());
            if let Some(task) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.tasks.iter_mut().next_back()) {
                task.check = Some(check);
            }
        }
        let delay = if fails { FAILURE } else { step.takes() };
        self.after(delay, Event::UpgradeStep { cluster: cluster.to_owned(), round });
    }

    /// Ends a step of the last upgrade, unless it was paused since, and starts the next one.
    pub(super) fn upgrade_step(&mut self, cluster: &str, round: u64) {
        let now = self.0.now;
        let stays = self.0.realm.clusters.get(cluster).is_some_and(|cluster| cluster.stage == Stage::Up);
        let Some(task) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.tasks.iter_mut().next_back()) else {
            return;
        };
        if !stays || task.round != round || task.state != UpgradeState::Running {
            return;
        }
        task.updated = now;
        if let Some(reason) = task.fails.take() {
            return self.upgrade_fails(cluster, reason);
        }
        let (step, check) = (task.steps.get(task.done).cloned(), task.check.clone());
        match step {
            Some(Step::Checks) => {
                let check = self.0.realm.check(cluster, check.as_deref().unwrap_or_default()).ok();
                let passed = check.is_some_and(|check| check.phase(now) == CheckPhase::Success);
                if !passed {
                    return self.upgrade_fails(cluster, "the check before the upgrade has failed".to_owned());
                }
            }
            Some(Step::ControlPlane { .. }) => self.upgrade_control_plane(cluster),
            Some(Step::Nodes(batch)) => self.upgrade_batch(cluster, &batch),
            None => {}
        }
        if let Some(task) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.tasks.iter_mut().next_back()) {
            task.done += 1;
        }
        self.run_step(cluster);
        self.control_plane().sync(cluster);
    }

    fn upgrade_control_plane(&mut self, cluster: &str) {
        let Some(task) = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.last()) else { return };
        let (to, addons) = (task.to.clone(), task.addons.clone());
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(cluster) {
            hosted.release.clone_from(&to);
        }
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster) {
            cluster.upgrade_control_plane(plain_version(&to), &to);
        }
        for upgrade in addons {
            self.exchange_addon(cluster, &upgrade.name, upgrade.version, upgrade.values);
        }
    }

    fn upgrade_batch(&mut self, cluster: &str, batch: &[String]) {
        for uid in batch {
            let Some(member) = self.0.realm.cce.nodes.get_mut(uid) else { continue };
            member.updated = self.0.now;
            let machine = member.machine.clone();
            if let Some(cluster) = self.0.realm.clusters.get_mut(cluster) {
                cluster.upgrade_node(&machine);
            }
            self.control_plane().node_event(
                cluster,
                &machine,
                "NodeUpgraded",
                "the node has the version of the cluster",
            );
        }
    }

    fn upgrade_done(&mut self, cluster: &str) {
        self.end_upgrade(cluster, UpgradeState::Done);
        // Pools that have lost nodes meanwhile are filled up.
        self.pools_follow(cluster);
    }

    fn upgrade_fails(&mut self, cluster: &str, reason: String) {
        self.end_upgrade(cluster, UpgradeState::Failed(reason));
    }

    fn end_upgrade(&mut self, cluster: &str, state: UpgradeState) {
        let now = self.0.now;
        if let Some(hosted) = self.0.realm.cce.clusters.get_mut(cluster) {
            hosted.updated = now;
            if let Some(task) = hosted.upgrades.tasks.iter_mut().next_back() {
                (task.state, task.updated, task.ended) = (state, now, Some(now));
            }
        }
    }

    /// Pauses the upgrade that is running. The step that is not finished starts anew when the upgrade is continued.
    pub fn pause_upgrade(&mut self, cluster: &str) -> Outcome<()> {
        let now = self.0.now;
        let task = self.last_upgrade(cluster, "running", |state| *state == UpgradeState::Running)?;
        (task.state, task.updated) = (UpgradeState::Paused, now);
        task.round += 1;
        Ok(())
    }

    /// Continues the upgrade that is paused.
    pub fn continue_upgrade(&mut self, cluster: &str) -> Outcome<()> {
        let now = self.0.now;
        let task = self.last_upgrade(cluster, "paused", |state| *state == UpgradeState::Paused)?;
        (task.state, task.updated) = (UpgradeState::Running, now);
        self.run_step(cluster);
        Ok(())
    }

    /// Starts the step that has failed anew.
    pub fn retry_upgrade(&mut self, cluster: &str) -> Outcome<()> {
        self.0.realm.available(cluster, self.0.now)?;
        self.last_upgrade(cluster, "failed", |state| matches!(state, UpgradeState::Failed(_)))?;
        self.run_upgrade(cluster);
        Ok(())
    }

    /// The last upgrade, which must be in that state.
    fn last_upgrade(
        &mut self,
        cluster: &str,
        state: &str,
        is_due: impl Fn(&UpgradeState) -> bool,
    ) -> Outcome<&mut UpgradeTask> {
        let (there, _) = self.0.realm.hosted(cluster)?;
        let stays = there.stage == Stage::Up;
        let task = self.upgrades_mut(cluster).and_then(|upgrades| upgrades.tasks.iter_mut().next_back());
        task.filter(|task| stays && is_due(&task.state))
            .ok_or_else(|| Reason::Unavailable.because(format!("the cluster {cluster} has no upgrade that is {state}")))
    }
}
