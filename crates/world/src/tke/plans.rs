//! What the platform upgrades by itself: the control planes of clusters that have a maintenance window get the newest
//! revision of their version.

use super::control_plane::Order;
use super::status::check_idle;
use super::versions::{self, Target};
use crate::cluster::{Cluster, Stage, Status};
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long the platform waits if a cluster is busy.
const BUSY: Millis = 10 * MINUTE;

/// An upgrade that the platform has planned for clusters.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpgradeTask {
    pub id: i64,
    /// The release that the clusters get.
    pub release: String,
    pub created: Millis,
    pub plans: Vec<UpgradePlan>,
}

/// The upgrade of one cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpgradePlan {
    pub id: i64,
    pub cluster: String,
    pub cluster_name: String,
    /// When it begins; nothing as long as other clusters come first.
    pub planned: Option<Millis>,
    pub started: Option<Millis>,
    pub ended: Option<Millis>,
    pub state: PlanState,
    pub reason: String,
    /// Which planning it is: what was planned for an earlier one is void.
    round: u64,
}

/// How far the upgrade of a cluster has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PlanState {
    Pending,
    Running,
    Succeeded,
    Failed,
    /// It does not happen because the caller or the world wants it so. Only the caller's word holds for good.
    Cancelled {
        by_caller: bool,
    },
}

impl PlanState {
    /// Whether clusters of later steps of a sequence need not wait for it.
    fn lets_others_go(self) -> bool {
        matches!(self, Self::Succeeded | Self::Cancelled { .. })
    }
}

/// When a plan can begin.
enum Begin {
    At(Millis),
    /// It waits for other clusters, or for a window.
    Later(String),
    Never(String),
}

impl Cluster {
    /// Whether its control plane has not the newest revision of its version.
    fn is_outdated(&self) -> bool {
        versions::is_older_revision(&self.release, &versions::newest(&self.version))
    }

    /// Whether the upgrade of the control plane has come past its checks.
    pub fn is_past_checks(&self) -> bool {
        self.tke().control_plane.as_ref().is_some_and(super::control_plane::ControlPlaneUpgrade::is_past_checks)
    }
}

impl Tke<'_> {
    /// Plans the upgrades that are due by the windows and sequences, and plans those anew that have not begun.
    pub(super) fn plan_upgrades(&mut self) {
        let has_window = |cluster: &&Cluster| cluster.stage == Stage::Up && self.window_for(cluster).is_some();
        let outdated = self.0.clusters().filter(has_window).filter(|cluster| cluster.is_outdated());
        let wanted: Vec<(String, String, String)> = outdated
            .map(|cluster| (versions::newest(&cluster.version), cluster.id.clone(), cluster.name.clone()))
            .collect();
        for (release, cluster, name) in wanted {
            self.add_plan(&release, &cluster, &name);
        }
        let pending = self.plans().filter(|(_, plan)| plan.state == PlanState::Pending);
        let ids: Vec<i64> = pending.map(|(_, plan)| plan.id).collect();
        for id in ids {
            let from = self.0.now;
            self.plan_anew(id, from);
        }
    }

    /// All plans with their tasks.
    fn plans(&self) -> impl Iterator<Item = (&UpgradeTask, &UpgradePlan)> {
        self.0.realm.tke.upgrades.iter().flat_map(|task| task.plans.iter().map(move |plan| (task, plan)))
    }

    fn plan_mut(&mut self, id: i64) -> Option<&mut UpgradePlan> {
        self.0.realm.tke.upgrades.iter_mut().flat_map(|task| task.plans.iter_mut()).find(|plan| plan.id == id)
    }

    /// Adds the plan to bring a cluster to a release, unless there is one.
    fn add_plan(&mut self, release: &str, cluster: &str, name: &str) {
        let now = self.0.now;
        let tasks = &self.0.realm.tke.upgrades;
        let place = tasks.iter().position(|task| task.release == release);
        let again = PlanState::Cancelled { by_caller: false };
        let task = place.and_then(|place| tasks.get(place));
        if task.is_some_and(|task| task.plans.iter().any(|plan| plan.cluster == cluster && plan.state != again)) {
            return;
        }
        let plan = UpgradePlan {
            id: self.0.ids.number() as i64,
            cluster: cluster.to_owned(),
            cluster_name: name.to_owned(),
            planned: None,
            started: None,
            ended: None,
            state: PlanState::Pending,
            reason: String::new(),
            round: 0,
        };
        let tasks = &mut self.0.realm.tke.upgrades;
        if let Some(task) = place.and_then(|place| tasks.get_mut(place)) {
            // A void plan of the cluster makes room for the new one.
            task.plans.retain(|there| there.cluster != cluster);
            task.plans.push(plan);
            return;
        }
        let id = self.0.ids.number() as i64;
        tasks.push(UpgradeTask { id, release: release.to_owned(), created: now, plans: vec![plan] });
    }

    /// Decides when a plan begins, from that moment on.
    fn plan_anew(&mut self, id: i64, from: Millis) {
        let begin = self.beginning(id, from);
        let Some(plan) = self.plan_mut(id) else { return };
        let (planned, reason) = match begin {
            Begin::At(moment) => (Some(moment), String::new()),
            Begin::Later(reason) => (None, reason),
            Begin::Never(reason) => {
                plan.state = PlanState::Cancelled { by_caller: false };
                (None, reason)
            }
        };
        plan.reason = reason;
        if plan.planned == planned {
            return;
        }
        plan.planned = planned;
        plan.round += 1;
        let round = plan.round;
        if let Some(moment) = planned {
            let delay = moment.saturating_sub(self.0.now);
            self.after(delay, Event::PlanDue { plan: id, round });
        }
    }

    fn beginning(&self, id: i64, from: Millis) -> Begin {
        let Some((task, plan)) = self.plans().find(|(_, plan)| plan.id == id) else {
            return Begin::Never(String::new());
        };
        let Ok(cluster) = self.0.realm.running_cluster(self.0.engine, &plan.cluster) else {
            return Begin::Never("the cluster is gone".to_owned());
        };
        if !versions::is_older_revision(&cluster.release, &task.release) {
            return Begin::Never(format!("the cluster has {}", cluster.release));
        }
        let Some(window) = self.window_for(cluster) else {
            return Begin::Never("the cluster has no maintenance window".to_owned());
        };
        let earliest = match self.after_earlier_steps(task, cluster) {
            Ok(earliest) => earliest.max(from),
            Err(reason) => return Begin::Later(reason),
        };
        let opening = window.next_opening(earliest);
        opening.map_or_else(|| Begin::Later("the maintenance window stays closed".to_owned()), Begin::At)
    }

    /// The moment from which on a cluster may be upgraded by its sequence, or what it waits for.
    fn after_earlier_steps(&self, task: &UpgradeTask, cluster: &Cluster) -> Result<Millis, String> {
        let sequences = self.0.realm.tke.sequences.iter().filter(|sequence| sequence.enabled);
        let Some((sequence, place)) = sequences.filter_map(|s| Some((s, s.place(cluster)?))).next() else {
            return Ok(0);
        };
        let mut earliest = 0;
        for plan in &task.plans {
            let Ok(other) = self.0.realm.cluster(self.0.engine, &plan.cluster) else { continue };
            let Some(step) = sequence.place(other).filter(|step| *step < place) else { continue };
            if !plan.state.lets_others_go() {
                return Err(format!("the cluster {} of an earlier step comes first", plan.cluster));
            }
            let soak = sequence.flows.get(step).map_or(0, |flow| flow.soak.unsigned_abs());
            earliest = earliest.max(plan.ended.unwrap_or(0).saturating_add(soak.saturating_mul(SECOND)));
        }
        Ok(earliest)
    }

    /// Begins the upgrade of a plan, or puts it off if its cluster is busy.
    pub(super) fn plan_due(&mut self, id: i64, round: u64) {
        let now = self.0.now;
        let due = |plan: &&UpgradePlan| plan.round == round && plan.state == PlanState::Pending;
        let found = self.plans().find(|(_, plan)| plan.id == id);
        let Some((task, plan)) = found.filter(|(_, plan)| due(plan)) else { return };
        let (release, name) = (task.release.clone(), plan.cluster.clone());
        if !matches!(self.beginning(id, now), Begin::At(moment) if moment <= now) {
            self.plan_anew(id, now);
            return;
        }
        let Ok(cluster) = self.0.realm.running_cluster(self.0.engine, &name) else { return };
        if check_idle(cluster).is_err() || cluster.status() == Status::Scaling {
            self.plan_anew(id, now + BUSY);
            return;
        }
        let target = Target { version: cluster.version.clone(), release, is_major: false };
        if let Some(plan) = self.plan_mut(id) {
            (plan.state, plan.started) = (PlanState::Running, Some(now));
        }
        self.start_control_plane_upgrade(&name, target, Order::default(), Some(id));
    }

    /// Notes the end of the upgrade of a plan.
    pub(super) fn plan_ended(&mut self, id: i64, fault: Option<&str>) {
        let now = self.0.now;
        if let Some(plan) = self.plan_mut(id) {
            plan.state = if fault.is_some() { PlanState::Failed } else { PlanState::Succeeded };
            plan.ended = Some(now);
            plan.reason = fault.unwrap_or_default().to_owned();
        }
    }

    /// Ends the plans of a cluster that is gone.
    pub(super) fn forget_cluster(&mut self, cluster: &Cluster) {
        let running = self.plans().filter(|(_, plan)| plan.cluster == cluster.id && plan.state == PlanState::Running);
        let ids: Vec<i64> = running.map(|(_, plan)| plan.id).collect();
        for id in ids {
            self.plan_ended(id, Some("the cluster is gone"));
        }
        self.plan_upgrades();
    }

    /// Cancels a plan that has not begun.
    pub fn cancel_plan(&mut self, cluster: &str, id: i64) -> Outcome<()> {
        self.0.realm.cluster(self.0.engine, cluster)?;
        let plan = self.plan_mut(id).filter(|plan| plan.cluster == cluster);
        let plan = plan.ok_or_else(|| {
            Reason::NoRecord.because(format!("PlanID: the cluster {cluster} has no upgrade plan {id}"))
        })?;
        if plan.state != PlanState::Pending {
            let message = format!("the upgrade plan {id} has begun already, or is over");
            return Err(Reason::TaskState.because(message));
        }
        (plan.state, plan.planned) = (PlanState::Cancelled { by_caller: true }, None);
        plan.reason = "cancelled by the account".to_owned();
        plan.round += 1;
        self.plan_upgrades();
        Ok(())
    }
}
