//! Native node pools: created, changed, scaled, deleted.

use super::spec::{NativeSpec, SpecChange};
use super::{Event, MachineState};
use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, NodeSettings};
use crate::infra::machines::Charge;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::scheduler::Taint;
use crate::tke::Tke;
use serde::{Deserialize, Serialize};

/// How long it takes until a new pool can have machines.
const CREATION: Millis = 10 * SECOND;
/// How long it takes to delete a pool, machines included.
const DELETION: Millis = 15 * SECOND;
/// The first version of Kubernetes that native nodes run.
const FIRST_VERSION: (u64, u64) = (1, 16);
/// Most characters of a pool's name.
const LONGEST_NAME: usize = 60;
/// Labels that put nodes into placement groups (002:11612-11636). A pool has one of them at most, and keeps it.
const PLACEMENTS: [&str; 2] =
    ["node.tke.cloud.tencent.com/spread-placement-group-type", "node.tke.cloud.tencent.com/spread-placement-group-id"];
const PLACEMENT_TYPES: [&str; 3] = ["HOST", "SW", "RACK"];

/// What nodes of a pool carry in Kubernetes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    pub labels: Vec<(String, String)>,
    pub annotations: Vec<(String, String)>,
    pub taints: Vec<Taint>,
    pub cordoned: bool,
}

/// A pool of native nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativePool {
    pub id: String,
    pub name: String,
    pub state: PoolLife,
    pub created: Millis,
    /// Whether the pool cannot be deleted.
    pub protected: bool,
    /// Tags of the pool, in addition to those of its cluster.
    pub tags: Vec<(String, String)>,
    pub meta: Meta,
    pub spec: NativeSpec,
    /// How many machines the pool has made.
    pub made: u64,
    /// How often in a row the pool could not get all the machines that it should have.
    pub failures: u32,
}

/// Where a native node pool is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolLife {
    Creating,
    Running,
    Deleting,
}

/// A native node pool to create.
#[derive(Debug, Clone)]
pub struct NewPool {
    pub name: String,
    pub protected: bool,
    pub tags: Vec<(String, String)>,
    pub meta: Meta,
    pub spec: NativeSpec,
}

/// How a native node pool is to change. What is not set stays.
#[derive(Debug, Clone, Default)]
pub struct PoolChange {
    pub name: Option<String>,
    pub protected: Option<bool>,
    pub tags: Option<Vec<(String, String)>>,
    pub labels: Option<Vec<(String, String)>>,
    pub annotations: Option<Vec<(String, String)>>,
    pub taints: Option<Vec<Taint>>,
    pub cordoned: Option<bool>,
    pub spec: SpecChange,
    /// Whether labels, annotations, taints and security groups change on the nodes that are there.
    pub existing_nodes: bool,
    /// Whether the settings of the system change on the nodes that are there.
    pub existing_setups: bool,
}

impl Meta {
    fn check(&self) -> Outcome<()> {
        let (labels, taints) = (self.labels.clone(), self.taints.clone());
        NodeSettings { labels, taints, annotations: self.annotations.clone(), ..NodeSettings::default() }.check()?;
        let placements: Vec<_> = self.placements().collect();
        match placements[..] {
            [_, _, ..] => Err(Reason::Invalid.because("Labels: a pool has one label of placement groups at most")),
            [(key, value)] if key == PLACEMENTS[0] && !PLACEMENT_TYPES.contains(&value.as_str()) => {
                let message = format!("Labels: {key} is {}, not {value}", PLACEMENT_TYPES.join(", "));
                Err(Reason::Invalid.because(message))
            }
            _ => Ok(()),
        }
    }

    fn placements(&self) -> impl Iterator<Item = &(String, String)> {
        self.labels.iter().filter(|(key, _)| PLACEMENTS.contains(&key.as_str()))
    }

    /// Puts what a pool carries on a node, instead of what the pool carried before.
    pub(super) fn stamp(&self, node: &mut Node, before: &Self) {
        node.labels.retain(|key, _| !before.labels.iter().any(|(old, _)| old == key));
        node.labels.extend(self.labels.iter().cloned());
        node.annotations.retain(|key, _| !before.annotations.iter().any(|(old, _)| old == key));
        node.annotations.extend(self.annotations.iter().cloned());
        node.taints.retain(|taint| !before.taints.contains(taint) && !self.taints.contains(taint));
        node.taints.extend(self.taints.iter().cloned());
        if self.cordoned != before.cordoned {
            node.cordoned = self.cordoned;
        }
    }
}

impl Cluster {
    /// The tags of the nodes of a pool: its own, and those of the cluster (002:8918).
    pub fn native_tags(&self, pool: &NativePool) -> Vec<(String, String)> {
        let inherited = self.tags.iter().filter(|(key, _)| !pool.tags.iter().any(|(own, _)| own == key));
        pool.tags.iter().chain(inherited).cloned().collect()
    }
}

fn check_name(name: &str) -> Outcome<()> {
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Err(Reason::Invalid.because(format!("Name has 1 to {LONGEST_NAME} characters")));
    }
    Ok(())
}

/// Native nodes need a version of Kubernetes (002:7886).
fn check_version(version: &str) -> Outcome<()> {
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().unwrap_or(0));
    let version_numbers = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version_numbers < FIRST_VERSION {
        let message = format!("native nodes need Kubernetes 1.16 or later; the cluster has {version}");
        return Err(Reason::Unsupported.because(message));
    }
    Ok(())
}

fn denied(message: impl Into<String>) -> Violation {
    Reason::Protected.because(message.into())
}

impl Tke<'_> {
    /// The rules for a pool that follow from its cluster.
    fn check_native(&self, cluster: &Cluster, spec: &NativeSpec, tags: &[(String, String)]) -> Outcome<()> {
        spec.check()?;
        if spec.subnets.is_empty() {
            return Err(Reason::Invalid.because("SubnetIds needs at least one subnet of the cluster's network"));
        }
        for subnet in &spec.subnets {
            self.0.realm.subnet(&cluster.network, subnet)?;
        }
        if spec.host_name.is_some() && !cluster.host_names {
            let message = "HostNamePattern is for clusters whose nodes are named by host name";
            return Err(Reason::Invalid.because(message));
        }
        if let Some(policy) = &spec.health_policy
            && !cluster.tke().native.policies.contains(policy)
        {
            let message = format!("HealthCheckPolicyName: the cluster has no health check policy {policy}");
            return Err(Reason::Invalid.because(message));
        }
        let differs = |(key, value): &(String, String)| cluster.tags.iter().any(|(k, v)| k == key && v != value);
        if let Some((key, _)) = tags.iter().find(|tag| differs(tag)) {
            let message = format!("Tags: {key} has another value on the cluster, whose tags the pool inherits");
            return Err(Reason::Invalid.because(message));
        }
        Ok(())
    }

    /// Creates a pool. Its machines follow.
    pub fn create_native_pool(&mut self, cluster_id: &str, new: NewPool) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        check_version(&cluster.version)?;
        check_name(&new.name)?;
        new.meta.check()?;
        self.check_native(cluster, &new.spec, &new.tags)?;
        let id = self.0.ids.next("np");
        let pool = NativePool {
            id: id.clone(),
            name: new.name,
            state: PoolLife::Creating,
            created: self.0.now,
            protected: new.protected,
            tags: new.tags,
            meta: new.meta,
            spec: new.spec,
            made: 0,
            failures: 0,
        };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().native.pools.insert(id.clone(), pool);
        self.after_native(CREATION, cluster_id, Event::PoolUp { pool: id.clone() });
        Ok(id)
    }

    pub(super) fn native_pool_up(&mut self, cluster_id: &str, id: &str) {
        let Some(pool) = self.native_mut(cluster_id).and_then(|native| native.pools.get_mut(id)) else { return };
        if pool.state != PoolLife::Creating {
            return;
        }
        pool.state = PoolLife::Running;
        self.fill_native(cluster_id, id);
        self.wake_autoscaler(cluster_id);
    }

    /// The pool when it can be changed.
    fn running_native(&self, cluster_id: &str, id: &str) -> Outcome<(&Cluster, &NativePool)> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let pool = cluster.native_pool(id)?;
        match pool.state {
            PoolLife::Running => Ok((cluster, pool)),
            PoolLife::Creating => Err(denied(format!("the node pool {id} is still being created"))),
            PoolLife::Deleting => Err(denied(format!("the node pool {id} is being deleted"))),
        }
    }

    /// Changes a pool: what its new machines are, and what of the others is named.
    pub fn change_native_pool(&mut self, cluster_id: &str, id: &str, change: PoolChange) -> Outcome<()> {
        let (cluster, pool) = self.running_native(cluster_id, id)?;
        let mut new = pool.clone();
        new.spec = pool.spec.changed(&change.spec);
        if let Some(name) = change.name {
            check_name(&name)?;
            new.name = name;
        }
        new.protected = change.protected.unwrap_or(new.protected);
        new.tags = change.tags.unwrap_or(new.tags);
        new.meta = Meta {
            labels: change.labels.unwrap_or(new.meta.labels),
            annotations: change.annotations.unwrap_or(new.meta.annotations),
            taints: change.taints.unwrap_or(new.meta.taints),
            cordoned: change.cordoned.unwrap_or(new.meta.cordoned),
        };
        new.meta.check()?;
        self.check_native(cluster, &new.spec, &new.tags)?;
        check_change(pool, &new, change.spec.replicas)?;
        if new.spec.charge != pool.spec.charge {
            self.check_recharge(cluster, pool)?;
        }
        let old = pool.clone();
        self.apply_native(cluster_id, &old, new, change.existing_nodes, change.existing_setups);
        Ok(())
    }

    /// Whether the billing of all machines of a pool can change (002:8288-8290).
    fn check_recharge(&self, cluster: &Cluster, pool: &NativePool) -> Outcome<()> {
        if pool.spec.autoscaling {
            return Err(denied("InstanceChargeType changes while EnableAutoscaling is off"));
        }
        for machine in cluster.native_members(&pool.id) {
            if machine.state != MachineState::Running || !cluster.nodes.get(&machine.name).is_some_and(Node::is_ready) {
                let message =
                    format!("InstanceChargeType changes while all nodes are healthy; {} is not", machine.name);
                return Err(denied(message));
            }
        }
        Ok(())
    }

    fn apply_native(&mut self, cluster_id: &str, old: &NativePool, new: NativePool, nodes: bool, setups: bool) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let names: Vec<String> = cluster.native_members(&old.id).map(|machine| machine.name.clone()).collect();
        let recharged = (new.spec.charge != old.spec.charge).then_some((new.spec.charge, new.spec.term));
        cluster.tke_mut().native.pools.insert(old.id.clone(), new.clone());
        for name in &names {
            let cluster = self.0.realm.clusters.get_mut(cluster_id);
            let Some(cluster) = cluster else { return };
            if let Some(node) = cluster.nodes.get_mut(name).filter(|_| nodes) {
                new.meta.stamp(node, &old.meta);
            }
            if let Some(machine) = cluster.tke_mut().native.machines.get_mut(name).filter(|_| setups) {
                machine.setup = new.spec.setup.clone();
            }
            if let Some(machine) = self.0.realm.machines.get_mut(name).filter(|_| nodes) {
                machine.security_groups.clone_from(&new.spec.security_groups);
            }
            if let Some((charge, term)) = recharged {
                self.set_charge(cluster_id, name, charge, term);
            }
            if nodes {
                let node = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.nodes.get(name));
                if let Some(node) = node.map(|node| node.name.clone()) {
                    self.control_plane().evict_from_tainted(cluster_id, &node);
                }
            }
        }
        self.watch_health(cluster_id, &old.id);
        self.fill_native(cluster_id, &old.id);
        self.control_plane().settle(cluster_id);
    }

    /// Sets how many machines a pool has.
    pub fn scale_native_pool(&mut self, cluster_id: &str, id: &str, replicas: i64) -> Outcome<()> {
        let (_, pool) = self.running_native(cluster_id, id)?;
        check_manual(pool)?;
        pool.spec.check_replicas(replicas)?;
        if let Some(pool) = self.native_mut(cluster_id).and_then(|native| native.pools.get_mut(id)) {
            pool.spec.replicas = replicas;
        }
        self.fill_native(cluster_id, id);
        Ok(())
    }

    /// Deletes a pool with its machines.
    pub fn delete_native_pool(&mut self, cluster_id: &str, id: &str) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let pool = cluster.native_pool(id)?;
        if pool.protected {
            return Err(denied(format!("the node pool {id} is protected: set DeletionProtection to false")));
        }
        if pool.state == PoolLife::Deleting {
            return Err(Reason::InUse.because(format!("the node pool {id} is being deleted already")));
        }
        let machines = cluster.tke().native.machines.iter().filter(|machine| machine.pool == id);
        let names: Vec<String> = machines.map(|machine| machine.name.clone()).collect();
        let paid = |name: &&String| self.0.realm.machines.get(name).is_some_and(|m| m.charge == Charge::Prepaid);
        if let Some(name) = names.iter().find(paid) {
            let message = format!("the node pool {id} has {name}, which is paid ahead: delete such nodes first");
            return Err(Reason::InUse.because(message));
        }
        if let Some(pool) = self.native_mut(cluster_id).and_then(|native| native.pools.get_mut(id)) {
            pool.state = PoolLife::Deleting;
        }
        for name in names {
            self.retire(cluster_id, &name, false);
        }
        self.after_native(DELETION, cluster_id, Event::PoolGone { pool: id.to_owned() });
        Ok(())
    }

    pub(super) fn native_pool_gone(&mut self, cluster_id: &str, id: &str) {
        if let Some(native) = self.native_mut(cluster_id) {
            native.pools.remove(id);
        }
    }
}

/// Machines of a pool that scales by itself are not scaled by hand (002:9969).
fn check_manual(pool: &NativePool) -> Outcome<()> {
    if pool.spec.autoscaling {
        let message =
            format!("the node pool {} scales by itself: switch EnableAutoscaling off to set Replicas", pool.id);
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

/// What cannot change in the life of a pool.
fn check_change(pool: &NativePool, new: &NativePool, replicas: Option<i64>) -> Outcome<()> {
    if let (Some(main), false) = (pool.spec.types.first(), pool.spec.types.first() == new.spec.types.first()) {
        return Err(Reason::Invalid.because(format!("InstanceTypes: the main type {main} stays the first one")));
    }
    if pool.meta.placements().next().is_some() && !pool.meta.placements().eq(new.meta.placements()) {
        return Err(Reason::Invalid.because("Labels: the label of a placement group cannot change"));
    }
    if new.spec.autoscaling && replicas.is_some_and(|replicas| replicas != pool.spec.replicas) {
        check_manual(new)?;
    }
    Ok(())
}
