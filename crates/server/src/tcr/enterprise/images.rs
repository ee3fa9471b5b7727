//! Images of enterprise instances.

use super::registry::enterprise::ImageAt;
use super::registry::{LARGEST_MANIFEST, Manifest, Registries, RegistryError, Tag};
use super::{Answer, Context, Input, path, time};
use serde_json::{Map, Value, json};
use wharf_world::registry::distribution::Place;

/// The tags of a repository: those whose name contains a text, or has it, or those of a digest.
pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let id = input.required("RegistryId")?;
    let content = &registry.enterprise_repository(&context.account, id, &path(input)?)?.content;
    let (version, digest) = (input.filled("ImageVersion")?, input.filled("Digest")?);
    let exact = input.flag("ExactMatch")?;
    let named = |tag: &Tag| {
        version.is_none_or(|version| if exact { tag.name() == version } else { tag.name().contains(version) })
    };
    let mut found: Vec<(&Tag, &Manifest)> = content
        .tags
        .values()
        .filter(|tag| named(tag))
        .filter_map(|tag| Some((tag, content.manifest(tag.name())?)))
        .filter(|(_, manifest)| digest.is_none_or(|digest| manifest.digest == digest))
        .collect();
    found.sort_by_key(|(tag, _)| std::cmp::Reverse(tag.turn));
    let (total, list) = page.shown(found, |(tag, manifest)| {
        json!({
            "Digest": manifest.digest,
            "Size": tag.image().size(),
            "ImageVersion": tag.name(),
            "UpdateTime": time(tag.pushed()),
            "Kind": manifest.kind(),
            "KmsSignature": "",
        })
    });
    Ok(json!({ "ImageInfoList": list, "TotalCount": total }))
}

/// Manifest and configuration of an image, as they were pushed.
pub(in crate::tcr) fn describe_manifests(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, path, version) = (input.required("RegistryId")?, path(input)?, input.required("ImageVersion")?);
    let content = &registry.enterprise_repository(&context.account, id, &path)?.content;
    let missing = || RegistryError::NotFound("image", format!("{path}:{version}"));
    let manifest = content.manifest(version).ok_or_else(missing)?;
    let text = |bytes: std::io::Result<Vec<u8>>| bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let most = LARGEST_MANIFEST as u64;
    let place = Place::Instance(id.to_owned());
    let config = manifest.config.as_ref();
    let config = config.and_then(|config| registry.blob(&place, &path, &config.digest).ok());
    // The configuration of an artifact that is no image can be anything; what is no text is not shown.
    let config = config.and_then(|config| text(config.read(most))).unwrap_or_default();
    let document: Value = serde_json::from_str(&config).unwrap_or_default();
    let none = Map::new();
    let labels = document.pointer("/config/Labels").and_then(Value::as_object).unwrap_or(&none);
    let labels: Vec<Value> =
        labels.iter().map(|(key, value)| json!({ "Key": key, "Value": value.as_str().unwrap_or_default() })).collect();
    Ok(json!({
        "Manifest": text(manifest.content.read(most)).unwrap_or_default(),
        "Config": config,
        "Labels": labels,
        "Size": manifest.image_size(),
    }))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let tags = [input.required("ImageVersion")?.to_owned()];
    registry.delete_enterprise_tags(&context.account, input.required("RegistryId")?, &path(input)?, &tags)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete_tags(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let tags = input.required_texts("Tags")?;
    registry.delete_enterprise_tags(&context.account, input.required("RegistryId")?, &path(input)?, &tags)?;
    Ok(json!({}))
}

/// Copies an image; to the same repository if no other is named.
pub(in crate::tcr) fn duplicate(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (namespace, repository) = (input.required("SourceNamespace")?, input.required("SourceRepo")?);
    let source = format!("{namespace}/{repository}");
    let destination = format!(
        "{}/{}",
        input.filled("DestinationNamespace")?.unwrap_or(namespace),
        input.filled("DestinationRepo")?.unwrap_or(repository)
    );
    let id = input.required("RegistryId")?;
    let from = ImageAt { path: &source, reference: input.required("SourceReference")? };
    let to = ImageAt { path: &destination, reference: input.required("DestinationTag")? };
    registry.duplicate_enterprise_image(&context.account, id, from, to, input.flag("Override")?)?;
    Ok(json!({}))
}
