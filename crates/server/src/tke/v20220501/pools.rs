//! Node pools.

use super::spec::{given, new_spec, spec_change, tags};
use super::spec_json::native_pool_json;
use super::{Answer, Filter, filters, select};
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use crate::tke::clusters::tags_json;
use crate::tke::groups::status_name;
use crate::tke::machines::labels_json;
use crate::tke::node_pools::counts_json;
use crate::tke::node_settings::{given_text, taints, taints_json};
use crate::tke::virtual_nodes::life_state;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::cluster::nodes::NodeSettings;
use wharf_world::kernel::time::go;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::virtual_nodes::Pool;
use wharf_world::tke::external_nodes::ExternalPool;
use wharf_world::tke::groups::Group;
use wharf_world::tke::native::{Meta, NativePool, NewPool, PoolChange, PoolLife};
use wharf_world::tke::node_pools::NodePool;

pub(super) fn create_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    realm.running_cluster(cluster)?;
    match input.required("Type")? {
        "Native" => {}
        other @ ("Regular" | "Super" | "External") => {
            let message = format!("Type: this operation creates Native node pools, not {other}");
            return Err(Reason::Unsupported.because(message));
        }
        other => return Err(invalid(format!("Type is Native or External, not {other}"))),
    }
    for option in input.texts("SkipValidateOptions")? {
        if option != "VpcDnsCheck" {
            return Err(invalid(format!("SkipValidateOptions is VpcDnsCheck, not {option}")));
        }
    }
    let pool = NewPool {
        name: input.required("Name")?.to_owned(),
        protected: input.flag("DeletionProtection")?,
        tags: tags(input)?,
        meta: Meta {
            labels: input.pairs("Labels", "Name", "Value")?,
            annotations: input.pairs("Annotations", "Name", "Value")?,
            taints: taints(input)?,
            cordoned: input.flag("Unschedulable")?,
        },
        spec: new_spec(input.structure("Native")?.ok_or_else(|| missing("Native"))?)?,
    };
    Ok(json!({"NodePoolId": realm.create_native_pool(cluster, pool)?}))
}

pub(super) fn modify_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let native = input.within("Native")?;
    let listed = |name: &str| given(input, name);
    let change = PoolChange {
        name: input.text("Name")?.map(str::to_owned),
        protected: input.truth("DeletionProtection")?,
        tags: listed("Tags").then(|| tags(input)).transpose()?,
        labels: listed("Labels").then(|| input.pairs("Labels", "Name", "Value")).transpose()?,
        annotations: listed("Annotations").then(|| input.pairs("Annotations", "Name", "Value")).transpose()?,
        taints: listed("Taints").then(|| taints(input)).transpose()?,
        cordoned: input.truth("Unschedulable")?,
        spec: spec_change(native)?,
        existing_nodes: native.flag("UpdateExistedNode")?,
        existing_setups: native.one_of("UpdateMachineManagement", &["enable", "disable"])? == Some("enable"),
    };
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    refuse_others(realm.cluster(cluster)?, pool)?;
    realm.change_native_pool(cluster, pool, change)?;
    Ok(json!({}))
}

pub(super) fn delete_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    refuse_others(realm.cluster(cluster)?, pool)?;
    realm.delete_native_pool(cluster, pool)?;
    Ok(json!({}))
}

pub(super) fn scale_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    refuse_others(realm.cluster(cluster)?, pool)?;
    realm.scale_native_pool(cluster, pool, input.required_number("Replicas")?)?;
    Ok(json!({}))
}

/// Pools of other nodes are listed, and are changed by the operations of version 2018-05-25.
fn refuse_others(cluster: &Cluster, pool: &str) -> Outcome<()> {
    let parts = cluster.tke();
    if cluster.pools.contains(pool) || parts.node_pools.contains(pool) || parts.external.pools.contains(pool) {
        let message = format!("the node pool {pool} has no native nodes: use the operations of version 2018-05-25");
        return Err(Reason::Unsupported.because(message));
    }
    Ok(())
}

/// A pool of any kind.
#[derive(Clone, Copy)]
enum Listed<'a> {
    Native(&'a NativePool),
    Regular(&'a NodePool, &'a Group),
    External(&'a ExternalPool),
    Super(&'a Pool),
}

impl Listed<'_> {
    fn id_and_name(self) -> (String, String) {
        match self {
            Self::Native(pool) => (pool.id.clone(), pool.name.clone()),
            Self::Regular(pool, _) => (pool.id.clone(), pool.name.clone()),
            Self::External(pool) => (pool.id.clone(), pool.name.clone()),
            Self::Super(pool) => (pool.id.clone(), pool.name.clone()),
        }
    }
}

pub(super) fn describe_node_pools(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let native = cluster.tke().native.pools.iter().map(Listed::Native);
    let regular = cluster.tke().node_pools.iter();
    let regular = regular.filter_map(|pool| Some(Listed::Regular(pool, cluster.tke().groups.get(&pool.group)?)));
    let external = cluster.tke().external.pools.iter().map(Listed::External);
    let pools = native.chain(regular).chain(external).chain(cluster.pools.iter().map(Listed::Super));
    let passes = |pool: &Listed<'_>, filter: &Filter<'_>| passes(cluster, *pool, filter);
    let pools = select(pools, &filters(input, "Filters")?, passes)?;
    let (total, pools) = input.page_of_some()?.shown(pools, |pool| pool_json(cluster, pool));
    Ok(json!({"NodePools": pools, "TotalCount": total}))
}

fn passes(cluster: &Cluster, pool: Listed<'_>, filter: &Filter<'_>) -> Outcome<bool> {
    let tags = match pool {
        Listed::Native(pool) => cluster.native_tags(pool),
        Listed::Regular(pool, _) => pool.tags.clone(),
        Listed::External(_) | Listed::Super(_) => cluster.tags.clone(),
    };
    let (id, name) = pool.id_and_name();
    match (filter.by_tags(&tags), filter.name) {
        (Some(passes), _) => Ok(passes),
        (None, "NodePoolsName") => Ok(filter.has(&name)),
        (None, "NodePoolsId") => Ok(filter.has(&id)),
        _ => filter.unknown("node pools"),
    }
}

fn pool_json(cluster: &Cluster, pool: Listed<'_>) -> Value {
    match pool {
        Listed::Native(pool) => {
            let state = match pool.state {
                PoolLife::Creating => "Creating",
                PoolLife::Running => "Running",
                PoolLife::Deleting => "Deleting",
            };
            json!({
                "ClusterId": cluster.id, "NodePoolId": pool.id, "Name": pool.name, "Type": "Native",
                "LifeState": state, "CreatedAt": go(pool.created),
                "Tags": tags_json("machine", &cluster.native_tags(pool)), "Taints": taints_json(&pool.meta.taints),
                "Labels": labels_json(&pool.meta.labels), "Annotations": labels_json(&pool.meta.annotations),
                "DeletionProtection": pool.protected, "Unschedulable": pool.meta.cordoned,
                "Native": native_pool_json(cluster, pool), "Super": null, "Regular": null, "External": null,
            })
        }
        Listed::Regular(pool, group) => json!({
            "ClusterId": cluster.id, "NodePoolId": pool.id, "Name": pool.name, "Type": "Regular",
            "LifeState": life_state(pool.state), "CreatedAt": go(group.created),
            "Tags": tags_json("machine", &pool.tags), "Taints": taints_json(&group.settings.taints),
            "Labels": labels_json(&group.settings.labels), "Annotations": labels_json(&group.settings.annotations),
            "DeletionProtection": pool.protected, "Unschedulable": group.settings.cordoned, "Native": null,
            "Regular": regular_json(cluster, pool, group), "External": null, "Super": null,
        }),
        Listed::External(pool) => {
            let nodes = cluster.nodes.iter().filter(|node| node.external_pool.as_ref() == Some(&pool.id)).count();
            let (kind, version) = &pool.runtime;
            json!({
                "ClusterId": cluster.id, "NodePoolId": pool.id, "Name": pool.name, "Type": "External",
                "LifeState": life_state(pool.state), "CreatedAt": go(pool.created),
                "Tags": tags_json("machine", &cluster.tags), "Taints": taints_json(&pool.settings.taints),
                "Labels": labels_json(&pool.settings.labels), "Annotations": labels_json(&pool.settings.annotations),
                "DeletionProtection": pool.protected, "Unschedulable": pool.settings.cordoned, "Native": null,
                "Regular": null, "Super": null,
                "External": {"NodesNum": nodes, "RuntimeConfig": runtime_json(kind, version)},
            })
        }
        Listed::Super(pool) => json!({
            "ClusterId": cluster.id, "NodePoolId": pool.id, "Name": pool.name, "Type": "Super",
            "LifeState": life_state(pool.state), "CreatedAt": go(pool.created),
            "Tags": tags_json("machine", &cluster.tags), "Taints": taints_json(&pool.taints),
            "Labels": labels_json(&pool.labels), "Annotations": [], "DeletionProtection": false,
            "Unschedulable": pool.unschedulable, "Native": null, "Regular": null, "External": null,
            "Super": {"SubnetIds": pool.subnets, "SecurityGroupIds": pool.security_groups},
        }),
    }
}

/// A container runtime, with the version if one is known.
pub(super) fn runtime_json(kind: &str, version: &str) -> Value {
    let version = Some(version).filter(|version| !version.is_empty());
    json!({"RuntimeType": kind, "RuntimeVersion": version, "RuntimeRootDir": null})
}

/// The part of a pool that only those of the machine service have.
fn regular_json(cluster: &Cluster, pool: &NodePool, group: &Group) -> Value {
    let (added, started) = cluster.node_counts(pool);
    json!({
        "LaunchConfigurationId": group.launch, "AutoscalingGroupId": group.id,
        "NodeCountSummary": {"ManuallyAdded": counts_json(added), "AutoscalingAdded": counts_json(started)},
        "AutoscalingGroupStatus": status_name(group.status), "MaxNodesNum": group.max, "MinNodesNum": group.min,
        "DesiredNodesNum": group.desired, "NodePoolOs": pool.image.os,
        "InstanceAdvancedSettings": advanced_json(cluster, &group.settings, &pool.runtime.0, &pool.runtime.1),
    })
}

/// The settings of nodes of the machine service.
pub(super) fn advanced_json(cluster: &Cluster, settings: &NodeSettings, kind: &str, version: &str) -> Value {
    let given = Input(&settings.given);
    let pods = given.number("DesiredPodNumber").ok().flatten().unwrap_or(cluster.max_pods as i64);
    let kubelet = given.within("ExtraArgs").and_then(|args| args.texts("Kubelet")).unwrap_or_default();
    json!({
        "DesiredPodNumber": pods, "PreStartUserScript": given_text(settings, "PreStartUserScript"),
        "UserScript": given_text(settings, "UserScript"), "ExtraArgs": {"Kubelet": kubelet},
        "RuntimeConfig": runtime_json(kind, version),
    })
}
