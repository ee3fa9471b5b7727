//! Add-ons of clusters.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::kubernetes::names::text;
use wharf_world::tke::Tke;
use wharf_world::tke::addons::catalog::{OFFERS, find};
use wharf_world::tke::addons::{Addon, NewValues, Phase, PlannedAddon, check_values};

/// What charts are for.
const KINDS: [&str; 9] = ["log", "scheduler", "network", "storage", "monitor", "dns", "image", "other", "invisible"];

/// Reads parameters: a JSON object in base64.
fn values(input: Input<'_>) -> Outcome<Option<Value>> {
    input.filled("RawValues")?.map(|text| decoded("RawValues", text)).transpose()
}

/// The add-ons that a new cluster is to have. Each has its chart and parameters in the form of an object `App` (002:32995).
pub(super) fn planned(input: Input<'_>) -> Outcome<Vec<PlannedAddon>> {
    let read = |item: Input<'_>| {
        let name = item.required("AddonName")?.to_owned();
        let object = Value::Object(item.document("AddonParam")?);
        let at = |path: &str| Some(text(&object, path)).filter(|text| !text.is_empty());
        if at("/spec/chart/chartName").is_some_and(|chart| chart != name) {
            return Err(invalid(format!("chartName in AddonParam is not {name}")));
        }
        let values = match at("/spec/values/rawValues") {
            None => json!({}),
            Some(raw) if at("/spec/values/rawValuesType") == Some("json") => parsed("AddonParam", raw.as_bytes())?,
            Some(raw) => decoded("AddonParam", raw)?,
        };
        Ok(PlannedAddon { name, version: at("/spec/chart/chartVersion").map(str::to_owned), values })
    };
    let planned = input.structures("ExtensionAddons")?.into_iter().map(read).collect::<Outcome<Vec<_>>>()?;
    Tke::check_planned(&planned)?;
    Ok(planned)
}

/// A JSON object in a text.
fn parsed(field: &str, bytes: &[u8]) -> Outcome<Value> {
    let parsed =
        serde_json::from_slice(bytes).map_err(|_| invalid(format!("{field} has parameters that are not JSON")))?;
    check_values(parsed)
}

/// A JSON object in base64.
fn decoded(field: &str, text: &str) -> Outcome<Value> {
    let bytes = STANDARD.decode(text).map_err(|_| invalid(format!("{field} has parameters that are not base64")))?;
    parsed(field, &bytes)
}

pub(super) fn install_addon(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, name) = (input.required("ClusterId")?, input.required("AddonName")?);
    let (version, values) = (input.filled("AddonVersion")?, values(input)?);
    if input.flag("DryRun")? {
        realm.check_addon(cluster, name, version)?;
    } else {
        realm.install_addon(cluster, name, version, values)?;
    }
    Ok(json!({}))
}

pub(super) fn update_addon(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (cluster, name) = (input.required("ClusterId")?, input.required("AddonName")?);
    let strategy = input.one_of("UpdateStrategy", &["merge", "replace"])?;
    let new = |values| if strategy == Some("replace") { NewValues::Replace(values) } else { NewValues::Merge(values) };
    let (version, values) = (input.filled("AddonVersion")?, values(input)?.map(new));
    if input.flag("DryRun")? {
        realm.check_upgrade(cluster, name, version, values)?;
    } else {
        realm.upgrade_addon(cluster, name, version, values)?;
    }
    Ok(json!({}))
}

pub(super) fn delete_addon(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.remove_addon(input.required("ClusterId")?, input.required("AddonName")?)?;
    Ok(json!({}))
}

pub(super) fn describe_addon(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = input.required("ClusterId")?;
    let addons: Vec<Value> = match input.filled("AddonName")? {
        Some(name) => vec![addon_json(realm.addon(cluster, name)?)],
        None => realm.running_cluster(cluster)?.tke().addons.iter().map(addon_json).collect(),
    };
    Ok(json!({ "Addons": addons }))
}

fn addon_json(addon: &Addon) -> Value {
    let phase = match addon.phase {
        Phase::Installing => "Installing",
        Phase::Upgrading => "Upgrading",
        Phase::Terminating => "Terminating",
        Phase::Succeeded => "Succeeded",
        Phase::InstallFailed => "InstallFailed",
        Phase::UpgradeFailed => "UpgradFailed",
    };
    json!({
        "AddonName": addon.name, "AddonVersion": addon.version, "Phase": phase, "Reason": addon.reason,
        "RawValues": STANDARD.encode(addon.values.to_string()), "CreateTime": iso(addon.created),
    })
}

pub(super) fn describe_addon_values(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let name = input.required("AddonName")?;
    let installed = realm.running_cluster(input.required("ClusterId")?)?.tke().addons.get(name);
    let offer = find(name).ok_or_else(|| invalid(format!("there is no add-on {name} (AddonName)")))?;
    let values = installed.map(|addon| addon.all_values().to_string()).unwrap_or_default();
    Ok(json!({"Values": values, "DefaultValues": offer.defaults().to_string()}))
}

pub(super) fn get_tke_app_chart_list(_world: &mut World, _context: &Context, input: Input<'_>) -> Answer {
    let kind = input.one_of("Kind", &KINDS)?;
    let arch = input.one_of("Arch", &["arm32", "arm64", "amd64"])?;
    let serverless = input.one_of("ClusterType", &["tke", "eks"])? == Some("eks");
    let charts = OFFERS.iter().filter(|offer| {
        kind.is_none_or(|kind| offer.kind == kind)
            && (arch.is_none_or(|arch| arch == "amd64" || (arch == "arm64" && offer.arm)))
            && (!serverless || offer.needs_no_nodes())
    });
    let shown = charts.map(|offer| json!({"Name": offer.name, "Label": offer.kind, "LatestVersion": offer.latest()}));
    Ok(json!({"AppCharts": shown.collect::<Vec<Value>>()}))
}
