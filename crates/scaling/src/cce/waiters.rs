//! The progress of node pools.

use super::operations::GetNodePoolOutput;
use super::types::NodePoolPhase;
use serde_json::{Value, json};
use std::fmt;

/// The progress of a node pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePoolProgress {
    /// Phase of the pool, or `None` for a pool that works normally.
    pub phase: Option<NodePoolPhase>,
    /// Number of nodes, if the service reports it.
    pub nodes: Option<i64>,
    /// Number of desired nodes.
    pub wanted: i64,
    /// Whether the pool scales automatically.
    scales_itself: bool,
}

impl NodePoolProgress {
    pub(super) fn of(pool: &GetNodePoolOutput) -> Self {
        Self {
            phase: pool.status.phase.clone().filter(|phase| !phase.as_str().is_empty()),
            nodes: pool.status.current_node,
            wanted: pool.spec.initial_node_count.unwrap_or_default(),
            scales_itself: pool.spec.autoscaling.as_ref().is_some_and(|auto| auto.enable == Some(true)),
        }
    }

    /// Returns true when the pool has the desired nodes, or scales automatically.
    pub(super) fn is_complete(&self) -> bool {
        self.scales_itself || self.nodes.is_none_or(|nodes| nodes == self.wanted)
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        let phase = self.phase.as_ref().map(|phase| phase.as_str());
        json!({"phase": phase, "nodes": self.nodes, "wanted": self.wanted})
    }
}

impl From<NodePoolPhase> for NodePoolProgress {
    fn from(phase: NodePoolPhase) -> Self {
        Self { phase: Some(phase), ..Self::default() }
    }
}

impl fmt::Display for NodePoolProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.phase {
            Some(phase) => write!(f, "{phase}")?,
            None => f.write_str("normal")?,
        }
        match self.nodes {
            Some(nodes) => write!(f, " with {nodes} of {} nodes", self.wanted),
            None => Ok(()),
        }
    }
}
