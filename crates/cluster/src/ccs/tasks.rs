//! Tasks: work that goes on after the call that asked for it.

use super::operations::{CreateClusterOutput, DeleteClusterOutput, DescribeClusterTaskResult};
use super::types::TaskStatus;
use super::{Client, Request};
use wharf_core::wait::Waiter;

impl Client {
    /// A task by its identifier, the `task_id()` of the answer that named it, of a cluster or of its nodes.
    pub fn task(&self, id: i64) -> Task {
        Task { client: self.clone(), id }
    }
}

/// The making or deleting of a cluster or of nodes.
#[derive(Debug, Clone)]
pub struct Task {
    client: Client,
    id: i64,
}

impl Task {
    /// Its identifier, which the service calls `requestId`.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Asks `DescribeClusterTaskResult` once.
    pub fn get(&self) -> Request<DescribeClusterTaskResult> {
        self.client.describe_cluster_task_result().request_id(self.id)
    }

    /// Waits until the task has succeeded: see [`wait_until_task_done`](Client::wait_until_task_done).
    pub fn wait(&self) -> Waiter<(), TaskStatus> {
        self.client.wait_until_task_done(self.id)
    }
}

impl CreateClusterOutput {
    /// The task that makes the cluster, for [`Client::task`].
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}

impl DeleteClusterOutput {
    /// The task that deletes the cluster, for [`Client::task`].
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}
