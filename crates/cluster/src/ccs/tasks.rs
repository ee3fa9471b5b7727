//! Tasks: work that goes on after the call that asked for it.

use super::operations::{CreateClusterOutput, DeleteClusterOutput, DescribeClusterTaskResult};
use super::types::TaskStatus;
use super::{Client, Request};
use std::time::Duration;
use wharf_core::wait::{Verdict, Waiter};

/// How long a task may take.
const TASK: Duration = Duration::from_secs(60 * 60);

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

    /// Waits until the task has succeeded.
    ///
    /// Fails when the task has failed; the service does not tell why. Goes on while it runs and in states that no
    /// document has, and when it is not found yet, for the [`grace`](Waiter::grace). Gives up after an hour, unless
    /// told otherwise by [`timeout`](Waiter::timeout); [`on_progress`](Waiter::on_progress) is told each new state.
    pub fn wait(&self) -> Waiter<(), TaskStatus> {
        let task = self.clone();
        Waiter::new(self.client.connection(), format!("task {} to succeed", self.id), TASK, move || {
            let request = task.get();
            async move {
                let status = request.send().await?.status;
                let verdict = match status {
                    TaskStatus::Succ => Verdict::Success(()),
                    TaskStatus::Fail => Verdict::Failure,
                    _ => Verdict::GoOn,
                };
                Ok((status, verdict))
            }
        })
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
