//! The simulated cloud: one model behind every product, with a clock of its own.
//!
//! Each account has a `Realm` in each region: networks, machines, clusters. A rule is written once, as a
//! method of `RealmMut`; a product's view translates its wire to these methods and their `fault::Fault`s to
//! its codes. What takes time is an `events::Event` in a queue ordered by due time.

pub(crate) mod addons;
pub(crate) mod audit;
pub(crate) mod autoscaler;
pub(crate) mod charts;
pub(crate) mod cidr;
pub(crate) mod clusters;
pub mod dedicated;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod existing;
pub(crate) mod fault;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod hosting;
pub(crate) mod ids;
pub(crate) mod jobs;
pub(crate) mod kubernetes;
pub(crate) mod logs;
pub(crate) mod machines;
pub(crate) mod members;
pub(crate) mod metrics;
pub mod mishaps;
pub(crate) mod network;
pub(crate) mod node_pools;
pub(crate) mod nodes;
pub(crate) mod offers;
pub mod registry;
pub(crate) mod seed;
pub(crate) mod services;
pub(crate) mod sizes;
pub(crate) mod table;
pub(crate) mod tasks;
pub(crate) mod templates;
pub mod tenancy;
pub(crate) mod time;
pub(crate) mod virtual_nodes;
pub(crate) mod volumes;

use events::{Event, Queue};
use ids::Ids;
use std::collections::BTreeMap;
use std::fmt;
use table::Table;

/// World time: milliseconds since 1970.
pub type Millis = u64;

/// One second of world time.
pub(crate) const SECOND: Millis = 1_000;
/// One minute of world time.
pub(crate) const MINUTE: Millis = 60 * SECOND;

/// Account and region.
pub(crate) type RealmKey = (String, String);

/// One cloud: accounts, networks, machines, clusters, registries.
pub struct World {
    /// The image registries.
    pub registry: registry::Registries,
    /// How much accounts may have.
    pub quotas: Quotas,
    now: Millis,
    ids: Ids,
    queue: Queue,
    realms: BTreeMap<RealmKey, Realm>,
    charts: BTreeMap<String, charts::Shelf>,
    mishaps: Vec<mishaps::Mishap>,
}

/// How much an account may have. The documents name the numbers that are theirs, see `docs/rules-tke.md`.
#[derive(Debug, Clone)]
pub struct Quotas {
    /// Clusters of an account in a region.
    pub clusters: usize,
    /// Hosted clusters of an account in a region.
    pub hosted_clusters: usize,
    /// Nodes of a cluster.
    pub nodes: usize,
    /// Machines paid by the hour, of an account in a zone.
    pub machines_per_zone: usize,
    /// Size of a scaling group.
    pub group_size: i64,
    /// CPU cores the licence of the operator covers.
    pub licensed_cores: u64,
    /// Dedicated clusters and what belongs to them.
    pub dedicated: dedicated::DedicatedQuotas,
    /// Clusters of an account in all regions, for the first edition of the container service.
    pub first_edition_clusters: usize,
    /// Nodes of a cluster, for the same.
    pub first_edition_nodes: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            clusters: 20,
            hosted_clusters: 15,
            nodes: 5_000,
            machines_per_zone: 30,
            group_size: 200,
            licensed_cores: 10_000,
            dedicated: dedicated::DedicatedQuotas::default(),
            first_edition_clusters: 5,
            first_edition_nodes: 20,
        }
    }
}

/// What one account has in one region.
#[derive(Debug, Clone, Default)]
pub(crate) struct Realm {
    pub networks: Table<network::Network>,
    pub machines: Table<machines::Machine>,
    pub clusters: Table<clusters::Cluster>,
    /// Purchases by the mark the buyer gave them, so that repeating one buys nothing more.
    pub purchases: BTreeMap<String, Vec<String>>,
    /// What hosted clusters have besides.
    pub hosted: Table<hosting::Hosted>,
    /// What their nodes have besides.
    pub members: Table<members::Member>,
    pub node_pools: Table<node_pools::NodePool>,
    pub jobs: Table<jobs::Job>,
    pub addons: Table<addons::Addon>,
    /// Storage by cluster.
    pub volumes: BTreeMap<String, volumes::Storage>,
    /// What dedicated clusters have besides.
    pub dedicated: Table<dedicated::Dedicated>,
    /// What their servers have besides.
    pub workers: Table<dedicated::workers::Worker>,
    pub worker_pools: Table<dedicated::pools::WorkerPool>,
    pub components: Table<dedicated::components::Installed>,
    pub resources: Table<dedicated::resources::Resource>,
    pub templates: Table<templates::Template>,
    pub tasks: tasks::Tasks,
    /// What ran when.
    pub history: history::History,
}

/// A realm with all that a rule may touch: the clock, new identifiers and the queue.
#[derive(Debug)]
pub(crate) struct RealmMut<'a> {
    pub now: Millis,
    pub key: RealmKey,
    pub quotas: &'a Quotas,
    pub ids: &'a mut Ids,
    pub queue: &'a mut Queue,
    pub mishaps: &'a mut Vec<mishaps::Mishap>,
    pub realm: &'a mut Realm,
}

/// Shows no contents: they can hold what callers keep secret.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("now", &self.now).field("realms", &self.realms.len()).finish_non_exhaustive()
    }
}

impl World {
    /// A new world at that time.
    pub fn new(start: Millis) -> Self {
        Self {
            registry: registry::Registries::new(start),
            quotas: Quotas::default(),
            now: start,
            ids: Ids::default(),
            queue: Queue::default(),
            realms: BTreeMap::new(),
            charts: BTreeMap::new(),
            mishaps: Vec::new(),
        }
    }

    /// The time in the world.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Moves time on and runs what has come due, in order. Time never goes back.
    pub fn advance(&mut self, now: Millis) {
        let until = now.max(self.now);
        while let Some((due, key, event)) = self.queue.pop(until) {
            self.now = self.now.max(due);
            self.realm(&key.0, &key.1).happen(event);
        }
        self.now = until;
        self.registry.advance(until);
    }

    /// What the account has in the region, to read and change. A realm is seeded when it is first seen.
    pub(crate) fn realm(&mut self, account: &str, region: &str) -> RealmMut<'_> {
        let key = (account.to_owned(), region.to_owned());
        let now = self.now;
        let realm = self.realms.entry(key.clone()).or_insert_with(|| seed::realm(region, now));
        let Self { quotas, ids, queue, mishaps, .. } = self;
        RealmMut { now, key, quotas, ids, queue, mishaps, realm }
    }

    /// The charts of the account, in every region the same.
    pub(crate) fn charts(&mut self, account: &str) -> &mut charts::Shelf {
        self.charts.entry(account.to_owned()).or_default()
    }

    /// CPU cores of all machines that are nodes, over all regions of the account.
    pub(crate) fn node_cores(&self, account: &str) -> u64 {
        let realms = self.realms.iter().filter(|((owner, _), _)| owner == account);
        realms.flat_map(|(_, realm)| realm.machines.iter()).filter(|m| m.cluster.is_some()).map(|m| m.size.cores).sum()
    }
}

impl RealmMut<'_> {
    /// Plans an event of this realm.
    pub(crate) fn after(&mut self, delay: Millis, event: Event) {
        self.queue.plan(self.now + delay, self.key.clone(), event);
    }

    /// Lets a planned event take effect. What it is about may be gone by now; then nothing happens.
    fn happen(&mut self, event: Event) {
        match event {
            Event::ClusterUp { cluster } => self.cluster_up(&cluster),
            Event::ClusterGone { cluster } => {
                let network = self.realm.clusters.get(&cluster).map(|cluster| cluster.network.clone());
                self.rescue_kept(&cluster);
                self.cluster_gone(&cluster);
                self.realm.history.cluster_ended(&cluster, self.now);
                self.hosted_gone(&cluster);
                self.dedicated_gone(&cluster, network.as_deref());
            }
            Event::NodeUp { cluster, machine } => {
                self.node_up(&cluster, &machine);
                self.remember_node(&cluster, &machine);
            }
            Event::NodeGone { cluster, machine } => {
                self.realm.history.node_ended(&cluster, &machine, self.now);
                self.node_gone(&cluster, &machine);
                self.member_left(&cluster, &machine);
                self.worker_left(&cluster, &machine);
            }
            Event::NodeDrained { cluster, machine } => self.node_drained(&cluster, &machine),
            Event::EndpointUp { cluster, public } => self.endpoint_up(&cluster, public),
            Event::PodUp { cluster, uid } => self.pod_up(&cluster, &uid),
            Event::PodGone { cluster, uid } => self.pod_gone(&cluster, &uid),
            Event::NamespaceGone { cluster, namespace } => self.namespace_gone(&cluster, &namespace),
            Event::GroupSettled { cluster, group } => self.group_settled(&cluster, &group),
            Event::GroupRetry { cluster, group } => self.fill_group(&cluster, &group),
            Event::GroupGone { cluster, group } => self.group_gone(&cluster, &group),
            Event::Scan { cluster } => self.scan(&cluster),
            Event::PoolSettled { cluster, pool } => self.pool_settled(&cluster, &pool),
            Event::PoolGone { cluster, pool } => self.pool_gone(&cluster, &pool),
            Event::VirtualNodeUp { cluster, node } => self.virtual_node_up(&cluster, &node),
            Event::VirtualNodeGone { cluster, node } => self.virtual_node_gone(&cluster, &node),
            Event::NodePoolGone { cluster } => self.pools_follow(&cluster),
            Event::AddonGone { addon } => drop(self.realm.addons.remove(&addon)),
            Event::WorkerPoolGone { cluster } => self.forget_empty_pools(&cluster),
            Event::ComponentGone { component } => drop(self.realm.components.remove(&component)),
            Event::UpgradeEnds { cluster, round } => self.upgrade_ends(&cluster, round),
            Event::Rollout { cluster, workload } => self.roll(&cluster, &workload),
            Event::TaskDue { task } => self.task_due(task),
        }
    }
}
