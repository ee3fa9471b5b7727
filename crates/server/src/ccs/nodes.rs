//! Nodes: the machines of clusters.

use super::Answer;
use super::clusters::keeps_machines;
use super::machines::{check_login, order, pay_mode};
use crate::handler::Context;
use crate::input::Input;
use crate::regions;
use serde_json::{Value, json};
use wharf_world::ccs::Ccs;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::{Node, State};
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Millis, World};

/// The end of a machine that is not prepaid.
const NO_END: &str = "0000-00-00 00:00:00";
const MONTH: Millis = 30 * 24 * 60 * 60 * 1_000;

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.cluster(input.required("clusterId")?)?;
    let nodes = cluster.nodes.iter().enumerate();
    let (total, page) = input.page_by("offset", "limit")?.of(nodes);
    let page: Vec<Value> = page.into_iter().map(|(place, node)| shown(&realm, cluster, place, node)).collect();
    Ok(json!({"totalCount": total, "nodes": page}))
}

fn shown(realm: &Ccs<'_>, cluster: &Cluster, place: usize, node: &Node) -> Value {
    let machine = realm.realm.machines.get(&node.machine);
    let (kernel, image) = match cluster.os.as_str() {
        os if os.starts_with("centos") => ("3.10.0-514.26.2.el7.x86_64", "CentOS Linux 7 (Core)"),
        _ => ("4.4.0-104-generic", "Ubuntu 16.04.1 LTS"),
    };
    let block = cluster.range.map(|range| {
        let bits = 32 - cluster.max_pods.trailing_zeros();
        format!("{}/{bits}", range.address(place as u64 * cluster.max_pods % range.size()))
    });
    let family = node.instance_type.split('.').next().unwrap_or_default();
    let normal = node.state == State::Running;
    let given = &node.settings.given;
    let network = match given.get("bandwidthType").and_then(Value::as_str) {
        Some("PayByHour") => 3,
        Some("PayByMonth") => 1,
        _ => 2,
    };
    let bought = machine.map_or(node.created, |machine| machine.created);
    let prepaid = machine.is_some_and(|machine| machine.charge == Charge::Prepaid);
    let months = given.get("period").and_then(Value::as_u64).unwrap_or(1);
    let end = if prepaid { local(bought + months.clamp(1, 36) * MONTH) } else { NO_END.to_owned() };
    json!({
        "instanceId": node.machine, "instanceName": node.machine_name, "instanceType": format!("CVM.{family}"),
        "kernelVersion": kernel, "podCidr": block.unwrap_or_default(), "cpu": node.size.cores,
        "mem": node.size.memory, "wanIp": node.public_ip.clone().unwrap_or_default(), "lanIp": node.ip,
        "osImage": image, "isNormal": i64::from(normal),
        "cvmState": if machine.is_none_or(|machine| machine.running) { 2 } else { 4 },
        "cvmPayMode": machine.map_or(2, pay_mode), "networkPayMode": network, "createdAt": local(node.created),
        "instanceCreateTime": local(bought), "instanceDeadlineTime": end,
        "zoneId": regions::zone_number(&node.zone), "zone": node.zone,
        "abnormalReason": if normal { "" } else { "Unknown" },
    })
}

pub(super) fn add(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.ccs(&context.account, &context.region);
    let id = input.required("clusterId")?;
    let network = realm.ready_cluster(id)?.network.clone();
    let (purchase, settings) = order(&realm, input, &network)?;
    let (machines, task) = realm.order_nodes(id, &purchase, &settings)?;
    Ok(json!({"instanceIds": machines, "requestId": task}))
}

pub(super) fn add_existing(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_login(input)?;
    let mut realm = world.ccs(&context.account, &context.region);
    let machines = named(input, "instanceIds")?;
    let admitted = realm.admit_machines(input.required("clusterId")?, &machines)?;
    let refused: Vec<Value> =
        admitted.refused.iter().map(|(id, why)| json!({"instanceId": id, "message": why})).collect();
    let refused = if refused.is_empty() { Value::Null } else { Value::Array(refused) };
    Ok(json!({"succInstanceIds": admitted.joined, "faliInstanceIds": refused}))
}

pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let keep = keeps_machines(input)?;
    let mut realm = world.ccs(&context.account, &context.region);
    let machines = named(input, "instanceIds")?;
    Ok(json!({"requestId": realm.order_removal(input.required("clusterId")?, &machines, keep)?}))
}

pub(super) fn label(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.ccs(&context.account, &context.region);
    let labels = input.pairs("labels", "key", "value")?;
    if labels.is_empty() {
        return Err(Reason::Missing.because("labels must have at least one label").into());
    }
    realm.label_node(input.required("clusterId")?, input.required("instanceId")?, labels)?;
    Ok(json!({}))
}

/// A list of names that must have one at least.
pub(super) fn named(input: Input<'_>, name: &str) -> Outcome<Vec<String>> {
    input.some_texts(name)?.ok_or_else(|| Reason::Missing.because(format!("{name} must name at least one")))
}
