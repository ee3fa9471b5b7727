//! What keeps a cluster from being deleted.

use super::Tke;
use super::versions::minor;
use crate::cluster::Cluster;
use crate::kernel::violation::{Outcome, Reason};

/// The first minor version whose clusters have policies (002:36399).
const FIRST_MINOR: u32 = 16;

impl Cluster {
    /// The nodes that keep the cluster from being deleted: those of clusters that have policies (002:36443).
    fn keeping_nodes(&self) -> Vec<&str> {
        if minor(&self.version) < FIRST_MINOR {
            return Vec::new();
        }
        let nodes = self.nodes.iter().map(|node| node.machine.as_str());
        nodes.chain(self.virtual_nodes.iter().map(|node| node.name.as_str())).collect()
    }
}

impl Tke<'_> {
    /// Protects a cluster against deletion, or takes the protection away.
    pub fn protect_cluster(&mut self, id: &str, protected: bool) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, id)?;
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().protected = protected;
        Ok(())
    }

    /// Starts the deletion of a cluster, unless it is protected, or has nodes that keep it.
    pub fn delete_cluster_unless_kept(&mut self, id: &str, keep_machines: bool) -> Outcome<()> {
        let cluster = self.0.realm.cluster(self.0.engine, id)?;
        if cluster.tke().protected {
            let message = format!("the cluster {id} is protected against deletion: switch the protection off first");
            return Err(Reason::Protected.because(message));
        }
        let nodes = cluster.keeping_nodes();
        if !nodes.is_empty() {
            let message = format!("the cluster {id} still has nodes: {}", nodes.join(", "));
            return Err(Reason::Protected.because(message));
        }
        self.0.delete_cluster(id, keep_machines)
    }
}
