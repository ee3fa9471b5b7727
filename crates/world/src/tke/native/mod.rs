//! Native nodes: machines that TKE itself runs, always in pools.

mod fill;
mod health;
mod kernel_args;
mod machines;
mod offers;
mod pools;
mod spec;

pub use health::{Action, HealthPolicy, ITEMS, Item, Rule, item};
pub use machines::{MachineChange, MachineState, NativeMachine};
pub use offers::{Driver, GPU_DRIVERS, drivers, is_gpu};
pub use pools::{Meta, NativePool, NewPool, PoolChange, PoolLife};
use serde::{Deserialize, Serialize};
pub use spec::{
    Amount, Disk, DiskKind, Gpu, Internet, InternetCharge, MachineKind, NativeSpec, RemovalPolicy, Renewal, Scaling,
    Scripts, Setup, SpecChange, Term, Upgrade,
};

use crate::cluster::Cluster;
use crate::cluster::faults::MachineFault;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;

/// The operating system of native nodes (`OsImage` of the official example of DescribeClusterInstances).
pub const OS: &str = "TencentOS Server 3.1 (Final)";
/// The version of containerd if none is named (002:7884).
pub const CONTAINERD: &str = "1.6.9";
/// DNS servers that every native node has (002:10833).
pub const NAMESERVERS: [&str; 2] = ["183.60.83.19", "183.60.82.98"];

/// The native nodes of a cluster.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Native {
    pub pools: Table<NativePool>,
    /// By the name of the machine.
    pub machines: Table<NativeMachine>,
    /// By name.
    pub policies: Table<HealthPolicy>,
}

/// A step in the life of native nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// A new pool can have machines.
    PoolUp { pool: String },
    /// A pool tries again to get machines.
    PoolRetry { pool: String },
    /// A pool is gone.
    PoolGone { pool: String },
    /// The creation of a machine has failed.
    Failed { machine: String, reason: String },
    /// A machine has stopped.
    Stopped { machine: String },
    /// A machine that was stopped runs again.
    Started { machine: String },
    /// A machine has rebooted.
    Rebooted { machine: String },
    /// New keys are on a machine.
    LoginSet { machine: String, keys: Vec<String> },
    /// A machine that was paid ahead has come to the end of its term.
    Expired { machine: String },
    /// A fault has lasted so long that the check of it fails.
    Checked { machine: String, fault: MachineFault },
    /// The repair of a fault is done.
    Repaired { machine: String, fault: MachineFault },
}

impl Tke<'_> {
    /// Lets an event of native nodes take effect. Its subject may be gone by now; then nothing happens.
    pub(super) fn native_event(&mut self, cluster: &str, event: Event) {
        match event {
            Event::PoolUp { pool } => self.native_pool_up(cluster, &pool),
            Event::PoolRetry { pool } => self.fill_native(cluster, &pool),
            Event::PoolGone { pool } => self.native_pool_gone(cluster, &pool),
            Event::Failed { machine, reason } => self.native_failed(cluster, &machine, &reason),
            Event::Stopped { machine } => self.native_stopped(cluster, &machine),
            Event::Started { machine } => self.native_started(cluster, &machine),
            Event::Rebooted { machine } => self.native_rebooted(cluster, &machine),
            Event::LoginSet { machine, keys } => self.native_login_set(cluster, &machine, keys),
            Event::Expired { machine } => self.native_expired(cluster, &machine),
            Event::Checked { machine, fault } => self.fault_checked(cluster, &machine, fault),
            Event::Repaired { machine, fault } => self.fault_repaired(cluster, &machine, fault),
        }
    }

    /// Plans an event of native nodes.
    fn after_native(&mut self, delay: crate::Millis, cluster: &str, event: Event) {
        self.after(delay, crate::tke::Event::Native { cluster: cluster.to_owned(), event });
    }

    fn native_mut(&mut self, cluster: &str) -> Option<&mut Native> {
        self.0.realm.clusters.get_mut(cluster).map(|cluster| &mut cluster.tke_mut().native)
    }
}

impl Cluster {
    /// The pool of native nodes, or why not.
    pub fn native_pool(&self, id: &str) -> Outcome<&NativePool> {
        let none = || Reason::NoPart.because(format!("the cluster {} has no native node pool {id}", self.id));
        self.tke().native.pools.get(id).ok_or_else(none)
    }

    /// The machine of a native node, or why not.
    pub fn native_machine(&self, name: &str) -> Outcome<&NativeMachine> {
        let none = || Reason::NoPart.because(format!("the cluster {} has no native node {name}", self.id));
        self.tke().native.machines.get(name).ok_or_else(none)
    }

    /// The machines that count for a pool: neither leaving nor shut down because the pool has become smaller.
    pub fn native_members(&self, pool: &str) -> impl Iterator<Item = &NativeMachine> {
        self.tke().native.machines.iter().filter(move |machine| machine.pool == pool && machine.is_member())
    }

    /// How many machines of a pool are ready nodes.
    pub fn native_ready(&self, pool: &str) -> usize {
        self.native_members(pool).filter(|machine| self.nodes.get(&machine.name).is_some_and(|n| n.is_ready())).count()
    }
}
