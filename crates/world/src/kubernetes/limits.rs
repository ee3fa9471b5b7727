//! LimitRanges: what containers ask for that say nothing, and what they may ask for at most and at least.

use super::ControlPlane;
use super::names::{items, text};
use super::quantity::thousandths;
use serde_json::{Map, Value, json};

/// What the limit ranges of a namespace say about containers.
pub(super) struct Limits(Vec<Value>);

impl ControlPlane<'_, '_> {
    /// The limits of containers in a namespace.
    pub(super) fn limits_in(&self, cluster_id: &str, namespace: &str) -> Limits {
        let Ok(cluster) = self.cluster(cluster_id) else { return Limits(Vec::new()) };
        let ranges = cluster.kubernetes.store.list("limitranges", Some(namespace));
        let limits = ranges.flat_map(|range| items(range, "/spec/limits").to_vec());
        Limits(limits.filter(|limit| text(limit, "/type") == "Container").collect())
    }
}

impl Limits {
    /// Sets what the containers of a pod do not say.
    pub(super) fn set_defaults(&self, spec: &mut Map<String, Value>) {
        let containers = spec.get_mut("containers").and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            for limit in &self.0 {
                fill(container, limit);
            }
        }
    }

    /// Why a container of a pod may not be as it is.
    pub(super) fn fault(&self, spec: &Map<String, Value>) -> Option<String> {
        let containers = spec.get("containers").and_then(Value::as_array);
        for (container, limit) in containers.into_iter().flatten().flat_map(|one| self.0.iter().map(move |l| (one, l)))
        {
            for (bound, part, word) in [("min", "requests", "minimum"), ("max", "limits", "maximum")] {
                for (resource, edge) in limit.get(bound).and_then(Value::as_object).into_iter().flatten() {
                    let given = container.pointer(&format!("/resources/{part}/{resource}"));
                    let Some(edge_size) = thousandths(edge) else { continue };
                    let part = part.trim_end_matches('s');
                    let usage = format!("{word} {resource} usage per Container is {}", plain(edge));
                    match given.and_then(|given| Some((given, thousandths(given)?))) {
                        None => return Some(format!("{usage}.  No {part} is specified")),
                        Some((given, size))
                            if (bound == "min" && size < edge_size) || (bound == "max" && size > edge_size) =>
                        {
                            return Some(format!("{usage}, but {part} is {}", plain(given)));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        None
    }
}

fn plain(quantity: &Value) -> String {
    quantity.as_str().map_or_else(|| quantity.to_string(), str::to_owned)
}

/// A limit without a default is the most; a request is the container's own limit, or the default one, or that limit, or the
/// least.
fn fill(container: &mut Value, limit: &Value) {
    for resource in ["cpu", "memory"] {
        let of = |field: &str| limit.get(field).and_then(|all| all.get(resource)).cloned();
        let own = |part: &str| container.pointer(&format!("/resources/{part}/{resource}")).cloned();
        let usual = of("default").or_else(|| of("max"));
        let request = own("limits").or_else(|| of("defaultRequest")).or_else(|| usual.clone()).or_else(|| of("min"));
        let missing = [("requests", own("requests"), request), ("limits", own("limits"), usual)];
        for (part, there, value) in missing {
            if let (None, Some(value)) = (there, value) {
                if !container.get("resources").is_some_and(Value::is_object) {
                    container["resources"] = json!({});
                }
                if !container["resources"].get(part).is_some_and(Value::is_object) {
                    container["resources"][part] = json!({});
                }
                container["resources"][part][resource] = value;
            }
        }
    }
}
