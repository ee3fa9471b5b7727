//! The life of native nodes: stopped, started, rebooted, changed, deleted.

use super::Event;
use super::spec::{Disk, Gpu, Internet, MachineKind, Renewal, Setup, Term};
use crate::cluster::Cluster;
use crate::cluster::nodes::{Drain, Node, State};
use crate::cluster::outages::Outage;
use crate::infra::machines::Charge;
use crate::kernel::time::months_later;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::tke::Tke;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long a machine takes to stop, regularly and by force.
const STOP: Millis = 30 * SECOND;
const POWER_OFF: Millis = 5 * SECOND;
/// How long a machine takes to start (the description of StartMachines says a minute).
const START: Millis = MINUTE;
/// How long a machine takes to reboot, in addition to the time until it has stopped.
const BOOT: Millis = 30 * SECOND;
/// How long it takes until keys are on a machine (002:11539 says one to two minutes).
const LOGIN: Millis = MINUTE;
/// Most machines in one call.
const MOST_AT_ONCE: usize = 100;

/// The machine of a native node. What all machines have is in the machine of the same name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeMachine {
    /// The name of the machine, by which its node is known too.
    pub name: String,
    pub pool: String,
    /// The instance that it is.
    pub instance: String,
    pub state: MachineState,
    pub created: Millis,
    /// Whether the pool has stopped it because it was too many.
    pub idle: bool,
    /// The keys that are on the machine.
    pub keys: Vec<String>,
    pub password: bool,
    pub term: Option<Term>,
    pub expires: Option<Millis>,
    pub system_disk: Disk,
    pub data_disks: Vec<Disk>,
    pub internet: Option<Internet>,
    pub gpu: Option<Gpu>,
    pub setup: Setup,
    /// Why its creation has failed.
    pub failure: Option<String>,
}

/// Where the machine of a native node is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MachineState {
    Creating,
    Running,
    Failed,
    Stopping,
    Stopped,
    Starting,
    Rebooting,
    Deleting,
}

/// How machines are to change. What is not set stays.
#[derive(Debug, Clone, Default)]
pub struct MachineChange {
    pub display: Option<String>,
    pub system_disk: Option<Disk>,
    pub security_groups: Option<Vec<String>>,
    pub charge: Option<(Charge, Option<Term>)>,
    pub renewal: Option<Renewal>,
}

impl MachineChange {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        let Self { display, system_disk, security_groups, charge, renewal } = self;
        display.is_none() && system_disk.is_none() && security_groups.is_none() && charge.is_none() && renewal.is_none()
    }
}

impl NativeMachine {
    /// Whether it counts for its pool.
    pub(super) fn is_member(&self) -> bool {
        self.state != MachineState::Deleting && !self.idle
    }
}

fn denied(message: String) -> Violation {
    Reason::Protected.because(message)
}

impl Cluster {
    /// Whether the machines of a native node are those of the machine service.
    fn is_instance(&self, machine: &NativeMachine) -> bool {
        self.native_pool(&machine.pool).is_ok_and(|pool| pool.spec.kind == MachineKind::Cvm)
    }

    /// The native nodes of those names, each in one of the states.
    fn natives_in(&self, names: &[String], states: &[MachineState]) -> Outcome<Vec<String>> {
        if names.is_empty() {
            return Err(Reason::Invalid.because("MachineNames names at least one node"));
        }
        if names.len() > MOST_AT_ONCE {
            return Err(Reason::Invalid.because(format!("MachineNames names at most {MOST_AT_ONCE} nodes")));
        }
        let names: BTreeSet<&String> = names.iter().collect();
        for name in &names {
            let machine = self.native_machine(name)?;
            if !states.contains(&machine.state) {
                let wanted = states.iter().map(|state| format!("{state:?}")).collect::<Vec<_>>().join(" or ");
                return Err(denied(format!("the node {name} is {:?}, not {wanted}", machine.state)));
            }
        }
        Ok(names.into_iter().cloned().collect())
    }
}

impl Tke<'_> {
    fn set_native_state(&mut self, cluster: &str, name: &str, state: MachineState) {
        if let Some(machine) = self.native_mut(cluster).and_then(|native| native.machines.get_mut(name)) {
            machine.state = state;
        }
    }

    /// Whether the machine is in that state.
    fn native_is(&self, cluster: &str, name: &str, state: MachineState) -> bool {
        let cluster = self.0.realm.clusters.get(cluster);
        cluster.and_then(|cluster| cluster.native_machine(name).ok()).is_some_and(|machine| machine.state == state)
    }

    /// Stops machines. Their nodes are not ready then.
    pub fn stop_natives(&mut self, cluster_id: &str, names: &[String], hard: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        for name in cluster.natives_in(names, &[MachineState::Running])? {
            self.stop_native(cluster_id, &name, hard);
        }
        Ok(())
    }

    fn stop_native(&mut self, cluster_id: &str, name: &str, hard: bool) {
        self.set_native_state(cluster_id, name, MachineState::Stopping);
        let delay = if hard { POWER_OFF } else { STOP };
        self.after_native(delay, cluster_id, Event::Stopped { machine: name.to_owned() });
    }

    /// Stops a machine that is too many, after its pods have gone elsewhere.
    pub(super) fn rest_native(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if let Some(machine) = cluster.tke_mut().native.machines.get_mut(name) {
            machine.idle = true;
        }
        self.move_pods_away(cluster_id, name);
        self.stop_native(cluster_id, name, false);
    }

    /// Lets the pods of a node go elsewhere.
    fn move_pods_away(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(name).filter(|node| node.state == State::Running) else { return };
        (node.cordoned, node.drain) = (true, Drain::Draining);
        let node = node.name.clone();
        self.control_plane().evict(cluster_id, &node, false);
    }

    fn fail_node(&mut self, cluster_id: &str, name: &str, message: &str) {
        let outage =
            Outage { silent: true, reason: "NodeStatusUnknown".into(), message: message.to_owned(), since: self.0.now };
        self.node_fails(cluster_id, name, outage);
    }

    pub(super) fn native_stopped(&mut self, cluster_id: &str, name: &str) {
        if !self.native_is(cluster_id, name, MachineState::Stopping) {
            return;
        }
        self.set_native_state(cluster_id, name, MachineState::Stopped);
        if let Some(machine) = self.0.realm.machines.get_mut(name) {
            machine.running = false;
        }
        self.fail_node(cluster_id, name, "Kubelet stopped posting node status: the machine is stopped.");
    }

    /// Starts machines that are stopped.
    pub fn start_natives(&mut self, cluster_id: &str, names: &[String]) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        for name in cluster.natives_in(names, &[MachineState::Stopped])? {
            let native = self.native_mut(cluster_id);
            if let Some(native) = native
                && let Some(machine) = native.machines.get(&name).filter(|machine| machine.idle)
                && let Some(pool) = native.pools.get_mut(&machine.pool)
            {
                // It counts again, so that the pool does not stop it at once.
                pool.spec.replicas += 1;
            }
            self.start_native(cluster_id, &name);
        }
        Ok(())
    }

    pub(super) fn start_native(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let rested = cluster.tke_mut().native.machines.get_mut(name).is_some_and(|m| std::mem::take(&mut m.idle));
        let pool = cluster.native_machine(name).ok().and_then(|machine| cluster.native_pool(&machine.pool).ok());
        let cordoned = pool.is_some_and(|pool| pool.meta.cordoned);
        if let Some(node) = cluster.nodes.get_mut(name).filter(|_| rested) {
            (node.cordoned, node.drain) = (cordoned, Drain::Not);
        }
        self.set_native_state(cluster_id, name, MachineState::Starting);
        self.after_native(START, cluster_id, Event::Started { machine: name.to_owned() });
    }

    pub(super) fn native_started(&mut self, cluster_id: &str, name: &str) {
        if self.native_is(cluster_id, name, MachineState::Starting) {
            self.native_boots(cluster_id, name);
        }
    }

    /// Reboots machines.
    pub fn reboot_natives(&mut self, cluster_id: &str, names: &[String], hard: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let delay = BOOT + if hard { POWER_OFF } else { STOP };
        for name in cluster.natives_in(names, &[MachineState::Running])? {
            self.set_native_state(cluster_id, &name, MachineState::Rebooting);
            self.fail_node(cluster_id, &name, "Kubelet stopped posting node status: the machine reboots.");
            self.control_plane().node_event(cluster_id, &name, "Rebooted", "the machine reboots");
            self.after_native(delay, cluster_id, Event::Rebooted { machine: name });
        }
        Ok(())
    }

    pub(super) fn native_rebooted(&mut self, cluster_id: &str, name: &str) {
        if self.native_is(cluster_id, name, MachineState::Rebooting) {
            self.native_boots(cluster_id, name);
        }
    }

    /// A machine runs again.
    fn native_boots(&mut self, cluster_id: &str, name: &str) {
        self.set_native_state(cluster_id, name, MachineState::Running);
        if let Some(machine) = self.0.realm.machines.get_mut(name) {
            machine.running = true;
        }
        self.clear_faults(cluster_id, name);
        self.node_recovers(cluster_id, name, true);
        self.show_health(cluster_id, name);
    }

    /// A new machine has become a node.
    pub fn native_up(&mut self, cluster_id: &str, name: &str) {
        if self.native_is(cluster_id, name, MachineState::Creating) {
            self.set_native_state(cluster_id, name, MachineState::Running);
            self.show_health(cluster_id, name);
        }
    }

    pub(super) fn native_failed(&mut self, cluster_id: &str, name: &str, reason: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(name).filter(|node| node.state == State::Initializing) else { return };
        node.state = State::Failed;
        node.outage = Some(Outage { silent: true, reason: "Failed".into(), message: reason.to_owned(), since: now });
        if let Some(machine) = cluster.tke_mut().native.machines.get_mut(name) {
            (machine.state, machine.failure) = (MachineState::Failed, Some(reason.to_owned()));
        }
    }

    /// Deletes native nodes: their pods go elsewhere first. The pool replaces them unless it is to become smaller.
    pub fn delete_natives(
        &mut self,
        cluster_id: &str,
        names: &[String],
        scale_down: bool,
        keep: Option<bool>,
    ) -> Outcome<()> {
        use MachineState as S;
        const STATES: [MachineState; 7] =
            [S::Creating, S::Running, S::Failed, S::Stopping, S::Stopped, S::Starting, S::Rebooting];
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let names = cluster.natives_in(names, &STATES)?;
        for name in &names {
            let machine = cluster.native_machine(name)?;
            if keep == Some(true) && !cluster.is_instance(machine) {
                let message = format!("the machine of {name} cannot be kept: it is none of the machine service");
                return Err(Reason::Unsupported.because(message));
            }
            let charge = self.0.realm.machines.get(name).map(|machine| machine.charge);
            if keep == Some(false) && charge == Some(Charge::Prepaid) {
                let message =
                    format!("the node {name} is paid ahead: InstanceDeleteMode terminate is for hourly billing");
                return Err(denied(message));
            }
            let pool = cluster.native_pool(&machine.pool)?;
            let leaving = names.iter().filter(|name| cluster.native_machine(name).is_ok_and(|m| m.pool == pool.id));
            let left = pool.spec.replicas - leaving.count() as i64;
            if scale_down && pool.spec.autoscaling && left < pool.spec.scaling.min {
                let message = format!("the node pool {} cannot have fewer than MinReplicas nodes", pool.id);
                return Err(denied(message));
            }
        }
        for name in names {
            let Some(native) = self.native_mut(cluster_id) else { return Ok(()) };
            let machine = native.machines.get(&name).filter(|machine| scale_down && machine.is_member());
            let pool = machine.map(|machine| machine.pool.clone());
            if let Some(pool) = pool.and_then(|pool| native.pools.get_mut(&pool)) {
                pool.spec.replicas = (pool.spec.replicas - 1).max(0);
            }
            self.retire(cluster_id, &name, keep == Some(true));
        }
        Ok(())
    }

    /// Drains the node of a machine and deletes it.
    pub(super) fn retire(&mut self, cluster_id: &str, name: &str, keep: bool) {
        self.set_native_state(cluster_id, name, MachineState::Deleting);
        self.move_pods_away(cluster_id, name);
        self.leave(cluster_id, name, keep);
    }

    /// The node of a native machine is gone: so is the machine, unless it is of the machine service and is kept.
    pub fn native_gone(&mut self, cluster_id: &str, node: &Node) {
        let Some(native) = self.native_mut(cluster_id) else { return };
        let Some(machine) = native.machines.remove(&node.machine) else { return };
        let instance = native.pools.get(&machine.pool).is_some_and(|pool| pool.spec.kind == MachineKind::Cvm);
        self.drop_native_machine(&machine, instance && node.leaving == Some(true));
        self.fill_native(cluster_id, &machine.pool);
    }

    /// Destroys a machine, or gives it to the account as an instance of the machine service.
    pub fn drop_native_machine(&mut self, machine: &NativeMachine, keep: bool) {
        match self.0.realm.machines.remove(&machine.name) {
            Some(mut kept) if keep => {
                (kept.id, kept.cluster, kept.managed) = (machine.instance.clone(), None, false);
                self.0.realm.machines.insert(machine.instance.clone(), kept);
            }
            Some(gone) => self.release_address(&gone.network, &gone.subnet, &gone.private_ip),
            None => {}
        }
    }

    /// Sets the keys with which one can log in to a machine.
    pub fn set_native_login(&mut self, cluster_id: &str, name: &str, keys: Vec<String>) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let names = cluster.natives_in(&[name.to_owned()], &[MachineState::Running])?;
        for machine in names {
            self.after_native(LOGIN, cluster_id, Event::LoginSet { machine, keys: keys.clone() });
        }
        Ok(())
    }

    pub(super) fn native_login_set(&mut self, cluster_id: &str, name: &str, keys: Vec<String>) {
        if let Some(machine) = self.native_mut(cluster_id).and_then(|native| native.machines.get_mut(name)) {
            machine.keys = keys;
        }
    }

    /// Changes machines.
    pub fn change_natives(&mut self, cluster_id: &str, names: &[String], change: &MachineChange) -> Outcome<()> {
        use MachineState as S;
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let names = cluster.natives_in(names, &[S::Running, S::Stopped, S::Stopping, S::Starting, S::Rebooting])?;
        for name in &names {
            self.check_machine_change(cluster, name, change)?;
        }
        for name in names {
            if let Some(machine) = self.0.realm.machines.get_mut(&name) {
                machine.name = change.display.clone().unwrap_or(std::mem::take(&mut machine.name));
                if let Some(groups) = &change.security_groups {
                    machine.security_groups.clone_from(groups);
                }
            }
            let node = self.0.realm.clusters.get_mut(cluster_id).and_then(|cluster| cluster.nodes.get_mut(&name));
            if let (Some(node), Some(display)) = (node, &change.display) {
                node.machine_name.clone_from(display);
            }
            if let Some((charge, term)) = change.charge {
                self.set_charge(cluster_id, &name, charge, term);
            }
            let machine = self.native_mut(cluster_id).and_then(|native| native.machines.get_mut(&name));
            let Some(machine) = machine else { continue };
            if let (Some(renewal), Some(term)) = (change.renewal, machine.term.as_mut()) {
                term.renewal = renewal;
            }
            if let Some(disk) = &change.system_disk {
                machine.system_disk = disk.clone();
            }
        }
        Ok(())
    }

    fn check_machine_change(&self, cluster: &Cluster, name: &str, change: &MachineChange) -> Outcome<()> {
        let machine = cluster.native_machine(name)?;
        let charge = self.0.realm.machines.get(name).map(|machine| machine.charge);
        if let Some((wanted, term)) = change.charge {
            if charge == Some(wanted) {
                return Err(denied(format!("InstanceChargeType: the node {name} is billed like that already")));
            }
            if wanted == Charge::Prepaid {
                term.ok_or_else(|| Reason::Missing.because("PREPAID needs InstanceChargePrepaid.Period"))?.check()?;
            }
        } else if change.renewal.is_some() && machine.term.is_none() {
            return Err(denied(format!("InstanceChargePrepaid.RenewFlag: the node {name} is not paid ahead")));
        }
        if let Some(disk) = &change.system_disk {
            disk.check_system()?;
            if disk.kind != machine.system_disk.kind || disk.size < machine.system_disk.size {
                let message = "SystemDisk: the disk of a node that is there can grow; its type stays";
                return Err(Reason::Invalid.because(message));
            }
        }
        Ok(())
    }

    /// Sets how a machine is paid, from now on.
    pub(super) fn set_charge(&mut self, cluster_id: &str, name: &str, charge: Charge, term: Option<Term>) {
        let now = self.0.now;
        let term = term.filter(|_| charge == Charge::Prepaid);
        if let Some(machine) = self.0.realm.machines.get_mut(name) {
            machine.charge = charge;
        }
        let Some(machine) = self.native_mut(cluster_id).and_then(|native| native.machines.get_mut(name)) else {
            return;
        };
        machine.term = term;
        machine.expires = term.map(|term| months_later(now, term.months));
        if let Some(expires) = machine.expires {
            let event = Event::Expired { machine: name.to_owned() };
            self.after_native(expires.saturating_sub(now), cluster_id, event);
        }
    }

    /// Renews a machine that was paid ahead, or releases it (002:8116-8118).
    pub(super) fn native_expired(&mut self, cluster_id: &str, name: &str) {
        let now = self.0.now;
        let Some(machine) = self.native_mut(cluster_id).and_then(|native| native.machines.get_mut(name)) else {
            return;
        };
        let Some(term) = machine.term.filter(|_| machine.expires == Some(now)) else { return };
        if term.renewal == Renewal::Auto {
            let expires = months_later(now, term.months);
            machine.expires = Some(expires);
            let event = Event::Expired { machine: name.to_owned() };
            self.after_native(expires.saturating_sub(now), cluster_id, event);
        } else {
            self.retire(cluster_id, name, false);
        }
    }
}
