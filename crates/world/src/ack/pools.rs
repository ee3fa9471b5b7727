//! Pools of workers: nodes of one kind, scaled together.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::Event;
use crate::ack::nodes::{AckNodePhase, INSTALLATION, ServerGroup};
use crate::ack::offers::ServerKind;
use crate::ack::tenancy::Owner;
use crate::cluster::Cluster;
use crate::cluster::nodes::{NodeSettings, REMOVAL, Role};
use crate::kernel::failures::FAILURE;
use crate::kernel::failures::FailurePoint;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long a change of a pool takes.
pub const CHANGE: Millis = 20 * SECOND;

/// The settings of a pool as given, returned to callers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolParts {
    pub scaling_group: Map<String, Value>,
    pub kubernetes: Map<String, Value>,
    pub auto_scaling: Map<String, Value>,
    pub confidential: Map<String, Value>,
    /// The settings of kubelets and of the operating system.
    pub nodes: Map<String, Value>,
}

/// A pool of workers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AckNodePool {
    pub id: String,
    pub cluster: String,
    pub name: String,
    /// It came with the cluster.
    pub first: bool,
    pub group: String,
    pub parts: PoolParts,
    pub created: Millis,
    pub updated: Millis,
    /// Nodes that it should have.
    pub wanted: usize,
    /// Nodes that could not be had, and since when that is known.
    pub(super) failed: Vec<Millis>,
    subnets: Vec<String>,
    pub(super) server: ServerKind,
    pub(super) settings: NodeSettings,
    deleting: bool,
    /// Until when a change is going on.
    changing: Millis,
}

/// What a pool is to be.
#[derive(Debug, Clone, Default)]
pub struct NewPool {
    pub name: String,
    pub wanted: usize,
    pub subnets: Vec<String>,
    pub server: ServerKind,
    pub settings: NodeSettings,
    pub parts: PoolParts,
}

/// How a pool is to change.
#[derive(Debug, Clone, Default)]
pub struct PoolChange {
    pub subnets: Option<Vec<String>>,
    pub server: Option<ServerKind>,
    pub labels: Option<Vec<(String, String)>>,
    pub cordoned: Option<bool>,
    /// Labels are put on the nodes that are there, too.
    pub sync: bool,
    /// Members that change.
    pub parts: PoolParts,
}

/// What a pool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerPoolPhase {
    Active,
    Scaling,
    Removing,
    Deleting,
    Updating,
}

/// How many nodes of a pool are where in their lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolCounts {
    pub initial: usize,
    pub serving: usize,
    pub offline: usize,
    pub removing: usize,
    pub failed: usize,
}

impl PoolCounts {
    /// All that are there.
    pub fn total(&self) -> usize {
        self.initial + self.serving + self.offline + self.removing
    }
}

impl AckNodePool {
    /// The kind of its servers.
    pub fn server(&self) -> &ServerKind {
        &self.server
    }
}

impl Realm {
    /// The pool of that cluster, or why not.
    pub fn worker_pool(&self, cluster: &str, id: &str) -> Outcome<&AckNodePool> {
        let pool = self.ack.pools.get(id).filter(|pool| pool.cluster == cluster);
        pool.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no node pool {id}")))
    }

    /// The pools of a cluster, oldest first.
    pub fn worker_pools_of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a AckNodePool> {
        self.ack.pools.iter().filter(move |pool| pool.cluster == cluster)
    }

    /// How many nodes of a pool are where in their lives.
    pub fn pool_counts(&self, pool: &AckNodePool, now: Millis) -> PoolCounts {
        let mut counts =
            PoolCounts { failed: pool.failed.iter().filter(|at| **at <= now).count(), ..Default::default() };
        let Some(cluster) = self.clusters.get(&pool.cluster) else { return counts };
        for seat in self.seats(cluster).filter(|seat| seat.worker.pool.as_deref() == Some(&pool.id)) {
            match seat.phase() {
                AckNodePhase::Initial => counts.initial += 1,
                AckNodePhase::Running => counts.serving += 1,
                AckNodePhase::Offline => counts.offline += 1,
                AckNodePhase::Removing => counts.removing += 1,
            }
        }
        // Work that is to fail is going on until it has failed.
        counts.initial += pool.failed.iter().filter(|at| **at > now).count();
        counts
    }

    /// What a pool is doing.
    pub fn worker_pool_phase(&self, pool: &AckNodePool, now: Millis) -> WorkerPoolPhase {
        let counts = self.pool_counts(pool, now);
        if pool.deleting {
            WorkerPoolPhase::Deleting
        } else if counts.removing > 0 {
            WorkerPoolPhase::Removing
        } else if counts.initial > 0 {
            WorkerPoolPhase::Scaling
        } else if pool.changing > now || self.works_on_pool(&pool.id) {
            WorkerPoolPhase::Updating
        } else {
            WorkerPoolPhase::Active
        }
    }
}

impl Ack<'_> {
    /// Creates a pool and gives its identifier.
    pub fn create_worker_pool(&mut self, owner: &Owner, cluster_id: &str, new: NewPool) -> Outcome<String> {
        let (cluster, _) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        let most = self.0.quotas.ack.pools;
        if self.0.realm.worker_pools_of(cluster_id).count() >= most {
            return Err(Reason::PoolQuota.because(format!("a cluster has at most {most} node pools")));
        }
        if self.0.realm.worker_pools_of(cluster_id).any(|pool| pool.name == new.name) {
            let message = format!("the cluster {cluster_id} has a node pool {} already", new.name);
            return Err(Reason::InUse.because(message));
        }
        self.check_kind(cluster, &new.subnets, &new.server)?;
        self.check_seats(cluster, new.wanted)?;
        self.check_team(&cluster.network, &new.subnets, &new.server, new.wanted, 0)?;
        self.add_pool(cluster_id, new, false, INSTALLATION)
    }

    /// Whether nodes of a pool can be made so.
    fn check_kind(&self, cluster: &Cluster, subnets: &[String], server: &ServerKind) -> Outcome<()> {
        crate::ack::offers::server_size(&server.instance_type)?;
        if subnets.is_empty() {
            return Err(Reason::Missing.because("scaling_group.vswitch_ids must name at least one vSwitch"));
        }
        subnets.iter().try_for_each(|subnet| self.0.realm.subnet(&cluster.network, subnet).map(|_| ()))
    }

    /// Makes a pool and the nodes that it starts with. All was checked before.
    pub fn add_pool(&mut self, cluster_id: &str, new: NewPool, first: bool, delay: Millis) -> Outcome<String> {
        let id = self.long_id("np");
        let pool = AckNodePool {
            id: id.clone(),
            cluster: cluster_id.to_owned(),
            name: new.name,
            first,
            group: self.id_of("asg", 20),
            parts: new.parts,
            created: self.0.now,
            updated: self.0.now,
            wanted: 0,
            failed: Vec::new(),
            subnets: new.subnets,
            server: new.server,
            settings: new.settings,
            deleting: false,
            changing: 0,
        };
        self.0.realm.ack.pools.insert(id.clone(), pool);
        self.enlarge(&id, new.wanted, delay)?;
        Ok(id)
    }

    /// Orders more nodes for a pool.
    fn enlarge(&mut self, id: &str, more: usize, delay: Millis) -> Outcome<()> {
        let Some(pool) = self.0.realm.ack.pools.get(id).cloned().filter(|_| more > 0) else { return Ok(()) };
        let (now, cluster) = (self.0.now, pool.cluster.clone());
        if let Some(reason) = self.planned_failure(FailurePoint::NodeCreation) {
            self.note_failure(&cluster, now + FAILURE, format!("nodes could not be made: {reason}"));
            if let Some(pool) = self.0.realm.ack.pools.get_mut(id) {
                pool.failed.extend(vec![now + FAILURE; more]);
            }
            return Ok(());
        }
        let source = if pool.first { "ros" } else { "ess" };
        let team = ServerGroup { subnets: pool.subnets, kind: pool.server, source, pool: Some(id.to_owned()) };
        let made = self.staff(&cluster, &team, more, Role::Worker, &pool.settings, delay)?;
        if let Some(pool) = self.0.realm.ack.pools.get_mut(id) {
            pool.wanted += made;
            pool.failed.clear();
            pool.updated = now;
        }
        Ok(())
    }

    /// Adds nodes to a pool.
    pub fn scale_worker_pool(&mut self, owner: &Owner, cluster_id: &str, id: &str, more: usize) -> Outcome<()> {
        let (cluster, _) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        let pool = self.staying_pool(cluster_id, id)?;
        self.check_seats(cluster, more)?;
        self.check_team(&cluster.network, &pool.subnets, &pool.server, more, 0)?;
        self.enlarge(id, more, INSTALLATION)
    }

    /// The pool when it is not being deleted.
    pub(super) fn staying_pool(&self, cluster_id: &str, id: &str) -> Outcome<&AckNodePool> {
        let pool = self.0.realm.worker_pool(cluster_id, id)?;
        if pool.deleting {
            return Err(Reason::Unavailable.because(format!("the node pool {id} is being deleted")));
        }
        Ok(pool)
    }

    /// Changes a pool: what nodes to come are like, and perhaps the labels of those that are there.
    pub fn change_worker_pool(&mut self, owner: &Owner, cluster_id: &str, id: &str, change: PoolChange) -> Outcome<()> {
        let (cluster, _) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        let pool = self.staying_pool(cluster_id, id)?;
        let server = change.server.as_ref().unwrap_or(&pool.server);
        self.check_kind(cluster, change.subnets.as_ref().unwrap_or(&pool.subnets), server)?;
        let now = self.0.now;
        let Some(pool) = self.0.realm.ack.pools.get_mut(id) else { return Ok(()) };
        let parts = change.parts;
        pool.parts.scaling_group.extend(parts.scaling_group);
        pool.parts.kubernetes.extend(parts.kubernetes);
        pool.parts.auto_scaling.extend(parts.auto_scaling);
        pool.parts.confidential.extend(parts.confidential);
        if let Some(server) = change.server {
            pool.server = server;
        }
        if let Some(subnets) = change.subnets {
            pool.subnets = subnets;
        }
        pool.settings.cordoned = change.cordoned.unwrap_or(pool.settings.cordoned);
        let labels = change.labels.filter(|labels| *labels != pool.settings.labels);
        if let Some(labels) = &labels {
            pool.settings.labels.clone_from(labels);
        }
        (pool.updated, pool.changing) = (now, now + CHANGE);
        if let Some(labels) = labels.filter(|_| change.sync) {
            self.label_workers(cluster_id, id, &labels);
        }
        Ok(())
    }

    fn label_workers(&mut self, cluster_id: &str, id: &str, labels: &[(String, String)]) {
        let workers = self.0.realm.ack.nodes.iter().filter(|worker| worker.pool.as_deref() == Some(id));
        let machines: Vec<String> = workers.map(|worker| worker.machine.clone()).collect();
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        for machine in machines {
            if let Some(node) = cluster.nodes.get_mut(&machine) {
                node.labels = labels.iter().cloned().collect();
            }
        }
    }

    /// Lowers the wanted size of a pool, because a node is removed on purpose.
    pub fn shrink_pool(&mut self, machine: &str) {
        let pool = self.0.realm.ack.nodes.get(machine).and_then(|worker| worker.pool.clone());
        if let Some(pool) = pool.and_then(|pool| self.0.realm.ack.pools.get_mut(&pool)) {
            pool.wanted = pool.wanted.saturating_sub(1);
        }
    }

    /// Starts the deletion of a pool: of an empty one, or with all its nodes and their servers.
    pub fn drop_worker_pool(&mut self, owner: &Owner, cluster_id: &str, id: &str, force: bool) -> Outcome<()> {
        let (_, dedicated) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        let protected = dedicated.nodes_protected;
        self.staying_pool(cluster_id, id)?;
        let workers = self.0.realm.ack.nodes.iter().filter(|worker| worker.pool.as_deref() == Some(id));
        let machines: Vec<String> = workers.map(|worker| worker.machine.clone()).collect();
        if !machines.is_empty() && !force {
            let message = format!("the node pool {id} has {} nodes: remove them first, or use force", machines.len());
            return Err(Reason::InUse.because(message));
        }
        if !machines.is_empty() && protected {
            let message = format!("the instances of the cluster {cluster_id} are protected against deletion");
            return Err(Reason::Protected.because(message));
        }
        if let Some(pool) = self.0.realm.ack.pools.get_mut(id) {
            (pool.deleting, pool.wanted) = (true, 0);
        }
        for machine in &machines {
            self.leave(cluster_id, machine, false);
        }
        if machines.is_empty() {
            self.after(REMOVAL, Event::WorkerPoolGone { cluster: cluster_id.to_owned() });
        }
        Ok(())
    }

    /// Forgets the pools of a cluster that were deleted and have no more nodes.
    pub fn forget_empty_pools(&mut self, cluster_id: &str) {
        let workers = &self.0.realm.ack.nodes;
        let empty = |id: &str| !workers.iter().any(|worker| worker.pool.as_deref() == Some(id));
        self.0.realm.ack.pools.retain(|pool| !(pool.cluster == cluster_id && pool.deleting && empty(&pool.id)));
    }
}
