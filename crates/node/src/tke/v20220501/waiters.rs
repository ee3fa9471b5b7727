//! Waiters that find what they wait for with filters.

pub use crate::tke::waiters::InstancesProgress;

use super::Client;
use super::operations::DescribeNodePools;
use super::types::{Filter, Instance, NodePool};
use serde_json::{Value, json};
use std::fmt;
use wharf_core::wait::{self, Listed, Verdict};
use wharf_core::{Error, Operation};

/// Number of nodes in one call.
const PAGE: usize = 100;

/// The progress of a node pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePoolProgress {
    /// State of the pool, as the service writes it.
    pub state: String,
}

impl fmt::Display for NodePoolProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state)
    }
}

impl NodePoolProgress {
    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({ "state": self.state })
    }
}

fn filter(name: &str, values: &[String]) -> Filter {
    let mut filter = Filter::default();
    filter.name = Some(name.to_owned());
    filter.values = Some(values.to_vec());
    filter
}

/// Polls until the node pool runs.
pub(super) async fn node_pool_running(
    client: &Client,
    cluster_id: &str,
    node_pool_id: &str,
) -> Result<(NodePoolProgress, Verdict<NodePool>), Error> {
    let filters = [filter("NodePoolsId", &[node_pool_id.to_owned()])];
    let pools = client.describe_node_pools(cluster_id).filters(filters).send().await?.node_pools;
    let found = pools.into_iter().find(|pool| pool.node_pool_id == node_pool_id);
    let pool = found.ok_or_else(|| {
        let thing = format!("node pool {node_pool_id} of cluster {cluster_id}");
        wait::not_listed(DescribeNodePools::META, &thing)
    })?;
    let progress = NodePoolProgress { state: pool.life_state.clone() };
    let is_good = matches!(pool.life_state.as_str(), "Running" | "normal");
    Ok((progress, if is_good { Verdict::Success(pool) } else { Verdict::Retry }))
}

/// Polls until all of these nodes run.
pub(super) async fn nodes_running(
    client: &Client,
    cluster_id: &str,
    ids: &[String],
    listed: &Listed,
) -> Result<(InstancesProgress, Verdict<Vec<Instance>>), Error> {
    let mut progress = InstancesProgress { total: ids.len(), ..InstancesProgress::default() };
    let mut running = Vec::new();
    for page in ids.chunks(PAGE) {
        let filters = [filter("InstanceIds", page)];
        let request = client.describe_cluster_instances(cluster_id).filters(filters).limit(PAGE as i64);
        let found = request.send().await?.instance_set;
        for id in page {
            let Some(instance) = found.iter().find(|instance| instance.instance_id == *id) else {
                progress.missing.push(id.clone());
                continue;
            };
            match instance.instance_state.as_str() {
                "running" => running.push(instance.clone()),
                "failed" => progress.failed.push((id.clone(), instance.failed_reason.clone().unwrap_or_default())),
                _ => {}
            }
        }
    }
    Ok(progress.judge(ids, running, listed))
}
