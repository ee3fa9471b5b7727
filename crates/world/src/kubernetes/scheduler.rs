//! Which node a pod can run on, and which it gets.

use super::{Pod, Request, affinity};
use crate::cluster::nodes::Role;
use crate::cluster::{Cluster, PodNetwork};
use crate::infra::machines::Size;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the system of a node keeps for itself.
const RESERVED: Request = Request { cpu: 100, memory: 256 << 20 };
/// Addresses of a node's block that no pod gets.
pub const RESERVED_ADDRESSES: u64 = 3;
/// What a virtual node offers.
const VIRTUAL: Request = Request { cpu: 1_000_000, memory: 4 << 40 };

/// Something that pods can run on, with what it has left.
#[derive(Debug, Clone)]
pub struct Host {
    pub name: String,
    pub address: String,
    pub labels: BTreeMap<String, String>,
    pub taints: Vec<Taint>,
    pub cordoned: bool,
    pub is_virtual: bool,
    /// Whether only pods in the host's own network can run on it.
    pub host_network_only: bool,
    pub capacity: Request,
    pub free: Request,
    pub free_pods: u64,
    /// Labels of the pods that are on it.
    pub neighbours: Vec<BTreeMap<String, String>>,
}

/// What keeps pods off a node unless they tolerate it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taint {
    pub key: String,
    pub value: String,
    pub effect: String,
}

impl Taint {
    /// Whether the taint can be put on a node.
    pub fn check(&self) -> Outcome<()> {
        if self.key.is_empty() {
            return Err(Reason::Invalid.because("Taints: the key of a taint cannot be empty"));
        }
        if !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&self.effect.as_str()) {
            let message = format!("Taints: Effect is NoSchedule, PreferNoSchedule or NoExecute, not {}", self.effect);
            return Err(Reason::Invalid.because(message));
        }
        Ok(())
    }
}

impl Host {
    /// Whether the pod can run here as things are.
    pub fn fits(&self, pod: &Pod) -> bool {
        !self.cordoned && self.free_pods > 0 && self.has_room(pod.request) && self.suits(pod)
    }

    /// Whether there is room for the request.
    fn has_room(&self, request: Request) -> bool {
        request.cpu <= self.free.cpu && request.memory <= self.free.memory
    }

    /// Whether selector and taints let the pod come here.
    pub(super) fn suits(&self, pod: &Pod) -> bool {
        let selector = pod.spec.get("nodeSelector").and_then(Value::as_object);
        let selected = selector
            .into_iter()
            .flatten()
            .all(|(key, value)| self.labels.get(key).map(String::as_str) == value.as_str());
        let own_network = pod.spec.get("hostNetwork") != Some(&Value::Bool(true));
        if self.host_network_only && own_network {
            return false;
        }
        let blocking = self.taints.iter().filter(|taint| taint.effect != "PreferNoSchedule");
        selected && affinity::suits_node(pod, &self.labels) && blocking.into_iter().all(|taint| tolerates(pod, taint))
    }

    /// Takes the room that the pod needs.
    pub fn take(&mut self, request: Request) {
        self.free.cpu = self.free.cpu.saturating_sub(request.cpu);
        self.free.memory = self.free.memory.saturating_sub(request.memory);
        self.free_pods = self.free_pods.saturating_sub(1);
    }

    /// An empty host of that size.
    pub fn of_size(size: Size, max_pods: u64) -> Self {
        let capacity = allocatable(size);
        Self {
            name: String::new(),
            address: String::new(),
            labels: BTreeMap::new(),
            taints: Vec::new(),
            cordoned: false,
            is_virtual: false,
            host_network_only: false,
            capacity,
            free: capacity,
            free_pods: max_pods.saturating_sub(RESERVED_ADDRESSES),
            neighbours: Vec::new(),
        }
    }
}

/// What pods can have of a machine of that size.
pub fn allocatable(size: Size) -> Request {
    Request { cpu: size.cores * 1_000 - RESERVED.cpu, memory: (size.memory << 30) - RESERVED.memory }
}

/// Whether the pod tolerates the taint.
pub(super) fn tolerates(pod: &Pod, taint: &Taint) -> bool {
    let tolerations = pod.spec.get("tolerations").and_then(Value::as_array);
    tolerations.into_iter().flatten().any(|toleration| {
        let text = |name: &str| toleration.get(name).and_then(Value::as_str).unwrap_or("");
        let effect = text("effect").is_empty() || text("effect") == taint.effect;
        let key = match text("operator") {
            "Exists" => text("key").is_empty() || text("key") == taint.key,
            _ => text("key") == taint.key && text("value") == taint.value,
        };
        effect && key
    })
}

impl Cluster {
    /// Labels that Kubernetes and the cloud put on a node, with the node's own.
    pub fn node_labels(&self, name: &str, zone: &str, instance_type: &str) -> BTreeMap<String, String> {
        let region = zone.rsplit_once('-').map_or(zone, |(region, _)| region);
        let arch = if self.arm { "arm64" } else { "amd64" };
        let pairs = [
            ("beta.kubernetes.io/arch", arch),
            ("beta.kubernetes.io/os", "linux"),
            ("beta.kubernetes.io/instance-type", instance_type),
            ("failure-domain.beta.kubernetes.io/region", region),
            ("failure-domain.beta.kubernetes.io/zone", zone),
            ("kubernetes.io/hostname", name),
        ];
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// All nodes that pods can run on, with their free resources.
    pub fn hosts(&self) -> Vec<Host> {
        let mut hosts: Vec<Host> = Vec::new();
        for node in self.nodes.iter().filter(|node| node.is_ready()) {
            let mut host = Host::of_size(node.size, self.max_pods);
            host.name.clone_from(&node.name);
            host.address.clone_from(&node.ip);
            host.labels = self.node_labels(&node.name, &node.zone, &node.instance_type);
            host.labels.extend(node.labels.clone());
            // Daemons stay on a node that does not answer, other pods do not come, as on one that is cordoned.
            host.cordoned = node.cordoned || node.outage.is_some();
            host.taints.clone_from(&node.taints);
            if node.role == Role::Master {
                host.taints.push(master_taint());
            }
            host.host_network_only = node.external_pool.is_some() && self.pod_network != PodNetwork::Overlay;
            hosts.push(host);
        }
        for node in self.virtual_nodes.iter().filter(|node| node.is_up()) {
            let Some(pool) = self.pools.get(&node.pool) else { continue };
            hosts.push(Host {
                name: node.name.clone(),
                address: node.address.clone(),
                labels: self.node_labels(&node.name, &node.zone, "eklet"),
                taints: pool.taints.clone(),
                cordoned: node.cordoned || pool.unschedulable || node.leaving,
                is_virtual: true,
                host_network_only: false,
                capacity: VIRTUAL,
                free: VIRTUAL,
                free_pods: 1_000,
                neighbours: Vec::new(),
            });
            if let Some(host) = hosts.last_mut() {
                host.labels.extend(pool.labels.iter().cloned());
            }
        }
        let places: BTreeMap<String, usize> =
            hosts.iter().enumerate().map(|(place, host)| (host.name.clone(), place)).collect();
        for pod in self.kubernetes.pods.iter().filter(|pod| pod.finished.is_none()) {
            let host = pod.node.as_ref().and_then(|node| places.get(node)).and_then(|place| hosts.get_mut(*place));
            if let Some(host) = host {
                host.take(pod.request);
                host.neighbours.push(pod.labels.clone());
            }
        }
        hosts
    }

    /// The pods that wait for a node, oldest first.
    pub fn waiting_pods(&self) -> impl Iterator<Item = &Pod> {
        self.kubernetes.pods.iter().filter(|pod| pod.node.is_none() && !pod.stopping)
    }

    /// Gives nodes to waiting pods: pairs of pod and host, and the pods that no host can take.
    pub fn placements(&self) -> (Vec<(String, String)>, Vec<String>) {
        if self.stopped.scheduler {
            return (Vec::new(), Vec::new());
        }
        let mut hosts = self.hosts();
        let mut placed = Vec::new();
        let mut waiting: Vec<&Pod> = self.waiting_pods().collect();
        // Whoever waits for a neighbour may find one among those that were just placed.
        loop {
            let before = placed.len();
            let mut next = Vec::new();
            for pod in waiting {
                match choose(&mut hosts, pod) {
                    Some(host) => placed.push((pod.uid.clone(), host.name.clone())),
                    None => next.push(pod),
                }
            }
            if next.is_empty() || placed.len() == before {
                return (placed, next.into_iter().map(|pod| pod.uid.clone()).collect());
            }
            waiting = next;
        }
    }
}

/// The host that takes the pod: a real node before a virtual one, then the one with most cores left.
pub fn choose<'a>(hosts: &'a mut [Host], pod: &Pod) -> Option<&'a Host> {
    let mut neighbourly = affinity::neighbourly(hosts, pod).into_iter();
    let fitting = hosts.iter_mut().filter(|host| neighbourly.next().unwrap_or(false) && host.fits(pod));
    let best = fitting.min_by_key(|host| (host.is_virtual, std::cmp::Reverse(host.free.cpu)))?;
    best.take(pod.request);
    best.neighbours.push(pod.labels.clone());
    Some(best)
}

/// What keeps ordinary pods off masters.
pub fn master_taint() -> Taint {
    Taint { key: "node-role.kubernetes.io/master".into(), value: String::new(), effect: "NoSchedule".into() }
}
