//! Parts of answers that many operations share.

use serde_json::{Map, Value, json};
use wharf_world::Millis;
use wharf_world::kernel::time::utc;

/// A resource of the API.
pub(super) fn resource(kind: &str, metadata: Value, spec: Value, status: Value) -> Value {
    json!({"kind": kind, "apiVersion": "v3", "metadata": metadata, "spec": spec, "status": status})
}

/// A list of resources.
pub(super) fn list(kind: &str, items: Vec<Value>) -> Value {
    json!({"kind": kind, "apiVersion": "v3", "items": items})
}

/// The moment as clusters, nodes and jobs tell it: as a Go program prints it.
pub(super) fn go_time(moment: Millis) -> String {
    let moment = utc(moment);
    // A fraction has no zeros at its end, and a whole second has none.
    let fraction = format!(".{:03}", moment.timestamp_subsec_millis());
    format!("{}{} +0000 UTC", moment.format("%Y-%m-%d %H:%M:%S"), fraction.trim_end_matches('0').trim_end_matches('.'))
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
