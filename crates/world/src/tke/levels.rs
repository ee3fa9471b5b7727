//! The levels of managed clusters: how many nodes a cluster may have, and what its control plane costs.

use crate::cluster::nodes::State;
use crate::cluster::{Cluster, Kind};
use crate::kernel::save::forms::saved_by_name;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};

/// How long the components of the control plane take to get another level.
const CHANGE: Millis = 2 * MINUTE;

/// A level: how much of everything a cluster should have at most, and the price of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    pub name: &'static str,
    pub nodes: u64,
    pub pods: u64,
    pub replica_sets: u64,
    pub config_maps: u64,
    /// Custom kinds, and objects of each other kind.
    pub others: u64,
    /// Hundredths of a yuan.
    pub price: u64,
}

/// The levels (002:253-273) and their prices (002:129-145).
pub const LEVELS: [Level; 9] = [
    level("L5", [5, 150, 900, 128, 150], 13),
    level("L20", [20, 600, 3_600, 256, 600], 40),
    level("L50", [50, 1_500, 9_000, 512, 1_250], 73),
    level("L100", [100, 3_000, 18_000, 1_024, 2_500], 122),
    level("L200", [200, 6_000, 36_000, 2_048, 5_000], 255),
    level("L500", [500, 15_000, 90_000, 4_096, 10_000], 511),
    level("L1000", [1_000, 30_000, 180_000, 6_144, 20_000], 938),
    level("L3000", [3_000, 90_000, 540_000, 8_192, 50_000], 1_560),
    level("L5000", [5_000, 150_000, 900_000, 10_240, 100_000], 2_804),
];

const fn level(name: &'static str, most: [u64; 5], price: u64) -> Level {
    let [nodes, pods, replica_sets, config_maps, others] = most;
    Level { name, nodes, pods, replica_sets, config_maps, others, price }
}

/// The level of that name.
pub fn find(name: &str) -> Outcome<&'static Level> {
    let names = || LEVELS.map(|level| level.name).join(", ");
    let level = LEVELS.iter().find(|level| level.name == name);
    level.ok_or_else(|| Reason::Invalid.because(format!("ClusterLevel is one of {}, not {name}", names())))
}

saved_by_name!(Level, "level", |row| row.name, |name| LEVELS.iter().find(|row| row.name == name));

/// The level of a cluster, and how it changes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelState {
    /// The level; the smallest one if it was never set.
    pub level: Option<&'static Level>,
    /// Whether the level grows with the cluster.
    pub grows: bool,
    pub records: Vec<LevelChange>,
    /// The change that is running.
    pub change: Option<String>,
}

/// A change of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelChange {
    pub id: String,
    pub from: &'static Level,
    pub to: &'static Level,
    /// Whether the platform began it.
    pub automatic: bool,
    pub started: Millis,
    pub ended: Option<Millis>,
}

impl Cluster {
    /// The level; clusters that run their own control plane have none.
    pub fn level(&self) -> Option<&'static str> {
        (self.kind == Kind::Managed).then(|| self.tke().level.level.map_or(LEVELS[0].name, |level| level.name))
    }

    /// Nodes that count for the level: all but virtual ones.
    fn counted_nodes(&self) -> u64 {
        self.nodes.iter().filter(|node| node.state == State::Running).count() as u64
    }

    /// Whether a level is for as many nodes as the cluster has.
    pub fn fits(&self, level: &Level) -> bool {
        self.kind == Kind::Managed && self.counted_nodes() <= level.nodes
    }

    /// The smallest level that its nodes need.
    fn needed_level(&self) -> Option<&'static Level> {
        let nodes = self.counted_nodes();
        LEVELS.iter().find(|level| level.nodes >= nodes)
    }
}

impl Tke<'_> {
    /// Checks a level for a cluster of that kind.
    pub fn check_level(level: Option<&str>, grows: Option<bool>, kind: Kind) -> Outcome<()> {
        if kind == Kind::Independent && (level.is_some() || grows == Some(true)) {
            return Err(Reason::Invalid.because("ClusterLevel is for managed clusters"));
        }
        level.map_or(Ok(()), |name| find(name).map(|_| ()))
    }

    /// Gives a new cluster its level: the one that is named, else the smallest one for its nodes.
    pub fn set_first_level(&mut self, id: &str, level: Option<&str>, grows: bool) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let nodes = cluster.nodes.len() as u64;
        let fitting = || LEVELS.iter().find(|level| level.nodes >= nodes);
        let level = level.and_then(|name| find(name).ok()).or_else(fitting);
        let state = &mut cluster.tke_mut().level;
        (state.level, state.grows) = (level, grows);
    }

    /// Whether a cluster can get that level now.
    pub fn check_level_change(&self, id: &str, level: Option<&str>, grows: Option<bool>) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, id)?;
        Self::check_level(level, grows, cluster.kind)?;
        let level = level.map(find).transpose()?;
        if let Some(level) = level.filter(|level| cluster.level() != Some(level.name)) {
            super::status::check_idle(cluster)?;
            let nodes = cluster.counted_nodes();
            if nodes > level.nodes {
                let message =
                    format!("ClusterLevel: {} is for {} nodes, and there are {nodes}", level.name, level.nodes);
                return Err(Reason::Invalid.because(message));
            }
        }
        Ok(())
    }

    /// Changes the level of a cluster, and whether it grows with the cluster.
    pub fn change_level(&mut self, id: &str, level: Option<&str>, grows: Option<bool>) -> Outcome<()> {
        self.check_level_change(id, level, grows)?;
        let current = self.0.realm.cluster(self.0.engine, id)?.level();
        let level = level.map(find).transpose()?.filter(|level| current != Some(level.name));
        if let Some(grows) = grows {
            self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().level.grows = grows;
        }
        if let Some(level) = level {
            self.start_level_change(id, level, false);
        }
        self.grow_level(id);
        Ok(())
    }

    fn start_level_change(&mut self, id: &str, to: &'static Level, automatic: bool) {
        let (change, now) = (self.0.ids.uuid(), self.0.now);
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let Some(from) = cluster.level().and_then(|name| find(name).ok()) else { return };
        let state = &mut cluster.tke_mut().level;
        state.change = Some(change.clone());
        state.records.push(LevelChange { id: change.clone(), from, to, automatic, started: now, ended: None });
        self.after(CHANGE, Event::LevelChanged { cluster: id.to_owned(), change });
    }

    pub(super) fn level_changed(&mut self, id: &str, change: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let state = &mut cluster.tke_mut().level;
        if let Some(record) = state.records.iter_mut().find(|record| record.id == change && record.ended.is_none()) {
            record.ended = Some(now);
            (state.level, state.change) = (Some(record.to), None);
        }
        self.grow_level(id);
    }

    /// Raises the level of a cluster that has more nodes than its level is for, if it is to grow with the cluster.
    pub(super) fn grow_level(&mut self, id: &str) {
        let Ok(cluster) = self.0.realm.running_cluster(self.0.engine, id) else { return };
        let Some(current) = cluster.level().and_then(|name| find(name).ok()) else { return };
        let is_due = cluster.tke().level.grows && cluster.counted_nodes() > current.nodes;
        if !is_due || super::status::check_idle(cluster).is_err() {
            return;
        }
        if let Some(needed) = cluster.needed_level() {
            self.start_level_change(id, needed, true);
        }
    }
}
