//! What the shared parts of the world ask the engine of a product.

use super::realm::RealmMut;
use crate::Quotas;
use crate::cluster::Cluster;
use crate::cluster::nodes::Node;
use std::fmt;

/// The rules that one product adds to clusters. Each cluster belongs to the engine that made it.
///
/// The methods are called when something happens to a cluster of the engine. By default they do nothing.
pub trait Engine: fmt::Debug + Sync {
    /// The product's name. No two engines have the same.
    fn product(&self) -> &'static str;

    /// The vendor. Engines of one vendor share networks and machines.
    fn vendor(&self) -> &'static str;

    /// The most clusters that an account may have in a region.
    fn cluster_limit(&self, quotas: &Quotas) -> usize;

    /// A node has joined and is running.
    fn node_up(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str) {}

    /// A node is about to be removed.
    fn node_leaves(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _machine: &str) {}

    /// A node has been removed.
    fn node_gone(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _node: &Node) {}

    /// The containers of a pod have started.
    fn pod_up(&self, _realm: &mut RealmMut<'_>, _cluster: &str, _pod: &str) {}

    /// A pod has been removed.
    fn pod_gone(&self, _realm: &mut RealmMut<'_>, _pod: &str) {}

    /// Pods were placed, or wait for room.
    fn pods_placed(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// A cluster is about to be removed.
    fn cluster_leaves(&self, _realm: &mut RealmMut<'_>, _cluster: &str) {}

    /// A cluster has been removed.
    fn cluster_gone(&self, _realm: &mut RealmMut<'_>, _cluster: &Cluster) {}
}

impl PartialEq for dyn Engine {
    fn eq(&self, other: &Self) -> bool {
        self.product() == other.product()
    }
}
