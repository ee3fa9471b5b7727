//! Waiters for upgrades.

pub use super::UpgradeProgress;

use super::Client;
use super::operations::{DescribeClusterDetailOutput, GetUpgradeStatusOutput};
use super::types::{ClusterState, UpgradeStatus};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::Verdict;

/// The state of a cluster that is being upgraded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionProgress {
    /// State of the cluster.
    pub state: ClusterState,
    /// Current version, if the service reports it.
    pub version: String,
    /// Reasons of a failed upgrade, if the service reports them.
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
    /// Returns the progress as JSON, as in the bindings of other languages.
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
            // If the status of the upgrade cannot be read, the reasons stay empty: the state of the cluster is
            // sufficient.
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

/// Returns true for a state from which a cluster does not return to running without a new request.
fn is_stuck(state: &ClusterState) -> bool {
    matches!(state, ClusterState::Failed | ClusterState::Deleting | ClusterState::Deleted | ClusterState::DeleteFailed)
}

/// Returns true for a state that may be from before a request that ends it.
fn rests(state: &ClusterState) -> bool {
    matches!(state, ClusterState::UpdatingFailed | ClusterState::Stopped)
}
