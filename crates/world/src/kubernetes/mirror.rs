//! The kinds that the world acts on: namespaces, nodes, pods, services, events and the workloads of the cloud.
//!
//! They are kept in tables of their own, which tell what they do. The store has them as the API shows them: after each
//! change the tables are shown anew, and what differs is a change of the object. What only the API knows (finalizers,
//! owners, who manages fields) stays as it was.

use super::names::{items, name_of, namespace_of, text};
use super::store::{Key, uid};
use super::write::same;
use super::{ControlPlane, Kubernetes, Owner, render};
use crate::cluster::Cluster;
use crate::cluster::nodes::State;
use crate::kernel::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the store has of the tables.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// Rows that changed after this version are shown anew.
    version: u64,
    nodes: BTreeMap<String, u64>,
    events: VecDeque<(u64, Key)>,
    /// Controllers that the cloud itself acts for, by key and by identifier.
    workloads: BTreeSet<Key>,
    uids: BTreeSet<String>,
}

impl Mirror {
    /// Whether that identifier is that of a controller that the cloud itself acts for.
    pub fn shows_uid(&self, uid: &str) -> bool {
        self.uids.contains(uid)
    }

    /// Whether that object shows a workload of the cloud.
    pub fn shows_workload(&self, key: &Key) -> bool {
        self.workloads.contains(key)
    }
}

/// What the world shows, with what only the API knows of the object that is there.
pub(super) fn merged(existing: Option<&Value>, mut shown: Value) -> Value {
    let Some(existing) = existing else { return shown };
    let (Some(old), Some(new)) = (existing["metadata"].as_object(), shown["metadata"].as_object_mut()) else {
        return shown;
    };
    for field in ["managedFields", "finalizers", "generateName", "generation", "creationTimestamp"] {
        if let Some(value) = old.get(field) {
            new.insert(field.to_owned(), value.clone());
        }
    }
    // Owners that are not controllers are known to the API alone.
    if let Some(owners) = old.get("ownerReferences").and_then(Value::as_array) {
        let controls = |owner: &&Value| owner.get("controller") == Some(&Value::Bool(true));
        let mut all: Vec<Value> = new.get("ownerReferences").and_then(Value::as_array).cloned().unwrap_or_default();
        let others = owners.iter().filter(|owner| !controls(owner) && !all.iter().any(|o| o["uid"] == owner["uid"]));
        let others: Vec<Value> = others.cloned().collect();
        all.extend(others);
        if !all.is_empty() {
            new.insert("ownerReferences".to_owned(), Value::Array(all));
        }
    }
    if !new.contains_key("annotations")
        && let Some(annotations) = old.get("annotations")
    {
        new.insert("annotations".to_owned(), annotations.clone());
    }
    // Conditions that others have set stay.
    let conditions = items(existing, "/status/conditions").to_vec();
    let known: Vec<String> =
        items(&shown, "/status/conditions").iter().map(|one| text(one, "/type").to_owned()).collect();
    if let Some(list) = shown.pointer_mut("/status/conditions").and_then(Value::as_array_mut) {
        list.extend(conditions.into_iter().filter(|one| !known.iter().any(|kind| kind == text(one, "/type"))));
    }
    shown
}

impl Kubernetes {
    /// Keeps what the world shows of an object, if it differs from what is there.
    fn show(&mut self, kind: &str, shown: Value) {
        let key = Key::new(kind, namespace_of(&shown), name_of(&shown));
        let existing = self.store.get(&key).cloned();
        if let Some(there) = &existing
            && uid(there) != uid(&shown)
        {
            // Another object of the same name has come in its place.
            let version = self.next_version();
            self.store.remove(&key, version);
            let version = self.next_version();
            self.store.put(key, shown, version);
            return;
        }
        let new = merged(existing.as_deref(), shown);
        if existing.is_none_or(|there| !same(&there, &new)) {
            let version = self.next_version();
            self.store.put(key, new, version);
        }
    }

    /// Takes the objects of a kind out that the world no longer has.
    fn drop_missing(&mut self, kind: &str, there: &BTreeSet<(String, String)>) {
        if self.store.count(kind) == there.len() {
            return;
        }
        for key in self.store.keys(kind) {
            if !there.contains(&(key.namespace.clone(), key.name.clone())) {
                let version = self.next_version();
                self.store.remove(&key, version);
            }
        }
    }
}

impl Cluster {
    /// Shows in the store what has changed in the tables.
    fn show_changes(&mut self, now: Millis) {
        let since = self.kubernetes.mirror.version;
        let namespaces: Vec<Value> =
            self.kubernetes.namespaces.iter().filter(|row| row.version > since).map(render::namespace).collect();
        let pods: Vec<Value> = self.kubernetes.pods.iter().filter(|row| row.version > since).map(render::pod).collect();
        let services: Vec<Value> =
            self.kubernetes.services.iter().map(|service| render::service(service, now)).collect();
        let nodes = self.changed_nodes();
        let all_nodes: BTreeSet<(String, String)> =
            self.kubernetes.mirror.nodes.keys().map(|name| (String::new(), name.clone())).collect();
        let all_namespaces: BTreeSet<(String, String)> =
            self.kubernetes.namespaces.iter().map(|row| (String::new(), row.name.clone())).collect();
        let all_services: BTreeSet<(String, String)> =
            self.kubernetes.services.iter().map(|row| (row.namespace.clone(), row.name.clone())).collect();
        let workloads: Vec<(Value, Value)> =
            self.kubernetes.workloads.iter().map(|row| render::workload(row, &self.kubernetes, now)).collect();
        let system = self.system_objects();
        let kubernetes = &mut self.kubernetes;
        for (kind, shown) in [("namespaces", namespaces), ("nodes", nodes), ("services", services)] {
            for object in shown {
                kubernetes.show(kind, object);
            }
        }
        kubernetes.drop_missing("nodes", &all_nodes);
        kubernetes.drop_missing("services", &all_services);
        kubernetes.drop_missing("namespaces", &all_namespaces);
        for pod in pods {
            kubernetes.show("pods", pod);
        }
        if kubernetes.store.count("pods") != kubernetes.pods.len() {
            let there = kubernetes.pods.iter().map(|pod| (pod.namespace.clone(), pod.name.clone())).collect();
            kubernetes.drop_missing("pods", &there);
        }
        let (mut shown, mut uids) = (BTreeSet::new(), BTreeSet::new());
        let workloads = workloads
            .into_iter()
            .flat_map(|(deployment, set)| [("deployments.apps", deployment), ("replicasets.apps", set)]);
        for (kind, object) in workloads.chain(system) {
            shown.insert(Key::new(kind, namespace_of(&object), name_of(&object)));
            uids.extend(uid(&object).map(str::to_owned));
            kubernetes.show(kind, object);
        }
        let gone: Vec<Key> = kubernetes.mirror.workloads.difference(&shown).cloned().collect();
        for key in gone {
            let version = kubernetes.next_version();
            kubernetes.store.remove(&key, version);
        }
        (kubernetes.mirror.workloads, kubernetes.mirror.uids) = (shown, uids);
        let new: Vec<(u64, Value)> = kubernetes
            .events
            .iter()
            .rev()
            .take_while(|event| event.version > since)
            .map(|event| (event.version, render::event(event)))
            .collect();
        for (version, event) in new.into_iter().rev() {
            let key = Key::new("events", namespace_of(&event), name_of(&event));
            kubernetes.show("events", event);
            kubernetes.mirror.events.push_back((version, key));
        }
        let oldest = kubernetes.events.front().map_or(u64::MAX, |event| event.version);
        while kubernetes.mirror.events.front().is_some_and(|(version, _)| *version < oldest)
            && let Some((_, key)) = kubernetes.mirror.events.pop_front()
        {
            let version = kubernetes.next_version();
            kubernetes.store.remove(&key, version);
        }
        kubernetes.mirror.version = kubernetes.version();
    }

    /// The nodes that differ from what the store has; the mirror then knows them.
    fn changed_nodes(&mut self) -> Vec<Value> {
        let mut there = BTreeMap::new();
        let mut changed = Vec::new();
        let mut mark = |name: &str, hash: u64| {
            there.insert(name.to_owned(), hash);
            self.kubernetes.mirror.nodes.get(name) != Some(&hash)
        };
        for node in self.nodes.iter().filter(|node| node.state == State::Running) {
            let mut hasher = DefaultHasher::new();
            (&node.labels, &node.annotations, node.cordoned, &node.ip, node.release(self)).hash(&mut hasher);
            (format!("{:?}", node.taints), &node.runtime, self.reported_runtime(), &node.os).hash(&mut hasher);
            format!("{:?}", (&node.outage, &node.conditions)).hash(&mut hasher);
            if mark(&node.name, hasher.finish()) {
                changed.push(render::node(self, node));
            }
        }
        for node in self.virtual_nodes.iter().filter(|node| node.is_up()) {
            let pool = self.pools.get(&node.pool);
            let mut hasher = DefaultHasher::new();
            (node.cordoned, format!("{:?}", pool.map(|pool| (&pool.labels, &pool.taints, pool.unschedulable))))
                .hash(&mut hasher);
            if mark(&node.name, hasher.finish()) {
                changed.push(render::virtual_node(self, node));
            }
        }
        self.kubernetes.mirror.nodes = there;
        changed
    }
}

impl ControlPlane<'_, '_> {
    /// Shows in the store what has changed in the tables of the world.
    pub(super) fn mirror(&mut self, cluster_id: &str) {
        let now = self.0.now;
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
            cluster.show_changes(now);
        }
    }

    /// Keeps an object as it is now.
    pub(super) fn put(&mut self, cluster_id: &str, key: &Key, object: Value) {
        if let Ok(kubernetes) = self.kube(cluster_id) {
            let version = kubernetes.next_version();
            kubernetes.store.put(key.clone(), object, version);
        }
    }
}

/// A map of texts at a path of an object.
pub(super) fn map(object: &Value, path: &str) -> BTreeMap<String, String> {
    let pairs = object.pointer(path).and_then(Value::as_object).into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The controller of an object: the owner that controls it, or else the first one.
pub(super) fn controller_of(object: &Value) -> Option<Owner> {
    let owners = items(object, "/metadata/ownerReferences");
    let controls = |owner: &&Value| owner.get("controller") == Some(&Value::Bool(true));
    let owner = owners.iter().find(controls)?;
    let own = |path: &str| text(owner, path).to_owned();
    Some(Owner { kind: own("/kind"), name: own("/name"), uid: own("/uid"), api_version: own("/apiVersion") })
}

/// The specification of a pod of an object.
pub(super) fn spec_of(object: &Value, path: &str) -> Map<String, Value> {
    object.pointer(path).and_then(Value::as_object).cloned().unwrap_or_default()
}
