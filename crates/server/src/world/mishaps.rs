//! Work that is to fail, for those who want to see what their program does then.

use super::{RealmMut, World};

/// Work that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undertaking {
    /// The creation of a cluster: its job fails, and the cluster is unavailable.
    ClusterCreation,
    /// The deletion of a cluster: its job fails, and the cluster stays, in error.
    ClusterDeletion,
    /// The creation of nodes: its job fails, and no node comes.
    NodeCreation,
    /// The upgrade of a cluster: it fails, and the cluster keeps its version.
    ClusterUpgrade,
}

/// Work that is to fail, and why.
#[derive(Debug)]
pub(crate) struct Mishap {
    undertaking: Undertaking,
    reason: String,
}

impl World {
    /// Lets the next work of that kind fail, whoever orders it. Only work that has a job can fail.
    pub fn fail_next(&mut self, undertaking: Undertaking, reason: impl Into<String>) {
        self.mishaps.push(Mishap { undertaking, reason: reason.into() });
    }
}

impl RealmMut<'_> {
    /// Why the work that begins now is to fail, if it is.
    pub(super) fn mishap(&mut self, undertaking: Undertaking) -> Option<String> {
        let at = self.mishaps.iter().position(|mishap| mishap.undertaking == undertaking)?;
        Some(self.mishaps.remove(at).reason)
    }
}
