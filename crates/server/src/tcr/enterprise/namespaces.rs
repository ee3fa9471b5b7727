//! Namespaces of enterprise instances.

use super::registry::enterprise::{EnterpriseNamespace, NamespaceSettings, Severity};
use super::registry::{Registries, RegistryError};
use super::{Answer, Context, Input, Refused, time};
use serde_json::{Value, json};

fn settings(input: Input<'_>) -> Result<NamespaceSettings, Refused> {
    let severity = input.text("Severity")?.map(Severity::parse).transpose()?;
    let items = input.structures("CVEWhitelistItems")?;
    let whitelist =
        items.iter().map(|item| Ok(item.required("CVEID")?.to_owned())).collect::<Result<Vec<_>, Refused>>()?;
    let tags = match input.structure("TagSpecification")? {
        Some(specification) => Some(specification.pairs("Tags", "Key", "Value")?),
        None => None,
    };
    Ok(NamespaceSettings {
        public: input.truth("IsPublic")?,
        auto_scan: input.truth("IsAutoScan")?,
        prevent: input.truth("IsPreventVUL")?,
        severity,
        whitelist: input.0.contains_key("CVEWhitelistItems").then_some(whitelist),
        tags,
    })
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("RegistryId")?, input.required("NamespaceName")?);
    registry.create_enterprise_namespace(&context.account, id, name, settings(input)?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("RegistryId")?, input.required("NamespaceName")?);
    registry.change_enterprise_namespace(&context.account, id, name, settings(input)?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("RegistryId")?, input.required("NamespaceName")?);
    registry.delete_enterprise_namespace(&context.account, id, name)?;
    Ok(json!({}))
}

/// The namespaces whose name contains a text.
pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["Filters", "KmsSignPolicy"])?;
    let page = input.endless_page()?;
    let instance = registry.instance(&context.account, input.required("RegistryId")?)?;
    let part = input.filled("NamespaceName")?.unwrap_or_default();
    let mut found: Vec<&EnterpriseNamespace> =
        instance.enterprise.namespaces.values().filter(|namespace| namespace.name.contains(part)).collect();
    found.sort_by_key(|namespace| namespace.id);
    let (total, list) = match input.flag("All")? {
        true => (found.len(), found.into_iter().map(listed).collect()),
        false => page.shown(found, listed),
    };
    Ok(json!({ "NamespaceList": list, "TotalCount": total }))
}

fn listed(namespace: &EnterpriseNamespace) -> Value {
    let tags: Vec<Value> = namespace.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    let whitelist: Vec<Value> = namespace.whitelist.iter().map(|id| json!({ "CVEID": id })).collect();
    json!({
        "Name": namespace.name,
        "CreationTime": time(namespace.created),
        "Public": namespace.public,
        "NamespaceId": namespace.id,
        "TagSpecification": { "ResourceType": "namespace", "Tags": tags },
        "Metadata": [],
        "CVEWhitelistItems": whitelist,
        "AutoScan": namespace.auto_scan,
        "PreventVUL": namespace.prevent,
        "Severity": namespace.severity.name(),
    })
}

/// The name of a namespace of an instance, by its number.
pub(super) fn number_of(registry: &Registries, context: &Context, id: &str, name: &str) -> Result<i64, RegistryError> {
    let found = registry.instance(&context.account, id)?.enterprise.namespaces.get(name);
    Ok(found.map_or(0, |namespace| namespace.id))
}
