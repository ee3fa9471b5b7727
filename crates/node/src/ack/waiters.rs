//! Waiting for nodes.

use super::Client;
use super::types::{Node, NodeState, NodeStatus};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict, Waiter, is_gone};

/// How long servers may take to become nodes, or nodes to leave.
const NODES: Duration = Duration::from_secs(30 * 60);
/// How long servers may take to be listed.
const LISTING: Duration = Duration::from_secs(10 * 60);
/// Servers that one call asks for.
const PAGE: usize = 100;

/// How far a set of nodes has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodesProgress {
    /// Nodes that run.
    pub running: usize,
    /// Nodes among them that Kubernetes can use.
    pub ready: usize,
    /// Nodes that are waited for.
    pub total: usize,
    /// Nodes that could not be created, by the server, each with the reason that the service gives.
    pub failed: Vec<(String, String)>,
    /// Servers that are not listed, while nodes are waited for to run.
    pub missing: Vec<String>,
}

impl fmt::Display for NodesProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} running, {} ready", self.running, self.total, self.ready)?;
        for (id, reason) in &self.failed {
            write!(f, ", {id} failed")?;
            if !reason.is_empty() {
                write!(f, " ({reason})")?;
            }
        }
        for id in &self.missing {
            write!(f, ", {id} not listed")?;
        }
        Ok(())
    }
}

impl Client {
    /// Waits until all of these servers are nodes of a cluster that run and are ready, and gives them in the
    /// order asked for. Asks `DescribeClusterNodes`, a hundred servers at a time.
    ///
    /// Fails when one of them is `failed`; goes on while one is in another state, unknown ones too. One that is not
    /// listed within the [`grace`](Waiter::grace), 10 minutes here, or that disappears, is
    /// [`NotFound`](wharf_core::ErrorKind::NotFound). Gives up after 30 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told how many run.
    pub fn wait_until_nodes_running(
        &self,
        cluster_id: impl Into<String>,
        instance_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Waiter<Vec<Node>, NodesProgress> {
        let (client, cluster) = (self.clone(), cluster_id.into());
        let ids: Vec<String> = instance_ids.into_iter().map(Into::into).collect();
        let goal = format!("{} nodes of cluster {cluster} to be running", ids.len());
        let listed = Listed::default();
        let waiter = Waiter::new(self.connection(), goal, NODES, move || {
            let (client, cluster, ids) = (client.clone(), cluster.clone(), ids.clone());
            let listed = listed.clone();
            async move {
                let mut found = client.nodes(&cluster, &ids).await?;
                let mut progress = NodesProgress { total: ids.len(), ..NodesProgress::default() };
                progress.missing = ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
                let members = ids.iter().map(|id| (id.as_str(), found.contains_key(id)));
                let missing = listed.judge(members);
                for node in found.values() {
                    match node.state {
                        NodeState::Running => {
                            progress.running += 1;
                            progress.ready += usize::from(is_ready(node));
                        }
                        NodeState::Failed => {
                            let reason = node.error_message.clone().unwrap_or_default();
                            progress.failed.push((node.instance_id.clone(), reason));
                        }
                        _ => {}
                    }
                }
                let verdict = if !progress.failed.is_empty() {
                    Verdict::Failure
                } else if progress.ready == ids.len() {
                    Verdict::Success(ids.iter().filter_map(|id| found.remove(id)).collect())
                } else {
                    missing.unwrap_or(Verdict::GoOn)
                };
                Ok((progress, verdict))
            }
        });
        waiter.grace(LISTING)
    }

    /// Waits until none of these servers is a node of a cluster any more, or the cluster is gone. Asks
    /// `DescribeClusterNodes`, a hundred servers at a time.
    ///
    /// Goes on in every state: what was asked to be removed may still look as before. Gives up after 30
    /// minutes, unless told otherwise by [`timeout`](Waiter::timeout);
    /// [`on_progress`](Waiter::on_progress) is told how many of those that are left run.
    pub fn wait_until_nodes_removed(
        &self,
        cluster_id: impl Into<String>,
        instance_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Waiter<(), NodesProgress> {
        let (client, cluster) = (self.clone(), cluster_id.into());
        let ids: Vec<String> = instance_ids.into_iter().map(Into::into).collect();
        let goal = format!("{} nodes to leave cluster {cluster}", ids.len());
        Waiter::new(self.connection(), goal, NODES, move || {
            let (client, cluster, ids) = (client.clone(), cluster.clone(), ids.clone());
            async move {
                let found = match client.nodes(&cluster, &ids).await {
                    Err(error) if is_gone(&error) => BTreeMap::new(),
                    found => found?,
                };
                let running = found.values().filter(|node| node.state == NodeState::Running).count();
                let ready = found.values().filter(|node| is_ready(node)).count();
                let progress = NodesProgress { running, ready, total: found.len(), ..NodesProgress::default() };
                Ok((progress, if found.is_empty() { Verdict::Success(()) } else { Verdict::GoOn }))
            }
        })
    }

    /// The nodes of a cluster that these servers are, by the server.
    async fn nodes(&self, cluster: &str, ids: &[String]) -> Result<BTreeMap<String, Node>, Error> {
        let mut found = BTreeMap::new();
        for page in ids.chunks(PAGE) {
            let request = self.describe_cluster_nodes(cluster).instance_ids(page.join(",")).page_size(PAGE as i64);
            // A service that does not filter lists all nodes.
            let mut nodes = request.items();
            while let Some(node) = nodes.try_next().await? {
                if page.contains(&node.instance_id) {
                    found.insert(node.instance_id.clone(), node);
                }
            }
        }
        Ok(found)
    }
}

/// Whether Kubernetes can use it; a service that says nothing of it is taken at the node's state.
fn is_ready(node: &Node) -> bool {
    let unknown = |status: &NodeStatus| status.as_str().is_empty();
    node.state == NodeState::Running
        && node.node_status.as_ref().is_none_or(|status| *status == NodeStatus::Ready || unknown(status))
}
