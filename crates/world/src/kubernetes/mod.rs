//! The Kubernetes of a cluster: its API server, its controllers, and what its pods do.
//!
//! [`api`] answers requests about objects of any kind, which [`store`] keeps with the history of their changes.
//! Namespaces, nodes, pods, services and events are kept in tables, on which the rest of the world acts; [`mirror`] shows
//! them in the store. [`controllers`] bring what is there to what objects want.
//!
//! A pod may name a controller that was never made, as pods of the cloud's own do. It counts as that controller's: when
//! it is evicted, another one takes its place.

pub mod acting;
mod admission;
pub mod affinity;
pub mod api;
pub mod balancers;
pub mod cells;
mod check;
pub mod columns;
pub mod controllers;
pub mod convert;
pub mod crd;
pub mod defaults;
pub mod delete;
pub mod discovery;
pub mod eviction;
pub mod images;
pub mod kinds;
mod limits;
pub mod list;
pub mod log;
pub mod mirror;
pub mod names;
pub mod openapi;
pub mod patch;
pub mod pods;
pub mod protobuf;
pub mod quantity;
mod quotas;
pub mod rbac;
pub mod refusal;
pub mod render;
pub mod request;
pub mod resource;
pub mod reviews;
pub mod rollout;
pub mod scheduler;
pub mod schema;
pub mod selectors;
pub mod services;
pub mod store;
pub mod subresources;
pub mod system;
pub mod template;
pub mod validate;
pub mod virtual_nodes;
pub mod watch;
pub mod workloads;
pub mod write;

use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::kernel::engine::Engine;
use crate::kernel::ids::Ids;
use crate::kernel::realm::RealmMut;
use crate::kernel::table::Table;
use crate::kernel::time::iso;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use services::Service;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::{Deref, DerefMut};
use workloads::Workload;

/// Events that are remembered.
const MOST_EVENTS: usize = 1_000;
/// The namespace of the cluster's own pods.
pub const SYSTEM: &str = "kube-system";

/// The objects of one cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kubernetes {
    pub namespaces: Table<Namespace>,
    /// By `uid`.
    pub pods: Table<Pod>,
    /// By `namespace/name`.
    pub services: Table<Service>,
    pub events: VecDeque<KubeEvent>,
    /// By `namespace/name`.
    pub workloads: Table<Workload>,
    /// Descriptions of namespaces, by name.
    pub descriptions: BTreeMap<String, String>,
    /// All objects as the API shows them.
    pub store: store::Store,
    /// What workloads use, as it was set.
    #[serde(with = "crate::kernel::save::forms::entries")]
    pub loads: controllers::autoscalers::Loads,
    /// What autoscalers have wanted.
    #[serde(with = "crate::kernel::save::forms::entries")]
    wanted: controllers::autoscalers::Wanted,
    mirror: mirror::Mirror,
    /// What depends on time is to be looked at.
    woken: bool,
    /// When the cluster will be woken.
    wakes: BTreeSet<Millis>,
    version: u64,
    addresses: u64,
}

/// A namespace.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    pub name: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    pub created: Millis,
    pub stopping: bool,
    pub version: u64,
}

/// How a pod came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    pub at: Millis,
    /// What its containers ended with; 0 is success.
    pub code: u8,
}

/// A pod.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pod {
    pub uid: String,
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub spec: Map<String, Value>,
    pub owner: Option<Owner>,
    pub request: Request,
    pub node: Option<String>,
    pub address: Option<String>,
    /// The subnet the address was taken from, if not from the cluster's range.
    pub subnet: Option<String>,
    pub running: bool,
    /// Whether its node does not answer.
    pub lost: bool,
    pub stopping: bool,
    /// When the pod was asked to stop.
    pub stopped: Option<Millis>,
    /// Whether it was noted that no node can take the pod.
    pub noted: bool,
    /// Whether an image is not in the registry that it names: the pod never starts.
    pub image_missing: bool,
    /// The last failed attempt to pull an image, until all are pulled.
    pub pull: Option<images::PullFailure>,
    pub created: Millis,
    pub started: Option<Millis>,
    /// The end of a pod that does not run forever.
    pub finished: Option<Finish>,
    /// How often its containers were started again.
    pub restarts: u32,
    pub version: u64,
}

/// The controller of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    pub kind: String,
    pub name: String,
    pub uid: String,
    pub api_version: String,
}

/// What a pod asks of its node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Thousandths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

/// Something that happened to an object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubeEvent {
    pub name: String,
    pub uid: String,
    pub namespace: String,
    pub kind: Cow<'static, str>,
    pub object: String,
    pub object_uid: String,
    pub reason: Cow<'static, str>,
    pub message: String,
    pub warning: bool,
    pub component: Cow<'static, str>,
    pub at: Millis,
    pub version: u64,
}

/// A pod as the cloud's own interfaces tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodRef {
    pub name: String,
    pub namespace: String,
    pub node_ip: String,
}

impl Pod {
    /// Whether the pod belongs to its node rather than to a workload.
    pub fn is_daemon(&self) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.kind == "DaemonSet")
    }

    /// Whether a volume of the pod is lost with its node.
    pub fn has_local_storage(&self) -> bool {
        let volumes = self.spec.get("volumes").and_then(Value::as_array);
        volumes.into_iter().flatten().any(|v| v.get("emptyDir").is_some() || v.get("hostPath").is_some())
    }
}

impl Kubernetes {
    /// The version for a change that is made now.
    pub fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// The version of the last change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The next of the addresses that are given in order.
    pub fn next_address(&mut self) -> u64 {
        self.addresses += 1;
        self.addresses
    }

    /// Passes over addresses.
    pub fn skip_addresses(&mut self, count: u64) {
        self.addresses += count;
    }

    /// Identifier of the pod of that name.
    pub fn pod_named(&self, namespace: &str, name: &str) -> Option<String> {
        let mut pods = self.pods.iter();
        pods.find(|pod| pod.namespace == namespace && pod.name == name).map(|pod| pod.uid.clone())
    }

    /// Remembers an event; the oldest is forgotten when there are too many.
    pub fn record(&mut self, mut event: KubeEvent) {
        event.version = self.next_version();
        event.name = format!("{}.{:016x}", event.object, event.version);
        self.events.push_back(event);
        if self.events.len() > MOST_EVENTS {
            self.events.pop_front();
        }
    }

    /// Adds a namespace.
    pub fn add_namespace(&mut self, name: &str, labels: BTreeMap<String, String>, now: Millis, ids: &mut Ids) {
        let version = self.next_version();
        let namespace =
            Namespace { name: name.to_owned(), uid: ids.uuid(), labels, created: now, stopping: false, version };
        self.namespaces.insert(name, namespace);
    }

    /// Adds a pod made of that specification and gives its identifier.
    pub fn add_pod(&mut self, mut new: NewPod, now: Millis, ids: &mut Ids) -> String {
        self.set_pull_secrets(&mut new);
        let uid = ids.uuid();
        let version = self.next_version();
        let pod = Pod {
            uid: uid.clone(),
            name: new.name,
            namespace: new.namespace,
            labels: new.labels,
            annotations: new.annotations,
            request: quantity::request_of(&new.spec),
            node: new.spec.get("nodeName").and_then(Value::as_str).map(str::to_owned),
            spec: new.spec,
            owner: new.owner,
            address: None,
            subnet: None,
            running: false,
            lost: false,
            stopping: false,
            stopped: None,
            noted: false,
            image_missing: new.image_missing,
            pull: None,
            created: now,
            started: None,
            finished: None,
            restarts: 0,
            version,
        };
        self.pods.insert(uid.clone(), pod);
        uid
    }
}

/// A pod to create.
#[derive(Debug, Clone, Default)]
pub struct NewPod {
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub spec: Map<String, Value>,
    pub owner: Option<Owner>,
    pub image_missing: bool,
}

/// A pod of the cluster's own: one container of that name with that request.
pub fn system_pod(engine: &dyn Engine, kind: &str, workload: &str, suffix: &str, cpu: u64, memory: u64) -> NewPod {
    let requests = json!({"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi")});
    let image = format!("{}/{workload}:v1", engine.system_repository());
    let mut spec = Map::new();
    let container = json!({"name": workload, "image": image, "resources": {"requests": requests}});
    spec.insert("containers".into(), json!([container]));
    spec.insert("restartPolicy".into(), json!("Always"));
    let owner = Owner {
        kind: kind.to_owned(),
        name: workload.to_owned(),
        uid: system::uid(workload),
        api_version: "apps/v1".to_owned(),
    };
    NewPod {
        name: format!("{workload}-{suffix}"),
        namespace: SYSTEM.to_owned(),
        labels: BTreeMap::from([("k8s-app".to_owned(), workload.to_owned())]),
        annotations: BTreeMap::new(),
        spec,
        owner: Some(owner),
        image_missing: false,
    }
}

/// Five characters at the end of a pod's name.
pub fn suffix(ids: &mut Ids) -> String {
    let id = ids.next("p");
    id[id.len() - 5..].to_owned()
}

impl Cluster {
    /// Fills a new cluster with what every cluster has.
    pub fn start_kubernetes(&mut self, now: Millis, ids: &mut Ids) {
        for name in ["default", "kube-public", SYSTEM] {
            self.kubernetes.add_namespace(name, BTreeMap::new(), now, ids);
        }
        for (workload, count, cpu, memory) in system::WORKLOADS {
            for _ in 0..count {
                let suffix = suffix(ids);
                let pod = system_pod(self.engine, "ReplicaSet", workload, &suffix, cpu, memory);
                self.kubernetes.add_pod(pod, now, ids);
            }
        }
        let preset: Vec<&str> = self.engine.preset_roles().iter().map(|(name, _)| *name).collect();
        let labels: Value = self.engine.preset_labels().iter().map(|(key, value)| (*key, json!(value))).collect();
        for (name, rules) in rbac::cluster_roles(self.engine.preset_roles()) {
            let mut role = json!({"kind": "ClusterRole", "apiVersion": "rbac.authorization.k8s.io/v1",
                "metadata": {"name": name, "uid": ids.uuid(), "creationTimestamp": iso(now)}, "rules": rules});
            if preset.contains(&name) && labels != json!({}) {
                role["metadata"]["labels"] = labels.clone();
            }
            let version = self.kubernetes.next_version();
            self.kubernetes.store.put(store::Key::new(rbac::CLUSTER_ROLES, "", name), role, version);
        }
        for class in self.engine.storage_classes(&self.release) {
            let binding = if class.waits { "WaitForFirstConsumer" } else { "Immediate" };
            let object = json!({"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1",
                "metadata": {"name": class.name, "uid": ids.uuid(), "creationTimestamp": iso(now)},
                "provisioner": class.provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": binding});
            let version = self.kubernetes.next_version();
            let key = store::Key::new("storageclasses.storage.k8s.io", "", class.name);
            self.kubernetes.store.put(key, object, version);
        }
        for (namespace, name, port) in
            [("default", "kubernetes", 443), (SYSTEM, "kube-dns", 53), (SYSTEM, "hpa-metrics-service", 443)]
        {
            self.add_system_service(namespace, name, port, now, ids);
        }
    }
}

/// The Kubernetes of the clusters of a realm: its methods are the rules.
#[derive(Debug)]
pub struct ControlPlane<'r, 'a>(pub &'r mut RealmMut<'a>);

impl<'a> Deref for ControlPlane<'_, 'a> {
    type Target = RealmMut<'a>;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl DerefMut for ControlPlane<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0
    }
}

impl ControlPlane<'_, '_> {
    /// Records an event about a node.
    pub fn node_event(&mut self, cluster: &str, machine: &str, reason: &'static str, message: &str) {
        let component = match reason {
            _ if reason.starts_with("Scale") => "cluster-autoscaler",
            "NodeNotReady" => "node-controller",
            _ => "kubelet",
        };
        self.record_node_event(cluster, machine, reason, message, component, false);
    }

    /// Records a warning of a monitor about a node.
    pub fn node_warning(&mut self, cluster: &str, machine: &str, reason: &'static str, message: &str) {
        self.record_node_event(cluster, machine, reason, message, "node-problem-detector", true);
    }

    fn record_node_event(
        &mut self,
        cluster: &str,
        machine: &str,
        reason: &'static str,
        message: &str,
        component: &'static str,
        warning: bool,
    ) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster) else { return };
        let Some(node) = cluster.nodes.get(machine) else { return };
        let event = KubeEvent {
            name: String::new(),
            uid: self.0.ids.uuid(),
            namespace: "default".to_owned(),
            kind: "Node".into(),
            object: node.name.clone(),
            object_uid: node.machine.clone(),
            reason: reason.into(),
            message: format!("{}: {message}", node.name),
            warning,
            component: component.into(),
            at: self.0.now,
            version: 0,
        };
        cluster.kubernetes.record(event);
    }

    /// Records an event about a pod.
    pub fn pod_event(&mut self, cluster: &str, uid: &str, reason: &'static str, message: String) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster) else { return };
        let Some(pod) = cluster.kubernetes.pods.get(uid) else { return };
        let (warning, component) = match reason {
            "FailedScheduling" => (true, "default-scheduler"),
            "Scheduled" => (false, "default-scheduler"),
            "Failed" => (true, "kubelet"),
            "TriggeredScaleUp" | "NotTriggerScaleUp" | "ScaleDown" => (false, "cluster-autoscaler"),
            _ => (false, "kubelet"),
        };
        let event = KubeEvent {
            name: String::new(),
            uid: self.0.ids.uuid(),
            namespace: pod.namespace.clone(),
            kind: "Pod".into(),
            object: pod.name.clone(),
            object_uid: uid.to_owned(),
            reason: reason.into(),
            message,
            warning,
            component: component.into(),
            at: self.0.now,
            version: 0,
        };
        cluster.kubernetes.record(event);
    }
}
