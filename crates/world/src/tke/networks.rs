//! The networks of clusters: more ranges for pods, and VPC-CNI beside the routes of the cluster.

use super::tasks::{Life, TaskKind};
use crate::Realm;
use crate::cluster::{Cluster, PodNetwork};
use crate::infra::cidr::Cidr;
use crate::kernel::time::iso;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::SYSTEM;
use crate::kubernetes::store::Key;
use crate::tke::routes::ConflictKind;
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long it takes until a cluster has more ranges.
const MORE_RANGES: Millis = 30 * SECOND;
/// How long it takes until VPC-CNI works.
const INSTALLATION: Millis = 60 * SECOND;
/// The shortest time after which a fixed address is given back, in seconds.
const SHORTEST_CLAIM: i64 = 300;

/// How pods share the network interfaces of their nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CniMode {
    /// Pods share an interface.
    Shared,
    /// Each pod has an interface of its own.
    Direct,
}

/// VPC-CNI as it was added to a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VpcCni {
    pub mode: CniMode,
    pub static_addresses: bool,
    /// After how many seconds the address of a pod that is gone is given back; never if there is no number.
    pub expires: Option<i64>,
    /// Whether addresses of the network are hidden behind those of nodes.
    pub masquerades_network: bool,
    pub is_up: bool,
    task: String,
}

/// The order of VPC-CNI.
#[derive(Debug, Clone)]
pub struct NewVpcCni {
    pub mode: CniMode,
    pub static_addresses: bool,
    pub subnets: Vec<String>,
    pub expires: Option<i64>,
    pub masquerades_network: bool,
}

impl Cluster {
    /// Whether pods take addresses of subnets: VPC-CNI is the network of the cluster, or was added to it.
    pub fn has_vpc_cni(&self) -> bool {
        self.pod_network == PodNetwork::VpcCni || self.tke().vpc_cni.is_some()
    }
}

impl Tke<'_> {
    /// Gives a cluster more ranges for its pods.
    pub fn add_ranges(&mut self, id: &str, ranges: &[String], ignore: bool) -> Outcome<()> {
        let cluster = self.idle_cluster(id)?;
        if cluster.pod_network != PodNetwork::GlobalRoute {
            let message = format!("the pods of the cluster {id} have no ranges: its network is not GR");
            return Err(Reason::Unsuitable.because(message));
        }
        if ranges.is_empty() {
            return Err(Reason::Invalid.because("ClusterCIDRs must name at least one range"));
        }
        let network = cluster.network.clone();
        let mut read: Vec<Cidr> = Vec::new();
        for text in ranges {
            let range = Realm::cluster_range(text)?;
            if let Some(other) = read.iter().find(|other| other.overlaps(range)) {
                return Err(Reason::RangeOfCluster.because(format!("{range} overlaps {other}")));
            }
            if range.size() < cluster.max_pods {
                let message = format!("{range} is too small for one node with {} pods", cluster.max_pods);
                return Err(Reason::RangeSize.because(message));
            }
            let routes = [ConflictKind::NetworkRoute, ConflictKind::RouteTable];
            let conflicts = self.conflicts(&network, range)?;
            if let Some(conflict) = conflicts.iter().find(|conflict| !(ignore && routes.contains(&conflict.kind))) {
                return Err(conflict.fault(range));
            }
            read.push(range);
        }
        let names: Vec<String> = read.iter().map(Cidr::to_string).collect();
        let task = self.start_task(id, TaskKind::Range, id, names.join(", "));
        self.0.realm.cluster_mut(self.0.engine, id)?.reserved_ranges.extend(read);
        self.after(MORE_RANGES, Event::RangesAdded { cluster: id.to_owned(), task });
        Ok(())
    }

    pub(super) fn ranges_added(&mut self, id: &str, task: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let added = std::mem::take(&mut cluster.reserved_ranges);
        cluster.more_ranges.extend(added);
        self.note_task(id, task, Life::Done, "");
    }

    /// Adds VPC-CNI to a cluster whose pods are connected through routes.
    pub fn enable_vpc_cni(&mut self, id: &str, new: NewVpcCni) -> Outcome<()> {
        let cluster = self.idle_cluster(id)?;
        if cluster.pod_network != PodNetwork::GlobalRoute || cluster.tke().vpc_cni.is_some() {
            let message = format!("VPC-CNI is added to clusters with the network GR once; {id} has it, or another one");
            return Err(Reason::Unsuitable.because(message));
        }
        if new.subnets.is_empty() {
            return Err(Reason::Invalid.because("Subnets must name at least one subnet"));
        }
        if new.expires.is_some_and(|seconds| seconds <= SHORTEST_CLAIM) {
            return Err(Reason::Invalid.because(format!("ExpiredSeconds is above {SHORTEST_CLAIM}")));
        }
        if new.expires.is_some() && !new.static_addresses {
            return Err(Reason::Invalid.because("ExpiredSeconds is for static addresses (EnableStaticIp)"));
        }
        let network = cluster.network.clone();
        for subnet in &new.subnets {
            if self.0.realm.subnet(&network, subnet).is_err() {
                let message = format!("Subnets: the subnet {subnet} does not exist in {network}");
                return Err(Reason::Invalid.because(message));
            }
        }
        let task = self.start_task(id, TaskKind::PodNetwork, id, new.subnets.join(", "));
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        cluster.pod_subnets = new.subnets;
        cluster.pod_subnets.dedup();
        cluster.tke_mut().vpc_cni = Some(VpcCni {
            mode: new.mode,
            static_addresses: new.static_addresses,
            expires: new.expires,
            masquerades_network: new.masquerades_network,
            is_up: false,
            task: task.clone(),
        });
        self.after(INSTALLATION, Event::VpcCniUp { cluster: id.to_owned(), task });
        Ok(())
    }

    pub(super) fn vpc_cni_up(&mut self, id: &str, task: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let Some(added) = cluster.tke_mut().vpc_cni.as_mut().filter(|added| added.task == task) else { return };
        added.is_up = true;
        self.write_masquerade(id);
        self.note_task(id, task, Life::Done, "");
        self.control_plane().settle(id);
        self.control_plane().sync(id);
    }

    /// Writes the settings of the agent that hides the addresses of pods: those of the network see them as they are,
    /// unless the caller does not want that.
    fn write_masquerade(&mut self, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        let hides = cluster.tke().vpc_cni.as_ref().is_some_and(|added| added.masquerades_network);
        let network = self.0.realm.networks.get(&cluster.network).filter(|_| !hides);
        let seen: Vec<String> =
            cluster.ranges().chain(network.map(|network| network.range)).map(|r| r.to_string()).collect();
        let config = json!({"NonMasqueradeCIDRs": seen, "MasqLinkLocal": true, "ResyncInterval": "1m0s"});
        let object = json!({"kind": "ConfigMap", "apiVersion": "v1", "data": {"config": config.to_string()},
            "metadata": {"name": MASQUERADE, "namespace": SYSTEM, "uid": self.0.ids.uuid(),
                "creationTimestamp": iso(self.0.now)}});
        let version = cluster.kubernetes.next_version();
        cluster.kubernetes.store.put(Key::new("configmaps", SYSTEM, MASQUERADE), object, version);
    }

    /// Takes VPC-CNI away from a cluster that it was added to.
    pub fn disable_vpc_cni(&mut self, id: &str) -> Outcome<()> {
        let cluster = self.idle_cluster(id)?;
        match &cluster.tke().vpc_cni {
            None => {
                return Err(Reason::NotRemovable.because(format!("VPC-CNI was not added to the cluster {id}")));
            }
            Some(added) if !added.is_up => {
                let message = format!("VPC-CNI is still being added to the cluster {id}");
                return Err(Reason::NotRemovable.because(message));
            }
            Some(_) => {}
        }
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        cluster.pod_subnets.clear();
        cluster.tke_mut().vpc_cni = None;
        self.control_plane().stop_daemon(id, AGENT);
        self.control_plane().sync(id);
        Ok(())
    }
}

/// The settings of the agent that hides the addresses of pods.
const MASQUERADE: &str = "ip-masq-agent-config";
/// The daemon that connects pods to subnets (002:47535).
pub const AGENT: &str = "tke-eni-agent";
