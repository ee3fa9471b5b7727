//! What CCS adds to clusters: services, tasks, measurements and the history that they are made of.

mod check;
pub mod history;
pub mod metrics;
pub mod push;
pub mod services;
pub mod tasks;

use crate::cluster::Cluster;
use crate::infra::offers::Releases;
use crate::kernel;
use crate::kernel::engine::StorageClass;
use crate::kernel::realm::{RealmMut, engine};
use serde::{Deserialize, Serialize};

engine! {
    /// The rules of CCS.
    Ccs, ccs, ENGINE
}

/// CCS's engine.
#[derive(Debug)]
pub struct CcsEngine;

pub static ENGINE: CcsEngine = CcsEngine;

/// How much an account may have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Clusters of an account in all regions.
    pub clusters: usize,
    /// Nodes of a cluster.
    pub nodes: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { clusters: 5, nodes: 20 }
    }
}

/// What CCS adds to its realm.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub tasks: tasks::Tasks,
    /// What ran when.
    pub history: history::History,
}

/// What happens to CCS's tasks by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// It is time to see what has come of a task.
    TaskDue { task: u64 },
}

impl Ccs<'_> {
    /// Lets an event take effect.
    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::TaskDue { task } => self.task_due(task),
        }
    }
}

impl kernel::engine::Engine for CcsEngine {
    fn product(&self) -> &'static str {
        "ccs"
    }

    fn vendor(&self) -> &'static str {
        "tencent"
    }

    fn provider_id(&self, zone: &str, machine: &str) -> String {
        format!("qcloud:///{zone}/{machine}")
    }

    fn ingress_class(&self) -> &'static str {
        "qcloud"
    }

    fn system_repository(&self) -> &'static str {
        "ccr.ccs.tencentyun.com/library"
    }

    fn machine_name(&self, cluster: &str) -> String {
        format!("ccs_{cluster}_node")
    }

    fn daemons(&self, _cluster: &Cluster) -> Vec<(&'static str, u64, u64)> {
        vec![("kube-proxy", 0, 0), ("tke-bridge-agent", 0, 0)]
    }

    /// The quota holds for all regions together: see [`World::cluster_count`](crate::World::cluster_count).
    fn cluster_limit(&self, _quotas: &crate::Quotas) -> usize {
        usize::MAX
    }

    /// The product has ended: it offers what its document lists.
    fn releases(&self, _of_cloud: Releases) -> Releases {
        Releases::Documents
    }

    fn release(&self, version: &str) -> String {
        format!("v{version}-tke.1")
    }

    /// The class of TKE in the same cloud (tce:7292, tce:7302).
    fn storage_classes(&self, _release: &str) -> Vec<StorageClass> {
        vec![StorageClass::at_once("cbs", "finance.cloud.tencent.com/qcloud-cbs")]
    }

    fn node_limit(&self, quotas: &crate::Quotas) -> usize {
        quotas.ccs.nodes
    }

    fn node_up(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str) {
        Ccs(realm.reborrow()).remember_node(cluster, machine);
    }

    fn node_leaves(&self, realm: &mut RealmMut<'_>, cluster: &str, machine: &str) {
        realm.realm.ccs.history.node_ended(cluster, machine, realm.now);
    }

    fn pod_up(&self, realm: &mut RealmMut<'_>, cluster: &str, pod: &str) {
        Ccs(realm.reborrow()).remember_pod(cluster, pod);
    }

    fn pod_gone(&self, realm: &mut RealmMut<'_>, pod: &str) {
        realm.realm.ccs.history.pod_ended(pod, realm.now);
    }

    fn cluster_gone(&self, realm: &mut RealmMut<'_>, cluster: &crate::cluster::Cluster) {
        realm.realm.ccs.history.cluster_ended(&cluster.id, realm.now);
    }
}
