//! Health checks of clusters.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::kernel::{MINUTE, Millis, SECOND};
use wharf_world::tke::Tke;
use wharf_world::tke::inspection::{Diagnostic, Finding, Level, Report};

/// How far back the history goes if the call does not say.
const HISTORY: Millis = 3 * 24 * 60 * MINUTE;

/// The clusters that are asked for, or all of them.
fn clusters<'a>(realm: &'a Tke<'_>, input: Input<'_>) -> Outcome<Vec<&'a Cluster>> {
    match input.some_texts("ClusterIds")? {
        None => Ok(realm.clusters().collect()),
        Some(ids) => ids.iter().map(|id| realm.cluster(id).map_err(|why| invalid(why.message))).collect(),
    }
}

/// How many findings there are of each level, the worst first.
fn statistics<'a>(findings: impl Iterator<Item = &'a Finding>) -> Value {
    let levels: Vec<Level> = findings.map(|finding| finding.level).collect();
    let counts = Level::ALL.iter().map(|level| (level, levels.iter().filter(|found| *found == level).count()));
    counts
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| json!({"HealthyLevel": level.name(), "Count": count}))
        .collect()
}

fn findings(reports: &[&Report]) -> Value {
    statistics(reports.iter().flat_map(|report| &report.diagnostics).flat_map(|diagnostic| &diagnostic.findings))
}

fn catalogues(first: &str, second: Option<&str>) -> Value {
    let mut catalogues = vec![json!({"CatalogueLevel": "first", "CatalogueName": first})];
    catalogues.extend(second.map(|name| json!({"CatalogueLevel": "second", "CatalogueName": name})));
    json!(catalogues)
}

/// The findings of reports by the parts that are asked for.
fn grouped<'a>(reports: &[&'a Report], by_second: bool) -> Value {
    let all: Vec<&Diagnostic> = reports.iter().flat_map(|report| &report.diagnostics).collect();
    let place = |one: &'a Diagnostic| (&*one.first, by_second.then_some(&*one.second));
    let mut places = Vec::new();
    for one in all.iter().copied() {
        if !places.contains(&place(one)) {
            places.push(place(one));
        }
    }
    let group = |wanted: (&str, Option<&str>)| {
        let here = all.iter().copied().filter(|one| place(one) == wanted).flat_map(|one| &one.findings);
        json!({"Catalogues": catalogues(wanted.0, wanted.1), "Statistics": statistics(here)})
    };
    places.into_iter().map(group).collect()
}

pub(super) fn describe_cluster_inspection_results_overview(
    world: &mut World,
    context: &Context,
    input: Input<'_>,
) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let groups = input.texts("GroupBy")?;
    if let Some(wrong) = groups.iter().find(|group| !["catalogue.first", "catalogue.second"].contains(&group.as_str()))
    {
        return Err(invalid(format!("GroupBy has catalogue.first and catalogue.second, not {wrong}")));
    }
    let by_second = groups.is_empty() || groups.iter().any(|group| group == "catalogue.second");
    let clusters = clusters(&realm, input)?;
    let latest: Vec<(&Cluster, &Report)> =
        clusters.into_iter().filter_map(|cluster| Some((cluster, cluster.tke().reports.last()?))).collect();
    let reports: Vec<&Report> = latest.iter().map(|(_, report)| *report).collect();
    let overview = latest.iter().map(|(cluster, report)| {
        json!({"ClusterId": cluster.id, "Statistics": findings(&[report]), "Diagnostics": grouped(&[report], by_second)})
    });
    Ok(json!({
        "Statistics": findings(&reports), "Diagnostics": grouped(&reports, by_second),
        "InspectionOverview": overview.collect::<Vec<Value>>(),
    }))
}

pub(super) fn list_cluster_inspection_results(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let hidden = input.texts("Hide")?;
    if let Some(wrong) = hidden.iter().find(|field| *field != "results") {
        return Err(invalid(format!("Hide has results alone, not {wrong}")));
    }
    let name = input.filled("Name")?;
    let show = |cluster: &&Cluster| {
        let mut reports = cluster.tke().reports.iter().rev();
        let found = reports.find(|report| name.is_none_or(|name| report.name == name));
        result_json(cluster, found, hidden.is_empty())
    };
    let results: Vec<Value> = clusters(&realm, input)?.iter().map(show).collect();
    Ok(json!({ "InspectionResults": results }))
}

fn result_json(cluster: &Cluster, report: Option<&Report>, with_results: bool) -> Value {
    let Some(report) = report else {
        return json!({
            "ClusterId": cluster.id, "StartTime": "", "EndTime": "", "Statistics": [], "Diagnostics": [],
            "Error": "the cluster has no such report",
        });
    };
    let time = iso(report.at);
    let diagnostic = |one: &Diagnostic| {
        let results =
            with_results.then(|| one.findings.iter().map(|found| finding_json(one, found)).collect::<Vec<_>>());
        json!({
            "StartTime": time, "EndTime": time, "Catalogues": catalogues(&one.first, Some(&one.second)), "Type": one.kind,
            "Name": one.kind, "Desc": one.description, "Results": results, "Statistics": statistics(one.findings.iter()),
        })
    };
    json!({
        "ClusterId": cluster.id, "StartTime": time, "EndTime": time, "Statistics": findings(&[report]),
        "Diagnostics": report.diagnostics.iter().map(diagnostic).collect::<Vec<Value>>(),
    })
}

fn finding_json(diagnostic: &Diagnostic, finding: &Finding) -> Value {
    let namespace = Some(&finding.namespace).filter(|namespace| !namespace.is_empty());
    let info: Vec<Value> = namespace
        .map(|namespace| json!({"PropertyName": "namespace", "PropertyValue": namespace}))
        .into_iter()
        .collect();
    let proposal = Some(&finding.proposal).filter(|proposal| !proposal.is_empty());
    json!({
        "Level": finding.level.name(), "ObjName": finding.object, "ObjInfo": info, "Title": diagnostic.description,
        "Desc": finding.description, "Proposal": proposal,
    })
}

/// A moment in seconds since 1970, as text.
fn moment(input: Input<'_>, name: &str) -> Outcome<Option<Millis>> {
    let Some(text) = input.filled(name)? else { return Ok(None) };
    let seconds: Option<Millis> = text.parse().ok();
    let moment = seconds.and_then(|seconds| seconds.checked_mul(SECOND));
    moment.map(Some).ok_or_else(|| invalid(format!("{name} is a number of seconds, not {text}")))
}

pub(super) fn list_cluster_inspection_results_items(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let (from, until) = (moment(input, "StartTime")?, moment(input, "EndTime")?);
    // Each end is three days from the other one if it is not given.
    let from = from.unwrap_or_else(|| until.unwrap_or(realm.now).saturating_sub(HISTORY));
    let until = until.unwrap_or_else(|| from.saturating_add(HISTORY));
    if from > until {
        return Err(invalid("StartTime is after EndTime"));
    }
    let reports = cluster.tke().reports.iter().rev().filter(|report| (from..=until).contains(&report.at));
    let items = reports.map(|report| {
        json!({"Name": report.name, "Statistics": findings(&[report]), "StartTime": iso(report.at),
            "EndTime": iso(report.at)})
    });
    Ok(json!({"InspectionResultsItems": items.collect::<Vec<Value>>()}))
}
