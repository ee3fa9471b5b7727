//! Health check policies.

use super::{Answer, Filter, filters, select};
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::time::local;
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::native::{Action, HealthPolicy, ITEMS, Rule, item};

/// The name and the rules of a policy.
fn policy(input: Input<'_>) -> Outcome<(&str, Vec<Rule>)> {
    let policy = input.structure("HealthCheckPolicy")?.ok_or_else(|| missing("HealthCheckPolicy"))?;
    let rules = policy.structures("Rules")?.into_iter().map(|rule| {
        let name = rule.required("Name")?;
        let item = item(name).ok_or_else(|| {
            let known = ITEMS.iter().map(|item| item.name).collect::<Vec<_>>().join(", ");
            invalid(format!("HealthCheckPolicy.Rules.Name is one of {known}, not {name}"))
        })?;
        Ok(Rule { item, enabled: rule.flag("Enabled")?, repairs: rule.flag("AutoRepairEnabled")? })
    });
    Ok((policy.required("Name")?, rules.collect::<Outcome<_>>()?))
}

pub(super) fn create_health_check_policy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (name, rules) = policy(input)?;
    realm.create_policy(input.required("ClusterId")?, name, rules)?;
    Ok(json!({"HealthCheckPolicyName": name}))
}

pub(super) fn modify_health_check_policy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    let (name, rules) = policy(input)?;
    realm.change_policy(input.required("ClusterId")?, name, rules)?;
    Ok(json!({}))
}

pub(super) fn delete_health_check_policy(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let mut realm = world.tke(&context.account, &context.region);
    realm.delete_policy(input.required("ClusterId")?, input.required("HealthCheckPolicyName")?)?;
    Ok(json!({}))
}

fn passes(policy: &&HealthPolicy, filter: &Filter<'_>) -> Outcome<bool> {
    match filter.name {
        "HealthCheckPolicyName" => Ok(filter.has(&policy.name)),
        _ => filter.unknown("health check policies"),
    }
}

pub(super) fn describe_health_check_policies(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let policies = select(cluster.tke().native.policies.iter(), &filters(input, "Filters")?, passes)?;
    let (total, policies) = input.page_of_some()?.shown(policies, |policy| {
        let rules = policy
            .rules
            .iter()
            .map(|rule| json!({"Name": rule.item.name, "Enabled": rule.enabled, "AutoRepairEnabled": rule.repairs}));
        json!({"Name": policy.name, "Rules": rules.collect::<Vec<_>>()})
    });
    Ok(json!({"HealthCheckPolicies": policies, "TotalCount": total}))
}

pub(super) fn describe_health_check_policy_bindings(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.cluster(input.required("ClusterId")?)?;
    let policies = select(cluster.tke().native.policies.iter(), &filters(input, "Filter")?, passes)?;
    let (total, bindings) = input.page_of_some()?.shown(policies, |policy| {
        json!({"Name": policy.name, "CreatedAt": local(policy.created), "NodePools": cluster.policy_pools(&policy.name)})
    });
    Ok(json!({"HealthCheckPolicyBindings": bindings, "TotalCount": total}))
}

pub(super) fn describe_health_check_template(_: &mut World, _: &Context, _: Input<'_>) -> Answer {
    let rules = ITEMS.iter().map(|item| {
        let effect = match item.action {
            Some(Action::RestartRuntime) => "The container runtime restarts",
            Some(Action::RestartKubelet) => "The kubelet restarts",
            None => "",
        };
        json!({
            "Name": item.name, "Description": item.description,
            "RepairAction": item.action.map_or("", Action::name), "RepairEffect": effect, "ShouldEnable": true,
            "ShouldRepair": item.action.is_some(), "Severity": if item.severe { "high" } else { "low" },
        })
    });
    Ok(json!({"HealthCheckTemplate": {"Rules": rules.collect::<Vec<Value>>()}}))
}
