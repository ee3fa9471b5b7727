//! Deployments: a ReplicaSet per template, and the way from one to the next.

use super::{About, count_pods, moment, set_condition, template_hash};
use crate::kernel::SECOND;
use crate::kubernetes::defaults::{replicas, share};
use crate::kubernetes::names::{items, number, text};
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod};
use serde_json::{Map, Value, json};

const HASH: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";

/// A ReplicaSet of a deployment with what its pods do.
#[derive(Debug, Clone)]
struct Set {
    key: Key,
    object: Value,
    wanted: i64,
    pods: i64,
    ready: i64,
    available: i64,
}

/// The template without the label that the deployment adds.
fn bare_template(object: &Value) -> Value {
    let mut template = object.pointer("/spec/template").cloned().unwrap_or_default();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(HASH);
    }
    if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| !value.is_null());
    }
    template
}

fn revision(object: &Value) -> i64 {
    object
        .pointer("/metadata/annotations")
        .and_then(|all| all.get(REVISION))
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

impl ControlPlane<'_, '_> {
    /// Takes the next step of a deployment, and tells its status.
    pub(super) fn roll_deployment(&mut self, cluster_id: &str, key: &Key, deployment: &Value) {
        let paused = deployment.pointer("/spec/paused") == Some(&Value::Bool(true));
        let mut sets = self.sets_of(cluster_id, deployment);
        let template = bare_template(deployment);
        let mut place = sets.iter().position(|set| bare_template(&set.object) == template);
        if place.is_none() && !paused {
            self.add_set(cluster_id, key, deployment, &sets);
            sets = self.sets_of(cluster_id, deployment);
            place = sets.iter().position(|set| bare_template(&set.object) == template);
        }
        if let Some(place) = place {
            self.number_revision(cluster_id, key, &sets, place);
        }
        let wanted = replicas(deployment);
        if paused {
            // Only the number of pods is kept; a deployment that is paused rolls nothing out.
            let newest = place.or_else(|| (!sets.is_empty()).then_some(sets.len() - 1));
            if let Some(set) = newest.and_then(|place| sets.get(place)) {
                let others: i64 = sets.iter().filter(|other| other.key != set.key).map(|other| other.wanted).sum();
                self.scale_set(cluster_id, deployment, &set.clone(), (wanted - others).max(0));
            }
        } else if let Some(place) = place {
            let new = sets.remove(place);
            if text(deployment, "/spec/strategy/type") == "Recreate" {
                self.recreate(cluster_id, deployment, &new, &sets);
            } else {
                self.roll_step(cluster_id, deployment, new, sets);
            }
        }
        self.tell_deployment_status(cluster_id, key);
        self.clean_history(cluster_id, key);
    }

    fn sets_of(&self, cluster_id: &str, deployment: &Value) -> Vec<Set> {
        let now = self.0.now;
        let min_ready = number(deployment, "/spec/minReadySeconds").unwrap_or(0);
        let children = self.children(cluster_id, "replicasets.apps", text(deployment, "/metadata/uid"));
        let mut sets: Vec<Set> = children
            .into_iter()
            .map(|(key, object)| {
                let all = self.pods_of_owner(cluster_id, text(&object, "/metadata/uid"));
                let active: Vec<Pod> = all.into_iter().filter(Pod::is_active).collect();
                let (ready, available, _) = count_pods(&active, min_ready, now);
                Set { key, wanted: replicas(&object), pods: active.len() as i64, ready, available, object }
            })
            .collect();
        sets.sort_by_key(|set| revision(&set.object));
        sets
    }

    /// Makes the ReplicaSet of the present template.
    fn add_set(&mut self, cluster_id: &str, key: &Key, deployment: &Value, sets: &[Set]) {
        let template = bare_template(deployment);
        let mut collisions = 0;
        let (set_key, hash) = loop {
            let hash = template_hash(&template, collisions);
            let set_key = Key::new("replicasets.apps", &key.namespace, &format!("{}-{hash}", key.name));
            if self.object(cluster_id, &set_key).is_none() {
                break (set_key, hash);
            }
            collisions += 1;
        };
        let mut labelled = template;
        labelled["metadata"]["labels"][HASH] = json!(hash);
        let mut selector = deployment.pointer("/spec/selector").cloned().unwrap_or_default();
        selector["matchLabels"][HASH] = json!(hash);
        let last = sets.iter().map(|set| revision(&set.object)).max().unwrap_or(0);
        let mut annotations = Map::new();
        let copied = deployment.pointer("/metadata/annotations").and_then(Value::as_object).into_iter().flatten();
        let kept = |name: &str| !name.starts_with("kubectl.kubernetes.io/last-applied") && name != REVISION;
        annotations.extend(copied.filter(|(name, _)| kept(name)).map(|(name, value)| (name.clone(), value.clone())));
        annotations.insert(REVISION.to_owned(), json!((last + 1).to_string()));
        let object = json!({
            "kind": "ReplicaSet", "apiVersion": "apps/v1",
            "metadata": {"labels": labelled["metadata"]["labels"], "annotations": annotations},
            "spec": {"replicas": 0, "selector": selector, "template": labelled,
                "minReadySeconds": number(deployment, "/spec/minReadySeconds").unwrap_or(0)},
            "status": {"replicas": 0},
        });
        self.create_child(cluster_id, &set_key, object, Some(deployment));
    }

    /// The present template has the highest revision, which the deployment has too.
    fn number_revision(&mut self, cluster_id: &str, key: &Key, sets: &[Set], place: usize) {
        let Some(set) = sets.get(place) else { return };
        let highest = sets.iter().filter(|other| other.key != set.key).map(|other| revision(&other.object)).max();
        let mut number = revision(&set.object);
        if highest.is_some_and(|highest| highest >= number) {
            number = highest.unwrap_or(0) + 1;
            let mut object = set.object.clone();
            object["metadata"]["annotations"][REVISION] = json!(number.to_string());
            self.change(cluster_id, &set.key, object);
        }
        if let Some(mut deployment) = self.object(cluster_id, key)
            && revision(&deployment) != number
        {
            deployment["metadata"]["annotations"][REVISION] = json!(number.to_string());
            self.change(cluster_id, key, deployment);
        }
    }

    fn scale_set(&mut self, cluster_id: &str, deployment: &Value, set: &Set, to: i64) {
        if set.wanted == to {
            return;
        }
        let Some(mut object) = self.object(cluster_id, &set.key) else { return };
        object["spec"]["replicas"] = json!(to);
        self.change(cluster_id, &set.key, object);
        let way = if to > set.wanted { "up" } else { "down" };
        let message = format!("Scaled {way} replica set {} from {} to {to}", set.key.name, set.wanted);
        let (kind, component) = ("Deployment", "deployment-controller");
        let about = About { kind, component, reason: "ScalingReplicaSet", message, warning: false };
        self.object_event(cluster_id, deployment, about);
    }

    /// All old pods go before new ones come.
    fn recreate(&mut self, cluster_id: &str, deployment: &Value, new: &Set, old: &[Set]) {
        for set in old {
            self.scale_set(cluster_id, deployment, set, 0);
        }
        let there =
            old.iter().any(|set| !self.pods_of_owner(cluster_id, text(&set.object, "/metadata/uid")).is_empty());
        if !there {
            self.scale_set(cluster_id, deployment, new, replicas(deployment));
        }
    }

    /// New pods come and old ones go, within what may be missing and what may be too many.
    fn roll_step(&mut self, cluster_id: &str, deployment: &Value, mut new: Set, mut old: Vec<Set>) {
        let wanted = replicas(deployment);
        let bound = |name: &str| deployment.pointer(&format!("/spec/strategy/rollingUpdate/{name}"));
        let surge = share(bound("maxSurge"), wanted, true);
        let mut missing = share(bound("maxUnavailable"), wanted, false);
        if surge == 0 && missing == 0 {
            missing = 1;
        }
        let total = |new: &Set, old: &[Set]| new.wanted + old.iter().map(|set| set.wanted).sum::<i64>();
        let room = (wanted + surge - total(&new, &old)).max(0);
        let to = if new.wanted > wanted { wanted } else { wanted.min(new.wanted + room) };
        self.scale_set(cluster_id, deployment, &new, to);
        new.wanted = to;
        let least = (wanted - missing).max(0);
        let new_missing = (new.wanted - new.available).max(0);
        let mut cut = total(&new, &old) - least - new_missing;
        if cut <= 0 {
            return;
        }
        // Old pods that serve nobody go first, oldest template first.
        for set in &mut old {
            let idle = (set.wanted - set.available).max(0).min(cut.max(0));
            if idle > 0 {
                self.scale_set(cluster_id, deployment, set, set.wanted - idle);
                set.wanted -= idle;
                cut -= idle;
            }
        }
        let available = new.available + old.iter().map(|set| set.available.min(set.wanted)).sum::<i64>();
        let mut spare = (available - least).max(0);
        for set in &mut old {
            let less = set.wanted.min(spare);
            if less > 0 {
                self.scale_set(cluster_id, deployment, set, set.wanted - less);
                set.wanted -= less;
                spare -= less;
            }
        }
    }

    fn tell_deployment_status(&mut self, cluster_id: &str, key: &Key) {
        let Some(deployment) = self.object(cluster_id, key) else { return };
        let (now, wanted) = (self.0.now, replicas(&deployment));
        let sets = self.sets_of(cluster_id, &deployment);
        let template = bare_template(&deployment);
        let new = sets.iter().find(|set| bare_template(&set.object) == template);
        let sum = |count: fn(&Set) -> i64| sets.iter().map(count).sum::<i64>();
        let (pods, ready, available) = (sum(|set| set.pods), sum(|set| set.ready), sum(|set| set.available));
        let updated = new.map_or(0, |set| set.pods);
        let before = deployment.get("status").cloned().unwrap_or_default();
        let mut conditions = items(&before, "/conditions").to_vec();
        let bound = deployment.pointer("/spec/strategy/rollingUpdate/maxUnavailable");
        let least = wanted - share(bound, wanted, false);
        let (reason, message) = if available >= least {
            ("MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        set_condition(&mut conditions, "Available", available >= least, reason, message, now);
        let complete = updated == wanted && pods == wanted && available == wanted && new.is_some();
        let name = new.map_or("", |set| set.key.name.as_str());
        let counts = [
            ("updatedReplicas", updated),
            ("readyReplicas", ready),
            ("availableReplicas", available),
            ("replicas", pods),
        ];
        let progressed = counts.iter().any(|(name, count)| number(&before, &format!("/{name}")).unwrap_or(0) != *count);
        let old = conditions.iter().find(|condition| text(condition, "/type") == "Progressing").cloned();
        let last = old.as_ref().and_then(|old| moment(text(old, "/lastUpdateTime")));
        let deadline = u64::try_from(number(&deployment, "/spec/progressDeadlineSeconds").unwrap_or(600)).unwrap_or(0);
        let was_complete = old.as_ref().is_some_and(|old| text(old, "/reason") == "NewReplicaSetAvailable");
        let due = last.map_or(now, |last| last / SECOND * SECOND) + deadline * SECOND;
        let paused = deployment.pointer("/spec/paused") == Some(&Value::Bool(true));
        if paused {
            if let Some(place) = conditions.iter().position(|condition| text(condition, "/type") == "Progressing") {
                conditions.remove(place);
            }
            set_condition(&mut conditions, "Progressing", true, "DeploymentPaused", "Deployment is paused", now);
        } else if complete {
            let message = format!("ReplicaSet \"{name}\" has successfully progressed.");
            set_condition(&mut conditions, "Progressing", true, "NewReplicaSetAvailable", &message, now);
        } else if !progressed && last.is_some() && !was_complete && now >= due {
            let message = format!("ReplicaSet \"{name}\" has timed out progressing.");
            set_condition(&mut conditions, "Progressing", false, "ProgressDeadlineExceeded", &message, now);
        } else {
            if progressed || was_complete {
                conditions.retain(|condition| text(condition, "/type") != "Progressing");
            }
            let reason = if pods == 0 { "NewReplicaSetCreated" } else { "ReplicaSetUpdated" };
            let message = match reason {
                "NewReplicaSetCreated" => format!("Created new replica set \"{name}\""),
                _ => format!("ReplicaSet \"{name}\" is progressing."),
            };
            let overdue = old.as_ref().is_some_and(|old| text(old, "/reason") == "ProgressDeadlineExceeded");
            if !overdue || progressed {
                set_condition(&mut conditions, "Progressing", true, reason, &message, now);
            }
            let last = conditions.iter().find(|condition| text(condition, "/type") == "Progressing");
            if let Some(last) = last.and_then(|last| moment(text(last, "/lastUpdateTime"))) {
                self.wake_at(cluster_id, last + deadline * SECOND);
            }
        }
        let mut status = Map::new();
        status.insert("observedGeneration".to_owned(), deployment["metadata"]["generation"].clone());
        status.extend(
            counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), json!(count))),
        );
        let unavailable = (wanted.max(pods) - available).max(0);
        if unavailable > 0 {
            status.insert("unavailableReplicas".to_owned(), json!(unavailable));
        }
        status.insert("conditions".to_owned(), Value::Array(conditions));
        self.set_status(cluster_id, key, Value::Object(status));
    }

    /// Old ReplicaSets without pods are kept up to a number.
    fn clean_history(&mut self, cluster_id: &str, key: &Key) {
        let Some(deployment) = self.object(cluster_id, key) else { return };
        let kept = usize::try_from(number(&deployment, "/spec/revisionHistoryLimit").unwrap_or(10)).unwrap_or(10);
        let template = bare_template(&deployment);
        let old: Vec<Set> = self
            .sets_of(cluster_id, &deployment)
            .into_iter()
            .filter(|set| bare_template(&set.object) != template && set.wanted == 0 && set.pods == 0)
            .collect();
        for set in old.iter().take(old.len().saturating_sub(kept)) {
            self.remove_object(cluster_id, &set.key);
        }
    }
}
