//! Namespaces of the personal edition.

use super::answer::local_time;
use super::{Answer, Context, Input, registry::Registries};
use serde_json::json;

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.create_namespace(&context.account, input.required("Namespace")?)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.delete_namespace(&context.account, input.required("Namespace")?)?;
    Ok(json!({}))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let found = registry.namespaces(&context.account, input.given("Namespace")?)?;
    let (count, namespaces) = page.shown(found, |namespace| {
        json!({
            "Namespace": namespace.name,
            "CreationTime": local_time(namespace.created),
            "RepoCount": namespace.repositories,
        })
    });
    Ok(json!({ "Data": { "NamespaceCount": count, "NamespaceInfo": namespaces } }))
}

pub(super) fn validate(registry: &mut Registries, _: &Context, input: Input<'_>) -> Answer {
    let name = input.required("Namespace")?;
    Ok(json!({
        "Data": { "IsExist": registry.namespace_exists(name), "IsPreserved": registry.is_reserved(name) },
    }))
}
