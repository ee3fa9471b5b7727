//! What CCE adds to clusters: control planes of a size, nodes with jobs, pools, add-ons, volumes.

pub mod addons;
mod balancers;
mod check;
pub mod clusters;
pub mod jobs;
pub mod membership;
pub mod nodes;
pub mod offers;
pub mod pool_sync;
pub mod pools;
pub mod reinstall;
pub mod settings;
pub mod upgrades;
pub mod volumes;

use crate::cluster::nodes::Node;
use crate::kernel;
use crate::kernel::engine::StorageClass;
use crate::kernel::realm::{RealmMut, engine};
use crate::kernel::table::Table;
use crate::kubernetes::balancers::{Notes, Plan};
use crate::kubernetes::refusal::FieldFault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

engine! {
    /// The rules of CCE.
    Cce, cce, ENGINE
}

/// CCE's engine.
#[derive(Debug)]
pub struct CceEngine;

pub static ENGINE: CceEngine = CceEngine;

/// How much an account may have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Clusters of an account in a region.
    pub clusters: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { clusters: 15 }
    }
}

/// What CCE adds to its realm.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub clusters: Table<clusters::CceCluster>,
    /// What CCE adds to nodes.
    pub nodes: Table<nodes::CceNode>,
    pub pools: Table<pools::NodePool>,
    pub jobs: Table<jobs::Job>,
    pub addons: Table<addons::Addon>,
}

/// A step in the life of a part of CCE's clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// A node pool without nodes is gone.
    NodePoolGone { cluster: String },
    /// An add-on is gone.
    AddonGone { addon: String },
    /// A check before an upgrade is over.
    CheckEnds { cluster: String, check: String },
    /// A step of an upgrade is over, unless the upgrade was paused since.
    UpgradeStep { cluster: String, round: u64 },
    /// The control plane of a cluster has its new size.
    Resized { cluster: String },
    /// The next nodes of a pool are installed as their pool says.
    PoolSync { cluster: String, nodes: Vec<String> },
}

/// Changes members of an order. A structure keeps the members that do not change.
fn merge(order: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (name, value) in changes {
        match (order.get_mut(&name), value) {
            (Some(Value::Object(there)), Value::Object(new)) => there.extend(new),
            (_, value) => drop(order.insert(name, value)),
        }
    }
}

impl Cce<'_> {
    /// Lets an event take effect. Its subject may be gone by now; then nothing happens.
    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::NodePoolGone { cluster } => self.pools_follow(&cluster),
            Event::AddonGone { addon } => drop(self.0.realm.cce.addons.remove(&addon)),
            Event::CheckEnds { cluster, check } => self.check_ends(&cluster, &check),
            Event::UpgradeStep { cluster, round } => self.upgrade_step(&cluster, round),
            Event::Resized { cluster } => self.resized(&cluster),
            Event::PoolSync { cluster, nodes } => self.sync_batch(&cluster, &nodes),
        }
    }
}

impl kernel::engine::Engine for CceEngine {
    fn product(&self) -> &'static str {
        "cce"
    }

    fn vendor(&self) -> &'static str {
        "huawei"
    }

    fn provider_id(&self, _zone: &str, machine: &str) -> String {
        machine.to_owned()
    }

    fn ingress_class(&self) -> &'static str {
        "cce"
    }

    fn balancer_plan(&self, annotations: &BTreeMap<String, String>) -> Plan {
        balancers::plan(annotations)
    }

    fn balancer_faults(&self, notes: Notes<'_>) -> Vec<FieldFault> {
        balancers::faults(notes)
    }

    fn system_repository(&self) -> &'static str {
        "swr.myhuaweicloud.com/hwofficial"
    }

    fn cluster_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.cce.clusters
    }

    fn node_limit(&self, _quotas: &crate::Quotas) -> usize {
        usize::MAX
    }

    /// cce:6653-6672: the drivers `fuxi`, and from v1.15 on `everest`. The classes of EVS are named by the types of disks.
    fn storage_classes(&self, release: &str) -> Vec<StorageClass> {
        let everest = offers::minor_and_patch(release) >= (15, 0);
        let class = |(name, fuxi): (&'static str, &'static str)| {
            StorageClass::at_once(name, if everest { "everest-csi-provisioner" } else { fuxi })
        };
        let (disk, file, object) =
            ("flexvolume-huawei.com/fuxivol", "flexvolume-huawei.com/fuxinfs", "flexvolume-huawei.com/fuxiobs");
        let classes = [
            ("sas", disk),
            ("ssd", disk),
            ("sata", disk),
            ("nfs-rw", file),
            ("obs-standard", object),
            ("obs-standardia", object),
        ];
        classes.into_iter().map(class).collect()
    }

    fn node_gone(&self, realm: &mut RealmMut<'_>, cluster: &str, node: &Node) {
        Cce(realm.reborrow()).member_left(cluster, &node.machine);
    }

    fn cluster_gone(&self, realm: &mut RealmMut<'_>, cluster: &crate::cluster::Cluster) {
        Cce(realm.reborrow()).hosted_gone(&cluster.id);
    }
}
