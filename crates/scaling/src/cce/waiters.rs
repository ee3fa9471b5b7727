//! Waiting for node pools.

use super::Client;
use super::operations::GetNodePoolOutput;
use super::types::NodePoolPhase;
use std::fmt;
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};

/// How long a pool may take to get or lose its nodes.
const POOL: Duration = Duration::from_secs(30 * 60);

/// How far a node pool has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePoolProgress {
    /// The phase; none for a pool that works normally.
    pub phase: Option<NodePoolPhase>,
    /// Nodes that it has, if the service tells.
    pub nodes: Option<i64>,
    /// Nodes that it is to have.
    pub wanted: i64,
}

impl NodePoolProgress {
    fn of(pool: &GetNodePoolOutput) -> Self {
        Self {
            phase: pool.status.phase.clone().filter(|phase| !phase.as_str().is_empty()),
            nodes: pool.status.current_node,
            wanted: pool.spec.initial_node_count.unwrap_or_default(),
        }
    }
}

impl fmt::Display for NodePoolProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.phase {
            Some(phase) => write!(f, "{phase}")?,
            None => f.write_str("normal")?,
        }
        match self.nodes {
            Some(nodes) => write!(f, " with {nodes} of {} nodes", self.wanted),
            None => Ok(()),
        }
    }
}

impl Client {
    /// Waits until a node pool has settled, and gives it: until its phase is empty or `Synchronized` and,
    /// unless it scales by itself, it has the nodes that it is to have. Asks `GetNodePool`.
    ///
    /// Fails in the phases `SoldOut`, `Error` and `Deleting`; goes on in every other one, unknown ones too. A pool that
    /// does not appear within the [`grace`](Waiter::grace), or that disappears, is
    /// [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each change.
    pub fn wait_until_settled(
        &self,
        cluster_id: impl Into<String>,
        nodepool_id: impl Into<String>,
    ) -> Waiter<GetNodePoolOutput, NodePoolProgress> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), nodepool_id.into());
        let goal = format!("node pool {id} of cluster {cluster} to settle");
        Waiter::new(self.connection(), goal, POOL, move || {
            let request = client.get_node_pool(&cluster, &id);
            async move {
                let pool = request.send().await?;
                let progress = NodePoolProgress::of(&pool);
                let scales_itself = pool.spec.autoscaling.as_ref().is_some_and(|auto| auto.enable == Some(true));
                let complete = scales_itself || progress.nodes.is_none_or(|nodes| nodes == progress.wanted);
                let verdict = match progress.phase {
                    None | Some(NodePoolPhase::Synchronized) if complete => Verdict::Success(pool),
                    Some(NodePoolPhase::SoldOut | NodePoolPhase::Error | NodePoolPhase::Deleting) => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((progress, verdict))
            }
        })
    }

    /// Waits until a node pool is gone: until `GetNodePool` does not find it.
    ///
    /// Goes on in every phase: what was asked to be deleted may still look as before. Gives up after 30
    /// minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each change.
    pub fn wait_until_deleted(
        &self,
        cluster_id: impl Into<String>,
        nodepool_id: impl Into<String>,
    ) -> Waiter<(), NodePoolProgress> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), nodepool_id.into());
        let goal = format!("node pool {id} of cluster {cluster} to be gone");
        Waiter::new(self.connection(), goal, POOL, move || {
            let request = client.get_node_pool(&cluster, &id);
            async move {
                match request.send().await {
                    Ok(pool) => Ok((NodePoolProgress::of(&pool), Verdict::GoOn)),
                    Err(error) if is_gone(&error) => {
                        let gone = NodePoolProgress { phase: Some("Deleted".into()), ..NodePoolProgress::default() };
                        Ok((gone, Verdict::Success(())))
                    }
                    Err(error) => Err(error),
                }
            }
        })
    }
}
