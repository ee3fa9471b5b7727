//! Users of the personal edition and their quotas.

use super::{Answer, Context, Input, registry::Quota, registry::Registries};
use serde_json::{Value, json};

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.create_user(&context.account, input.required("Password")?)?;
    Ok(json!({}))
}

pub(super) fn modify_password(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.change_password(&context.account, input.required("Password")?)?;
    Ok(json!({}))
}

/// The quotas that the vendor's public command line shows in its example; CCS shows that of triggers, too.
const SHOWN: [Quota; 3] = [Quota::Namespaces, Quota::Repositories, Quota::Tags];

/// Quotas hold for an account before it opens the personal edition too.
pub(super) fn describe_quota(registry: &mut Registries, context: &Context, _: Input<'_>) -> Answer {
    let limit = |quota: Quota| {
        json!({
            "Username": context.account,
            "Type": quota.label(),
            "Value": registry.quota(&context.account, quota),
        })
    };
    let limits: Vec<Value> = SHOWN.into_iter().map(limit).collect();
    Ok(json!({ "Data": { "LimitInfo": limits } }))
}
