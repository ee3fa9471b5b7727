//! Tasks: work that continues after the call that requested it.

use super::operations::{CreateClusterOutput, DeleteClusterOutput, DescribeClusterTaskResult};
use super::types::TaskStatus;
use super::{Client, Request};
use wharf_core::wait::Waiter;

impl Client {
    /// Returns a handle of a task of a cluster or its nodes. `id` is its identifier: the `task_id()` of the output of
    /// the operation that started the task.
    pub fn task(&self, id: i64) -> Task {
        Task { client: self.clone(), id }
    }
}

/// A handle of a task that creates or deletes a cluster or nodes.
#[derive(Debug, Clone)]
pub struct Task {
    client: Client,
    id: i64,
}

impl Task {
    /// Returns the identifier of the task, which the service calls `requestId`.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Sends `DescribeClusterTaskResult` once.
    pub fn get(&self) -> Request<DescribeClusterTaskResult> {
        self.client.describe_cluster_task_result().request_id(self.id)
    }

    /// Waits until the task has succeeded: see [`wait_until_task_done`](Client::wait_until_task_done).
    pub fn wait(&self) -> Waiter<(), TaskStatus> {
        self.client.wait_until_task_done(self.id)
    }
}

impl CreateClusterOutput {
    /// Returns the identifier of the task that creates the cluster, for [`Client::task`].
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}

impl DeleteClusterOutput {
    /// Returns the identifier of the task that deletes the cluster, for [`Client::task`].
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}
