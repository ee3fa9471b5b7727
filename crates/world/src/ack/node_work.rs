//! What can be done with the nodes of a pool: take servers in, take nodes out, upgrade, configure, repair.

use crate::ack::Ack;
use crate::ack::nodes::{INSTALLATION, NodeView};
use crate::ack::rolling::{NodeWork, Rolling, RollingPolicy};
use crate::ack::tasks::NewTask;
use crate::ack::tenancy::Owner;
use crate::infra::machines::Charge;
use crate::kernel::violation::{Outcome, Reason};
use serde_json::{Map, Value};

/// The runtimes of nodes, and their versions.
pub const RUNTIMES: [(&str, &str); 2] = [("docker", "19.03.15"), ("containerd", "1.4.8")];
/// The images of nodes.
pub const IMAGES: [&str; 2] = ["aliyun_2_1903_x64_20G_alibase_20200904.vhd", "centos_7_7_x64_20G_alibase_20200426.vhd"];

/// What the nodes of a pool are upgraded to.
#[derive(Debug, Clone, Default)]
pub struct PoolUpgrade {
    pub release: Option<String>,
    pub image: Option<String>,
    pub runtime: Option<String>,
    pub runtime_version: Option<String>,
    /// The system disks of the nodes are replaced.
    pub replace: bool,
    /// The nodes by name; all if none are named.
    pub nodes: Vec<String>,
    pub policy: RollingPolicy,
}

impl Ack<'_> {
    /// The servers of the nodes of a pool that stay: all, or those of the named nodes.
    pub(super) fn servers_of(&self, cluster: &str, pool: &str, names: &[String]) -> Outcome<Vec<String>> {
        let Some(there) = self.0.realm.clusters.get(cluster) else { return Ok(Vec::new()) };
        let of_pool = |seat: &NodeView<'_>| seat.worker.pool.as_deref() == Some(pool) && seat.node.leaving.is_none();
        let seats: Vec<NodeView<'_>> = self.0.realm.seats(there).filter(of_pool).collect();
        if names.is_empty() {
            return Ok(seats.iter().map(|seat| seat.server.id.clone()).collect());
        }
        let mut servers = Vec::new();
        for name in names {
            let seat = seats.iter().find(|seat| seat.node.name == *name || seat.server.id == *name);
            let seat = seat.ok_or_else(|| {
                Reason::Invalid.because(format!("the node pool {pool} has no node {name}, or it is being removed"))
            })?;
            if servers.contains(&seat.server.id) {
                return Err(Reason::Invalid.because(format!("the node {name} is given twice")));
            }
            servers.push(seat.server.id.clone());
        }
        Ok(servers)
    }

    /// The servers of the nodes of a pool that can be worked on now.
    fn free_servers(&self, owner: &Owner, cluster: &str, pool: &str, names: &[String]) -> Outcome<Vec<String>> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        self.staying_pool(cluster, pool)?;
        if self.0.realm.works_on_pool(pool) {
            return Err(Reason::Unavailable.because(format!("a task on nodes of the node pool {pool} is not over")));
        }
        let servers = self.servers_of(cluster, pool, names)?;
        if servers.is_empty() {
            return Err(Reason::Invalid.because(format!("the node pool {pool} has no nodes")));
        }
        Ok(servers)
    }

    /// Starts the upgrade of the nodes of a pool, and returns the identifier of the task.
    pub fn upgrade_pool(&mut self, owner: &Owner, cluster: &str, pool: &str, new: PoolUpgrade) -> Outcome<String> {
        let (_, dedicated) = self.0.realm.at_work(owner, cluster, self.0.now)?;
        if let Some(release) = new.release.as_ref().filter(|release| **release != dedicated.release) {
            let message =
                format!("kubernetes_version is {}, the version of the cluster, not {release}", dedicated.release);
            return Err(Reason::Invalid.because(message));
        }
        if let Some(image) = new.image.as_ref().filter(|image| !IMAGES.contains(&image.as_str())) {
            return Err(Reason::Invalid.because(format!("image_id is one of {}, not {image}", IMAGES.join(", "))));
        }
        check_runtime(new.runtime.as_deref(), new.runtime_version.as_deref())?;
        if new.release.is_none() && new.image.is_none() && new.runtime.is_none() {
            let message = "kubernetes_version, image_id or runtime_type must be given: what the nodes are upgraded to";
            return Err(Reason::Missing.because(message));
        }
        let servers = self.free_servers(owner, cluster, pool, &new.nodes)?;
        if let Some(pool) = self.0.realm.ack.pools.get_mut(pool) {
            pool.updated = self.0.now;
            if let Some(image) = &new.image {
                pool.server.image.clone_from(image);
            }
            let runtime = [("runtime", new.runtime), ("runtime_version", new.runtime_version)];
            let runtime = runtime.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
            pool.parts.kubernetes.extend(runtime);
        }
        let work = NodeWork::Upgrade { release: new.release.is_some(), image: new.image, replace: new.replace };
        let rolling = Rolling::new(work, &servers, new.policy);
        Ok(self.start_rolling(owner, "nodepool_upgrade", cluster, pool, rolling))
    }

    /// Changes the settings of the nodes of a pool, and returns the identifier of the task.
    pub fn configure_pool(
        &mut self,
        owner: &Owner,
        cluster: &str,
        pool: &str,
        settings: Map<String, Value>,
        nodes: &[String],
        policy: RollingPolicy,
    ) -> Outcome<String> {
        if settings.is_empty() {
            return Err(Reason::Missing.because("kubelet_config, os_config or containerd_config must be given"));
        }
        let servers = self.free_servers(owner, cluster, pool, nodes)?;
        if let Some(pool) = self.0.realm.ack.pools.get_mut(pool) {
            pool.updated = self.0.now;
            for (name, value) in settings {
                match (pool.parts.nodes.get_mut(&name), value) {
                    (Some(Value::Object(there)), Value::Object(new)) => there.extend(new),
                    (_, value) => drop(pool.parts.nodes.insert(name, value)),
                }
            }
        }
        let rolling = Rolling::new(NodeWork::Configure, &servers, policy);
        Ok(self.start_rolling(owner, "nodepool_node_config_update", cluster, pool, rolling))
    }

    /// Starts the repair of nodes of a pool, and returns the identifier of the task.
    pub fn repair_pool(
        &mut self,
        owner: &Owner,
        cluster: &str,
        pool: &str,
        nodes: &[String],
        restart: bool,
    ) -> Outcome<String> {
        let servers = self.free_servers(owner, cluster, pool, nodes)?;
        let rolling = Rolling::new(NodeWork::Repair { restart }, &servers, RollingPolicy::default());
        Ok(self.start_rolling(owner, "nodepool_repair", cluster, pool, rolling))
    }

    /// Starts to take nodes out of a pool, all at once or one after the other, and returns the identifier of the task.
    pub fn remove_from_pool(
        &mut self,
        owner: &Owner,
        cluster: &str,
        pool: &str,
        nodes: &[String],
        work: NodeWork,
        at_once: bool,
    ) -> Outcome<String> {
        let (_, dedicated) = self.0.realm.at_work(owner, cluster, self.0.now)?;
        let releases = matches!(work, NodeWork::Remove { release: true, .. });
        if releases && dedicated.nodes_protected {
            let message = format!("the instances of the cluster {cluster} are protected against deletion");
            return Err(Reason::Protected.because(message));
        }
        if nodes.is_empty() {
            return Err(Reason::Missing.because("instance_ids must name at least one instance"));
        }
        let servers = self.free_servers(owner, cluster, pool, nodes)?;
        let prepaid = |id: &&String| self.0.realm.machines.get(id).is_some_and(|m| m.charge == Charge::Prepaid);
        if let Some(server) = servers.iter().find(|id| releases && prepaid(id)) {
            let message = format!("the instance {server} is paid for a term and cannot be released");
            return Err(Reason::Unsupported.because(message));
        }
        let at_once = if at_once { servers.len() } else { 1 };
        let rolling = Rolling::new(work, &servers, RollingPolicy { at_once, ..RollingPolicy::default() });
        Ok(self.start_rolling(owner, "nodepool_remove_nodes", cluster, pool, rolling))
    }

    /// Makes nodes of a pool of servers that exist, all or none, and returns the identifier of the task.
    pub fn attach_to_pool(
        &mut self,
        owner: &Owner,
        cluster: &str,
        pool: &str,
        servers: &[String],
        rename: bool,
    ) -> Outcome<String> {
        let (there, _) = self.0.realm.at_work(owner, cluster, self.0.now)?;
        let settings = self.staying_pool(cluster, pool)?.settings.clone();
        if servers.is_empty() {
            return Err(Reason::Missing.because("instances must name at least one instance"));
        }
        for (place, server) in servers.iter().enumerate() {
            if servers.iter().take(place).any(|other| other == server) {
                return Err(Reason::Invalid.because(format!("the instance {server} is given twice")));
            }
            self.check_existing(server, &there.network)?;
        }
        self.check_seats(there, servers.len())?;
        self.take_in(cluster, servers, Some(pool), &settings, rename, INSTALLATION)?;
        if let Some(pool) = self.0.realm.ack.pools.get_mut(pool) {
            pool.wanted += servers.len();
            pool.updated = self.0.now;
        }
        self.touch_dedicated(cluster);
        Ok(self.add_task(NewTask::of_pool(owner, "nodepool_attach_nodes", cluster, pool).taking(INSTALLATION)))
    }

    /// Lets pools take over what their scaling groups have by now: how many nodes, and no failures of before.
    pub fn sync_pools(&mut self, owner: &Owner, cluster: &str) -> Outcome<()> {
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        let now = self.0.now;
        let pools: Vec<String> = self.0.realm.worker_pools_of(cluster).map(|pool| pool.id.clone()).collect();
        for id in pools {
            let there = self.servers_of(cluster, &id, &[])?.len();
            if let Some(pool) = self.0.realm.ack.pools.get_mut(&id) {
                pool.wanted = there;
                pool.failed.retain(|at| *at > now);
                pool.updated = now;
            }
        }
        Ok(())
    }
}

fn check_runtime(runtime: Option<&str>, version: Option<&str>) -> Outcome<()> {
    let offered = RUNTIMES.map(|(name, version)| format!("{name} {version}")).join(", ");
    let unknown = |given: &str| Reason::Invalid.because(format!("the runtimes are {offered}, not {given}"));
    let Some(name) = runtime else {
        let orphan = version.map(|_| Reason::Missing.because("runtime_version needs its runtime_type"));
        return orphan.map_or(Ok(()), Err);
    };
    let (_, newest) = RUNTIMES.iter().find(|(known, _)| *known == name).ok_or_else(|| unknown(name))?;
    match version {
        Some(version) if version != *newest => Err(unknown(&format!("{name} {version}"))),
        _ => Ok(()),
    }
}
