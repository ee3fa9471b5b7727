//! Nodes and their pools: servers that join a pool, nodes that move into one, locks against its becoming smaller, and
//! what a node takes over from its server.

use crate::Realm;
use crate::cce::Cce;
use crate::cce::nodes::{CceNode, CceNodePhase};
use crate::cce::pools::{NodePool, POOL_ANNOTATION};
use crate::cce::reinstall::Reinstallation;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};

/// How many nodes of a pool are where in their lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolCounts {
    pub creating: usize,
    pub active: usize,
    pub leaving: usize,
    /// Those that were installed with the present template.
    pub up_to_date: usize,
    pub locked: usize,
}

impl Realm {
    /// How many nodes of a pool are where in their lives.
    pub fn node_pool_counts(&self, pool: &NodePool, now: Millis) -> PoolCounts {
        let mut counts = PoolCounts::default();
        for member in self.cce.nodes.iter().filter(|member| member.pool.as_ref() == Some(&pool.id)) {
            match self.member_phase(member, now) {
                CceNodePhase::Building | CceNodePhase::Installing => counts.creating += 1,
                CceNodePhase::Active => counts.active += 1,
                CceNodePhase::Leaving => counts.leaving += 1,
                CceNodePhase::Abnormal | CceNodePhase::Upgrading => {}
            }
            counts.up_to_date += usize::from(member.template == pool.version);
            counts.locked += usize::from(member.locked);
        }
        counts
    }

    /// Whether a node was installed with the present template of its pool. Nothing for a node outside of pools.
    pub fn is_up_to_date(&self, member: &CceNode) -> Option<bool> {
        let pool = self.cce.pools.get(member.pool.as_ref()?)?;
        Some(member.template == pool.version)
    }
}

impl Cce<'_> {
    /// The version of the template of a pool.
    pub(super) fn template_of(&self, pool: Option<&str>) -> u64 {
        pool.and_then(|pool| self.0.realm.cce.pools.get(pool)).map_or(0, |pool| pool.version)
    }

    /// Notes that a node is installed with the present template of its pool.
    pub(super) fn meet_template(&mut self, uid: &str) {
        let pool = self.0.realm.cce.nodes.get(uid).and_then(|member| member.pool.clone());
        let version = self.template_of(pool.as_deref());
        if let Some(member) = self.0.realm.cce.nodes.get_mut(uid) {
            member.template = version;
        }
    }

    /// The pool when it is not being deleted.
    pub(super) fn staying_node_pool(&self, cluster: &str, id: &str) -> Outcome<&NodePool> {
        let pool = self.0.realm.node_pool(cluster, id)?;
        if pool.deleting {
            return Err(Reason::Unavailable.because(format!("the node pool {id} is being deleted")));
        }
        Ok(pool)
    }

    /// Sets how many nodes a pool has. With `at_once` it is refused when there is no room for them; otherwise the pool
    /// gets as many as there are.
    pub fn scale_node_pool(&mut self, cluster: &str, id: &str, wanted: usize, at_once: bool) -> Outcome<()> {
        let now = self.0.now;
        self.0.realm.available(cluster, now)?;
        let pool = self.staying_node_pool(cluster, id)?;
        let more = wanted.saturating_sub(self.0.realm.pool_size(pool, now));
        let subnet = pool.template.subnet.clone();
        self.check_pool_size(cluster, wanted)?;
        self.check_unlocked(cluster, id, wanted)?;
        if at_once && more > 0 {
            self.check_capacity(cluster, more)?;
            let subnet = self.subnet_for(cluster, subnet.as_deref())?;
            let network = self.0.realm.cluster(self.0.engine, cluster)?.network.clone();
            let free = self.0.realm.subnet(&network, &subnet)?.free();
            if free < more as u64 {
                return Err(Reason::Machine.because(format!("the subnet {subnet} has only {free} free addresses")));
            }
        }
        if let Some(pool) = self.0.realm.cce.pools.get_mut(id) {
            pool.wanted = wanted;
        }
        self.fill_pool(id);
        Ok(())
    }

    /// Whether a pool has enough nodes that are not locked to become as small as that.
    pub(super) fn check_unlocked(&self, cluster: &str, id: &str, wanted: usize) -> Outcome<()> {
        let locked = self.0.realm.staying_members(cluster, Some(id), self.0.now).filter(|member| member.locked);
        let locked = locked.count();
        if wanted < locked {
            let message = format!("{locked} nodes of the node pool {id} are locked: it cannot have {wanted}");
            return Err(Reason::Unavailable.because(message));
        }
        Ok(())
    }

    /// Locks nodes of pools, so that they stay when their pool becomes smaller, or unlocks them.
    pub fn lock_members(&mut self, cluster: &str, uids: &[String], locked: bool) -> Outcome<()> {
        self.0.realm.available(cluster, self.0.now)?;
        self.check_staying(cluster, uids)?;
        for uid in uids {
            if self.0.realm.member(cluster, uid)?.pool.is_none() {
                return Err(Reason::Invalid.because(format!("nodeList: the node {uid} is in no node pool")));
            }
        }
        for uid in uids {
            if let Some(member) = self.0.realm.cce.nodes.get_mut(uid) {
                member.locked = locked;
            }
        }
        self.touch_members(uids);
        Ok(())
    }

    /// Makes nodes of a pool of servers that exist, installed as the pool says, and returns the identifier of the job.
    pub fn accept_into_pool(&mut self, cluster: &str, id: &str, servers: &[String]) -> Outcome<String> {
        self.0.realm.available(cluster, self.0.now)?;
        let pool = self.staying_node_pool(cluster, id)?;
        let os = pool.template.os.clone();
        let os = os.map_or_else(|| Ok(self.0.realm.cluster(self.0.engine, cluster)?.os.clone()), Ok)?;
        let server = |server: &String| Reinstallation {
            id: server.clone(),
            name: None,
            os: os.clone(),
            kube_labels: pool.template.kube_labels.clone(),
            order: pool.template.order.clone(),
        };
        let servers: Vec<Reinstallation> = servers.iter().map(server).collect();
        let size = pool.wanted + servers.len();
        self.check_pool_size(cluster, size)?;
        let job = self.accept_servers(cluster, &servers, Some(id))?;
        if let Some(pool) = self.0.realm.cce.pools.get_mut(id) {
            pool.wanted = size;
        }
        Ok(job)
    }

    /// Moves nodes from outside of all pools into a pool. They get its labels and are not installed anew.
    pub fn move_into_pool(&mut self, cluster: &str, id: &str, uids: &[String]) -> Outcome<()> {
        self.0.realm.available(cluster, self.0.now)?;
        self.staying_node_pool(cluster, id)?;
        self.check_staying(cluster, uids)?;
        for uid in uids {
            if let Some(pool) = &self.0.realm.member(cluster, uid)?.pool {
                let message = format!("nodeList: the node {uid} is in the node pool {pool} already");
                return Err(Reason::Invalid.because(message));
            }
        }
        let Some(pool) = self.0.realm.cce.pools.get_mut(id) else { return Ok(()) };
        pool.wanted += uids.len();
        let (labels, version) = (pool.template.kube_labels.clone(), pool.version);
        for uid in uids {
            let Some(member) = self.0.realm.cce.nodes.get_mut(uid) else { continue };
            (member.pool, member.template) = (Some(id.to_owned()), version);
            member.annotations.insert(POOL_ANNOTATION.to_owned(), id.to_owned());
            let machine = member.machine.clone();
            let node = self.0.realm.clusters.get_mut(cluster).and_then(|cluster| cluster.nodes.get_mut(&machine));
            if let Some(node) = node {
                node.labels.extend(labels.clone());
            }
        }
        self.touch_members(uids);
        Ok(())
    }

    /// Gives nodes what their servers have by now: names and addresses. Without identifiers those of all nodes.
    pub fn sync_members(&mut self, cluster: &str, uid: Option<&str>) -> Outcome<()> {
        self.0.realm.available(cluster, self.0.now)?;
        let uids: Vec<String> = match uid {
            Some(uid) => vec![self.0.realm.member(cluster, uid)?.uid.clone()],
            None => self.0.realm.members_of(cluster).map(|member| member.uid.clone()).collect(),
        };
        for uid in &uids {
            let Some(member) = self.0.realm.cce.nodes.get_mut(uid) else { continue };
            let Some(server) = self.0.realm.machines.get(&member.machine) else { continue };
            member.name.clone_from(&server.name);
            let node =
                self.0.realm.clusters.get_mut(cluster).and_then(|cluster| cluster.nodes.get_mut(&member.machine));
            if let Some(node) = node {
                node.machine_name.clone_from(&server.name);
                node.public_ip.clone_from(&server.public_ip);
            }
        }
        self.touch_members(&uids);
        Ok(())
    }
}
