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

/// The moment as the identity service tells it.
pub(crate) fn precise(moment: Millis) -> String {
    utc(moment).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
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
mod tests {
    use super::*;

    #[test]
    fn moments_have_the_documented_forms() {
        assert_eq!(go_time(1_533_181_738_968), "2018-08-02 03:48:58.968 +0000 UTC");
        assert_eq!(go_time(1_533_181_738_900), "2018-08-02 03:48:58.9 +0000 UTC");
        assert_eq!(go_time(1_533_181_738_000), "2018-08-02 03:48:58 +0000 UTC");
        assert_eq!(precise(1_533_181_738_968), "2018-08-02T03:48:58.968000Z");
    }
}
