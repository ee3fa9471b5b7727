//! The size of native node pools: which machines come, where, and which go.

use super::machines::{MachineState, NativeMachine};
use super::pools::PoolLife;
use super::spec::{MachineKind, NativeSpec, RemovalPolicy, host_prefix};
use super::{CONTAINERD, Event, OS};
use crate::cluster::Cluster;
use crate::cluster::nodes::{NodeSettings, Role};
use crate::infra::machines::{Charge, Purchase};
use crate::kernel::failures::{FAILURE, FailurePoint};
use crate::kernel::ids::hash;
use crate::kernel::{MINUTE, Millis, SECOND};
use crate::kubernetes::suffix;
use crate::tke::Tke;
use crate::tke::autoscaler::KEEP;
use std::collections::BTreeMap;

/// How long a machine takes to become a node.
const LAUNCH: Millis = MINUTE;
/// How long a pool waits before it tries again to get machines, at first and at most.
const RETRY: Millis = 30 * SECOND;
const LONGEST_RETRY: Millis = 60 * MINUTE;

impl Tke<'_> {
    /// Brings a pool to the size that it should have.
    pub fn fill_native(&mut self, cluster_id: &str, id: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let Ok(pool) = cluster.native_pool(id) else { return };
        if pool.state != PoolLife::Running {
            return;
        }
        let difference = pool.spec.replicas - cluster.native_members(id).count() as i64;
        if difference > 0 {
            let complete = self.grow_native(cluster_id, id, difference) == difference;
            self.retry_native(cluster_id, id, complete);
        } else if pool.spec.charge != Charge::Prepaid {
            // Machines that are paid ahead go only when they are named (002:9215-9221).
            for name in cluster.victims(id, difference.unsigned_abs() as usize) {
                self.let_go(cluster_id, &name);
            }
        }
    }

    /// Plans another attempt if a pool could not get all the machines that it should have.
    fn retry_native(&mut self, cluster_id: &str, id: &str, complete: bool) {
        let Some(pool) = self.native_mut(cluster_id).and_then(|native| native.pools.get_mut(id)) else { return };
        pool.failures = if complete { 0 } else { pool.failures + 1 };
        if !complete {
            let delay = (RETRY << (pool.failures - 1).min(16)).min(LONGEST_RETRY);
            self.after_native(delay, cluster_id, Event::PoolRetry { pool: id.to_owned() });
        }
    }

    /// Gets machines for a pool: those that it has shut down first, then new ones. Says how many come.
    pub fn grow_native(&mut self, cluster_id: &str, id: &str, count: i64) -> i64 {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return 0 };
        let resting = cluster.tke().native.machines.iter();
        let resting =
            resting.filter(|machine| machine.pool == id && machine.idle && machine.state == MachineState::Stopped);
        let names: Vec<String> = resting.map(|machine| machine.name.clone()).take(count.max(0) as usize).collect();
        let mut grown = 0;
        for name in names {
            self.start_native(cluster_id, &name);
            grown += 1;
        }
        while grown < count && self.make_native(cluster_id, id).is_some() {
            grown += 1;
        }
        grown
    }

    /// Makes one machine of a pool a node to be.
    fn make_native(&mut self, cluster_id: &str, id: &str) -> Option<()> {
        let cluster = self.0.realm.clusters.get(cluster_id)?;
        let pool = cluster.native_pool(id).ok()?.clone();
        self.check_room(cluster, 1).ok()?;
        let (subnet, instance_type) = self.seat(cluster, id)?;
        let (spec, network, named) = (pool.spec, cluster.network.clone(), cluster.host_names);
        let name = format!("{id}-{}", suffix(self.0.ids));
        let display = format!("tke-{id}-worker");
        let host_name = spec.host_name.as_ref().filter(|_| named);
        let host_name = host_name.map(|pattern| format!("{}.{id}.{}", host_prefix(pattern), pool.made));
        let purchase = Purchase {
            count: 1,
            instance_type: Some(instance_type.clone()),
            network,
            subnet,
            charge: spec.charge,
            security_groups: spec.security_groups.clone(),
            public_address: spec.internet.is_some(),
            ..Purchase::default()
        };
        let os = spec.image.clone().unwrap_or_else(|| OS.to_owned());
        if !self.make_machine(&name, display, host_name, &purchase, None, &os).ok()? {
            return None;
        }
        if let Some(machine) = self.0.realm.machines.get_mut(&name) {
            machine.managed = true;
        }
        let machine = self.planned_machine(&name, id, &spec, &instance_type);
        let native = self.native_mut(cluster_id)?;
        native.machines.insert(name.clone(), machine);
        native.pools.get_mut(id)?.made += 1;
        self.set_charge(cluster_id, &name, spec.charge, spec.term);
        if let Some(reason) = self.planned_failure(FailurePoint::NodeCreation) {
            self.after_native(FAILURE, cluster_id, Event::Failed { machine: name.clone(), reason });
        }
        let mut labels = pool.meta.labels.clone();
        if spec.qgpu {
            labels.push(("qgpu-device-enable".to_owned(), "enable".to_owned()));
        }
        let runtime = spec.runtime_version.unwrap_or_else(|| CONTAINERD.to_owned());
        let settings = NodeSettings {
            labels,
            taints: pool.meta.taints,
            annotations: pool.meta.annotations,
            cordoned: pool.meta.cordoned,
            os: Some(os),
            runtime: Some(format!("containerd://{runtime}")),
            ..NodeSettings::default()
        };
        self.join(cluster_id, std::slice::from_ref(&name), Role::Worker, &settings, Some(id), LAUNCH).ok()?;
        Some(())
    }

    /// The machine of that name as its pool wants it.
    fn planned_machine(&mut self, name: &str, pool: &str, spec: &NativeSpec, instance_type: &str) -> NativeMachine {
        let prefix = if spec.kind == MachineKind::Cvm { "ins" } else { "eks" };
        NativeMachine {
            name: name.to_owned(),
            pool: pool.to_owned(),
            instance: self.0.ids.next(prefix),
            state: MachineState::Creating,
            created: self.0.now,
            idle: false,
            keys: spec.keys.clone(),
            password: spec.password,
            term: None,
            expires: None,
            system_disk: spec.system_disk.clone(),
            data_disks: spec.data_disks.clone(),
            internet: spec.internet.clone(),
            gpu: spec.gpus.iter().find(|(of, _)| *of == instance_type).map(|(_, gpu)| gpu.clone()),
            setup: spec.setup.clone(),
            failure: None,
        }
    }

    /// The subnet and the type of the next machine of a pool (002:10152-10198).
    ///
    /// The first subnet is preferred, or machines are spread over the zones, as the pool says; those of a pool that
    /// does not scale by itself are spread. In a zone the types are tried in their order.
    fn seat(&self, cluster: &Cluster, id: &str) -> Option<(String, String)> {
        let spec = &cluster.native_pool(id).ok()?.spec;
        let subnets = spec.subnets.iter().filter_map(|subnet| self.0.realm.subnet(&cluster.network, subnet).ok());
        let mut subnets: Vec<_> = subnets.filter(|subnet| subnet.free() > 0).collect();
        if spec.scaling.spread || !spec.autoscaling {
            let mut there: BTreeMap<&str, usize> = BTreeMap::new();
            for node in cluster.native_members(id).filter_map(|machine| cluster.nodes.get(&machine.name)) {
                *there.entry(&node.zone).or_default() += 1;
            }
            subnets.sort_by_key(|subnet| there.get(subnet.zone.as_str()).copied().unwrap_or(0));
        }
        subnets.into_iter().find_map(|subnet| {
            let kind = spec.types.iter().find(|kind| self.in_stock(&subnet.zone, kind))?;
            Some((subnet.id.clone(), kind.clone()))
        })
    }

    /// Lets a machine go that is too many: stopped and kept, or deleted, as its pool says.
    pub fn let_go(&mut self, cluster_id: &str, name: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let Ok(machine) = cluster.native_machine(name) else { return };
        let shuts_down = cluster.native_pool(&machine.pool).is_ok_and(|pool| pool.spec.scaling.shuts_down);
        if shuts_down && machine.state == MachineState::Running {
            self.rest_native(cluster_id, name);
        } else {
            self.retire(cluster_id, name, false);
        }
    }
}

impl Cluster {
    /// The machines of a pool that go when it becomes smaller by so many.
    fn victims(&self, id: &str, count: usize) -> Vec<String> {
        let Ok(pool) = self.native_pool(id) else { return Vec::new() };
        let mut members: Vec<&NativeMachine> =
            self.native_members(id).filter(|machine| !self.is_kept(&machine.name)).collect();
        match pool.spec.removal {
            RemovalPolicy::Random => members.sort_by_key(|machine| hash(&machine.name)),
            RemovalPolicy::Oldest => {}
            RemovalPolicy::Newest => members.reverse(),
        }
        members.into_iter().take(count).map(|machine| machine.name.clone()).collect()
    }

    /// Whether an annotation of the node says that nothing may scale it in.
    pub fn is_kept(&self, machine: &str) -> bool {
        let node = self.nodes.get(machine);
        node.is_some_and(|node| node.annotations.get(KEEP).map(String::as_str) == Some("true"))
    }
}
