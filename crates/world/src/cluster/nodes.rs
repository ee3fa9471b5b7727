//! Nodes: how machines join a cluster, leave it, and are drained.

use crate::cluster::Event;
use crate::cluster::faults::MachineFault;
use crate::cluster::outages::{Condition, Outage};
use crate::cluster::{Cluster, NewCluster, NewNodes, Source};
use crate::infra::cidr::Cidr;
use crate::infra::equipment::Disk;
use crate::infra::machines::{Charge, Machine, Purchase, Size, numbered};
use crate::kernel::realm::RealmMut;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::PodRef;
use crate::kubernetes::scheduler::Taint;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// How long a machine takes to become a node.
const INITIALIZATION: Millis = 30 * SECOND;
/// When the masters and workers that come with a cluster are ready: just before the cluster is.
const FIRST_MASTERS: Millis = 40 * SECOND;
const FIRST_WORKERS: Millis = 55 * SECOND;
/// How long a node takes to leave.
pub const REMOVAL: Millis = 10 * SECOND;
/// How long it takes until all pods have left a drained node.
const DRAIN: Millis = 10 * SECOND;
/// Masters of an independent cluster.
pub const MASTERS: std::ops::RangeInclusive<usize> = 3..=7;
/// Cores and memory a master needs at least.
const SMALLEST_MASTER: Size = Size { cores: 4, memory: 8 };
/// Existing machines in one creation of a cluster.
const MOST_EXISTING: usize = 100;
/// Combinations of machine type and place in one creation of a cluster.
const MOST_PURCHASES: usize = 10;

/// A machine in its role as a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub machine: String,
    /// Name in Kubernetes.
    pub name: String,
    pub ip: String,
    pub public_ip: Option<String>,
    pub machine_name: String,
    pub zone: String,
    pub instance_type: String,
    pub size: Size,
    pub role: Role,
    pub state: State,
    pub drain: Drain,
    pub cordoned: bool,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    /// Taints of the node, without those that follow from its role.
    pub taints: Vec<Taint>,
    pub settings: NodeSettings,
    /// The range of its pods, if the cluster has a range.
    pub pod_range: Option<Cidr>,
    /// The operating system of its machine.
    pub os: String,
    /// The release of its kubelet, if it is not that of the cluster.
    pub release: Option<String>,
    /// Its container runtime as kubelets report it, if it is not that of the cluster.
    pub runtime: Option<String>,
    pub created: Millis,
    /// The scaling group that started the node.
    pub group: Option<String>,
    /// The pool of a node that is a machine outside of the cloud.
    pub external_pool: Option<String>,
    /// Set while the node leaves: whether its machine is kept.
    pub leaving: Option<bool>,
    /// Since when the autoscaler could do without the node.
    pub unneeded_since: Option<Millis>,
    /// Why the node does not work, if it does not.
    pub outage: Option<Outage>,
    /// What is wrong with its machine.
    pub faults: Vec<MachineFault>,
    /// What monitors of the node report.
    pub conditions: Vec<Condition>,
}

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    Master,
    Worker,
}

/// Where a node is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Initializing,
    Running,
    /// The machine could not become a node.
    Failed,
}

/// Whether the pods of a node are being moved away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drain {
    Not,
    Draining,
    Drained,
}

/// Kubernetes side of a node's making.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    pub labels: Vec<(String, String)>,
    pub taints: Vec<Taint>,
    pub annotations: Vec<(String, String)>,
    pub cordoned: bool,
    /// The operating system, if it is not the cluster's.
    pub os: Option<String>,
    /// The container runtime, if it is not the cluster's.
    pub runtime: Option<String>,
    /// The settings as given, returned to callers.
    pub given: Map<String, Value>,
}

/// What became of the nodes that were to leave.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Removal {
    pub removed: Vec<String>,
    pub refused: Vec<String>,
    pub unknown: Vec<String>,
}

impl Node {
    /// Whether the node is joining or leaving.
    pub fn is_moving(&self) -> bool {
        self.state == State::Initializing || self.leaving.is_some()
    }

    /// The release of its kubelet in that cluster.
    pub fn release<'a>(&'a self, cluster: &'a Cluster) -> &'a str {
        self.release.as_deref().unwrap_or(&cluster.release)
    }

    /// Whether pods can start on the node.
    pub fn is_ready(&self) -> bool {
        self.state == State::Running && self.outage.is_none()
    }

    /// The node that a machine becomes.
    pub fn joining(machine: &Machine, name: String, role: Role, settings: &NodeSettings, now: Millis) -> Self {
        Self {
            machine: machine.id.clone(),
            name,
            ip: machine.private_ip.clone(),
            public_ip: machine.public_ip.clone(),
            machine_name: machine.name.clone(),
            zone: machine.zone.clone(),
            instance_type: machine.instance_type.clone(),
            size: machine.size,
            role,
            state: State::Initializing,
            drain: Drain::Not,
            cordoned: settings.cordoned,
            labels: settings.labels.iter().cloned().collect(),
            annotations: settings.annotations.iter().cloned().collect(),
            taints: settings.taints.clone(),
            settings: settings.clone(),
            os: settings.os.clone().unwrap_or_else(|| machine.os.clone()),
            release: None,
            runtime: settings.runtime.clone(),
            pod_range: None,
            created: now,
            group: None,
            external_pool: None,
            outage: None,
            faults: Vec::new(),
            conditions: Vec::new(),
            leaving: None,
            unneeded_since: None,
        }
    }
}

/// Leaves out the settings as given, which can hold scripts with secrets.
impl fmt::Debug for NodeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NodeSettings");
        shown.field("labels", &self.labels).field("cordoned", &self.cordoned).finish_non_exhaustive()
    }
}

impl NodeSettings {
    /// Whether the labels can be put on a node: some keys are Kubernetes' and the cloud's own.
    pub fn check(&self) -> Outcome<()> {
        for (key, _) in &self.labels {
            if key.is_empty() || key.len() > 316 {
                return Err(Reason::Invalid.because("the key of a label has 1 to 316 characters"));
            }
            if key.contains("kubernetes") || key.contains("qcloud") {
                let message = format!("the label key {key} is reserved: it contains `kubernetes` or `qcloud`");
                return Err(Reason::Invalid.because(message));
            }
        }
        for taint in &self.taints {
            taint.check()?;
        }
        match self.annotations.iter().any(|(key, _)| key.is_empty()) {
            true => Err(Reason::Invalid.because("the key of an annotation cannot be empty")),
            false => Ok(()),
        }
    }
}

impl RealmMut<'_> {
    /// The rules for the nodes that come with a cluster.
    pub fn check_new_nodes(&self, new: &NewCluster, network: &str) -> Outcome<()> {
        let counts = new.nodes.iter().map(|nodes| match &nodes.source {
            Source::Purchase(_) => (1, 0),
            Source::Existing { machines, .. } => (0, machines.len()),
        });
        let (bought, found) = counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        if bought > MOST_PURCHASES {
            let message = format!("a cluster is created with at most {MOST_PURCHASES} RunInstancesPara");
            return Err(Reason::Invalid.because(message));
        }
        if found > MOST_EXISTING {
            let message = format!("a cluster is created with at most {MOST_EXISTING} existing machines");
            return Err(Reason::Invalid.because(message));
        }
        let masters = self.check_nodes(&new.nodes, network, new.host_names)?;
        match new.independent {
            true if !MASTERS.contains(&masters) => {
                let message = format!("an independent cluster has 3 to 7 masters (MASTER_ETCD), not {masters}");
                return Err(Reason::Masters.because(message));
            }
            false if masters > 0 => {
                return Err(Reason::Masters.because("a managed cluster has no masters of its own (MASTER_ETCD)"));
            }
            _ => {}
        }
        self.check_node_purchases(&new.nodes)
    }

    /// Checks nodes one by one, and returns how many of them are masters.
    pub fn check_nodes(&self, nodes: &[NewNodes], network: &str, host_names: bool) -> Outcome<usize> {
        let mut existing: Vec<&str> = Vec::new();
        let mut masters = 0;
        for nodes in nodes {
            nodes.settings.check()?;
            let master = nodes.role == Role::Master;
            match &nodes.source {
                Source::Purchase(purchase) => {
                    self.check_node_purchase(purchase, network, host_names)?;
                    masters += if master { purchase.count as usize } else { 0 };
                    check_master(master, purchase.size()?)?;
                    if master {
                        purchase.equipment.check_master()?;
                    }
                }
                Source::Existing { machines, host_name, .. } => {
                    for id in machines {
                        if existing.contains(&id.as_str()) {
                            return Err(Reason::Invalid.because(format!("the machine {id} is given twice")));
                        }
                        existing.push(id);
                        self.check_existing(id, network)?;
                        if let Some(machine) = self.realm.machines.get(id) {
                            check_master(master, machine.size)?;
                        }
                    }
                    check_host_name(host_names, host_name.as_deref(), None)?;
                    masters += if master { machines.len() } else { 0 };
                }
            }
        }
        Ok(masters)
    }

    /// Whether all machines of these nodes can be bought.
    pub fn check_node_purchases(&self, nodes: &[NewNodes]) -> Outcome<()> {
        let purchases: Vec<&Purchase> = nodes
            .iter()
            .filter_map(|nodes| match &nodes.source {
                Source::Purchase(purchase) => Some(purchase.as_ref()),
                Source::Existing { .. } => None,
            })
            .collect();
        if let Some(purchase) = purchases.iter().find(|purchase| purchase.rehearsal) {
            return Err(rehearsed(purchase));
        }
        self.check_purchases(&purchases)
    }

    /// How many nodes come with the cluster.
    pub fn planned_nodes(&self, new: &NewCluster) -> usize {
        let counts = new.nodes.iter().map(|nodes| match &nodes.source {
            Source::Purchase(purchase) => purchase.count as usize,
            Source::Existing { machines, .. } => machines.len(),
        });
        counts.sum()
    }

    fn check_node_purchase(&self, purchase: &Purchase, network: &str, host_names: bool) -> Outcome<()> {
        purchase.check_count()?;
        if purchase.network != network {
            let message =
                format!("the nodes must be in {network}, the network of the cluster, not {}", purchase.network);
            return Err(Reason::NoNetwork.because(message));
        }
        check_host_name(host_names, purchase.host_name.as_deref(), purchase.name.as_deref())
    }

    /// Makes the nodes that come with a cluster. They were checked before.
    pub fn join_first_nodes(&mut self, cluster: &str, nodes: NewNodes) -> Outcome<()> {
        let delay = if nodes.role == Role::Master { FIRST_MASTERS } else { FIRST_WORKERS };
        let machines = match nodes.source {
            Source::Purchase(mut purchase) => {
                purchase.equipment.system_disk.get_or_insert(Disk::usual(nodes.role == Role::Master));
                self.buy_for(cluster, &purchase)?
            }
            Source::Existing { machines, host_name, refit } => {
                self.reinstall(cluster, &machines, host_name.as_deref())?;
                self.refit(&machines, &refit);
                machines
            }
        };
        self.join(cluster, &machines, nodes.role, &nodes.settings, None, delay)
    }

    /// Buys machines and adds them to the cluster as workers.
    pub fn add_new_nodes(
        &mut self,
        cluster: &str,
        purchase: &Purchase,
        settings: &NodeSettings,
    ) -> Outcome<Vec<String>> {
        let found = self.changeable_cluster(cluster)?;
        let mark = purchase.token.as_ref().map(|token| format!("{cluster}/{token}"));
        if let Some(bought) = mark.as_ref().and_then(|mark| self.realm.purchases.get(mark)) {
            return Ok(bought.clone());
        }
        settings.check()?;
        self.check_node_purchase(purchase, &found.network, found.host_names)?;
        self.check_room(found, purchase.count as usize)?;
        self.check_purchases(&[purchase])?;
        if purchase.rehearsal {
            return Err(rehearsed(purchase));
        }
        let machines = self.buy_for(cluster, purchase)?;
        if let Some(mark) = mark {
            self.realm.purchases.insert(mark, machines.clone());
        }
        self.join(cluster, &machines, Role::Worker, settings, None, INITIALIZATION)?;
        Ok(machines)
    }

    /// Whether the cluster has room for that many more nodes.
    pub fn check_room(&self, cluster: &Cluster, more: usize) -> Outcome<()> {
        let limit = cluster.node_limit(self.engine.node_limit(self.quotas));
        let here = cluster.nodes.iter().filter(|node| node.external_pool.is_none()).count();
        if here + more > limit {
            let message = format!("the cluster {} can have at most {limit} nodes", cluster.id);
            return Err(Reason::NodeQuota.because(message));
        }
        Ok(())
    }

    /// Buys machines with the operating system and the default name for the nodes of a cluster.
    pub fn buy_for(&mut self, cluster: &str, purchase: &Purchase) -> Outcome<Vec<String>> {
        let os = self.realm.cluster(self.engine, cluster)?.os.clone();
        self.buy(purchase, &os, &self.engine.machine_name(cluster))
    }

    /// Installs the operating system of the cluster on existing machines.
    pub fn reinstall(&mut self, cluster: &str, machines: &[String], host_name: Option<&str>) -> Outcome<()> {
        let os = self.realm.cluster(self.engine, cluster)?.os.clone();
        for (place, id) in machines.iter().enumerate() {
            let Some(machine) = self.realm.machines.get_mut(id) else { continue };
            machine.os = os.clone();
            machine.host_name = host_name.map(|name| numbered(name, place as u64, machines.len() as u64));
        }
        Ok(())
    }

    /// Adds machines to the cluster; they are nodes after a while.
    pub fn join(
        &mut self,
        cluster_id: &str,
        machines: &[String],
        role: Role,
        settings: &NodeSettings,
        group: Option<&str>,
        delay: Millis,
    ) -> Outcome<()> {
        for id in machines {
            let cluster = self.realm.clusters.get_mut(cluster_id);
            let (Some(machine), Some(cluster)) = (self.realm.machines.get_mut(id), cluster) else { continue };
            machine.cluster = Some(cluster_id.to_owned());
            let pod_range = cluster.free_block();
            let host_name = machine.host_name.clone().filter(|_| cluster.host_names);
            let mut name = host_name.unwrap_or_else(|| machine.private_ip.clone());
            if cluster.nodes.iter().any(|node| node.name == name) {
                name = format!("{name}-{}", id.trim_start_matches("ins-"));
            }
            let mut node = Node::joining(machine, name, role, settings, self.now);
            (node.group, node.pod_range) = (group.map(str::to_owned), pod_range);
            cluster.nodes.insert(id.clone(), node);
            self.after(delay, Event::NodeUp { cluster: cluster_id.to_owned(), machine: id.clone() });
        }
        Ok(())
    }

    /// Starts the removal of nodes; says for each what happens.
    pub fn remove_nodes(&mut self, cluster_id: &str, machines: &[String], keep: bool, force: bool) -> Outcome<Removal> {
        let cluster = self.changeable_cluster(cluster_id)?;
        let mut masters = cluster.count(Role::Master);
        let mut removal = Removal::default();
        let mut leaving = Vec::new();
        for id in machines {
            if removal.removed.contains(id) || removal.refused.contains(id) || removal.unknown.contains(id) {
                continue;
            }
            let Some(node) = cluster.nodes.get(id).filter(|node| node.external_pool.is_none()) else {
                removal.unknown.push(id.clone());
                continue;
            };
            let charge = self.realm.machines.get(id).map(|machine| machine.charge);
            let too_early = node.state == State::Initializing && !force;
            let paid_ahead = !keep && charge == Some(Charge::Prepaid);
            let last_masters = node.role == Role::Master && masters <= *MASTERS.start();
            if node.leaving.is_some() {
                removal.removed.push(id.clone());
            } else if too_early || paid_ahead || last_masters {
                removal.refused.push(id.clone());
            } else {
                masters -= usize::from(node.role == Role::Master);
                removal.removed.push(id.clone());
                leaving.push(id.clone());
            }
        }
        for id in leaving {
            self.leave(cluster_id, &id, keep);
        }
        Ok(removal)
    }

    /// Lets a node leave: no new pods, and gone after a while.
    pub fn leave(&mut self, cluster_id: &str, machine: &str, keep: bool) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(machine) else { return };
        if node.leaving.is_some() {
            return;
        }
        node.leaving = Some(keep);
        node.cordoned = true;
        self.after(REMOVAL, Event::NodeGone { cluster: cluster_id.to_owned(), machine: machine.to_owned() });
    }

    /// The pods that must leave the node. Unless it is a rehearsal the node takes no more pods and they leave.
    pub fn drain_node(&mut self, cluster_id: &str, machine: &str, rehearsal: bool) -> Outcome<Vec<PodRef>> {
        let cluster = self.realm.running_cluster_mut(self.engine, cluster_id)?;
        let node = cluster.nodes.get_mut(machine).ok_or_else(|| {
            Reason::NoPart.because(format!("the machine {machine} is not a node of the cluster {cluster_id}"))
        })?;
        if node.state != State::Running || node.leaving.is_some() {
            let message = format!("the node {machine} is not running: it is joining or leaving the cluster");
            return Err(Reason::Unavailable.because(message));
        }
        let name = node.name.clone();
        if !rehearsal {
            node.cordoned = true;
            node.drain = Drain::Draining;
            self.after(DRAIN, Event::NodeDrained { cluster: cluster_id.to_owned(), machine: machine.to_owned() });
        }
        Ok(self.control_plane().evict(cluster_id, &name, rehearsal))
    }

    /// Gives a machine back: to the account if it is kept or paid ahead, else to the cloud.
    pub fn free_machine(&mut self, id: &str, keep: bool) {
        let Some(machine) = self.realm.machines.get_mut(id) else { return };
        if keep || machine.charge == Charge::Prepaid {
            machine.cluster = None;
        } else {
            self.destroy_machine(id);
        }
    }

    pub fn node_up(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.get_mut(machine) else { return };
        if node.state != State::Initializing {
            return;
        }
        node.state = State::Running;
        self.control_plane().node_event(cluster_id, machine, "NodeReady", "the node is ready");
        self.control_plane().settle(cluster_id);
    }

    pub fn node_gone(&mut self, cluster_id: &str, machine: &str) {
        let Some(cluster) = self.realm.clusters.get_mut(cluster_id) else { return };
        let Some(node) = cluster.nodes.remove(machine) else { return };
        self.free_machine(machine, node.leaving.unwrap_or(true));
        self.control_plane().lose_node(cluster_id, &node.name);
        self.engine.node_gone(self, cluster_id, &node);
        self.control_plane().settle(cluster_id);
    }

    pub fn node_drained(&mut self, cluster_id: &str, machine: &str) {
        let cluster = self.realm.clusters.get_mut(cluster_id);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get_mut(machine)) else { return };
        if node.drain == Drain::Draining {
            node.drain = Drain::Drained;
        }
    }
}

fn check_master(master: bool, size: Size) -> Outcome<()> {
    if master && (size.cores < SMALLEST_MASTER.cores || size.memory < SMALLEST_MASTER.memory) {
        let message = format!(
            "a master needs at least {} cores and {} GB, not {} and {}",
            SMALLEST_MASTER.cores, SMALLEST_MASTER.memory, size.cores, size.memory
        );
        return Err(Reason::Masters.because(message));
    }
    Ok(())
}

/// Nodes that are named by host name need one, which is also the name of the machine.
pub fn check_host_name(needed: bool, host_name: Option<&str>, name: Option<&str>) -> Outcome<()> {
    if !needed {
        return Ok(());
    }
    let Some(host_name) = host_name else {
        return Err(Reason::Missing.because("HostName is needed: the nodes of the cluster are named by host name"));
    };
    if host_name.chars().any(|c| c.is_uppercase()) {
        return Err(Reason::Invalid.because("HostName must not have upper case letters"));
    }
    if name.is_some_and(|name| name != host_name) {
        return Err(Reason::Invalid.because("InstanceName must be the same as HostName"));
    }
    Ok(())
}

fn rehearsed(purchase: &Purchase) -> crate::kernel::violation::Violation {
    let message = format!("the purchase of {} {} would succeed", purchase.count, purchase.machine_type());
    Reason::Rehearsed.because(message)
}
