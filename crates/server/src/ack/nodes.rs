//! Nodes: list, attach, remove, and the scripts by which servers join on their own.

use super::answer::{local, page};
use super::clusters::join_token;
use super::creation::runtime;
use super::values::{check_login, platform, tags};
use super::{Answer, Scene, values};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::ack::nodes::{AckNodePhase, INSTALLATION, NodeView};
use wharf_world::ack::offers::family;
use wharf_world::ack::tasks::NewTask;
use wharf_world::cluster::nodes::{NodeSettings, Role};
use wharf_world::infra::machines::Charge;
use wharf_world::kernel::violation::{Outcome, Reason};

/// When something ends that has no end.
const NEVER: &str = "2099-12-31T23:59:00+08:00";

pub(super) fn describe_cluster_nodes(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, _) = scene.realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    let state = input.one_of("state", &["all", "running", "removing", "initial", "failed"])?.filter(|s| *s != "all");
    let ids = one_of_many(input, "instanceIds")?;
    let (addresses, names) = (one_of_many(input, "nodeIps")?, one_of_many(input, "nodeNames")?);
    let labels = labels(input)?;
    // It does not count when servers are named.
    let pool = input.filled("nodepool_id")?.filter(|_| ids.is_none());
    let wanted = |seat: &NodeView<'_>| {
        state.is_none_or(|state| state == state_name(seat.phase()))
            && ids.as_ref().is_none_or(|ids| ids.contains(&seat.server.id.as_str()))
            && addresses.as_ref().is_none_or(|addresses| addresses.contains(&seat.server.private_ip.as_str()))
            && names.as_ref().is_none_or(|names| names.contains(&seat.node.name.as_str()))
            && labels.iter().all(|(key, value)| seat.node.labels.get(*key).is_some_and(|has| has == value))
            && pool.is_none_or(|pool| seat.worker.pool.as_deref() == Some(pool))
    };
    let items = scene.realm.realm.seats(cluster).filter(wanted).map(|seat| node_json(&seat)).collect();
    let (nodes, info) = page(items, values::page(input, "pageNumber", "pageSize")?);
    Ok(json!({"nodes": nodes, "page": info}))
}

/// Values with commas between them.
fn one_of_many<'a>(input: Input<'a>, name: &str) -> Outcome<Option<Vec<&'a str>>> {
    Ok(input.filled(name)?.map(|values| values.split(',').map(str::trim).collect()))
}

/// The labels that a node must have, all of them.
fn labels(input: Input<'_>) -> Outcome<Vec<(&str, &str)>> {
    let pairs = one_of_many(input, "nodeLabels")?.unwrap_or_default().into_iter().map(|pair| {
        pair.split_once('=').ok_or_else(|| invalid(format!("nodeLabels has pairs such as key=value, not {pair}")))
    });
    pairs.collect()
}

pub(super) fn state_name(phase: AckNodePhase) -> &'static str {
    match phase {
        AckNodePhase::Initial => "initial",
        AckNodePhase::Running => "running",
        AckNodePhase::Offline => "failed",
        AckNodePhase::Removing => "removing",
    }
}

fn node_json(seat: &NodeView<'_>) -> Value {
    let NodeView { node, server, worker } = seat;
    let phase = seat.phase();
    json!({
        "creation_time": local(worker.created), "error_message": "", "expired_time": NEVER,
        "host_name": server.host_name.as_deref().unwrap_or(&node.name), "image_id": worker.image,
        "instance_charge_type": if server.charge == Charge::Prepaid { "PrePaid" } else { "PostPaid" },
        "instance_id": server.id, "instance_name": server.name,
        "instance_role": if node.role == Role::Master { "Master" } else { "Worker" },
        "instance_status": if server.running { "Running" } else { "Stopped" },
        "instance_type": server.instance_type, "instance_type_family": family(&server.instance_type),
        "ip_address": [server.private_ip], "is_aliyun_node": true, "node_name": node.name,
        "node_status": if phase == AckNodePhase::Running { "Ready" } else { "NotReady" },
        "nodepool_id": worker.pool.as_deref().unwrap_or_default(), "source": worker.source, "state": state_name(phase),
    })
}

pub(super) fn remove_cluster_nodes(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (release, drain) = (input.flag("release_node")?, input.flag("drain_node")?);
    let id = input.required("ClusterId")?;
    scene.realm.remove_workers(scene.owner, id, &input.texts("nodes")?, release, drain)?;
    Ok(Value::Null)
}

pub(super) fn attach_instances(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    check_login(input, "password")?;
    input.one_of("cpu_policy", &["static", "none"])?;
    runtime(input.within("runtime")?)?;
    platform(input)?;
    let labels = tags(input.structures("tags")?, "tags")?;
    let settings = NodeSettings { labels, ..NodeSettings::default() };
    let rename = input.truth("keep_instance_name")? == Some(false);
    let (id, servers) = (input.required("ClusterId")?, input.texts("instances")?);
    let results = scene.realm.attach_servers(scene.owner, id, &servers, &settings, rename)?;
    let list: Vec<Value> = results
        .into_iter()
        .map(|(server, result)| {
            let (code, message) = match result {
                Ok(()) => ("200", "successful".to_owned()),
                Err(fault) if fault.reason == Reason::NoMachine => ("404", fault.message.into_owned()),
                Err(fault) => ("400", fault.message.into_owned()),
            };
            json!({"code": code, "instanceId": server, "message": message})
        })
        .collect();
    let new = NewTask::of_cluster(scene.owner, "cluster_attach_nodes", id).taking(INSTALLATION);
    let task = scene.realm.add_task(new);
    Ok(json!({"list": list, "task_id": task}))
}

pub(super) fn describe_cluster_attach_scripts(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    input.one_of("arch", &["amd64", "arm", "arm64"])?;
    if let Some(options) = input.filled("options")?
        && serde_json::from_str::<serde_json::Map<String, Value>>(options).is_err()
    {
        return Err(invalid("options is not a JSON object"));
    }
    let (cluster, dedicated) = scene.realm.realm.at_work(scene.owner, id, scene.realm.now)?;
    let pool = input.filled("nodepool_id")?;
    if let Some(pool) = pool {
        scene.realm.realm.worker_pool(id, pool)?;
    }
    let pool = pool.map(|pool| format!(" --nodepool-id {pool}")).unwrap_or_default();
    let region = scene.region;
    Ok(Value::from(format!(
        "curl http://aliacs-k8s-{region}.oss-{region}-internal.aliyuncs.com/public/pkg/run/attach/{}/attach_node.sh | \
         bash -s -- --openapi-token {} --cluster-id {id} --endpoint {}:6443{pool}\n",
        dedicated.release,
        join_token(cluster),
        dedicated.address
    )))
}
