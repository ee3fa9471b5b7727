//! Waiters that no table can describe: upgrades of clusters.

pub use super::UpgradeProgress;

use super::Client;
use super::operations::{DescribeClusterDetailOutput, GetUpgradeStatusOutput};
use super::types::{ClusterState, UpgradeStatus};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::Verdict;

/// The state of a cluster on its way to another version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionProgress {
    /// The cluster's state.
    pub state: ClusterState,
    /// The version that it has now, as far as the service says.
    pub version: String,
    /// Why the upgrade failed, if it did, as far as the service says.
    pub reasons: Vec<String>,
}

impl fmt::Display for VersionProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.state)?;
        if !self.version.is_empty() {
            write!(f, " with version {}", self.version)?;
        }
        if !self.reasons.is_empty() {
            write!(f, " ({})", self.reasons.join("; "))?;
        }
        Ok(())
    }
}

impl VersionProgress {
    /// Returns the progress as JSON, as other languages get it.
    pub fn to_value(&self) -> Value {
        json!({"state": self.state.as_str(), "version": self.version, "reasons": self.reasons})
    }
}

/// Polls until a cluster runs a version.
pub(super) async fn cluster_upgraded(
    client: &Client,
    cluster_id: &str,
    wanted: &str,
) -> Result<(VersionProgress, Verdict<DescribeClusterDetailOutput>), Error> {
    let cluster = client.describe_cluster_detail(cluster_id).send().await?;
    let (state, version) = (cluster.state.clone(), cluster.current_version.clone().unwrap_or_default());
    let mut progress = VersionProgress { state, version, reasons: Vec::new() };
    let verdict = match progress.state {
        ClusterState::Running if progress.version == wanted => Verdict::Success(cluster),
        _ if is_stuck(&progress.state) || rests(&progress.state) => {
            // An upgrade whose status cannot be read has no reasons: the state of the cluster is enough.
            if let Ok(answer) = client.upgrade(cluster_id).status().send().await {
                progress.reasons = UpgradeProgress::of(&answer).messages;
            }
            if rests(&progress.state) { Verdict::Rests } else { Verdict::Failure }
        }
        _ => Verdict::Retry,
    };
    Ok((progress, verdict))
}

/// Polls until the upgrade of a cluster is done.
pub(super) async fn upgrade_done(
    client: &Client,
    cluster_id: &str,
) -> Result<(UpgradeProgress, Verdict<GetUpgradeStatusOutput>), Error> {
    let answer = client.upgrade(cluster_id).status().send().await?;
    let progress = UpgradeProgress::of(&answer);
    let verdict = match progress.status {
        UpgradeStatus::Success => Verdict::Success(answer),
        _ if progress.is_given_up() => Verdict::Rests,
        _ => Verdict::Retry,
    };
    Ok((progress, verdict))
}

/// No cluster comes to run from there by itself.
fn is_stuck(state: &ClusterState) -> bool {
    matches!(state, ClusterState::Failed | ClusterState::Deleting | ClusterState::Deleted | ClusterState::DeleteFailed)
}

/// It may be the state from before a request that ends it.
fn rests(state: &ClusterState) -> bool {
    matches!(state, ClusterState::UpdatingFailed | ClusterState::Stopped)
}
