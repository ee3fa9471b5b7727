//! Members: the servers of a hosted cluster, from their order to their end.
//!
//! This module has what CCE adds to a node. It keeps its identifier when it moves from
//! one cluster to another.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::jobs::{NewJob, Part};
use crate::cce::merge;
use crate::cce::offers::{check_processors, server_size};
use crate::cce::pools::POOL_ANNOTATION;
use crate::cce::reinstall::Reinstallation;
use crate::cluster::nodes::{NodeSettings, REMOVAL, Role, State};
use crate::infra::equipment::Equipment;
use crate::infra::machines::{Charge, Machine, Size, public_address};
use crate::kernel::failures::FailurePoint;
use crate::kernel::ids::hash;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long a server takes to come up.
const SERVER: Millis = 20 * SECOND;
/// How long a server takes to be a node once it is up.
const INSTALLATION: Millis = 40 * SECOND;
/// How long a server takes to be installed anew.
pub(super) const REINSTALLATION: Millis = MINUTE;

/// The zone that leaves the choice to the cloud.
const ANYWHERE: &str = "random";

/// What CCE adds to a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CceNode {
    pub uid: String,
    pub machine: String,
    pub cluster: String,
    pub name: String,
    /// The request that created it, returned to callers.
    pub order: Map<String, Value>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub pool: Option<String>,
    pub created: Millis,
    pub updated: Millis,
    /// It stays when its pool becomes smaller.
    pub locked: bool,
    /// The version of its pool's template that it was installed with.
    pub template: u64,
    /// From when on its server is up.
    up: Millis,
    /// The cluster it moves to when it has left.
    next: Option<String>,
}

/// Where a member is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CceNodePhase {
    Building,
    Installing,
    Active,
    /// Its server does not run.
    Abnormal,
    Upgrading,
    Leaving,
}

/// Servers that are to be.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCceNodes {
    pub count: usize,
    pub name: String,
    pub flavor: String,
    pub zone: String,
    pub os: Option<String>,
    pub subnet: Option<String>,
    pub public_address: bool,
    /// Labels in Kubernetes.
    pub kube_labels: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub order: Map<String, Value>,
    pub pool: Option<String>,
}

impl CceNode {
    fn settings(kube_labels: &BTreeMap<String, String>) -> NodeSettings {
        let labels = kube_labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        NodeSettings { labels, ..NodeSettings::default() }
    }
}

impl Realm {
    /// The member of that cluster, or why not.
    pub fn member(&self, cluster: &str, uid: &str) -> Outcome<&CceNode> {
        let member = self.cce.nodes.get(uid).filter(|member| member.cluster == cluster);
        member.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster} has no node {uid}")))
    }

    /// The member's server.
    pub fn server(&self, member: &CceNode) -> Option<&Machine> {
        self.machines.get(&member.machine)
    }

    /// Where the member is in its life.
    pub fn member_phase(&self, member: &CceNode, now: Millis) -> CceNodePhase {
        let cluster = self.clusters.get(&member.cluster);
        let Some(node) = cluster.and_then(|cluster| cluster.nodes.get(&member.machine)) else {
            return CceNodePhase::Leaving;
        };
        match node.state {
            _ if node.leaving.is_some() => CceNodePhase::Leaving,
            State::Initializing if now < member.up => CceNodePhase::Building,
            State::Initializing => CceNodePhase::Installing,
            State::Running if self.is_upgrading(member) => CceNodePhase::Upgrading,
            State::Running if node.is_ready() && self.server(member).is_some_and(|server| server.running) => {
                CceNodePhase::Active
            }
            State::Running | State::Failed => CceNodePhase::Abnormal,
        }
    }

    /// Whether the upgrade of its cluster has reached the member.
    fn is_upgrading(&self, member: &CceNode) -> bool {
        self.cce.clusters.get(&member.cluster).is_some_and(|hosted| hosted.upgrades.works_on(&member.uid))
    }

    /// The members of a cluster, oldest first.
    pub fn members_of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a CceNode> {
        self.cce.nodes.iter().filter(move |member| member.cluster == cluster)
    }

    /// A member that stays, to change.
    pub(super) fn staying(&mut self, cluster: &str, uid: &str) -> Outcome<&mut CceNode> {
        let member = self.member(cluster, uid)?;
        let node = self.clusters.get(cluster).and_then(|cluster| cluster.nodes.get(&member.machine));
        if node.is_none_or(|node| node.leaving.is_some()) {
            return Err(Reason::Unavailable.because(format!("the node {uid} is leaving the cluster already")));
        }
        let gone = || Reason::NoPart.because(format!("the cluster {cluster} has no node {uid}"));
        self.cce.nodes.get_mut(uid).ok_or_else(gone)
    }
}

impl Cce<'_> {
    /// Whether a hosted cluster has room for that many more nodes.
    pub fn check_capacity(&self, cluster_id: &str, more: usize) -> Outcome<()> {
        let (cluster, hosted) = self.0.realm.hosted(cluster_id)?;
        let limit = cluster.node_limit(hosted.plane.nodes);
        let coming = self.0.realm.cce.nodes.iter().filter(|member| member.next.as_deref() == Some(cluster_id)).count();
        if cluster.nodes.len() + coming + more > limit {
            return Err(Reason::NodeQuota.because(format!("the cluster {cluster_id} has at most {limit} nodes")));
        }
        Ok(())
    }

    /// Orders servers for a cluster and gives their identifiers and that of the job.
    pub fn order_members(&mut self, cluster_id: &str, new: NewCceNodes) -> Outcome<(Vec<String>, String)> {
        let arm = self.0.realm.available(cluster_id, self.0.now)?.0.arm;
        check_processors(new.os.as_deref(), arm)?;
        let size = server_size(&new.flavor)?;
        self.check_capacity(cluster_id, new.count)?;
        let subnet = self.subnet_for(cluster_id, new.subnet.as_deref())?;
        let network = self.0.realm.cluster(self.0.engine, cluster_id)?.network.clone();
        let free = self.0.realm.subnet(&network, &subnet)?.free();
        if free < new.count as u64 {
            return Err(Reason::Machine.because(format!("the subnet {subnet} has only {free} free addresses")));
        }
        let uids: Vec<String> = (0..new.count).map(|_| self.0.ids.uuid()).collect();
        let named = |place: usize| match new.count {
            1 => new.name.clone(),
            _ => format!("{}-{}", new.name, place + 1),
        };
        let mut parts = Vec::new();
        for (place, uid) in uids.iter().enumerate() {
            let part = Part { resource: uid.clone(), resource_name: named(place), ..Part::default() };
            parts.push(Part { kind: "CreateNodeVM", to: SERVER, ..part.clone() });
            parts.push(Part { kind: "InstallNode", from: SERVER, to: SERVER + INSTALLATION, ..part });
        }
        let job = self.start_job(NewJob {
            kind: "CreateNode",
            cluster: cluster_id.to_owned(),
            resource: uids.first().cloned().unwrap_or_default(),
            resource_name: new.name.clone(),
            parts,
        });
        if let Some(reason) = self.planned_failure(FailurePoint::NodeCreation) {
            self.fail_job(&job, crate::kernel::failures::FAILURE, &reason);
            return Ok((uids, job));
        }
        for (place, uid) in uids.iter().enumerate() {
            self.start_member(cluster_id, uid, &named(place), &subnet, size, &new)?;
        }
        Ok((uids, job))
    }

    /// The subnet for new servers: the one named, else that of the masters.
    pub fn subnet_for(&mut self, cluster_id: &str, wanted: Option<&str>) -> Outcome<String> {
        let (cluster, hosted) = self.0.realm.hosted(cluster_id)?;
        let subnet = wanted.unwrap_or(&hosted.subnet).to_owned();
        let network = cluster.network.clone();
        self.meet_network(&network, &subnet);
        self.0.realm.subnet(&network, &subnet)?;
        Ok(subnet)
    }

    fn start_member(
        &mut self,
        cluster_id: &str,
        uid: &str,
        name: &str,
        subnet: &str,
        size: Size,
        new: &NewCceNodes,
    ) -> Outcome<()> {
        let (network, os) = {
            let cluster = self.0.realm.cluster(self.0.engine, cluster_id)?;
            (cluster.network.clone(), new.os.clone().unwrap_or_else(|| cluster.os.clone()))
        };
        let address = self.take_address(&network, subnet);
        let private_ip =
            address.ok_or_else(|| Reason::Machine.because(format!("the subnet {subnet} has no free address")))?;
        let id = self.0.ids.uuid();
        let machine = Machine {
            id: id.clone(),
            name: name.to_owned(),
            host_name: None,
            network,
            subnet: subnet.to_owned(),
            zone: self.zone_for(&new.zone, uid),
            private_ip,
            public_ip: new.public_address.then(|| public_address(&id)),
            instance_type: new.flavor.clone(),
            size,
            charge: Charge::Hourly,
            os,
            security_groups: Vec::new(),
            created: self.0.now,
            running: true,
            cluster: None,
            managed: false,
            equipment: Equipment::default(),
        };
        self.0.realm.machines.insert(id.clone(), machine);
        let member = CceNode {
            uid: uid.to_owned(),
            machine: id.clone(),
            cluster: cluster_id.to_owned(),
            name: name.to_owned(),
            order: new.order.clone(),
            labels: new.labels.clone(),
            annotations: new.annotations.clone(),
            pool: new.pool.clone(),
            created: self.0.now,
            updated: self.0.now,
            up: self.0.now + SERVER,
            next: None,
            locked: false,
            template: self.template_of(new.pool.as_deref()),
        };
        self.0.realm.cce.nodes.insert(uid, member);
        let settings = CceNode::settings(&new.kube_labels);
        self.join(cluster_id, &[id], Role::Worker, &settings, None, SERVER + INSTALLATION)
    }

    /// The zone named; any of the region's when it is left to chance.
    fn zone_for(&self, wanted: &str, uid: &str) -> String {
        if wanted != ANYWHERE {
            return wanted.to_owned();
        }
        format!("{}-{}", self.0.key.region, 1 + hash(uid) % 3)
    }

    /// Makes nodes of servers that are there already.
    pub fn accept_servers(
        &mut self,
        cluster_id: &str,
        servers: &[Reinstallation],
        pool: Option<&str>,
    ) -> Outcome<String> {
        let network = self.0.realm.available(cluster_id, self.0.now)?.0.network.clone();
        for (place, server) in servers.iter().enumerate() {
            if servers[..place].iter().any(|earlier| earlier.id == server.id) {
                return Err(Reason::Invalid.because(format!("the server {} is given twice", server.id)));
            }
            self.check_existing(&server.id, &network)?;
        }
        self.check_capacity(cluster_id, servers.len())?;
        let mut uids = Vec::new();
        for server in servers {
            let uid = self.0.ids.uuid();
            let Some(machine) = self.0.realm.machines.get_mut(&server.id) else { continue };
            machine.os = server.os.clone();
            if let Some(name) = &server.name {
                machine.name = name.clone();
            }
            let member = CceNode {
                uid: uid.clone(),
                machine: server.id.clone(),
                cluster: cluster_id.to_owned(),
                name: machine.name.clone(),
                order: server.order.clone(),
                labels: BTreeMap::new(),
                annotations: pool.map(|pool| (POOL_ANNOTATION.to_owned(), pool.to_owned())).into_iter().collect(),
                pool: pool.map(str::to_owned),
                created: self.0.now,
                updated: self.0.now,
                up: self.0.now,
                next: None,
                locked: false,
                template: self.template_of(pool),
            };
            self.0.realm.cce.nodes.insert(uid.clone(), member);
            let settings = CceNode::settings(&server.kube_labels);
            let machines = [server.id.clone()];
            self.join(cluster_id, &machines, Role::Worker, &settings, None, REINSTALLATION)?;
            uids.push(uid);
        }
        Ok(self.start_work("AddNode", cluster_id, &uids, REINSTALLATION))
    }

    pub(super) fn check_staying(&mut self, cluster_id: &str, uids: &[String]) -> Outcome<()> {
        for (place, uid) in uids.iter().enumerate() {
            self.0.realm.staying(cluster_id, uid)?;
            if uids[..place].contains(uid) {
                return Err(Reason::Invalid.because(format!("the node {uid} is given twice")));
            }
        }
        Ok(())
    }

    pub(super) fn touch_members(&mut self, uids: &[String]) {
        for uid in uids {
            if let Some(member) = self.0.realm.cce.nodes.get_mut(uid) {
                member.updated = self.0.now;
            }
        }
    }

    /// A job with one part for each node.
    pub(super) fn start_work(
        &mut self,
        kind: &'static str,
        cluster_id: &str,
        uids: &[String],
        takes: Millis,
    ) -> String {
        let parts = uids.iter().map(|uid| {
            let resource_name = self.0.realm.cce.nodes.get(uid).map(|member| member.name.clone()).unwrap_or_default();
            Part { kind, resource: uid.clone(), resource_name, to: takes, ..Part::default() }
        });
        let parts: Vec<Part> = parts.collect();
        let first = parts.first().cloned().unwrap_or_default();
        let (resource, resource_name) = (first.resource, first.resource_name);
        self.start_job(NewJob { kind, cluster: cluster_id.to_owned(), resource, resource_name, parts })
    }

    /// Changes the name of a node and of its server.
    pub fn rename_member(&mut self, cluster_id: &str, uid: &str, name: &str) -> Outcome<()> {
        self.0.realm.available(cluster_id, self.0.now)?;
        let member = self.0.realm.staying(cluster_id, uid)?;
        member.name = name.to_owned();
        let id = member.machine.clone();
        if let Some(machine) = self.0.realm.machines.get_mut(&id) {
            machine.name = name.to_owned();
        }
        if let Some(node) = self.0.realm.cluster_mut(self.0.engine, cluster_id)?.nodes.get_mut(&id) {
            node.machine_name = name.to_owned();
        }
        self.touch_members(&[uid.to_owned()]);
        Ok(())
    }

    /// Deletes nodes with their servers, or only takes the nodes out of the cluster. Their pools shrink with them.
    pub fn release_members(&mut self, cluster_id: &str, uids: &[String], keep: bool) -> Outcome<String> {
        self.0.realm.available(cluster_id, self.0.now)?;
        self.check_staying(cluster_id, uids)?;
        let job = self.start_work(if keep { "RemoveNode" } else { "DeleteNode" }, cluster_id, uids, REMOVAL);
        for uid in uids {
            self.shrink_pool_of(uid);
            self.let_go(uid, keep);
        }
        self.touch_members(uids);
        Ok(job)
    }

    /// Lets a member leave; for good, unless it is to move on.
    pub fn let_go(&mut self, uid: &str, keep: bool) {
        let Some(member) = self.0.realm.cce.nodes.get(uid) else { return };
        let (cluster, machine) = (member.cluster.clone(), member.machine.clone());
        self.leave(&cluster, &machine, keep);
    }

    /// Moves nodes to another cluster of the same network.
    pub fn migrate_members(
        &mut self,
        from: &str,
        to: &str,
        uids: &[String],
        os: Option<&str>,
        changes: &Map<String, Value>,
    ) -> Outcome<String> {
        if from == to {
            return Err(Reason::Invalid.because("nodes are migrated to another cluster"));
        }
        let network = self.0.realm.available(from, self.0.now)?.0.network.clone();
        let target = self.0.realm.available(to, self.0.now)?.0;
        if target.network != network {
            let message = format!("the cluster {to} is in the network {}, the nodes in {network}", target.network);
            return Err(Reason::Invalid.because(message));
        }
        self.check_staying(from, uids)?;
        self.check_capacity(to, uids.len())?;
        let job = self.start_work("MigrateNode", from, uids, REMOVAL + REINSTALLATION);
        for uid in uids {
            self.shrink_pool_of(uid);
            let Some(member) = self.0.realm.cce.nodes.get_mut(uid) else { continue };
            (member.next, member.pool) = (Some(to.to_owned()), None);
            merge(&mut member.order, changes.clone());
            let machine = member.machine.clone();
            member.annotations.remove(POOL_ANNOTATION);
            member.locked = false;
            if let (Some(machine), Some(os)) = (self.0.realm.machines.get_mut(&machine), os) {
                machine.os = os.to_owned();
            }
            self.let_go(uid, true);
        }
        self.touch_members(uids);
        Ok(job)
    }

    /// Follows a node that has left: it moves on, or is forgotten.
    pub fn member_left(&mut self, cluster_id: &str, machine: &str) {
        let there = |member: &&CceNode| member.cluster == cluster_id && member.machine == machine;
        let Some(member) = self.0.realm.cce.nodes.iter().find(there) else { return };
        let (uid, next) = (member.uid.clone(), member.next.clone());
        let next = next.filter(|next| self.0.realm.hosted(next).is_ok() && self.0.realm.machines.contains(machine));
        let Some(next) = next else {
            self.0.realm.cce.nodes.remove(&uid);
            self.pools_follow(cluster_id);
            return;
        };
        let now = self.0.now;
        if let Some(member) = self.0.realm.cce.nodes.get_mut(&uid) {
            (member.cluster, member.next, member.up, member.updated) = (next.clone(), None, now, now);
        }
        let settings = NodeSettings::default();
        // The cluster was there a moment ago.
        let _ = self.join(&next, &[machine.to_owned()], Role::Worker, &settings, None, REINSTALLATION);
    }

    /// Makes members of nodes that came into a hosted cluster by another way.
    pub fn meet_members(&mut self, cluster_id: &str) -> Outcome<()> {
        let (cluster, _) = self.0.realm.hosted(cluster_id)?;
        let known = |id: &str| self.0.realm.cce.nodes.iter().any(|member| member.machine == id);
        let strangers: Vec<String> =
            cluster.nodes.iter().map(|node| node.machine.clone()).filter(|id| !known(id)).collect();
        for id in strangers {
            let uid = self.0.ids.uuid();
            let Some(machine) = self.0.realm.machines.get(&id) else { continue };
            let mut order = Map::new();
            order.insert("flavor".to_owned(), machine.instance_type.clone().into());
            order.insert("az".to_owned(), machine.zone.clone().into());
            order.insert("os".to_owned(), machine.os.clone().into());
            let member = CceNode {
                uid: uid.clone(),
                name: machine.name.clone(),
                machine: id,
                cluster: cluster_id.to_owned(),
                order,
                labels: BTreeMap::new(),
                annotations: BTreeMap::new(),
                pool: None,
                created: machine.created,
                updated: self.0.now,
                up: machine.created,
                next: None,
                locked: false,
                template: 0,
            };
            self.0.realm.cce.nodes.insert(uid, member);
        }
        Ok(())
    }
}
