//! Users of the personal edition and their quotas.

use super::{Answered, Context, Input, registry::Quota, registry::Registries};
use serde_json::{Value, json};

pub(super) fn create(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.create_user(&context.account, input.required_text("Password")?)?;
    Ok(json!({}))
}

pub(super) fn modify_password(registry: &mut Registries, context: &Context, input: &Input<'_>) -> Answered {
    registry.change_password(&context.account, input.required_text("Password")?)?;
    Ok(json!({}))
}

/// Quotas hold for an account before it opens the personal edition too.
pub(super) fn describe_quota(registry: &mut Registries, context: &Context, _: &Input<'_>) -> Answered {
    let limit = |quota: Quota| {
        json!({
            "Username": context.account,
            "Type": quota.label(),
            "Value": registry.quota(&context.account, quota),
        })
    };
    let limits: Vec<Value> = Quota::PERSONAL.into_iter().map(limit).collect();
    Ok(json!({ "Data": { "LimitInfo": limits } }))
}
