//! Workloads: a number of equal pods, kept running and replaced step by step when their template changes.

use super::template::Template;
use super::{Kubernetes, Owner, Pod};
use crate::kernel::ids::{hash, hexadecimal};
use crate::kernel::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The label that ties pods to their workload.
pub const LABEL: &str = "qcloud-app";
/// The label with the revision that a pod was made from.
pub const REVISION: &str = "pod-template-hash";
/// Pods that do not come up in this time are treated as failed, not as delayed.
const DEADLINE: Millis = 10 * MINUTE;

/// A workload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    pub name: String,
    pub namespace: String,
    pub description: String,
    pub replicas: u64,
    pub access: Access,
    pub ports: Vec<Port>,
    pub template: Template,
    /// The template before the last change.
    pub previous: Option<Template>,
    pub strategy: Strategy,
    /// How long a new pod has to run before the next step of a roll-out.
    pub settling: Millis,
    pub paused: bool,
    /// The roll-out that is going on.
    pub change: Option<Change>,
    pub revision: u64,
    pub created: Millis,
    /// When the last change was ordered.
    pub changed: Millis,
}

/// How a workload is reached over the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Access {
    /// Through a public load balancer.
    Public,
    /// Through a load balancer in that subnet.
    Private { subnet: String },
    /// From inside the cluster.
    Cluster,
    /// Not at all.
    None,
}

/// A port that is passed on to the pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    pub outside: u64,
    pub container: u64,
    pub node: Option<u64>,
    pub protocol: String,
}

/// How pods are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Strategy {
    /// All old ones go before new ones come.
    Recreate,
    /// One after the other.
    #[default]
    Rolling,
}

/// What a roll-out is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    Update,
    RollBack,
}

/// How a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Normal,
    Waiting,
    Abnormal,
    Paused,
    Updating,
    RollingBack,
}

/// Why a pod does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance {
    /// Its containers are being started.
    Starting,
    /// No node can take it.
    NoNode,
    /// An image is not there.
    NoImage,
}

impl Workload {
    /// What it is kept under.
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// The mark of the pods of its present revision.
    pub fn mark(&self) -> String {
        let number = hash(&format!("{}/{}/{}", self.key(), self.created, self.revision));
        (1_000_000_000 + number % 3_000_000_000).to_string()
    }

    /// The controller of the pods of its present revision.
    pub fn owner(&self) -> Owner {
        let name = format!("{}-{}", self.name, self.mark());
        let uid = hexadecimal(&format!("{}/{name}", self.namespace), 32);
        Owner { kind: "ReplicaSet".to_owned(), name, uid, api_version: "extensions/v1beta1".to_owned() }
    }

    /// The labels of the workload itself.
    pub fn labels(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(LABEL.to_owned(), self.name.clone())])
    }

    /// The labels of the pods of its present revision.
    pub fn pod_labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.labels();
        labels.insert(REVISION.to_owned(), self.mark());
        labels
    }

    /// Replaces the template.
    pub fn replace(&mut self, template: Template, change: Change, now: Millis) {
        self.previous = Some(std::mem::replace(&mut self.template, template));
        self.revision += 1;
        (self.change, self.changed) = (Some(change), now);
    }

    /// Whether the pod is one of its pods, of whatever revision.
    pub fn has(&self, pod: &Pod) -> bool {
        pod.namespace == self.namespace && pod.workload() == Some(&self.name)
    }

    /// Whether the pod is of its present revision.
    pub fn is_present(&self, pod: &Pod) -> bool {
        pod.labels.get(REVISION).is_some_and(|mark| *mark == self.mark())
    }

    /// Whether the pod has run for long enough to count.
    pub fn is_settled(&self, pod: &Pod, now: Millis) -> bool {
        pod.running && !pod.stopping && pod.started.is_some_and(|started| started + self.settling <= now)
    }

    /// How it is, and the pods that do not run by what hinders them.
    pub fn health(&self, kubernetes: &Kubernetes, now: Millis) -> (Health, BTreeMap<Hindrance, usize>) {
        let mut hindered: BTreeMap<Hindrance, usize> = BTreeMap::new();
        let pods: Vec<&Pod> = kubernetes.pods.iter().filter(|pod| self.has(pod) && !pod.stopping).collect();
        for hindrance in pods.iter().filter_map(|pod| pod.hindrance()) {
            *hindered.entry(hindrance).or_default() += 1;
        }
        let running = pods.iter().filter(|pod| pod.running && self.is_present(pod)).count() as u64;
        let late = !hindered.is_empty() && now >= self.changed + DEADLINE;
        let health = match self.change {
            _ if self.paused => Health::Paused,
            _ if late || (self.change.is_none() && hindered.contains_key(&Hindrance::NoNode)) => Health::Abnormal,
            Some(Change::Update) => Health::Updating,
            Some(Change::RollBack) => Health::RollingBack,
            None if running == self.replicas => Health::Normal,
            None => Health::Waiting,
        };
        (health, hindered)
    }
}

impl Pod {
    /// The name of the workload it belongs to.
    pub fn workload(&self) -> Option<&String> {
        self.labels.get(LABEL).filter(|_| self.owner.is_some())
    }

    /// What keeps it from running.
    pub fn hindrance(&self) -> Option<Hindrance> {
        match self {
            _ if self.running => None,
            Self { node: None, .. } if self.noted => Some(Hindrance::NoNode),
            Self { node: Some(_), image_missing: true, .. } => Some(Hindrance::NoImage),
            _ => Some(Hindrance::Starting),
        }
    }

    /// The identifier of one of its containers.
    pub fn container_id(&self, container: &str) -> String {
        hexadecimal(&format!("{}/{container}", self.uid), 64)
    }
}

impl Kubernetes {
    /// The pods of a workload, oldest first.
    pub fn pods_of<'a>(&'a self, workload: &'a Workload) -> impl Iterator<Item = &'a Pod> {
        self.pods.iter().filter(|pod| workload.has(pod))
    }
}
