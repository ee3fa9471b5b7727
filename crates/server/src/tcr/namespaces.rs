//! Namespaces of the personal edition.

use super::answer::local_time;
use super::{Answered, Context, Input, registry::Registries};
use serde_json::json;

pub(super) fn create(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.create_namespace(&context.account, input.required_text("Namespace")?)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.delete_namespace(&context.account, input.required_text("Namespace")?)?;
    Ok(json!({}))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    let page = input.required_page()?;
    let found = registry.namespaces(&context.account, input.search("Namespace")?)?;
    let (count, namespaces) = page.of(found, |namespace| {
        json!({
            "Namespace": namespace.name,
            "CreationTime": local_time(namespace.created),
            "RepoCount": namespace.repositories,
        })
    });
    Ok(json!({ "Data": { "NamespaceCount": count, "NamespaceInfo": namespaces } }))
}

pub(super) fn validate(registry: &mut Registries, _: &Context, input: &Input<'_>) -> Answered {
    let name = input.required_text("Namespace")?;
    Ok(json!({
        "Data": { "IsExist": registry.namespace_exists(name), "IsPreserved": registry.is_reserved(name) },
    }))
}
