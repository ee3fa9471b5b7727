//! Health checks of native nodes, and repairs (002:9365-9624).
//!
//! A pool follows one policy. A fault that lasts is found by the item of the policy that checks for it, is reported as
//! a condition of the node and as an event, and is repaired if the item has an action, and pool and rule say so.

use super::Event;
use super::machines::MachineState;
use crate::cluster::faults::MachineFault;
use crate::cluster::outages::Condition;
use crate::kernel::save::forms::saved_by_name;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// How long a fault lasts until its check fails.
const WINDOW: Millis = MINUTE;
/// How long a repair takes.
const REPAIR: Millis = 30 * SECOND;
/// Most characters of a policy's name.
const LONGEST_NAME: usize = 63;

/// Something that is checked (002:9388-9420).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    pub name: &'static str,
    pub fault: MachineFault,
    pub description: &'static str,
    pub severe: bool,
    pub action: Option<Action>,
}

/// What repairs a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    RestartRuntime,
    RestartKubelet,
}

impl Action {
    /// The name of the action.
    pub fn name(self) -> &'static str {
        match self {
            Self::RestartRuntime => "RestartRuntime",
            Self::RestartKubelet => "RestartKubelet",
        }
    }
}

const fn low(name: &'static str, fault: MachineFault, description: &'static str, action: Option<Action>) -> Item {
    Item { name, fault, description, severe: false, action }
}

const fn high(name: &'static str, fault: MachineFault, description: &'static str) -> Item {
    Item { name, fault, description, severe: true, action: None }
}

/// What can be checked.
pub const ITEMS: [Item; 15] = [
    low("FDPressure", MachineFault::Descriptors, "Too many open files", None),
    low("RuntimeUnhealthy", MachineFault::Runtime, "List containerd task failed", Some(Action::RestartRuntime)),
    low("KubeletUnhealthy", MachineFault::Kubelet, "Call kubelet healthz failed", Some(Action::RestartKubelet)),
    high("ReadonlyFilesystem", MachineFault::ReadonlyFilesystem, "Filesystem is readonly"),
    high("OOMKilling", MachineFault::OutOfMemory, "Process has been oom-killed"),
    high("TaskHung", MachineFault::HungTask, "Task blocked more then beyond the threshold"),
    high("UnregisterNetDevice", MachineFault::NetDevice, "Net device unregister"),
    high("KernelOopsDivideError", MachineFault::DivideError, "Kernel oops with divide error"),
    high("KernelOopsNULLPointer", MachineFault::NullPointer, "Kernel oops with NULL pointer"),
    high("Ext4Error", MachineFault::Ext4Error, "Ext4 filesystem error"),
    high("Ext4Warning", MachineFault::Ext4Warning, "Ext4 filesystem warning"),
    high("IOError", MachineFault::Io, "IOError"),
    high("MemoryError", MachineFault::Memory, "MemoryError"),
    high("DockerHung", MachineFault::HungDocker, "Task blocked more then beyond the threshold"),
    low("KubeletRestart", MachineFault::KubeletRestart, "Kubelet restart", None),
];

/// The item of that name.
pub fn item(name: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.name == name)
}

saved_by_name!(Item, "check", |row| row.name, item);

/// A health check policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthPolicy {
    pub name: String,
    pub rules: Vec<Rule>,
    pub created: Millis,
}

/// What a policy does about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub item: &'static Item,
    pub enabled: bool,
    pub repairs: bool,
}

fn check_rules(rules: &[Rule]) -> Outcome<()> {
    for (place, rule) in rules.iter().enumerate() {
        let name = rule.item.name;
        if rules.iter().take(place).any(|before| before.item == rule.item) {
            return Err(Reason::Invalid.because(format!("HealthCheckPolicy.Rules has {name} twice")));
        }
        if rule.repairs && rule.item.action.is_none() {
            let message =
                format!("HealthCheckPolicy.Rules: there is no repair for {name}, leave AutoRepairEnabled off");
            return Err(Reason::Invalid.because(message));
        }
    }
    Ok(())
}

impl Tke<'_> {
    /// Creates a policy.
    pub fn create_policy(&mut self, cluster_id: &str, name: &str, rules: Vec<Rule>) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.chars().all(letter) {
            let message = format!(
                "HealthCheckPolicy.Name has 1 to {LONGEST_NAME} letters, digits, `-`, `_` and `.`, unlike {name}"
            );
            return Err(Reason::Invalid.because(message));
        }
        if cluster.tke().native.policies.contains(name) {
            return Err(Reason::InUse.because(format!("the cluster has a health check policy {name} already")));
        }
        check_rules(&rules)?;
        let policy = HealthPolicy { name: name.to_owned(), rules, created: self.0.now };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().native.policies.insert(name, policy);
        Ok(())
    }

    /// Gives a policy other rules.
    pub fn change_policy(&mut self, cluster_id: &str, name: &str, rules: Vec<Rule>) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        check_rules(&rules)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let none = || Reason::NoPart.because(format!("the cluster {cluster_id} has no health check policy {name}"));
        cluster.tke_mut().native.policies.get_mut(name).ok_or_else(none)?.rules = rules;
        let bound = cluster.policy_pools(name);
        for pool in bound {
            self.watch_health(cluster_id, &pool);
        }
        Ok(())
    }

    /// Deletes a policy that no pool follows.
    pub fn delete_policy(&mut self, cluster_id: &str, name: &str) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if !cluster.tke().native.policies.contains(name) {
            let message = format!("the cluster {cluster_id} has no health check policy {name}");
            return Err(Reason::NoPart.because(message));
        }
        if let [pool, ..] = &cluster.policy_pools(name)[..] {
            let message = format!("the node pool {pool} follows the health check policy {name}");
            return Err(Reason::InUse.because(message));
        }
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().native.policies.remove(name);
        Ok(())
    }

    /// The rules that are enabled for a machine, and whether its pool repairs.
    fn rules_for(&self, cluster_id: &str, machine: &str) -> (Vec<Rule>, bool) {
        let none = (Vec::new(), false);
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return none };
        let Ok(machine) = cluster.native_machine(machine) else { return none };
        let Ok(pool) = cluster.native_pool(&machine.pool) else { return none };
        let native = &cluster.tke().native;
        let policy = pool.spec.health_policy.as_ref().and_then(|name| native.policies.get(name));
        let rules = policy.into_iter().flat_map(|policy| &policy.rules).filter(|rule| rule.enabled).copied();
        (rules.collect(), pool.spec.auto_repair)
    }

    /// Shows on the nodes of a pool what is checked, and checks again for the faults that they have.
    pub(super) fn watch_health(&mut self, cluster_id: &str, pool: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let names: Vec<String> = cluster.native_members(pool).map(|machine| machine.name.clone()).collect();
        for name in names {
            self.show_health(cluster_id, &name);
            let node = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.nodes.get(&name));
            for fault in node.map(|node| node.faults.clone()).unwrap_or_default() {
                self.native_broken(cluster_id, &name, fault);
            }
        }
    }

    /// Shows on a node what is checked. What it no longer has, or what is no longer checked, no longer holds.
    pub(super) fn show_health(&mut self, cluster_id: &str, machine: &str) {
        let now = self.0.now;
        let (rules, _) = self.rules_for(cluster_id, machine);
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(machine)) else { return };
        let faults = node.faults.clone();
        let there = node.conditions.iter().filter(|condition| condition.holds).map(|condition| &*condition.kind);
        let there: Vec<&'static Item> = there.filter_map(item).collect();
        let holds = |item: &Item| there.contains(&item) && faults.contains(&item.fault);
        let enabled: Vec<&'static Item> = rules.iter().map(|rule| rule.item).collect();
        for item in &enabled {
            node.report(condition(item, holds(item), now));
        }
        for item in there.into_iter().filter(|item| !enabled.contains(item)) {
            node.report(condition(item, false, now));
        }
    }

    /// A machine has a fault, which its check finds when it has lasted for some time.
    pub fn native_broken(&mut self, cluster_id: &str, machine: &str, fault: MachineFault) {
        let event = Event::Checked { machine: machine.to_owned(), fault };
        self.after_native(WINDOW, cluster_id, event);
    }

    /// The node of a running machine, if it has the fault.
    fn has_fault(&self, cluster_id: &str, machine: &str, fault: MachineFault) -> bool {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return false };
        cluster.native_machine(machine).is_ok_and(|machine| machine.state == MachineState::Running)
            && cluster.nodes.get(machine).is_some_and(|node| node.faults.contains(&fault))
    }

    pub(super) fn fault_checked(&mut self, cluster_id: &str, machine: &str, fault: MachineFault) {
        if !self.has_fault(cluster_id, machine, fault) {
            return;
        }
        let (rules, repairs) = self.rules_for(cluster_id, machine);
        let Some(rule) = rules.iter().find(|rule| rule.item.fault == fault) else { return };
        self.report_item(cluster_id, machine, rule.item, true);
        self.control_plane().node_warning(cluster_id, machine, rule.item.name, rule.item.description);
        if let Some(action) = rule.item.action.filter(|_| repairs && rule.repairs) {
            let message = format!("{} has failed: {} begins", rule.item.name, action.name());
            self.control_plane().node_event(cluster_id, machine, action.name(), &message);
            let event = Event::Repaired { machine: machine.to_owned(), fault };
            self.after_native(REPAIR, cluster_id, event);
        }
    }

    pub(super) fn fault_repaired(&mut self, cluster_id: &str, machine: &str, fault: MachineFault) {
        if !self.has_fault(cluster_id, machine, fault) {
            return;
        }
        self.repair_node(cluster_id, machine, fault);
        let Some(item) = ITEMS.iter().find(|item| item.fault == fault) else { return };
        self.report_item(cluster_id, machine, item, false);
        self.control_plane().node_event(cluster_id, machine, "Repaired", &format!("{} is repaired", item.name));
    }

    fn report_item(&mut self, cluster_id: &str, machine: &str, item: &Item, holds: bool) {
        let now = self.0.now;
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        if let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(machine)) {
            node.report(condition(item, holds, now));
        }
    }
}

fn condition(item: &Item, holds: bool, now: Millis) -> Condition {
    let (reason, message) = match holds {
        true => ("CheckFailed", item.description.to_owned()),
        false => ("CheckPassed", String::new()),
    };
    Condition { kind: item.name.into(), holds, reason: reason.into(), message, since: now }
}

impl crate::cluster::Cluster {
    /// The pools that follow a policy.
    pub fn policy_pools(&self, policy: &str) -> Vec<String> {
        let pools = self.tke().native.pools.iter();
        let bound = pools.filter(|pool| pool.spec.health_policy.as_deref() == Some(policy));
        bound.map(|pool| pool.id.clone()).collect()
    }
}
