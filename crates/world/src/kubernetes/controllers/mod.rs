//! Controllers: they bring what is there to what objects want, in world time.
//!
//! After each change [`ControlPlane::sync`] lets the controllers see what has changed, until nothing changes any more.
//! What depends on time alone (schedules, deadlines) is looked at again when the cluster is woken.

pub(crate) mod autoscalers;
mod budgets;
mod claims;
mod cron_jobs;
mod daemon_sets;
mod deployments;
mod endpoints;
mod ingresses;
mod jobs;
mod replica_sets;
mod revisions;
pub mod schedule;
mod stateful_sets;

use super::names::{items, number, text};
use super::selectors::LabelSelector;
use super::store::{Change, ChangeKind, Key, owners, uid};
use super::write::same;
use super::{ControlPlane, KubeEvent, NewPod, Owner, Pod, mirror};
use crate::cluster::{Event, Stage};
use crate::kernel::Millis;
use crate::kernel::engine::{Act, Verdict};
use crate::kernel::ids::hexadecimal;
use crate::kernel::time::iso;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Rounds after which the rest waits for the next change.
const ROUNDS: usize = 200;
/// Kinds that are looked at again when the cluster is woken.
const TIMED: [&str; 11] = [
    "deployments.apps",
    "replicasets.apps",
    "replicationcontrollers",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "persistentvolumeclaims",
    autoscalers::AUTOSCALERS,
    "ingresses.networking.k8s.io",
    "resourcequotas",
];

/// What a controller is to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    /// The dependents of an owner that is gone.
    Garbage(String),
    /// An object that goes after its dependents.
    Foreground(Key),
    Namespace(String),
    /// A kind whose definition is gone.
    Undefined(String),
    Object(Key),
    Endpoints(Key),
    Budget(Key),
}

/// The user that controllers are for policies.
const CONTROLLERS: &str = "system:kube-controller-manager";

impl ControlPlane<'_, '_> {
    /// Shows what has changed in the world and lets the controllers act, until nothing changes any more.
    pub fn sync(&mut self, cluster_id: &str) {
        self.act_on_changes(cluster_id);
        let engine = self.0.engine;
        engine.objects_settled(self.0, cluster_id);
    }

    fn act_on_changes(&mut self, cluster_id: &str) {
        if self.cluster(cluster_id).is_ok_and(|cluster| cluster.stage != Stage::Up) {
            return;
        }
        for _ in 0..ROUNDS {
            self.mirror(cluster_id);
            if self.cluster(cluster_id).is_ok_and(|cluster| cluster.stopped.controllers) {
                return;
            }
            let Ok(kubernetes) = self.kube(cluster_id) else { return };
            let changes = kubernetes.store.take_pending();
            let mut work = BTreeSet::new();
            if std::mem::take(&mut kubernetes.woken) {
                for kind in TIMED {
                    work.extend(kubernetes.store.keys(kind).into_iter().map(Work::Object));
                }
            }
            for change in &changes {
                self.plan_work(cluster_id, change, &mut work);
            }
            if work.is_empty() {
                return;
            }
            for work in work {
                self.act(cluster_id, work);
            }
            if self.cluster(cluster_id).is_ok_and(|cluster| cluster.waiting_pods().next().is_some()) {
                self.settle(cluster_id);
            }
        }
    }

    /// Lets the controllers look at what depends on time.
    pub fn wake(&mut self, cluster_id: &str) {
        let now = self.0.now;
        if let Ok(kubernetes) = self.kube(cluster_id) {
            kubernetes.woken = true;
            kubernetes.wakes.retain(|at| *at > now);
        }
    }

    /// Wakes the cluster at that moment.
    fn wake_at(&mut self, cluster_id: &str, at: Millis) {
        let now = self.0.now;
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        if at > now && kubernetes.wakes.insert(at) {
            self.after(at - now, Event::Wake { cluster: cluster_id.to_owned() });
        }
    }

    /// What follows from a change.
    fn plan_work(&self, cluster_id: &str, change: &Change, work: &mut BTreeSet<Work>) {
        let key = &change.key;
        let Ok(cluster) = self.cluster(cluster_id) else { return };
        let store = &cluster.kubernetes.store;
        let gone = change.kind == ChangeKind::Deleted;
        if gone && let Some(uid) = uid(&change.object) {
            work.insert(Work::Garbage(uid.to_owned()));
        } else if change.object.pointer("/metadata/deletionTimestamp").is_some() {
            work.insert(Work::Foreground(key.clone()));
        } else if key.kind != "pods" {
            // Owners that were gone before the object came. A pod that names a controller which is not there is one of a
            // controller of somebody else's: it stays, and is replaced when it is evicted.
            let absent = owners(&change.object).filter(|owner| !store.has_uid(owner));
            work.extend(absent.map(|owner| Work::Garbage(owner.to_owned())));
        }
        let states = change.before.iter().chain(std::iter::once(&change.object));
        for state in states.clone() {
            for owner in items(state, "/metadata/ownerReferences") {
                work.extend(owner_key(&key.namespace, owner).map(Work::Object));
            }
            // Owners that wait for their last dependent.
            if gone {
                for owner in items(state, "/metadata/ownerReferences") {
                    work.extend(owner_key(&key.namespace, owner).map(Work::Foreground));
                }
            }
        }
        if matches!(
            key.kind.as_str(),
            "deployments.apps" | "replicasets.apps" | "statefulsets.apps" | "replicationcontrollers"
        ) {
            work.extend(self.autoscalers_of(cluster_id, key).into_iter().map(Work::Object));
        }
        if change.kind != ChangeKind::Modified || key.kind == "pods" {
            for quota in store.list("resourcequotas", Some(&key.namespace)) {
                let name = text(quota, "/metadata/name");
                work.insert(Work::Object(Key::new("resourcequotas", &key.namespace, name)));
            }
        }
        match key.kind.as_str() {
            "resourcequotas" => {
                // What did not fit may fit now.
                work.extend(TIMED.iter().filter(|kind| **kind != "resourcequotas").flat_map(|kind| {
                    store.keys(kind).into_iter().filter(|there| there.namespace == key.namespace).map(Work::Object)
                }));
                if !gone {
                    work.insert(Work::Object(key.clone()));
                }
            }
            "pods" => {
                // A deployment waits for the last pods of its sets.
                if gone && let Some(owner) = items(&change.object, "/metadata/ownerReferences").first() {
                    let set = owner_key(&key.namespace, owner).and_then(|set| store.get(&set));
                    let above = set.into_iter().flat_map(|set| items(set, "/metadata/ownerReferences"));
                    work.extend(above.filter_map(|owner| owner_key(&key.namespace, owner)).map(Work::Object));
                }
                for service in store.list("services", Some(&key.namespace)) {
                    let selector = LabelSelector::of_labels(service.pointer("/spec/selector"));
                    if !selector.is_empty() && states.clone().any(|state| selector.selects(state)) {
                        work.insert(Work::Endpoints(Key::new(
                            "services",
                            &key.namespace,
                            text(service, "/metadata/name"),
                        )));
                    }
                }
                for budget in store.list("poddisruptionbudgets.policy", Some(&key.namespace)) {
                    let name = text(budget, "/metadata/name");
                    work.insert(Work::Budget(Key::new("poddisruptionbudgets.policy", &key.namespace, name)));
                }
                // Pods without an owner may be adopted, and claims wait for pods.
                if change.kind == ChangeKind::Added {
                    if owners(&change.object).next().is_none() {
                        for kind in ["replicasets.apps", "replicationcontrollers"] {
                            for set in store.list(kind, Some(&key.namespace)) {
                                work.insert(Work::Object(Key::new(kind, &key.namespace, text(set, "/metadata/name"))));
                            }
                        }
                    }
                    for claim in store.list("persistentvolumeclaims", Some(&key.namespace)) {
                        let name = text(claim, "/metadata/name");
                        work.insert(Work::Object(Key::new("persistentvolumeclaims", &key.namespace, name)));
                    }
                }
            }
            "services" => drop(work.insert(Work::Endpoints(key.clone()))),
            "poddisruptionbudgets.policy" if !gone => drop(work.insert(Work::Budget(key.clone()))),
            "namespaces" => drop(work.insert(Work::Namespace(key.name.clone()))),
            "nodes" => work.extend(store.keys("daemonsets.apps").into_iter().map(Work::Object)),
            "persistentvolumes" | "storageclasses.storage.k8s.io" => {
                if !gone && key.kind == "persistentvolumes" {
                    work.insert(Work::Object(key.clone()));
                }
                work.extend(store.keys("persistentvolumeclaims").into_iter().map(Work::Object));
            }
            "persistentvolumeclaims" if gone => {
                work.extend(store.keys("persistentvolumes").into_iter().map(Work::Object));
            }
            super::crd::DEFINITIONS if gone => drop(work.insert(Work::Undefined(key.name.clone()))),
            kind if !gone && TIMED.contains(&kind) => drop(work.insert(Work::Object(key.clone()))),
            _ => {}
        }
    }

    fn act(&mut self, cluster_id: &str, work: Work) {
        match work {
            Work::Garbage(owner) => self.collect_garbage(cluster_id, &owner),
            Work::Foreground(key) => self.delete_foreground(cluster_id, &key),
            Work::Namespace(name) => self.furnish(cluster_id, &name),
            Work::Undefined(name) => {
                let keys = self.kube(cluster_id).map(|kubernetes| kubernetes.store.keys(&name)).unwrap_or_default();
                for key in keys {
                    self.remove_object(cluster_id, &key);
                }
            }
            Work::Endpoints(key) => self.connect_service(cluster_id, &key),
            Work::Budget(key) => self.count_budget(cluster_id, &key),
            Work::Object(key) => {
                let Ok(cluster) = self.cluster(cluster_id) else { return };
                if cluster.kubernetes.mirror.shows_workload(&key) {
                    return;
                }
                let Some(object) = cluster.kubernetes.store.get(&key).map(|object| Value::clone(object)) else {
                    return;
                };
                let dying = object.pointer("/metadata/deletionTimestamp").is_some();
                match key.kind.as_str() {
                    "persistentvolumes" => self.release_volume(cluster_id, &key, &object),
                    _ if dying => {}
                    "deployments.apps" => self.roll_deployment(cluster_id, &key, &object),
                    "replicasets.apps" | "replicationcontrollers" => self.fill_set(cluster_id, &key, &object),
                    "statefulsets.apps" => self.fill_stateful_set(cluster_id, &key, &object),
                    "daemonsets.apps" => self.fill_daemon_set(cluster_id, &key, &object),
                    "jobs.batch" => self.run_job(cluster_id, &key, &object),
                    "cronjobs.batch" => self.run_cron_job(cluster_id, &key, &object),
                    "resourcequotas" => {
                        let status = self.cluster(cluster_id).ok().and_then(|c| c.kubernetes.quota_status(&object));
                        if let Some(status) = status {
                            self.set_status(cluster_id, &key, status);
                        }
                    }
                    "ingresses.networking.k8s.io" => self.serve_ingress(cluster_id, &key, &object),
                    autoscalers::AUTOSCALERS => self.autoscale(cluster_id, &key, &object),
                    "persistentvolumeclaims" => self.bind_claim(cluster_id, &key, &object),
                    _ => {}
                }
            }
        }
    }

    /// Gives a namespace what each has: the service account that pods run under.
    fn furnish(&mut self, cluster_id: &str, name: &str) {
        let there = self.cluster(cluster_id).ok().and_then(|cluster| cluster.kubernetes.namespaces.get(name));
        let key = Key::new("serviceaccounts", name, "default");
        let missing = self.cluster(cluster_id).is_ok_and(|cluster| cluster.kubernetes.store.get(&key).is_none());
        if missing && there.is_some_and(|namespace| !namespace.stopping) {
            let account = json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {}});
            self.create_child(cluster_id, &key, account, None);
        }
    }

    /// The object of a key.
    fn object(&self, cluster_id: &str, key: &Key) -> Option<Value> {
        self.cluster(cluster_id).ok()?.kubernetes.store.get(key).map(|object| Value::clone(object))
    }

    /// The objects of a kind that an owner controls.
    fn children(&self, cluster_id: &str, kind: &str, owner: &str) -> Vec<(Key, Value)> {
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        let store = &cluster.kubernetes.store;
        let keys = store.dependents(owner).into_iter().filter(|key| key.kind == kind);
        keys.filter_map(|key| store.get(&key).map(|object| (key.clone(), Value::clone(object)))).collect()
    }

    /// Makes an object of a controller.
    fn create_child(&mut self, cluster_id: &str, key: &Key, mut object: Value, owner: Option<&Value>) {
        let (uid, now) = (self.0.ids.uuid(), self.0.now);
        let metadata = &mut object["metadata"];
        metadata["name"] = json!(key.name);
        if !key.namespace.is_empty() {
            metadata["namespace"] = json!(key.namespace);
        }
        (metadata["uid"], metadata["creationTimestamp"]) = (json!(uid), json!(iso(now)));
        if let Some(owner) = owner {
            metadata["ownerReferences"] = json!([reference(owner)]);
        }
        if object.get("spec").is_some() && !key.kind.starts_with("persistentvolume") {
            object["metadata"]["generation"] = json!(1);
        }
        self.put(cluster_id, key, object);
    }

    /// Keeps an object as a controller has changed it, if it differs from what is there.
    fn change(&mut self, cluster_id: &str, key: &Key, mut new: Value) {
        let Some(old) = self.object(cluster_id, key) else { return };
        if old.get("spec") != new.get("spec")
            && let Some(generation) = number(&old, "/metadata/generation")
        {
            new["metadata"]["generation"] = json!(generation + 1);
        }
        if !same(&old, &new) {
            self.put(cluster_id, key, new);
        }
    }

    /// Sets the status of an object.
    fn set_status(&mut self, cluster_id: &str, key: &Key, status: Value) {
        let Some(mut object) = self.object(cluster_id, key) else { return };
        object["status"] = status;
        self.change(cluster_id, key, object);
    }

    /// The pods that an owner controls.
    fn pods_of_owner(&self, cluster_id: &str, owner: &str) -> Vec<Pod> {
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        let pods = cluster.kubernetes.pods.iter();
        pods.filter(|pod| pod.owner.as_ref().is_some_and(|there| there.uid == owner)).map(Pod::brief).collect()
    }

    /// Makes a pod of a template.
    fn create_pod_of(&mut self, cluster_id: &str, owner: &Value, template: &Value, made: MadePod) -> Option<String> {
        let namespace = text(owner, "/metadata/namespace").to_owned();
        let mut spec = mirror::spec_of(template, "/spec");
        spec.extend(made.spec);
        for field in ["serviceAccountName", "serviceAccount"] {
            spec.entry(field).or_insert_with(|| json!("default"));
        }
        let limits = self.limits_in(cluster_id, &namespace);
        limits.set_defaults(&mut spec);
        let pod = json!({"kind": "Pod", "metadata": {"namespace": namespace, "name": made.name}, "spec": spec});
        let engine = self.0.engine;
        let act = Act { cluster: cluster_id, object: &pod, deletes: false, user: CONTROLLERS };
        let refused = engine.review(self.0, &act).into_iter().find_map(|verdict| match verdict {
            Verdict::Deny(why) | Verdict::Forbid(why) => Some(why),
            Verdict::Warn(_) => None,
        });
        if let Some(why) = refused {
            self.note_refused_pod(cluster_id, owner, why);
            return None;
        }
        let refused = limits.fault(&spec).or_else(|| self.pod_over_quota(cluster_id, &namespace, &spec));
        if let Some(why) = refused {
            self.note_refused_pod(cluster_id, owner, format!("pods \"{}\" is forbidden: {why}", made.name));
            return None;
        }
        let mut labels = mirror::map(template, "/metadata/labels");
        labels.extend(made.labels.into_iter().map(|(key, value)| (key.to_owned(), value)));
        let own = |path: &str| text(owner, path).to_owned();
        let new = NewPod {
            name: made.name,
            namespace,
            labels,
            annotations: mirror::map(template, "/metadata/annotations"),
            spec,
            owner: Some(Owner {
                kind: own("/kind"),
                name: own("/metadata/name"),
                uid: own("/metadata/uid"),
                api_version: own("/apiVersion"),
            }),
            image_missing: false,
        };
        let (now, bound) = (self.0.now, new.spec.contains_key("nodeName"));
        let cluster = self.0.realm.clusters.get_mut(cluster_id)?;
        cluster.kubernetes.namespaces.get(&new.namespace).filter(|namespace| !namespace.stopping)?;
        let uid = cluster.kubernetes.add_pod(new, now, self.0.ids);
        if bound {
            self.start_bound_pod(cluster_id, &uid);
        }
        Some(uid)
    }

    /// Records that a controller could not make a pod, unless it is known.
    fn note_refused_pod(&mut self, cluster_id: &str, owner: &Value, why: String) {
        let kinds = ["ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"];
        let Some(kind) = kinds.into_iter().find(|kind| *kind == text(owner, "/kind")) else { return };
        let id = text(owner, "/metadata/uid");
        let known = self.cluster(cluster_id).is_ok_and(|cluster| {
            cluster.kubernetes.events.iter().any(|event| event.object_uid == id && event.reason == "FailedCreate")
        });
        if !known {
            let message = format!("Error creating: {why}");
            let about = About { kind, component: "controller-manager", reason: "FailedCreate", message, warning: true };
            self.object_event(cluster_id, owner, about);
        }
    }

    /// Records an event about an object.
    fn object_event(&mut self, cluster_id: &str, object: &Value, about: About) {
        let event = KubeEvent {
            name: String::new(),
            uid: self.0.ids.uuid(),
            namespace: text(object, "/metadata/namespace").to_owned(),
            kind: about.kind.into(),
            object: text(object, "/metadata/name").to_owned(),
            object_uid: text(object, "/metadata/uid").to_owned(),
            reason: about.reason.into(),
            message: about.message,
            warning: about.warning,
            component: about.component.into(),
            at: self.0.now,
            version: 0,
        };
        if let Ok(kubernetes) = self.kube(cluster_id) {
            kubernetes.record(event);
        }
    }
}

/// What happened to an object.
struct About {
    kind: &'static str,
    component: &'static str,
    reason: &'static str,
    message: String,
    warning: bool,
}

/// What a pod has in addition to its template.
#[derive(Debug, Default)]
struct MadePod {
    name: String,
    labels: Vec<(&'static str, String)>,
    spec: Map<String, Value>,
}

impl Pod {
    /// The pod without what it is made of: what controllers look at.
    fn brief(&self) -> Self {
        Self {
            uid: self.uid.clone(),
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            labels: self.labels.clone(),
            node: self.node.clone(),
            running: self.running,
            lost: self.lost,
            stopping: self.stopping,
            created: self.created,
            started: self.started,
            finished: self.finished,
            restarts: self.restarts,
            ..Self::default()
        }
    }

    /// Whether it serves or will serve: not stopping, not over.
    pub fn is_active(&self) -> bool {
        !self.stopping && self.finished.is_none()
    }

    /// Whether it is ready.
    pub fn is_ready(&self) -> bool {
        self.running && !self.lost && self.is_active()
    }

    /// Whether it has been ready for that long; otherwise when it will have been.
    fn is_available(&self, seconds: i64, now: Millis) -> Result<bool, Millis> {
        let wait = u64::try_from(seconds).unwrap_or(0) * 1_000;
        match self.started.filter(|_| self.is_ready()) {
            Some(started) if started + wait <= now => Ok(true),
            Some(started) => Err(started + wait),
            None => Ok(false),
        }
    }
}

/// How many pods are ready and how many are available; the moment at which more are.
fn count_pods(pods: &[Pod], min_ready: i64, now: Millis) -> (i64, i64, Option<Millis>) {
    let (mut ready, mut available, mut next) = (0, 0, None::<Millis>);
    for pod in pods {
        ready += i64::from(pod.is_ready());
        match pod.is_available(min_ready, now) {
            Ok(is_available) => available += i64::from(is_available),
            Err(at) => next = Some(next.map_or(at, |next| next.min(at))),
        }
    }
    (ready, available, next)
}

/// The reference to a controller.
fn reference(owner: &Value) -> Value {
    json!({"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true})
}

/// The key of an owner of a built-in kind.
fn owner_key(namespace: &str, owner: &Value) -> Option<Key> {
    let kind = super::kinds::KINDS.iter().find(|kind| kind.kind == text(owner, "/kind"))?;
    let namespace = if kind.namespaced { namespace } else { "" };
    Some(Key::new(&kind.key(), namespace, text(owner, "/name")))
}

/// Sets a condition; the moment of the change stays if its status does.
fn set_condition(conditions: &mut Vec<Value>, kind: &str, is: bool, reason: &str, message: &str, now: Millis) {
    let status = if is { "True" } else { "False" };
    let old = conditions.iter().position(|condition| text(condition, "/type") == kind);
    let before = old.and_then(|place| conditions.get(place)).cloned().unwrap_or_default();
    let stays = |field: &str| text(&before, field).to_owned();
    let same_status = stays("/status") == status;
    let same_all = same_status && stays("/reason") == reason && stays("/message") == message;
    let time = |keep: bool, field: &str| if keep { stays(field) } else { iso(now) };
    let mut new = json!({"type": kind, "status": status, "reason": reason, "message": message,
        "lastTransitionTime": time(same_status, "/lastTransitionTime")});
    let update = stays("/lastUpdateTime");
    new["lastUpdateTime"] = json!(if same_all && !update.is_empty() { update } else { iso(now) });
    match old.and_then(|place| conditions.get_mut(place)) {
        Some(there) => *there = new,
        None => conditions.push(new),
    }
}

/// Ten letters and digits that depend on a template.
fn template_hash(template: &Value, collisions: i64) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let digits = hexadecimal(&format!("{template}/{collisions}"), 20);
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let value =
            pair.iter().fold(0_usize, |sum, byte| sum * 16 + char::from(*byte).to_digit(16).unwrap_or(0) as usize);
        LETTERS.get(value % LETTERS.len()).copied().map_or('b', char::from)
    });
    pairs.collect()
}

/// The moment of a time as objects have it.
fn moment(time: &str) -> Option<Millis> {
    Millis::try_from(chrono::DateTime::parse_from_rfc3339(time).ok()?.timestamp_millis()).ok()
}
