//! The progress of upgrades of nodes.

use super::operations::GetUpgradeInstanceProgressOutput;
use super::types::NodeUpgradeState;
use serde_json::{Value, json};
use std::fmt;

/// The progress of an upgrade of nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeUpgradeProgress {
    /// State of the upgrade.
    pub state: NodeUpgradeState,
    /// Number of nodes that are upgraded.
    pub done: i64,
    /// Number of all nodes of the upgrade.
    pub total: i64,
}

impl NodeUpgradeProgress {
    pub(super) fn of(upgrade: &GetUpgradeInstanceProgressOutput) -> Self {
        Self { state: upgrade.life_state.clone(), done: upgrade.done, total: upgrade.total }
    }

    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        json!({ "state": self.state.as_str(), "done": self.done, "total": self.total })
    }
}

impl fmt::Display for NodeUpgradeProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of {} nodes upgraded", self.state, self.done, self.total)
    }
}
