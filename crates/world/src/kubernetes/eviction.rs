//! Evictions, as far as PodDisruptionBudgets allow them.

use super::ControlPlane;
use super::names::{name_of, namespace_of, number, text};
use super::refusal::Refusal;
use super::selectors::LabelSelector;
use super::store::Key;
use serde_json::{Value, json};

impl ControlPlane<'_, '_> {
    /// Why a pod may not be evicted; nothing if it may.
    pub(super) fn eviction_fault(&self, cluster_id: &str, pod: &Value) -> Option<Refusal> {
        if matches!(text(pod, "/status/phase"), "Succeeded" | "Failed" | "Pending") {
            return None;
        }
        let store = &self.cluster(cluster_id).ok()?.kubernetes.store;
        let selects = |budget: &Value| {
            LabelSelector::of_object(budget.pointer("/spec/selector")).is_some_and(|selector| selector.selects(pod))
        };
        let mut budgets =
            store.list("poddisruptionbudgets.policy", Some(namespace_of(pod))).filter(|budget| selects(budget));
        let budget = budgets.next()?;
        if budgets.next().is_some() {
            let message =
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Some(Refusal::new(500, "InternalError", message));
        }
        if number(budget, "/status/disruptionsAllowed").unwrap_or(0) >= 1 {
            return None;
        }
        let cause = json!({"reason": "DisruptionBudget", "message": format!(
            "The disruption budget {} needs {} healthy pods and has {} currently", name_of(budget),
            number(budget, "/status/desiredHealthy").unwrap_or(0),
            number(budget, "/status/currentHealthy").unwrap_or(0))});
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        Some(Refusal::new(429, "TooManyRequests", message).with_causes([cause]))
    }

    /// Evicts the pods of a node one after another, but for those of daemons and those that a budget keeps. Returns
    /// the pods that are still there, with their namespaces: stopping, or kept.
    pub fn evict_where_allowed(&mut self, cluster_id: &str, node: &str) -> Vec<String> {
        for uid in self.pods_to_evict(cluster_id, node) {
            self.sync(cluster_id);
            let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
            let Some(pod) = cluster.kubernetes.pods.get(&uid).filter(|pod| !pod.stopping) else { continue };
            let object = cluster.kubernetes.store.get(&Key::new("pods", &pod.namespace, &pod.name));
            if object.is_some_and(|object| self.eviction_fault(cluster_id, object).is_some()) {
                continue;
            }
            self.evict_pod(cluster_id, &uid);
        }
        self.settle(cluster_id);
        self.sync(cluster_id);
        let left = self.pods_to_evict(cluster_id, node);
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        let pods = left.iter().filter_map(|uid| cluster.kubernetes.pods.get(uid));
        pods.map(|pod| format!("{}/{}", pod.namespace, pod.name)).collect()
    }

    /// The pods of a node that leave it when it is drained.
    fn pods_to_evict(&self, cluster_id: &str, node: &str) -> Vec<String> {
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        let pods = cluster.kubernetes.pods.iter();
        let leaving = pods.filter(|pod| pod.node.as_deref() == Some(node) && !pod.is_daemon());
        leaving.map(|pod| pod.uid.clone()).collect()
    }
}
