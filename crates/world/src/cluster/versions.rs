//! The versions of the control plane of a cluster and of its nodes.

use crate::cluster::Cluster;

impl Cluster {
    /// Sets the version of the control plane. The nodes keep the release that they have.
    pub fn upgrade_control_plane(&mut self, version: impl Into<String>, release: impl Into<String>) {
        let old = std::mem::replace(&mut self.release, release.into());
        self.version = version.into();
        for node in self.nodes.iter_mut() {
            node.release.get_or_insert_with(|| old.clone());
        }
        let release = self.release.clone();
        for node in self.nodes.iter_mut().filter(|node| node.release.as_ref() == Some(&release)) {
            node.release = None;
        }
    }

    /// Gives a node the release of the control plane.
    pub fn upgrade_node(&mut self, machine: &str) {
        if let Some(node) = self.nodes.get_mut(machine) {
            node.release = None;
        }
    }
}
