//! StatefulSets: pods with numbers, made and replaced one after the other, each with its own claims.

use super::{About, MadePod, count_pods};
use crate::kubernetes::defaults::replicas;
use crate::kubernetes::names::{items, number, text};
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod};
use serde_json::{Map, Value, json};

const HASH: &str = "controller-revision-hash";

fn ordinal(pod: &Pod, set: &str) -> Option<i64> {
    pod.name.strip_prefix(set)?.strip_prefix('-')?.parse().ok()
}

impl ControlPlane<'_, '_> {
    /// Brings the pods of a StatefulSet to what it wants, and tells its status.
    pub(super) fn fill_stateful_set(&mut self, cluster_id: &str, key: &Key, set: &Value) {
        let update = format!("{}-{}", key.name, self.present_revision(cluster_id, key, set));
        let wanted = replicas(set);
        let parallel = text(set, "/spec/podManagementPolicy") == "Parallel";
        let id = text(set, "/metadata/uid").to_owned();
        let current = match text(set, "/status/currentRevision") {
            "" => update.clone(),
            current => current.to_owned(),
        };
        let partition = number(set, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
        let mut pods = self.pods_of_owner(cluster_id, &id);
        pods.sort_by_key(|pod| ordinal(pod, &key.name));
        let mut waits = false;
        for place in 0..wanted {
            match pods.iter().find(|pod| ordinal(pod, &key.name) == Some(place)) {
                Some(pod) if pod.is_ready() => {}
                Some(_) => waits = true,
                None => {
                    // A pod of an earlier template comes back as it was, if new ones are held.
                    let new = place >= partition || current == update;
                    self.start_numbered(cluster_id, key, set, place, if new { &update } else { &current });
                    waits = true;
                }
            }
            if waits && !parallel {
                break;
            }
        }
        let surplus: Vec<&Pod> =
            pods.iter().filter(|pod| ordinal(pod, &key.name).is_none_or(|n| n >= wanted)).collect();
        let stopping = pods.iter().any(|pod| pod.stopping);
        for pod in surplus.iter().rev() {
            if pod.is_active() && (parallel || !stopping) && (parallel || !waits) {
                self.stop_pod(cluster_id, &pod.uid);
                self.set_event(cluster_id, set, "SuccessfulDelete", format!("delete Pod {} in StatefulSet", pod.name));
                waits = true;
                if !parallel {
                    break;
                }
            }
        }
        let rolls = text(set, "/spec/updateStrategy/type") == "RollingUpdate";
        if rolls && !waits && !stopping && surplus.is_empty() {
            let old = pods.iter().rev().find(|pod| {
                ordinal(pod, &key.name).is_some_and(|place| place >= partition)
                    && pod.labels.get(HASH).is_none_or(|hash| *hash != update)
            });
            if let Some(pod) = old {
                self.stop_pod(cluster_id, &pod.uid);
            }
        }
        self.tell_stateful_status(cluster_id, key, &current, &update);
    }

    fn set_event(&mut self, cluster_id: &str, set: &Value, reason: &'static str, message: String) {
        let about = About { kind: "StatefulSet", component: "statefulset-controller", reason, message, warning: false };
        self.object_event(cluster_id, set, about);
    }

    fn start_numbered(&mut self, cluster_id: &str, key: &Key, set: &Value, place: i64, revision: &str) {
        let name = format!("{}-{place}", key.name);
        let taken = Key::new("pods", &key.namespace, &name);
        if self.object(cluster_id, &taken).is_some() {
            return;
        }
        let mut volumes = Vec::new();
        for claim in items(set, "/spec/volumeClaimTemplates") {
            let base = text(claim, "/metadata/name");
            let claim_key = Key::new("persistentvolumeclaims", &key.namespace, &format!("{base}-{name}"));
            if self.object(cluster_id, &claim_key).is_none() {
                let labels = set.pointer("/spec/selector/matchLabels").cloned().unwrap_or_else(|| json!({}));
                let object = json!({"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"labels": labels},
                    "spec": claim["spec"], "status": {"phase": "Pending"}});
                self.create_child(cluster_id, &claim_key, object, None);
            }
            volumes.push(json!({"name": base, "persistentVolumeClaim": {"claimName": claim_key.name}}));
        }
        // The template of the revision, which may be an earlier one.
        let kept = Key::new("controllerrevisions.apps", &key.namespace, revision);
        let template = self.object(cluster_id, &kept).and_then(|kept| kept.pointer("/data/spec/template").cloned());
        let template = template.or_else(|| set.pointer("/spec/template").cloned()).unwrap_or_default();
        let mut all = items(&template, "/spec/volumes").to_vec();
        all.extend(volumes);
        let mut spec = Map::new();
        spec.insert("hostname".to_owned(), json!(name));
        let service = text(set, "/spec/serviceName");
        if !service.is_empty() {
            spec.insert("subdomain".to_owned(), json!(service));
        }
        if !all.is_empty() {
            spec.insert("volumes".to_owned(), Value::Array(all));
        }
        let labels = vec![
            (HASH, revision.to_owned()),
            ("statefulset.kubernetes.io/pod-name", name.clone()),
            ("apps.kubernetes.io/pod-index", place.to_string()),
        ];
        let message = format!("create Pod {name} in StatefulSet {} successful", key.name);
        if self.create_pod_of(cluster_id, set, &template, MadePod { name, labels, spec }).is_some() {
            self.set_event(cluster_id, set, "SuccessfulCreate", message);
        }
    }

    fn tell_stateful_status(&mut self, cluster_id: &str, key: &Key, current: &str, update: &str) {
        let Some(set) = self.object(cluster_id, key) else { return };
        let pods = self.pods_of_owner(cluster_id, text(&set, "/metadata/uid"));
        let active: Vec<Pod> = pods.into_iter().filter(Pod::is_active).collect();
        let min_ready = number(&set, "/spec/minReadySeconds").unwrap_or(0);
        let (ready, available, next) = count_pods(&active, min_ready, self.0.now);
        let of =
            |revision: &str| active.iter().filter(|pod| pod.labels.get(HASH).is_some_and(|h| h == revision)).count();
        let (updated, total) = (of(update), active.len());
        let done = updated == total && ready == replicas(&set) && ready == total as i64;
        let current = if done { update } else { current };
        let mut status = Map::new();
        let counts = [
            ("readyReplicas", ready),
            ("availableReplicas", available),
            ("currentReplicas", of(current) as i64),
            ("updatedReplicas", updated as i64),
        ];
        status.insert("observedGeneration".to_owned(), set["metadata"]["generation"].clone());
        status.insert("replicas".to_owned(), json!(total));
        status.extend(counts.into_iter().map(|(name, count)| (name.to_owned(), json!(count))));
        status.insert("currentRevision".to_owned(), json!(current));
        status.insert("updateRevision".to_owned(), json!(update));
        status.insert("collisionCount".to_owned(), json!(0));
        self.set_status(cluster_id, key, Value::Object(status));
        if let Some(at) = next {
            self.wake_at(cluster_id, at);
        }
    }
}
