//! Node pools.

use super::Answer;
use super::groups::status_name;
use super::launches::new_group;
use super::machines::labels_json;
use super::node_settings::{check_path, check_script, given_text, settings, settings_json, taints, taints_json};
use super::virtual_nodes::life_state;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::infra::offers::{Image, find_image};
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::groups::Group;
use wharf_world::tke::node_pools::{NewNodePool, NodePool, NodePoolChange};
use wharf_world::tke::pool_members::NodeCounts;

/// Families of machine types with GPUs.
const GPU_FAMILIES: [&str; 5] = ["GI", "GN", "GT", "PNV", "GC"];

/// Whether a member is there and not null.
fn is_given(input: Input<'_>, name: &str) -> bool {
    input.0.get(name).is_some_and(|value| !value.is_null())
}

/// The image of that operating system or identifier, which is of the kind that is given too.
fn image(input: Input<'_>, name: &str, arm: bool) -> Outcome<Option<Image>> {
    let kind = input.one_of("OsCustomizeType", &["DOCKER_CUSTOMIZE", "GENERAL"])?;
    let image = input.filled(name)?.map(|os| find_image(os, arm)).transpose()?;
    if let (Some(image), Some(kind)) = (image, kind)
        && kind != os_kind(image)
    {
        return Err(Reason::NoImage.because(format!("the operating system {} is not {kind}", image.os)));
    }
    Ok(image)
}

fn os_kind(image: Image) -> &'static str {
    if image.customized { "DOCKER_CUSTOMIZE" } else { "GENERAL" }
}

pub(super) fn create_cluster_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    let arm = realm.running_cluster(cluster)?.arm;
    if let Some(name) = input.texts("SkipValidateOptions")?.iter().find(|name| *name != "VpcDnsCheck") {
        return Err(invalid(format!("SkipValidateOptions has VpcDnsCheck, not {name}")));
    }
    let Some(autoscaled) = input.truth("EnableAutoscale")? else {
        return Err(Reason::Missing.because("EnableAutoscale must be given"));
    };
    let (group, launch) = (input.document("AutoScalingGroupPara")?, input.document("LaunchConfigurePara")?);
    let mut settings = settings(input.within("InstanceAdvancedSettings")?)?;
    settings.labels.extend(input.pairs("Labels", "Name", "Value")?);
    settings.taints.extend(taints(input)?);
    settings.annotations = input.pairs("Annotations", "Name", "Value")?;
    let mut group = new_group(Input(&group), Input(&launch), settings)?;
    group.disabled = !autoscaled;
    let new = NewNodePool {
        name: input.text("Name")?.map(str::to_owned),
        group,
        image: image(input, "NodePoolOs", arm)?,
        runtime: input.owned("ContainerRuntime")?,
        runtime_version: input.owned("RuntimeVersion")?,
        tags: input.pairs("Tags", "Key", "Value")?,
        protected: input.flag("DeletionProtection")?,
    };
    Ok(json!({"NodePoolId": realm.create_node_pool(cluster, new)?}))
}

/// The members of a change that are settings of nodes, checked.
fn changed_settings(input: Input<'_>) -> Outcome<Map<String, Value>> {
    settings(input)?;
    for name in ["UserScript", "PreStartUserScript"] {
        check_script(input, name)?;
    }
    check_path(input, "DockerGraphPath")?;
    let names = ["UserScript", "PreStartUserScript", "DockerGraphPath", "ExtraArgs", "GPUArgs", "Unschedulable"];
    let given = names.into_iter().filter(|name| is_given(input, name));
    Ok(given.filter_map(|name| Some((name.to_owned(), input.0.get(name)?.clone()))).collect())
}

pub(super) fn modify_cluster_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster_id, id) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    let cluster = realm.running_cluster(cluster_id)?;
    let kind = cluster.node_pool_and_group(id)?.1.template.machine_type();
    if is_given(input, "GPUArgs") && !GPU_FAMILIES.iter().any(|family| kind.starts_with(family)) {
        return Err(invalid(format!("GPUArgs is for machines with GPUs; the pool has {kind}")));
    }
    let list = |name: &str| is_given(input, name).then(|| input.pairs(name, "Name", "Value")).transpose();
    let tags = is_given(input, "Tags").then(|| input.pairs("Tags", "Key", "Value")).transpose()?;
    let change = NodePoolChange {
        name: input.text("Name")?.map(str::to_owned),
        min: input.number("MinNodesNum")?,
        max: input.number("MaxNodesNum")?,
        labels: list("Labels")?,
        taints: is_given(input, "Taints").then(|| taints(input)).transpose()?,
        annotations: list("Annotations")?,
        autoscaled: input.truth("EnableAutoscale")?,
        image: image(input, "OsName", cluster.arm)?,
        cordoned: input.number("Unschedulable")?.map(|number| number != 0),
        tags,
        protected: input.truth("DeletionProtection")?,
        given: changed_settings(input)?,
        only_new: input.flag("IgnoreExistedNode")?,
    };
    realm.change_node_pool(cluster_id, id, change)?;
    Ok(json!({}))
}

pub(super) fn delete_cluster_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let Some(keep) = input.truth("KeepInstance")? else {
        return Err(Reason::Missing.because("KeepInstance must be given"));
    };
    realm.delete_node_pools(input.required("ClusterId")?, &input.texts("NodePoolIds")?, keep)?;
    Ok(json!({}))
}

/// Whether a pool passes all filters.
fn passes(pool: &NodePool, filters: &[Input<'_>]) -> Outcome<bool> {
    for filter in filters {
        let (name, values) = (filter.required("Name")?, filter.texts("Values")?);
        let passes = |value: &String| match name {
            "NodePoolsName" => pool.name == *value,
            "NodePoolsId" => pool.id == *value,
            _ => pool.tags.iter().any(|(key, tag)| format!("{key}:{tag}") == *value),
        };
        if !["NodePoolsName", "NodePoolsId", "Tags"].contains(&name) {
            return Err(invalid(format!(
                "node pools are filtered by NodePoolsName, NodePoolsId and Tags, not by {name}"
            )));
        }
        if !values.iter().any(passes) {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn describe_cluster_node_pools(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let filters = input.structures("Filters")?;
    let mut pools = Vec::new();
    for pool in cluster.tke().node_pools.iter() {
        if passes(pool, &filters)? {
            let (pool, group) = cluster.node_pool_and_group(&pool.id)?;
            pools.push(pool_json(cluster, pool, group));
        }
    }
    Ok(json!({"TotalCount": pools.len(), "NodePoolSet": pools}))
}

pub(super) fn describe_cluster_node_pool_detail(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let (pool, group) = cluster.node_pool_and_group(input.required("NodePoolId")?)?;
    Ok(json!({"NodePool": pool_json(cluster, pool, group)}))
}

pub(super) fn counts_json(counts: NodeCounts) -> Value {
    json!({
        "Joining": 0, "Initializing": counts.initializing, "Normal": counts.normal, "Total": counts.total,
    })
}

fn pool_json(cluster: &Cluster, pool: &NodePool, group: &Group) -> Value {
    let (added, started) = cluster.node_counts(pool);
    let pairs = |pairs: &[(String, String)], name: &str| -> Value {
        pairs.iter().map(|(key, value)| json!({name: key, "Value": value})).collect()
    };
    let given = settings_json(&group.settings);
    json!({
        "NodePoolId": pool.id, "Name": pool.name, "ClusterInstanceId": cluster.id,
        "LifeState": life_state(pool.state), "LaunchConfigurationId": group.launch, "AutoscalingGroupId": group.id,
        "Labels": labels_json(&group.settings.labels), "Taints": taints_json(&group.settings.taints),
        "Annotations": pairs(&group.settings.annotations, "Name"),
        "NodeCountSummary": {"ManuallyAdded": counts_json(added), "AutoscalingAdded": counts_json(started)},
        "AutoscalingGroupStatus": status_name(group.status), "MaxNodesNum": group.max, "MinNodesNum": group.min,
        "DesiredNodesNum": group.desired,
        "RuntimeConfig": {"RuntimeType": pool.runtime.0, "RuntimeVersion": pool.runtime.1},
        "NodePoolOs": pool.image.os, "OsCustomizeType": os_kind(pool.image), "ImageId": pool.image.id,
        "DesiredPodNum": 0, "UserScript": given_text(&group.settings, "UserScript"),
        "Tags": pairs(&pool.tags, "Key"), "DeletionProtection": pool.protected, "ExtraArgs": given["ExtraArgs"],
        "GPUArgs": given["GPUArgs"], "DockerGraphPath": given_text(&group.settings, "DockerGraphPath"),
        "DataDisks": given["DataDisks"], "Unschedulable": i64::from(group.settings.cordoned),
        "PreStartUserScript": given_text(&group.settings, "PreStartUserScript"),
    })
}

pub(super) fn modify_node_pool_desired_capacity_about_asg(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let desired = input.required_number("DesiredCapacity")?;
    realm.set_pool_capacity(input.required("ClusterId")?, input.required("NodePoolId")?, desired)?;
    Ok(json!({}))
}

pub(super) fn modify_node_pool_instance_types(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let types = input.texts("InstanceTypes")?;
    realm.set_pool_types(input.required("ClusterId")?, input.required("NodePoolId")?, types)?;
    Ok(json!({}))
}

pub(super) fn set_node_pool_node_protection(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let Some(protected) = input.truth("ProtectedFromScaleIn")? else {
        return Err(Reason::Missing.because("ProtectedFromScaleIn must be given"));
    };
    let (cluster, pool) = (input.required("ClusterId")?, input.required("NodePoolId")?);
    let (done, failed) = realm.protect_nodes(cluster, pool, &input.texts("InstanceIds")?, protected)?;
    Ok(json!({"SucceedInstanceIds": done, "FailedInstanceIds": failed}))
}

pub(super) fn add_node_to_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let machines = input.texts("InstanceIds")?;
    realm.add_nodes_to_pool(input.required("ClusterId")?, input.required("NodePoolId")?, &machines)?;
    Ok(json!({}))
}

pub(super) fn remove_node_from_node_pool(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let machines = input.texts("InstanceIds")?;
    realm.remove_nodes_from_pool(input.required("ClusterId")?, input.required("NodePoolId")?, &machines)?;
    Ok(json!({}))
}
