//! Work that is to fail, for those who want to see what their program does then.

use super::{Millis, SECOND};
use crate::World;
use crate::kernel::realm::RealmMut;
use serde::{Deserialize, Serialize};

/// How long it takes until work that fails has failed.
pub const FAILURE: Millis = 20 * SECOND;

/// Work that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FailurePoint {
    /// The creation of a cluster: its job fails, and the cluster is unavailable.
    ClusterCreation,
    /// The deletion of a cluster: its job fails, and the cluster stays, in error.
    ClusterDeletion,
    /// The creation of nodes: its job fails, and no node comes.
    NodeCreation,
    /// The upgrade of a cluster: it fails, and the cluster keeps its version.
    ClusterUpgrade,
    /// The installation of an add-on: it is there, and failed.
    AddonInstallation,
    /// The upgrade of an add-on: it fails, and the add-on keeps its version.
    AddonUpgrade,
    /// The making or the change of an image cache.
    ImageCache,
    /// The installation of an application: its release has failed.
    ReleaseInstallation,
    /// The upgrade or the rollback of an application: its new revision has failed.
    ReleaseUpgrade,
    /// The check of a cluster before an upgrade: it fails.
    UpgradeCheck,
    /// Work on nodes that exist, such as their upgrade: it fails for one of them.
    NodeWork,
}

/// Work that is to fail, and why.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFailure {
    pub point: FailurePoint,
    pub reason: String,
}

/// What has gone wrong with a cluster, or will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trouble {
    pub deleting: bool,
    pub at: Millis,
    pub reason: String,
}

impl World {
    /// Lets the next work of that kind fail. Only work that takes time can fail.
    pub fn fail_next(&mut self, point: FailurePoint, reason: impl Into<String>) {
        self.failures.push(PlannedFailure { point, reason: reason.into() });
    }
}

impl RealmMut<'_> {
    /// Why the work that begins now is to fail, if it is.
    pub fn planned_failure(&mut self, point: FailurePoint) -> Option<String> {
        let at = self.failures.iter().position(|failure| failure.point == point)?;
        Some(self.failures.remove(at).reason)
    }
}
