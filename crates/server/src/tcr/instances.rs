//! Enterprise instances.

use super::registry::{Instance, InstanceFilter, Registries, TokenKind};
use super::{Answer, Context, Input};
use serde_json::{Value, json};
use wharf_world::Millis;
use wharf_world::infra::offers::REGIONS;
use wharf_world::kernel::time::iso;

/// The region's name; the first region when the call, as it may, names none.
fn region(context: &Context) -> &str {
    match context.region.as_str() {
        "" => REGIONS.first().map_or("", |region| region.name),
        named => named,
    }
}

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["RegistryChargePrepaid", "EnableCosMAZ", "DeletionProtection", "EnableCosVersioning"])?;
    let name = input.required("RegistryName")?;
    let edition = input.required("RegistryType")?;
    let id = registry.create_instance(&context.account, region(context), name, edition)?;
    Ok(json!({ "RegistryId": id }))
}

pub(super) fn create_token(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let kind = match input.one_of("TokenType", &["temp", "longterm"])? {
        Some("longterm") => TokenKind::LongTerm,
        _ => TokenKind::Temporary,
    };
    let description = input.text("Desc")?.unwrap_or_default();
    let token = registry.issue_token(&context.account, input.required("RegistryId")?, kind, description)?;
    let mut answer = json!({ "Token": token.secret, "ExpTime": token.expires, "Username": context.account });
    if kind == TokenKind::LongTerm {
        answer["TokenId"] = Value::from(token.id);
    }
    Ok(answer)
}

/// Deletes an instance with all that it contains.
pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let id = input.required("RegistryId")?;
    registry.instance(&context.account, id)?;
    if !input.flag("DryRun")? {
        registry.delete_instance(&context.account, id)?;
    }
    Ok(json!({}))
}

pub(super) fn describe_status(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let now = registry.now();
    let mut set = Vec::new();
    for id in input.required_texts("RegistryIds")? {
        let instance = registry.instance(&context.account, &id)?;
        let conditions: Vec<Value> = instance
            .steps(now)
            .into_iter()
            .map(|step| json!({ "Type": step.name, "Status": step.state.name(), "Reason": step.reason }))
            .collect();
        set.push(json!({ "RegistryId": id, "Status": instance.state(now).name(), "Conditions": conditions }));
    }
    Ok(json!({ "RegistryStatusSet": set }))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let now = registry.now();
    let page = input.page()?;
    let mut filters = Vec::new();
    for filter in input.structures("Filters")? {
        filters.push(InstanceFilter::parse(filter.required("Name")?, filter.texts("Values")?)?);
    }
    let (ids, everywhere) = (input.texts("Registryids")?, input.flag("AllRegion")?);
    let mut found = registry.instances(&context.account);
    found.retain(|instance| {
        (everywhere || instance.region() == region(context))
            && (ids.is_empty() || ids.iter().any(|id| id == instance.id()))
            && filters.iter().all(|filter| filter.matches(instance, now))
    });
    let (total, registries) = page.shown(found, |instance| listed(instance, now));
    Ok(json!({ "TotalCount": total, "Registries": registries }))
}

fn listed(instance: &Instance, now: Millis) -> Value {
    json!({
        "RegistryId": instance.id(),
        "RegistryName": instance.name(),
        "RegistryType": instance.edition(),
        "Status": instance.state(now).name(),
        "PublicDomain": instance.domain(),
        "CreatedAt": iso(instance.created()),
        "RegionName": instance.region(),
        "RegionId": REGIONS.iter().find(|region| region.name == instance.region()).map_or(0, |region| region.number),
        "EnableAnonymous": false,
        "TokenValidTime": instance.token_hours(),
    })
}
