//! The state of a cloud as one picture: clusters of every product, registries, work under way, planned events.
//!
//! Each view tells what only it knows (`tke/survey.rs` and so on): states in its product's words, pools, work.

mod collect;
mod registries;

use crate::Cloud;
use crate::control::input::Speed;
use serde::Serialize;
use wharf_world::kernel::time::iso;

/// How many of each are shown at most, so that an answer stays small and the world is locked for a short time.
const MOST_CLUSTERS: usize = 500;
const MOST_NODES: usize = 5_000;
const MOST_PODS: usize = 20_000;
const MOST_REPOSITORIES: usize = 2_000;
const MOST_WORK: usize = 500;
const MOST_PLANNED: usize = 200;

/// A state in a word that all products share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum Condition {
    Creating,
    Running,
    Changing,
    Deleting,
    Failed,
    Stopped,
}

/// How far work is, in a word that all products share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum WorkCondition {
    Waiting,
    Running,
    Paused,
    Done,
    Failed,
}

/// What there is in a cloud. Serializes as the control API describes it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct State {
    /// The cloud's key.
    pub cloud: String,
    /// World time.
    pub time: String,
    speed: Speed,
    /// The region it was made for.
    pub region: String,
    /// How many there are of each, shown or not.
    pub counts: Counts,
    /// The clusters of every product.
    pub clusters: Vec<ClusterState>,
    /// Jobs, tasks and upgrades.
    pub work: Vec<Work>,
    /// The registries.
    pub registries: Vec<RegistryState>,
    /// The next planned events.
    pub planned: Vec<Planned>,
    /// Numbers for a chart.
    pub metrics: Metrics,
    /// How many things are not shown.
    pub left_out: usize,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say what they are")]
pub struct Counts {
    pub accounts: usize,
    pub clusters: usize,
    pub nodes: usize,
    pub pods: usize,
    pub pools: usize,
    pub registries: usize,
    pub repositories: usize,
    pub images: usize,
    pub work: usize,
    pub planned: usize,
    pub faults: usize,
}

/// Numbers for a chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say what they are")]
pub struct Metrics {
    pub nodes: usize,
    pub ready_nodes: usize,
    pub pods: usize,
    pub running_pods: usize,
    pub calls: usize,
}

/// A cluster.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ClusterState {
    /// The product.
    pub product: &'static str,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The state in the product's word.
    pub state: String,
    /// The state in a word that all products share.
    pub condition: Condition,
    /// Its version.
    pub version: String,
    /// Its nodes.
    pub nodes: Vec<NodeState>,
    /// Its pools.
    pub pools: Vec<Pool>,
    /// Pods that have no node.
    pub waiting_pods: Vec<Pod>,
}

/// A node.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NodeState {
    /// Name in Kubernetes.
    pub name: String,
    /// Identifier of its machine.
    pub machine: String,
    /// Whether it is ready.
    pub ready: bool,
    /// The state in the product's word.
    pub state: String,
    /// The state in a word that all products share.
    pub condition: Condition,
    /// What it is for: `master`, `worker` or `virtual`.
    pub role: &'static str,
    /// Identifier of its pool.
    pub pool: Option<String>,
    /// Its zone.
    pub zone: String,
    /// The type of its machine.
    pub instance_type: String,
    /// What is wrong with its machine.
    pub faults: Vec<&'static str>,
    /// Its pods.
    pub pods: Vec<Pod>,
}

/// A pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its phase; `Terminating` while it stops.
    pub phase: &'static str,
}

/// A pool of nodes.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Pool {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of pool it is.
    pub kind: &'static str,
    /// The state in the product's word.
    pub state: String,
    /// The state in a word that all products share.
    pub condition: Condition,
    /// How many nodes it should have.
    pub desired: usize,
    /// How many nodes it has.
    pub actual: usize,
    /// The least nodes.
    pub min: Option<usize>,
    /// The most nodes.
    pub max: Option<usize>,
}

/// A job, task or upgrade.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Work {
    /// The product.
    pub product: &'static str,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The cluster.
    pub cluster: Option<String>,
    /// Its identifier.
    pub id: String,
    /// What it is, in the product's word.
    pub kind: String,
    /// How far it is, in the product's word.
    pub state: String,
    /// How far it is, in a word that all products share.
    pub condition: WorkCondition,
    /// Steps that are done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// Why it failed.
    pub reason: Option<String>,
}

/// A registry.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RegistryState {
    /// The product.
    pub product: &'static str,
    /// The account; empty for the personal edition.
    pub account: String,
    /// The region; empty for the personal edition.
    pub region: String,
    /// Its identifier; `personal` for the personal edition.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The state in the product's word.
    pub state: String,
    /// The state in a word that all products share.
    pub condition: Condition,
    /// Its namespaces.
    pub namespaces: Vec<String>,
    /// Its repositories.
    pub repositories: Vec<RepositoryState>,
    /// How many tagged images it has.
    pub images: usize,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RepositoryState {
    /// Name with the namespace.
    pub name: String,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A planned event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Planned {
    /// When it happens, in world time.
    pub due: String,
    /// The product.
    pub product: &'static str,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The cluster.
    pub cluster: Option<String>,
    /// What happens.
    pub what: String,
}

/// What a view tells of a cluster.
pub(crate) struct Telling {
    pub(crate) state: &'static str,
    pub(crate) condition: Condition,
    pub(crate) version: String,
    pub(crate) pools: Vec<Pool>,
    pub(crate) work: Vec<Step>,
    /// By machine: the state in the product's word, and the pool.
    pub(crate) nodes: Vec<(String, &'static str, Option<String>)>,
}

/// Work as a view tells it.
pub(crate) struct Step {
    pub(crate) cluster: Option<String>,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) condition: WorkCondition,
    pub(crate) progress: (usize, usize),
    pub(crate) reason: Option<String>,
}

impl State {
    /// Returns how many times faster than real time world time passes; nothing if it passes by hand.
    pub fn speed(&self) -> Option<u32> {
        self.speed.0.factor()
    }
}

impl Cloud {
    /// Returns what there is in the cloud.
    pub fn state(&self) -> State {
        let keys = self.gateway.accounts.keys();
        let mut accounts: Vec<&str> = keys.iter().map(|key| key.account.as_str()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut state = State {
            cloud: self.key(),
            time: String::new(),
            speed: Speed(self.time()),
            region: self.region().to_owned(),
            counts: Counts { accounts: accounts.len(), faults: self.faults().waiting_count(), ..Counts::default() },
            clusters: Vec::new(),
            work: Vec::new(),
            registries: Vec::new(),
            planned: Vec::new(),
            metrics: Metrics { calls: self.journal().len(), ..Metrics::default() },
            left_out: 0,
        };
        self.with_world(|world| {
            state.time = iso(world.now());
            state.collect(world);
            state.collect_registries(world);
        });
        (state.metrics.nodes, state.metrics.pods) = (state.counts.nodes, state.counts.pods);
        state
    }
}
