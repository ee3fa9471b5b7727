//! Waiting for node pools.

use super::Client;
use super::operations::DescribeClusterNodePoolDetailOutput;
use super::types::{NodePoolState, NodePoolStatus};
use std::fmt;
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};

/// How long a pool may take to get or lose its nodes.
const POOL: Duration = Duration::from_secs(30 * 60);

/// How far a node pool has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePoolProgress {
    /// The state.
    pub state: NodePoolState,
    /// Nodes that are being created.
    pub creating: i64,
    /// Nodes that are being removed.
    pub removing: i64,
    /// Nodes that could not be created.
    pub failed: i64,
    /// All nodes.
    pub total: i64,
}

impl NodePoolProgress {
    fn of(status: &NodePoolStatus) -> Self {
        Self {
            state: status.state.clone(),
            creating: status.initial_nodes.unwrap_or_default(),
            removing: status.removing_nodes.unwrap_or_default(),
            failed: status.failed_nodes.unwrap_or_default(),
            total: status.total_nodes.unwrap_or_default(),
        }
    }
}

impl fmt::Display for NodePoolProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} nodes", self.state, self.total)?;
        for (count, what) in
            [(self.creating, "being created"), (self.removing, "being removed"), (self.failed, "failed")]
        {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

impl Client {
    /// Waits until a node pool has settled, and gives it: until it is `active`, and no node is being created
    /// or removed. Asks `DescribeClusterNodePoolDetail`.
    ///
    /// Fails in the state `deleting`; goes on in every other one, unknown ones too. Nodes that could not be created do
    /// not keep a pool from settling: `status.failed_nodes` counts them. A pool that does not appear within the
    /// [`grace`](Waiter::grace), or that disappears, is [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after
    /// 30 minutes, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told
    /// each change.
    pub fn wait_until_settled(
        &self,
        cluster_id: impl Into<String>,
        nodepool_id: impl Into<String>,
    ) -> Waiter<DescribeClusterNodePoolDetailOutput, NodePoolProgress> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), nodepool_id.into());
        let goal = format!("node pool {id} of cluster {cluster} to settle");
        Waiter::new(self.connection(), goal, POOL, move || {
            let request = client.describe_cluster_node_pool_detail(&cluster, &id);
            async move {
                let pool = request.send().await?;
                let progress = NodePoolProgress::of(&pool.status);
                let verdict = match progress.state {
                    NodePoolState::Active if progress.creating == 0 && progress.removing == 0 => Verdict::Success(pool),
                    NodePoolState::Deleting => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((progress, verdict))
            }
        })
    }

    /// Waits until a node pool is gone: until `DescribeClusterNodePoolDetail` does not find it.
    ///
    /// Goes on in every state: what was asked to be deleted may still look as before. Gives up after 30
    /// minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each change, and at the end `deleted`, for which the
    /// service has no word.
    pub fn wait_until_deleted(
        &self,
        cluster_id: impl Into<String>,
        nodepool_id: impl Into<String>,
    ) -> Waiter<(), NodePoolProgress> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), nodepool_id.into());
        let goal = format!("node pool {id} of cluster {cluster} to be gone");
        Waiter::new(self.connection(), goal, POOL, move || {
            let request = client.describe_cluster_node_pool_detail(&cluster, &id);
            async move {
                match request.send().await {
                    Ok(pool) => Ok((NodePoolProgress::of(&pool.status), Verdict::GoOn)),
                    Err(error) if is_gone(&error) => {
                        let gone = NodePoolProgress { state: "deleted".into(), ..NodePoolProgress::default() };
                        Ok((gone, Verdict::Success(())))
                    }
                    Err(error) => Err(error),
                }
            }
        })
    }
}
