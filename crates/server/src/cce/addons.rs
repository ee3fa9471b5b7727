//! Add-ons: the templates and the installed instances.

use super::Answer;
use super::answer::{list, resource};
use super::input::{Input, invalid};
use crate::handler::Context;
use serde_json::{Value, json};
use wharf_world::cce::Cce;
use wharf_world::cce::addons::{Addon, AddonPhase, TEMPLATES, Template, template};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Millis, World};

/// What a call says that it is for.
type Purpose = (&'static str, &'static str);
const INSTALL: Purpose = ("addon.install/type", "install");
const UPGRADE: Purpose = ("addon.upgrade/type", "upgrade");
/// Fewest characters of a template's name that is asked for; the spec has the most.
const SHORTEST_NAME: usize = 2;
/// When the templates were last changed.
const OFFERED: Millis = 1_640_995_200_000;

pub(super) fn create_addon_instance(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_purpose(input, INSTALL)?;
    let spec = input.within("spec")?;
    let cluster = cluster_of(input, spec)?;
    let mut realm = world.cce(&context.account, &context.region);
    let (name, version) = (spec.required("addonTemplateName")?, spec.filled("version")?);
    let id = realm.install_addon(cluster, name, version, spec.members("values")?)?;
    addon_json(&realm, &id)
}

/// What the call is for, where the request says it: in `metadata`, as the table has it, or in its annotations, as the
/// example has it.
fn check_purpose(input: Input<'_>, due: Purpose) -> Outcome<()> {
    let metadata = input.within("metadata")?;
    let annotations = metadata.within("annotations")?;
    for (name, _) in [INSTALL, UPGRADE] {
        let given = annotations.filled(name)?.or(metadata.filled(name)?);
        if given.is_some_and(|given| (name, given) != due) {
            let (name, value) = due;
            return Err(invalid(format!("metadata of this call says {name}: {value}, or nothing of the kind")));
        }
    }
    Ok(())
}

/// The cluster that the body names, which is also the one of the host name.
fn cluster_of<'a>(input: Input<'a>, spec: Input<'a>) -> Outcome<&'a str> {
    let cluster = spec.required("clusterID")?;
    match input.filled("cluster_id")? {
        Some(host) if host != cluster => {
            Err(invalid(format!("spec.clusterID is {cluster}, but the call was sent to the cluster {host}")))
        }
        _ => Ok(cluster),
    }
}

pub(super) fn update_addon_instance(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_purpose(input, UPGRADE)?;
    let spec = input.within("spec")?;
    let (cluster, id) = (cluster_of(input, spec)?, input.required("id")?);
    let mut realm = world.cce(&context.account, &context.region);
    let (name, version) = (spec.required("addonTemplateName")?, spec.filled("version")?);
    realm.realm.hosted(cluster)?;
    realm.change_addon(id, cluster, name, version, spec.members("values")?)?;
    addon_json(&realm, id)
}

pub(super) fn delete_addon_instance(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, id) = (input.required("cluster_id")?, input.required("id")?);
    realm.realm.hosted(cluster)?;
    realm.remove_addon(cluster, id)?;
    Ok(Value::Null)
}

pub(super) fn get_addon_instance(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let (cluster, id) = (input.required("cluster_id")?, input.required("id")?);
    realm.realm.hosted(cluster)?;
    realm.addon_of(cluster, id)?;
    addon_json(&realm, id)
}

pub(super) fn list_addon_instances(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    realm.realm.hosted(cluster)?;
    let addons = realm.realm.cce.addons.iter().filter(|addon| addon.cluster == cluster);
    // The list is named like its items.
    Ok(list("Addon", addons.map(|addon| json_of(addon, realm.now)).collect()))
}

pub(super) fn list_addon_templates(_world: &mut World, _context: &Context, input: Input<'_>) -> Answer {
    let items = match input.filled("addon_template_name")? {
        Some(name) if name.chars().count() < SHORTEST_NAME => {
            return Err(invalid(format!("addon_template_name has at least {SHORTEST_NAME} characters")));
        }
        Some(name) => vec![template_json(template(name)?)],
        None => TEMPLATES.iter().map(template_json).collect(),
    };
    Ok(list("Addon", items))
}

fn addon_json(realm: &Cce<'_>, id: &str) -> Answer {
    let gone = || Reason::NoPart.because(format!("the add-on {id} does not exist"));
    realm.realm.cce.addons.get(id).map(|addon| json_of(addon, realm.now)).ok_or_else(gone)
}

/// The state of an add-on as the wire calls it.
pub(super) fn status_name(phase: AddonPhase) -> &'static str {
    match phase {
        AddonPhase::Installing => "installing",
        AddonPhase::Upgrading => "upgrading",
        AddonPhase::Running => "running",
        AddonPhase::Deleting => "deleting",
    }
}

fn json_of(addon: &Addon, now: Millis) -> Value {
    let template = addon.template;
    let newer = template.versions.iter().skip_while(|version| **version != addon.version).skip(1);
    let metadata = json!({
        "uid": addon.id, "name": template.name, "creationTimestamp": iso(addon.created),
        "updateTimestamp": iso(addon.updated),
    });
    let spec = json!({
        "clusterID": addon.cluster, "version": addon.version, "addonTemplateName": template.name,
        "addonTemplateType": kind(template), "addonTemplateLogo": "", "addonTemplateLabels": [template.label],
        "description": template.description, "values": addon.values,
    });
    let status = json!({
        "status": status_name(addon.phase(now)), "Reason": "", "message": "",
        "targetVersions": newer.collect::<Vec<_>>(), "currentVersion": version_json(template, &addon.version),
    });
    resource("Addon", metadata, spec, status)
}

fn kind(template: &Template) -> &'static str {
    if template.chart { "helm" } else { "static" }
}

fn version_json(template: &Template, version: &str) -> Value {
    let mut kinds = vec![json!({"clusterType": "VirtualMachine", "clusterVersion": ["v1.(9|1[0-9]|2[0-3]).*"]})];
    if template.arm {
        kinds.push(json!({"clusterType": "ARM64", "clusterVersion": ["v1.(1[3-9]|2[0-3]).*"]}));
    }
    let text = json!({"addon": {"changeLog": template.description, "description": template.description}});
    json!({
        "version": version, "input": {"basic": {}, "parameters": {}}, "stable": true, "translate": {"en_US": text},
        "supportVersions": kinds, "creationTimestamp": iso(OFFERED), "updateTimestamp": iso(OFFERED),
    })
}

fn template_json(template: &Template) -> Value {
    let versions: Vec<Value> = template.versions.iter().rev().map(|version| version_json(template, version)).collect();
    json!({
        "kind": "Addon", "apiVersion": "v3",
        "metadata": {
            "uid": template.name, "name": template.name, "creationTimestamp": iso(OFFERED),
            "updateTimestamp": iso(OFFERED),
        },
        "spec": {
            "type": kind(template), "labels": [template.label], "logoURL": "", "readmeURL": "",
            "description": template.description, "versions": versions,
        },
    })
}
