//! Waiting for clusters and their access points.

use super::Client;
use super::operations::DescribeClusters;
use super::types::{Cluster, ClusterEndpointStatus, ClusterStatus};
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};
use wharf_core::{Error, ErrorKind, Operation};

/// How long creating or deleting a cluster may take.
const CLUSTER: Duration = Duration::from_secs(30 * 60);
/// How long opening an access point may take.
const ENDPOINT: Duration = Duration::from_secs(10 * 60);

impl Client {
    /// Waits until a cluster is `Running`, and gives it. Asks `DescribeClusters`.
    ///
    /// Fails in the states from which a cluster does not come to run by itself: `Abnormal`, `Deleting`, `Isolated`,
    /// `ResourceIsolate` and `ResourceIsolated`, and `Idling` when it is still so after the [`grace`](Waiter::grace);
    /// goes on in every other one, unknown ones too. A cluster that does not appear within the grace, or that
    /// disappears, is [`NotFound`](ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new state.
    pub fn wait_until_running(&self, cluster_id: impl Into<String>) -> Waiter<Cluster, ClusterStatus> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be Running");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                let cluster = client.cluster(&id).await?.ok_or_else(|| missing(&id))?;
                let status = cluster.cluster_status.clone();
                let verdict = match status {
                    ClusterStatus::Running => Verdict::Success(cluster),
                    ClusterStatus::Idling => Verdict::Rests,
                    ClusterStatus::Abnormal
                    | ClusterStatus::Deleting
                    | ClusterStatus::Isolated
                    | ClusterStatus::ResourceIsolate
                    | ClusterStatus::ResourceIsolated => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((status, verdict))
            }
        })
    }

    /// Waits until a cluster is gone. Asks `DescribeClusters`, whose answer then does not list it.
    ///
    /// Goes on in every state: what was asked to be deleted may still look as before. Gives up after 30
    /// minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each new state, and at the end `Deleted`, for which the
    /// service has no word.
    pub fn wait_until_deleted(&self, cluster_id: impl Into<String>) -> Waiter<(), ClusterStatus> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("cluster {id} to be gone");
        Waiter::new(self.connection(), goal, CLUSTER, move || {
            let (client, id) = (client.clone(), id.clone());
            async move {
                match client.cluster(&id).await {
                    Ok(Some(cluster)) => Ok((cluster.cluster_status, Verdict::GoOn)),
                    Ok(None) => Ok((gone(), Verdict::Success(()))),
                    Err(error) if is_gone(&error) => Ok((gone(), Verdict::Success(()))),
                    Err(error) => Err(error),
                }
            }
        })
    }

    /// Waits until an access point of a cluster is `Created`: the public one if `is_extranet`, the private
    /// one otherwise. Asks `DescribeClusterEndpointStatus`.
    ///
    /// Fails when the state is `CreateFailed`. An access point whose state is still `NotFound` after the
    /// [`grace`](Waiter::grace), or is so again, is [`NotFound`](ErrorKind::NotFound). Gives up after 10 minutes,
    /// unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new
    /// state.
    pub fn wait_until_endpoint_created(
        &self,
        cluster_id: impl Into<String>,
        is_extranet: bool,
    ) -> Waiter<(), ClusterEndpointStatus> {
        let (client, id) = (self.clone(), cluster_id.into());
        let goal = format!("the access point of cluster {id} to be Created");
        Waiter::new(self.connection(), goal, ENDPOINT, move || {
            let request = client.describe_cluster_endpoint_status(&id).is_extranet(is_extranet);
            async move {
                let status = request.send().await?.status.unwrap_or_default();
                let verdict = match status {
                    ClusterEndpointStatus::Created => Verdict::Success(()),
                    ClusterEndpointStatus::CreateFailed => Verdict::Failure,
                    ClusterEndpointStatus::NotFound => Verdict::Absent,
                    _ => Verdict::GoOn,
                };
                Ok((status, verdict))
            }
        })
    }

    async fn cluster(&self, id: &str) -> Result<Option<Cluster>, Error> {
        let answer = self.describe_clusters().cluster_ids([id]).send().await?;
        Ok(answer.clusters.into_iter().find(|cluster| cluster.cluster_id == id))
    }
}

fn gone() -> ClusterStatus {
    ClusterStatus::from("Deleted")
}

fn missing(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no cluster {id}")).with_operation(DescribeClusters::META)
}
