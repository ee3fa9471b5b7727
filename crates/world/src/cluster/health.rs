//! Machines that stop and start again by themselves, and what becomes of their nodes.

use crate::cluster::Event;
use crate::cluster::nodes::State;
use crate::cluster::outages::Outage;
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};

/// How long Kubernetes waits for a kubelet before the node is not ready.
const GRACE: Millis = 40 * SECOND;

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
            self.node_recovers(&cluster, id, true);
        }
        Ok(())
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
            self.lose_kubelet(cluster_id, id);
        }
    }

    /// Takes it that the kubelet of a node is silent.
    pub fn lose_kubelet(&mut self, cluster_id: &str, id: &str) {
        let message = "Kubelet stopped posting node status.".to_owned();
        let outage = Outage { silent: true, reason: "NodeStatusUnknown".into(), message, since: self.now };
        self.node_fails(cluster_id, id, outage);
    }
}
