//! The synchronization of pools: nodes that exist are installed anew as their pool says, batch by batch.

use crate::cce::Cce;
use crate::cce::Event;
use crate::cce::jobs::{NewJob, Part};
use crate::cce::merge;
use crate::cce::nodes::REINSTALLATION;
use crate::cce::reinstall::Reinstallation;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use serde_json::{Map, Value};

/// How a pool is synchronized.
#[derive(Debug, Clone, Default)]
pub struct PoolSync {
    /// The nodes, all of the pool if none are named.
    pub nodes: Vec<String>,
    pub skipped: Vec<String>,
    /// The most nodes that are installed at a time.
    pub at_once: usize,
    /// Members of the order of the nodes that change.
    pub order: Map<String, Value>,
}

impl Cce<'_> {
    /// Starts the synchronization of a pool, or of the nodes outside of all pools, and returns the identifier of the job.
    pub fn start_pool_sync(&mut self, cluster: &str, pool: Option<&str>, sync: &PoolSync) -> Outcome<String> {
        let now = self.0.now;
        self.0.realm.available(cluster, now)?;
        if let Some(pool) = pool {
            self.staying_node_pool(cluster, pool)?;
        }
        let all: Vec<String> =
            self.0.realm.staying_members(cluster, pool, now).map(|member| member.uid.clone()).collect();
        if let Some(stranger) = sync.nodes.iter().chain(&sync.skipped).find(|uid| !all.contains(uid)) {
            return Err(Reason::NoPart.because(format!("the node pool has no node {stranger}")));
        }
        let chosen = |uid: &&String| (sync.nodes.is_empty() || sync.nodes.contains(uid)) && !sync.skipped.contains(uid);
        let uids: Vec<String> = all.iter().filter(chosen).cloned().collect();
        if uids.is_empty() {
            return Err(Reason::Invalid.because("the node pool has no node to synchronize"));
        }
        for uid in &uids {
            if let Some(member) = self.0.realm.cce.nodes.get_mut(uid) {
                merge(&mut member.order, sync.order.clone());
            }
        }
        let mut parts = Vec::new();
        for (place, batch) in uids.chunks(sync.at_once.max(1)).enumerate() {
            let from = REINSTALLATION * place as Millis;
            for uid in batch {
                let name = self.0.realm.cce.nodes.get(uid).map(|member| member.name.clone()).unwrap_or_default();
                let part = Part { kind: "ResetNode", resource: uid.clone(), resource_name: name, ..Part::default() };
                parts.push(Part { from, to: from + REINSTALLATION, ..part });
            }
            if from == 0 {
                self.sync_batch(cluster, batch);
            } else {
                self.after(from, Event::PoolSync { cluster: cluster.to_owned(), nodes: batch.to_vec() });
            }
        }
        let there = pool.and_then(|pool| self.0.realm.cce.pools.get(pool));
        let resource_name = there.map(|pool| pool.name.clone()).unwrap_or_default();
        let resource = pool.unwrap_or_default().to_owned();
        Ok(self.start_job(NewJob {
            kind: "UpgradeNodePool",
            cluster: cluster.to_owned(),
            resource,
            resource_name,
            parts,
        }))
    }

    /// Installs a batch of nodes anew, without those that have left meanwhile.
    pub(super) fn sync_batch(&mut self, cluster: &str, uids: &[String]) {
        let mut nodes = Vec::new();
        for uid in uids {
            let Ok(member) = self.0.realm.staying(cluster, uid) else { continue };
            let (order, machine) = (member.order.clone(), member.machine.clone());
            let node = self.0.realm.clusters.get(cluster).and_then(|cluster| cluster.nodes.get(&machine));
            let server = self.0.realm.machines.get(&machine);
            let (Some(node), Some(server)) = (node, server) else { continue };
            let (os, kube_labels) = (server.os.clone(), node.labels.clone());
            nodes.push(Reinstallation { id: uid.clone(), name: None, os, kube_labels, order });
        }
        // A cluster that is not available by now keeps its nodes as they are.
        let _ = self.reset_nodes_of(cluster, &nodes);
    }
}
