//! Components of clusters, which the product calls add-ons.

use super::answer::local;
use super::clusters::{PROFILES, SIZES};
use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use wharf_world::Millis;
use wharf_world::ack::addons::{COMPONENTS, ComponentPhase, INSTALLATION, Installed, NewComponent, REMOVAL, offered};
use wharf_world::ack::releases;
use wharf_world::ack::tasks::NewTask;
use wharf_world::kernel::violation::{Outcome, Reason};

pub(super) fn describe_addons(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let region = input.required("region")?;
    if region != scene.region {
        return Err(invalid(format!("region is {}, where the call was sent to, not {region}", scene.region)));
    }
    // All clusters may have the same ones.
    input.one_of("cluster_type", &["Kubernetes", "ManagedKubernetes", "ExternalKubernetes"])?;
    input.one_of("cluster_profile", &PROFILES)?;
    input.one_of("cluster_spec", &SIZES)?;
    input.one_of("cluster_version", releases(scene.realm.releases))?;
    let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut components = Map::new();
    for component in &COMPONENTS {
        groups.entry(component.group).or_default().push(json!({"name": component.name}));
        let shown = json!({
            "name": component.name, "description": component.description, "version": component.newest(),
            "required": component.required.to_string(), "disabled": !(component.required || component.usual),
        });
        components.insert(component.name.to_owned(), shown);
    }
    let groups: Vec<Value> =
        groups.into_iter().map(|(name, items)| json!({"group_name": name, "items": items})).collect();
    Ok(json!({"ComponentGroups": groups, "StandardComponents": components}))
}

pub(super) fn describe_cluster_addons_version(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    scene.realm.realm.dedicated(scene.owner, id)?;
    let shown = COMPONENTS.iter().map(|component| {
        let installed = scene.realm.realm.component(id, component.name).ok();
        let next = installed.map_or(Some(component.newest()), Installed::next);
        let at_rest = installed.is_some_and(|installed| is_at_rest(installed.phase(scene.realm.now)));
        let can_upgrade = installed.is_some() && next.is_some();
        let shown = json!({
            "component_name": component.name, "version": installed.map_or("", |installed| &installed.version),
            "next_version": next.unwrap_or_default(), "exist": installed.is_some(), "can_upgrade": can_upgrade,
            "ready_to_upgrade": can_upgrade && at_rest, "changed": false, "required": component.required,
            "policy": "overwrite", "message": component.description,
            "value": installed.map_or("", |installed| &installed.config),
        });
        (component.name.to_owned(), shown)
    });
    Ok(Value::Object(shown.collect()))
}

fn is_at_rest(phase: ComponentPhase) -> bool {
    matches!(phase, ComponentPhase::Running | ComponentPhase::Upgraded)
}

pub(super) fn describe_cluster_addons_upgrade_status(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    scene.realm.realm.dedicated(scene.owner, id)?;
    let names = input.texts("componentIds")?;
    let mut out = Map::new();
    for name in names {
        offered(&name)?;
        // One that is not installed has no task to tell of.
        let Ok(installed) = scene.realm.realm.component(id, &name) else { continue };
        out.insert(name, task_json(installed, scene.realm.now));
    }
    Ok(Value::Object(out))
}

fn task_json(installed: &Installed, now: u64) -> Value {
    let over = is_at_rest(installed.phase(now));
    let mut task = json!({
        "created_at": local(installed.updated), "status": if over { "Success" } else { "running" }, "is_canceled": false,
    });
    if over {
        task["finished_at"] = json!(local(installed.finished()));
    }
    let ready = (over && installed.next().is_some()).to_string();
    let info = json!({
        "component_name": installed.component.name, "version": installed.version, "ready_to_upgrade": ready,
    });
    json!({"addon_info": info, "tasks": task})
}

/// The items of the body, of which there must be one.
fn items<'a>(input: Input<'a>, name: &str) -> Outcome<Vec<Input<'a>>> {
    let items = input.structures(name)?;
    if items.is_empty() {
        return Err(Reason::Missing.because("the list must name at least one add-on"));
    }
    Ok(items)
}

fn done(scene: &mut Scene<'_>, kind: &'static str, id: &str, takes: Millis) -> Value {
    let task = scene.realm.add_task(NewTask::of_cluster(scene.owner, kind, id).taking(takes));
    json!({"cluster_id": id, "task_id": task})
}

pub(super) fn install_cluster_addons(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let new = items(input, "body")?.into_iter().map(|item| {
        let config = item.owned("config")?.unwrap_or_default();
        Ok(NewComponent { name: item.required("name")?.to_owned(), version: item.owned("version")?, config })
    });
    let new: Vec<NewComponent> = new.collect::<Outcome<_>>()?;
    scene.realm.install_components(scene.owner, id, &new)?;
    Ok(done(scene, "addon_install", id, INSTALLATION))
}

pub(super) fn upgrade_cluster_addons(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let changes = items(input, "body")?.into_iter().map(|item| {
        let (name, next) = (item.required("component_name")?, item.required("next_version")?);
        Ok((name.to_owned(), item.owned("version")?, next.to_owned()))
    });
    let changes: Vec<_> = changes.collect::<Outcome<_>>()?;
    scene.realm.upgrade_components(scene.owner, id, &changes)?;
    Ok(done(scene, "addon_upgrade", id, INSTALLATION))
}

pub(super) fn un_install_cluster_addons(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let names = items(input, "addons")?.into_iter().map(|item| Ok(item.required("name")?.to_owned()));
    let names: Vec<String> = names.collect::<Outcome<_>>()?;
    scene.realm.remove_components(scene.owner, id, &names)?;
    Ok(done(scene, "addon_uninstall", id, REMOVAL))
}
