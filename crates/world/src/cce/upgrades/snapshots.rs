//! Snapshots of the disks of a control plane.

use crate::cce::Cce;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long a snapshot takes.
const DURATION: Millis = 30 * SECOND;

/// A snapshot of the disks of a control plane.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    pub id: String,
    /// Identifiers of the parts, one for each server of the control plane.
    pub parts: Vec<String>,
    pub created: Millis,
}

impl Snapshot {
    /// Whether it is done.
    pub fn is_done(&self, now: Millis) -> bool {
        now >= self.ends()
    }

    /// When it is done, or was.
    pub fn ends(&self) -> Millis {
        self.created + DURATION
    }
}

impl Cce<'_> {
    /// Starts a snapshot of a control plane, and returns its identifier.
    pub fn start_snapshot(&mut self, cluster: &str) -> Outcome<String> {
        let now = self.0.now;
        let (_, hosted) = self.0.realm.available(cluster, now)?;
        if hosted.upgrades.snapshots.iter().any(|snapshot| !snapshot.is_done(now)) {
            return Err(Reason::Unavailable.because(format!("a snapshot of the cluster {cluster} is being made")));
        }
        let masters = hosted.plane.masters;
        let id = self.0.ids.uuid();
        let parts = (0..masters).map(|_| self.0.ids.uuid()).collect();
        if let Some(upgrades) = self.upgrades_mut(cluster) {
            upgrades.snapshots.insert(id.clone(), Snapshot { id: id.clone(), parts, created: now });
        }
        self.follow_flow(cluster, |flow| flow.snapshot = Some(id.clone()));
        Ok(id)
    }
}
