//! What TKE adds to clusters: scaling groups, virtual nodes, log collection, audit, charts.

pub mod access;
pub mod addons;
pub mod audit;
mod autoscaler;
pub mod backups;
pub mod charts;
mod controllers;
pub mod endpoints;
pub mod groups;
pub mod image_caches;
pub mod inspection;
pub mod log_configs;
pub mod log_service;
pub mod log_switches;
pub mod logs;
mod objects;
pub mod policies;
pub mod releases;
pub mod virtual_nodes;

use crate::cluster::Cluster;
use crate::cluster::nodes::Node;
use crate::infra::machines::Machine;
use crate::kernel::engine::{NamedUser, StorageClass};
use crate::kernel::realm::{RealmMut, engine};
use crate::kernel::table::Table;
use crate::kubernetes::rbac::Access;
use crate::{Realm, World, kernel};
use serde_json::Value;
use std::sync::LazyLock;

engine! {
    /// The rules of TKE.
    Tke, tke, ENGINE
}

/// TKE's engine.
#[derive(Debug)]
pub struct TkeEngine;

pub static ENGINE: TkeEngine = TkeEngine;

/// How much an account may have.
#[derive(Debug, Clone)]
pub struct Quotas {
    /// Clusters of an account in a region.
    pub clusters: usize,
    /// Nodes of a cluster.
    pub nodes: usize,
    /// Size of a scaling group.
    pub group_size: i64,
    /// CPU cores the licence of the operator covers.
    pub licensed_cores: u64,
    /// Topics of a log set (002:50219).
    pub topics: usize,
    /// Topics of a log set to which rules of the older operations write (tce:2481).
    pub collector_topics: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { clusters: 20, nodes: 5_000, group_size: 200, licensed_cores: 10_000, topics: 500, collector_topics: 10 }
    }
}

/// What TKE has in a realm beside clusters.
#[derive(Debug, Default)]
pub struct State {
    pub logs: log_service::LogService,
    /// By identifier.
    pub image_caches: Table<image_caches::ImageCache>,
}

/// What TKE adds to a cluster.
#[derive(Debug, Default)]
pub struct Parts {
    pub groups: Table<groups::Group>,
    pub scaling: groups::ScalingOptions,
    pub autoscaler: groups::AutoscalerState,
    pub logs: logs::Logs,
    pub audit: Option<audit::Audit>,
    pub events: Option<log_switches::Events>,
    /// By the name of the component.
    pub component_logs: Table<log_switches::ComponentLog>,
    pub access: access::Access,
    /// What is installed when the cluster has come up.
    pub planned_addons: Vec<addons::PlannedAddon>,
    pub policies: policies::Policies,
    /// Of the health checks, oldest first.
    pub reports: Vec<inspection::Report>,
    /// By name.
    pub addons: Table<addons::Addon>,
    /// By `namespace/name`.
    pub releases: Table<releases::Release>,
    /// Whether the public access point of a managed cluster was closed.
    pub public_endpoint_closed: bool,
}

impl Cluster {
    /// What TKE adds to the cluster.
    pub fn tke(&self) -> &Parts {
        static NONE: LazyLock<Parts> = LazyLock::new(Parts::default);
        self.parts.get().unwrap_or(&NONE)
    }

    /// What TKE adds to the cluster, to change.
    pub fn tke_mut(&mut self) -> &mut Parts {
        self.parts.get_mut()
    }
}

/// A step in the life of a part of TKE's clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A change of a scaling group is done.
    GroupSettled { cluster: String, group: String },
    /// A scaling group tries again what failed.
    GroupRetry { cluster: String, group: String },
    /// A scaling group is gone.
    GroupGone { cluster: String, group: String },
    /// The autoscaler looks at a cluster.
    Scan { cluster: String },
    /// A change of a pool of virtual nodes is done.
    PoolSettled { cluster: String, pool: String },
    /// A pool of virtual nodes is gone.
    PoolGone { cluster: String, pool: String },
    /// A virtual node is up.
    VirtualNodeUp { cluster: String, node: String },
    /// The work on an add-on is done.
    AddonSettled { cluster: String, addon: String },
    /// The work on an add-on has failed.
    AddonFailed { cluster: String, addon: String, reason: String },
    /// The work on an application is done, or has failed.
    ReleaseSettled { cluster: String, release: String, failure: Option<String> },
    /// An image cache is made or changed, or its making has failed.
    ImageCacheSettled { cache: String, failure: Option<String> },
    /// The days of an image cache are over.
    ImageCacheExpired { cache: String },
    /// A cluster is checked.
    Inspection { cluster: String },
    /// The API server of a cluster has other options of authentication.
    AuthenticationChanged { cluster: String },
    /// A virtual node is gone.
    VirtualNodeGone { cluster: String, node: String },
}

impl Tke<'_> {
    /// Lets an event take effect. Its subject may be gone by now; then nothing happens.
    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::GroupSettled { cluster, group } => self.group_settled(&cluster, &group),
            Event::GroupRetry { cluster, group } => self.fill_group(&cluster, &group),
            Event::GroupGone { cluster, group } => self.group_gone(&cluster, &group),
            Event::Scan { cluster } => self.scan(&cluster),
            Event::PoolSettled { cluster, pool } => self.pool_settled(&cluster, &pool),
            Event::PoolGone { cluster, pool } => self.pool_gone(&cluster, &pool),
            Event::VirtualNodeUp { cluster, node } => self.virtual_node_up(&cluster, &node),
            Event::AddonSettled { cluster, addon } => self.addon_settled(&cluster, &addon),
            Event::AddonFailed { cluster, addon, reason } => self.addon_failed(&cluster, &addon, reason),
            Event::ReleaseSettled { cluster, release, failure } => self.release_settled(&cluster, &release, failure),
            Event::ImageCacheSettled { cache, failure } => self.image_cache_settled(&cache, failure),
            Event::ImageCacheExpired { cache } => self.image_cache_expired(&cache),
            Event::Inspection { cluster } => self.inspect_cluster(&cluster),
            Event::AuthenticationChanged { cluster } => self.authentication_changed(&cluster),
            Event::VirtualNodeGone { cluster, node } => self.virtual_node_gone(&cluster, &node),
        }
    }
}

impl kernel::engine::Engine for TkeEngine {
    fn product(&self) -> &'static str {
        "tke"
    }

    /// The preset roles (tce:7446-7452).
    fn preset_roles(&self) -> &'static [(&'static str, Access)] {
        &[
            ("tke:admin", Access::All),
            ("tke:ops", Access::Operate),
            ("tke:dev", Access::Write),
            ("tke:ro", Access::Read),
            ("tke:ns:dev", Access::Write),
            ("tke:ns:ro", Access::Read),
        ]
    }

    /// 002:3487.
    fn preset_labels(&self) -> &'static [(&'static str, &'static str)] {
        &[("cloud.tencent.com/tke-rbac-generated", "true")]
    }

    fn user_of_token(&self, cluster: &Cluster, token: &str) -> Option<NamedUser> {
        cluster.tke().access.user_of_token(token)
    }

    fn knows_user(&self, cluster: &Cluster, common_name: &str) -> bool {
        cluster.tke().access.knows(common_name)
    }

    fn cluster_up(&self, realm: &mut RealmMut<'_>, cluster: &str) {
        let mut tke = Tke(realm.reborrow());
        tke.start_access(cluster);
        tke.start_addons(cluster);
        tke.start_planned_addons(cluster);
        tke.start_inspections(cluster);
    }

    fn vendor(&self) -> &'static str {
        "tencent"
    }

    fn provider_id(&self, zone: &str, machine: &str) -> String {
        format!("qcloud:///{zone}/{machine}")
    }

    /// tce:5523-5525.
    fn ingress_class(&self) -> &'static str {
        "qcloud"
    }

    fn system_repository(&self) -> &'static str {
        "ccr.ccs.tencentyun.com/library"
    }

    fn machine_name(&self, cluster: &str) -> String {
        format!("ccs_{cluster}_node")
    }

    fn cluster_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.tke.clusters
    }

    fn node_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.tke.nodes
    }

    fn release(&self, version: &str) -> String {
        format!("v{version}-tke.1")
    }

    fn daemons(&self, cluster: &Cluster) -> Vec<(&'static str, u64, u64)> {
        let mut daemons = vec![("kube-proxy", 0, 0), ("tke-bridge-agent", 0, 0)];
        if cluster.tke().logs.enabled {
            daemons.push((logs::AGENT, 110, 24));
        }
        daemons
    }

    /// tce:7292, tce:7302.
    fn storage_classes(&self, _release: &str) -> Vec<StorageClass> {
        vec![StorageClass::at_once("cbs", "finance.cloud.tencent.com/qcloud-cbs")]
    }

    fn denies(&self, realm: &mut RealmMut<'_>, cluster: &str, deletes: bool, object: &Value) -> Option<String> {
        Tke(realm.reborrow()).policy_refusal(cluster, deletes, object)
    }

    fn objects_settled(&self, realm: &mut RealmMut<'_>, cluster: &str) {
        Tke(realm.reborrow()).provision_log_configs(cluster);
    }

    fn node_gone(&self, realm: &mut RealmMut<'_>, cluster: &str, node: &Node) {
        if let Some(group) = &node.group {
            Tke(realm.reborrow()).fill_group(cluster, group);
        }
    }

    fn pods_placed(&self, realm: &mut RealmMut<'_>, cluster: &str) {
        Tke(realm.reborrow()).wake_autoscaler(cluster);
    }
}

impl World {
    /// The charts of the account, in every region the same.
    pub fn charts(&mut self, account: &str) -> &mut charts::ChartRepository {
        self.charts.entry(account.to_owned()).or_default()
    }

    /// The storage of the account's backups, in every region the same.
    pub fn backups(&mut self, account: &str) -> &mut backups::BackupStorage {
        self.backups.entry(account.to_owned()).or_default()
    }

    /// CPU cores of all nodes of TKE's clusters, over all regions of the account.
    pub fn node_cores(&self, account: &str) -> u64 {
        let cores = |realm: &Realm| {
            let is_node = |machine: &&Machine| {
                machine.cluster.as_ref().is_some_and(|cluster| realm.cluster(&ENGINE, cluster).is_ok())
            };
            realm.machines.iter().filter(is_node).map(|machine| machine.size.cores).sum::<u64>()
        };
        self.realms_of(&ENGINE, account).map(cores).sum()
    }
}
