//! Where pods want to be: on nodes with certain labels, beside pods with certain labels.

use super::Pod;
use super::scheduler::Host;
use serde_json::Value;
use std::collections::BTreeMap;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// Whether the labels of a node are what the pod needs.
pub fn suits_node(pod: &Pod, labels: &BTreeMap<String, String>) -> bool {
    let terms = affinity(pod, "nodeAffinity").and_then(|required| required.get("nodeSelectorTerms")?.as_array());
    // One of the terms has to hold.
    terms.is_none_or(|terms| terms.iter().any(|term| holds(term, labels)))
}

/// Which of the hosts have the neighbours that the pod needs.
///
/// The first of a group of pods that want to be together may go anywhere, or none ever could.
pub fn neighbourly(hosts: &[Host], pod: &Pod) -> Vec<bool> {
    let Some(terms) = affinity(pod, "podAffinity").and_then(Value::as_array) else {
        return vec![true; hosts.len()];
    };
    let selectors = || terms.iter().filter_map(|term| term.get("labelSelector"));
    let near = |host: &Host, selector: &Value| host.neighbours.iter().any(|labels| holds(selector, labels));
    let open = |selector: &Value| holds(selector, &pod.labels) && !hosts.iter().any(|host| near(host, selector));
    hosts.iter().map(|host| selectors().all(|selector| near(host, selector) || open(selector))).collect()
}

fn affinity<'a>(pod: &'a Pod, kind: &str) -> Option<&'a Value> {
    pod.spec.get("affinity")?.get(kind)?.get(REQUIRED)
}

/// Whether all expressions hold.
fn holds(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    expressions.into_iter().flatten().all(|expression| {
        let text = |name: &str| expression.get(name).and_then(Value::as_str).unwrap_or_default();
        let values =
            || expression.get("values").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let there = labels.get(text("key"));
        let number = |text: &str| text.parse::<i64>().ok();
        let compared = || Some((number(there?)?, number(values().next()?)?));
        match text("operator") {
            "In" => there.is_some_and(|there| values().any(|value| value == there)),
            "NotIn" => there.is_none_or(|there| values().all(|value| value != there)),
            "Exists" => there.is_some(),
            "DoesNotExist" => there.is_none(),
            "Gt" => compared().is_some_and(|(there, bound)| there > bound),
            "Lt" => compared().is_some_and(|(there, bound)| there < bound),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests;
