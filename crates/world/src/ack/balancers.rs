//! Load balancers (CLB) of services, by their annotations
//! (alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/add-annotations-to-the-yaml-file-of-a-service-to-configure-clb-instances).

use crate::kubernetes::balancers::{Notes, Plan};
use crate::kubernetes::refusal::FieldFault;
use std::collections::BTreeMap;

const PREFIX: &str = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-";
/// Annotations with a set of values.
const VALUES: [(&str, [&str; 2]); 3] = [
    ("address-type", ["internet", "intranet"]),
    ("charge-type", ["paybytraffic", "paybybandwidth"]),
    ("force-override-listeners", ["true", "false"]),
];

/// What the annotations of a service ask for.
pub(super) fn plan(annotations: &BTreeMap<String, String>) -> Plan {
    let note = |name: &str| annotations.get(&format!("{PREFIX}{name}")).cloned();
    let existing = note("id");
    let private = note("address-type").as_deref() == Some("intranet") && existing.is_none();
    Plan { private, subnet: note("vswitch-id").filter(|_| private), existing, missing: None }
}

/// What is wrong with the annotations of a service.
pub(super) fn faults(notes: Notes<'_>) -> Vec<FieldFault> {
    VALUES.iter().filter_map(|(name, known)| notes.one_of(&format!("{PREFIX}{name}"), known)).collect()
}
