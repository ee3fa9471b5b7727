//! The instances of a service: its pods.

use super::Answer;
use super::answer::hindrance;
use super::nodes::named;
use super::orders::namespace;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::time::local;
use wharf_world::kubernetes::Pod;

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let cluster = realm.serving_cluster(input.required("clusterId")?)?;
    let workload = cluster.workload(namespace(input)?, input.required("serviceName")?)?;
    let (total, pods) = input.page_by("offset", "limit")?.of(cluster.kubernetes.pods_of(workload));
    let pods: Vec<Value> = pods.into_iter().map(|pod| shown(cluster, pod)).collect();
    Ok(json!({"totalCount": total, "instances": pods}))
}

fn shown(cluster: &Cluster, pod: &Pod) -> Value {
    let (status, reason) = match pod.hindrance() {
        _ if pod.stopping => ("Terminating", ""),
        None => ("Running", ""),
        Some(why) => ("Waiting", hindrance(why)),
    };
    let containers = pod.spec.get("containers").and_then(Value::as_array);
    let containers: Vec<Value> = containers
        .into_iter()
        .flatten()
        .map(|container| {
            let text = |name: &str| container.get(name).and_then(Value::as_str).unwrap_or_default();
            let id = if pod.running { pod.container_id(text("name")) } else { String::new() };
            json!({
                "name": text("name"), "containerId": id, "status": status, "reason": reason, "image": text("image"),
            })
        })
        .collect();
    let ready = if pod.running && !pod.stopping { containers.len() } else { 0 };
    json!({
        "name": pod.name, "status": status, "reason": reason,
        "nodeIp": cluster.pod_ref(&pod.uid).map(|there| there.node_ip).unwrap_or_default(),
        "nodeName": pod.node.clone().unwrap_or_default(),
        "ip": pod.address.clone().filter(|_| pod.running).unwrap_or_default(), "restartCount": 0,
        "readyCount": ready, "createdAt": local(pod.created), "containers": containers,
    })
}

pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.ccs(&context.account, &context.region);
    let cluster = input.required("clusterId")?;
    realm.serving_cluster(cluster)?;
    let (deleted, failed) = realm.delete_pods(cluster, namespace(input)?, &named(input, "instances")?)?;
    Ok(json!({"successList": deleted, "failedMap": failed}))
}
