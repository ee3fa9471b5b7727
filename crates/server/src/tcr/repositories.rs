//! Repositories of the personal edition.

use super::answer::{REPOSITORY_TYPE, SERVER, local_time};
use super::{Answered, Context, Input, registry::Registries, registry::Repository};
use serde_json::{Value, json};
use wharf_world::registry::RegistryError;

pub(super) fn create(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    // The documents name a default only where the access is changed: private.
    let public = input.switch("Public")?.unwrap_or(false);
    let description = input.text("Description").unwrap_or_default();
    registry.create_repository(&context.account, input.required_text("RepoName")?, public, description)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.delete_repositories(&context.account, &[input.required_text("RepoName")?])?;
    Ok(json!({}))
}

pub(super) fn delete_several(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.delete_repositories(&context.account, &input.required_texts("RepoNames")?)?;
    Ok(json!({}))
}

pub(super) fn modify_access(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let public = input.switch("Public")?.ok_or(RegistryError::Missing("Public"))?;
    registry.set_public(&context.account, input.required_text("RepoName")?, public)?;
    Ok(json!({}))
}

pub(super) fn modify_info(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let description = input.search("Description")?;
    registry.set_description(&context.account, input.required_text("RepoName")?, description)?;
    Ok(json!({}))
}

pub(super) fn validate(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let exists = registry.repository_exists(&context.account, input.required_text("RepoName")?)?;
    Ok(json!({ "Data": { "IsExist": exists } }))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let repository = registry.repository(&context.account, input.required_text("RepoName")?)?;
    Ok(json!({
        "Data": {
            "RepoName": repository.name().to_string(),
            "RepoType": REPOSITORY_TYPE,
            "Server": SERVER,
            "CreationTime": local_time(repository.created()),
            "Description": repository.description(),
            "Public": i64::from(repository.is_public()),
            "PullCount": repository.pulls(),
            "FavorCount": repository.favor_count(),
            "IsUserFavor": repository.is_favorite_of(&context.account),
            "IsQcloudOfficial": false,
        },
    }))
}

/// All repositories of the account, or those of a name, with or without the namespace.
pub(super) fn describe_own(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let page = input.page()?;
    let mut found = registry.repositories(&context.account);
    if let Some(name) = input.text("RepoName") {
        found.retain(|repository| repository.name().name() == name || repository.name().to_string() == name);
    }
    let (total, repositories) = page.of(found, |repository| listed(repository, context));
    Ok(json!({ "Data": { "TotalCount": total, "RepoInfo": repositories, "Server": SERVER } }))
}

/// Repositories of the account whose full name contains a text, by access and namespace.
pub(super) fn search(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let page = input.page()?;
    let public = input.switch("Public")?;
    let mut found = registry.repositories(&context.account);
    found.retain(|repository| {
        input.text("RepoName").is_none_or(|text| repository.name().to_string().contains(text))
            && input.text("Namespace").is_none_or(|namespace| repository.name().namespace() == namespace)
            && public.is_none_or(|public| repository.is_public() == public)
    });
    let (total, repositories) = page.of(found, |repository| listed(repository, context));
    Ok(json!({
        "Data": { "TotalCount": total, "RepoInfo": repositories, "Server": SERVER, "PrivilegeFiltered": false },
    }))
}

pub(super) fn describe_favorites(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let page = input.required_page()?;
    let found = registry.favorites(&context.account, input.search("RepoName")?);
    let (total, repositories) = page.of(found, |repository| {
        json!({
            "RepoName": repository.name().to_string(),
            "RepoType": REPOSITORY_TYPE,
            "PullCount": repository.pulls(),
            "FavorCount": repository.favor_count(),
            "Public": i64::from(repository.is_public()),
            "IsQcloudOfficial": false,
            "TagCount": repository.tag_count(),
            "Logo": "",
            // The personal edition is one for all regions and answers with the first.
            "Region": "gz",
            "RegionId": 1,
        })
    });
    Ok(json!({ "Data": { "TotalCount": total, "RepoInfo": repositories } }))
}

fn listed(repository: &Repository, context: &Context) -> Value {
    json!({
        "RepoName": repository.name().to_string(),
        "RepoType": REPOSITORY_TYPE,
        "TagCount": repository.tag_count(),
        "Public": i64::from(repository.is_public()),
        "IsUserFavor": repository.is_favorite_of(&context.account),
        "IsQcloudOfficial": false,
        "FavorCount": repository.favor_count(),
        "PullCount": repository.pulls(),
        "Description": repository.description(),
        "CreationTime": local_time(repository.created()),
        "UpdateTime": local_time(repository.updated()),
    })
}
