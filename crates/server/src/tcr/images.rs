//! Tags of the personal edition.

use super::answer::{age_in_days, zoned_time};
use super::{Answer, Context, Input, registry::Registries, registry::Tag};
use crate::registry::{SERVER, readable_size};
use serde_json::{Value, json};
use wharf_world::Millis;

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let repository = registry.repository(&context.account, input.required("RepoName")?)?;
    let mut found = repository.tags();
    if let Some(text) = input.filled("Tag")? {
        found.retain(|tag| tag.name().contains(text));
    }
    let (count, tags) = page.shown(found, |tag| listed(tag, registry.now()));
    Ok(json!({
        "Data": {
            "TagCount": count,
            "TagInfo": tags,
            "Server": SERVER,
            "RepoName": repository.name().to_string(),
        },
    }))
}

fn listed(tag: &Tag, now: Millis) -> Value {
    let image = tag.image();
    json!({
        "TagName": tag.name(),
        "TagId": image.digest(),
        "ImageId": image.id(),
        "Size": readable_size(image.size()),
        "CreationTime": zoned_time(tag.built()),
        "DurationDays": age_in_days(tag.built(), now),
        "Author": image.author,
        "Architecture": image.architecture,
        "DockerVersion": image.docker_version,
        "OS": image.os,
        "SizeByte": image.size(),
        "Id": tag.number(),
        "UpdateTime": zoned_time(tag.pushed()),
        "PushTime": zoned_time(tag.pushed()),
    })
}

pub(super) fn describe_same(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let repository = input.required("RepoName")?;
    let same = registry.same_images(&context.account, repository, input.required("Tag")?)?;
    Ok(json!({ "Data": { "SameImages": same } }))
}

pub(super) fn duplicate(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let source = input.required("SrcImage")?;
    let digest = registry.duplicate_image(&context.account, source, input.required("DestImage")?)?;
    Ok(json!({ "Data": { "Digest": digest } }))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let repository = input.required("RepoName")?;
    registry.delete_tags(&context.account, repository, &[input.required("Tag")?.to_owned()])?;
    Ok(json!({}))
}

pub(super) fn delete_several(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let repository = input.required("RepoName")?;
    registry.delete_tags(&context.account, repository, &input.required_texts("Tags")?)?;
    Ok(json!({}))
}
