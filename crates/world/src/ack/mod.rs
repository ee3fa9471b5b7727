//! Dedicated clusters: masters and workers on servers of the account, pools of workers, components, upgrades.
//!
//! This module has what the engine adds to a cluster.

pub mod addons;
mod balancers;
mod check;
mod creation;
mod life;
pub mod node_work;
pub mod nodes;
pub mod offers;
pub mod permissions;
pub mod policies;
mod policy_rules;
pub mod pools;
pub mod protection;
pub mod repairs;
pub mod resources;
pub mod rolling;
pub mod seed;
pub mod tasks;
pub mod templates;
pub mod tenancy;
pub mod upgrade;
pub mod vulnerabilities;

use crate::Realm;
use crate::ack::tenancy::Owner;
use crate::cluster::nodes::Node;
use crate::cluster::{Cluster, Stage};
use crate::infra::offers::Releases;
use crate::kernel;
use crate::kernel::Millis;
use crate::kernel::engine::{Act, StorageClass, Verdict};
use crate::kernel::failures::Trouble;
use crate::kernel::realm::{RealmMut, engine};
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kubernetes::balancers::{Notes, Plan};
use crate::kubernetes::rbac::Access;
use crate::kubernetes::refusal::FieldFault;
pub use creation::NewAckCluster;
pub use life::{AckClusterChange, Deletion};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use upgrade::{Upgrade, UpgradeState};

/// Releases of the documents that clusters are made with and upgraded to, oldest first; each leads to the next.
const DOCUMENTED: &[&str] =
    &["1.14.8-aliyun.1", "1.16.9-aliyun.1", "1.18.8-aliyun.1", "1.20.11-aliyun.1", "1.22.15-aliyun.1"];
/// Releases of the public cloud: the last three minor versions
/// (<https://www.alibabacloud.com/help/en/ack/product-overview/support-for-kubernetes-versions>).
const CURRENT: &[&str] = &["1.32.7-aliyun.1", "1.33.3-aliyun.1", "1.34.1-aliyun.1"];

/// The releases that clusters are made with and upgraded to, oldest first.
pub fn releases(of: Releases) -> &'static [&'static str] {
    match of {
        Releases::Documents => DOCUMENTED,
        Releases::Current => CURRENT,
    }
}

/// The release that a release leads to.
pub fn next_release(release: &str) -> Option<&'static str> {
    let series = [DOCUMENTED, CURRENT].into_iter().find(|series| series.contains(&release))?;
    let at = series.iter().position(|known| *known == release)?;
    series.get(at + 1).copied()
}

/// How much an account may have of all this.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Clusters of an account in a region.
    pub clusters: usize,
    /// Node pools of a cluster.
    pub pools: usize,
    /// Nodes of a cluster, masters and workers.
    pub nodes: usize,
    /// Clusters whose control plane the cloud runs; shown, and counted with all others.
    pub managed_clusters: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { clusters: 50, pools: 10, nodes: 100, managed_clusters: 20 }
    }
}

engine! {
    /// The rules of ACK.
    Ack, ack, ENGINE
}

/// ACK's engine.
#[derive(Debug)]
pub struct AckEngine;

pub static ENGINE: AckEngine = AckEngine;

/// What ACK adds to its realm.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub clusters: Table<AckCluster>,
    /// What ACK adds to the servers of clusters, by server.
    pub nodes: Table<nodes::AckNode>,
    pub pools: Table<pools::AckNodePool>,
    pub addons: Table<addons::Installed>,
    pub resources: Table<resources::Resource>,
    pub templates: Table<templates::Template>,
    pub tasks: Table<tasks::Task>,
    /// What users may do in clusters, by user.
    pub permissions: BTreeMap<String, Vec<permissions::Permission>>,
}

/// A step in the life of a part of ACK's clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// A pool of workers without nodes is gone.
    WorkerPoolGone { cluster: String },
    /// A component is gone.
    ComponentGone { component: String },
    /// An upgrade is over, unless it was paused or cancelled since.
    UpgradeEnds { cluster: String, round: u64 },
    /// A step of a task on nodes is over, unless the task was paused or cancelled since.
    TaskStep { task: String, round: u64 },
    /// The nodes of a cluster were searched for vulnerabilities.
    Scanned { cluster: String },
}

impl Ack<'_> {
    /// Lets an event take effect. Its subject may be gone by now; then nothing happens.
    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::WorkerPoolGone { cluster } => self.forget_empty_pools(&cluster),
            Event::ComponentGone { component } => drop(self.0.realm.ack.addons.remove(&component)),
            Event::UpgradeEnds { cluster, round } => self.upgrade_ends(&cluster, round),
            Event::TaskStep { task, round } => self.task_step(&task, round),
            Event::Scanned { cluster } => self.scanned(&cluster),
        }
    }
}

impl kernel::engine::Engine for AckEngine {
    fn product(&self) -> &'static str {
        "ack"
    }

    fn vendor(&self) -> &'static str {
        "alibaba"
    }

    fn provider_id(&self, zone: &str, machine: &str) -> String {
        format!("{}.{machine}", zone.rsplit_once('-').map_or(zone, |(region, _)| region))
    }

    /// alibabacloud.com/help/zh/ack/ack-managed-and-ack-dedicated/user-guide/storage-class.
    fn storage_classes(&self, _release: &str) -> Vec<StorageClass> {
        const DISKS: &str = "diskplugin.csi.alibabacloud.com";
        let at_once = ["alicloud-disk-efficiency", "alicloud-disk-ssd", "alicloud-disk-essd"];
        let mut classes: Vec<StorageClass> = at_once.map(|name| StorageClass::at_once(name, DISKS)).into();
        classes.push(StorageClass { name: "alicloud-disk-topology-alltype", provisioner: DISKS, waits: true });
        classes
    }

    fn ingress_class(&self) -> &'static str {
        "nginx"
    }

    fn balancer_plan(&self, annotations: &BTreeMap<String, String>) -> Plan {
        balancers::plan(annotations)
    }

    fn balancer_faults(&self, notes: Notes<'_>) -> Vec<FieldFault> {
        balancers::faults(notes)
    }

    fn system_repository(&self) -> &'static str {
        "registry.aliyuncs.com/acs"
    }

    fn preset_roles(&self) -> &'static [(&'static str, Access)] {
        &permissions::ROLES
    }

    fn review(&self, realm: &mut RealmMut<'_>, act: &Act<'_>) -> Vec<Verdict> {
        match act.deletes {
            true => realm.realm.protection_of(act.cluster, act.object).map(Verdict::Forbid).into_iter().collect(),
            false => Ack(realm.reborrow()).review_object(act.cluster, act.object, act.user),
        }
    }

    fn cluster_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.ack.clusters
    }

    fn node_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.ack.nodes
    }

    fn node_gone(&self, realm: &mut RealmMut<'_>, cluster: &str, node: &Node) {
        Ack(realm.reborrow()).worker_left(cluster, &node.machine);
    }

    fn cluster_leaves(&self, realm: &mut RealmMut<'_>, cluster: &str) {
        Ack(realm.reborrow()).rescue_kept(cluster);
    }

    fn cluster_gone(&self, realm: &mut RealmMut<'_>, cluster: &Cluster) {
        Ack(realm.reborrow()).dedicated_gone(&cluster.id, &cluster.network);
    }
}

/// What ACK adds to a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AckCluster {
    pub cluster: String,
    pub owner: Owner,
    /// The cloud runs its control plane.
    pub managed: bool,
    pub profile: String,
    pub first_release: String,
    pub release: String,
    /// Subnets of its servers.
    pub subnets: Vec<String>,
    /// The inner address of the API server, and the subnet it was taken from.
    pub address: String,
    pub address_subnet: String,
    pub security_group: String,
    /// Certificates that the caller gave for its API server, in PEM.
    pub authority: Option<String>,
    /// Identifier of the resource group that it was put into.
    pub resource_group: String,
    pub proxy_mode: String,
    pub protected: bool,
    /// Servers must not be released with their nodes.
    pub nodes_protected: bool,
    pub tags: Vec<(String, String)>,
    pub updated: Millis,
    pub trouble: Option<Trouble>,
    /// Its creation failed, and what had been made was deleted.
    pub rolled_back: bool,
    pub upgrade: Option<Upgrade>,
    /// What its deletion leaves behind.
    pub deletion: Option<Deletion>,
    pub log: Vec<LogLine>,
    /// Temporary credentials, and when they expire.
    pub grants: Vec<(String, Millis)>,
    pub repair_policies: Table<repairs::RepairPolicy>,
    /// The objects of Kubernetes that are protected against deletion.
    pub protected_objects: BTreeSet<protection::ObjectName>,
    pub policies: Table<policies::PolicyInstance>,
    /// Requests that violated a policy, oldest first.
    pub violations: Vec<policies::Violation>,
    /// Until when its nodes are searched for vulnerabilities.
    pub scanning: Option<Millis>,
}

/// A line of a cluster's log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    pub at: Millis,
    pub level: i64,
    pub text: String,
}

/// What a dedicated cluster shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckClusterPhase {
    Initial,
    Failed,
    Running,
    Updating,
    UpdatingFailed,
    Scaling,
    Deleting,
    DeletionFailed,
}

impl AckCluster {
    /// The lines that have been written by now, oldest first.
    pub fn lines(&self, now: Millis) -> impl Iterator<Item = &LogLine> {
        self.log.iter().filter(move |line| line.at <= now)
    }

    /// The release that it can be upgraded to.
    pub fn next_release(&self) -> Option<&'static str> {
        next_release(&self.release)
    }
}

/// A release without what the vendor adds to it: `1.16.9` of `1.16.9-aliyun.1`.
pub fn plain(release: &str) -> &str {
    release.split('-').next().unwrap_or_default()
}

fn no_cluster(id: &str) -> Violation {
    Reason::NoCluster.because(format!("the cluster {id} does not exist"))
}

impl Realm {
    /// The cluster and what ACK adds to it, if that owner sees it.
    pub fn dedicated(&self, owner: &Owner, id: &str) -> Outcome<(&Cluster, &AckCluster)> {
        match (self.clusters.get(id), self.ack.clusters.get(id)) {
            (Some(cluster), Some(dedicated)) if owner.sees(&dedicated.owner) => Ok((cluster, dedicated)),
            _ => Err(no_cluster(id)),
        }
    }

    /// The clusters that an owner sees, newest first.
    pub fn dedicated_of(&self, owner: &Owner) -> impl Iterator<Item = (&Cluster, &AckCluster)> {
        let seen = self.ack.clusters.iter().rev().filter(move |dedicated| owner.sees(&dedicated.owner));
        seen.filter_map(|dedicated| Some((self.clusters.get(&dedicated.cluster)?, dedicated)))
    }

    /// The phase of a dedicated cluster.
    pub fn dedicated_phase(&self, cluster: &Cluster, dedicated: &AckCluster, now: Millis) -> AckClusterPhase {
        if let Some(trouble) = &dedicated.trouble {
            match (trouble.deleting, trouble.at <= now) {
                (true, true) => return AckClusterPhase::DeletionFailed,
                (true, false) => return AckClusterPhase::Deleting,
                (false, true) => return AckClusterPhase::Failed,
                (false, false) => return AckClusterPhase::Initial,
            }
        }
        match (cluster.stage, dedicated.upgrade.as_ref().map(|upgrade| &upgrade.state)) {
            (Stage::Creating, _) => AckClusterPhase::Initial,
            (Stage::Deleting { .. }, _) => AckClusterPhase::Deleting,
            (Stage::Up, Some(UpgradeState::Running | UpgradeState::Paused)) => AckClusterPhase::Updating,
            (Stage::Up, Some(UpgradeState::Failed(_))) => AckClusterPhase::UpdatingFailed,
            (Stage::Up, _) if cluster.nodes.iter().any(Node::is_moving) => AckClusterPhase::Scaling,
            (Stage::Up, _) => AckClusterPhase::Running,
        }
    }

    /// The dedicated cluster when it runs and is not being upgraded.
    pub fn at_work(&self, owner: &Owner, id: &str, now: Millis) -> Outcome<(&Cluster, &AckCluster)> {
        let (cluster, dedicated) = self.dedicated(owner, id)?;
        let state = match self.dedicated_phase(cluster, dedicated, now) {
            AckClusterPhase::Running | AckClusterPhase::Scaling | AckClusterPhase::UpdatingFailed => {
                return Ok((cluster, dedicated));
            }
            AckClusterPhase::Initial => "is still being created",
            AckClusterPhase::Updating => "is being upgraded",
            AckClusterPhase::Deleting => "is being deleted",
            AckClusterPhase::Failed | AckClusterPhase::DeletionFailed => "is out of order",
        };
        Err(Reason::Unavailable.because(format!("the cluster {id} {state}")))
    }

    /// The dedicated cluster when its API server answers.
    pub fn answering(&self, owner: &Owner, id: &str, now: Millis) -> Outcome<(&Cluster, &AckCluster)> {
        let (cluster, dedicated) = self.dedicated(owner, id)?;
        match self.dedicated_phase(cluster, dedicated, now) {
            AckClusterPhase::Updating => Ok((cluster, dedicated)),
            _ => self.at_work(owner, id, now),
        }
    }
}

impl Ack<'_> {
    /// Writes a line into the log of a cluster, for a moment that may be to come.
    pub fn note(&mut self, cluster: &str, at: Millis, text: impl Into<String>) {
        self.write_line(cluster, at, 4, text.into());
    }

    /// Writes of something that went wrong.
    pub fn note_failure(&mut self, cluster: &str, at: Millis, text: impl Into<String>) {
        self.write_line(cluster, at, 1, text.into());
    }

    fn write_line(&mut self, cluster: &str, at: Millis, level: i64, text: String) {
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.log.push(LogLine { at, level, text });
            dedicated.log.sort_by_key(|line| line.at);
        }
    }

    pub fn touch_dedicated(&mut self, cluster: &str) {
        let now = self.0.now;
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.updated = now;
        }
    }
}
