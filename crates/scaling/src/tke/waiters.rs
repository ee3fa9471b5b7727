//! Waiting for scaling groups and pools of virtual nodes.

use super::Client;
use super::operations::{DescribeClusterAsGroups, DescribeClusterVirtualNodePools};
use super::types::{AsGroupStatus, ClusterAsGroup, NodePoolSet, VirtualNodePoolState};
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter};
use wharf_core::{Error, ErrorKind, Operation};

/// How long enabling a scaling group or making a pool may take.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

impl Client {
    /// Waits until a scaling group is `enabled`, and gives it. Asks `DescribeClusterAsGroups`.
    ///
    /// Fails when the group is `deleting`, or still `disabled` after the [`grace`](Waiter::grace); goes on in every
    /// other state, unknown ones too. A group that does not appear within the grace, or that disappears, is
    /// [`NotFound`](ErrorKind::NotFound). Gives up after 15 minutes, unless told otherwise by
    /// [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new state.
    pub fn wait_until_group_enabled(
        &self,
        cluster_id: impl Into<String>,
        group_id: impl Into<String>,
    ) -> Waiter<ClusterAsGroup, AsGroupStatus> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), group_id.into());
        let goal = format!("scaling group {id} of cluster {cluster} to be enabled");
        Waiter::new(self.connection(), goal, DEADLINE, move || {
            let request = client.describe_cluster_as_groups(&cluster).auto_scaling_group_ids([&id]);
            let id = id.clone();
            async move {
                let groups = request.send().await?.cluster_as_group_set;
                let group = groups.into_iter().find(|group| group.auto_scaling_group_id == id);
                let group = group.ok_or_else(|| {
                    let message = format!("there is no scaling group {id}");
                    Error::new(ErrorKind::NotFound, message).with_operation(DescribeClusterAsGroups::META)
                })?;
                let status = group.status.clone();
                let verdict = match status {
                    AsGroupStatus::Enabled => Verdict::Success(group),
                    AsGroupStatus::Disabled => Verdict::Rests,
                    AsGroupStatus::Deleting => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((status, verdict))
            }
        })
    }

    /// Waits until a pool of virtual nodes is `normal`, and gives it. Asks `DescribeClusterVirtualNodePools`.
    ///
    /// Fails when the pool is `deleting` or `deleted`; goes on in every other state, unknown ones too. A pool that does
    /// not appear within the [`grace`](Waiter::grace), or that disappears, is [`NotFound`](ErrorKind::NotFound). Gives
    /// up after 15 minutes, unless told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress)
    /// is told each new state.
    pub fn wait_until_virtual_node_pool_normal(
        &self,
        cluster_id: impl Into<String>,
        node_pool_id: impl Into<String>,
    ) -> Waiter<NodePoolSet, VirtualNodePoolState> {
        let (client, cluster, id) = (self.clone(), cluster_id.into(), node_pool_id.into());
        let goal = format!("virtual node pool {id} of cluster {cluster} to be normal");
        Waiter::new(self.connection(), goal, DEADLINE, move || {
            let request = client.describe_cluster_virtual_node_pools(&cluster);
            let id = id.clone();
            async move {
                let pools = request.send().await?.node_pool_set;
                let pool = pools.into_iter().find(|pool| pool.node_pool_id.as_ref() == Some(&id));
                let pool = pool.ok_or_else(|| {
                    let message = format!("there is no virtual node pool {id}");
                    Error::new(ErrorKind::NotFound, message).with_operation(DescribeClusterVirtualNodePools::META)
                })?;
                let state = pool.life_state.clone().unwrap_or_default();
                let verdict = match state {
                    VirtualNodePoolState::Normal => Verdict::Success(pool),
                    VirtualNodePoolState::Deleting | VirtualNodePoolState::Deleted => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((state, verdict))
            }
        })
    }
}
