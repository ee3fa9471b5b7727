//! Parts of answers that many operations share.

use serde_json::{Map, Value, json};
/// The moment as clusters, nodes and jobs tell it.
pub(super) use wharf_world::kernel::time::go as go_time;

/// A resource of the API.
pub(super) fn resource(kind: &str, metadata: Value, spec: Value, status: Value) -> Value {
    json!({"kind": kind, "apiVersion": "v3", "metadata": metadata, "spec": spec, "status": status})
}

/// A list of resources.
pub(super) fn list(kind: &str, items: Vec<Value>) -> Value {
    json!({"kind": kind, "apiVersion": "v3", "items": items})
}

/// An order as it is shown: with passwords masked.
pub(super) fn masked(order: &Map<String, Value>) -> Map<String, Value> {
    let mut shown = order.clone();
    if let Some(password) = shown.get_mut("login").and_then(|login| login.pointer_mut("/userPassword/password")) {
        *password = json!("****");
    }
    shown
}

#[cfg(test)]
mod tests;
