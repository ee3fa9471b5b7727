//! Webhooks of enterprise instances.

use super::namespaces::number_of;
use super::registry::Registries;
use super::registry::enterprise::{EventType, Target, Webhook, WebhookLog};
use super::{Answer, Context, Input, Refused, time};
use serde_json::{Value, json};

fn read(input: Input<'_>) -> Result<Webhook, Refused> {
    let trigger = input.within("Trigger")?;
    let target = |item: Input<'_>| {
        let header = |item: Input<'_>| Ok((item.required("Key")?.to_owned(), item.texts("Values")?));
        let headers = item.structures("Headers")?.into_iter().map(header).collect::<Result<Vec<_>, Refused>>()?;
        Ok(Target { address: item.required("Address")?.to_owned(), headers })
    };
    let targets = trigger.structures("Targets")?.into_iter().map(target).collect::<Result<Vec<_>, Refused>>()?;
    let events = trigger.texts("EventTypes")?;
    let events = events.iter().map(|name| EventType::parse(name)).collect::<Result<Vec<_>, _>>()?;
    Ok(Webhook {
        id: trigger.number("Id")?.unwrap_or_default(),
        namespace: input.required("Namespace")?.to_owned(),
        name: trigger.text("Name")?.unwrap_or_default().to_owned(),
        description: trigger.text("Description")?.unwrap_or_default().to_owned(),
        targets,
        events,
        condition: trigger.text("Condition")?.unwrap_or_default().to_owned(),
        enabled: trigger.truth("Enabled")?.unwrap_or(true),
    })
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["PreheatRegion"])?;
    let id = input.required("RegistryId")?;
    let created = registry.create_webhook(&context.account, id, read(input)?)?;
    let number = number_of(registry, context, id, &created.namespace)?;
    Ok(json!({ "Trigger": listed(&created, number) }))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["PreheatRegion"])?;
    registry.change_webhook(&context.account, input.required("RegistryId")?, read(input)?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, namespace) = (input.required("RegistryId")?, input.required("Namespace")?);
    registry.delete_webhook(&context.account, id, namespace, input.required_number("Id")?)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let instance = registry.instance(&context.account, input.required("RegistryId")?)?;
    let namespace = input.filled("Namespace")?;
    let all = instance.enterprise.webhooks.iter();
    let found = all.filter(|webhook| namespace.is_none_or(|namespace| webhook.namespace == namespace)).collect();
    let (total, list) = page.shown(found, |webhook: &Webhook| {
        let number = instance.enterprise.namespaces.get(&webhook.namespace).map_or(0, |namespace| namespace.id);
        listed(webhook, number)
    });
    Ok(json!({ "TotalCount": total, "Triggers": list }))
}

/// The requests of the webhooks of a namespace, or of one of them, the newest first.
pub(in crate::tcr) fn describe_log(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let (namespace, webhook) = (input.required("Namespace")?, input.number("Id")?);
    let logs = &registry.instance(&context.account, input.required("RegistryId")?)?.enterprise.logs;
    let meant = |log: &&WebhookLog| log.namespace == namespace && webhook.is_none_or(|id| log.webhook == id);
    let (total, list) = page.shown(logs.iter().rev().filter(meant).collect(), |log: &WebhookLog| {
        let status = match log.accepted {
            None => "Pending",
            Some(true) => "Success",
            Some(false) => "Error",
        };
        json!({
            "Id": log.id,
            "TriggerId": log.webhook,
            "EventType": log.event.name(),
            "NotifyType": "http",
            "Detail": log.detail,
            "CreationTime": time(log.created),
            "UpdateTime": time(log.updated),
            "Status": status,
        })
    });
    Ok(json!({ "TotalCount": total, "Logs": list }))
}

fn listed(webhook: &Webhook, namespace: i64) -> Value {
    let target = |target: &Target| {
        let headers = target.headers.iter().map(|(key, values)| json!({ "Key": key, "Values": values }));
        json!({ "Address": target.address, "Headers": headers.collect::<Vec<_>>() })
    };
    json!({
        "Name": webhook.name,
        "Targets": webhook.targets.iter().map(target).collect::<Vec<_>>(),
        "EventTypes": webhook.events.iter().map(|event| event.name()).collect::<Vec<_>>(),
        "Condition": webhook.condition,
        "Enabled": webhook.enabled,
        "Id": webhook.id,
        "Description": webhook.description,
        "NamespaceId": namespace,
        "NamespaceName": webhook.namespace,
    })
}
