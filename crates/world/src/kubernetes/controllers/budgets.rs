//! PodDisruptionBudgets: how many of their pods may be evicted.

use super::set_condition;
use crate::cluster::Cluster;
use crate::kernel::time::iso;
use crate::kubernetes::defaults::share;
use crate::kubernetes::names::items;
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod};
use serde_json::{Value, json};

/// Whether the selector of a budget selects the pod.
fn selects(selector: &LabelSelector, pod: &Pod) -> bool {
    let labels = pod.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    selector.selects_labels(Some(&labels))
}

impl Cluster {
    /// Whether a budget lets no more pods like this one be evicted.
    pub fn is_kept_by_budget(&self, pod: &Pod) -> bool {
        let mut budgets = self.kubernetes.store.list("poddisruptionbudgets.policy", Some(&pod.namespace));
        budgets.any(|budget| {
            let selector = LabelSelector::of_object(budget.pointer("/spec/selector"));
            let allowed = budget.pointer("/status/disruptionsAllowed").and_then(Value::as_i64).unwrap_or(0);
            allowed < 1 && selector.is_some_and(|selector| selects(&selector, pod))
        })
    }
}

impl ControlPlane<'_, '_> {
    /// Counts the pods of a budget.
    pub(super) fn count_budget(&mut self, cluster_id: &str, key: &Key) {
        let Some(budget) = self.object(cluster_id, key) else { return };
        let Some(selector) = LabelSelector::of_object(budget.pointer("/spec/selector")) else { return };
        let Ok(cluster) = self.cluster(cluster_id) else { return };
        let pods: Vec<&Pod> = cluster
            .kubernetes
            .pods
            .iter()
            .filter(|pod| pod.namespace == key.namespace && pod.is_active())
            .filter(|pod| selects(&selector, pod))
            .collect();
        let expected = pods.len() as i64;
        let healthy = pods.iter().filter(|pod| pod.is_ready()).count() as i64;
        let desired = match (budget.pointer("/spec/minAvailable"), budget.pointer("/spec/maxUnavailable")) {
            (Some(least), _) => share(Some(least), expected, true),
            (None, Some(most)) => (expected - share(Some(most), expected, true)).max(0),
            (None, None) => 1,
        };
        let allowed = (healthy - desired).max(0);
        let mut conditions = items(&budget, "/status/conditions").to_vec();
        let reason = if allowed > 0 { "SufficientPods" } else { "InsufficientPods" };
        set_condition(&mut conditions, "DisruptionAllowed", allowed > 0, reason, "", self.0.now);
        for condition in &mut conditions {
            if let Some(condition) = condition.as_object_mut() {
                condition.remove("lastUpdateTime");
                condition.entry("lastTransitionTime").or_insert_with(|| json!(iso(self.0.now)));
            }
        }
        let status = json!({
            "observedGeneration": budget["metadata"]["generation"], "disruptionsAllowed": allowed,
            "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected, "conditions": conditions,
        });
        self.set_status(cluster_id, key, status);
    }
}
