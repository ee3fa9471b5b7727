//! Machines that stop and start again, and what becomes of their nodes and pods.

use crate::cluster::Event;
use crate::cluster::nodes::{Node, State};
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::kubernetes::scheduler::Taint;

/// How long Kubernetes waits for a kubelet before the node is not ready.
const GRACE: Millis = 40 * SECOND;
/// How long pods stay on a node that is not ready.
const TOLERATION: Millis = 5 * MINUTE;
/// The key of the taints of a node that is not ready.
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

impl Node {
    /// The taints that follow from the health of the node.
    pub fn health_taints(&self) -> Vec<Taint> {
        let taint = |effect: &str| Taint { key: UNREACHABLE.into(), value: String::new(), effect: effect.into() };
        if self.unready_since.is_some() { vec![taint("NoSchedule"), taint("NoExecute")] } else { Vec::new() }
    }
}

impl RealmMut<'_> {
    /// Stops a machine, as a failure of its host does. Its node is not ready after a while.
    pub fn stop_machine(&mut self, id: &str) -> Outcome<()> {
        self.set_running(id, false)?;
        if let Some(cluster) = self.cluster_of(id) {
            self.after(GRACE, Event::NodeUnready { cluster, machine: id.to_owned() });
        }
        Ok(())
    }

    /// Starts a machine again. Its node is ready at once.
    pub fn start_machine(&mut self, id: &str) -> Outcome<()> {
        self.set_running(id, true)?;
        if let Some(cluster) = self.cluster_of(id) {
            self.mark_ready(&cluster, id);
        }
        Ok(())
    }

    /// Takes it that a node is ready.
    pub fn mark_ready(&mut self, cluster_id: &str, id: &str) {
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(id)) else { return };
        if node.unready_since.take().is_some() {
            self.control_plane().node_event(cluster_id, id, "NodeReady", "the node is ready");
            self.control_plane().settle(cluster_id);
        }
    }

    fn set_running(&mut self, id: &str, running: bool) -> Outcome<()> {
        let machine = self.realm.machines.get_mut(id);
        let machine = machine.ok_or_else(|| Reason::NoMachine.because(format!("the machine {id} does not exist")))?;
        machine.running = running;
        Ok(())
    }

    /// The cluster that the machine is a running node of.
    fn cluster_of(&self, id: &str) -> Option<String> {
        let cluster = self.realm.machines.get(id)?.cluster.clone()?;
        let node = self.realm.clusters.get(&cluster)?.nodes.get(id)?;
        (node.state == State::Running).then_some(cluster)
    }

    /// Takes it that a node is not ready if its machine does not run.
    pub fn node_unready(&mut self, cluster_id: &str, id: &str) {
        if self.realm.machines.get(id).is_some_and(|machine| !machine.running) {
            self.mark_unready(cluster_id, id);
        }
    }

    /// Takes it that a node is not ready.
    pub fn mark_unready(&mut self, cluster_id: &str, id: &str) {
        let now = self.now;
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let node = cluster.and_then(|cluster| cluster.nodes.get_mut(id));
        let Some(node) = node.filter(|node| node.is_ready()) else { return };
        node.unready_since = Some(now);
        self.after(TOLERATION, Event::NodeLost { cluster: cluster_id.to_owned(), machine: id.to_owned() });
        self.control_plane().node_event(cluster_id, id, "NodeNotReady", "the node is not ready");
        self.control_plane().settle(cluster_id);
        self.engine.node_unready(self, cluster_id, id);
    }

    /// Gives up the pods of a node that has not been ready for as long as pods tolerate it.
    pub fn node_lost(&mut self, cluster_id: &str, id: &str) {
        let Some(node) = self.realm.clusters.get(cluster_id).and_then(|cluster| cluster.nodes.get(id)) else { return };
        let name = node.name.clone();
        if node.unready_since.is_some_and(|since| since + TOLERATION <= self.now) {
            self.control_plane().evict(cluster_id, &name, false);
        }
    }
}
