//! Logs as the public cloud has them: the agent, rules that are objects of Kubernetes, events, components.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::names::name_of;
use wharf_world::tke::addons::{Phase, catalog};
use wharf_world::tke::log_switches::NewComponentLog;
use wharf_world::tke::logs::AGENT;

/// Checks the kind of the cluster: all clusters here are standard ones.
fn check_kind(input: Input<'_>) -> Outcome<()> {
    match input.one_of("ClusterType", &["tke", "eks"])? {
        Some("eks") => Err(invalid("ClusterType is eks, and the cluster is one of the type tke")),
        _ => Ok(()),
    }
}

/// The names in a list with commas.
fn names(input: Input<'_>) -> Outcome<Vec<&str>> {
    let list = input.filled("LogConfigNames")?.unwrap_or_default();
    Ok(list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect())
}

pub(super) fn install_log_agent(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let cluster = input.required("ClusterId")?;
    let folder = input.filled("KubeletRootDir")?;
    if folder.is_some_and(|folder| !folder.starts_with('/')) {
        return Err(invalid("KubeletRootDir is a path that starts with /"));
    }
    let mut realm = world.tke(&context.account, &context.region);
    if realm.running_cluster(cluster)?.tke().logs.enabled {
        return Err(Reason::InUse.because(format!("the cluster {cluster} has the log agent already")));
    }
    let values = folder.map(|folder| json!({ "kubeletRootDir": folder }));
    realm.install_addon(cluster, AGENT, None, values)?;
    Ok(json!({}))
}

pub(super) fn uninstall_log_agent(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    world.tke(&context.account, &context.region).remove_addon(input.required("ClusterId")?, AGENT)?;
    Ok(json!({}))
}

pub(super) fn create_cls_log_config(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let rule = input.document("LogConfig")?;
    realm.create_log_config(input.required("ClusterId")?, rule, input.filled("LogsetId")?)?;
    Ok(json!({}))
}

pub(super) fn modify_log_config(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    realm.change_log_config(input.required("ClusterId")?, input.document("LogConfig")?)?;
    Ok(json!({}))
}

pub(super) fn delete_log_configs(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let names = names(input)?;
    if names.is_empty() {
        return Err(invalid("LogConfigNames must name at least one rule"));
    }
    let mut realm = world.tke(&context.account, &context.region);
    Ok(json!({"Message": realm.delete_log_configs(input.required("ClusterId")?, &names)?}))
}

pub(super) fn describe_log_configs(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let names = names(input)?;
    let wanted = |rule: &&Value| names.is_empty() || names.contains(&name_of(rule));
    let (total, rules) = input.page()?.of(cluster.log_configs().filter(wanted));
    let missing = names.iter().filter(|name| !cluster.log_configs().any(|rule| name_of(rule) == **name));
    let missing: Vec<String> = missing.map(|name| format!("{name}: not found")).collect();
    let list = json!({"apiVersion": "cls.cloud.tencent.com/v1", "kind": "LogConfigList", "items": rules});
    Ok(json!({"Total": total, "Message": missing.join("; "), "LogConfigs": list.to_string()}))
}

pub(super) fn describe_log_switches(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let realm = world.tke(&context.account, &context.region);
    let switches = input.required_texts("ClusterIds")?.into_iter().map(|id| Ok(switches(context, realm.cluster(&id)?)));
    Ok(json!({"SwitchSet": switches.collect::<Outcome<Vec<Value>>>()?}))
}

/// The switches of a cluster.
fn switches(context: &Context, cluster: &Cluster) -> Value {
    let parts = cluster.tke();
    let agent = parts.addons.get(AGENT);
    let latest = catalog::find(AGENT).map_or("", |offer| offer.latest());
    let version = agent.map(|agent| agent.version.clone()).unwrap_or_default();
    let switch = |state: &str, set: &str, topic: &str, region: &str| {
        json!({
            "Enable": state == "opened", "Status": state, "ErrorMsg": "", "LogsetId": set, "TopicId": topic,
            "TopicRegion": region, "UpgradeAble": false, "Version": "",
        })
    };
    let closed = || switch("closed", "", "", "");
    let state = match agent.map(|agent| agent.phase) {
        Some(Phase::Installing) => "opening",
        Some(Phase::Terminating) => "closing",
        _ if parts.logs.enabled => "opened",
        _ => "closed",
    };
    let mut log = switch(state, "", "", "");
    log["Version"] = json!(version);
    log["UpgradeAble"] = json!(!version.is_empty() && version != latest);
    let audit = parts.audit.as_ref();
    let audit = audit.map(|audit| switch("opened", &audit.log_set, &audit.topic, &context.region));
    let events = parts.events.as_ref();
    let events = events.map(|events| switch("opened", &events.to.set, &events.to.topic, &events.region));
    json!({
        "ClusterId": cluster.id, "Audit": audit.unwrap_or_else(closed), "Event": events.unwrap_or_else(closed),
        "Log": log, "MasterLog": closed(),
    })
}

pub(super) fn enable_event_persistence(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let (set, topic) = (input.filled("LogsetId")?, input.filled("TopicId")?);
    realm.enable_events(input.required("ClusterId")?, set, topic, input.filled("TopicRegion")?)?;
    Ok(json!({}))
}

pub(super) fn disable_event_persistence(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    realm.disable_events(input.required("ClusterId")?, input.flag("DeleteLogSetAndTopic")?)?;
    Ok(json!({}))
}

/// Checks the kind of the cluster, of which there is one.
fn check_only_kind(input: Input<'_>) -> Outcome<()> {
    input.one_of("ClusterType", &["tke"]).map(drop)
}

pub(super) fn enable_control_plane_logs(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_only_kind(input)?;
    let component = |given: Input<'_>| -> Outcome<NewComponentLog> {
        Ok(NewComponentLog {
            name: given.required("Name")?.to_owned(),
            level: given.number("LogLevel")?.unwrap_or(0),
            set: given.owned("LogSetId")?,
            topic: given.owned("TopicId")?,
            region: given.owned("TopicRegion")?,
        })
    };
    let components = input.structures("Components")?.into_iter().map(component).collect::<Outcome<_>>()?;
    world.tke(&context.account, &context.region).enable_component_logs(input.required("ClusterId")?, components)?;
    Ok(json!({}))
}

pub(super) fn disable_control_plane_logs(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_only_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let names = input.required_texts("ComponentNames")?;
    realm.disable_component_logs(input.required("ClusterId")?, &names, input.flag("DeleteLogSetAndTopic")?)?;
    Ok(json!({}))
}

pub(super) fn describe_control_plane_logs(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_only_kind(input)?;
    let realm = world.tke(&context.account, &context.region);
    let logs = &realm.running_cluster(input.required("ClusterId")?)?.tke().component_logs;
    let shown = logs.iter().map(|log| {
        json!({"Name": log.name, "LogLevel": log.level, "LogSetId": log.to.set, "TopicId": log.to.topic,
            "TopicRegion": log.region})
    });
    Ok(json!({"Details": shown.collect::<Vec<Value>>()}))
}
