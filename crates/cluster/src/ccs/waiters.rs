//! Waiting for clusters.

use super::Client;
use super::operations::DescribeCluster;
use super::types::{Cluster, ClusterStatus};
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};
use wharf_core::{Error, ErrorKind, Operation};

/// How long making or deleting a cluster may take.
const CLUSTER: Duration = Duration::from_secs(30 * 60);

impl Client {
    /// Waits until a cluster is `Running`, and gives it. Asks `DescribeCluster`.
    ///
    /// Fails in the states from which a cluster does not come to run by itself: `Abnormal`, `Isolated` and `Deleting`;
    /// goes on in every other one, unknown ones too. A cluster that does not appear within the
    /// [`grace`](Waiter::grace), or that disappears, is [`NotFound`](ErrorKind::NotFound). Gives up after 30 minutes,
    /// unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new
    /// state.
    pub fn wait_until_running(&self, cluster_id: impl Into<String>) -> Waiter<Cluster, ClusterStatus> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be Running");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                let cluster = client.find_cluster(&id).await?.ok_or_else(|| {
                    let message = format!("there is no cluster {id}");
                    Error::new(ErrorKind::NotFound, message).with_operation(DescribeCluster::META)
                })?;
                let status = cluster.status.clone();
                let verdict = match status {
                    ClusterStatus::Running => Verdict::Success(cluster),
                    ClusterStatus::Abnormal | ClusterStatus::Isolated | ClusterStatus::Deleting => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((status, verdict))
            }
        })
    }

    /// Waits until a cluster is gone. Asks `DescribeCluster`, whose answer then does not list it.
    ///
    /// Goes on in every state: what was asked to be deleted may still look as before; whether the deletion
    /// failed tells its [`Task`](super::Task). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new state, and at the end
    /// `Deleted`, for which the service has no word.
    pub fn wait_until_deleted(&self, cluster_id: impl Into<String>) -> Waiter<(), ClusterStatus> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be gone");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                let gone = Ok((ClusterStatus::from("Deleted"), Verdict::Success(())));
                match client.find_cluster(&id).await {
                    Ok(Some(cluster)) => Ok((cluster.status, Verdict::GoOn)),
                    Ok(None) => gone,
                    Err(error) if is_gone(&error) => gone,
                    Err(error) => Err(error),
                }
            }
        })
    }

    async fn find_cluster(&self, id: &str) -> Result<Option<Cluster>, Error> {
        let clusters = self.describe_cluster().cluster_ids([id]).send().await?.clusters;
        Ok(clusters.into_iter().find(|cluster| cluster.cluster_id == id))
    }
}
