//! Nodes: create, read, rename, delete.

use super::Answer;
use super::answer::{go_time, list, resource};
use super::input::{Input, invalid};
use super::placement::Purpose;
use super::servers::{check_new_node_name, check_node_name, servers};
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cce::Cce;
use wharf_world::cce::nodes::{CceNode, CceNodePhase};
use wharf_world::cce::pools::POOL_ANNOTATION;
use wharf_world::infra::machines::Machine;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Reason;

pub(super) fn create_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_new_node_name(name)?;
    let count = spec.number("count")?.ok_or_else(|| Reason::Missing.because("spec.count must be given"))?;
    let mut new = servers(spec, Purpose::Nodes)?;
    new.count =
        usize::try_from(count).ok().filter(|count| *count > 0).ok_or_else(|| invalid("spec.count is at least 1"))?;
    new.name = name.to_owned();
    new.labels = metadata.map("labels")?;
    new.annotations = metadata.map("annotations")?;
    let (mut shown, labels, annotations) = (new.order.clone(), new.labels.clone(), new.annotations.clone());
    shown.insert("count".to_owned(), json!(count));
    shown.entry("billingMode").or_insert(json!(0));
    let mut realm = world.cce(&context.account, &context.region);
    let (uids, job) = realm.order_members(input.required("cluster_id")?, new)?;
    let metadata = json!({"name": name, "uid": uids.first(), "labels": labels, "annotations": annotations});
    Ok(resource("Node", metadata, Value::Object(shown), json!({"phase": "Build", "jobID": job})))
}

pub(super) fn get_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.meet_members(cluster)?;
    let member = realm.realm.member(cluster, input.required("node_id")?)?;
    Ok(node_json(&realm, member, None))
}

pub(super) fn list_nodes(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.meet_members(cluster)?;
    let limit = match input.number("limit")? {
        None => usize::MAX,
        Some(limit @ 1..=2_000) => usize::try_from(limit).unwrap_or(usize::MAX),
        Some(limit) => return Err(invalid(format!("limit is 1 to 2000, not {limit}"))),
    };
    let skipped = match input.filled("marker")? {
        None => 0,
        Some(marker) => {
            let at = realm.realm.members_of(cluster).position(|member| member.uid == marker);
            at.ok_or_else(|| invalid(format!("marker is no node of the cluster: {marker}")))? + 1
        }
    };
    let members = realm.realm.members_of(cluster).skip(skipped).take(limit);
    Ok(list("List", members.map(|member| node_json(&realm, member, None)).collect()))
}

pub(super) fn update_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, node) = (input.required("cluster_id")?, input.required("node_id")?);
    realm.meet_members(cluster)?;
    if let Some(name) = input.within("metadata")?.text("name")? {
        check_node_name(name)?;
        realm.rename_member(cluster, node, name)?;
    }
    let member = realm.realm.member(cluster, node)?;
    let mut answer = node_json(&realm, member, None);
    // This answer alone has the times in their standard form.
    answer["metadata"]["creationTimestamp"] = json!(iso(member.created));
    answer["metadata"]["updateTimestamp"] = json!(iso(member.updated));
    Ok(answer)
}

pub(super) fn delete_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, node) = (input.required("cluster_id")?, input.required("node_id")?);
    realm.meet_members(cluster)?;
    let job = realm.release_members(cluster, &[node.to_owned()], false)?;
    let member = realm.realm.member(cluster, node)?;
    Ok(node_json(&realm, member, Some(&job)))
}

pub(super) fn delete_all_nodes(_world: &mut World, _context: &Context, _input: Input<'_>) -> Answer {
    Err(Reason::Unsupported.because("v3 no longer deletes all nodes of a cluster at once: delete them one by one"))
}

/// What stands for the pool of a node outside of pools: zone, flavor and operating system.
pub(super) fn default_pool(server: &Machine) -> String {
    format!("{}#{}#{}", server.zone, server.instance_type, server.os)
}

/// The annotation of a node that stays when its pool becomes smaller.
const LOCK_ANNOTATION: &str = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

pub(super) fn phase_name(phase: CceNodePhase) -> &'static str {
    match phase {
        CceNodePhase::Building => "Build",
        CceNodePhase::Installing => "Installing",
        CceNodePhase::Active => "Active",
        CceNodePhase::Abnormal => "Abnormal",
        CceNodePhase::Upgrading => "Upgrading",
        CceNodePhase::Leaving => "Deleting",
    }
}

/// A node as answers show it; with the identifier of the job that the call has started.
fn node_json(realm: &Cce<'_>, member: &CceNode, job: Option<&str>) -> Value {
    let mut metadata = json!({
        "name": member.name, "uid": member.uid, "annotations": member.annotations,
        "creationTimestamp": go_time(member.created), "updateTimestamp": go_time(member.updated),
    });
    if !member.labels.is_empty() {
        metadata["labels"] = json!(member.labels);
    }
    if member.locked {
        metadata["annotations"][LOCK_ANNOTATION] = json!("true");
    }
    let phase = phase_name(realm.realm.member_phase(member, realm.now));
    let mut status = json!({"phase": phase, "serverId": member.machine});
    if let Some(current) = realm.realm.is_up_to_date(member) {
        status["configurationUpToDate"] = json!(current);
    }
    if let Some(job) = job {
        status["jobID"] = json!(job);
    }
    let mut spec = member.order.clone();
    spec.entry("billingMode").or_insert(json!(0));
    if let Some(server) = realm.realm.server(member) {
        if member.pool.is_none() {
            // A node outside of pools names what a pool of such nodes would be made of.
            metadata["annotations"][POOL_ANNOTATION] = json!(default_pool(server));
        }
        status["privateIP"] = json!(server.private_ip);
        if let Some(address) = &server.public_ip {
            status["publicIP"] = json!(address);
        }
        let known = [("flavor", &server.instance_type), ("az", &server.zone), ("os", &server.os)];
        spec.extend(known.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
    }
    let cluster = realm.realm.clusters.get(&member.cluster);
    if let Some(node) = cluster.and_then(|cluster| cluster.nodes.get(&member.machine)) {
        spec.insert("k8sTags".to_owned(), json!(node.labels));
    }
    resource("Node", metadata, Value::Object(spec), status)
}
