//! The steps of the upgrade of one node.

use super::check::Check;
use super::{Method, Progress};
use crate::cluster::nodes::{Drain, Node};
use crate::cluster::outages::Outage;
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::tasks::{Life, TaskKind};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long the check before the upgrade takes.
const CHECK: Millis = 5 * SECOND;
/// How often it is looked whether a node is drained, or its pods are well.
const LOOK: Millis = 10 * SECOND;
/// How long a node may take to be drained.
const LONGEST_DRAIN: Millis = 10 * MINUTE;
/// How long it takes to take a node out of the cluster.
const REMOVAL: Millis = 5 * SECOND;
/// How long it takes to install a machine anew.
const INSTALLATION: Millis = 2 * MINUTE;
/// How long it takes to replace the components of a node.
const REPLACEMENT: Millis = 30 * SECOND;
/// How long the pods may take to become ready after the upgrade of a node.
const LONGEST_VERIFICATION: Millis = 10 * MINUTE;

/// What is done to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepKind {
    /// The check of the workloads on the node.
    Check,
    /// The node takes no more pods, and its pods leave.
    Drain,
    /// The node leaves the cluster; its object stays.
    Remove,
    /// The machine is installed anew.
    Install,
    /// The components are replaced.
    Replace,
    /// The check of the node and of all pods.
    Verify,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    Pending,
    Running,
    Success,
    Failed,
}

/// A step of the upgrade of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub kind: StepKind,
    pub state: StepState,
    pub started: Option<Millis>,
    pub ended: Option<Millis>,
    pub fault: String,
}

/// What became of a step.
enum Verdict {
    Done,
    Again,
    /// It failed; the upgrade is paused until the caller resumes it.
    Refused(String),
    /// It could not be finished in time.
    Late(String),
}

fn kinds(method: Method) -> &'static [StepKind] {
    match method {
        Method::Reset => &[StepKind::Check, StepKind::Drain, StepKind::Remove, StepKind::Install, StepKind::Verify],
        Method::Version => &[StepKind::Check, StepKind::Drain, StepKind::Replace, StepKind::Verify],
        Method::Revision => &[StepKind::Replace, StepKind::Verify],
    }
}

impl Progress {
    /// The upgrade of a node that has not begun.
    pub(super) fn new(machine: &str) -> Self {
        Self {
            machine: machine.to_owned(),
            life: Life::Pending,
            started: None,
            ended: None,
            check: Check::default(),
            steps: Vec::new(),
            place: 0,
            round: 0,
            was_cordoned: false,
            task: String::new(),
        }
    }

    /// Whether the machine is still as it was.
    pub(super) fn is_before_change(&self) -> bool {
        self.steps.get(self.place).is_some_and(|step| matches!(step.kind, StepKind::Check | StepKind::Drain))
    }

    /// Why a step failed.
    pub(super) fn fault(&self) -> Option<&str> {
        let failed = self.steps.iter().find(|step| step.state == StepState::Failed)?;
        Some(&failed.fault)
    }
}

impl Tke<'_> {
    /// Begins the upgrade of a node.
    pub(super) fn begin_node(&mut self, id: &str, machine: &str) {
        let now = self.0.now;
        let release = self.0.realm.clusters.get(id).map(|cluster| cluster.release.clone()).unwrap_or_default();
        let task = self.start_task(id, TaskKind::Node, machine, format!("{machine} to {release}"));
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let cordoned = cluster.nodes.get(machine).is_some_and(|node| node.cordoned);
        let Some(upgrade) = cluster.tke_mut().nodes_upgrade.as_mut() else { return };
        let method = upgrade.order.method;
        let Some(node) = upgrade.node_mut(machine) else { return };
        let step = |kind: &StepKind| Step {
            kind: *kind,
            state: StepState::Pending,
            started: None,
            ended: None,
            fault: String::new(),
        };
        (node.life, node.started, node.ended) = (Life::Process, Some(now), None);
        (node.steps, node.check, node.place) = (kinds(method).iter().map(step).collect(), Check::default(), 0);
        (node.was_cordoned, node.task) = (cordoned, task);
        node.round += 1;
        self.begin_step(id, machine);
    }

    /// Begins the step that the upgrade of a node has come to, or ends the upgrade after the last one.
    fn begin_step(&mut self, id: &str, machine: &str) {
        let now = self.0.now;
        let Some(node) = self.nodes_upgrade_mut(id).and_then(|upgrade| upgrade.node_mut(machine)) else { return };
        let (round, was_cordoned) = (node.round, node.was_cordoned);
        let Some(step) = node.steps.get_mut(node.place) else {
            self.end_node(id, machine, Life::Done, "");
            return;
        };
        (step.state, step.started) = (StepState::Running, Some(now));
        let lasts = match step.kind {
            StepKind::Check => CHECK,
            StepKind::Drain => {
                self.cordon(id, machine);
                LOOK
            }
            StepKind::Remove => REMOVAL,
            StepKind::Install => INSTALLATION,
            StepKind::Replace => REPLACEMENT,
            StepKind::Verify => {
                self.release_node(id, machine, was_cordoned);
                LOOK
            }
        };
        self.plan_step(id, machine, round, lasts);
    }

    fn plan_step(&mut self, id: &str, machine: &str, round: u64, lasts: Millis) {
        let event = Event::NodeUpgradeStep { cluster: id.to_owned(), machine: machine.to_owned(), round };
        self.after(lasts, event);
    }

    /// Ends the step that the upgrade of a node is in, or looks at it again later.
    pub(in crate::tke) fn node_upgrade_step(&mut self, id: &str, machine: &str, round: u64) {
        let now = self.0.now;
        if self.0.realm.running_cluster(self.0.engine, id).is_err() {
            return;
        }
        let upgrade = self.nodes_upgrade_mut(id);
        let running = |node: &&mut Progress| node.round == round && node.life == Life::Process;
        let Some(node) = upgrade.and_then(|upgrade| upgrade.node_mut(machine)).filter(running) else { return };
        let Some(step) = node.steps.get(node.place).cloned() else { return };
        let is_there = self.0.realm.clusters.get(id).and_then(|cluster| cluster.nodes.get(machine));
        if is_there.is_none_or(|node| node.leaving.is_some()) {
            self.end_node(id, machine, Life::Aborted, "the node has left the cluster");
            return;
        }
        let verdict = self.finish_step(id, machine, &step);
        if matches!(verdict, Verdict::Again) {
            self.plan_step(id, machine, round, LOOK);
            return;
        }
        let Some(node) = self.nodes_upgrade_mut(id).and_then(|upgrade| upgrade.node_mut(machine)) else { return };
        if let Some(step) = node.steps.get_mut(node.place) {
            step.ended = Some(now);
            match &verdict {
                Verdict::Refused(fault) | Verdict::Late(fault) => {
                    (step.state, step.fault) = (StepState::Failed, fault.clone());
                }
                _ => step.state = StepState::Success,
            }
        }
        match verdict {
            Verdict::Refused(fault) => self.end_node(id, machine, Life::Paused, &fault),
            Verdict::Late(fault) => self.end_node(id, machine, Life::Timeout, &fault),
            _ => {
                node.place += 1;
                self.begin_step(id, machine);
            }
        }
        self.control_plane().settle(id);
        self.control_plane().sync(id);
    }

    fn finish_step(&mut self, id: &str, machine: &str, step: &Step) -> Verdict {
        let late = |limit: Millis| step.started.is_some_and(|started| self.0.now >= started + limit);
        match step.kind {
            StepKind::Check => self.check_node(id, machine),
            StepKind::Drain => {
                let too_late = late(LONGEST_DRAIN);
                let left = self.drain(id, machine);
                if left.is_empty() {
                    return Verdict::Done;
                }
                let fault = || format!("the node could not be drained: {} stay on it", left.join(", "));
                if too_late { Verdict::Late(fault()) } else { Verdict::Again }
            }
            StepKind::Remove => {
                let name = self.node_mut(id, machine).map(|node| node.name.clone());
                let outage = Outage::installation(self.0.now);
                self.node_fails(id, machine, outage);
                self.control_plane().lose_node(id, &name.unwrap_or_default());
                Verdict::Done
            }
            StepKind::Install => {
                self.install(id, machine);
                Verdict::Done
            }
            StepKind::Replace => {
                self.renew(id, machine);
                Verdict::Done
            }
            StepKind::Verify => {
                let too_late = late(LONGEST_VERIFICATION);
                let most = self.nodes_upgrade_mut(id).map_or(0.0, |upgrade| upgrade.order.max_unready);
                let fault = self.0.realm.clusters.get(id).and_then(|cluster| cluster.pod_fault(most));
                match fault {
                    None => Verdict::Done,
                    Some(fault) if too_late => Verdict::Late(fault),
                    Some(_) => Verdict::Again,
                }
            }
        }
    }

    /// Checks the workloads on a node, unless the caller skips that.
    fn check_node(&mut self, id: &str, machine: &str) -> Verdict {
        let Some(cluster) = self.0.realm.clusters.get(id) else { return Verdict::Done };
        let Some(node) = cluster.nodes.get(machine) else { return Verdict::Done };
        let check = cluster.drain_check(&node.name);
        let Some(upgrade) = self.nodes_upgrade_mut(id) else { return Verdict::Done };
        let fault = check.fault().filter(|_| !upgrade.order.skips_checks);
        if let Some(node) = upgrade.node_mut(machine) {
            node.check = check;
        }
        fault.map_or(Verdict::Done, Verdict::Refused)
    }

    fn node_mut(&mut self, id: &str, machine: &str) -> Option<&mut Node> {
        self.0.realm.clusters.get_mut(id)?.nodes.get_mut(machine)
    }

    /// Lets a node take no more pods, and its pods leave.
    fn cordon(&mut self, id: &str, machine: &str) {
        if let Some(node) = self.node_mut(id, machine) {
            (node.cordoned, node.drain) = (true, Drain::Draining);
        }
        self.control_plane().node_event(id, machine, "NodeNotSchedulable", "the node takes no more pods");
        self.drain(id, machine);
    }

    /// Lets the pods leave that may, and returns those that are still on the node.
    fn drain(&mut self, id: &str, machine: &str) -> Vec<String> {
        let Some(name) = self.node_mut(id, machine).map(|node| node.name.clone()) else { return Vec::new() };
        let left = self.control_plane().evict_where_allowed(id, &name);
        if let Some(node) = self.node_mut(id, machine).filter(|_| left.is_empty()) {
            node.drain = Drain::Drained;
        }
        left
    }

    /// Lets a node that was drained take pods again, if it did before its upgrade.
    pub(super) fn release_node(&mut self, id: &str, machine: &str, was_cordoned: bool) {
        let drained = |step: &Step| step.kind == StepKind::Drain && step.started.is_some();
        let progress = self.nodes_upgrade_mut(id).and_then(|upgrade| upgrade.node_mut(machine));
        if !progress.is_some_and(|progress| progress.steps.iter().any(drained)) {
            return;
        }
        let Some(node) = self.node_mut(id, machine) else { return };
        (node.cordoned, node.drain) = (was_cordoned, Drain::Not);
        self.control_plane().node_event(id, machine, "NodeSchedulable", "the upgrade of the node is over");
        self.control_plane().settle(id);
    }

    /// Gives a node the release of the control plane, and its container runtime if that is asked for.
    fn renew(&mut self, id: &str, machine: &str) {
        let with_runtime = self.nodes_upgrade_mut(id).is_some_and(|upgrade| upgrade.order.with_runtime);
        let Some(node) = self.node_mut(id, machine) else { return };
        node.release = None;
        if with_runtime {
            node.runtime = None;
        }
        self.control_plane().node_event(id, machine, "NodeReady", "the node has the release of the control plane");
    }

    /// Installs a machine anew: the system and the runtime of the cluster, and the settings of the order.
    fn install(&mut self, id: &str, machine: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let os = cluster.os.clone();
        let Some(order) = cluster.tke().nodes_upgrade.as_ref().map(|upgrade| upgrade.order.clone()) else { return };
        let mut cordoned = false;
        if let Some(node) = cluster.nodes.get_mut(machine) {
            node.runtime = None;
            node.os.clone_from(&os);
            if let Some(settings) = order.settings {
                cordoned = settings.cordoned;
                node.labels.extend(settings.labels.iter().cloned());
                node.settings = settings;
            }
            for taint in order.taints {
                node.taints.retain(|there| (&there.key, &there.effect) != (&taint.key, &taint.effect));
                node.taints.push(taint);
            }
        }
        self.node_recovers(id, machine, true);
        if let Some(progress) = self.nodes_upgrade_mut(id).and_then(|upgrade| upgrade.node_mut(machine)) {
            progress.was_cordoned |= cordoned;
        }
        if let Some(machine) = self.0.realm.machines.get_mut(machine) {
            machine.os = os;
            if !order.security_groups.is_empty() {
                machine.security_groups = order.security_groups;
            }
        }
        self.renew(id, machine);
    }
}
