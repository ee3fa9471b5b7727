//! Load balancers (ELB) of services, by their annotations (cce:8348-8443).

use crate::kubernetes::balancers::{Notes, Plan};
use crate::kubernetes::refusal::FieldFault;
use serde_json::Value;
use std::collections::BTreeMap;

const CLASS: &str = "kubernetes.io/elb.class";
const SESSIONS: &str = "kubernetes.io/session-affinity-mode";
const ID: &str = "kubernetes.io/elb.id";
const SUBNET: &str = "kubernetes.io/elb.subnet-id";
const CREATE: &str = "kubernetes.io/elb.autocreate";

/// What the annotations of a service ask for.
pub(super) fn plan(annotations: &BTreeMap<String, String>) -> Plan {
    let note = |name: &str| annotations.get(name).cloned();
    let order = note(CREATE).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let existing = note(ID);
    let inner = order.as_ref().and_then(|order| order.get("type")?.as_str()) == Some("inner");
    let private = inner && existing.is_none();
    let missing = (order.is_none() && existing.is_none()).then_some(
        "neither kubernetes.io/elb.id nor kubernetes.io/elb.autocreate is set: the service has no load balancer",
    );
    Plan { private, subnet: note(SUBNET).filter(|_| private), existing, missing: missing.map(Into::into) }
}

/// What is wrong with the annotations of a service.
pub(super) fn faults(notes: Notes<'_>) -> Vec<FieldFault> {
    let mut faults: Vec<FieldFault> =
        [notes.one_of(CLASS, &["union"]), notes.one_of(SESSIONS, &["SOURCE_IP"])].into_iter().flatten().collect();
    if let Some(text) = notes.get(CREATE) {
        faults.extend(order_faults(text));
        if notes.get(SUBNET).is_none() && notes.get(ID).is_none() {
            faults.push(FieldFault::required(Notes::field(SUBNET), "is needed to create a load balancer"));
        }
    }
    faults
}

/// What is wrong with an order of a load balancer (cce:8433-8444).
fn order_faults(text: &str) -> Vec<FieldFault> {
    let place = Notes::field(CREATE);
    let order = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    let Some(order) = order else { return vec![FieldFault::invalid(place, text, "is not a JSON object")] };
    let mut faults = Vec::new();
    for (name, known, needed) in [
        ("type", ["public", "inner"], true),
        ("bandwidth_chargemode", ["bandwidth", "traffic"], false),
        ("bandwidth_sharetype", ["WHOLE", "PER"], false),
    ] {
        let field = format!("{place}.{name}");
        match order.get(name) {
            None if needed => faults.push(FieldFault::required(field, "")),
            Some(value) if !value.as_str().is_some_and(|value| known.contains(&value)) => {
                faults.push(FieldFault::not_supported(field, value.clone(), &known));
            }
            _ => {}
        }
    }
    for name in ["name", "bandwidth_name"] {
        let length = order.get(name).map(|value| value.as_str().map_or(0, |text| text.chars().count()));
        if length.is_some_and(|length| !(1..=64).contains(&length)) {
            let why = "must have 1 to 64 characters";
            faults.push(FieldFault::invalid(format!("{place}.{name}"), order[name].clone(), why));
        }
    }
    if order.get("bandwidth_size").is_some_and(|size| size.as_u64().is_none_or(|size| size == 0)) {
        let why = "must be a whole number above 0";
        faults.push(FieldFault::invalid(format!("{place}.bandwidth_size"), order["bandwidth_size"].clone(), why));
    }
    faults
}
