//! Repositories of enterprise instances.

use super::registry::enterprise::EnterpriseRepository;
use super::registry::{Instance, Registries};
use super::{Answer, Context, Input, path, time};
use crate::input::invalid;
use serde_json::{Value, json};

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let text = |name| Ok::<_, super::Refused>(input.text(name)?.unwrap_or_default());
    let (brief, description) = (text("BriefDescription")?, text("Description")?);
    let id = input.required("RegistryId")?;
    registry.create_enterprise_repository(&context.account, id, &path(input)?, brief, description)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (brief, description) = (input.given("BriefDescription")?, input.given("Description")?);
    let id = input.required("RegistryId")?;
    registry.describe_enterprise_repository(&context.account, id, &path(input)?, brief, description)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let force = input.truth("ForceDelete")?.unwrap_or(true);
    let id = input.required("RegistryId")?;
    registry.delete_enterprise_repository(&context.account, id, &path(input)?, force)?;
    Ok(json!({}))
}

/// The repositories of a namespace, or of all, whose name contains a text.
pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.page()?;
    let instance = registry.instance(&context.account, input.required("RegistryId")?)?;
    let (namespace, part) = (input.filled("NamespaceName")?, input.filled("RepositoryName")?.unwrap_or_default());
    let mut found: Vec<&EnterpriseRepository> = instance
        .enterprise
        .repositories
        .values()
        .filter(|one| namespace.is_none_or(|namespace| one.namespace() == namespace) && one.name().contains(part))
        .collect();
    match input.filled("SortBy")? {
        None | Some("creation_time") => found.sort_by_key(|one| one.number),
        Some("-creation_time") => found.sort_by_key(|one| std::cmp::Reverse(one.number)),
        Some("update_time") => found.sort_by_key(|one| (one.updated, one.number)),
        Some("-update_time") => found.sort_by_key(|one| std::cmp::Reverse((one.updated, one.number))),
        Some("name") => {}
        Some("-name") => found.reverse(),
        Some(other) => {
            let takes = "SortBy is creation_time, update_time or name, with `-` before it for the reverse order";
            return Err(invalid(format!("{takes}, not {other}")).into());
        }
    }
    let (total, list) = page.shown(found, |repository| listed(instance, repository));
    Ok(json!({ "RepositoryList": list, "TotalCount": total }))
}

fn listed(instance: &Instance, repository: &EnterpriseRepository) -> Value {
    let namespace = instance.enterprise.namespaces.get(repository.namespace());
    json!({
        "Name": repository.path,
        "Namespace": repository.namespace(),
        "CreationTime": time(repository.created),
        "Public": namespace.is_some_and(|namespace| namespace.public),
        "Description": repository.description,
        "BriefDescription": repository.brief,
        "UpdateTime": time(repository.updated),
    })
}
