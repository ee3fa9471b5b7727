//! The installation of nodes anew.

use crate::cce::Cce;
use crate::cce::nodes::REINSTALLATION;
use crate::cluster;
use crate::cluster::nodes::State;
use crate::kernel::violation::Outcome;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How a server is installed anew.
#[derive(Debug, Clone, Default)]
pub struct Reinstallation {
    /// The server, or the member, that is meant.
    pub id: String,
    pub name: Option<String>,
    pub os: String,
    pub kube_labels: BTreeMap<String, String>,
    /// Members of the order that change.
    pub order: Map<String, Value>,
}

impl Cce<'_> {
    /// Installs nodes anew: their pods are lost, and they are nodes again after a while. A node of a pool is installed
    /// as its pool says, whatever was said here.
    pub fn reset_members(&mut self, cluster_id: &str, nodes: &[Reinstallation]) -> Outcome<String> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let uids: Vec<String> = nodes.iter().map(|node| node.id.clone()).collect();
        self.check_staying(cluster_id, &uids)?;
        self.reset_nodes_of(cluster_id, nodes)?;
        Ok(self.start_work("ResetNode", cluster_id, &uids, REINSTALLATION))
    }

    /// Installs nodes anew that were checked before, without a job.
    pub(super) fn reset_nodes_of(&mut self, cluster_id: &str, nodes: &[Reinstallation]) -> Outcome<()> {
        for node in nodes {
            let by_pool = self.0.realm.reinstallation_by_pool(cluster_id, &node.id)?;
            let node = by_pool.as_ref().unwrap_or(node);
            let member = self.0.realm.staying(cluster_id, &node.id)?;
            // A node that is installed anew keeps no taint of before.
            member.order.remove("taints");
            member.order.extend(node.order.clone());
            member.name = node.name.clone().unwrap_or_else(|| member.name.clone());
            let (machine_id, name) = (member.machine.clone(), member.name.clone());
            if let Some(machine) = self.0.realm.machines.get_mut(&machine_id) {
                (machine.os, machine.name) = (node.os.clone(), name.clone());
            }
            let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
            let Some(there) = cluster.nodes.get_mut(&machine_id) else { continue };
            // It is installed with the release of the cluster.
            (there.state, there.machine_name, there.release) = (State::Initializing, name, None);
            there.labels = node.kube_labels.clone();
            let kube_name = there.name.clone();
            self.control_plane().lose_node(cluster_id, &kube_name);
            self.meet_template(&node.id);
            self.after(REINSTALLATION, cluster::Event::NodeUp { cluster: cluster_id.to_owned(), machine: machine_id });
        }
        let uids: Vec<String> = nodes.iter().map(|node| node.id.clone()).collect();
        self.touch_members(&uids);
        Ok(())
    }
}
