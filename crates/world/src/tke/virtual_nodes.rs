//! Virtual nodes: nodes without machines, in pools.

use crate::cluster::Cluster;
use crate::cluster::nodes::NodeSettings;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::PodRef;
use crate::kubernetes::scheduler::Taint;
use crate::kubernetes::virtual_nodes::{Pool, PoolState, VirtualNode};
use crate::tke::Event;
use crate::tke::Tke;

/// How long a pool or a virtual node takes to come.
const CREATION: Millis = 10 * SECOND;
/// How long it takes to change a pool.
const UPDATING: Millis = 5 * SECOND;
/// How long a pool or a virtual node takes to go.
const DELETION: Millis = 10 * SECOND;
/// Most characters of a pool's name.
const LONGEST_NAME: usize = 60;

/// What a pool is to be, or how it is to change.
#[derive(Debug, Clone, Default)]
pub struct PoolChange {
    pub name: Option<String>,
    pub labels: Option<Vec<(String, String)>>,
    pub taints: Option<Vec<Taint>>,
    pub unschedulable: Option<bool>,
}

impl PoolChange {
    fn check(&self) -> Outcome<()> {
        if let Some(name) = &self.name
            && !(1..=LONGEST_NAME).contains(&name.chars().count())
        {
            return Err(Reason::Invalid.because(format!("the name of a pool has 1 to {LONGEST_NAME} characters")));
        }
        if let Some(labels) = &self.labels {
            NodeSettings { labels: labels.clone(), ..NodeSettings::default() }.check()?;
        }
        for taint in self.taints.iter().flatten() {
            taint.check()?;
        }
        Ok(())
    }
}

impl Cluster {
    /// The pool, or why not.
    pub fn pool(&self, id: &str) -> Outcome<&Pool> {
        self.pools.get(id).ok_or_else(|| no_pool(&self.id, id))
    }

    /// Whether pods other than daemons' run on the node.
    pub(super) fn has_pods(&self, node: &str) -> bool {
        let mut pods = self.kubernetes.pods.iter();
        pods.any(|pod| pod.node.as_deref() == Some(node) && !pod.is_daemon() && !pod.stopping)
    }
}

fn no_pool(cluster: &str, id: &str) -> Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no virtual node pool {id}"))
}

impl Tke<'_> {
    /// Creates a pool.
    pub fn create_pool(
        &mut self,
        cluster_id: &str,
        subnets: Vec<String>,
        security_groups: Vec<String>,
        new: PoolChange,
    ) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        new.check()?;
        if subnets.is_empty() || security_groups.is_empty() {
            return Err(Reason::Invalid.because("a pool needs at least one subnet and one security group"));
        }
        for subnet in &subnets {
            self.0.realm.subnet(&cluster.network, subnet)?;
        }
        let id = self.0.ids.next("np");
        let pool = Pool {
            id: id.clone(),
            name: new.name.unwrap_or_default(),
            subnets,
            security_groups,
            labels: new.labels.unwrap_or_default(),
            taints: new.taints.unwrap_or_default(),
            unschedulable: new.unschedulable.unwrap_or(false),
            state: PoolState::Creating,
            created: self.0.now,
        };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.pools.insert(id.clone(), pool);
        self.after(CREATION, Event::PoolSettled { cluster: cluster_id.to_owned(), pool: id.clone() });
        Ok(id)
    }

    /// The pool when nothing is being done to it.
    fn resting_pool(&self, cluster_id: &str, id: &str) -> Outcome<&Pool> {
        let pool = self.0.realm.running_cluster(self.0.engine, cluster_id)?.pool(id)?;
        match pool.state {
            PoolState::Normal => Ok(pool),
            _ => Err(Reason::Unavailable.because(format!("the virtual node pool {id} is being worked on"))),
        }
    }

    /// Changes a pool.
    pub fn change_pool(&mut self, cluster_id: &str, id: &str, change: PoolChange) -> Outcome<()> {
        self.resting_pool(cluster_id, id)?;
        change.check()?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let Some(pool) = cluster.pools.get_mut(id) else { return Err(no_pool(cluster_id, id)) };
        pool.state = PoolState::Updating;
        if let Some(name) = change.name {
            pool.name = name;
        }
        if let Some(labels) = change.labels {
            pool.labels = labels;
        }
        if let Some(taints) = change.taints {
            pool.taints = taints;
        }
        if let Some(unschedulable) = change.unschedulable {
            pool.unschedulable = unschedulable;
        }
        self.after(UPDATING, Event::PoolSettled { cluster: cluster_id.to_owned(), pool: id.to_owned() });
        Ok(())
    }

    /// Deletes pools with their nodes; pods on them are in the way unless it is forced.
    pub fn delete_pools(&mut self, cluster_id: &str, ids: &[String], force: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if ids.is_empty() {
            return Err(Reason::Invalid.because("at least one virtual node pool must be named"));
        }
        for id in ids {
            cluster.pool(id)?;
            let busy = cluster.virtual_nodes.iter().find(|node| node.pool == *id && cluster.has_pods(&node.name));
            if let Some(node) = busy.filter(|_| !force) {
                let message = format!("pods run on the virtual node {} of the pool {id}: set Force", node.name);
                return Err(Reason::InUse.because(message));
            }
        }
        for id in ids {
            let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
            let Some(pool) = cluster.pools.get_mut(id) else { continue };
            if pool.state == PoolState::Deleting {
                continue;
            }
            pool.state = PoolState::Deleting;
            let nodes = cluster.virtual_nodes.iter().filter(|node| node.pool == *id);
            for node in nodes.map(|node| node.name.clone()).collect::<Vec<_>>() {
                self.leave_virtual(cluster_id, &node);
            }
            self.after(DELETION, Event::PoolGone { cluster: cluster_id.to_owned(), pool: id.clone() });
        }
        Ok(())
    }

    /// Adds one virtual node in each of the subnets, which must be the pool's.
    pub fn create_virtual_nodes(&mut self, cluster_id: &str, id: &str, subnets: &[String]) -> Outcome<Vec<String>> {
        let pool = self.resting_pool(cluster_id, id)?;
        if subnets.is_empty() {
            return Err(Reason::Missing.because("SubnetId or SubnetIds must be given"));
        }
        if let Some(subnet) = subnets.iter().find(|subnet| !pool.subnets.contains(subnet)) {
            let message =
                format!("the subnet {subnet} does not belong to the pool, which has {}", pool.subnets.join(", "));
            return Err(Reason::Invalid.because(message));
        }
        let network = self.0.realm.cluster(self.0.engine, cluster_id)?.network.clone();
        let mut names = Vec::new();
        for subnet in subnets {
            let zone = self.0.realm.subnet(&network, subnet)?.zone.clone();
            let Some(address) = self.take_address(&network, subnet) else {
                return Err(Reason::Machine.because(format!("the subnet {subnet} has no free address")));
            };
            let name = format!("eklet-{subnet}-{}", &self.0.ids.next("n")[2..]);
            let node = VirtualNode {
                name: name.clone(),
                pool: id.to_owned(),
                subnet: subnet.clone(),
                zone,
                address,
                ready: false,
                leaving: false,
                cordoned: false,
                created: self.0.now,
            };
            self.0.realm.cluster_mut(self.0.engine, cluster_id)?.virtual_nodes.insert(name.clone(), node);
            self.after(CREATION, Event::VirtualNodeUp { cluster: cluster_id.to_owned(), node: name.clone() });
            names.push(name);
        }
        Ok(names)
    }

    /// Deletes virtual nodes, of that pool if one is given; pods on them are in the way unless it is forced.
    pub fn delete_virtual_nodes(
        &mut self,
        cluster_id: &str,
        pool: Option<&str>,
        names: &[String],
        force: bool,
    ) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if let Some(id) = pool {
            cluster.pool(id)?;
        }
        if names.is_empty() {
            return Err(Reason::Missing.because("NodeNames must name the virtual nodes to delete"));
        }
        for name in names {
            let node = cluster.virtual_nodes.get(name).filter(|node| pool.is_none_or(|id| node.pool == id));
            if node.is_none() {
                let place = pool.map_or_else(|| format!("cluster {cluster_id}"), |id| format!("pool {id}"));
                let message = format!("the {place} has no virtual node {name}");
                return Err(Reason::NoPart.because(message));
            }
            if !force && cluster.has_pods(name) {
                return Err(Reason::InUse.because(format!("pods run on the virtual node {name}: set Force")));
            }
        }
        for name in names {
            self.leave_virtual(cluster_id, name);
        }
        Ok(())
    }

    fn leave_virtual(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.virtual_nodes.get_mut(name).filter(|node| !node.leaving) else { return };
        node.leaving = true;
        self.after(DELETION, Event::VirtualNodeGone { cluster: cluster_id.to_owned(), node: name.to_owned() });
    }

    /// The pods that must leave a virtual node. Unless it is a rehearsal they leave and no more come.
    pub fn drain_virtual_node(&mut self, cluster_id: &str, name: &str, rehearsal: bool) -> Outcome<Vec<PodRef>> {
        let cluster = self.0.realm.running_cluster_mut(self.0.engine, cluster_id)?;
        let node = cluster
            .virtual_nodes
            .get_mut(name)
            .ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster_id} has no virtual node {name}")))?;
        if !rehearsal {
            node.cordoned = true;
        }
        Ok(self.control_plane().evict(cluster_id, name, rehearsal))
    }

    pub fn pool_settled(&mut self, cluster_id: &str, id: &str) {
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        let Some(pool) = cluster.and_then(|cluster| cluster.pools.get_mut(id)) else { return };
        if pool.state != PoolState::Deleting {
            pool.state = PoolState::Normal;
        }
        self.control_plane().settle(cluster_id);
    }

    pub fn pool_gone(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let nodes = cluster.virtual_nodes.iter().filter(|node| node.pool == id);
        for name in nodes.map(|node| node.name.clone()).collect::<Vec<_>>() {
            self.virtual_node_gone(cluster_id, &name);
        }
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
            cluster.pools.remove(id);
        }
    }

    pub fn virtual_node_up(&mut self, cluster_id: &str, name: &str) {
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.virtual_nodes.get_mut(name)) else { return };
        node.ready = true;
        self.control_plane().settle(cluster_id);
    }

    pub fn virtual_node_gone(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let network = cluster.network.clone();
        let Some(node) = cluster.virtual_nodes.remove(name) else { return };
        self.release_address(&network, &node.subnet, &node.address);
        self.control_plane().lose_node(cluster_id, name);
        self.control_plane().settle(cluster_id);
    }
}
