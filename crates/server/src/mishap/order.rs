//! Mishaps in JSON.

use super::names::{FAULTS, POINTS};
use super::{LONGEST_REASON, Mishap, Node, Stock};
use crate::Problem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wharf_world::MachineFault;

/// The kinds of mishaps.
const KINDS: [&str; 7] =
    ["node_breaks", "node_repaired", "machine_reclaimed", "sold_out", "in_stock", "next_fails", "registry_fails"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeOrder {
    cluster: Option<String>,
    node: String,
    fault: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MachineOrder {
    cluster: Option<String>,
    node: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StockOrder {
    product: String,
    account: Option<String>,
    region: Option<String>,
    zone: Option<String>,
    instance_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailureOrder {
    point: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryOrder {
    registry: String,
    reason: Option<String>,
}

pub(super) fn read(mut order: Value) -> Result<Mishap, Problem> {
    let kinds = || format!("one of {}", KINDS.join(", "));
    let members = order.as_object_mut().ok_or_else(|| Problem::wrong("", "this is no object", "an object"))?;
    let kind = members.remove("kind").ok_or_else(|| Problem::wrong("kind", "the kind is missing", kinds()))?;
    Ok(match kind.as_str().unwrap_or_default() {
        "node_breaks" => {
            let NodeOrder { cluster, node, fault } = members_of(order)?;
            let fault = fault.as_deref().map(machine_fault).transpose()?.unwrap_or(MachineFault::Kubelet);
            Mishap::NodeBreaks { node: Node { cluster, name: node }, fault }
        }
        "node_repaired" => {
            let NodeOrder { cluster, node, fault } = members_of(order)?;
            let fault = fault.as_deref().map(machine_fault).transpose()?;
            Mishap::NodeRepaired { node: Node { cluster, name: node }, fault }
        }
        "machine_reclaimed" => {
            let MachineOrder { cluster, node } = members_of(order)?;
            Mishap::MachineReclaimed { node: Node { cluster, name: node } }
        }
        "sold_out" => Mishap::SoldOut(stock(members_of(order)?)?),
        "in_stock" => Mishap::InStock(stock(members_of(order)?)?),
        "next_fails" => {
            let FailureOrder { point, reason } = members_of(order)?;
            Mishap::NextFails { point: named("point", &POINTS, &point)?, reason: text(reason)? }
        }
        "registry_fails" => {
            let RegistryOrder { registry, reason } = members_of(order)?;
            Mishap::RegistryFails { registry, reason: text(reason)? }
        }
        other => return Err(Problem::wrong("kind", format!("{other:?} is no mishap"), kinds())),
    })
}

fn members_of<T: DeserializeOwned>(order: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(order).map_err(|error| Problem::of_json(&error.path().to_string(), error.inner()))
}

fn stock(order: StockOrder) -> Result<Stock, Problem> {
    let StockOrder { product, account, region, zone, instance_type } = order;
    for (place, given) in [("zone", &zone), ("instance_type", &instance_type)] {
        if given.as_deref() == Some("") {
            return Err(Problem::wrong(place, "the text is empty", "a name, or no member for all of them"));
        }
    }
    Ok(Stock { product, account, region, zone, instance_type })
}

fn text(reason: Option<String>) -> Result<String, Problem> {
    let reason = reason.unwrap_or_else(|| "This is an ordered failure.".to_owned());
    if reason.len() > LONGEST_REASON {
        let message = format!("the reason has {} bytes", reason.len());
        return Err(Problem::wrong("reason", message, format!("at most {LONGEST_REASON} bytes")));
    }
    Ok(reason)
}

fn machine_fault(name: &str) -> Result<MachineFault, Problem> {
    named("fault", &FAULTS, name)
}

fn named<T: Copy>(place: &str, names: &[(&str, T)], name: &str) -> Result<T, Problem> {
    let found = names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let known: Vec<&str> = names.iter().map(|(known, _)| *known).collect();
        Problem::wrong(place, format!("{name:?} is unknown"), format!("one of {}", known.join(", ")))
    })
}
