//! Container runtimes: which there are, and that of a cluster.

use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;

/// The runtimes with their versions, the default one last.
pub const RUNTIMES: [(&str, &[&str]); 2] = [("docker", &["18.6", "19.3"]), ("containerd", &["1.4.3", "1.6.9"])];

/// The default version of a runtime.
pub fn default_version(kind: &str) -> &'static str {
    let found = RUNTIMES.iter().find(|(known, _)| *known == kind);
    found.and_then(|(_, versions)| versions.last()).copied().unwrap_or_default()
}

/// The version of a runtime: the one that is named, else the default one.
pub fn version(kind: &str, wanted: Option<&str>) -> Outcome<&'static str> {
    let Some(wanted) = wanted else { return Ok(default_version(kind)) };
    let versions = RUNTIMES.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, versions)| versions);
    versions.iter().find(|version| **version == wanted).copied().ok_or_else(|| {
        let message = format!("RuntimeVersion of {kind} is one of {}, not {wanted}", versions.join(", "));
        Reason::Invalid.because(message)
    })
}

impl Tke<'_> {
    /// Sets the runtime of the nodes to come. Nodes that are there keep theirs until they are upgraded or installed anew.
    pub fn set_runtime(&mut self, id: &str, kubernetes: Option<&str>, kind: &str, wanted: Option<&str>) -> Outcome<()> {
        self.0.changeable_cluster(id)?;
        if let Some(unknown) = kubernetes.filter(|version| !self.0.releases.offers(version)) {
            return Err(Reason::Invalid.because(format!("DstK8SVersion: there is no Kubernetes {unknown}")));
        }
        let version = version(kind, wanted)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        let before = cluster.reported_runtime();
        for node in cluster.nodes.iter_mut() {
            node.runtime.get_or_insert_with(|| before.clone());
        }
        (cluster.runtime, cluster.runtime_version) = (kind.to_owned(), version.to_owned());
        let now = cluster.reported_runtime();
        for node in cluster.nodes.iter_mut().filter(|node| node.runtime.as_ref() == Some(&now)) {
            node.runtime = None;
        }
        Ok(())
    }
}
