//! Image caches.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use std::net::IpAddr;
use wharf_world::World;
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::image_caches::{CacheChange, CacheEvent, ImageCache, Registry, Spec, Status};

/// GiB of a cache if the call does not say.
const USUAL_SIZE: u64 = 20;
/// What makes the snapshots of all caches.
const SNAPSHOTTER: &str = "overlayfs";

fn credentials(input: Input<'_>) -> Outcome<Vec<Registry>> {
    let read = |item: Input<'_>| {
        let own = |name: &str| Ok(item.text(name)?.unwrap_or_default().to_owned());
        let server = item.required("Server")?.to_owned();
        Ok(Registry { name: own("Name")?, server, user: own("Username")?, password: own("Password")? })
    };
    input.structures("ImageRegistryCredentials")?.into_iter().map(read).collect()
}

/// Checks the address that the instance has while it pulls the images.
fn check_address(input: Input<'_>) -> Outcome<()> {
    let creates = input.flag("AutoCreateEip")? || input.structure("AutoCreateEipAttribute")?.is_some();
    if creates && input.filled("ExistedEipId")?.is_some() {
        return Err(invalid("ExistedEipId excludes AutoCreateEip and AutoCreateEipAttribute"));
    }
    Ok(())
}

/// Checks the servers of names, one a line, and the registries that are treated differently.
fn check_pulling(input: Input<'_>) -> Outcome<()> {
    let is_server =
        |line: &str| line.strip_prefix("nameserver ").is_some_and(|text| text.trim().parse::<IpAddr>().is_ok());
    let lines = input.filled("ResolveConfig")?.unwrap_or_default().lines();
    if let Some(wrong) = lines.map(str::trim).find(|line| !line.is_empty() && !is_server(line)) {
        return Err(invalid(format!("ResolveConfig has lines such as nameserver 4.4.4.4, not {wrong}")));
    }
    for list in ["RegistrySkipVerifyList", "RegistryHttpEndPointList"] {
        if let Some(wrong) = input.texts(list)?.iter().find(|host| host.is_empty() || host.contains("://")) {
            return Err(invalid(format!("{list} has hosts such as harbor.example.com, not {wrong}")));
        }
    }
    Ok(())
}

pub(super) fn create_image_cache(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    check_address(input)?;
    check_pulling(input)?;
    let spec = Spec {
        name: input.filled("ImageCacheName")?.unwrap_or_default().to_owned(),
        images: input.texts("Images")?,
        network: input.required("VpcId")?.to_owned(),
        subnet: input.required("SubnetId")?.to_owned(),
        security_groups: input.texts("SecurityGroupIds")?,
        credentials: credentials(input)?,
        size: input.count("ImageCacheSize")?.unwrap_or(USUAL_SIZE),
        retention: input.count("RetentionDays")?.unwrap_or(0),
        tags: input.pairs("Tags", "Key", "Value")?,
    };
    let id = world.tke(&context.account, &context.region).create_image_cache(spec)?;
    Ok(json!({"ImageCacheId": id}))
}

pub(super) fn update_image_cache(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let given = |name: &str| input.0.get(name).is_some_and(|value| !value.is_null());
    let change = CacheChange {
        name: input.owned("ImageCacheName")?,
        images: input.some_texts("Images")?,
        credentials: given("ImageRegistryCredentials").then(|| credentials(input)).transpose()?,
        size: input.count("ImageCacheSize")?,
        retention: input.count("RetentionDays")?,
        security_groups: input.some_texts("SecurityGroupIds")?,
        tags: given("Tags").then(|| input.pairs("Tags", "Key", "Value")).transpose()?,
    };
    world.tke(&context.account, &context.region).update_image_cache(input.required("ImageCacheId")?, change)?;
    Ok(json!({}))
}

pub(super) fn delete_image_caches(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let ids = input.required_texts("ImageCacheIds")?;
    world.tke(&context.account, &context.region).delete_image_caches(&ids)?;
    Ok(json!({}))
}

pub(super) fn describe_image_caches(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let (ids, names) = (input.some_texts("ImageCacheIds")?, input.some_texts("ImageCacheNames")?);
    let mut filters = Vec::new();
    for filter in input.structures("Filters")? {
        match filter.required("Name")? {
            "image-cache-name" => filters.push(filter.texts("Values")?),
            other => return Err(invalid(format!("image caches are filtered by image-cache-name, not {other}"))),
        }
    }
    let wanted = |cache: &&ImageCache| {
        ids.as_ref().is_none_or(|ids| ids.contains(&cache.id))
            && names.as_ref().is_none_or(|names| names.contains(&cache.spec.name))
            && filters.iter().all(|values| values.contains(&cache.spec.name))
    };
    let (total, caches) = input.page()?.of(realm.realm.tke.image_caches.iter().filter(wanted));
    Ok(json!({"TotalCount": total, "ImageCaches": caches.into_iter().map(cache_json).collect::<Vec<Value>>()}))
}

pub(super) fn get_most_suitable_image_cache(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let images = input.required_texts("Images")?;
    let other = input.filled("Snapshotter")?.is_some_and(|given| given != SNAPSHOTTER);
    let mut realm = world.tke(&context.account, &context.region);
    let found = if other { None } else { realm.suitable_image_cache(&images) };
    Ok(json!({"Found": found.is_some(), "ImageCache": found.map(cache_json)}))
}

fn cache_json(cache: &ImageCache) -> Value {
    let status = match cache.status {
        Status::Pending => "Pending",
        Status::Ready => "Ready",
        Status::Failed => "Failed",
        Status::Updating => "Updating",
        Status::UpdateFailed => "UpdateFailed",
    };
    let event = |event: &CacheEvent| {
        json!({
            "ImageCacheId": cache.id, "Type": if event.warning { "Warning" } else { "Normal" }, "Reason": event.reason,
            "Message": event.message, "FirstTimestamp": iso(event.at), "LastTimestamp": iso(event.at),
        })
    };
    let spec = &cache.spec;
    let credential = |one: &Registry| json!({"Name": one.name, "Server": one.server, "Username": one.user, "Password": one.password});
    let tags = spec.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
    let time = |moment: Option<u64>| moment.map(iso).unwrap_or_default();
    json!({
        "ImageCacheId": cache.id, "ImageCacheName": spec.name, "ImageCacheSize": spec.size, "Images": spec.images,
        "CreationTime": iso(cache.created), "ExpireDateTime": time(cache.expires()),
        "Events": cache.events.iter().map(event).collect::<Vec<Value>>(), "LastMatchedTime": time(cache.matched),
        "SnapshotId": if cache.status == Status::Pending { "" } else { cache.snapshot.as_str() }, "Status": status,
        "RetentionDays": spec.retention, "Tags": tags.collect::<Vec<Value>>(), "Snapshotter": SNAPSHOTTER,
        "ImageRegistryCredentials": spec.credentials.iter().map(credential).collect::<Vec<Value>>(),
    })
}
