//! The levels of managed clusters, and what clusters use of what their levels offer.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wharf_world::World;
use wharf_world::kernel::time::{iso, read_local};
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::levels::{LEVELS, LevelChange, find};

/// The level that a cluster is to have, and whether it grows with the cluster.
pub(super) fn level(input: Input<'_>) -> Outcome<(Option<&str>, Option<bool>)> {
    let grows = input.structure("AutoUpgradeClusterLevel")?.map(|given| given.truth("IsAutoUpgrade")).transpose()?;
    Ok((input.filled("ClusterLevel")?, grows.flatten()))
}

pub(super) fn describe_cluster_level_attribute(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = input.filled("ClusterID")?.map(|id| realm.cluster(id)).transpose()?;
    let items: Vec<Value> = LEVELS
        .iter()
        .map(|level| {
            json!({
                "Name": level.name, "Alias": level.name, "NodeCount": level.nodes, "PodCount": level.pods,
                "ConfigMapCount": level.config_maps, "RSCount": level.replica_sets, "CRDCount": level.others,
                "OtherCount": level.others, "Enable": cluster.is_none_or(|cluster| cluster.fits(level)),
            })
        })
        .collect();
    Ok(json!({"TotalCount": items.len(), "Items": items}))
}

pub(super) fn get_cluster_level_price(_: &mut World, _: &Context, input: Input<'_>) -> Answer {
    let level = find(input.required("ClusterLevel")?)?;
    Ok(json!({"Cost": level.price, "TotalCost": level.price, "Policy": 100.0}))
}

pub(super) fn describe_cluster_level_change_records(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterID")?)?;
    let bound = |name: &str| {
        let given = input.filled(name)?;
        let read =
            |text: &str| read_local(text).ok_or_else(|| invalid(format!("{name} is written 2026-03-01 23:59:59")));
        given.map(read).transpose()
    };
    let (from, until) = (bound("StartAt")?, bound("EndAt")?);
    let wanted = |change: &&LevelChange| {
        from.is_none_or(|from| change.started >= from) && until.is_none_or(|until| change.started <= until)
    };
    let records = cluster.tke().level.records.iter().filter(wanted);
    let (total, records) = input.endless_page()?.of(records);
    let records: Vec<Value> = records.into_iter().map(|change| record_json(&cluster.id, change)).collect();
    Ok(json!({"TotalCount": total, "Items": records}))
}

fn record_json(cluster: &str, change: &LevelChange) -> Value {
    json!({
        "ID": change.id, "ClusterID": cluster, "Message": "",
        "Status": if change.ended.is_some() { "success" } else { "upgrading" },
        "OldLevel": change.from.name, "NewLevel": change.to.name,
        "TriggerType": if change.automatic { "auto" } else { "manual" }, "CreatedAt": iso(change.started),
        "StartedAt": iso(change.started), "EndedAt": change.ended.map(iso).unwrap_or_default(),
    })
}

/// The kinds that are counted by themselves.
const OWN: [&str; 4] = ["pods", "replicasets.apps", "configmaps", "customresourcedefinitions.apiextensions.k8s.io"];
/// Kinds that the levels do not count: events, and nodes.
const UNCOUNTED: [&str; 2] = ["events", "nodes"];

pub(super) fn describe_resource_usage(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = input.required("ClusterId")?;
    realm.running_cluster(id)?;
    realm.control_plane().sync(id);
    let store = &realm.cluster(id)?.kubernetes.store;
    let count = |kind: &str| store.count(kind);
    let custom: Vec<String> = store.keys(OWN[3]).into_iter().map(|key| key.name).collect();
    let details: BTreeMap<&str, usize> = custom.iter().map(|name| (name.as_str(), count(name))).collect();
    let others: BTreeMap<&str, usize> = store
        .kinds()
        .filter(|kind| !OWN.contains(kind) && !UNCOUNTED.contains(kind) && !custom.iter().any(|name| name == kind))
        .map(|kind| (kind, count(kind)))
        .filter(|(_, count)| *count > 0)
        .collect();
    Ok(json!({
        "PodUsage": count(OWN[0]), "RSUsage": count(OWN[1]), "ConfigMapUsage": count(OWN[2]),
        "CRDUsage": usage("CRD", &details), "OtherUsage": usage("Other", &others),
    }))
}

fn usage(name: &str, details: &BTreeMap<&str, usize>) -> Value {
    let list: Vec<Value> = details.iter().map(|(name, count)| json!({"Name": name, "Usage": count})).collect();
    json!({"Name": name, "Usage": details.values().sum::<usize>(), "Details": list})
}
