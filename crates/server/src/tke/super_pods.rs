//! Pods on super nodes: charges and resources.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::Tke;
use wharf_world::tke::super_pods::{PodCharge, PodSize, SuperPod};

/// Bytes of a GiB.
const GIB: f64 = 1_073_741_824.0;

fn cores(size: &PodSize) -> f64 {
    size.cpu as f64 / 1_000.0
}

fn gib(size: &PodSize) -> f64 {
    size.memory as f64 / GIB
}

fn gpu_count(size: &PodSize) -> f64 {
    size.gpus as f64 / 4.0
}

/// The number of GPUs as text (`0.25`, `1`), empty for none.
fn gpus(size: &PodSize) -> String {
    if size.gpus == 0 { String::new() } else { gpu_count(size).to_string() }
}

pub(super) fn describe_pod_charge_info(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let uids = input.some_texts("Uids")?;
    let (namespace, name) = (input.filled("Namespace")?, input.filled("Name")?);
    if uids.is_none() && (namespace.is_none() || name.is_none()) {
        return Err(Reason::Missing.because("Namespace and Name must be given without Uids"));
    }
    let wanted = |there: &SuperPod<'_>| match &uids {
        Some(uids) => uids.contains(&there.pod.uid),
        None => namespace == Some(there.pod.namespace.as_str()) && name == Some(there.pod.name.as_str()),
    };
    let pods = cluster.super_pods().filter(wanted).map(|there| {
        json!({
            "StartTime": iso(there.started), "Uid": there.pod.uid, "Cpu": cores(&there.size),
            "Memory": gib(&there.size), "Type": there.size.kind, "Gpu": gpus(&there.size),
            "ChargeType": charge_name(there.charge), "Namespace": there.pod.namespace, "Name": there.pod.name,
        })
    });
    Ok(json!({"ChargeInfoSet": pods.collect::<Vec<_>>()}))
}

fn charge_name(charge: PodCharge) -> &'static str {
    match charge {
        PodCharge::Hourly => "POSTPAID_BY_HOUR",
        PodCharge::Spot => "SPOT",
    }
}

/// The pods on super nodes of the zone, cluster and node that are given.
fn pods_of<'a>(realm: &'a Tke<'_>, input: Input<'a>) -> Outcome<Vec<SuperPod<'a>>> {
    let (zone, node) = (input.filled("Zone")?, input.filled("NodeName")?);
    let cluster = input.filled("ClusterId")?;
    if let Some(cluster) = cluster {
        realm.cluster(cluster)?;
    }
    let clusters = realm.clusters().filter(|there| cluster.is_none_or(|id| id == there.id));
    let pods = clusters.flat_map(|cluster| cluster.super_pods());
    let here = pods.filter(|there| {
        zone.is_none_or(|zone| zone == there.node.zone) && node.is_none_or(|name| name == there.node.name)
    });
    Ok(here.collect())
}

pub(super) fn describe_pod_deduction_rate(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let mut sizes: BTreeMap<(String, u64, u64, u64), (PodSize, u64)> = BTreeMap::new();
    for there in pods_of(&realm, input)? {
        let PodSize { cpu, memory, kind, gpus } = there.size.clone();
        sizes.entry((kind, cpu, memory, gpus)).or_insert_with(|| (there.size.clone(), 0)).1 += 1;
    }
    // The account has no reserved instances, which alone would be deducted.
    let rates = sizes.into_values().map(|(size, count)| {
        json!({
            "Cpu": cores(&size), "Memory": gib(&size), "Type": size.kind, "GpuNum": gpus(&size), "TotalNum": count,
            "DeductionNum": 0,
        })
    });
    Ok(json!({"PodDeductionRateSet": rates.collect::<Vec<_>>()}))
}

/// Whether a pod passes all filters.
fn passes(there: &SuperPod<'_>, filters: &[Input<'_>]) -> Outcome<bool> {
    for filter in filters {
        let passes = match filter.required("Name")? {
            "pod-type" => filter.texts("Values")?.contains(&there.size.kind),
            "pod-deduct" => false,
            "pod-not-deduct" => true,
            other => {
                return Err(invalid(format!(
                    "pods are filtered by pod-type, pod-deduct and pod-not-deduct, not by {other}"
                )));
            }
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn describe_pods_by_spec(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let amount = |name: &str| {
        let value = input.0.get(name).and_then(Value::as_f64).filter(|value| *value >= 0.0);
        value.ok_or_else(|| Reason::Missing.because(format!("{name} must be given, as a number of at least 0")))
    };
    let (cpu, memory, gpu) = (amount("Cpu")?, amount("Memory")?, input.filled("GpuNum")?);
    if let Some(count) = gpu.filter(|count| !["0.25", "0.5", "1", "2", "4", "8"].contains(count)) {
        return Err(invalid(format!("GpuNum is 0.25, 0.5, 1, 2, 4 or 8, not {count}")));
    }
    let filters = input.structures("Filters")?;
    let mut pods = Vec::new();
    for there in pods_of(&realm, input)? {
        let same = (cores(&there.size) - cpu).abs() < 1e-9 && (gib(&there.size) - memory).abs() < 1e-9;
        if same && gpu.is_none_or(|count| count == gpus(&there.size)) && passes(&there, &filters)? {
            pods.push(there);
        }
    }
    let (total, pods) = input.page()?.shown(pods, |there| {
        json!({
            "ClusterId": there.cluster, "NodeName": there.node.name, "Zone": there.node.zone,
            "Namespace": there.pod.namespace, "Name": there.pod.name,
        })
    });
    Ok(json!({"TotalCount": total, "PodSet": pods}))
}

pub(super) fn describe_post_node_resources(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let name = input.filled("NodeName")?;
    let nodes = cluster.virtual_nodes.iter().filter(|node| name.is_none_or(|name| name == node.name));
    let resources = nodes.map(|node| {
        let pods: Vec<PodSize> =
            cluster.super_pods().filter(|there| there.node.name == node.name).map(|there| there.size).collect();
        json!({
            "NodeName": node.name, "Num": pods.len(), "Cpu": pods.iter().map(cores).sum::<f64>(),
            "Memory": pods.iter().map(gib).sum::<f64>(), "Gpu": pods.iter().map(gpu_count).sum::<f64>(),
        })
    });
    Ok(json!({"PodSet": resources.collect::<Vec<_>>(), "ReservedInstanceSet": []}))
}
