//! Virtual nodes and their pools.

use super::Answer;
use super::machines::labels_json;
use super::node_settings::{taints, taints_json};
use super::nodes::pods_json;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::virtual_nodes::PoolState;
use wharf_world::tke::virtual_nodes::PoolChange;

/// The attributes of a pool; a list that is not given is left as it is.
fn change(input: Input<'_>) -> Outcome<PoolChange> {
    let given = |name: &str| input.0.get(name).is_some_and(|value| !value.is_null());
    Ok(PoolChange {
        name: input.text("Name")?.map(str::to_owned),
        labels: given("Labels").then(|| input.pairs("Labels", "Name", "Value")).transpose()?,
        taints: given("Taints").then(|| taints(input)).transpose()?,
        unschedulable: input.truth("Unschedulable")?,
    })
}

pub(super) fn create_cluster_virtual_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (subnets, groups) = (input.texts("SubnetIds")?, input.texts("SecurityGroupIds")?);
    input.required("Name")?;
    let pool = realm.create_pool(input.required("ClusterId")?, subnets, groups, change(input)?)?;
    Ok(json!({"NodePoolId": pool}))
}

pub(super) fn modify_cluster_virtual_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.change_pool(input.required("ClusterId")?, input.required("NodePoolId")?, change(input)?)?;
    Ok(json!({}))
}

pub(super) fn delete_cluster_virtual_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let pools = input.texts("NodePoolIds")?;
    realm.delete_pools(input.required("ClusterId")?, &pools, input.flag("Force")?)?;
    Ok(json!({}))
}

/// The state of a pool as the wire has it.
pub(super) fn life_state(state: PoolState) -> &'static str {
    match state {
        PoolState::Creating => "creating",
        PoolState::Normal => "normal",
        PoolState::Updating => "updating",
        PoolState::Deleting => "deleting",
    }
}

pub(super) fn describe_cluster_virtual_node_pools(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let pools = realm.cluster(input.required("ClusterId")?)?.pools.iter().map(|pool| {
        json!({
            "NodePoolId": pool.id, "SubnetIds": pool.subnets, "SecurityGroupIds": pool.security_groups,
            "Name": pool.name, "LifeState": life_state(pool.state), "Unschedulable": pool.unschedulable,
            "Labels": labels_json(&pool.labels), "Taints": taints_json(&pool.taints),
        })
    });
    let pools: Vec<Value> = pools.collect();
    Ok(json!({"TotalCount": pools.len(), "NodePoolSet": pools}))
}

pub(super) fn create_cluster_virtual_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let subnets = match (input.some_texts("SubnetIds")?, input.owned("SubnetId")?) {
        (Some(_), Some(_)) => return Err(Reason::Invalid.because("SubnetIds and SubnetId exclude each other")),
        (Some(subnets), None) => subnets,
        (None, one) => one.into_iter().collect(),
    };
    let names = realm.create_virtual_nodes(input.required("ClusterId")?, input.required("NodePoolId")?, &subnets)?;
    Ok(json!({"InstanceIds": names}))
}

pub(super) fn delete_cluster_virtual_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (names, force) = (input.texts("NodeNames")?, input.flag("Force")?);
    realm.delete_virtual_nodes(input.required("ClusterId")?, input.text("NodePoolId")?, &names, force)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_virtual_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let pool = cluster.pool(input.required("NodePoolId")?)?;
    let names = input.some_texts("NodeNames")?;
    let of_pool = cluster.virtual_nodes.iter().filter(|node| node.pool == pool.id);
    let wanted = of_pool.filter(|node| names.as_ref().is_none_or(|names| names.contains(&node.name)));
    let nodes = wanted.map(|node| {
        let phase = match (node.leaving, node.ready) {
            (true, _) => "Deleting",
            (false, true) => "Running",
            (false, false) => "Pending",
        };
        json!({
            "Name": node.name, "NodePoolId": node.pool, "SubnetId": node.subnet, "Phase": phase,
            "CreatedTime": iso(node.created),
        })
    });
    let nodes: Vec<Value> = nodes.collect();
    Ok(json!({"TotalCount": nodes.len(), "Nodes": nodes}))
}

pub(super) fn drain_cluster_virtual_node(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, node) = (input.required("ClusterId")?, input.required("NodeName")?);
    let pods = realm.drain_virtual_node(cluster, node, input.flag("DryRun")?)?;
    Ok(json!({"TotalCount": pods.len(), "Pods": pods_json(&pods)}))
}
