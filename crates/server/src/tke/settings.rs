//! Settings of clusters: tags, systems, runtimes, masters, the scheduler.

use super::Answer;
use super::arguments::arguments;
use super::clusters::{keeps_machines, new_nodes};
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use base64::Engine;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::infra::offers::Image;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::tke::arguments::Component;
use wharf_world::tke::masters::{ComponentState, LeavingMaster, Switch};
use wharf_world::tke::runtimes::{RUNTIMES, default_version};
use wharf_world::tke::settings::SchedulerPolicy;

fn tags_json(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

pub(super) fn modify_cluster_tags(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    if input.flag("SyncNodePoolTags")? {
        return Err(Reason::Unsupported.because("SyncNodePoolTags: node pools have no tags of their own"));
    }
    realm.set_tags(id, input.pairs("Tags", "Key", "Value")?, input.flag("SyncSubresource")?)?;
    Ok(json!({"Tags": tags_json(&realm.cluster(id)?.tags)}))
}

pub(super) fn describe_batch_modify_tags_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let change = realm.cluster(id)?.tke().tagging.as_ref();
    let change = change.ok_or_else(|| Reason::NoTask.because(format!("the tags of the cluster {id} never changed")))?;
    Ok(json!({
        "Status": if change.is_done { "done" } else { "running" }, "FailedResources": [],
        "SyncSubresource": change.with_resources, "Tags": tags_json(&change.tags),
    }))
}

/// The components that can be switched, by the names of their programs.
fn component(input: Input<'_>) -> Outcome<Component> {
    let name = input.required("Component")?;
    let known = [Component::ApiServer, Component::Scheduler, Component::ControllerManager];
    known.into_iter().find(|component| component.name() == name).ok_or_else(|| {
        invalid(format!("Component is kube-apiserver, kube-scheduler or kube-controller-manager, not {name}"))
    })
}

pub(super) fn describe_master_component(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let component = component(input)?;
    let status = match realm.running_cluster(input.required("ClusterId")?)?.component(component) {
        ComponentState::Running => "running",
        ComponentState::Updating => "updating",
        ComponentState::Shutdown => "shutdown",
    };
    Ok(json!({"Component": component.name(), "Status": status}))
}

pub(super) fn modify_master_component(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let stops = match input.required("Operation")? {
        "shutdown" => true,
        "restore" => false,
        other => return Err(invalid(format!("Operation is shutdown or restore, not {other}"))),
    };
    let switch = Switch { component: component(input)?, stops };
    realm.switch_component(input.required("ClusterId")?, switch, input.flag("DryRun")?)?;
    Ok(json!({}))
}

pub(super) fn describe_os_images(world: &mut World, _: &Context, input: Input<'_>) -> Answer {
    let filters = input.structures("Filters")?;
    let mut found = Vec::new();
    for image in world.releases.images() {
        if image_passes(image, &filters)? {
            found.push(image_json(image));
        }
    }
    Ok(json!({"TotalCount": found.len(), "OSImageSeriesSet": found}))
}

fn image_passes(image: &Image, filters: &[Input<'_>]) -> Outcome<bool> {
    let shown = image_json(image);
    for filter in filters {
        let name = filter.required("Name")?;
        let Some(there) = shown.get(name).and_then(Value::as_str) else {
            return Err(invalid(format!("Filters: images have no {name}")));
        };
        if !filter.texts("Values")?.iter().any(|value| value == there) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn image_json(image: &Image) -> Value {
    let series = image.alias.split(' ').next().unwrap_or_default();
    json!({
        "SeriesName": series, "Alias": image.alias, "OsName": image.os, "Status": "online", "ImageId": image.id,
        "OsCustomizeType": if image.customized { "DOCKER_CUSTOMIZE" } else { "GENERAL" },
        "Arch": if image.arm { "arm" } else { "x86" },
    })
}

pub(super) fn modify_cluster_image(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.set_image(input.required("ClusterId")?, input.required("ImageId")?)?;
    Ok(json!({}))
}

pub(super) fn describe_supported_runtime(world: &mut World, _: &Context, input: Input<'_>) -> Answer {
    let version = input.required("K8sVersion")?;
    if !world.releases.offers(version) {
        return Err(invalid(format!("K8sVersion: there is no Kubernetes {version}")));
    }
    let runtimes = RUNTIMES.iter().map(|(kind, versions)| {
        json!({"RuntimeType": kind, "RuntimeVersions": versions, "DefaultVersion": default_version(kind)})
    });
    Ok(json!({"OptionalRuntimes": runtimes.collect::<Vec<_>>()}))
}

pub(super) fn modify_cluster_runtime_config(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    if !input.structures("NodePoolRuntimeConfig")?.is_empty() {
        return Err(Reason::Unsupported.because("NodePoolRuntimeConfig: node pools have the runtime of their cluster"));
    }
    let config = input.structure("ClusterRuntimeConfig")?.ok_or_else(|| missing("ClusterRuntimeConfig"))?;
    let kind = config.one_of("RuntimeType", &["docker", "containerd"])?.ok_or_else(|| missing("RuntimeType"))?;
    let (id, kubernetes) = (input.required("ClusterId")?, input.filled("DstK8SVersion")?);
    realm.set_runtime(id, kubernetes, kind, config.filled("RuntimeVersion")?)?;
    Ok(json!({}))
}

pub(super) fn scale_out_cluster_master(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let nodes = new_nodes(&realm, input)?;
    let arguments = input.structure("ExtraArgs")?.map(arguments).transpose()?;
    realm.add_masters(input.required("ClusterId")?, nodes, arguments)?;
    Ok(json!({}))
}

pub(super) fn scale_in_cluster_master(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut masters = Vec::new();
    for master in input.structures("ScaleInMasters")? {
        master.one_of("NodeRole", &["MASTER", "ETCD", "MASTER_ETCD"])?;
        let mode = master.filled("InstanceDeleteMode")?.unwrap_or("retain");
        masters.push(LeavingMaster { machine: master.required("InstanceId")?.to_owned(), keep: keeps_machines(mode)? });
    }
    world.tke(&context.account, &context.region).remove_masters(input.required("ClusterId")?, &masters)?;
    Ok(json!({}))
}

pub(super) fn modify_cluster_scheduler_policy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    let old = realm.cluster(id)?.tke().scheduler.clone();
    for profile in input.structures("SchedulerPolicyConfig")? {
        for plugin in profile.structures("PluginConfigs")? {
            let args = plugin.filled("Args")?.unwrap_or("e30=");
            let bytes = base64::engine::general_purpose::STANDARD.decode(args).unwrap_or_default();
            serde_json::from_slice::<Value>(&bytes)
                .map_err(|_| invalid("SchedulerPolicyConfig: Args of a plugin is JSON in base64"))?;
        }
    }
    let client = input.structure("ClientConnection")?;
    if let Some(client) = client
        && (client.float("QPS")?.is_some_and(|qps| qps <= 0.0) || client.number("Burst")?.is_some_and(|most| most <= 0))
    {
        return Err(invalid("ClientConnection: QPS and Burst are above 0"));
    }
    let list = |name: &str, old: Vec<Value>| input.0.get(name).and_then(Value::as_array).cloned().unwrap_or(old);
    let policy = SchedulerPolicy {
        profiles: list("SchedulerPolicyConfig", old.profiles),
        client: client.map(|client| client.0.clone()).or(old.client),
        extenders: list("Extenders", old.extenders),
        high_performance: input.truth("HighPerformance")?.unwrap_or(old.high_performance),
    };
    realm.set_scheduler_policy(id, policy)?;
    Ok(json!({}))
}

pub(super) fn describe_cluster_scheduler_policy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let policy = &realm.running_cluster(input.required("ClusterId")?)?.tke().scheduler;
    let mut answer = json!({
        "SchedulerPolicyConfig": policy.profiles, "Extenders": policy.extenders,
        "HighPerformance": policy.high_performance,
    });
    if let Some(client) = &policy.client {
        answer["ClientConnection"] = json!(client);
    }
    answer["Policy"] = json!(answer.to_string());
    Ok(answer)
}
