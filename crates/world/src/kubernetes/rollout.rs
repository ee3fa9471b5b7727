//! Workloads at work: pods are made, replaced step by step, and replaced when they go.

use super::ControlPlane;
use super::workloads::{Hindrance, Strategy, Workload};
use super::{KubeEvent, NewPod, Pod, suffix};
use crate::cluster::Event;
use crate::kernel::Millis;

/// Pods that can be missing while pods are replaced one by one.
const SHORT: u64 = 1;

/// What a workload does next.
#[derive(Debug, Default)]
struct Step {
    stop: Vec<String>,
    start: u64,
    /// Nothing is left to do.
    done: bool,
}

impl ControlPlane<'_, '_> {
    /// The workload that a pod belongs to.
    pub fn workload_of(&self, cluster_id: &str, uid: &str) -> Option<String> {
        let cluster = self.0.realm.clusters.get(cluster_id)?;
        let pod = cluster.kubernetes.pods.get(uid)?;
        let key = format!("{}/{}", pod.namespace, pod.workload()?);
        cluster.kubernetes.workloads.contains(&key).then_some(key)
    }

    /// Takes the next step of a workload, if there is one, and lets its new pods be placed.
    pub fn roll(&mut self, cluster_id: &str, key: &str) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(workload) = cluster.kubernetes.workloads.get(key).cloned() else { return };
        if cluster.kubernetes.namespaces.get(&workload.namespace).is_none_or(|namespace| namespace.stopping) {
            return;
        }
        let pods: Vec<&Pod> = cluster.kubernetes.pods_of(&workload).collect();
        let step = next(&workload, &pods, now);
        if step.done
            && let Some(workload) = cluster.kubernetes.workloads.get_mut(key)
        {
            workload.change = None;
        }
        if !step.stop.is_empty() || step.start > 0 {
            let (more, fewer) = (step.start, step.stop.len());
            let message = match (more, fewer) {
                (0, fewer) => format!("{fewer} pods are told to stop"),
                (more, 0) => format!("{more} pods are made"),
                (more, fewer) => format!("{more} pods are made and {fewer} told to stop"),
            };
            self.workload_event(cluster_id, key, "ScalingReplicaSet", message);
        }
        for uid in &step.stop {
            self.stop_pod(cluster_id, uid);
        }
        for _ in 0..step.start {
            self.start_pod(cluster_id, &workload);
        }
        if step.start > 0 {
            self.settle(cluster_id);
        }
    }

    /// Makes one pod of the present revision.
    fn start_pod(&mut self, cluster_id: &str, workload: &Workload) {
        let owner = workload.owner();
        let new = NewPod {
            name: format!("{}-{}", owner.name, suffix(self.0.ids)),
            namespace: workload.namespace.clone(),
            labels: workload.pod_labels(),
            spec: workload.template.spec(),
            owner: Some(owner),
            image_missing: workload.template.image_is_missing(),
            ..NewPod::default()
        };
        if let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) {
            cluster.kubernetes.add_pod(new, self.0.now, self.0.ids);
        }
    }

    /// Notes that a pod has started, or why it has not, and continues its workload.
    pub fn pod_has_started(&mut self, cluster_id: &str, uid: &str) {
        let Some(key) = self.workload_of(cluster_id, uid) else { return };
        self.0.engine.pod_up(self, cluster_id, uid);
        let settling = self.0.realm.clusters.get(cluster_id).and_then(|c| c.kubernetes.workloads.get(&key));
        match settling.map_or(0, |workload| workload.settling) {
            0 => self.roll(cluster_id, &key),
            delay => self.after(delay, Event::Rollout { cluster: cluster_id.to_owned(), workload: key }),
        }
    }

    /// Whether an image that the pod needs is missing, which is then noted.
    pub fn image_is_missing(&mut self, cluster_id: &str, uid: &str) -> bool {
        let pod = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.kubernetes.pods.get(uid));
        let is_missing = pod.is_some_and(|pod| pod.hindrance() == Some(Hindrance::NoImage));
        if is_missing {
            self.pod_event(cluster_id, uid, "Failed", "failed to pull an image: it is not in the registry".to_owned());
        }
        is_missing
    }

    /// Records an event about a workload.
    pub fn workload_event(&mut self, cluster_id: &str, key: &str, reason: &'static str, message: String) {
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let Some(workload) = cluster.kubernetes.workloads.get(key) else { return };
        let event = KubeEvent {
            name: String::new(),
            uid: self.0.ids.uuid(),
            namespace: workload.namespace.clone(),
            kind: "Deployment".into(),
            object: workload.name.clone(),
            object_uid: workload.owner().uid,
            reason: reason.into(),
            message,
            warning: false,
            component: "deployment-controller".into(),
            at: self.0.now,
            version: 0,
        };
        cluster.kubernetes.record(event);
    }
}

/// The next step: which pods to stop, how many to start.
fn next(workload: &Workload, pods: &[&Pod], now: Millis) -> Step {
    if workload.paused {
        // Nothing changes.
        return Step::default();
    }
    let live = pods.iter().filter(|pod| !pod.stopping);
    let (mut present, old): (Vec<&Pod>, Vec<&Pod>) = live.partition(|pod| workload.is_present(pod));
    let wanted = workload.replicas;
    // The youngest go first, those that do not run before all others.
    present.sort_by_key(|pod| (std::cmp::Reverse(pod.running), pod.created));
    let surplus = present.split_off(present.len().min(usize::try_from(wanted).unwrap_or(usize::MAX)));
    let mut stop: Vec<String> = surplus.iter().map(|pod| pod.uid.clone()).collect();
    let missing = wanted.saturating_sub(present.len() as u64);
    let settled = |pods: &[&Pod]| pods.iter().filter(|pod| workload.is_settled(pod, now)).count() as u64;
    if old.is_empty() {
        let going = pods.iter().any(|pod| pod.stopping && !workload.is_present(pod));
        let start = if going && workload.strategy == Strategy::Recreate { 0 } else { missing };
        return Step { done: !going && missing == 0 && settled(&present) >= wanted, stop, start };
    }
    if workload.strategy == Strategy::Recreate {
        stop.extend(old.iter().map(|pod| pod.uid.clone()));
        return Step { stop, ..Step::default() };
    }
    let start = missing.min(wanted.saturating_sub((present.len() + old.len()) as u64));
    // Old ones that serve nobody go at once; of the others as many as can be spared.
    let (serving, idle): (Vec<&Pod>, Vec<&Pod>) = old.iter().partition(|pod| pod.running);
    let spare = (settled(&present) + serving.len() as u64).saturating_sub(wanted.saturating_sub(SHORT));
    let serving = serving.into_iter().take(usize::try_from(spare).unwrap_or(usize::MAX));
    stop.extend(idle.into_iter().chain(serving).map(|pod| pod.uid.clone()));
    Step { stop, start, done: false }
}
