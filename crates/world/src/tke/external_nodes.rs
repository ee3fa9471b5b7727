//! Registered nodes: machines outside of the cloud that join a cluster with a token.

use crate::World;
use crate::cluster::endpoints::Door;
use crate::cluster::nodes::{Drain, Node, NodeSettings, Role, State};
use crate::cluster::{self, Cluster, PodNetwork};
use crate::infra::machines::{Charge, Machine, Size};
use crate::kernel::ids::hexadecimal;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::kubernetes::names::is_dns_subdomain;
use crate::kubernetes::scheduler::Taint;
use crate::kubernetes::virtual_nodes::PoolState;
use crate::tke::node_pools::{check_new_name, runtime};
use crate::tke::{ENGINE, Event, Tke};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How long it takes until a cluster can take registered nodes.
const ENABLING: Millis = 30 * SECOND;
/// How long it takes to create or delete a pool, and to change one.
const CREATION: Millis = 10 * SECOND;
const UPDATING: Millis = 5 * SECOND;
/// How long a machine takes to become a node.
const JOINING: Millis = 30 * SECOND;
/// How long a script for joining can be used.
const SCRIPT_LIFE: Millis = 60 * MINUTE;
/// The oldest version of Kubernetes with registered nodes.
const OLDEST_MINOR: u32 = 18;
/// The systems that registered nodes can have.
const SYSTEMS: [&str; 2] = ["TencentOS Server 3.1", "TencentOS Server 2.4 (TK4)"];
/// The label of the kind of a node, and its value on registered nodes.
const KIND_LABEL: (&str, &str) = ("node.kubernetes.io/instance-type", "external");

/// What a cluster has of registered nodes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    pub support: Option<Support>,
    pub pools: Table<ExternalPool>,
    scripts: BTreeMap<String, Script>,
}

/// The ability of a cluster to take registered nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    pub subnet: String,
    /// The address through which registered nodes reach the cloud.
    pub proxy: String,
    pub started: Millis,
    /// When it was ready.
    pub done: Option<Millis>,
}

/// A pool of registered nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalPool {
    pub id: String,
    pub name: String,
    pub state: PoolState,
    pub runtime: (String, String),
    pub settings: NodeSettings,
    pub protected: bool,
    pub gpu: bool,
    pub created: Millis,
    /// The settings that nodes still have while a change of them is under way.
    replaced: Option<NodeSettings>,
}

/// What a pool of registered nodes is to be.
#[derive(Debug, Clone, Default)]
pub struct NewExternalPool {
    pub name: String,
    pub runtime: String,
    pub runtime_version: String,
    pub settings: NodeSettings,
    pub protected: bool,
    pub gpu: bool,
}

/// How a pool of registered nodes is to change.
#[derive(Debug, Clone, Default)]
pub struct ExternalPoolChange {
    pub name: Option<String>,
    pub labels: Option<Vec<(String, String)>>,
    pub taints: Option<Vec<Taint>>,
    pub protected: Option<bool>,
    pub script: Option<Value>,
}

/// A script with which machines join a pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    pool: String,
    name: Option<String>,
    expires: Millis,
}

/// A machine outside of the cloud.
#[derive(Debug, Clone)]
pub struct ExternalMachine {
    pub host_name: String,
    pub address: String,
    pub size: Size,
    pub os: String,
    pub gpus: u32,
}

impl ExternalMachine {
    /// A machine of 4 cores and 8 GB with a system that registered nodes can have.
    pub fn new(host_name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            host_name: host_name.into(),
            address: address.into(),
            size: Size { cores: 4, memory: 8 },
            os: SYSTEMS[0].to_owned(),
            gpus: 0,
        }
    }
}

impl World {
    /// Runs the script that has that token on a machine outside of the cloud, and gives the name of the node.
    pub fn join_external(&mut self, token: &str, machine: &ExternalMachine) -> Outcome<String> {
        let holds = |cluster: &Cluster| cluster.tke().external.scripts.contains_key(token);
        let mut realms =
            self.realms.iter().filter(|(key, _)| key.vendor == crate::kernel::engine::Engine::vendor(&ENGINE));
        let found = realms.find_map(|(key, realm)| {
            let cluster = realm.clusters.iter().find(|cluster| holds(cluster))?;
            Some((key.account.clone(), key.region.clone(), cluster.id.clone()))
        });
        let (account, region, cluster) =
            found.ok_or_else(|| Reason::NoPart.because("there is no script with that token"))?;
        self.tke(&account, &region).join_external(&cluster, token, machine)
    }
}

impl Cluster {
    /// The pool of registered nodes, or why not.
    pub fn external_pool(&self, id: &str) -> Outcome<&ExternalPool> {
        self.tke().external.pools.get(id).ok_or_else(|| no_pool(&self.id, id))
    }

    /// The registered nodes, of that pool if one is given.
    pub fn external_nodes<'a>(&'a self, pool: Option<&'a str>) -> impl Iterator<Item = &'a Node> {
        self.nodes
            .iter()
            .filter(move |node| node.external_pool.as_deref().is_some_and(|own| pool.is_none_or(|pool| pool == own)))
    }

    /// Whether the cluster takes registered nodes: with an overlay network always.
    pub fn takes_external_nodes(&self) -> bool {
        let support = self.tke().external.support.as_ref();
        self.pod_network == PodNetwork::Overlay || support.is_some_and(|support| support.done.is_some())
    }

    /// Where registered nodes reach the API server.
    pub fn external_master(&self) -> String {
        self.door(Some(Door::Private)).unwrap_or_else(|_| self.master_address())
    }

    fn external_pool_mut(&mut self, id: &str) -> Outcome<&mut ExternalPool> {
        let cluster = self.id.clone();
        self.tke_mut().external.pools.get_mut(id).ok_or_else(|| no_pool(&cluster, id))
    }
}

/// Whether the text can name a node of Kubernetes.
fn check_node_name(name: &str) -> Outcome<()> {
    if is_dns_subdomain(name) {
        return Ok(());
    }
    Err(Reason::Invalid.because("the name of a node has lower case letters, digits, hyphens and dots"))
}

fn no_pool(cluster: &str, id: &str) -> Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no pool {id} of registered nodes"))
}

impl Tke<'_> {
    /// Lets a cluster take registered nodes, which reach the cloud through an address of the subnet.
    pub fn enable_external_nodes(&mut self, cluster_id: &str, network: &str, subnet: &str) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if cluster.pod_network == PodNetwork::Overlay || cluster.tke().external.support.is_some() {
            return Err(Reason::InUse.because(format!("the cluster {cluster_id} takes registered nodes already")));
        }
        if network != "HostNetwork" {
            let message = format!("pods of registered nodes use HostNetwork in this cluster, not {network}");
            return Err(Reason::Unsupported.because(message));
        }
        let minor = cluster.version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        if minor.is_none_or(|minor| minor < OLDEST_MINOR) {
            let message =
                format!("registered nodes need Kubernetes 1.{OLDEST_MINOR} or newer, not {}", cluster.version);
            return Err(Reason::Invalid.because(message));
        }
        let in_cloud = |node: &Node| node.external_pool.is_none() && node.state == State::Running;
        if !cluster.nodes.iter().any(in_cloud) {
            return Err(Reason::Invalid.because("the cluster needs at least one node in the cloud"));
        }
        let network = cluster.network.clone();
        self.0.realm.subnet(&network, subnet)?;
        let proxy = self.take_address(&network, subnet);
        let proxy =
            proxy.ok_or_else(|| Reason::NoSubnet.because(format!("the subnet {subnet} has no free address")))?;
        let support = Support { subnet: subnet.to_owned(), proxy, started: self.0.now, done: None };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().external.support = Some(support);
        self.after(ENABLING, Event::ExternalReady { cluster: cluster_id.to_owned() });
        Ok(())
    }

    pub fn external_ready(&mut self, cluster_id: &str) {
        let now = self.0.now;
        let cluster = self.0.realm.clusters.get_mut(cluster_id);
        if let Some(support) = cluster.and_then(|cluster| cluster.tke_mut().external.support.as_mut()) {
            support.done = Some(now);
        }
    }

    /// Creates a pool of registered nodes.
    pub fn create_external_pool(&mut self, cluster_id: &str, new: NewExternalPool) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if !cluster.takes_external_nodes() {
            let message = format!("the cluster {cluster_id} takes no registered nodes: enable them first");
            return Err(Reason::Unavailable.because(message));
        }
        check_new_name(&new.name)?;
        let runtime = runtime(cluster, Some(new.runtime), Some(new.runtime_version))?;
        new.settings.check()?;
        let id = self.0.ids.next("np");
        let settings = NodeSettings { runtime: Some(runtime.0.clone()), ..new.settings };
        let pool = ExternalPool {
            id: id.clone(),
            name: new.name,
            state: PoolState::Creating,
            runtime,
            settings,
            protected: new.protected,
            gpu: new.gpu,
            created: self.0.now,
            replaced: None,
        };
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().external.pools.insert(id.clone(), pool);
        self.after(CREATION, Event::ExternalPoolSettled { cluster: cluster_id.to_owned(), pool: id.clone() });
        Ok(id)
    }

    /// Changes a pool of registered nodes.
    pub fn change_external_pool(&mut self, cluster_id: &str, id: &str, change: ExternalPoolChange) -> Outcome<()> {
        let pool = self.0.realm.running_cluster(self.0.engine, cluster_id)?.external_pool(id)?;
        if pool.state != PoolState::Normal {
            return Err(Reason::InUse.because(format!("the pool {id} of registered nodes is being worked on")));
        }
        if let Some(name) = &change.name {
            check_new_name(name)?;
        }
        let before = pool.settings.clone();
        let mut settings = NodeSettings {
            labels: change.labels.unwrap_or_else(|| before.labels.clone()),
            taints: change.taints.unwrap_or_else(|| before.taints.clone()),
            ..before.clone()
        };
        settings.check()?;
        settings.given.extend(change.script.map(|script| ("UserScript".to_owned(), script)));
        let pool = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.external_pool_mut(id)?;
        pool.state = PoolState::Updating;
        pool.name = change.name.unwrap_or_else(|| pool.name.clone());
        pool.protected = change.protected.unwrap_or(pool.protected);
        (pool.settings, pool.replaced) = (settings, Some(before));
        self.after(UPDATING, Event::ExternalPoolSettled { cluster: cluster_id.to_owned(), pool: id.to_owned() });
        Ok(())
    }

    pub fn external_pool_settled(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let members: Vec<String> = cluster.external_nodes(Some(id)).map(|node| node.machine.clone()).collect();
        let Ok(pool) = cluster.external_pool_mut(id) else { return };
        if pool.state == PoolState::Deleting {
            return;
        }
        pool.state = PoolState::Normal;
        let (before, now) = (pool.replaced.take(), pool.settings.clone());
        if let Some(before) = before {
            self.replace_settings(cluster_id, &members, &before, &now);
        }
    }

    /// Deletes pools with their nodes; pods on them are in the way unless it is forced.
    pub fn delete_external_pools(&mut self, cluster_id: &str, ids: &[String], force: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if ids.is_empty() {
            return Err(Reason::Invalid.because("NodePoolIds must name at least one pool"));
        }
        for id in ids {
            if cluster.external_pool(id)?.protected {
                return Err(Reason::Protected.because(format!("the pool {id} is protected against deletion")));
            }
            if let Some(node) = cluster.external_nodes(Some(id)).find(|node| !force && cluster.has_pods(&node.name)) {
                return Err(Reason::InUse.because(format!("pods run on the node {} of the pool: set Force", node.name)));
            }
        }
        for id in ids {
            let cluster = self.0.realm.cluster_mut(self.0.engine, cluster_id)?;
            let nodes: Vec<String> = cluster.external_nodes(Some(id)).map(|node| node.machine.clone()).collect();
            let external = &mut cluster.tke_mut().external;
            external.scripts.retain(|_, script| script.pool != *id);
            if let Some(pool) = external.pools.get_mut(id) {
                pool.state = PoolState::Deleting;
            }
            for node in nodes {
                self.leave(cluster_id, &node, true);
            }
            self.after(CREATION, Event::ExternalPoolGone { cluster: cluster_id.to_owned(), pool: id.clone() });
        }
        Ok(())
    }

    pub fn external_pool_gone(&mut self, cluster_id: &str, id: &str) {
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
            cluster.tke_mut().external.pools.remove(id);
        }
    }

    /// Makes a script for joining a pool, and gives its token.
    pub fn external_script(&mut self, cluster_id: &str, pool: &str, name: Option<&str>) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if cluster.external_pool(pool)?.state == PoolState::Deleting {
            return Err(Reason::NoPart.because(format!("the pool {pool} is being deleted")));
        }
        name.map_or(Ok(()), check_node_name)?;
        let (now, most) = (self.0.now, self.0.quotas.tke.nodes);
        if cluster.nodes.len() >= most {
            return Err(Reason::NodeQuota.because(format!("the cluster {cluster_id} can have at most {most} nodes")));
        }
        let token = hexadecimal(&format!("script of {pool} for {} at {now}", name.unwrap_or_default()), 32);
        let script = Script { pool: pool.to_owned(), name: name.map(str::to_owned), expires: now + SCRIPT_LIFE };
        let external = &mut self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().external;
        external.scripts.retain(|_, script| script.expires > now);
        external.scripts.insert(token.clone(), script);
        Ok(token)
    }

    /// Makes a machine outside of the cloud a node, and gives the name of the node.
    fn join_external(&mut self, cluster_id: &str, token: &str, machine: &ExternalMachine) -> Outcome<String> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let script = cluster.tke().external.scripts.get(token).filter(|script| script.expires > self.0.now);
        let script = script.ok_or_else(|| Reason::Unavailable.because("the script is older than an hour"))?;
        let pool = cluster.external_pool(&script.pool)?;
        if !SYSTEMS.contains(&machine.os.as_str()) {
            let message = format!("a registered node has {}, not {}", SYSTEMS.join(" or "), machine.os);
            return Err(Reason::NoImage.because(message));
        }
        if pool.gpu != (machine.gpus > 0) {
            return Err(Reason::Invalid.because("machines with and without GPUs are in different pools"));
        }
        let name = script.name.clone().unwrap_or_else(|| machine.host_name.clone());
        check_node_name(&name)?;
        if !machine.size.is_possible() {
            return Err(Reason::Invalid.because("a machine has at least one core and 1 GB"));
        }
        if cluster.nodes.iter().any(|node| node.name == name || node.ip == machine.address) {
            return Err(Reason::InUse.because(format!("the cluster has a node {name} or one at that address already")));
        }
        let mut node =
            Node::joining(&self.as_machine(&name, machine), name.clone(), Role::Worker, &pool.settings, self.0.now);
        node.external_pool = Some(pool.id.clone());
        node.labels.insert(KIND_LABEL.0.to_owned(), KIND_LABEL.1.to_owned());
        node.settings.os = Some(machine.os.clone());
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.nodes.insert(name.clone(), node);
        let event = cluster::Event::NodeUp { cluster: cluster_id.to_owned(), machine: name.clone() };
        self.after(JOINING, event);
        Ok(name)
    }

    /// A machine outside of the cloud in the terms of those in it.
    fn as_machine(&self, name: &str, machine: &ExternalMachine) -> Machine {
        Machine {
            id: name.to_owned(),
            name: machine.host_name.clone(),
            host_name: Some(machine.host_name.clone()),
            network: String::new(),
            subnet: String::new(),
            zone: self.0.key.region.clone(),
            private_ip: machine.address.clone(),
            public_ip: None,
            instance_type: KIND_LABEL.1.to_owned(),
            size: machine.size,
            charge: Charge::Hourly,
            os: machine.os.clone(),
            security_groups: Vec::new(),
            created: self.0.now,
            running: true,
            cluster: None,
            managed: true,
            equipment: crate::infra::equipment::Equipment::default(),
        }
    }

    /// Moves the pods off a registered node and lets no more come.
    pub fn drain_external_node(&mut self, cluster_id: &str, name: &str) -> Outcome<()> {
        self.find_external(cluster_id, name)?;
        self.drain_node(cluster_id, name, false).map(|_| ())
    }

    /// Cuts a registered node off the cluster, or connects it again.
    pub fn connect_external_node(&mut self, cluster_id: &str, name: &str, connected: bool) -> Outcome<()> {
        self.find_external(cluster_id, name)?;
        match connected {
            true => self.node_recovers(cluster_id, name, false),
            false => self.lose_kubelet(cluster_id, name),
        }
        Ok(())
    }

    fn find_external(&self, cluster_id: &str, name: &str) -> Outcome<&Node> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        cluster
            .nodes
            .get(name)
            .filter(|node| node.external_pool.is_some())
            .ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster_id} has no registered node {name}")))
    }

    /// Takes registered nodes out of the cluster; pods on them are in the way unless it is forced.
    pub fn delete_external_nodes(&mut self, cluster_id: &str, names: &[String], force: bool) -> Outcome<()> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if names.is_empty() {
            return Err(Reason::Invalid.because("Names must name at least one registered node"));
        }
        for name in names {
            self.find_external(cluster_id, name)?;
            if !force && cluster.has_pods(name) {
                return Err(Reason::InUse.because(format!("pods run on the registered node {name}: set Force")));
            }
        }
        for name in names {
            self.leave(cluster_id, name, true);
        }
        Ok(())
    }
}

/// What a registered node is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalStatus {
    Running,
    Failed,
    Terminating,
    Draining,
}

impl ExternalStatus {
    /// The status of a registered node.
    pub fn of(node: &Node) -> Self {
        match node.drain {
            _ if node.leaving.is_some() => Self::Terminating,
            Drain::Draining => Self::Draining,
            _ if node.is_ready() => Self::Running,
            _ => Self::Failed,
        }
    }
}
