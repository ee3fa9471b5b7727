use super::operations::{AddClusterInstancesOutput, DeleteClusterInstancesOutput};

impl AddClusterInstancesOutput {
    /// The task that adds the nodes, for `task` of the cluster's client or of the connection.
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}

impl DeleteClusterInstancesOutput {
    /// The task that removes the nodes, for `task` of the cluster's client or of the connection.
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}
