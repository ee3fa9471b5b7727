//! What a cluster is to be, and the nodes that come with it.

use crate::cluster::PodNetwork;
use crate::cluster::existing::Refit;
use crate::cluster::nodes::{NodeSettings, Role};
use crate::infra::machines::Purchase;

/// What a cluster is to be.
#[derive(Debug, Clone, Default)]
pub struct NewCluster {
    pub name: String,
    pub description: String,
    pub version: Option<String>,
    pub os: Option<String>,
    pub independent: bool,
    pub arm: bool,
    pub network: Option<String>,
    pub range: Option<String>,
    pub service_range: Option<String>,
    pub ignores_conflicts: bool,
    pub max_pods: Option<u64>,
    pub max_services: Option<u64>,
    pub ipvs: bool,
    pub autoscaling: bool,
    pub pod_network: PodNetwork,
    pub pod_subnets: Vec<String>,
    pub runtime: String,
    pub host_names: bool,
    pub dual_stack: bool,
    pub project: i64,
    pub tags: Vec<(String, String)>,
    pub nodes: Vec<NewNodes>,
}

/// Nodes that come with a cluster.
#[derive(Debug, Clone)]
pub struct NewNodes {
    pub role: Role,
    pub source: Source,
    pub settings: NodeSettings,
}

/// Where the machines of nodes come from.
#[derive(Debug, Clone)]
pub enum Source {
    Purchase(Box<Purchase>),
    Existing { machines: Vec<String>, host_name: Option<String>, refit: Refit },
}
