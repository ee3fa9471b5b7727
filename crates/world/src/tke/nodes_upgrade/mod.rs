//! The upgrade of nodes: one after another, or some at a time.

mod check;
mod steps;

pub use check::Check;
use serde::{Deserialize, Serialize};
pub use steps::{Step, StepKind, StepState};

use super::tasks::{Life, TaskKind};
use super::versions;
use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, NodeSettings, Role};
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::scheduler::Taint;
use crate::tke::Tke;
use crate::tke::control_plane::check_percent;

/// How many nodes can be upgraded at a time.
const MOST_AT_ONCE: usize = 15;

/// How nodes are upgraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// To the next version: the machine is installed anew.
    Reset,
    /// To the newest revision of their version, in place.
    Revision,
    /// To the next version, in place.
    Version,
}

/// How nodes are to be upgraded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodesOrder {
    pub method: Method,
    pub nodes: Vec<String>,
    pub skips_checks: bool,
    /// The most pods that may be unavailable, in percent; 0 allows any number.
    pub max_unready: f64,
    pub at_once: usize,
    /// Whether the container runtime is upgraded, too.
    pub with_runtime: bool,
    /// Settings of nodes that are installed anew, if they are to have others.
    pub settings: Option<NodeSettings>,
    /// Taints that those nodes get in addition.
    pub taints: Vec<Taint>,
    pub security_groups: Vec<String>,
}

/// The upgrade of nodes of a cluster: the one that is running, or the last one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodesUpgrade {
    pub order: NodesOrder,
    pub life: Life,
    pub nodes: Vec<Progress>,
    task: String,
}

/// How far the upgrade of a node has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub machine: String,
    pub life: Life,
    pub started: Option<Millis>,
    pub ended: Option<Millis>,
    pub check: Check,
    pub steps: Vec<Step>,
    /// Which of the steps it is in.
    place: usize,
    /// How often it was begun: what was planned for an earlier attempt is void.
    round: u64,
    /// Whether the node took no pods before the upgrade.
    was_cordoned: bool,
    task: String,
}

impl NodesUpgrade {
    /// Whether a node is being upgraded, or will be without another call.
    pub fn is_busy(&self) -> bool {
        self.is_running() || matches!(self.life, Life::Pending | Life::Process | Life::Pausing)
    }

    fn is_running(&self) -> bool {
        self.count(Life::Process) > 0
    }

    fn count(&self, life: Life) -> usize {
        self.nodes.iter().filter(|node| node.life == life).count()
    }

    /// How many nodes are upgraded.
    pub fn done(&self) -> usize {
        self.count(Life::Done)
    }

    fn node_mut(&mut self, machine: &str) -> Option<&mut Progress> {
        self.nodes.iter_mut().find(|node| node.machine == machine)
    }
}

impl Cluster {
    /// Why a node cannot be upgraded in that manner; nothing if it can. A runtime can be upgraded without the release.
    pub fn upgrade_fault(&self, node: &Node, method: Method, with_runtime: bool) -> Option<String> {
        let release = node.release(self);
        let distance = versions::distance(versions::version_of(release), &self.version);
        let newest = &self.release;
        if node.role == Role::Master {
            return Some("masters are upgraded with the control plane".to_owned());
        }
        if !node.is_ready() || node.leaving.is_some() {
            return Some("the node is not running".to_owned());
        }
        match method {
            Method::Revision if distance != Some(0) => Some(format!("{release} is another version than {newest}")),
            Method::Revision if with_runtime && node.runtime.is_some() => None,
            Method::Revision if !versions::is_older_revision(release, newest) => {
                Some(format!("the node has {release} already"))
            }
            Method::Reset | Method::Version if distance == Some(0) => {
                Some(format!("the node has the version of the control plane, {}", self.version))
            }
            Method::Reset | Method::Version if distance != Some(1) => {
                Some(format!("{release} is more than one version behind {newest}"))
            }
            _ => None,
        }
    }
}

impl Tke<'_> {
    /// Starts the upgrade of nodes.
    pub fn upgrade_nodes(&mut self, id: &str, order: NodesOrder) -> Outcome<()> {
        check_percent("MaxNotReadyPercent", order.max_unready)?;
        if !(1..=MOST_AT_ONCE).contains(&order.at_once) {
            return Err(Reason::Invalid.because(format!("Concurrent is 1 to {MOST_AT_ONCE}, not {}", order.at_once)));
        }
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        let running = |upgrade: &NodesUpgrade| upgrade.is_busy() || upgrade.life == Life::Paused;
        if cluster.tke().nodes_upgrade.as_ref().is_some_and(running) {
            return Err(Reason::TaskRunning.because(format!("nodes of the cluster {id} are being upgraded already")));
        }
        super::status::check_idle(cluster)?;
        check_nodes(cluster, &order)?;
        let parameter = format!("{} nodes to {}", order.nodes.len(), cluster.release);
        let task = self.start_task(id, TaskKind::Nodes, id, parameter);
        let nodes = order.nodes.iter().map(|machine| Progress::new(machine)).collect();
        let upgrade = NodesUpgrade { order, life: Life::Process, nodes, task };
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().nodes_upgrade = Some(upgrade);
        self.begin_nodes(id);
        Ok(())
    }

    /// Pauses the upgrade of nodes: those that have begun are finished first.
    pub fn pause_nodes(&mut self, id: &str) -> Outcome<()> {
        self.switch_nodes(id, &[Life::Process], Life::Pausing, "paused")?;
        self.settle_nodes(id);
        Ok(())
    }

    /// Resumes a paused upgrade of nodes. Nodes whose checks failed are checked again.
    pub fn resume_nodes(&mut self, id: &str) -> Outcome<()> {
        self.switch_nodes(id, &[Life::Paused], Life::Process, "resumed")?;
        if let Some(upgrade) = self.nodes_upgrade_mut(id) {
            for node in upgrade.nodes.iter_mut().filter(|node| node.life == Life::Paused) {
                node.life = Life::Pending;
            }
        }
        self.begin_nodes(id);
        Ok(())
    }

    /// Ends the upgrade of nodes. A node whose machine is already being changed is finished, any other keeps its release.
    pub fn abort_nodes(&mut self, id: &str) -> Outcome<()> {
        self.switch_nodes(id, &[Life::Process, Life::Pausing, Life::Paused], Life::Aborted, "aborted")?;
        let Some(upgrade) = self.nodes_upgrade_mut(id) else { return Ok(()) };
        let waiting = |node: &&Progress| match node.life {
            Life::Pending | Life::Paused => true,
            Life::Process => node.is_before_change(),
            _ => false,
        };
        let stopped: Vec<String> = upgrade.nodes.iter().filter(waiting).map(|node| node.machine.clone()).collect();
        for machine in stopped {
            self.end_node(id, &machine, Life::Aborted, "");
        }
        Ok(())
    }

    fn switch_nodes(&mut self, id: &str, from: &[Life], to: Life, what: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, id)?;
        let Some(upgrade) = self.nodes_upgrade_mut(id) else {
            return Err(Reason::NoTask.because(format!("no nodes of the cluster {id} are being upgraded")));
        };
        if !from.contains(&upgrade.life) {
            let message = format!("the upgrade of the nodes of the cluster {id} cannot be {what} now");
            return Err(Reason::TaskState.because(message));
        }
        upgrade.life = to;
        let task = upgrade.task.clone();
        self.note_task(id, &task, to, "");
        Ok(())
    }

    pub(super) fn nodes_upgrade_mut(&mut self, id: &str) -> Option<&mut NodesUpgrade> {
        self.0.realm.clusters.get_mut(id)?.tke_mut().nodes_upgrade.as_mut()
    }

    /// Begins with as many nodes as may be upgraded at a time, and ends the upgrade when there are none left.
    fn begin_nodes(&mut self, id: &str) {
        while let Some(upgrade) = self.nodes_upgrade_mut(id) {
            let free = upgrade.life == Life::Process && upgrade.count(Life::Process) < upgrade.order.at_once;
            let next = upgrade.nodes.iter().find(|node| node.life == Life::Pending).filter(|_| free);
            let Some(machine) = next.map(|node| node.machine.clone()) else { break };
            self.begin_node(id, &machine);
        }
        self.settle_nodes(id);
    }

    /// Brings the whole upgrade to the state that its nodes have.
    fn settle_nodes(&mut self, id: &str) {
        let Some(upgrade) = self.nodes_upgrade_mut(id) else { return };
        if upgrade.is_running() {
            return;
        }
        let life = match upgrade.life {
            Life::Process if upgrade.count(Life::Paused) > 0 => Life::Paused,
            Life::Process if upgrade.count(Life::Pending) == 0 => Life::Done,
            Life::Pausing => Life::Paused,
            life => life,
        };
        let fault = upgrade.nodes.iter().find_map(|node| node.fault().filter(|_| !matches!(node.life, Life::Done)));
        let (task, error) = (upgrade.task.clone(), fault.unwrap_or_default().to_owned());
        if upgrade.life != life {
            upgrade.life = life;
            self.note_task(id, &task, life, &error);
        }
    }

    /// Ends the upgrade of a node, well or not, and begins the next one.
    fn end_node(&mut self, id: &str, machine: &str, life: Life, error: &str) {
        let now = self.0.now;
        let Some(node) = self.nodes_upgrade_mut(id).and_then(|upgrade| upgrade.node_mut(machine)) else { return };
        let (begun, was_cordoned, task) = (node.started.is_some(), node.was_cordoned, node.task.clone());
        (node.life, node.ended) = (life, begun.then_some(now));
        node.round += 1;
        if begun {
            self.release_node(id, machine, was_cordoned);
            self.note_task(id, &task, life, error);
        }
        let Some(upgrade) = self.nodes_upgrade_mut(id) else { return };
        match life {
            Life::Timeout if !upgrade.life.is_over() => {
                upgrade.life = Life::Timeout;
                let task = upgrade.task.clone();
                for node in upgrade.nodes.iter_mut().filter(|node| matches!(node.life, Life::Pending | Life::Paused)) {
                    node.life = Life::Aborted;
                }
                self.note_task(id, &task, Life::Timeout, error);
            }
            Life::Paused if upgrade.life == Life::Process => upgrade.life = Life::Pausing,
            _ => {}
        }
        self.begin_nodes(id);
    }
}

/// Whether all nodes of the order can be upgraded.
fn check_nodes(cluster: &Cluster, order: &NodesOrder) -> Outcome<()> {
    if order.nodes.is_empty() {
        return Err(Reason::Invalid.because("InstanceIds must name at least one node"));
    }
    if let Some(settings) = &order.settings {
        settings.check()?;
    }
    let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    if let Some(wrong) = order.taints.iter().find(|taint| taint.key.is_empty() || !effects.contains(&&*taint.effect)) {
        let message =
            format!("Taints: {}={} needs a key and an effect: {}", wrong.key, wrong.effect, effects.join(", "));
        return Err(Reason::Invalid.because(message));
    }
    if order.method != Method::Reset && (order.settings.is_some() || !order.security_groups.is_empty()) {
        return Err(Reason::Invalid.because("ResetParam is for nodes that are installed anew (reset)"));
    }
    for (place, machine) in order.nodes.iter().enumerate() {
        if order.nodes.iter().take(place).any(|other| other == machine) {
            return Err(Reason::Invalid.because(format!("InstanceIds names {machine} twice")));
        }
        let node = cluster.nodes.get(machine).ok_or_else(|| {
            Reason::NoPart.because(format!("the machine {machine} is not a node of the cluster {}", cluster.id))
        })?;
        if let Some(fault) = cluster.upgrade_fault(node, order.method, order.with_runtime) {
            return Err(Reason::Invalid.because(format!("the node {machine} cannot be upgraded: {fault}")));
        }
    }
    Ok(())
}
