//! Service accounts of enterprise instances.

use super::registry::enterprise::{AccountChange, NewAccount, Permission, ServiceAccount};
use super::registry::{Registries, RegistryError};
use super::{Answer, Context, Input, Refused, time};
use serde_json::{Value, json};
use wharf_world::Millis;

const DAY: Millis = 24 * 60 * 60 * 1_000;
/// What `Duration` and `ExpiresAt` are for an account that does not expire.
const NEVER: i64 = -1;

fn permissions(input: Input<'_>) -> Result<Vec<Permission>, Refused> {
    let one = |item: Input<'_>| {
        Ok(Permission { resource: item.required("Resource")?.to_owned(), actions: item.required_texts("Actions")? })
    };
    input.structures("Permissions")?.into_iter().map(one).collect()
}

/// When an account expires: after a number of days, or at a time in milliseconds. `None` if neither is given.
fn expiry(input: Input<'_>, now: Millis) -> Result<Option<Option<Millis>>, Refused> {
    let wrong = |field| RegistryError::Invalid(field, "is a positive number, or -1 for ever".to_owned());
    if let Some(days) = input.number("Duration")? {
        return match u64::try_from(days) {
            Ok(days) if days > 0 => Ok(Some(Some(now.saturating_add(days.saturating_mul(DAY))))),
            _ if days == NEVER => Ok(Some(None)),
            _ => Err(wrong("Duration").into()),
        };
    }
    match input.number("ExpiresAt")? {
        None => Ok(None),
        Some(NEVER) => Ok(Some(None)),
        Some(time) => match u64::try_from(time) {
            Ok(time) if time > 0 => Ok(Some(Some(time))),
            _ => Err(wrong("ExpiresAt").into()),
        },
    }
}

fn shown_expiry(expires: Option<Millis>) -> i64 {
    expires.map_or(NEVER, |time| i64::try_from(time).unwrap_or(i64::MAX))
}

pub(in crate::tcr) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let permissions = permissions(input)?;
    if permissions.is_empty() {
        return Err(RegistryError::Missing("Permissions").into());
    }
    let new = NewAccount {
        name: input.required("Name")?.to_owned(),
        description: input.owned("Description")?.unwrap_or_default(),
        permissions,
        expires: expiry(input, context.now)?.flatten(),
        disabled: input.flag("Disable")?,
    };
    let (account, password) = registry.create_service_account(&context.account, input.required("RegistryId")?, new)?;
    Ok(json!({
        "Name": account.name,
        "Password": password,
        "ExpiresAt": shown_expiry(account.expires),
        "CreateTime": time(account.created),
    }))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let change = AccountChange {
        description: input.text("Description")?.map(str::to_owned),
        permissions: Some(permissions(input)?).filter(|list| !list.is_empty()),
        expires: expiry(input, context.now)?,
        disabled: input.truth("Disable")?,
    };
    let (id, name) = (input.required("RegistryId")?, input.required("Name")?);
    registry.change_service_account(&context.account, id, name, change)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn modify_password(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("RegistryId")?, input.required("Name")?);
    let chosen = match input.flag("Random")? {
        true => None,
        false => Some(input.required("Password")?),
    };
    let password = registry.change_service_password(&context.account, id, name, chosen)?;
    Ok(json!({ "Password": password }))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, name) = (input.required("RegistryId")?, input.required("Name")?);
    registry.delete_service_account(&context.account, id, name)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    input.refuse(&["Filters"])?;
    let page = input.endless_page()?;
    let embedded = input.flag("EmbedPermission")?;
    let accounts = &registry.instance(&context.account, input.required("RegistryId")?)?.enterprise.accounts;
    let found: Vec<&ServiceAccount> = accounts.values().collect();
    let shown = |account| listed(account, embedded);
    let (total, list) = match input.flag("All")? {
        true => (found.len(), found.into_iter().map(shown).collect()),
        false => page.shown(found, shown),
    };
    Ok(json!({ "ServiceAccounts": list, "TotalCount": total }))
}

fn listed(account: &ServiceAccount, embedded: bool) -> Value {
    let permissions = account.permissions.iter().filter(|_| embedded);
    let permissions: Vec<Value> =
        permissions.map(|one| json!({ "Resource": one.resource, "Actions": one.actions })).collect();
    json!({
        "Name": account.name,
        "Description": account.description,
        "Disable": account.disabled,
        "ExpiresAt": shown_expiry(account.expires),
        "CreateTime": time(account.created),
        "UpdateTime": time(account.updated),
        "Permissions": permissions,
    })
}
