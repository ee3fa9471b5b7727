//! The instances of add-ons, and the offers of them, as the newer operations show them.

use super::clusters::{PROFILES, SIZES};
use super::{Answer, Scene};
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::ack::addons::{COMPONENTS, Component, ComponentPhase, Installed, offered};
use wharf_world::ack::releases;
use wharf_world::kernel::violation::Outcome;

pub(super) fn list_cluster_addon_instances(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    scene.realm.realm.dedicated(scene.owner, id)?;
    let installed = scene.realm.realm.ack.addons.iter().filter(|installed| installed.cluster == id);
    let addons: Vec<Value> = installed
        .map(|one| {
            json!({"name": one.component.name, "version": one.version, "state": state_name(one, scene.realm.now)})
        })
        .collect();
    Ok(json!({"addons": addons}))
}

/// These operations have no state for the installation.
fn state_name(installed: &Installed, now: u64) -> &'static str {
    match installed.phase(now) {
        ComponentPhase::Installing | ComponentPhase::Updating => "updating",
        ComponentPhase::Upgrading => "upgrading",
        ComponentPhase::Running | ComponentPhase::Upgraded => "active",
        ComponentPhase::Removing => "deleting",
    }
}

pub(super) fn get_cluster_addon_instance(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let installed = installed(scene, input, "InstanceName")?;
    Ok(json!({
        "name": installed.component.name, "version": installed.version, "config": installed.config,
        "state": state_name(installed, scene.realm.now), "logging": {"capable": false, "enabled": false},
    }))
}

fn installed<'a>(scene: &'a Scene<'_>, input: Input<'_>, name: &str) -> Outcome<&'a Installed> {
    let id = input.required("ClusterId")?;
    scene.realm.realm.dedicated(scene.owner, id)?;
    scene.realm.realm.component(id, input.required(name)?)
}

pub(super) fn describe_cluster_addon_instance(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let installed = installed(scene, input, "AddonName")?;
    let state = match installed.phase(scene.realm.now) {
        ComponentPhase::Installing => "initial",
        _ => state_name(installed, scene.realm.now),
    };
    Ok(json!({
        "name": installed.component.name, "version": installed.version, "config": installed.config, "state": state,
    }))
}

pub(super) fn modify_cluster_addon(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, name) = (input.required("ClusterId")?, input.required("ComponentId")?);
    scene.realm.configure_component(scene.owner, cluster, name, input.required("config")?)?;
    Ok(Value::Null)
}

/// Whether the offers are asked for a cluster that exists, or for the kind of one, in whole.
fn check_question(scene: &Scene<'_>, input: Input<'_>) -> Outcome<()> {
    if let Some(id) = input.filled("cluster_id")? {
        return scene.realm.realm.dedicated(scene.owner, id).map(|_| ());
    }
    for name in ["region_id", "cluster_type", "profile", "cluster_spec", "cluster_version"] {
        if input.filled(name)?.is_none() {
            return Err(missing(&format!("{name}, or cluster_id instead of all of them,")));
        }
    }
    if let Some(region) = input.filled("region_id")?.filter(|region| *region != scene.region) {
        return Err(invalid(format!("region_id is {}, where the call was sent to, not {region}", scene.region)));
    }
    input.one_of("cluster_type", &["Kubernetes", "ManagedKubernetes", "ExternalKubernetes"])?;
    input.one_of("profile", &PROFILES)?;
    input.one_of("cluster_spec", &SIZES)?;
    input.one_of("cluster_version", releases(scene.realm.releases))?;
    Ok(())
}

pub(super) fn list_addons(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    check_question(scene, input)?;
    let addons: Vec<Value> = COMPONENTS.iter().map(|component| offer_json(component, component.newest())).collect();
    Ok(json!({"addons": addons}))
}

/// The category of a group of add-ons.
fn category(group: &'static str) -> &'static str {
    if group == "logs and monitoring" { "monitor" } else { group }
}

fn offer_json(component: &Component, version: &str) -> Value {
    let actions: &[&str] = if component.required { &["Upgrade", "Modify"] } else { &ACTIONS };
    json!({
        "name": component.name, "version": version, "category": category(component.group),
        "architecture": ["amd64"], "config_schema": "{}", "managed": false,
        "install_by_default": component.required || component.usual, "supported_actions": actions,
    })
}

const ACTIONS: [&str; 4] = ["Install", "Upgrade", "Modify", "Uninstall"];

pub(super) fn describe_addon(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    check_question(scene, input)?;
    let component = offered(input.required("AddonName")?)?;
    let version = input.filled("version")?.unwrap_or(component.newest());
    let at = component.versions.iter().position(|known| *known == version);
    let Some(at) = at else {
        let there = component.versions.join(", ");
        return Err(invalid(format!("version: {} has no version {version}; there is {there}", component.name)));
    };
    let oldest = releases(scene.realm.releases).first();
    let newer: Vec<Value> = component
        .versions
        .iter()
        .skip(at + 1)
        .map(|newer| json!({"version": newer, "minimum_cluster_version": oldest, "upgradable": true}))
        .collect();
    let mut shown = offer_json(component, version);
    shown["newer_versions"] = json!(newer);
    Ok(shown)
}
