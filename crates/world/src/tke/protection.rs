//! What keeps a cluster from being deleted.

use super::Tke;
use crate::kernel::violation::{Outcome, Reason};

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
        self.check_deletion(id)?;
        self.0.delete_cluster(id, keep_machines)
    }
}
