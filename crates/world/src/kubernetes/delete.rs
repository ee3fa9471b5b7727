//! Objects that are deleted: finalizers, preconditions, what becomes of dependents.

use super::ControlPlane;
use super::api::{Call, Reply};
use super::list::Selection;
use super::names::{items, name_of, text};
use super::refusal::{Answer, FieldFault, Refusal};
use super::request::body;
use super::store::{Key, owners, uid};
use crate::cluster::Event;
use crate::kernel::time::iso;
use crate::kernel::{Millis, SECOND};
use serde_json::{Value, json};
use std::sync::Arc;

/// How long a namespace takes to go.
const NAMESPACE_STOP: Millis = 6 * SECOND;
/// Namespaces that cannot be deleted.
const PERMANENT: [&str; 3] = ["default", "kube-public", "kube-system"];
/// The finalizer of an object that goes after its dependents.
pub const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of an object whose dependents stay.
const ORPHAN: &str = "orphan";

/// What becomes of the dependents of an object that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Propagation {
    Background,
    Foreground,
    Orphan,
}

/// How an object is deleted.
#[derive(Debug, Clone)]
struct Order {
    propagation: Propagation,
    grace: Option<u64>,
    uid: Option<String>,
    version: Option<String>,
    dry: bool,
}

impl Order {
    fn read(call: &Call<'_>) -> Answer<Self> {
        let given = call.request.body;
        let options =
            if given.iter().all(u8::is_ascii_whitespace) { json!({}) } else { body(call.request.content_type, given)? };
        let option = |name: &str| options.get(name).filter(|value| !value.is_null());
        let from_query = |name: &str| call.query.get(name).map(|text| json!(text));
        let propagation = option("propagationPolicy").cloned().or_else(|| from_query("propagationPolicy"));
        let orphans = option("orphanDependents").and_then(Value::as_bool);
        let propagation = match propagation.as_ref().map(|value| value.as_str().unwrap_or_default()) {
            Some("Background") => Propagation::Background,
            Some("Foreground") => Propagation::Foreground,
            Some("Orphan") => Propagation::Orphan,
            Some(other) => {
                let supported = ["Foreground", "Background", "Orphan"];
                let fault = FieldFault::not_supported("propagationPolicy", other, &supported);
                return Err(Refusal::invalid(&call.resource, call.name(), &[fault]));
            }
            None => match orphans {
                Some(true) => Propagation::Orphan,
                Some(false) => Propagation::Background,
                // The dependents of these are kept unless the caller says something else.
                None if call.resource.kind == "ReplicationController" => Propagation::Orphan,
                None if call.resource.kind == "Job" => Propagation::Orphan,
                None => Propagation::Background,
            },
        };
        let grace = match option("gracePeriodSeconds") {
            Some(value) => Some(value.as_i64().and_then(|seconds| u64::try_from(seconds).ok()).ok_or_else(|| {
                Refusal::bad_request("gracePeriodSeconds: must be a whole number that is not negative")
            })?),
            None => call.query.number("gracePeriodSeconds")?,
        };
        let precondition =
            |name: &str| options.pointer(&format!("/preconditions/{name}")).and_then(Value::as_str).map(str::to_owned);
        let dry = match option("dryRun").and_then(Value::as_array).map(Vec::as_slice) {
            None | Some([]) => call.dry,
            Some([Value::String(all)]) if all == "All" => true,
            Some(_) => return Err(Refusal::bad_request("dryRun: supported values: \"All\"")),
        };
        Ok(Self { propagation, grace, uid: precondition("uid"), version: precondition("resourceVersion"), dry })
    }
}

impl ControlPlane<'_, '_> {
    /// Deletes an object: gives it as it goes, or a `Status` if it is gone.
    pub(super) fn delete_object(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let order = Order::read(call)?;
        if call.resource.key == "nodes" {
            let why = "nodes belong to the cloud: remove the machine from the cluster";
            return Err(Refusal::forbidden(&call.resource, call.name(), why));
        }
        let object = self.get_object(call)?;
        let name = name_of(&object).to_owned();
        let wrong = |what: &str, wanted: &str, there: &str| {
            let why = format!("Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {there}");
            Refusal::conflict(&call.resource, &name, &why)
        };
        let (there, version) = (text(&object, "/metadata/uid"), text(&object, "/metadata/resourceVersion"));
        if let Some(wanted) = order.uid.as_deref().filter(|wanted| *wanted != there) {
            return Err(wrong("UID", wanted, there));
        }
        if let Some(wanted) = order.version.as_deref().filter(|wanted| *wanted != version) {
            return Err(wrong("ResourceVersion", wanted, version));
        }
        if call.resource.key == "namespaces" && PERMANENT.contains(&name.as_str()) {
            return Err(Refusal::forbidden(&call.resource, &name, "this namespace may not be deleted"));
        }
        self.check_policies(call, &object, true)?;
        let last =
            if order.dry { Some(object.clone()) } else { self.start_deletion(call.cluster, &call.key(), &order) };
        match last {
            Some(object) => Ok(Reply::Object(200, object)),
            None => {
                let mut details = json!({"name": name, "kind": call.resource.plural, "uid": uid(&object)});
                if !call.resource.group.is_empty() {
                    details["group"] = json!(call.resource.group);
                }
                Ok(Reply::Plain(
                    200,
                    json!({"kind": "Status", "apiVersion": "v1", "metadata": {},
                    "status": "Success", "details": details}),
                ))
            }
        }
    }

    /// Deletes the objects that a request selects, and gives them.
    pub(super) fn delete_collection(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let order = Order::read(call)?;
        let selection = Selection::of(call)?;
        if matches!(call.resource.key.as_str(), "nodes" | "namespaces") {
            return Err(Refusal::method_not_allowed());
        }
        let kubernetes = &self.cluster(call.cluster)?.kubernetes;
        let all = kubernetes.store.list(&call.resource.key, selection.namespace.as_deref());
        let chosen: Vec<Arc<Value>> = all.filter(|object| selection.selects(object)).cloned().collect();
        let metadata = json!({"resourceVersion": kubernetes.version().to_string()});
        for object in &chosen {
            self.check_policies(call, object, true)?;
        }
        if !order.dry {
            for object in &chosen {
                let key = Key::new(&call.resource.key, text(object, "/metadata/namespace"), name_of(object));
                self.start_deletion(call.cluster, &key, &order);
            }
        }
        Ok(Reply::List(metadata, chosen))
    }

    /// Deletes an object with its dependents, as the controllers do.
    pub(super) fn delete_in_background(&mut self, cluster: &str, key: &Key) {
        let order = Order { propagation: Propagation::Background, grace: None, uid: None, version: None, dry: false };
        self.start_deletion(cluster, key, &order);
    }

    /// Starts the deletion of an object: gives it if it is still there.
    fn start_deletion(&mut self, cluster: &str, key: &Key, order: &Order) -> Option<Value> {
        let now = self.0.now;
        let object = Value::clone(self.kube(cluster).ok()?.store.get(key)?);
        let mut finalizers: Vec<Value> = items(&object, "/metadata/finalizers").to_vec();
        match order.propagation {
            Propagation::Background => {}
            Propagation::Orphan => self.orphan_dependents(cluster, &object),
            Propagation::Foreground => {
                let id = uid(&object).unwrap_or_default();
                let held = !self.kube(cluster).ok()?.store.dependents(id).is_empty();
                if held && !finalizers.contains(&json!(FOREGROUND)) {
                    finalizers.push(json!(FOREGROUND));
                }
            }
        }
        finalizers.retain(|finalizer| finalizer != ORPHAN);
        let mut dying = object.clone();
        dying["metadata"]["finalizers"] = json!(finalizers);
        if finalizers.is_empty()
            && let Some(metadata) = dying["metadata"].as_object_mut()
        {
            metadata.remove("finalizers");
        }
        match key.kind.as_str() {
            "pods" => {
                self.keep_finalizers(cluster, key, &dying);
                self.stop_named_pod(cluster, key, order.grace)
            }
            "namespaces" => {
                self.keep_finalizers(cluster, key, &dying);
                self.stop_namespace(cluster, &key.name);
                self.kube(cluster).ok()?.store.get(key).map(|there| Value::clone(there))
            }
            _ if finalizers.is_empty() => {
                self.remove_object(cluster, key);
                None
            }
            _ => {
                if dying.pointer("/metadata/deletionTimestamp").is_none() {
                    dying["metadata"]["deletionTimestamp"] = json!(iso(now));
                    dying["metadata"]["deletionGracePeriodSeconds"] = json!(0);
                }
                if let Some(generation) = dying.pointer("/metadata/generation").and_then(Value::as_i64) {
                    dying["metadata"]["generation"] = json!(generation + 1);
                }
                self.put(cluster, key, dying);
                self.kube(cluster).ok()?.store.get(key).map(|there| Value::clone(there))
            }
        }
    }

    fn keep_finalizers(&mut self, cluster: &str, key: &Key, dying: &Value) {
        let there = self.kube(cluster).ok().and_then(|kubernetes| kubernetes.store.get(key).cloned());
        if there.is_some_and(|there| there.pointer("/metadata/finalizers") != dying.pointer("/metadata/finalizers")) {
            self.put(cluster, key, dying.clone());
        }
    }

    /// Removes an object that is dying and that nothing holds any more.
    pub(super) fn finish_deletion(&mut self, cluster: &str, key: &Key) {
        match key.kind.as_str() {
            "pods" => {
                let uid = self.kube(cluster).ok().and_then(|there| there.pod_named(&key.namespace, &key.name));
                if let Some(uid) = uid {
                    self.pod_gone(cluster, &uid);
                }
            }
            "namespaces" => {}
            _ => self.remove_object(cluster, key),
        }
    }

    /// Takes an object out that is not a pod and not a namespace.
    pub(super) fn remove_object(&mut self, cluster: &str, key: &Key) {
        self.remove_from_world(cluster, key);
        if let Ok(kubernetes) = self.kube(cluster) {
            let version = kubernetes.next_version();
            kubernetes.store.remove(key, version);
        }
    }

    /// Lets the dependents of an object go their own ways.
    fn orphan_dependents(&mut self, cluster: &str, owner: &Value) {
        let Some(id) = uid(owner) else { return };
        let keys = self.kube(cluster).map(|kubernetes| kubernetes.store.dependents(id)).unwrap_or_default();
        for key in keys {
            self.disown(cluster, &key, id);
        }
    }

    /// Takes an owner out of the metadata of an object.
    pub(super) fn disown(&mut self, cluster: &str, key: &Key, owner: &str) {
        let Ok(kubernetes) = self.kube(cluster) else { return };
        let Some(object) = kubernetes.store.get(key).cloned() else { return };
        if key.kind == "pods"
            && let Some(id) = kubernetes.pod_named(&key.namespace, &key.name)
            && let Some(pod) =
                kubernetes.pods.get_mut(&id).filter(|pod| pod.owner.as_ref().is_some_and(|o| o.uid == owner))
        {
            pod.owner = None;
        }
        let mut object = Value::clone(&object);
        if let Some(list) = object.pointer_mut("/metadata/ownerReferences").and_then(Value::as_array_mut) {
            list.retain(|reference| reference.get("uid").and_then(Value::as_str) != Some(owner));
        }
        if items(&object, "/metadata/ownerReferences").is_empty()
            && let Some(metadata) = object["metadata"].as_object_mut()
        {
            metadata.remove("ownerReferences");
        }
        self.put(cluster, key, object);
    }

    /// Deals with the dependents of an owner that is gone, or that waits for them.
    pub(super) fn collect_garbage(&mut self, cluster: &str, owner: &str) {
        let Ok(kubernetes) = self.kube(cluster) else { return };
        if kubernetes.store.has_uid(owner) {
            // What the cloud needs comes back at once.
            return;
        }
        for key in kubernetes.store.dependents(owner) {
            let Ok(kubernetes) = self.kube(cluster) else { return };
            let Some(object) = kubernetes.store.get(&key).cloned() else { continue };
            // Pods of a workload of the cloud are replaced by its own steps.
            let uid = kubernetes.pod_named(&key.namespace, &key.name).filter(|_| key.kind == "pods");
            if uid.is_some_and(|uid| self.workload_of(cluster, &uid).is_some()) {
                continue;
            }
            let Ok(kubernetes) = self.kube(cluster) else { return };
            let others = owners(&object).any(|other| other != owner && kubernetes.store.has_uid(other));
            if others {
                self.disown(cluster, &key, owner);
            } else if object.pointer("/metadata/deletionTimestamp").is_none() {
                self.delete_in_background(cluster, &key);
            }
        }
    }

    /// Starts the deletion of the dependents of an object that goes after them, and lets it go when they are gone.
    pub(super) fn delete_foreground(&mut self, cluster: &str, key: &Key) {
        let Ok(kubernetes) = self.kube(cluster) else { return };
        let Some(object) = kubernetes.store.get(key).cloned() else { return };
        let waits = items(&object, "/metadata/finalizers").contains(&json!(FOREGROUND));
        if !waits || object.pointer("/metadata/deletionTimestamp").is_none() {
            return;
        }
        let Some(id) = uid(&object) else { return };
        let dependents = kubernetes.store.dependents(id);
        for dependent in &dependents {
            let there = self.kube(cluster).ok().and_then(|kubernetes| kubernetes.store.get(dependent).cloned());
            if there.is_some_and(|there| there.pointer("/metadata/deletionTimestamp").is_none()) {
                let order =
                    Order { propagation: Propagation::Foreground, grace: None, uid: None, version: None, dry: false };
                self.start_deletion(cluster, dependent, &order);
            }
        }
        let blocked = self.kube(cluster).is_ok_and(|kubernetes| {
            kubernetes.store.dependents(id).iter().any(|dependent| {
                let there = kubernetes.store.get(dependent);
                there.is_some_and(|there| {
                    items(there, "/metadata/ownerReferences").iter().any(|reference| {
                        text(reference, "/uid") == id && reference.get("blockOwnerDeletion") == Some(&Value::Bool(true))
                    })
                })
            })
        });
        if blocked {
            return;
        }
        let mut object = Value::clone(&object);
        let mut left: Vec<Value> = items(&object, "/metadata/finalizers").to_vec();
        left.retain(|finalizer| finalizer != FOREGROUND);
        object["metadata"]["finalizers"] = json!(left);
        if left.is_empty() {
            self.remove_object(cluster, key);
        } else {
            self.put(cluster, key, object);
        }
    }

    /// Stops a namespace: what is in it goes, then the namespace itself.
    fn stop_namespace(&mut self, cluster_id: &str, name: &str) {
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        let version = kubernetes.next_version();
        let Some(found) = kubernetes.namespaces.get_mut(name).filter(|there| !there.stopping) else { return };
        (found.stopping, found.version) = (true, version);
        self.empty_namespace(cluster_id, name);
        self.after(NAMESPACE_STOP, Event::NamespaceGone { cluster: cluster_id.to_owned(), namespace: name.to_owned() });
        self.mirror(cluster_id);
    }

    /// Deletes all that is in a namespace.
    pub(super) fn empty_namespace(&mut self, cluster_id: &str, name: &str) {
        let keys = self.kube(cluster_id).map(|kubernetes| kubernetes.store.keys_in(name)).unwrap_or_default();
        for key in keys.into_iter().filter(|key| key.kind != "events") {
            self.delete_in_background(cluster_id, &key);
        }
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        let inside = kubernetes.pods.iter().filter(|pod| pod.namespace == name && !pod.stopping);
        let pods: Vec<String> = inside.map(|pod| pod.uid.clone()).collect();
        for uid in pods {
            self.stop_pod(cluster_id, &uid);
        }
    }

    /// Whether something in a namespace, or the namespace itself, is held by a finalizer.
    pub(super) fn is_held(&self, cluster_id: &str, name: &str) -> bool {
        let Ok(cluster) = self.cluster(cluster_id) else { return false };
        let store = &cluster.kubernetes.store;
        let held = |key: &Key| store.get(key).is_some_and(|object| !items(object, "/metadata/finalizers").is_empty());
        held(&Key::new("namespaces", "", name)) || store.keys_in(name).iter().any(held)
    }

    /// Stops the pod of that name, at once if it has no time to stop.
    fn stop_named_pod(&mut self, cluster: &str, key: &Key, grace: Option<u64>) -> Option<Value> {
        let uid = self.kube(cluster).ok()?.pod_named(&key.namespace, &key.name)?;
        let never_ran = self.kube(cluster).ok()?.pods.get(&uid).is_some_and(|pod| pod.node.is_none());
        let held =
            self.kube(cluster).ok()?.store.get(key).is_some_and(|o| !items(o, "/metadata/finalizers").is_empty());
        self.stop_pod(cluster, &uid);
        self.mirror(cluster);
        let last = self.kube(cluster).ok()?.store.get(key).map(|there| Value::clone(there));
        if (grace == Some(0) || never_ran) && !held {
            self.pod_gone(cluster, &uid);
        }
        last
    }
}
