//! What TKE adds to clusters: scaling groups, node pools, virtual nodes, registered nodes, log collection, audit, charts.

pub mod audit;
mod autoscaler;
pub mod charts;
pub mod external_nodes;
mod filling;
pub mod groups;
pub mod logs;
pub mod native;
pub mod node_pools;
pub mod pool_members;
pub mod super_pods;
pub mod virtual_nodes;

use crate::cluster::Cluster;
use crate::cluster::faults::MachineFault;
use crate::cluster::nodes::Node;
use crate::infra::machines::Machine;
use crate::kernel::engine::StorageClass;
use crate::kernel::realm::{RealmMut, engine};
use crate::kernel::table::Table;
use crate::kubernetes::rbac::Access;
use crate::{Realm, World, kernel};
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
    /// Node pools of a cluster.
    pub node_pools: usize,
    /// CPU cores the licence of the operator covers.
    pub licensed_cores: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { clusters: 20, nodes: 5_000, group_size: 200, node_pools: 100, licensed_cores: 10_000 }
    }
}

/// What TKE adds to a cluster.
#[derive(Debug, Default)]
pub struct Parts {
    pub groups: Table<groups::Group>,
    pub node_pools: Table<node_pools::NodePool>,
    pub external: external_nodes::Registration,
    pub scaling: groups::ScalingOptions,
    pub autoscaler: groups::AutoscalerState,
    pub logs: logs::Logs,
    pub audit: Option<audit::Audit>,
    pub native: native::Native,
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
    /// A virtual node is gone.
    VirtualNodeGone { cluster: String, node: String },
    /// Something happens to native nodes.
    Native { cluster: String, event: native::Event },
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
            Event::VirtualNodeGone { cluster, node } => self.virtual_node_gone(&cluster, &node),
            Event::Native { cluster, event } => self.native_event(&cluster, event),
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
        ]
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

    fn node_up(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str) {
        let ends = realm.realm.machines.get(machine).and_then(|machine| machine.equipment.ends);
        if let Some(ends) = ends {
            realm.after(ends.saturating_sub(realm.now), Event::MachineEnds { machine: machine.to_owned() });
        }
        Tke(realm.reborrow()).native_up(cluster, machine);
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
        for machine in cluster.tke().native.machines.iter() {
            Tke(realm.reborrow()).drop_native_machine(machine, false);
        }
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
