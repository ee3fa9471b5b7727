//! Waiters for several nodes.

use super::Client;
use super::types::{Node, NodeState, NodeStatus};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict, unless_gone};

/// Number of servers in one call.
const PAGE: usize = 100;

/// The progress of a set of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodesProgress {
    /// Number of nodes that run.
    pub running: usize,
    /// Number of running nodes that are ready in Kubernetes.
    pub ready: usize,
    /// Number of nodes that the waiter waits for.
    pub total: usize,
    /// Nodes that could not be created, by server, each with the reason that the service reports.
    pub failed: Vec<(String, String)>,
    /// Servers that are not listed while the waiter waits for running nodes.
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

impl NodesProgress {
    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        let failed = self.failed.iter().map(|(id, reason)| (id.clone(), Value::from(reason.as_str())));
        json!({
            "running": self.running,
            "ready": self.ready,
            "total": self.total,
            "failed": failed.collect::<Map<_, _>>(),
            "missing": self.missing,
        })
    }
}

/// Polls until all of these servers are nodes that run and are ready.
pub(super) async fn nodes_running(
    client: &Client,
    cluster_id: &str,
    ids: &[String],
    listed: &Listed,
) -> Result<(NodesProgress, Verdict<Vec<Node>>), Error> {
    let mut found = client.nodes(cluster_id, ids).await?;
    let mut progress = NodesProgress { total: ids.len(), ..NodesProgress::default() };
    progress.missing = ids.iter().filter(|id| !found.contains_key(*id)).cloned().collect();
    let missing = listed.judge(ids.iter().map(|id| (id.as_str(), found.contains_key(id))));
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
        missing.unwrap_or(Verdict::Retry)
    };
    Ok((progress, verdict))
}

/// Polls until none of these servers is a node.
pub(super) async fn nodes_removed(
    client: &Client,
    cluster_id: &str,
    ids: &[String],
    _: &Listed,
) -> Result<(NodesProgress, Verdict<()>), Error> {
    let found = unless_gone(client.nodes(cluster_id, ids).await)?.unwrap_or_default();
    let running = found.values().filter(|node| node.state == NodeState::Running).count();
    let ready = found.values().filter(|node| is_ready(node)).count();
    let progress = NodesProgress { running, ready, total: found.len(), ..NodesProgress::default() };
    Ok((progress, if found.is_empty() { Verdict::Success(()) } else { Verdict::Retry }))
}

impl Client {
    /// Returns those nodes of a cluster that are on these servers, by server.
    async fn nodes(&self, cluster: &str, ids: &[String]) -> Result<BTreeMap<String, Node>, Error> {
        let mut found = BTreeMap::new();
        for page in ids.chunks(PAGE) {
            let request = self.describe_cluster_nodes(cluster).instance_ids(page.join(",")).page_size(PAGE as i64);
            // A service that does not support the filter lists all nodes.
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

/// Returns true when the node runs and is ready in Kubernetes. A running node without a reported readiness counts as
/// ready.
fn is_ready(node: &Node) -> bool {
    let unknown = |status: &NodeStatus| status.as_str().is_empty();
    node.state == NodeState::Running
        && node.node_status.as_ref().is_none_or(|status| *status == NodeStatus::Ready || unknown(status))
}
