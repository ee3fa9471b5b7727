//! Nodes that do not work for a while: what Kubernetes shows of it, and what becomes of their pods.

use crate::cluster::Event;
use crate::cluster::nodes::{Node, State};
use crate::kernel::realm::RealmMut;
use crate::kernel::{MINUTE, Millis};
use crate::kubernetes::pods::START;
use crate::kubernetes::scheduler::Taint;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How long pods stay on a node that does not answer (`tolerationSeconds` that Kubernetes adds to every pod).
const TOLERANCE: Millis = 5 * MINUTE;

/// Why a node does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Whether its kubelet is silent. Otherwise it reports that the node is not ready.
    pub silent: bool,
    pub reason: Cow<'static, str>,
    pub message: String,
    pub since: Millis,
}

/// Something that a monitor of the node reports, in addition to `Ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub kind: Cow<'static, str>,
    pub holds: bool,
    pub reason: Cow<'static, str>,
    pub message: String,
    pub since: Millis,
}

/// The reason of an outage while a machine is installed anew.
const INSTALLATION: &str = "NodeInstalling";

impl Outage {
    /// The outage of a node whose machine is installed anew.
    pub fn installation(since: Millis) -> Self {
        let message = "the machine is being installed anew".to_owned();
        Self { silent: false, reason: INSTALLATION.into(), message, since }
    }

    /// Whether the machine is installed anew.
    pub fn is_installation(&self) -> bool {
        self.reason == INSTALLATION
    }

    /// The status of the condition `Ready`.
    pub fn status(&self) -> &'static str {
        if self.silent { "Unknown" } else { "False" }
    }

    /// The key of the taints that Kubernetes puts on the node.
    fn taint(&self) -> &'static str {
        if self.silent { UNREACHABLE } else { NOT_READY }
    }
}

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// The keys of the taints that Kubernetes itself adds to nodes and removes.
pub const AUTOMATIC_TAINTS: [&str; 3] = ["node.kubernetes.io/unschedulable", UNREACHABLE, NOT_READY];

impl Node {
    /// Since when the node has not worked, if it does not.
    pub fn unready_since(&self) -> Option<Millis> {
        self.outage.as_ref().map(|outage| outage.since)
    }

    /// The taints that tell of an outage.
    pub fn outage_taints(&self) -> Vec<Taint> {
        let Some(outage) = &self.outage else { return Vec::new() };
        let taint =
            |effect: &str| Taint { key: outage.taint().to_owned(), value: String::new(), effect: effect.to_owned() };
        vec![taint("NoSchedule"), taint("NoExecute")]
    }

    /// Sets what a monitor reports. The time changes with the condition alone.
    pub fn report(&mut self, condition: Condition) {
        match self.conditions.iter_mut().find(|there| there.kind == condition.kind) {
            Some(there) if there.holds == condition.holds => {}
            Some(there) => *there = condition,
            None => self.conditions.push(condition),
        }
    }
}

impl RealmMut<'_> {
    /// A node stops working. New pods do not come, and after a while those that are on it go elsewhere.
    pub fn node_fails(&mut self, cluster_id: &str, machine: &str, outage: Outage) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(machine).filter(|node| node.is_ready()) else { return };
        let message = format!("the node is not ready: {}", outage.message);
        node.outage = Some(outage);
        self.mark_pods(cluster_id, machine, true, false);
        self.control_plane().node_event(cluster_id, machine, "NodeNotReady", &message);
        let event = Event::NodeLost { cluster: cluster_id.to_owned(), machine: machine.to_owned() };
        self.after(TOLERANCE, event);
        self.control_plane().settle(cluster_id);
        self.engine.node_unready(self, cluster_id, machine);
    }

    /// A node works again. Pods that had to stop in the meantime are gone; the others run again, started anew if the
    /// machine or its runtime was.
    pub fn node_recovers(&mut self, cluster_id: &str, machine: &str, restarted: bool) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(machine).filter(|node| node.state == State::Running) else { return };
        if node.outage.take().is_none() {
            return;
        }
        let name = node.name.clone();
        self.mark_pods(cluster_id, machine, false, restarted);
        self.control_plane().node_event(cluster_id, machine, "NodeReady", "the node is ready again");
        let Some(cluster) = self.realm.clusters.get(cluster_id) else { return };
        let here = cluster.kubernetes.pods.iter().filter(|pod| pod.node.as_ref() == Some(&name));
        let changing = here.filter(|pod| pod.stopping || (!pod.running && pod.finished.is_none()));
        for (uid, stopping) in changing.map(|pod| (pod.uid.clone(), pod.stopping)).collect::<Vec<_>>() {
            if stopping {
                self.control_plane().pod_gone(cluster_id, &uid);
            } else {
                self.after(START, Event::PodUp { cluster: cluster_id.to_owned(), uid });
            }
        }
        self.control_plane().settle(cluster_id);
    }

    /// Shows on the pods of a node whether it answers.
    fn mark_pods(&mut self, cluster_id: &str, machine: &str, lost: bool, restarted: bool) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(name) = cluster.nodes.get(machine).map(|node| node.name.clone()) else { return };
        let version = cluster.kubernetes.next_version();
        for pod in cluster.kubernetes.pods.iter_mut().filter(|pod| pod.node.as_ref() == Some(&name)) {
            pod.lost = lost;
            pod.restarts += u32::from(restarted && pod.running);
            pod.version = version;
        }
    }

    /// The pods of a node that has not answered for too long are replaced elsewhere.
    pub fn node_lost(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.realm.clusters.get(cluster_id) else { return };
        let Some(node) = cluster.nodes.get(machine) else { return };
        let over = node.outage.as_ref().is_some_and(|outage| outage.since + TOLERANCE <= self.now);
        if over {
            let name = node.name.clone();
            self.control_plane().evict(cluster_id, &name, false);
        }
    }
}
