//! Virtual nodes: nodes of a cluster without machines, in pools. An engine adds and removes them.

use super::scheduler::Taint;
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};

/// A pool of virtual nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    pub id: String,
    pub name: String,
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub labels: Vec<(String, String)>,
    pub taints: Vec<Taint>,
    pub unschedulable: bool,
    pub state: PoolState,
    pub created: Millis,
}

/// What a pool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolState {
    Creating,
    Normal,
    Updating,
    Deleting,
}

/// A virtual node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VirtualNode {
    pub name: String,
    pub pool: String,
    pub subnet: String,
    pub zone: String,
    pub address: String,
    pub ready: bool,
    pub leaving: bool,
    pub cordoned: bool,
    pub created: Millis,
}

impl VirtualNode {
    /// Whether pods can be there.
    pub fn is_up(&self) -> bool {
        self.ready
    }
}
