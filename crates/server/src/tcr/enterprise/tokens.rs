//! Long-term tokens of enterprise instances.

use super::registry::Registries;
use super::{Answer, Context, Input, time};
use serde_json::json;

/// Which of its members `ModifyInstanceToken` changes, by `ModifyFlag`.
const DESCRIPTION: i64 = 1;
const STATE: i64 = 2;

pub(in crate::tcr) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let page = input.endless_page()?;
    let id = input.required("RegistryId")?;
    let (total, tokens) = page.shown(registry.long_term_tokens(&context.account, id)?, |token| {
        json!({
            "Id": token.id,
            "Desc": token.description,
            "RegistryId": id,
            "Enabled": token.enabled,
            "CreatedAt": time(token.created),
            "ExpiredAt": token.expires,
        })
    });
    Ok(json!({ "TotalCount": total, "Tokens": tokens }))
}

pub(in crate::tcr) fn modify(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let (id, token) = (input.required("RegistryId")?, input.required("TokenId")?);
    let (enabled, description) = match input.number("ModifyFlag")?.unwrap_or(STATE) {
        DESCRIPTION => (None, input.text("Desc")?),
        STATE => (input.truth("Enable")?, None),
        other => {
            let message = format!("ModifyFlag is {DESCRIPTION} for Desc or {STATE} for Enable, not {other}");
            return Err(crate::input::invalid(message).into());
        }
    };
    registry.change_token(&context.account, id, token, enabled, description)?;
    Ok(json!({}))
}

pub(in crate::tcr) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.delete_token(&context.account, input.required("RegistryId")?, input.required("TokenId")?)?;
    Ok(json!({}))
}
