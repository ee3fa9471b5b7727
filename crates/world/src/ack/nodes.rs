//! The servers of dedicated clusters: how they come into a cluster and leave it.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::offers::{ServerKind, node_name};
use crate::ack::tenancy::Owner;
use crate::cluster::Cluster;
use crate::cluster::existing::unusable;
use crate::cluster::nodes::{Node, NodeSettings, Role, State};
use crate::infra::machines::{Charge, Machine};
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How long a server takes to be a node.
pub const INSTALLATION: Millis = 60 * SECOND;

/// What ACK adds to a server of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AckNode {
    pub machine: String,
    pub cluster: String,
    pub pool: Option<String>,
    /// Who brought it.
    pub source: Cow<'static, str>,
    pub image: String,
    pub created: Millis,
    /// It was searched for vulnerabilities.
    pub scanned: bool,
    /// The vulnerabilities that were fixed.
    pub fixed: BTreeSet<Cow<'static, str>>,
}

/// Servers that belong together.
#[derive(Debug, Clone)]
pub struct ServerGroup {
    pub subnets: Vec<String>,
    pub kind: ServerKind,
    pub source: &'static str,
    pub pool: Option<String>,
}

/// Where a node of a dedicated cluster is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckNodePhase {
    Initial,
    Running,
    /// Its server does not run.
    Offline,
    Removing,
}

/// A node with its server and what ACK adds to it.
#[derive(Debug, Clone, Copy)]
pub struct NodeView<'a> {
    pub node: &'a Node,
    pub server: &'a Machine,
    pub worker: &'a AckNode,
}

impl NodeView<'_> {
    /// Where it is in its life.
    pub fn phase(&self) -> AckNodePhase {
        match self.node.state {
            _ if self.node.leaving.is_some() => AckNodePhase::Removing,
            State::Initializing => AckNodePhase::Initial,
            State::Running if self.node.is_ready() && self.server.running => AckNodePhase::Running,
            State::Running | State::Failed => AckNodePhase::Offline,
        }
    }
}

impl Realm {
    /// The nodes of a cluster, oldest first.
    pub fn seats<'a>(&'a self, cluster: &'a Cluster) -> impl DoubleEndedIterator<Item = NodeView<'a>> {
        cluster.nodes.iter().filter_map(|node| {
            let (server, worker) = (self.machines.get(&node.machine)?, self.ack.nodes.get(&node.machine)?);
            Some(NodeView { node, server, worker })
        })
    }
}

impl Ack<'_> {
    /// Whether a cluster has room for that many more nodes.
    pub fn check_seats(&self, cluster: &Cluster, more: usize) -> Outcome<()> {
        let limit = cluster.node_limit(self.0.quotas.ack.nodes);
        if cluster.nodes.len() + more > limit {
            return Err(Reason::NodeQuota.because(format!("the cluster {} has at most {limit} nodes", cluster.id)));
        }
        Ok(())
    }

    /// Makes servers and lets them join a cluster, from subnet to subnet; says how many there are.
    pub fn staff(
        &mut self,
        cluster_id: &str,
        team: &ServerGroup,
        count: usize,
        role: Role,
        settings: &NodeSettings,
        delay: Millis,
    ) -> Outcome<usize> {
        let network = self.0.realm.cluster(self.0.engine, cluster_id)?.network.clone();
        let kind = if role == Role::Master { "master" } else { "worker" };
        let name = format!("{kind}-k8s-for-cs-{cluster_id}");
        let mut made = 0;
        for place in 0..count {
            let order =
                (0..team.subnets.len()).filter_map(|step| team.subnets.get((place + step) % team.subnets.len()));
            let order: Vec<String> = order.cloned().collect();
            let id = order.iter().find_map(|subnet| self.make_server(&network, subnet, &name, &team.kind));
            let Some(id) = id else { break };
            self.seat(cluster_id, &id, team);
            self.join(cluster_id, &[id], role, settings, None, delay)?;
            made += 1;
        }
        Ok(made)
    }

    fn seat(&mut self, cluster_id: &str, machine: &str, team: &ServerGroup) {
        let worker = AckNode {
            machine: machine.to_owned(),
            cluster: cluster_id.to_owned(),
            pool: team.pool.clone(),
            source: team.source.into(),
            image: team.kind.image.clone(),
            created: self.0.now,
            scanned: false,
            fixed: BTreeSet::new(),
        };
        self.0.realm.ack.nodes.insert(machine, worker);
    }

    /// Makes nodes of servers that are there already. They were checked before.
    pub fn take_in(
        &mut self,
        cluster_id: &str,
        servers: &[String],
        pool: Option<&str>,
        settings: &NodeSettings,
        rename: bool,
        delay: Millis,
    ) -> Outcome<()> {
        let image = self.0.realm.cluster(self.0.engine, cluster_id)?.image.clone();
        let kind = ServerKind { image, ..ServerKind::default() };
        let team = ServerGroup { subnets: Vec::new(), kind, source: "ess_attach", pool: pool.map(str::to_owned) };
        let region = self.0.key.region.clone();
        for id in servers {
            let Some(machine) = self.0.realm.machines.get_mut(id) else { continue };
            machine.host_name = Some(node_name(&region, &machine.private_ip));
            if rename {
                machine.name = format!("worker-k8s-for-cs-{cluster_id}");
            }
            self.seat(cluster_id, id, &team);
            self.join(cluster_id, std::slice::from_ref(id), Role::Worker, settings, None, delay)?;
        }
        Ok(())
    }

    /// Attaches servers that are there already: for each what came of it.
    pub fn attach_servers(
        &mut self,
        owner: &Owner,
        cluster_id: &str,
        servers: &[String],
        settings: &NodeSettings,
        rename: bool,
    ) -> Outcome<Vec<(String, Outcome<()>)>> {
        let (cluster, _) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        if servers.is_empty() {
            return Err(Reason::Missing.because("instances must name at least one instance"));
        }
        let network = cluster.network.clone();
        let mut results: Vec<(String, Outcome<()>)> = Vec::new();
        let mut fit = Vec::new();
        for id in servers {
            let result = match self.0.realm.machines.get(id) {
                _ if fit.contains(id) => Err(Reason::Invalid.because(format!("the instance {id} is given twice"))),
                None => Err(Reason::NoMachine.because(format!("the instance {id} does not exist"))),
                Some(machine) => unusable(machine, Some(&network)).map_or(Ok(()), |why| {
                    Err(Reason::Machine.because(format!("the instance {id} cannot be attached: {why}")))
                }),
            };
            if result.is_ok() {
                fit.push(id.clone());
            }
            results.push((id.clone(), result));
        }
        self.check_seats(cluster, fit.len())?;
        self.take_in(cluster_id, &fit, None, settings, rename, INSTALLATION)?;
        self.touch_dedicated(cluster_id);
        Ok(results)
    }

    /// Takes nodes, by their names, out of a cluster; with their servers if they are to be released.
    pub fn remove_workers(
        &mut self,
        owner: &Owner,
        cluster_id: &str,
        names: &[String],
        release: bool,
        drain: bool,
    ) -> Outcome<()> {
        let (cluster, dedicated) = self.0.realm.at_work(owner, cluster_id, self.0.now)?;
        if names.is_empty() {
            return Err(Reason::Missing.because("nodes must name at least one node"));
        }
        if release && dedicated.nodes_protected {
            let message = format!("the instances of the cluster {cluster_id} are protected against deletion");
            return Err(Reason::Protected.because(message));
        }
        let mut machines: Vec<(String, String)> = Vec::new();
        for name in names {
            let seat = self.0.realm.seats(cluster).find(|seat| seat.node.name == *name);
            let seat =
                seat.ok_or_else(|| Reason::NoPart.because(format!("the cluster {cluster_id} has no node {name}")))?;
            if seat.node.role == Role::Master {
                return Err(Reason::Unsupported.because(format!("the node {name} is a master and cannot be removed")));
            }
            if seat.node.leaving.is_some() {
                return Err(Reason::Unavailable.because(format!("the node {name} is being removed already")));
            }
            if release && seat.server.charge == Charge::Prepaid {
                let message = format!("the instance of the node {name} is paid for a term and cannot be released");
                return Err(Reason::Unsupported.because(message));
            }
            if machines.iter().any(|(_, known)| known == name) {
                return Err(Reason::Invalid.because(format!("the node {name} is given twice")));
            }
            machines.push((seat.server.id.clone(), name.clone()));
        }
        for (machine, name) in machines {
            self.shrink_pool(&machine);
            // It takes no more pods from then on.
            self.leave(cluster_id, &machine, !release);
            if drain {
                self.control_plane().evict(cluster_id, &name, false);
            }
        }
        self.touch_dedicated(cluster_id);
        Ok(())
    }

    /// Follows a node that has left: it is forgotten, and perhaps its pool.
    pub fn worker_left(&mut self, cluster_id: &str, machine: &str) {
        if self.0.realm.ack.nodes.remove(machine).is_some() {
            self.forget_empty_pools(cluster_id);
        }
    }
}
