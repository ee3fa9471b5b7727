//! Applications: releases of charts.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::kubernetes::names::text;
use wharf_world::kubernetes::request::yaml;
use wharf_world::tke::releases::chart::{Chart, Place};
use wharf_world::tke::releases::{Order, Release, Revision};

/// Checks the kind of the cluster: all clusters here are standard ones.
fn check_kind(input: Input<'_>) -> Outcome<()> {
    match input.one_of("ClusterType", &["tke", "eks", "tkeedge", "external"])? {
        None | Some("tke") => Ok(()),
        Some(other) => Err(invalid(format!("ClusterType is {other}, and the cluster is one of the type tke"))),
    }
}

fn place(input: Input<'_>) -> Outcome<Place> {
    check_kind(input)?;
    Ok(Place { name: input.required("Name")?.to_owned(), namespace: input.required("Namespace")?.to_owned() })
}

/// Reads parameters in YAML or JSON.
fn values(input: Input<'_>) -> Outcome<Option<(String, Value)>> {
    let Some(given) = input.structure("Values")? else { return Ok(None) };
    let original = given.text("RawOriginal")?.unwrap_or_default();
    let kind = given.one_of("ValuesType", &["yaml", "json"])?;
    let parsed = match kind {
        _ if original.trim().is_empty() => Some(Value::Null),
        Some("json") => serde_json::from_str(original).ok(),
        _ => yaml(original.as_bytes()).ok(),
    };
    match parsed {
        Some(Value::Null) => Ok(Some((original.to_owned(), json!({})))),
        Some(values @ Value::Object(_)) => Ok(Some((original.to_owned(), values))),
        _ => Err(invalid(format!("RawOriginal is not an object in {}", kind.unwrap_or("yaml")))),
    }
}

/// The chart of an order: of the market, or of an address.
fn order(world: &mut World, context: &Context, input: Input<'_>) -> Outcome<Order> {
    let (name, version) = (input.required("Chart")?, input.filled("ChartVersion")?);
    let repository = input.filled("ChartRepoURL")?;
    let account = (input.filled("Username")?, input.filled("Password")?);
    if matches!(account, (Some(_), None) | (None, Some(_))) {
        return Err(invalid("Username and Password are given together"));
    }
    let from_market = input.one_of("ChartFrom", &["tke-market", "other"])? != Some("other");
    let chart = if from_market {
        if repository.is_some() || account.0.is_some() {
            return Err(invalid("ChartRepoURL, Username and Password are for charts whose ChartFrom is other"));
        }
        let namespace = input.filled("ChartNamespace")?.ok_or_else(|| missing("ChartNamespace"))?;
        Chart::of_market(world.charts(&context.account), namespace, name, version)?
    } else {
        match (repository, version) {
            (Some(repository), Some(version)) if !name.ends_with(".tgz") => {
                Chart::at(&format!("{}/{name}-{version}.tgz", repository.trim_end_matches('/')), Some(version))?
            }
            _ => Chart::at(name, version)?,
        }
    };
    Ok(Order { chart, values: values(input)? })
}

fn latest(release: &Release) -> Outcome<&Revision> {
    release.latest().ok_or_else(|| Reason::NoPart.because("the application has no revision"))
}

/// A release whose work has begun.
fn pending_json(release: &Release) -> Answer {
    let latest = latest(release)?;
    Ok(json!({
        "ID": release.id, "Name": release.place.name, "Namespace": release.place.namespace,
        "Status": latest.status.name(), "Condition": latest.description,
        "CreatedTime": iso(release.created), "UpdatedTime": iso(latest.updated),
    }))
}

fn started(release: &Release) -> Answer {
    Ok(json!({"Release": pending_json(release)?}))
}

pub(super) fn create_cluster_release(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (place, order) = (place(input)?, order(world, context, input)?);
    let mut realm = world.tke(&context.account, &context.region);
    started(&realm.install_release(input.required("ClusterId")?, place, order)?)
}

pub(super) fn upgrade_cluster_release(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (place, order) = (place(input)?, order(world, context, input)?);
    let mut realm = world.tke(&context.account, &context.region);
    started(&realm.upgrade_release(input.required("ClusterId")?, &place, order)?)
}

pub(super) fn rollback_cluster_release(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (place, revision) = (place(input)?, input.required_number("Revision")?);
    let mut realm = world.tke(&context.account, &context.region);
    started(&realm.roll_back_release(input.required("ClusterId")?, &place, revision)?)
}

pub(super) fn uninstall_cluster_release(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let place = place(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    started(&realm.uninstall_release(input.required("ClusterId")?, &place)?)
}

pub(super) fn cancel_cluster_release(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    started(&realm.cancel_release(input.filled("ClusterId")?, input.required("ID")?)?)
}

/// Where a page starts and how many items it can have.
fn bounds(input: Input<'_>) -> Outcome<(i64, i64)> {
    Ok((input.number("Offset")?.unwrap_or(0), input.number("Limit")?.unwrap_or(20)))
}

pub(super) fn describe_cluster_releases(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let (namespace, name) = (input.filled("Namespace")?, input.filled("ReleaseName")?);
    let chart = input.filled("ChartName")?;
    let installed = cluster.releases().filter(|release| {
        release.installed
            && namespace.is_none_or(|namespace| release.place.namespace == namespace)
            && name.is_none_or(|name| release.place.name == name)
            && chart.is_none_or(|chart| release.latest().is_some_and(|latest| latest.chart.name == chart))
    });
    let (total, page) = input.endless_page()?.of(installed);
    let (offset, limit) = bounds(input)?;
    let set = page.into_iter().map(release_json).collect::<Outcome<Vec<Value>>>()?;
    Ok(json!({"ReleaseSet": set, "Total": total, "Offset": offset, "Limit": limit}))
}

fn release_json(release: &Release) -> Answer {
    let latest = latest(release)?;
    Ok(json!({
        "Name": release.place.name, "Namespace": release.place.namespace, "Revision": latest.number.to_string(),
        "Status": latest.status.name(), "ChartName": latest.chart.name, "ChartVersion": latest.chart.version,
        "AppVersion": latest.chart.app_version, "UpdatedTime": iso(latest.updated),
        "Description": latest.description,
    }))
}

pub(super) fn describe_cluster_pending_releases(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input)?;
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    let (total, page) = input.page()?.of(cluster.releases().filter(|release| !release.installed));
    let (offset, limit) = bounds(input)?;
    let set = page.into_iter().map(pending_json).collect::<Outcome<Vec<Value>>>()?;
    Ok(json!({"ReleaseSet": set, "Total": total, "Offset": offset, "Limit": limit}))
}

pub(super) fn describe_cluster_release_history(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let place = place(input)?;
    let realm = world.tke(&context.account, &context.region);
    let release = realm.release(input.required("ClusterId")?, &place.namespace, &place.name)?;
    let revisions = release.revisions.iter().rev().map(|revision| {
        json!({
            "Name": place.name, "Namespace": place.namespace, "Revision": revision.number,
            "Status": revision.status.name(), "Chart": format!("{}-{}", revision.chart.name, revision.chart.version),
            "AppVersion": revision.chart.app_version, "UpdatedTime": iso(revision.updated),
            "Description": revision.description,
        })
    });
    Ok(json!({"ReleaseHistorySet": revisions.collect::<Vec<Value>>(), "Total": release.revisions.len()}))
}

pub(super) fn describe_cluster_release_details(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let place = place(input)?;
    let mut realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    let release = realm.release(cluster, &place.namespace, &place.name)?.clone();
    let objects = realm.release_objects(cluster, &release);
    let resources: Vec<Value> = objects
        .iter()
        .map(|object| {
            json!({"kind": text(object, "/kind"), "name": text(object, "/metadata/name"),
                "namespace": text(object, "/metadata/namespace"), "status": object.get("status")})
        })
        .collect();
    let latest = latest(&release)?;
    let chart = &latest.chart;
    let from = if chart.address.is_some() { "others" } else { "tke-market" };
    Ok(json!({"Release": {
        "Name": place.name, "Namespace": place.namespace, "Version": latest.number, "Status": latest.status.name(),
        "Description": latest.description, "Notes": chart.notes(&place), "Config": latest.config,
        "Manifest": latest.manifest(&place), "ChartVersion": chart.version, "ChartName": chart.name,
        "ChartDescription": chart.description, "AppVersion": chart.app_version,
        "FirstDeployedTime": iso(release.created), "LastDeployedTime": iso(latest.created),
        "ComputedValues": chart.values(&latest.values).to_string(), "ChartFrom": from,
        "ChartURL": chart.address.clone().unwrap_or_default(), "Resources": json!(resources).to_string(),
    }}))
}
