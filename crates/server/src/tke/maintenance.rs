//! Maintenance windows, of clusters and of regions, and roll-out sequences.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::time::{local, read_local};
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::maintenance::{Exclusion, GlobalWindow, Window, read_time_of_day, time_of_day};
use wharf_world::tke::roll_outs::{Flow, Sequence};

/// Reads a window, and whether exclusions were given.
fn window(input: Input<'_>) -> Outcome<(Window, bool)> {
    let time = input.required("MaintenanceTime")?;
    let opens = read_time_of_day(time);
    let opens = opens.ok_or_else(|| invalid(format!("MaintenanceTime is written 02:00:00, not {time}")))?;
    let mut exclusions = Vec::new();
    for given in input.structures("Exclusions")? {
        let at = |name: &str| {
            let text = given.required(name)?;
            let moment = read_local(text);
            moment.ok_or_else(|| invalid(format!("Exclusions: {name} is written 2026-03-01 23:59:59, not {text}")))
        };
        exclusions.push(Exclusion {
            id: given.number("ID")?.unwrap_or(0),
            name: given.required("Name")?.to_owned(),
            start: at("StartAt")?,
            end: at("EndAt")?,
        });
    }
    let hours = input.required_number("Duration")?;
    let with_exclusions = input.0.get("Exclusions").is_some_and(Value::is_array);
    Ok((Window { opens, hours, days: input.texts("DayOfWeek")?, exclusions }, with_exclusions))
}

/// The members that all windows have.
fn window_json(window: &Window) -> Value {
    let exclusions = window.exclusions.iter().map(|exclusion| {
        json!({
            "ID": exclusion.id, "Name": exclusion.name, "StartAt": local(exclusion.start),
            "EndAt": local(exclusion.end),
        })
    });
    json!({
        "MaintenanceTime": time_of_day(window.opens), "Duration": window.hours,
        "DayOfWeek": window.days, "Exclusions": exclusions.collect::<Vec<_>>(),
    })
}

pub(super) fn create_cluster_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.create_window(input.required("ClusterID")?, window(input)?.0)?;
    Ok(json!({}))
}

pub(super) fn modify_cluster_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (window, with_exclusions) = window(input)?;
    realm.change_window(input.required("ClusterID")?, window, with_exclusions)?;
    Ok(json!({}))
}

pub(super) fn delete_cluster_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).delete_window(input.required("ClusterID")?)?;
    Ok(json!({}))
}

/// Whether a cluster passes all filters: by identifier or name.
fn passes(cluster: &Cluster, filters: &[Input<'_>]) -> Outcome<bool> {
    for filter in filters {
        let values = filter.texts("Values")?;
        let passes = match filter.required("Name")? {
            "ClusterID" | "ClusterId" => values.contains(&cluster.id),
            "ClusterName" => values.contains(&cluster.name),
            other => return Err(invalid(format!("Filters: Name is ClusterID or ClusterName, not {other}"))),
        };
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn describe_cluster_windows(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let filters = input.structures("Filters")?;
    let mut found = Vec::new();
    for cluster in realm.clusters() {
        if let Some(window) = &cluster.tke().window
            && passes(cluster, &filters)?
        {
            let mut shown = window_json(window);
            shown["ClusterID"] = json!(cluster.id);
            shown["ClusterName"] = json!(cluster.name);
            shown["ClusterVersion"] = json!(cluster.version);
            shown["Region"] = json!(context.region);
            found.push(shown);
        }
    }
    let (total, windows) = input.endless_page()?.of(found);
    Ok(json!({"TotalCount": total, "MaintenanceWindowAndExclusions": windows}))
}

pub(super) fn create_global_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let regions = input.texts("TargetRegions")?;
    let id = world.create_global_window(&context.account, &context.region, regions, window(input)?.0)?;
    Ok(json!({"ID": id}))
}

pub(super) fn modify_global_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (window, with_exclusions) = window(input)?;
    let new = GlobalWindow { id: input.required_number("ID")?, regions: input.texts("TargetRegions")?, window };
    world.change_global_window(&context.account, &context.region, new, with_exclusions)?;
    Ok(json!({}))
}

pub(super) fn delete_global_window(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.delete_global_window(&context.account, input.required_number("ID")?)?;
    Ok(json!({}))
}

pub(super) fn describe_global_windows(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut ids = None;
    for filter in input.structures("Filters")? {
        match filter.required("Name")? {
            "ID" => ids = Some(filter.texts("Values")?),
            other => return Err(invalid(format!("Filters: Name is ID, not {other}"))),
        }
    }
    let wanted = |window: &&GlobalWindow| ids.as_ref().is_none_or(|ids| ids.contains(&window.id.to_string()));
    let windows = world.global_windows(&context.account).iter().filter(wanted).map(|global| {
        let mut shown = window_json(&global.window);
        shown["ID"] = json!(global.id);
        shown["TargetRegions"] = json!(global.regions);
        shown
    });
    let (total, windows) = input.endless_page()?.of(windows);
    Ok(json!({"TotalCount": total, "MaintenanceWindowAndExclusions": windows}))
}

/// Reads a sequence with that number.
fn sequence(input: Input<'_>, id: i64) -> Outcome<Sequence> {
    let mut flows = Vec::new();
    for flow in input.structures("SequenceFlows")? {
        let mut tags = Vec::new();
        for tag in flow.structures("Tags")? {
            tags.push((tag.text("Key")?.unwrap_or_default().to_owned(), tag.texts("Value")?));
        }
        flows.push(Flow { tags, soak: flow.number("SoakTime")?.unwrap_or(0) });
    }
    let enabled = input.truth("Enabled")?.ok_or_else(|| invalid("Enabled must be given"))?;
    Ok(Sequence { id, name: input.given("Name")?.to_owned(), flows, enabled })
}

pub(super) fn create_roll_out_sequence(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let id = realm.create_sequence(sequence(input, 0)?)?;
    Ok(json!({"ID": id}))
}

pub(super) fn modify_roll_out_sequence(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.change_sequence(sequence(input, input.required_number("ID")?)?)?;
    Ok(json!({}))
}

pub(super) fn delete_roll_out_sequence(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    world.tke(&context.account, &context.region).delete_sequence(input.required_number("ID")?)?;
    Ok(json!({}))
}

pub(super) fn describe_roll_out_sequences(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (total, sequences) = input.endless_page()?.of(&realm.realm.tke.sequences);
    let sequences: Vec<Value> = sequences.into_iter().map(sequence_json).collect();
    Ok(json!({"TotalCount": total, "Sequences": sequences}))
}

fn sequence_json(sequence: &Sequence) -> Value {
    let flows = sequence.flows.iter().map(|flow| {
        let tags: Vec<Value> = flow.tags.iter().map(|(key, values)| json!({"Key": key, "Value": values})).collect();
        json!({"Tags": tags, "SoakTime": flow.soak})
    });
    json!({
        "ID": sequence.id, "Name": sequence.name, "SequenceFlows": flows.collect::<Vec<_>>(),
        "Enabled": sequence.enabled,
    })
}

pub(super) fn describe_cluster_roll_out_sequence_tags(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let filters = input.structures("Filters")?;
    let mut found = Vec::new();
    for cluster in realm.clusters() {
        if passes(cluster, &filters)? {
            let own = cluster.tke().roll_out_tags.iter();
            let tags: Vec<Value> = own.map(|(key, value)| json!({"Key": key, "Value": value})).collect();
            found.push(json!({
                "ClusterID": cluster.id, "ClusterName": cluster.name, "Tags": tags, "Region": context.region,
            }));
        }
    }
    let (total, tags) = input.endless_page()?.of(found);
    Ok(json!({"TotalCount": total, "ClusterTags": tags}))
}

pub(super) fn modify_cluster_roll_out_sequence_tags(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.set_roll_out_tags(input.required("ClusterID")?, input.pairs("Tags", "Key", "Value")?)?;
    Ok(json!({}))
}
