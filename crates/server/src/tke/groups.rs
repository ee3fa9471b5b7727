//! Scaling groups and their options, and subnets for pods.

use super::Answer;
use super::launches::new_group;
use super::machines::labels_json;
use super::node_settings::settings;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::groups::{Expander, Group, GroupStatus, ScalingOptions};

pub(super) fn add_vpc_cni_subnets(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let subnets = input.texts("SubnetIds")?;
    realm.add_pod_subnets(input.required("ClusterId")?, input.required("VpcId")?, &subnets)?;
    Ok(json!({}))
}

pub(super) fn create_cluster_as_group(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (group, launch) = (input.document("AutoScalingGroupPara")?, input.document("LaunchConfigurePara")?);
    let mut settings = settings(input.within("InstanceAdvancedSettings")?)?;
    settings.labels.extend(input.pairs("Labels", "Name", "Value")?);
    let new = new_group(Input(&group), Input(&launch), settings)?;
    let mut realm = world.tke(&context.account, &context.region);
    let (launch, group) = realm.create_group(input.required("ClusterId")?, new)?;
    Ok(json!({"LaunchConfigurationId": launch, "AutoScalingGroupId": group}))
}

pub(super) fn delete_cluster_as_groups(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let groups = input.texts("AutoScalingGroupIds")?;
    realm.delete_groups(input.required("ClusterId")?, &groups, input.flag("KeepInstance")?)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_as_groups(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let ids = input.some_texts("AutoScalingGroupIds")?;
    let wanted = cluster.tke().groups.iter().filter(|group| ids.as_ref().is_none_or(|ids| ids.contains(&group.id)));
    let (total, groups) = input.page()?.of(wanted);
    Ok(json!({"TotalCount": total, "ClusterAsGroupSet": groups.into_iter().map(group_json).collect::<Vec<_>>()}))
}

/// The status of a group as the wire has it.
pub(super) fn status_name(status: GroupStatus) -> &'static str {
    match status {
        GroupStatus::Enabled => "enabled",
        GroupStatus::Enabling => "enabling",
        GroupStatus::Disabled => "disabled",
        GroupStatus::Disabling => "disabling",
        GroupStatus::Updating => "updating",
        GroupStatus::Deleting => "deleting",
        GroupStatus::ScaleDownEnabling => "scaleDownEnabling",
        GroupStatus::ScaleDownDisabling => "scaleDownDisabling",
    }
}

fn group_json(group: &Group) -> Value {
    json!({
        "AutoScalingGroupId": group.id, "Status": status_name(group.status), "IsUnschedulable": group.settings.cordoned,
        "Labels": labels_json(&group.settings.labels), "CreatedTime": iso(group.created),
    })
}

pub(super) fn modify_cluster_as_group_attribute(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let Some(attribute) = input.structure("ClusterAsGroupAttribute")? else {
        return Err(Reason::Missing.because("ClusterAsGroupAttribute must be given"));
    };
    let range = attribute.within("AutoScalingGroupRange")?;
    realm.change_group(
        input.required("ClusterId")?,
        attribute.required("AutoScalingGroupId")?,
        attribute.truth("AutoScalingGroupEnabled")?,
        range.number("MinSize")?,
        range.number("MaxSize")?,
    )?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_as_group_option(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let options = &realm.cluster(input.required("ClusterId")?)?.tke().scaling;
    Ok(json!({"ClusterAsGroupOption": {
        "IsScaleDownEnabled": options.scale_down, "Expander": expander_name(options.expander),
        "MaxEmptyBulkDelete": options.max_empty_bulk, "ScaleDownDelay": options.delay,
        "ScaleDownUnneededTime": options.unneeded, "ScaleDownUtilizationThreshold": options.threshold,
        "SkipNodesWithLocalStorage": options.keep_local_storage, "SkipNodesWithSystemPods": options.keep_system_pods,
        "IgnoreDaemonSetsUtilization": options.ignore_daemons, "MaxTotalUnreadyPercentage": options.max_unready_percent,
        "OkTotalUnreadyCount": options.ok_unready, "ScaleDownUnreadyTime": options.unready,
        "UnregisteredNodeRemovalTime": options.unregistered,
    }}))
}

pub(super) fn modify_cluster_as_group_option_attribute(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    let now = realm.cluster(cluster)?.tke().scaling.clone();
    let given = input.within("ClusterAsGroupOption")?;
    let options = ScalingOptions {
        scale_down: given.truth("IsScaleDownEnabled")?.unwrap_or(now.scale_down),
        expander: given.filled("Expander")?.map(expander).transpose()?.unwrap_or(now.expander),
        max_empty_bulk: given.number("MaxEmptyBulkDelete")?.unwrap_or(now.max_empty_bulk),
        delay: given.number("ScaleDownDelay")?.unwrap_or(now.delay),
        unneeded: given.number("ScaleDownUnneededTime")?.unwrap_or(now.unneeded),
        threshold: given.number("ScaleDownUtilizationThreshold")?.unwrap_or(now.threshold),
        keep_local_storage: given.truth("SkipNodesWithLocalStorage")?.unwrap_or(now.keep_local_storage),
        keep_system_pods: given.truth("SkipNodesWithSystemPods")?.unwrap_or(now.keep_system_pods),
        ignore_daemons: given.truth("IgnoreDaemonSetsUtilization")?.unwrap_or(now.ignore_daemons),
        max_unready_percent: given.number("MaxTotalUnreadyPercentage")?.or(now.max_unready_percent),
        ok_unready: given.number("OkTotalUnreadyCount")?.or(now.ok_unready),
        unready: given.number("ScaleDownUnreadyTime")?.or(now.unready),
        unregistered: given.number("UnregisteredNodeRemovalTime")?.or(now.unregistered),
    };
    realm.set_scaling_options(cluster, options)?;
    Ok(json!({}))
}

fn expander(name: &str) -> Outcome<Expander> {
    match name {
        "random" => Ok(Expander::Random),
        "most-pods" => Ok(Expander::MostPods),
        "least-waste" => Ok(Expander::LeastWaste),
        other => Err(Reason::Scaling.because(format!("Expander is random, most-pods or least-waste, not {other}"))),
    }
}

fn expander_name(expander: Expander) -> &'static str {
    match expander {
        Expander::Random => "random",
        Expander::MostPods => "most-pods",
        Expander::LeastWaste => "least-waste",
    }
}
