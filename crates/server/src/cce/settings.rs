//! Tags, size and addresses of clusters, and the versions of the API.

use super::Answer;
use super::clusters::urls;
use super::input::{Input, invalid};
use crate::handler::Context;
use crate::input::missing;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cce::Cce;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;

/// The most tags of a call.
const MOST_TAGS: usize = 20;

pub(super) fn batch_create_cluster_tags(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let tags = tags(input)?.into_iter().map(|tag| {
        let key = checked_key(tag)?;
        let value = tag.text("value")?.ok_or_else(|| missing("tags.value"))?;
        if value.chars().count() > 255 || !value.chars().all(|c| c == '/' || is_plain(c)) {
            return Err(invalid(format!(
                "tags: the value of {key} has up to 255 letters, digits, spaces and _.:/=+-@"
            )));
        }
        Ok((key.to_owned(), value.to_owned()))
    });
    let tags: Vec<(String, String)> = tags.collect::<Outcome<_>>()?;
    world.cce(&context.account, &context.region).tag_hosted(input.required("cluster_id")?, &tags)?;
    Ok(Value::Null)
}

pub(super) fn batch_delete_cluster_tags(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let keys = tags(input)?.into_iter().map(|tag| Ok(tag.required("key")?.to_owned()));
    let keys: Vec<String> = keys.collect::<Outcome<_>>()?;
    world.cce(&context.account, &context.region).untag_hosted(input.required("cluster_id")?, &keys)?;
    Ok(Value::Null)
}

fn tags(input: Input<'_>) -> Outcome<Vec<Input<'_>>> {
    let tags = input.structures("tags")?;
    if !(1..=MOST_TAGS).contains(&tags.len()) {
        return Err(invalid(format!("tags has 1 to {MOST_TAGS} tags, not {}", tags.len())));
    }
    Ok(tags)
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:=+-@".contains(c)
}

fn checked_key(tag: Input<'_>) -> Outcome<&str> {
    let key = tag.required("key")?;
    let formed = key.chars().count() <= 128 && key.trim() == key && key.chars().all(is_plain);
    if !formed || key.starts_with("_sys_") {
        return Err(invalid(format!(
            "tags: the key {key} has up to 128 letters, digits, spaces and _.:=+-@, and does not begin with _sys_"
        )));
    }
    Ok(key)
}

pub(super) fn get_resource_tags(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    input.one_of("resource_type", &["cce-cluster"])?;
    let realm = world.cce(&context.account, &context.region);
    let id = input.required("resource_id")?;
    realm.realm.hosted(id)?;
    let tags = realm.realm.tags_of(id).into_iter().map(|(key, value)| json!({"key": key, "value": value}));
    Ok(json!({"tags": tags.collect::<Vec<_>>(), "sys_tags": []}))
}

pub(super) fn resize_cluster(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    for task in input.texts("skippedTasks")? {
        if task != "IngressChecker" {
            return Err(invalid(format!("skippedTasks is a list of IngressChecker, not {task}")));
        }
    }
    let extended = input.within("extendParam")?;
    // Clusters are paid by what they are used, and only others have a payment to make.
    extended.one_of("isAutoPay", &["true", "false"])?;
    if extended.filled("decMasterFlavor")?.is_some() {
        return Err(invalid("extendParam.decMasterFlavor names servers of dedicated hosts, which are not simulated"));
    }
    let mut realm = world.cce(&context.account, &context.region);
    let job = realm.resize_hosted(input.required("cluster_id")?, input.required("flavorResize")?)?;
    Ok(json!({"jobID": job}))
}

pub(super) fn show_cluster_endpoints(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.cce(&context.account, &context.region);
    let id = input.required("cluster_id")?;
    realm.realm.reachable(id, realm.now)?;
    // No public address was made with a cluster: all of them exist before.
    Ok(json!({
        "metadata": metadata(&realm, id)?, "spec": {"spec": {"IsDynamic": false}}, "status": endpoints(&realm, id)?,
    }))
}

fn metadata(realm: &Cce<'_>, id: &str) -> Answer {
    let (cluster, hosted) = realm.realm.hosted(id)?;
    Ok(json!({
        "uid": id, "name": cluster.name, "creationTimestamp": iso(cluster.created),
        "updateTimestamp": iso(hosted.updated),
    }))
}

fn endpoints(realm: &Cce<'_>, id: &str) -> Answer {
    let (inner, outer) = urls(realm.realm.hosted(id)?.1);
    Ok(json!({"privateEndpoint": inner, "publicEndpoint": outer.unwrap_or_default()}))
}

pub(super) fn update_cluster_eip(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (cluster, spec) = (input.required("cluster_id")?, input.within("spec")?);
    spec.required("action")?;
    let action = spec.one_of("action", &["bind", "unbind"])?;
    for obsolete in ["bandwidth", "elasticIp"] {
        if spec.filled(obsolete)?.is_some() {
            return Err(invalid(format!("spec.{obsolete} has no effect any more: spec.spec.id names the address")));
        }
    }
    let id = spec.within("spec")?.filled("id")?;
    // It counts for a binding alone.
    let id = if action == Some("bind") { Some(id.ok_or_else(|| missing("spec.spec.id"))?) } else { None };
    let mut realm = world.cce(&context.account, &context.region);
    realm.bind_address(cluster, id)?;
    let mut shown = json!({"action": action, "spec": {"IsDynamic": false}});
    let (_, hosted) = realm.realm.hosted(cluster)?;
    if let (Some(id), Some(address)) = (id, &hosted.public_address) {
        shown["spec"]["id"] = json!(id);
        shown["elasticIp"] = json!(address);
    }
    Ok(json!({"metadata": metadata(&realm, cluster)?, "spec": shown, "status": endpoints(&realm, cluster)?}))
}

pub(super) fn show_version(_world: &mut World, context: &Context, _input: Input<'_>) -> Answer {
    let link = json!({"href": format!("{}/v3", context.base_url), "rel": "self"});
    Ok(json!({"versions": [{
        "id": "v3", "links": [link], "min_version": "", "status": "CURRENT", "updated": "2018-09-15 00:00:00Z",
        "version": "",
    }]}))
}
