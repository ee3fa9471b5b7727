//! Waiting for nodes.

use super::Client;
use super::operations::GetNodeOutput;
use super::types::NodePhase;
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter, is_gone};

/// How long a server may take to become a node, or to go.
const NODE: Duration = Duration::from_secs(30 * 60);

impl Client {
    /// Waits until a node is `Active`, and gives it. Asks `GetNode`.
    ///
    /// Fails in the phases `Abnormal`, `Error`, `RepairFailed` and `Deleting`; goes on in every other one, unknown ones
    /// too. A node that does not appear within the [`grace`](Waiter::grace), or that disappears, is
    /// [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new phase. Why nodes fail is
    /// what their job says.
    pub fn wait_until_active(
        &self,
        cluster_id: impl Into<String>,
        node_id: impl Into<String>,
    ) -> Waiter<GetNodeOutput, NodePhase> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), node_id.into());
        let goal = format!("node {id} of cluster {cluster} to be Active");
        Waiter::new(self.connection(), goal, NODE, move || {
            let request = client.get_node(&cluster, &id);
            async move {
                let node = request.send().await?;
                let phase = node.status.phase.clone().unwrap_or_default();
                let verdict = match phase {
                    NodePhase::Active => Verdict::Success(node),
                    NodePhase::Abnormal | NodePhase::Error | NodePhase::RepairFailed | NodePhase::Deleting => {
                        Verdict::Failure
                    }
                    _ => Verdict::GoOn,
                };
                Ok((phase, verdict))
            }
        })
    }

    /// Waits until a node is gone: until `GetNode` does not find it.
    ///
    /// Goes on in every phase: what was asked to be deleted may still look as before. Gives up after 30
    /// minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told each new phase, and at the end `Deleted`, for which the
    /// service has no word.
    pub fn wait_until_deleted(
        &self,
        cluster_id: impl Into<String>,
        node_id: impl Into<String>,
    ) -> Waiter<(), NodePhase> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), node_id.into());
        let goal = format!("node {id} of cluster {cluster} to be gone");
        Waiter::new(self.connection(), goal, NODE, move || {
            let request = client.get_node(&cluster, &id);
            async move {
                match request.send().await {
                    Ok(node) => Ok((node.status.phase.unwrap_or_default(), Verdict::GoOn)),
                    Err(error) if is_gone(&error) => Ok(("Deleted".into(), Verdict::Success(()))),
                    Err(error) => Err(error),
                }
            }
        })
    }
}
