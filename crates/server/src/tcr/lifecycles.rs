//! Clean-up rules of the personal edition.

use super::answer::zoned_time;
use super::{Answer, Context, Input, registry::Registries};
use crate::input::invalid;
use serde_json::{Value, json};
use wharf_world::kernel::violation::Outcome;
use wharf_world::registry::{Policy, PolicyKind};

const GLOBAL: &str = "global_";

pub(super) fn create(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let kind = kind(input, "")?;
    let keep = input.required_number("Val")?;
    registry.set_policy(&context.account, input.required("RepoName")?, kind, keep)?;
    Ok(json!({}))
}

pub(super) fn delete(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    registry.remove_policy(&context.account, input.required("RepoName")?)?;
    Ok(json!({}))
}

pub(super) fn describe(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let repository = input.required("RepoName")?;
    let policy = registry.policy(&context.account, repository)?;
    Ok(listed(context, repository, "", policy))
}

pub(super) fn manage_global(registry: &mut Registries, context: &Context, input: Input<'_>) -> Answer {
    let kind = kind(input, GLOBAL)?;
    registry.set_global_policy(&context.account, kind, input.required_number("Val")?)?;
    Ok(json!({}))
}

pub(super) fn delete_global(registry: &mut Registries, context: &Context, _: Input<'_>) -> Answer {
    registry.remove_global_policy(&context.account);
    Ok(json!({}))
}

pub(super) fn describe_global(registry: &mut Registries, context: &Context, _: Input<'_>) -> Answer {
    Ok(listed(context, "", GLOBAL, registry.global_policy(&context.account)))
}

fn kind(input: Input<'_>, prefix: &str) -> Outcome<PolicyKind> {
    let text = input.required("Type")?;
    let known = [PolicyKind::LastDays, PolicyKind::LastTags];
    known.into_iter().find(|kind| text.strip_prefix(prefix) == Some(name(*kind))).ok_or_else(|| {
        let [days, tags] = known.map(name);
        invalid(format!("Type is `{prefix}{days}` or `{prefix}{tags}`, not `{text}`"))
    })
}

fn name(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::LastDays => "keep_last_days",
        PolicyKind::LastTags => "keep_last_nums",
    }
}

fn listed(context: &Context, repository: &str, prefix: &str, policy: Option<Policy>) -> Value {
    let policies: Vec<Value> = policy
        .iter()
        .map(|policy| {
            json!({
                "Username": context.account,
                "RepoName": repository,
                "Type": format!("{prefix}{}", name(policy.kind)),
                "Value": policy.keep,
                "Valid": 1,
                "CreationTime": zoned_time(policy.created),
            })
        })
        .collect();
    json!({ "Data": { "TotalCount": policies.len(), "StrategyInfo": policies } })
}
