//! Faults of machines, for those who want to see what their program does then.

use crate::World;
use crate::cluster::outages::Outage;
use crate::kernel::engine::Engine;
use crate::kernel::realm::RealmMut;
use serde::{Deserialize, Serialize};

/// What can go wrong with a machine that is a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MachineFault {
    /// Nearly all file descriptors are in use.
    Descriptors,
    /// The container runtime does not answer. The node is not ready.
    Runtime,
    /// The kubelet does not answer. The node is not ready, and Kubernetes does not know why.
    Kubelet,
    /// A file system has become read-only.
    ReadonlyFilesystem,
    /// A process was killed because memory ran out.
    OutOfMemory,
    /// A task hangs.
    HungTask,
    /// A network device cannot be unregistered.
    NetDevice,
    /// The kernel has divided by zero.
    DivideError,
    /// The kernel has followed a null pointer.
    NullPointer,
    /// The file system ext4 has an error.
    Ext4Error,
    /// The file system ext4 warns.
    Ext4Warning,
    /// A disk fails.
    Io,
    /// Memory fails.
    Memory,
    /// Docker hangs.
    HungDocker,
    /// The kubelet has restarted.
    KubeletRestart,
}

impl MachineFault {
    /// Whether the machine still has it after a restart.
    fn survives_restart(self) -> bool {
        matches!(self, Self::Io | Self::Memory)
    }

    /// What Kubernetes sees of it, if the node is not ready.
    fn outage(self, now: crate::Millis) -> Option<Outage> {
        let (silent, reason, message) = match self {
            Self::Kubelet => (true, "NodeStatusUnknown", "Kubelet stopped posting node status."),
            Self::Runtime => (false, "KubeletNotReady", "container runtime is down"),
            _ => return None,
        };
        Some(Outage { silent, reason: reason.into(), message: message.to_owned(), since: now })
    }
}

impl World {
    /// Breaks a machine that is a node of a cluster, until it is repaired or restarted. False if there is no such node,
    /// or if it does not run.
    pub fn break_machine(&mut self, machine: &str, fault: MachineFault) -> bool {
        let Some((mut realm, cluster)) = self.node_of(machine) else { return false };
        realm.break_node(&cluster, machine, fault)
    }

    /// Repairs a fault of a machine that is a node of a cluster.
    pub fn repair_machine(&mut self, machine: &str, fault: MachineFault) {
        if let Some((mut realm, cluster)) = self.node_of(machine) {
            realm.repair_node(&cluster, machine, fault);
        }
    }

    /// Returns the nodes of that name or with that machine: the cluster and the machine of each. If a cluster is named, only
    /// its nodes.
    pub fn find_nodes(&self, cluster: Option<&str>, node: &str) -> Vec<(String, String)> {
        let clusters = self.realms.values().flat_map(|realm| realm.clusters.iter());
        let clusters = clusters.filter(|there| cluster.is_none_or(|cluster| cluster == there.id));
        let named = clusters.flat_map(|cluster| cluster.nodes.iter().map(move |node| (cluster, node)));
        let named = named.filter(|(_, there)| there.name == node || there.machine == node);
        named.map(|(cluster, node)| (cluster.id.clone(), node.machine.clone())).collect()
    }

    /// Takes a machine back that is a node of a cluster, as a cloud does with spot instances: the node leaves, and the
    /// machine is destroyed. False if there is no such node, or if it leaves already.
    pub fn reclaim_machine(&mut self, machine: &str) -> bool {
        let Some((mut realm, cluster)) = self.node_of(machine) else { return false };
        let node = realm.realm.clusters.get(&cluster).and_then(|cluster| cluster.nodes.get(machine));
        if node.is_none_or(|node| node.leaving.is_some()) {
            return false;
        }
        realm.leave(&cluster, machine, false);
        true
    }

    /// The realm and the cluster in which the machine is a node.
    fn node_of(&mut self, machine: &str) -> Option<(RealmMut<'_>, String)> {
        let (key, engine, cluster) = self.realms.iter().find_map(|(key, realm)| {
            let mut clusters = realm.clusters.iter();
            let cluster = clusters.find(|cluster| cluster.nodes.contains(machine))?;
            Some((key.clone(), cluster.engine, cluster.id.clone()))
        })?;
        let engine: &'static dyn Engine = engine;
        Some((self.realm(engine, &key.account, &key.region), cluster))
    }
}

impl RealmMut<'_> {
    fn break_node(&mut self, cluster_id: &str, machine: &str, fault: MachineFault) -> bool {
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let node = cluster.and_then(|cluster| cluster.nodes.get_mut(machine));
        let Some(node) = node.filter(|node| node.is_ready() && !node.faults.contains(&fault)) else { return false };
        node.faults.push(fault);
        if let Some(outage) = fault.outage(self.now) {
            self.node_fails(cluster_id, machine, outage);
        }
        self.engine.node_broken(self, cluster_id, machine, fault);
        true
    }

    /// Repairs one fault. The node is ready again if no other fault keeps it from that.
    pub fn repair_node(&mut self, cluster_id: &str, machine: &str, fault: MachineFault) {
        let now = self.now;
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(machine)) else { return };
        let before = node.faults.len();
        node.faults.retain(|there| *there != fault);
        if node.faults.len() == before {
            return;
        }
        if node.faults.iter().all(|left| left.outage(now).is_none()) {
            self.node_recovers(cluster_id, machine, fault == MachineFault::Runtime);
        }
    }

    /// Clears the faults that a restart of the machine clears.
    pub fn clear_faults(&mut self, cluster_id: &str, machine: &str) {
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(machine)) else { return };
        node.faults.retain(|fault| fault.survives_restart());
    }
}
