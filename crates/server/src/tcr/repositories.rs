//! Repositories of the personal edition.

use super::answer::local_time;
use super::{Answer, Context, Input, registry::Registries, registry::Repository};
use crate::input::{invalid, missing};
use crate::registry::{REPOSITORY_TYPE, SERVER};
use serde_json::{Value, json};
use wharf_world::kernel::violation::Outcome;

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    // The documents name a default only where the access is changed: private.
    let public = access(input)?.unwrap_or(false);
    let description = input.filled("Description")?.unwrap_or_default();
    registry.create_repository(&context.account, input.required("RepoName")?, public, description)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.delete_repositories(&context.account, &[input.required("RepoName")?.to_owned()])?;
    Ok(json!({}))
}

pub(super) fn delete_several(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.delete_repositories(&context.account, &input.required_texts("RepoNames")?)?;
    Ok(json!({}))
}

pub(super) fn modify_access(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let public = access(input)?.ok_or_else(|| missing("Public"))?;
    registry.set_public(&context.account, input.required("RepoName")?, public)?;
    Ok(json!({}))
}

pub(super) fn modify_info(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let description = input.given("Description")?;
    registry.set_description(&context.account, input.required("RepoName")?, description)?;
    Ok(json!({}))
}

pub(super) fn validate(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let exists = registry.repository_exists(&context.account, input.required("RepoName")?)?;
    Ok(json!({ "Data": { "IsExist": exists } }))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let repository = registry.repository(&context.account, input.required("RepoName")?)?;
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
pub(super) fn describe_own(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let mut found = registry.repositories(&context.account);
    if let Some(name) = input.filled("RepoName")? {
        found.retain(|repository| repository.name().name() == name || repository.name().to_string() == name);
    }
    let (total, repositories) = page.shown(found, |repository| listed(repository, context));
    Ok(json!({ "Data": { "TotalCount": total, "RepoInfo": repositories, "Server": SERVER } }))
}

/// Repositories of the account whose full name contains a text, by access and namespace.
pub(super) fn search(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let (public, part, namespace) = (access(input)?, input.filled("RepoName")?, input.filled("Namespace")?);
    let mut found = registry.repositories(&context.account);
    found.retain(|repository| {
        part.is_none_or(|text| repository.name().to_string().contains(text))
            && namespace.is_none_or(|namespace| repository.name().namespace() == namespace)
            && public.is_none_or(|public| repository.is_public() == public)
    });
    let (total, repositories) = page.shown(found, |repository| listed(repository, context));
    Ok(json!({
        "Data": { "TotalCount": total, "RepoInfo": repositories, "Server": SERVER, "PrivilegeFiltered": false },
    }))
}

pub(super) fn describe_favorites(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let found = registry.favorites(&context.account, input.given("RepoName")?);
    let (total, repositories) = page.shown(found, |repository| {
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

/// Whether it is public: 1 for yes and 0 for no.
fn access(input: Input<'_>) -> Outcome<Option<bool>> {
    match input.number("Public")? {
        None => Ok(None),
        Some(number @ (0 | 1)) => Ok(Some(number == 1)),
        Some(other) => Err(invalid(format!("Public is 1 for public or 0 for private, not {other}"))),
    }
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
