//! What TKE adds to clusters: pools, native nodes, upgrades, access, add-ons, applications, logs, networks.
//! What TKE adds to clusters: scaling groups, node pools, virtual nodes, registered nodes, log collection, audit, charts.

pub mod access;
pub mod addons;
pub mod arguments;
pub mod audit;
mod autoscaler;
pub mod backups;
pub mod charts;
mod check;
pub mod control_plane;
mod controllers;
pub mod encryption;
pub mod endpoints;
pub mod external_nodes;
mod filling;
mod global_windows;
pub mod groups;
pub mod image_caches;
pub mod inspection;
pub mod levels;
pub mod log_configs;
pub mod log_service;
pub mod log_switches;
pub mod logs;
pub mod maintenance;
pub mod masters;
pub mod native;
pub mod networks;
pub mod node_pools;
pub mod nodes_upgrade;
mod objects;
pub mod plans;
pub mod policies;
pub mod pool_members;
pub mod protection;
pub mod releases;
pub mod roll_outs;
pub mod routes;
pub mod runtimes;
pub mod settings;
pub mod status;
pub mod super_pods;
pub mod tasks;
pub mod versions;
pub mod virtual_nodes;

use crate::cluster::Cluster;
use crate::cluster::faults::MachineFault;
use crate::cluster::nodes::Node;
use crate::infra::machines::Machine;
use crate::kernel::engine::{Act, NamedUser, StorageClass, Verdict};
use crate::kernel::realm::{RealmMut, engine};
use crate::kernel::table::Table;
use crate::kernel::violation::Outcome;
use crate::kubernetes::rbac::Access;
use crate::{Realm, World, kernel};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};
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
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Clusters of an account in a region.
    pub clusters: usize,
    /// Nodes of a cluster.
    pub nodes: usize,
    /// Size of a scaling group.
    pub group_size: i64,
    /// Node pools of a cluster.
    pub node_pools: usize,
    /// CPU cores the licence of the operator covers.
    pub licensed_cores: u64,
    /// Topics of a log set (002:50219).
    pub topics: usize,
    /// Topics of a log set to which rules of the older operations write (tce:2481).
    pub collector_topics: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            clusters: 20,
            nodes: 5_000,
            group_size: 200,
            node_pools: 100,
            licensed_cores: 10_000,
            topics: 500,
            collector_topics: 10,
        }
    }
}

/// What TKE adds to a realm.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub logs: log_service::LogService,
    /// By identifier.
    pub image_caches: Table<image_caches::ImageCache>,
    /// The maintenance windows of the account.
    pub global_windows: Vec<maintenance::GlobalWindow>,
    pub sequences: Vec<roll_outs::Sequence>,
    /// What the platform has planned.
    pub upgrades: Vec<plans::UpgradeTask>,
    pub route_tables: Table<routes::RouteTable>,
}

/// What TKE adds to a cluster.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    pub groups: Table<groups::Group>,
    pub node_pools: Table<node_pools::NodePool>,
    pub external: external_nodes::Registration,
    pub scaling: groups::ScalingOptions,
    pub autoscaler: groups::AutoscalerState,
    pub logs: logs::Logs,
    pub audit: Option<audit::Audit>,
    pub native: native::Native,
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
    /// Tasks, oldest first.
    pub tasks: VecDeque<tasks::Task>,
    /// The upgrade of the control plane that is running.
    pub control_plane: Option<control_plane::ControlPlaneUpgrade>,
    /// The upgrade of nodes that is running, or the last one.
    pub nodes_upgrade: Option<nodes_upgrade::NodesUpgrade>,
    pub arguments: arguments::Arguments,
    pub arguments_change: Option<arguments::ArgumentsChange>,
    pub window: Option<maintenance::Window>,
    pub roll_out_tags: Vec<(String, String)>,
    pub level: levels::LevelState,
    /// Whether the cluster is protected against deletion.
    pub protected: bool,
    pub encryption: encryption::Encryption,
    /// Components of the control plane that are being stopped or started.
    pub switches: Vec<masters::Switch>,
    pub tagging: Option<settings::TagChange>,
    pub scheduler: settings::SchedulerPolicy,
    /// Switches of the platform that act on nothing in this world, as they were given, by their names on the wire.
    pub options: Map<String, Value>,
    /// VPC-CNI, if it was added to the cluster.
    pub vpc_cni: Option<networks::VpcCni>,
}

impl Cluster {
    /// What TKE adds to the cluster.
    pub fn tke(&self) -> &Parts {
        static NONE: LazyLock<Parts> = LazyLock::new(Parts::default);
        self.parts.tke.as_deref().unwrap_or(&NONE)
    }

    /// What TKE adds to the cluster, to change.
    pub fn tke_mut(&mut self) -> &mut Parts {
        self.parts.tke.get_or_insert_default()
    }
}

/// A step in the life of a part of TKE's clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// A change of a scaling group is done.
    GroupSettled { cluster: String, group: String },
    /// A scaling group tries again what failed.
    GroupRetry { cluster: String, group: String },
    /// A scaling group is gone.
    GroupGone { cluster: String, group: String },
    /// A node of a scaling group has not been ready for a while.
    NodeUnhealthy { cluster: String, machine: String },
    /// A machine is destroyed at the time that its purchase set.
    MachineEnds { machine: String },
    /// A change of a node pool is done.
    NodePoolSettled { cluster: String, pool: String },
    /// A node pool is gone.
    NodePoolGone { cluster: String, pool: String },
    /// A cluster can take registered nodes.
    ExternalReady { cluster: String },
    /// A change of a pool of registered nodes is done.
    ExternalPoolSettled { cluster: String, pool: String },
    /// A pool of registered nodes is gone.
    ExternalPoolGone { cluster: String, pool: String },
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
    /// Something happens to native nodes.
    Native { cluster: String, event: native::Event },
    /// A stage of the upgrade of a control plane ends.
    ControlPlaneStage { cluster: String, place: usize },
    /// A step of the upgrade of a node ends, or is looked at.
    NodeUpgradeStep { cluster: String, machine: String, round: u64 },
    /// An upgrade that the platform has planned begins.
    PlanDue { plan: i64, round: u64 },
    /// All components have started with other arguments.
    ArgumentsRolledOut { cluster: String, task: String },
    /// A cluster has another level.
    LevelChanged { cluster: String, change: String },
    /// The encryption of secrets is on or off.
    EncryptionSettled { cluster: String, round: u64 },
    /// A component of the control plane has stopped or started.
    ComponentSwitched { cluster: String, component: arguments::Component },
    /// Masters have joined or left.
    MastersScaled { cluster: String, task: String },
    /// All resources have the tags of their cluster.
    Tagged { cluster: String, round: u64 },
    /// A cluster has more ranges.
    RangesAdded { cluster: String, task: String },
    /// VPC-CNI works in a cluster.
    VpcCniUp { cluster: String, task: String },
}

impl Tke<'_> {
    /// Lets an event take effect. Its subject may be gone by now; then nothing happens.
    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::GroupSettled { cluster, group } => self.group_settled(&cluster, &group),
            Event::GroupRetry { cluster, group } => self.fill_group(&cluster, &group),
            Event::GroupGone { cluster, group } => self.group_gone(&cluster, &group),
            Event::NodeUnhealthy { cluster, machine } => self.node_unhealthy(&cluster, &machine),
            Event::MachineEnds { machine } => self.machine_ends(&machine),
            Event::NodePoolSettled { cluster, pool } => self.node_pool_settled(&cluster, &pool),
            Event::NodePoolGone { cluster, pool } => self.node_pool_gone(&cluster, &pool),
            Event::ExternalReady { cluster } => self.external_ready(&cluster),
            Event::ExternalPoolSettled { cluster, pool } => self.external_pool_settled(&cluster, &pool),
            Event::ExternalPoolGone { cluster, pool } => self.external_pool_gone(&cluster, &pool),
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
            Event::Native { cluster, event } => self.native_event(&cluster, event),
            Event::ControlPlaneStage { cluster, place } => self.control_plane_stage(&cluster, place),
            Event::NodeUpgradeStep { cluster, machine, round } => self.node_upgrade_step(&cluster, &machine, round),
            Event::PlanDue { plan, round } => self.plan_due(plan, round),
            Event::ArgumentsRolledOut { cluster, task } => self.arguments_rolled_out(&cluster, &task),
            Event::LevelChanged { cluster, change } => self.level_changed(&cluster, &change),
            Event::EncryptionSettled { cluster, round } => self.encryption_settled(&cluster, round),
            Event::ComponentSwitched { cluster, component } => self.component_switched(&cluster, component),
            Event::MastersScaled { cluster, task } => self.masters_scaled(&cluster, &task),
            Event::Tagged { cluster, round } => self.tagged(&cluster, round),
            Event::RangesAdded { cluster, task } => self.ranges_added(&cluster, &task),
            Event::VpcCniUp { cluster, task } => self.vpc_cni_up(&cluster, &task),
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
        tke.plan_upgrades();
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

    /// 002:47948.
    fn takes_subnet_address(&self, annotations: &BTreeMap<String, String>) -> bool {
        annotations.contains_key("tke.cloud.tencent.com/networks")
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
        versions::first(version)
    }

    fn daemons(&self, cluster: &Cluster) -> Vec<(&'static str, u64, u64)> {
        let mut daemons = vec![("kube-proxy", 0, 0), ("tke-bridge-agent", 0, 0)];
        if cluster.tke().vpc_cni.as_ref().is_some_and(|added| added.is_up) {
            daemons.push((networks::AGENT, 0, 0));
        }
        if cluster.tke().logs.enabled {
            daemons.push((logs::AGENT, 110, 24));
        }
        daemons
    }

    /// tce:7292, tce:7302.
    fn storage_classes(&self, _release: &str) -> Vec<StorageClass> {
        vec![StorageClass::at_once("cbs", "finance.cloud.tencent.com/qcloud-cbs")]
    }

    fn check_change(&self, cluster: &Cluster) -> Outcome<()> {
        status::check_changeable(cluster)
    }

    fn review(&self, realm: &mut RealmMut<'_>, act: &Act<'_>) -> Vec<Verdict> {
        let refusal = Tke(realm.reborrow()).policy_refusal(act.cluster, act.deletes, act.object);
        refusal.map(Verdict::Deny).into_iter().collect()
    }

    fn objects_settled(&self, realm: &mut RealmMut<'_>, cluster: &str) {
        Tke(realm.reborrow()).provision_log_configs(cluster);
    }

    fn node_up(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str) {
        let mut tke = Tke(realm.reborrow());
        tke.native_up(cluster, machine);
        tke.grow_level(cluster);
        let ends = realm.realm.machines.get(machine).and_then(|machine| machine.equipment.ends);
        if let Some(ends) = ends {
            realm.after(ends.saturating_sub(realm.now), Event::MachineEnds { machine: machine.to_owned() });
        }
    }

    fn node_broken(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str, fault: MachineFault) {
        Tke(realm.reborrow()).native_broken(cluster, machine, fault);
    }

    fn node_unready(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str) {
        Tke(realm.reborrow()).node_unready_in(cluster, machine);
    }

    fn node_gone(&self, realm: &mut RealmMut<'_>, cluster: &str, node: &Node) {
        if let Some(cluster) = realm.realm.clusters.get_mut(cluster) {
            cluster.forget_member(node);
        }
        let mut tke = Tke(realm.reborrow());
        tke.native_gone(cluster, node);
        if let Some(group) = &node.group {
            tke.fill_group(cluster, group);
        }
    }

    /// Native nodes go with their cluster.
    fn cluster_gone(&self, realm: &mut RealmMut<'_>, cluster: &Cluster) {
        let mut tke = Tke(realm.reborrow());
        for machine in cluster.tke().native.machines.iter() {
            tke.drop_native_machine(machine, false);
        }
        tke.forget_cluster(cluster);
        if let Some(support) = &cluster.tke().external.support {
            realm.release_address(&cluster.network, &support.subnet, &support.proxy);
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
