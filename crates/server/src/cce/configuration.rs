//! The settings of the components of node pools and control planes.

use super::Answer;
use super::checks::check_kind;
use super::input::Input;
use crate::handler::Context;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::cce::Cce;
use wharf_world::cce::settings::{Fixed, Setting, SettingsOf};

/// What stands for the control plane instead of a pool.
const MASTER: &str = "master";

/// Whose settings a call is about.
fn owner(pool: &str) -> SettingsOf<'_> {
    if pool == MASTER { SettingsOf::ControlPlane } else { SettingsOf::NodePool(pool) }
}

pub(super) fn show_node_pool_configurations(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    shown(&realm, input.required("cluster_id")?, owner(input.required("nodepool_id")?))
}

fn shown(realm: &Cce<'_>, cluster: &str, of: SettingsOf<'_>) -> Answer {
    let changed = realm.realm.configuration(cluster, of)?;
    let mut packages: Vec<Value> = Vec::new();
    for setting in of.all() {
        let value = changed.get(&(setting.component.to_owned(), setting.name.to_owned()));
        let item = json!({"name": setting.name, "value": value.cloned().unwrap_or_else(|| setting.default.json())});
        let package = packages.iter_mut().find(|package| package["name"] == setting.component);
        match package.and_then(|package| package["configurations"].as_array_mut()) {
            Some(items) => items.push(item),
            None => packages.push(json!({"name": setting.component, "configurations": [item]})),
        }
    }
    Ok(json!({
        "kind": "Configuration", "apiVersion": "v3", "metadata": {"name": "configuration"},
        "spec": {"packages": packages}, "status": {},
    }))
}

pub(super) fn update_node_pool_configuration(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_kind(input, "Configuration")?;
    let (cluster, of) = (input.required("cluster_id")?, owner(input.required("nodepool_id")?));
    input.within("metadata")?.required("name")?;
    let mut changes = Vec::new();
    for package in input.within("spec")?.structures("packages")? {
        let component = package.required("name")?;
        for item in package.structures("configurations")? {
            let value = item.0.get("value").cloned().unwrap_or_default();
            changes.push((component.to_owned(), item.required("name")?.to_owned(), value));
        }
    }
    let mut realm = world.cce(&context.account, &context.region);
    realm.configure(cluster, of, &changes)?;
    shown(&realm, cluster, of)
}

pub(super) fn show_node_pool_configuration_details(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let of = owner(input.required("nodepool_id")?);
    realm.realm.configuration(input.required("cluster_id")?, of)?;
    let mut packages: Map<String, Value> = Map::new();
    for setting in of.all() {
        let options = packages.entry(setting.component).or_insert_with(|| json!([]));
        if let Some(options) = options.as_array_mut() {
            options.push(option_json(setting));
        }
    }
    Ok(Value::Object(packages))
}

fn option_json(setting: &Setting) -> Value {
    let kind = match setting.default {
        Fixed::Text(_) => "str",
        Fixed::Number(_) => "int",
        Fixed::Truth(_) => "bool",
    };
    json!({
        "name": setting.name, "default": setting.default.json(), "validAt": "immediately", "empty": false,
        "schema": setting.component, "type": kind,
    })
}
