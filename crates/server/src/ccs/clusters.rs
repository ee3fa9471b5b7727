//! Clusters and their tasks.

use super::Answer;
use super::codes::{NOT_FOUND, NOT_SOLD, Refused};
use super::machines::{self, order};
use crate::handler::Context;
use crate::input::Input;
use crate::regions;
use serde_json::{Value, json};
use std::cmp::Ordering;
use wharf_world::ccs::tasks::{Progress, Tasks, Trouble};
use wharf_world::cluster::nodes::{Role, State};
use wharf_world::cluster::{Cluster, NewCluster, NewNodes, Source, Status};
use wharf_world::kernel::ids::hash;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Millis, World};

/// The operating systems that are offered.
const SYSTEMS: [&str; 2] = ["centos7.2x86_64", "ubuntu16.04.1 LTSx86_64"];

pub(super) fn create(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let most = world.quotas.ccs.clusters;
    if world.cluster_count(&context.account) >= most {
        return Err(Refused::new(NOT_SOLD, format!("an account has at most {most} clusters")));
    }
    let nodes_at_most = world.quotas.ccs.nodes;
    let mut realm = world.ccs(&context.account, &context.region);
    let system = input.required("osName")?;
    if !SYSTEMS.contains(&system) {
        return Err(Reason::NoImage.because(format!("osName is one of {}, not {system}", SYSTEMS.join(", "))).into());
    }
    let network = input.required("vpcId")?;
    let (purchase, settings) = order(&realm, input, network)?;
    if purchase.count as usize > nodes_at_most {
        return Err(Refused::new(NOT_SOLD, format!("a cluster has at most {nodes_at_most} nodes")));
    }
    let (cluster, task) = realm.start_cluster(NewCluster {
        name: input.required("clusterName")?.to_owned(),
        description: input.text("clusterDesc")?.unwrap_or("").to_owned(),
        os: Some(system.to_owned()),
        network: Some(network.to_owned()),
        range: Some(input.required("clusterCIDR")?.to_owned()),
        ignores_conflicts: machines::switch(input, "ignoreClusterCIDRConflict")?.unwrap_or(false),
        runtime: "docker".to_owned(),
        nodes: vec![NewNodes { role: Role::Worker, source: Source::Purchase(Box::new(purchase)), settings }],
        ..NewCluster::default()
    })?;
    Ok(json!({"clusterId": cluster, "requestId": task}))
}

pub(super) fn delete(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let keep = keeps_machines(input)?;
    let mut realm = world.ccs(&context.account, &context.region);
    Ok(json!({"requestId": realm.order_deletion(input.required("clusterId")?, keep)?}))
}

/// Reads `nodeDeleteMode`. Without it machines paid by the hour are destroyed and all others kept.
pub(super) fn keeps_machines(input: Input<'_>) -> Outcome<bool> {
    match input.filled("nodeDeleteMode")? {
        Some("RemoveOnly") => Ok(true),
        None | Some("Return") => Ok(false),
        Some(other) => Err(Reason::Invalid.because(format!("nodeDeleteMode is RemoveOnly or Return, not {other}"))),
    }
}

pub(super) fn describe_task(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let number = input.count("requestId")?.unwrap_or(0);
    let realm = world.ccs(&context.account, &context.region);
    let progress = realm.realm.ccs.tasks.progress(number);
    let progress = progress.ok_or_else(|| Refused::new(NOT_FOUND, format!("there is no task {number}")))?;
    let status = match progress {
        Progress::Running => "running",
        Progress::Done => "succ",
        Progress::Failed => "fail",
    };
    Ok(json!({"status": status}))
}

pub(super) fn describe(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.ccs(&context.account, &context.region);
    let (ids, name, wanted) = (input.some_texts("clusterIds")?, input.filled("clusterName")?, input.filled("status")?);
    let tasks = &realm.realm.ccs.tasks;
    let mut clusters: Vec<&Cluster> = realm
        .clusters()
        .filter(|cluster| {
            ids.as_ref().is_none_or(|ids| ids.contains(&cluster.id))
                && name.is_none_or(|name| cluster.name == name)
                && wanted.is_none_or(|wanted| status(cluster, tasks) == wanted)
        })
        .collect();
    let by: fn(&Cluster, &Cluster) -> Ordering = match input.filled("orderField")?.unwrap_or("createdAt") {
        "clusterId" => |a, b| a.id.cmp(&b.id),
        "clusterName" => |a, b| a.name.cmp(&b.name),
        "createdAt" => |a, b| a.created.cmp(&b.created),
        "updatedAt" => |a, b| updated(a).cmp(&updated(b)),
        other => {
            let message = format!("orderField is clusterId, clusterName, createdAt or updatedAt, not {other}");
            return Err(Reason::Invalid.because(message).into());
        }
    };
    clusters.sort_by(|a, b| by(a, b));
    match input.filled("orderType")?.unwrap_or("desc") {
        "asc" => {}
        "desc" => clusters.reverse(),
        other => return Err(Reason::Invalid.because(format!("orderType is asc or desc, not {other}")).into()),
    }
    let (total, page) = input.page_by("offset", "limit")?.of(clusters);
    let page: Vec<Value> = page.into_iter().map(|cluster| shown(cluster, tasks, context)).collect();
    Ok(json!({"totalCount": total, "clusters": page}))
}

/// The state that a cluster shows.
pub(super) fn status(cluster: &Cluster, tasks: &Tasks) -> &'static str {
    match (cluster.status(), tasks.trouble(&cluster.id)) {
        (Status::Deleting, _) => "Deleting",
        _ if tasks.is_deleting(&cluster.id) => "Deleting",
        (_, Some(Trouble::Broken)) => "Abnormal",
        (_, Some(Trouble::Isolated)) => "Isolated",
        (Status::Creating, None) => "Creating",
        (Status::Scaling, None) => "Scaling",
        (Status::Running, None) => "Running",
    }
}

fn updated(cluster: &Cluster) -> Millis {
    cluster.nodes.iter().map(|node| node.created).chain([cluster.created]).max().unwrap_or(cluster.created)
}

fn shown(cluster: &Cluster, tasks: &Tasks, context: &Context) -> Value {
    let normal = cluster.nodes.iter().filter(|node| node.state == State::Running).count();
    let nodes = match (normal, cluster.nodes.len()) {
        (normal, all) if normal == all => "AllNormal",
        (0, _) => "AllAbnormal",
        _ => "PartialAbnormal",
    };
    json!({
        "clusterId": cluster.id, "clusterName": cluster.name, "description": cluster.description,
        "clusterCIDR": cluster.range.map(|range| range.to_string()).unwrap_or_default(),
        "unVpcId": cluster.network, "vpcId": hash(&cluster.network) % 100_000, "status": status(cluster, tasks),
        "nodeNum": cluster.nodes.len(), "nodeStatus": nodes,
        "totalCpu": cluster.nodes.iter().map(|node| node.size.cores).sum::<u64>(),
        "totalMem": cluster.nodes.iter().map(|node| node.size.memory).sum::<u64>(),
        "os": cluster.os, "createdAt": local(cluster.created), "updatedAt": local(updated(cluster)),
        "regionId": regions::number(&context.region), "region": context.region, "k8sVersion": cluster.version,
        "clusterExternalEndpoint": cluster.open_endpoint(true).map(|_| cluster.domain()),
        "projectId": cluster.project,
    })
}
