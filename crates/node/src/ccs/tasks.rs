use super::operations::{AddClusterInstancesOutput, DeleteClusterInstancesOutput};

impl AddClusterInstancesOutput {
    /// Returns the identifier of the task that adds the nodes, for `task` of the cluster client or of the connection.
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}

impl DeleteClusterInstancesOutput {
    /// Returns the identifier of the task that removes the nodes, for `task` of the cluster client or of the
    /// connection.
    pub fn task_id(&self) -> i64 {
        self.request_id
    }
}
