//! The nodes of node pools: how many there are, which are protected, and how nodes come into a pool and out of it.

use crate::cluster::Cluster;
use crate::cluster::existing::Joined;
use crate::cluster::nodes::{Node, NodeSettings, Role, State};
use crate::infra::machines::Machine;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;
use crate::tke::groups::{Group, MOST_TYPES};
use crate::tke::node_pools::{NodePool, check_types};

/// Most nodes that one call names.
const MOST_NODES: usize = 100;

/// How many nodes of one origin a pool has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeCounts {
    pub initializing: usize,
    pub normal: usize,
    pub total: usize,
}

impl Node {
    /// Puts labels, taints and annotations on the node in place of others.
    pub(super) fn replace_settings(&mut self, before: &NodeSettings, now: &NodeSettings) {
        self.labels.retain(|key, value| !before.labels.iter().any(|(k, v)| k == key && v == value));
        self.labels.extend(now.labels.iter().cloned());
        self.annotations.retain(|key, value| !before.annotations.iter().any(|(k, v)| k == key && v == value));
        self.annotations.extend(now.annotations.iter().cloned());
        self.taints.retain(|taint| !before.taints.contains(taint) && !now.taints.contains(taint));
        self.taints.extend(now.taints.iter().cloned());
    }
}

impl Cluster {
    /// The machines of the nodes of a pool that stay.
    pub(super) fn members_of(&self, pool: &str) -> Vec<String> {
        let Ok(pool) = self.node_pool(pool) else { return Vec::new() };
        self.nodes.iter().filter(|node| pool.has(node)).map(|node| node.machine.clone()).collect()
    }

    /// The node pool of a node.
    pub fn pool_of(&self, node: &Node) -> Option<&NodePool> {
        self.tke().node_pools.iter().find(|pool| pool.has(node))
    }

    /// Takes a node that is gone out of what lists its machine.
    pub(super) fn forget_member(&mut self, node: &Node) {
        for pool in self.tke_mut().node_pools.iter_mut() {
            pool.added.retain(|machine| *machine != node.machine);
        }
        for group in self.tke_mut().groups.iter_mut() {
            group.protected.remove(&node.machine);
            group.stopped.remove(&node.machine);
        }
    }

    /// The nodes of a pool that were added by hand, and those that its group started.
    pub fn node_counts(&self, pool: &NodePool) -> (NodeCounts, NodeCounts) {
        let (mut added, mut started) = (NodeCounts::default(), NodeCounts::default());
        for node in self.nodes.iter().filter(|node| pool.has(node)) {
            let counts = if node.group.is_some() { &mut started } else { &mut added };
            counts.total += 1;
            counts.initializing += usize::from(node.state == State::Initializing);
            counts.normal += usize::from(node.is_ready() && node.leaving.is_none());
        }
        (added, started)
    }
}

impl NodePool {
    /// Whether the node is one of the pool.
    pub fn has(&self, node: &Node) -> bool {
        node.group.as_deref() == Some(self.group.as_str()) || self.added.contains(&node.machine)
    }
}

/// Why the machine is not of the kind of the pool.
fn unlike(machine: &Machine, group: &Group) -> Option<String> {
    if !group.types.contains(&machine.instance_type) {
        return Some(format!(
            "its type {} is none of the pool, which has {}",
            machine.instance_type,
            group.types.join(", ")
        ));
    }
    (machine.charge != group.template.charge).then(|| "it is not paid as the machines of the pool are".to_owned())
}

/// The machines that a call names, each once.
fn distinct(ids: &[String]) -> Outcome<Vec<String>> {
    if ids.is_empty() {
        return Err(Reason::Invalid.because("InstanceIds must name at least one node"));
    }
    if ids.len() > MOST_NODES {
        return Err(Reason::PoolQuota.because(format!("InstanceIds names at most {MOST_NODES} nodes")));
    }
    let mut distinct: Vec<String> = Vec::new();
    for id in ids {
        if !distinct.contains(id) {
            distinct.push(id.clone());
        }
    }
    Ok(distinct)
}

impl Tke<'_> {
    /// Sets how many nodes the group of a pool should have.
    pub fn set_pool_capacity(&mut self, cluster_id: &str, id: &str, desired: i64) -> Outcome<()> {
        let (_, group) = self.resting_node_pool(cluster_id, id)?;
        self.check_sizes(group.min, group.max, desired)?;
        let group = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.group_of_mut(id)?;
        group.desired = desired;
        let group = group.id.clone();
        self.fill_group(cluster_id, &group);
        Ok(())
    }

    /// Sets the machine types of a pool. The first stays, and the others are as large as it is.
    pub fn set_pool_types(&mut self, cluster_id: &str, id: &str, types: Vec<String>) -> Outcome<()> {
        let (_, group) = self.resting_node_pool(cluster_id, id)?;
        if types.is_empty() || types.len() > MOST_TYPES {
            return Err(Reason::Invalid.because(format!("InstanceTypes has 1 to {MOST_TYPES} types")));
        }
        if types.first() != group.types.first() {
            let main = group.types.first().map(String::as_str).unwrap_or_default();
            let message = format!("the first machine type of the pool cannot be changed: it is {main}");
            return Err(Reason::Invalid.because(message));
        }
        check_types(&types).map_err(|fault| Reason::Invalid.because(fault.message))?;
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.group_of_mut(id)?.types = types;
        Ok(())
    }

    /// Protects nodes of a pool against scale-in or lifts the protection; says for which it did, and for which not.
    pub fn protect_nodes(
        &mut self,
        cluster_id: &str,
        id: &str,
        machines: &[String],
        protected: bool,
    ) -> Outcome<(Vec<String>, Vec<String>)> {
        let (_, group) = self.0.realm.running_cluster(self.0.engine, cluster_id)?.node_pool_and_group(id)?;
        let machines = distinct(machines)?;
        let own = group.id.clone();
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let in_group = |machine: &String| {
            cluster.nodes.get(machine).is_some_and(|node| node.group.as_deref() == Some(own.as_str()))
        };
        let (done, failed): (Vec<String>, Vec<String>) = machines.into_iter().partition(in_group);
        let group = cluster.group_of_mut(id)?;
        for machine in &done {
            match protected {
                true => group.protected.insert(machine.clone()),
                false => group.protected.remove(machine),
            };
        }
        self.wake_autoscaler(cluster_id);
        Ok((done, failed))
    }

    /// Adds nodes of the cluster to a pool. They keep their machines, and the autoscaler leaves them alone.
    pub fn add_nodes_to_pool(&mut self, cluster_id: &str, id: &str, machines: &[String]) -> Outcome<()> {
        let (_, group) = self.resting_node_pool(cluster_id, id)?;
        let machines = &distinct(machines)?;
        let cluster = self.0.realm.cluster(self.0.engine, cluster_id)?;
        for machine in machines {
            let refuse = |why: &str| Reason::Invalid.because(format!("the node {machine} cannot join the pool: {why}"));
            let node = cluster.nodes.get(machine).filter(|node| node.external_pool.is_none());
            let node = node.ok_or_else(|| {
                Reason::NoPart.because(format!("the machine {machine} is not a node of the cluster {cluster_id}"))
            })?;
            if cluster.pool_of(node).is_some() || node.group.is_some() {
                return Err(refuse("it is in a pool or a scaling group already"));
            }
            if node.role == Role::Master || node.is_moving() {
                return Err(refuse("it is not a running worker"));
            }
            if let Some(why) = self.0.realm.machines.get(machine).and_then(|machine| unlike(machine, group)) {
                return Err(refuse(&why));
            }
        }
        let settings = group.settings.clone();
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.node_pool_mut(id)?.added.extend_from_slice(machines);
        self.replace_settings(cluster_id, machines, &NodeSettings::default(), &settings);
        Ok(())
    }

    /// Takes nodes out of a pool; they stay in the cluster.
    pub fn remove_nodes_from_pool(&mut self, cluster_id: &str, id: &str, machines: &[String]) -> Outcome<()> {
        let (pool, group) = self.resting_node_pool(cluster_id, id)?;
        let machines = &distinct(machines)?;
        let cluster = self.0.realm.cluster(self.0.engine, cluster_id)?;
        let mut started = 0;
        for machine in machines {
            let node = cluster.nodes.get(machine).filter(|node| pool.has(node));
            let node =
                node.ok_or_else(|| Reason::NoPart.because(format!("the node pool {id} has no node {machine}")))?;
            started += i64::from(node.group.is_some());
        }
        let left = cluster.group_nodes(&group.id).count() as i64 - started;
        if started > 0 && left < group.min {
            let message =
                format!("the node pool {id} has at least {} nodes, which {left} would be less than", group.min);
            return Err(Reason::Invalid.because(message));
        }
        for machine in machines {
            self.unbind(cluster_id, machine);
        }
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        cluster.node_pool_mut(id)?.added.retain(|machine| !machines.contains(machine));
        let group = cluster.group_of_mut(id)?;
        group.desired = (group.desired - started).max(group.min);
        Ok(())
    }

    /// Adds existing machines to the cluster as nodes of a pool, with its settings or with those given.
    pub fn add_existing_to_pool(
        &mut self,
        cluster_id: &str,
        id: &str,
        machines: &[String],
        host_name: Option<&str>,
        settings: &NodeSettings,
        inherits: bool,
    ) -> Outcome<Joined> {
        let (_, group) = self.resting_node_pool(cluster_id, id)?;
        let settings = if inherits { group.settings.clone() } else { settings.clone() };
        let why = |machine: &String| self.0.realm.machines.get(machine).and_then(|there| unlike(there, group));
        let (others, fitting): (Vec<String>, Vec<String>) =
            machines.iter().cloned().partition(|machine| why(machine).is_some());
        let reasons: Vec<String> =
            others.iter().filter_map(|id| Some(format!("the machine {id} cannot join: {}", why(id)?))).collect();
        let mut joined = match fitting.is_empty() && !others.is_empty() {
            true => Joined::default(),
            false => self.add_existing_nodes(cluster_id, &fitting, host_name, &settings)?,
        };
        joined.refused.extend(others);
        joined.reasons.extend(reasons);
        let pool = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.node_pool_mut(id)?;
        pool.added.extend(joined.joined.iter().cloned());
        Ok(joined)
    }

    /// Destroys a machine at the time that its purchase set. As a node it leaves its cluster first.
    pub(super) fn machine_ends(&mut self, id: &str) {
        let Some(machine) = self.0.realm.machines.get(id) else { return };
        match machine.cluster.clone() {
            Some(cluster) => self.leave(&cluster, id, false),
            None => self.destroy_machine(id),
        }
    }
}
