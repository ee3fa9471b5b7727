//! Waiting for clusters.

use super::operations::DescribeClusterDetailOutput;
use super::types::ClusterState;
use super::{Client, UpgradeProgress};
use std::fmt;
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};

/// How long creating or deleting a cluster may take.
const CLUSTER: Duration = Duration::from_secs(60 * 60);
/// How long an upgrade may take: nodes are upgraded one after the other.
const UPGRADE: Duration = Duration::from_secs(2 * 60 * 60);

/// The state of a cluster on its way to another version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionProgress {
    /// The cluster's state.
    pub state: ClusterState,
    /// The version that it has now, as far as the service tells.
    pub version: String,
    /// Why the upgrade failed, if it did, as far as the service tells.
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

impl Client {
    /// Waits until a cluster is `running`, and gives it. Asks `DescribeClusterDetail`.
    ///
    /// Fails in the states from which a cluster does not come to run by itself: `failed`, `deleting`, `deleted` and
    /// `delete_failed`, and `updating_failed` and `stopped` when it is still so after the [`grace`](Waiter::grace) or
    /// comes to be so; goes on in every other one, unknown ones too. A cluster that does not appear within the grace,
    /// or that disappears, is [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after an hour, unless told
    /// otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new state.
    pub fn wait_until_running(
        &self,
        cluster_id: impl Into<String>,
    ) -> Waiter<DescribeClusterDetailOutput, ClusterState> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be running");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let request = client.describe_cluster_detail(&id);
            async move {
                let cluster = request.send().await?;
                let state = cluster.state.clone();
                let verdict = match state {
                    ClusterState::Running => Verdict::Success(cluster),
                    _ if is_stuck(&state) => Verdict::Failure,
                    _ if rests(&state) => Verdict::Rests,
                    _ => Verdict::GoOn,
                };
                Ok((state, verdict))
            }
        })
    }

    /// Waits until a cluster is `running` with a version of Kubernetes, and gives it. Asks
    /// `DescribeClusterDetail`.
    ///
    /// Fails in the states from which a cluster does not come to run by itself, as
    /// [`wait_until_running`](Self::wait_until_running) does, then with what `GetUpgradeStatus` says; goes on
    /// in every other one, and while the cluster runs with another version: the upgrade may not have begun or
    /// may pause. Gives up after two hours, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each change. The steps of an upgrade are told by
    /// [`Upgrade::wait`](super::Upgrade::wait).
    pub fn wait_until_upgraded(
        &self,
        cluster_id: impl Into<String>,
        version: impl Into<String>,
    ) -> Waiter<DescribeClusterDetailOutput, VersionProgress> {
        let (client, id, wanted) = (self.clone(), cluster_id.into(), version.into());
        let goal = format!("cluster {id} to be running with version {wanted}");
        Waiter::new(self.connection(), goal, UPGRADE, move || {
            let (client, id, wanted) = (client.clone(), id.clone(), wanted.clone());
            async move {
                let cluster = client.describe_cluster_detail(&id).send().await?;
                let (state, version) = (cluster.state.clone(), cluster.current_version.clone().unwrap_or_default());
                let mut progress = VersionProgress { state, version, reasons: Vec::new() };
                let verdict = match progress.state {
                    ClusterState::Running if progress.version == wanted => Verdict::Success(cluster),
                    _ if is_stuck(&progress.state) || rests(&progress.state) => {
                        // What cannot be asked says nothing: the cluster's own word is enough.
                        if let Ok(answer) = client.upgrade(&id).status().send().await {
                            progress.reasons = UpgradeProgress::of(&answer).messages;
                        }
                        if rests(&progress.state) { Verdict::Rests } else { Verdict::Failure }
                    }
                    _ => Verdict::GoOn,
                };
                Ok((progress, verdict))
            }
        })
    }

    /// Waits until a cluster is gone: until it is `deleted`, or `DescribeClusterDetail` does not find it.
    ///
    /// Fails when the state comes to be `delete_failed`, or still is after the [`grace`](Waiter::grace): an attempt
    /// before may have failed. Goes on in every other one: what was asked to be deleted may still look as before. Gives
    /// up after an hour, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is
    /// told each new state, and at the end `deleted`.
    pub fn wait_until_deleted(&self, cluster_id: impl Into<String>) -> Waiter<(), ClusterState> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be gone");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let request = client.describe_cluster_detail(&id);
            async move {
                let state = match request.send().await {
                    Ok(cluster) => cluster.state,
                    Err(error) if is_gone(&error) => ClusterState::Deleted,
                    Err(error) => return Err(error),
                };
                let verdict = match state {
                    ClusterState::Deleted => Verdict::Success(()),
                    ClusterState::DeleteFailed => Verdict::Rests,
                    _ => Verdict::GoOn,
                };
                Ok((state, verdict))
            }
        })
    }
}

/// No cluster comes to run from there by itself.
fn is_stuck(state: &ClusterState) -> bool {
    matches!(state, ClusterState::Failed | ClusterState::Deleting | ClusterState::Deleted | ClusterState::DeleteFailed)
}

/// It may be the state from before a request that ends it.
fn rests(state: &ClusterState) -> bool {
    matches!(state, ClusterState::UpdatingFailed | ClusterState::Stopped)
}
