//! ReplicaSets and ReplicationControllers: a number of equal pods.

use super::{About, MadePod, count_pods};
use crate::kubernetes::defaults::replicas;
use crate::kubernetes::names::{number, text};
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Owner, Pod, suffix};
use serde_json::{Map, Value, json};

impl ControlPlane<'_, '_> {
    /// Brings the pods of a set to the number that it wants, and tells its status.
    pub(super) fn fill_set(&mut self, cluster_id: &str, key: &Key, set: &Value) {
        let selector = match key.kind.as_str() {
            "replicasets.apps" => LabelSelector::of_object(set.pointer("/spec/selector")),
            _ => Some(LabelSelector::of_labels(set.pointer("/spec/selector"))),
        };
        let Some(selector) = selector.filter(|selector| !selector.is_empty()) else { return };
        let id = text(set, "/metadata/uid");
        self.adopt_and_release(cluster_id, key, set, &selector);
        let pods = self.pods_of_owner(cluster_id, id);
        let mut active: Vec<Pod> = pods.into_iter().filter(Pod::is_active).collect();
        let wanted = usize::try_from(replicas(set)).unwrap_or(0);
        let kind = if key.kind == "replicasets.apps" { "ReplicaSet" } else { "ReplicationController" };
        let component = if kind == "ReplicaSet" { "replicaset-controller" } else { "replication-controller" };
        let about = |reason, message| About { kind, component, reason, message, warning: false };
        for _ in active.len()..wanted {
            let name = format!("{}-{}", key.name, suffix(self.0.ids));
            let template = set.pointer("/spec/template").cloned().unwrap_or_default();
            let made = MadePod { name: name.clone(), ..MadePod::default() };
            if self.create_pod_of(cluster_id, set, &template, made).is_some() {
                self.object_event(cluster_id, set, about("SuccessfulCreate", format!("Created pod: {name}")));
            }
        }
        if active.len() > wanted {
            // Those that do not serve go first, then the youngest.
            active.sort_by_key(|pod| (pod.node.is_none(), !pod.running, pod.created, pod.uid.clone()));
            for pod in active.split_off(wanted).iter().rev() {
                self.stop_pod(cluster_id, &pod.uid);
                self.object_event(cluster_id, set, about("SuccessfulDelete", format!("Deleted pod: {}", pod.name)));
            }
        }
        self.tell_set_status(cluster_id, key, set);
    }

    fn tell_set_status(&mut self, cluster_id: &str, key: &Key, set: &Value) {
        let pods = self.pods_of_owner(cluster_id, text(set, "/metadata/uid"));
        let active: Vec<Pod> = pods.into_iter().filter(Pod::is_active).collect();
        let min_ready = number(set, "/spec/minReadySeconds").unwrap_or(0);
        let (ready, available, next) = count_pods(&active, min_ready, self.0.now);
        let template = set.pointer("/spec/template/metadata/labels").and_then(Value::as_object);
        let labelled = active.iter().filter(|pod| {
            let mut wanted = template.into_iter().flatten();
            wanted.all(|(name, value)| pod.labels.get(name).map(String::as_str) == value.as_str())
        });
        let mut status = Map::new();
        let counts = [
            ("fullyLabeledReplicas", labelled.count() as i64),
            ("readyReplicas", ready),
            ("availableReplicas", available),
        ];
        status.insert("replicas".to_owned(), json!(active.len()));
        status.extend(
            counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), json!(count))),
        );
        let generation = self.object(cluster_id, key).and_then(|there| number(&there, "/metadata/generation"));
        status.insert("observedGeneration".to_owned(), json!(generation));
        self.set_status(cluster_id, key, Value::Object(status));
        if let Some(at) = next {
            self.wake_at(cluster_id, at);
        }
    }

    /// Adopts pods that the selector selects and that have no owner, and releases pods that it no longer selects.
    fn adopt_and_release(&mut self, cluster_id: &str, key: &Key, set: &Value, selector: &LabelSelector) {
        let own = |path: &str| text(set, path).to_owned();
        let owner = Owner {
            kind: own("/kind"),
            name: own("/metadata/name"),
            uid: own("/metadata/uid"),
            api_version: own("/apiVersion"),
        };
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        let mut changed = Vec::new();
        for pod in kubernetes.pods.iter().filter(|pod| pod.namespace == key.namespace && pod.is_active()) {
            let labels = pod.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let selected = selector.selects_labels(Some(&labels));
            match &pod.owner {
                None if selected => changed.push((pod.uid.clone(), Some(owner.clone()))),
                Some(there) if there.uid == owner.uid && !selected => changed.push((pod.uid.clone(), None)),
                _ => {}
            }
        }
        for (id, owner) in changed {
            let version = kubernetes.next_version();
            if let Some(pod) = kubernetes.pods.get_mut(&id) {
                (pod.owner, pod.version) = (owner, version);
            }
        }
    }
}
