//! The progress of node pools.

use super::operations::DescribeClusterNodePoolDetailOutput;
use super::types::NodePoolState;
use serde_json::{Value, json};
use std::fmt;

/// The progress of a node pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePoolProgress {
    /// State of the pool.
    pub state: NodePoolState,
    /// Number of nodes that are being created.
    pub creating: i64,
    /// Number of nodes that are being removed.
    pub removing: i64,
    /// Number of nodes that could not be created.
    pub failed: i64,
    /// Number of all nodes.
    pub total: i64,
}

impl NodePoolProgress {
    pub(super) fn of(pool: &DescribeClusterNodePoolDetailOutput) -> Self {
        let status = &pool.status;
        Self {
            state: status.state.clone(),
            creating: status.initial_nodes.unwrap_or_default(),
            removing: status.removing_nodes.unwrap_or_default(),
            failed: status.failed_nodes.unwrap_or_default(),
            total: status.total_nodes.unwrap_or_default(),
        }
    }

    /// Returns true when no node is being created or removed.
    pub(super) fn is_settled(&self) -> bool {
        self.creating == 0 && self.removing == 0
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({
            "state": self.state.as_str(),
            "creating": self.creating,
            "removing": self.removing,
            "failed": self.failed,
            "total": self.total,
        })
    }
}

impl From<NodePoolState> for NodePoolProgress {
    fn from(state: NodePoolState) -> Self {
        Self { state, ..Self::default() }
    }
}

impl fmt::Display for NodePoolProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} nodes", self.state, self.total)?;
        for (count, what) in
            [(self.creating, "being created"), (self.removing, "being removed"), (self.failed, "failed")]
        {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}
