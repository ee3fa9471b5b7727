//! Clusters, and the application roles of machines.

use super::{Answer, Filter, filters, select};
use crate::handler::Context;
use crate::input::{Input, missing};
use crate::tke::clusters::{tags_json, type_name};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::{Cluster, Status};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};

pub(super) fn describe_clusters(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (ids, kind) = (input.some_texts("ClusterIds")?, input.filled("ClusterType")?);
    let wanted = realm.clusters().filter(|cluster| {
        ids.as_ref().is_none_or(|ids| ids.contains(&cluster.id)) && kind.is_none_or(|kind| type_name(cluster) == kind)
    });
    let (total, clusters) = input.page_of_some()?.of(select(wanted, &filters(input, "Filters")?, passes)?);
    let clusters: Vec<Value> = clusters.into_iter().map(cluster_json).collect();
    Ok(json!({"TotalCount": total, "Clusters": clusters, "Errors": []}))
}

fn passes(cluster: &&Cluster, filter: &Filter<'_>) -> Outcome<bool> {
    if let Some(passes) = filter.by_tags(&cluster.tags) {
        return Ok(passes);
    }
    Ok(match filter.name {
        "ClusterName" => filter.has(&cluster.name),
        "ClusterType" => filter.has(type_name(cluster)),
        "ClusterStatus" => filter.has(status(cluster)),
        "vpc-id" => filter.has(&cluster.network),
        "tag-key" => cluster.tags.iter().any(|(key, _)| filter.has(key)),
        "tag-value" => cluster.tags.iter().any(|(_, value)| filter.has(value)),
        _ => return filter.unknown("clusters"),
    })
}

/// The state of a cluster. A cluster is running while nodes join or leave: this version has no state for it.
fn status(cluster: &Cluster) -> &'static str {
    match cluster.status() {
        Status::Creating => "Creating",
        Status::Running | Status::Scaling => "Running",
        Status::Deleting => "Deleting",
    }
}

fn cluster_json(cluster: &Cluster) -> Value {
    json!({
        "ClusterId": cluster.id, "ClusterName": cluster.name, "ClusterDescription": cluster.description,
        "ClusterVersion": cluster.version, "ClusterType": type_name(cluster), "ClusterStatus": status(cluster),
        "TagSpecification": tags_json("cluster", &cluster.tags), "CreatedTime": iso(cluster.created),
        "ClusterLevel": cluster.level().unwrap_or(""), "VpcId": cluster.network,
    })
}

/// Checks that the machines exist. No operation attaches a role, so that nothing is detached.
pub(super) fn detach_application_role(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (cluster, machines) = (input.filled("ClusterId")?, input.texts("Instances")?);
    let cluster = cluster.map(|id| realm.running_cluster(id)).transpose()?;
    if cluster.is_none() && machines.is_empty() {
        return Err(missing("Instances"));
    }
    for id in &machines {
        match cluster {
            Some(cluster) => cluster.native_machine(id).map(|_| ())?,
            None if realm.realm.machines.get(id).is_some_and(|machine| !machine.managed) => {}
            None => {
                let message = format!("Instances: the instance {id} does not exist; native nodes need ClusterId");
                return Err(Reason::NoMachine.because(message));
            }
        }
    }
    Ok(json!({}))
}
