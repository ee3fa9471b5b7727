//! The order in which an upgrade reaches nodes: pool by pool, in batches that grow.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::nodes::{CceNode, CceNodePhase};
use crate::kernel::violation::{Outcome, Reason};
use std::collections::BTreeMap;

/// What stands for the nodes outside of all pools.
pub const DEFAULT_POOL: &str = "DefaultPool";

/// How the nodes of a cluster are upgraded.
#[derive(Debug, Clone)]
pub struct NodeUpgrade {
    /// The most nodes of a batch.
    pub step: usize,
    pub scope: Scope,
    /// Priorities of pools: the highest first, 0 by default.
    pub pools: BTreeMap<String, i64>,
    /// Priorities of the nodes of a pool.
    pub nodes: BTreeMap<String, Vec<NodePriority>>,
}

impl Default for NodeUpgrade {
    fn default() -> Self {
        Self { step: 1, scope: Scope::Cluster, pools: BTreeMap::new(), nodes: BTreeMap::new() }
    }
}

/// Where the size of batches starts at one again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Nowhere: batches grow through the whole cluster.
    Cluster,
    /// At each pool.
    NodePool,
}

/// A priority of the nodes that have a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePriority {
    pub label: String,
    pub comparison: Comparison,
    pub values: Vec<String>,
    pub priority: i64,
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    In,
    NotIn,
    Exists,
    Missing,
    Above,
    Below,
}

impl NodePriority {
    fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        let has = labels.get(&self.label);
        let listed = has.is_some_and(|has| self.values.contains(has));
        let number = |text: Option<&String>| text.and_then(|text| text.parse::<i64>().ok());
        let numbers = number(has).zip(number(self.values.first()));
        match self.comparison {
            Comparison::In => listed,
            Comparison::NotIn => !listed,
            Comparison::Exists => has.is_some(),
            Comparison::Missing => has.is_none(),
            Comparison::Above => numbers.is_some_and(|(has, due)| has > due),
            Comparison::Below => numbers.is_some_and(|(has, due)| has < due),
        }
    }
}

impl NodeUpgrade {
    fn priority(&self, pool: &str, labels: &BTreeMap<String, String>) -> i64 {
        let fits = self.nodes.get(pool).into_iter().flatten().filter(|order| order.fits(labels));
        fits.map(|order| order.priority).max().unwrap_or(0)
    }
}

impl Realm {
    /// The nodes of a pool that stay, or of those outside of pools, oldest first.
    pub fn staying_members<'a>(
        &'a self,
        cluster: &'a str,
        pool: Option<&'a str>,
        now: crate::kernel::Millis,
    ) -> impl Iterator<Item = &'a CceNode> {
        let of_pool = self.members_of(cluster).filter(move |member| member.pool.as_deref() == pool);
        of_pool.filter(move |member| self.member_phase(member, now) != CceNodePhase::Leaving)
    }
}

impl Cce<'_> {
    /// The batches of nodes of an upgrade, in their order.
    pub(super) fn batches(&self, cluster: &str, order: &NodeUpgrade) -> Outcome<Vec<Vec<String>>> {
        let own = self.0.realm.cce.pools.iter().filter(|pool| pool.cluster == cluster);
        let mut pools: Vec<&str> = own.map(|pool| pool.id.as_str()).collect();
        pools.push(DEFAULT_POOL);
        if let Some(unknown) = order.pools.keys().chain(order.nodes.keys()).find(|id| !pools.contains(&id.as_str())) {
            return Err(Reason::NoPart.because(format!("the cluster {cluster} has no node pool {unknown}")));
        }
        // The sort is stable: pools of one priority stay in the order they were made.
        pools.sort_by_key(|id| -order.pools.get(*id).copied().unwrap_or(0));
        let mut batches = Vec::new();
        let mut size = 1;
        for pool in pools {
            if order.scope == Scope::NodePool {
                size = 1;
            }
            let mut nodes = self.ordered_nodes(cluster, pool, order).into_iter().peekable();
            while nodes.peek().is_some() {
                batches.push(nodes.by_ref().take(size).collect());
                size = (size * 2).min(order.step.max(1));
            }
        }
        Ok(batches)
    }

    fn ordered_nodes(&self, cluster: &str, pool: &str, order: &NodeUpgrade) -> Vec<String> {
        let named = Some(pool).filter(|pool| *pool != DEFAULT_POOL);
        let there = self.0.realm.clusters.get(cluster);
        let labels = |member: &CceNode| {
            let node = there.and_then(|cluster| cluster.nodes.get(&member.machine));
            node.map(|node| node.labels.clone()).unwrap_or_default()
        };
        let mut nodes: Vec<(i64, String)> = self
            .0
            .realm
            .staying_members(cluster, named, self.0.now)
            .map(|member| (order.priority(pool, &labels(member)), member.uid.clone()))
            .collect();
        nodes.sort_by_key(|(priority, _)| -priority);
        nodes.into_iter().map(|(_, uid)| uid).collect()
    }
}
