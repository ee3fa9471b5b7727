//! Node pools: nodes with the same settings, on a scaling group.

use crate::cluster::Cluster;
use crate::cluster::nodes::NodeSettings;
use crate::infra::offers::Image;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::scheduler::Taint;
use crate::kubernetes::virtual_nodes::PoolState;
use crate::tke::Event;
use crate::tke::Tke;
use crate::tke::groups::{Group, GroupStatus, NewGroup};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long it takes to create a pool.
const CREATION: Millis = 10 * SECOND;
/// How long it takes to change a pool.
const UPDATING: Millis = 5 * SECOND;
/// How long it takes to delete a pool.
const DELETION: Millis = 15 * SECOND;
/// Most characters of a pool's name.
const LONGEST_NAME: usize = 63;

/// A node pool of a cluster. Its machines, labels, taints and scripts are those of its scaling group.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePool {
    pub id: String,
    pub name: String,
    /// The scaling group.
    pub group: String,
    pub state: PoolState,
    pub image: Image,
    /// The container runtime and its version.
    pub runtime: (String, String),
    pub tags: Vec<(String, String)>,
    pub protected: bool,
    /// Machines of nodes that were added by hand.
    pub added: Vec<String>,
    /// The settings that nodes still have while a change of them is under way.
    pub replaced: Option<NodeSettings>,
}

/// What a node pool is to be.
#[derive(Debug, Clone)]
pub struct NewNodePool {
    pub name: Option<String>,
    pub group: NewGroup,
    pub image: Option<Image>,
    pub runtime: Option<String>,
    pub runtime_version: Option<String>,
    pub tags: Vec<(String, String)>,
    pub protected: bool,
}

/// How a node pool is to change.
#[derive(Debug, Clone, Default)]
pub struct NodePoolChange {
    pub name: Option<String>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub labels: Option<Vec<(String, String)>>,
    pub taints: Option<Vec<Taint>>,
    pub annotations: Option<Vec<(String, String)>>,
    pub autoscaled: Option<bool>,
    pub image: Option<Image>,
    pub cordoned: Option<bool>,
    pub tags: Option<Vec<(String, String)>>,
    pub protected: Option<bool>,
    /// Settings as given, which replace those of the same name.
    pub given: Map<String, Value>,
    /// Whether labels, taints and annotations change on new nodes alone.
    pub only_new: bool,
}

impl Cluster {
    /// The node pool, or why not.
    pub fn node_pool(&self, id: &str) -> Outcome<&NodePool> {
        self.tke().node_pools.get(id).ok_or_else(|| no_pool(&self.id, id))
    }

    /// The node pool and its scaling group.
    pub fn node_pool_and_group(&self, id: &str) -> Outcome<(&NodePool, &Group)> {
        let pool = self.node_pool(id)?;
        let group = self.tke().groups.get(&pool.group).ok_or_else(|| no_pool(&self.id, id))?;
        Ok((pool, group))
    }

    pub(super) fn node_pool_mut(&mut self, id: &str) -> Outcome<&mut NodePool> {
        let cluster = self.id.clone();
        self.tke_mut().node_pools.get_mut(id).ok_or_else(|| no_pool(&cluster, id))
    }

    /// The group of the pool, to change.
    pub(super) fn group_of_mut(&mut self, pool: &str) -> Outcome<&mut Group> {
        let (cluster, group) = (self.id.clone(), self.node_pool(pool)?.group.clone());
        self.tke_mut().groups.get_mut(&group).ok_or_else(|| no_pool(&cluster, pool))
    }
}

fn no_pool(cluster: &str, id: &str) -> Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no node pool {id}"))
}

fn check_runtime(name: &str, version: Option<&str>) -> Outcome<()> {
    if !["docker", "containerd"].contains(&name) {
        return Err(Reason::Invalid.because(format!("ContainerRuntime is docker or containerd, not {name}")));
    }
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    match version {
        Some(version) if !version.split("-tke.").all(|half| half.split('.').all(is_number)) => {
            Err(Reason::Invalid.because(format!("RuntimeVersion is a version such as 1.4.3, not {version}")))
        }
        _ => Ok(()),
    }
}

/// The runtime and its version, checked.
pub(super) fn runtime(cluster: &Cluster, name: Option<String>, version: Option<String>) -> Outcome<(String, String)> {
    let name = name.unwrap_or_else(|| cluster.runtime.clone());
    check_runtime(&name, version.as_deref())?;
    Ok((name, version.unwrap_or_default()))
}

/// Whether the text can name a new pool.
pub(super) fn check_new_name(name: &str) -> Outcome<()> {
    let length = name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length) {
        let message = format!("the name of a node pool has 1 to {LONGEST_NAME} characters, not {length}");
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

/// Whether a pool can get that name.
fn check_changed_name(name: &str) -> Outcome<()> {
    check_new_name(name)?;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.ends_with(ends) || !name.chars().all(allowed) {
        let message = "Name has lower case letters, digits and separators, begins with a letter, and ends with a \
                       letter or a digit";
        return Err(Reason::Invalid.because(message));
    }
    Ok(())
}

impl Tke<'_> {
    /// Creates a node pool with its scaling group.
    pub fn create_node_pool(&mut self, cluster_id: &str, new: NewNodePool) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let most = self.0.quotas.tke.node_pools;
        if cluster.tke().node_pools.len() >= most {
            return Err(Reason::PoolQuota.because(format!("a cluster has at most {most} node pools")));
        }
        if let Some(name) = &new.name {
            check_new_name(name)?;
        }
        let image = match new.image {
            Some(image) => image,
            None => crate::infra::offers::find_image(&cluster.image, cluster.arm)?,
        };
        let runtime = runtime(cluster, new.runtime, new.runtime_version)?;
        let mut group = new.group;
        group.settings.os = Some(image.os.to_owned()).filter(|os| *os != cluster.os);
        group.settings.runtime = Some(runtime.0.clone()).filter(|name| *name != cluster.runtime);
        check_types(&group.types)?;
        self.check_group(cluster_id, &group)?;
        let id = self.0.ids.next("np");
        group.pool = Some(id.clone());
        let (_, group) = self.create_group(cluster_id, group)?;
        let pool = NodePool {
            id: id.clone(),
            name: new.name.unwrap_or_else(|| id.clone()),
            group,
            state: PoolState::Creating,
            image,
            runtime,
            tags: new.tags,
            protected: new.protected,
            added: Vec::new(),
            replaced: None,
        };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().node_pools.insert(id.clone(), pool);
        self.settle_pool_after(CREATION, cluster_id, &id);
        Ok(id)
    }

    fn settle_pool_after(&mut self, delay: Millis, cluster: &str, pool: &str) {
        self.after(delay, Event::NodePoolSettled { cluster: cluster.to_owned(), pool: pool.to_owned() });
    }

    /// The node pool and its group when nothing is being done to them.
    pub(super) fn resting_node_pool(&self, cluster_id: &str, id: &str) -> Outcome<(&NodePool, &Group)> {
        let found = self.0.realm.running_cluster(self.0.engine, cluster_id)?.node_pool_and_group(id)?;
        match found.0.state {
            PoolState::Normal => Ok(found),
            _ => Err(Reason::InUse.because(format!("the node pool {id} is being worked on"))),
        }
    }

    /// Changes a node pool.
    pub fn change_node_pool(&mut self, cluster_id: &str, id: &str, change: NodePoolChange) -> Outcome<()> {
        let (_, group) = self.resting_node_pool(cluster_id, id)?;
        if let Some(name) = &change.name {
            check_changed_name(name)?;
        }
        let (min, max) = (change.min.unwrap_or(group.min), change.max.unwrap_or(group.max));
        self.check_sizes(min, max, min)?;
        let before = group.settings.clone();
        let settings = NodeSettings {
            labels: change.labels.clone().unwrap_or_else(|| before.labels.clone()),
            taints: change.taints.clone().unwrap_or_else(|| before.taints.clone()),
            annotations: change.annotations.clone().unwrap_or_else(|| before.annotations.clone()),
            cordoned: change.cordoned.unwrap_or(before.cordoned),
            ..before.clone()
        };
        settings.check()?;
        let spreads = change.labels.is_some() || change.taints.is_some() || change.annotations.is_some();
        let os = self.0.realm.cluster(self.0.engine, cluster_id)?.os.clone();
        let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
        let group = cluster.group_of_mut(id)?;
        let switched = change.autoscaled.filter(|autoscaled| *autoscaled != group.enabled);
        let resized = (min, max) != (group.min, group.max);
        (group.min, group.max, group.desired) = (min, max, group.desired.clamp(min, max));
        group.settings = settings;
        group.settings.given.extend(change.given);
        group.settings.os = match change.image {
            Some(image) => Some(image.os.to_owned()).filter(|name| *name != os),
            None => group.settings.os.take(),
        };
        group.enabled = switched.unwrap_or(group.enabled);
        group.status = match switched {
            Some(true) => GroupStatus::Enabling,
            Some(false) => GroupStatus::Disabling,
            None if resized => GroupStatus::Updating,
            None => group.status,
        };
        let (group, settles) = (group.id.clone(), switched.is_some() || resized);
        let pool = cluster.node_pool_mut(id)?;
        pool.state = PoolState::Updating;
        pool.name = change.name.unwrap_or_else(|| pool.name.clone());
        pool.image = change.image.unwrap_or(pool.image);
        pool.tags = change.tags.unwrap_or_else(|| std::mem::take(&mut pool.tags));
        pool.protected = change.protected.unwrap_or(pool.protected);
        pool.replaced = Some(before).filter(|_| spreads && !change.only_new);
        if settles {
            self.settle_group_after(UPDATING, cluster_id, &group);
        }
        self.settle_pool_after(UPDATING, cluster_id, id);
        Ok(())
    }

    /// Deletes node pools. Their nodes leave the cluster; their machines are kept or destroyed.
    pub fn delete_node_pools(&mut self, cluster_id: &str, ids: &[String], keep: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if ids.is_empty() {
            return Err(Reason::Invalid.because("NodePoolIds must name at least one node pool"));
        }
        for id in ids {
            let pool = cluster.node_pool(id)?;
            if pool.state == PoolState::Deleting {
                return Err(Reason::InUse.because(format!("the node pool {id} is being deleted already")));
            }
            if pool.protected {
                return Err(Reason::Protected.because(format!("the node pool {id} is protected against deletion")));
            }
        }
        for id in ids {
            let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
            let members = cluster.members_of(id);
            let group = cluster.group_of_mut(id)?;
            (group.status, group.enabled) = (GroupStatus::Deleting, false);
            cluster.node_pool_mut(id)?.state = PoolState::Deleting;
            for machine in members {
                self.leave(cluster_id, &machine, keep);
            }
            self.after(DELETION, Event::NodePoolGone { cluster: cluster_id.to_owned(), pool: id.clone() });
        }
        Ok(())
    }

    /// Puts changed labels, taints and annotations on the nodes of a pool, and lets it rest.
    pub fn node_pool_settled(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let members = cluster.members_of(id);
        let Ok(now) = cluster.group_of_mut(id).map(|group| group.settings.clone()) else { return };
        let Ok(pool) = cluster.node_pool_mut(id) else { return };
        if pool.state == PoolState::Deleting {
            return;
        }
        pool.state = PoolState::Normal;
        if let Some(before) = pool.replaced.take() {
            self.replace_settings(cluster_id, &members, &before, &now);
        }
    }

    /// Puts labels, taints and annotations on nodes in place of others.
    pub(super) fn replace_settings(
        &mut self,
        cluster_id: &str,
        machines: &[String],
        before: &NodeSettings,
        now: &NodeSettings,
    ) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let mut changed = Vec::new();
        for machine in machines {
            let Some(node) = cluster.nodes.get_mut(machine) else { continue };
            node.replace_settings(before, now);
            changed.push(node.name.clone());
        }
        for name in changed {
            self.control_plane().evict_from_tainted(cluster_id, &name);
        }
        self.control_plane().settle(cluster_id);
    }

    pub fn node_pool_gone(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        if let Some(pool) = cluster.tke_mut().node_pools.remove(id) {
            self.group_gone(cluster_id, &pool.group);
        }
    }
}

/// Whether the machine types have the same cores and memory, as those of a pool must.
pub(super) fn check_types(types: &[String]) -> Outcome<()> {
    let size = |kind: &String| crate::infra::machines::size_of(kind);
    match types.iter().find(|kind| size(kind).is_none() || size(kind) != types.first().and_then(size)) {
        Some(kind) if size(kind).is_some() => {
            Err(Reason::Invalid.because(format!("the machine type {kind} has not the cores and memory of the first")))
        }
        Some(kind) => Err(Reason::Machine.because(format!("the machine type {kind} is not offered"))),
        None => Ok(()),
    }
}
