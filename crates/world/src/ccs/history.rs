//! What ran when: pods of workloads, nodes, and how much the workloads had to do. Measurements are made of it.

use crate::World;
use crate::ccs::Ccs;
use crate::infra::machines::Size;
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Runs that are remembered; of those that have ended the oldest are forgotten first.
const MOST_RUNS: usize = 20_000;

/// The runs of one account in one region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub pods: VecDeque<PodRun>,
    pub nodes: VecDeque<NodeRun>,
    /// How much a workload has to do, from when on: 1 is what it was made for. By `cluster/namespace/name`.
    loads: BTreeMap<String, Vec<(Millis, f64)>>,
}

/// A pod from its start to its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodRun {
    pub cluster: String,
    pub namespace: String,
    pub workload: String,
    pub pod: String,
    uid: String,
    /// Of the node it runs on.
    pub size: Size,
    pub containers: Vec<ContainerRun>,
    pub from: Millis,
    pub to: Option<Millis>,
}

/// A container of a pod, and what it asked for: thousandths of a core and MiB, 0 for nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerRun {
    /// All 64 digits.
    pub id: String,
    pub cpu: u64,
    pub cpu_limit: u64,
    pub memory: u64,
    pub memory_limit: u64,
}

/// A node from when it was ready until it left.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeRun {
    pub cluster: String,
    pub machine: String,
    pub size: Size,
    pub from: Millis,
    pub to: Option<Millis>,
}

impl PodRun {
    /// Whether it ran at that moment.
    pub fn ran(&self, at: Millis) -> bool {
        self.from <= at && self.to.is_none_or(|end| at < end)
    }

    /// Names its workload over all clusters.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.cluster, self.namespace, self.workload)
    }
}

impl NodeRun {
    /// Whether it was there at that moment.
    pub fn ran(&self, at: Millis) -> bool {
        self.from <= at && self.to.is_none_or(|end| at < end)
    }
}

impl History {
    pub fn pod_ended(&mut self, uid: &str, now: Millis) {
        for run in self.pods.iter_mut().filter(|run| run.uid == uid && run.to.is_none()) {
            run.to = Some(now);
        }
    }

    pub fn node_ended(&mut self, cluster: &str, machine: &str, now: Millis) {
        let same = |run: &&mut NodeRun| run.cluster == cluster && run.machine == machine && run.to.is_none();
        for run in self.nodes.iter_mut().filter(same) {
            run.to = Some(now);
        }
    }

    pub fn cluster_ended(&mut self, cluster: &str, now: Millis) {
        for run in self.pods.iter_mut().filter(|run| run.cluster == cluster && run.to.is_none()) {
            run.to = Some(now);
        }
        for run in self.nodes.iter_mut().filter(|run| run.cluster == cluster && run.to.is_none()) {
            run.to = Some(now);
        }
    }

    /// How much a workload had to do at that moment.
    pub fn load(&self, path: &str, at: Millis) -> f64 {
        let loads = self.loads.get(path).map_or(&[][..], Vec::as_slice);
        loads.iter().rev().find(|(from, _)| *from <= at).map_or(1.0, |(_, load)| *load)
    }

    fn forget(&mut self) {
        while self.pods.len() > MOST_RUNS
            && let Some(oldest) = self.pods.iter().position(|run| run.to.is_some())
        {
            self.pods.remove(oldest);
        }
        while self.nodes.len() > MOST_RUNS
            && let Some(oldest) = self.nodes.iter().position(|run| run.to.is_some())
        {
            self.nodes.remove(oldest);
        }
    }
}

impl World {
    /// Gives a service of a cluster more or less to do from now on: `load` times what it was made for, at least 0.
    /// What it uses follows.
    pub fn load_service(
        &mut self,
        account: &str,
        region: &str,
        cluster: &str,
        namespace: &str,
        service: &str,
        load: f64,
    ) {
        let now = self.now;
        let mut realm = self.ccs(account, region);
        let loads = realm.realm.ccs.history.loads.entry(format!("{cluster}/{namespace}/{service}")).or_default();
        loads.push((now, if load.is_finite() { load.max(0.0) } else { 1.0 }));
    }
}

impl Ccs<'_> {
    /// Notes that a pod of a workload has started.
    pub fn remember_pod(&mut self, cluster_id: &str, uid: &str) {
        let Some(cluster) = self.0.realm.clusters.get(cluster_id) else { return };
        let Some(pod) = cluster.kubernetes.pods.get(uid) else { return };
        let Some(name) = pod.workload() else { return };
        let Some(workload) = cluster.kubernetes.workloads.get(&format!("{}/{name}", pod.namespace)) else { return };
        // A virtual node is as large as it has to be.
        let unbounded = Size { cores: 64, memory: 256 };
        let node = pod.node.as_ref().and_then(|name| cluster.nodes.iter().find(|node| node.name == *name));
        let revision = if workload.is_present(pod) {
            &workload.template
        } else {
            workload.previous.as_ref().unwrap_or(&workload.template)
        };
        let containers = revision.containers.iter().map(|container| ContainerRun {
            id: pod.container_id(&container.name),
            cpu: container.cpu,
            cpu_limit: container.cpu_limit,
            memory: container.memory,
            memory_limit: container.memory_limit,
        });
        let run = PodRun {
            cluster: cluster_id.to_owned(),
            namespace: pod.namespace.clone(),
            workload: name.clone(),
            pod: pod.name.clone(),
            uid: uid.to_owned(),
            size: node.map_or(unbounded, |node| node.size),
            containers: containers.collect(),
            from: self.0.now,
            to: None,
        };
        self.0.realm.ccs.history.pods.push_back(run);
        self.0.realm.ccs.history.forget();
    }

    /// Notes that a node is ready.
    pub fn remember_node(&mut self, cluster_id: &str, machine: &str) {
        let Some(node) = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.nodes.get(machine)) else {
            return;
        };
        let (cluster, machine) = (cluster_id.to_owned(), machine.to_owned());
        let run = NodeRun { cluster, machine, size: node.size, from: self.0.now, to: None };
        self.0.realm.ccs.history.nodes.push_back(run);
        self.0.realm.ccs.history.forget();
    }
}
