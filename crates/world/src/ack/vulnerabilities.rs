//! Vulnerabilities of nodes: found by a scan, fixed batch by batch.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::Event;
use crate::ack::nodes::NodeView;
use crate::ack::rolling::{NodeWork, Rolling, RollingPolicy};
use crate::ack::tasks::NewTask;
use crate::ack::tenancy::Owner;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};

/// How long a scan takes.
const SCAN: Millis = 30 * SECOND;

/// A vulnerability that every node has until it is fixed.
#[derive(Debug)]
pub struct Vulnerability {
    pub name: &'static str,
    pub alias: &'static str,
    pub cve: &'static str,
    /// How urgent it is: `asap`, `later` or `nntf`.
    pub necessity: &'static str,
    /// It is fixed only when the node is started again.
    pub reboot: bool,
    pub package: &'static str,
}

/// The vulnerabilities of the images.
pub const VULNERABILITIES: [Vulnerability; 3] = [
    Vulnerability {
        name: "kernel-CVE-2022-0847",
        alias: "CVE-2022-0847: pipes write to files that can only be read",
        cve: "CVE-2022-0847",
        necessity: "asap",
        reboot: true,
        package: "kernel",
    },
    Vulnerability {
        name: "sudo-CVE-2021-3156",
        alias: "CVE-2021-3156: a buffer of sudo overflows",
        cve: "CVE-2021-3156",
        necessity: "later",
        reboot: false,
        package: "sudo",
    },
    Vulnerability {
        name: "vim-CVE-2022-0413",
        alias: "CVE-2022-0413: vim uses memory that was freed",
        cve: "CVE-2022-0413",
        necessity: "nntf",
        reboot: false,
        package: "vim-minimal",
    },
];

/// Which vulnerabilities of a pool are fixed, and how.
#[derive(Debug, Clone, Default)]
pub struct VulnerabilityFix {
    /// All if none are named.
    pub names: Vec<String>,
    /// The nodes by name; all if none are named.
    pub nodes: Vec<String>,
    /// Nodes may be started again. Otherwise what needs that stays.
    pub restart: bool,
    /// The most nodes of a batch.
    pub at_once: Option<usize>,
}

impl NodeView<'_> {
    /// The vulnerabilities that a scan has found and that were not fixed since.
    pub fn vulnerabilities(&self) -> impl Iterator<Item = &'static Vulnerability> {
        let worker = self.worker;
        VULNERABILITIES.iter().filter(move |one| worker.scanned && !worker.fixed.contains(one.name))
    }
}

impl Realm {
    /// The nodes of a pool of a cluster that an owner sees.
    pub fn pool_seats<'a>(
        &'a self,
        owner: &Owner,
        cluster: &str,
        pool: &'a str,
    ) -> Outcome<impl Iterator<Item = NodeView<'a>>> {
        let (cluster, _) = self.dedicated(owner, cluster)?;
        self.worker_pool(&cluster.id, pool)?;
        Ok(self.seats(cluster).filter(move |seat| seat.worker.pool.as_deref() == Some(pool)))
    }
}

impl Ack<'_> {
    /// Starts to search the nodes of a cluster for vulnerabilities, and returns the identifier of the task.
    pub fn start_scan(&mut self, owner: &Owner, cluster: &str) -> Outcome<String> {
        let now = self.0.now;
        let (_, dedicated) = self.0.realm.at_work(owner, cluster, now)?;
        if dedicated.scanning.is_some_and(|until| until > now) {
            return Err(Reason::Unavailable.because(format!("the cluster {cluster} is being scanned already")));
        }
        if let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) {
            dedicated.scanning = Some(now + SCAN);
        }
        self.after(SCAN, Event::Scanned { cluster: cluster.to_owned() });
        Ok(self.add_task(NewTask::of_cluster(owner, "cluster_vuls_scan", cluster).taking(SCAN)))
    }

    pub(super) fn scanned(&mut self, cluster: &str) {
        for worker in self.0.realm.ack.nodes.iter_mut().filter(|worker| worker.cluster == cluster) {
            worker.scanned = true;
        }
    }

    /// Starts to fix vulnerabilities of nodes of a pool, and returns the identifier of the task.
    pub fn fix_vulnerabilities(
        &mut self,
        owner: &Owner,
        cluster: &str,
        pool: &str,
        fix: &VulnerabilityFix,
    ) -> Outcome<String> {
        let names = &fix.names;
        self.0.realm.at_work(owner, cluster, self.0.now)?;
        self.staying_pool(cluster, pool)?;
        if let Some(unknown) = names.iter().find(|name| !VULNERABILITIES.iter().any(|one| one.name == **name)) {
            return Err(Reason::Invalid.because(format!("vuls: there is no vulnerability {unknown}")));
        }
        if self.0.realm.works_on_pool(pool) {
            return Err(Reason::Unavailable.because(format!("a task on nodes of the node pool {pool} is not over")));
        }
        let servers = self.servers_of(cluster, pool, &fix.nodes)?;
        let most = self.servers_of(cluster, pool, &[])?.len();
        if servers.is_empty() {
            return Err(Reason::Invalid.because(format!("the node pool {pool} has no nodes")));
        }
        let at_once = fix.at_once.unwrap_or(1);
        if !(1..=most).contains(&at_once) {
            return Err(Reason::Invalid.because(format!("max_parallelism is 1 to {most}, not {at_once}")));
        }
        let wanted = VULNERABILITIES.iter().filter(|one| names.is_empty() || names.iter().any(|name| name == one.name));
        let names = wanted.filter(|one| fix.restart || !one.reboot).map(|one| one.name.into()).collect();
        let policy = RollingPolicy { at_once, ..RollingPolicy::default() };
        let rolling = Rolling::new(NodeWork::Fix { names }, &servers, policy);
        Ok(self.start_rolling(owner, "nodepool_vuls_fix", cluster, pool, rolling))
    }
}
