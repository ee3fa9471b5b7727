//! Log collection, audit logs, dashboards.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::logs::{AGENT, LogRule, LogSink, LogSource, NamespaceSource};

/// Reads where logs come from.
fn source(kind: &str, option: Input<'_>) -> Outcome<LogSource> {
    let namespace = option.structure("Namespaces")?.map(|given| -> Outcome<NamespaceSource> {
        Ok(NamespaceSource {
            name: given.required("Namespace")?.to_owned(),
            all_containers: given.truth("AllContainers")?,
            services: given.texts("Services")?,
        })
    });
    let label = option.structure("Labels")?.map(|label| -> Outcome<(String, String)> {
        Ok((label.text("Name")?.unwrap_or("").to_owned(), label.text("Value")?.unwrap_or("").to_owned()))
    });
    Ok(LogSource {
        kind: kind.to_owned(),
        path: option.owned("Path")?,
        label: label.transpose()?,
        all_namespaces: option.truth("AllNamespaces")?,
        namespace: namespace.transpose()?,
    })
}

/// Reads where logs go.
fn sink(kind: &str, option: Input<'_>) -> Outcome<LogSink> {
    Ok(LogSink {
        kind: kind.to_owned(),
        instance: option.owned("InstanceId")?,
        topic_id: option.owned("TopicId")?,
        host: option.owned("Host")?,
        port: option.owned("Port")?,
        topic: option.owned("Topic")?,
        log_set: option.owned("LogsetId")?,
    })
}

pub(super) fn create_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let rule = LogRule {
        name: input.required("Name")?.to_owned(),
        description: input.text("Description")?.unwrap_or("").to_owned(),
        source: source(input.text("InputType")?.unwrap_or(""), input.within("InputOption")?)?,
        sink: sink(input.text("OutputType")?.unwrap_or(""), input.within("OutputOption")?)?,
        created: 0,
    };
    world.tke(&context.account, &context.region).create_log_rule(input.required("ClusterId")?, rule)?;
    Ok(json!({}))
}

pub(super) fn update_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, name) = (input.required("ClusterId")?, input.required("Name")?);
    let rule = realm.log_rule(cluster, name)?;
    let (old_source, old_sink) = (rule.source.kind.clone(), rule.sink.kind.clone());
    let new_source = match (input.filled("InputType")?, input.structure("InputOption")?) {
        (None, None) => None,
        (kind, option) => {
            let given = option.map_or_else(|| source_json(&rule.source), |option| Value::Object(option.0.clone()));
            Some(source(kind.unwrap_or(&old_source), Input(&object(given)))?)
        }
    };
    let new_sink = match (input.filled("OutputType")?, input.structure("OutputOption")?) {
        (None, None) => None,
        (kind, option) => {
            let given = option.map_or_else(|| sink_json(&rule.sink), |option| Value::Object(option.0.clone()));
            Some(sink(kind.unwrap_or(&old_sink), Input(&object(given)))?)
        }
    };
    let description = input.text("Description")?.map(str::to_owned);
    realm.change_log_rule(cluster, name, description, new_source, new_sink)?;
    Ok(json!({}))
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

pub(super) fn delete_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.delete_log_rule(input.required("ClusterId")?, input.required("Name")?)?;
    Ok(json!({}))
}

pub(super) fn get_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    let rule = realm.log_rule(cluster, input.required("Name")?)?;
    Ok(json!({"LogCollector": rule_json(realm.cluster(cluster)?, rule)}))
}

pub(super) fn list_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let search = input.text("Search")?.unwrap_or("");
    let rules = cluster.tke().logs.rules.iter().filter(|rule| rule.name.contains(search));
    let (total, rules) = input.endless_page()?.of(rules);
    let list: Vec<Value> = rules.into_iter().map(|rule| rule_json(cluster, rule)).collect();
    Ok(json!({"TotalCount": total, "LogCollectorList": list}))
}

pub(super) fn check_if_log_collector_exists(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    Ok(json!({"CheckResult": cluster.tke().logs.rules.contains(input.required("Name")?)}))
}

pub(super) fn enable_log_collector(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).enable_logs(input.required("ClusterId")?)?;
    Ok(json!({}))
}

pub(super) fn get_log_collector_status(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let (running, wanted) = if cluster.tke().logs.enabled { cluster.daemon_counts(AGENT) } else { (0, 0) };
    Ok(json!({
        "Enabled": cluster.tke().logs.enabled, "CurrentNumberScheduled": running, "DesiredNumberScheduled": wanted,
    }))
}

fn rule_json(cluster: &Cluster, rule: &LogRule) -> Value {
    json!({
        "Name": rule.name, "Description": rule.description, "ClusterId": cluster.id, "ClusterName": cluster.name,
        "CreatedAt": iso(rule.created), "InputType": rule.source.kind, "OutputType": rule.sink.kind,
        "InputOption": source_json(&rule.source), "OutputOption": sink_json(&rule.sink),
    })
}

fn source_json(source: &LogSource) -> Value {
    let label = source.label.as_ref().map(|(name, value)| json!({"Name": name, "Value": value}));
    let namespace = source.namespace.as_ref().map(|namespace| {
        json!({"Namespace": namespace.name, "AllContainers": namespace.all_containers, "Services": namespace.services})
    });
    given(json!({
        "Path": source.path, "Labels": label, "AllNamespaces": source.all_namespaces, "Namespaces": namespace,
    }))
}

fn sink_json(sink: &LogSink) -> Value {
    given(json!({
        "InstanceId": sink.instance, "TopicId": sink.topic_id, "Host": sink.host, "Port": sink.port,
        "Topic": sink.topic, "LogsetId": sink.log_set,
    }))
}

/// The fields that have a value.
fn given(value: Value) -> Value {
    Value::Object(object(value).into_iter().filter(|(_, value)| !value.is_null()).collect())
}

pub(super) fn enable_cluster_audit(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (log_set, topic) = (input.text("LogsetId")?, input.text("TopicId")?);
    let region = input.text("RegionId")?.unwrap_or(&context.region);
    realm.enable_audit(input.required("ClusterId")?, log_set, topic, region)?;
    Ok(json!({}))
}

pub(super) fn disable_cluster_audit(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).disable_audit(input.required("ClusterId")?)?;
    Ok(json!({}))
}

pub(super) fn get_dashboard_id(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let id = realm.dashboard(input.required("ClusterId")?, input.required("DashboardType")?)?;
    Ok(json!({"DashboardID": id}))
}
