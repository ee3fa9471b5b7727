//! Policies of clusters.

use super::Answer;
use crate::handler::Context;
use crate::input::{Input, invalid, missing};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::Cluster;
use wharf_world::kernel::Millis;
use wharf_world::kernel::violation::Outcome;
use wharf_world::tke::policies::catalog::{List, POLICIES, Policy};
use wharf_world::tke::policies::{PolicyChange, check_release};

/// The list that is asked for; none for all.
fn list(input: Input<'_>) -> Outcome<Option<List>> {
    let name = input.one_of("Category", &["baseline", "priority", "optional"])?;
    Ok(name.map(|name| match name {
        "baseline" => List::Baseline,
        "priority" => List::Priority,
        _ => List::Optional,
    }))
}

pub(super) fn describe_open_policy_list(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let realm = world.tke(&context.account, &context.region);
    let cluster = realm.running_cluster(input.required("ClusterId")?)?;
    check_release(cluster)?;
    let list = list(input)?;
    let policies = POLICIES.iter().filter(|policy| list.is_none_or(|list| policy.list == list));
    let shown: Vec<Value> = policies.map(|policy| policy_json(cluster, policy, realm.now)).collect();
    Ok(json!({"OpenPolicyInfoList": shown, "GatekeeperStatus": 1}))
}

fn policy_json(cluster: &Cluster, policy: &Policy, now: Millis) -> Value {
    let setting = cluster.policy(policy);
    let events = cluster.policy_events(policy, now);
    let constraint = STANDARD.encode(format!("{:#}", cluster.constraint(policy)));
    let instance = json!({"Name": policy.kind, "EventNums": events, "YamlDetail": constraint});
    json!({
        "PolicyCategory": policy.category, "PolicyDesc": policy.description, "Name": policy.kind, "Kind": policy.kind,
        "EnforcementAction": if setting.denies { "deny" } else { "dryrun" }, "EventNums": events,
        "EnabledStatus": if setting.open { "open" } else { "close" }, "ConstraintYamlExample": constraint,
        "OpenConstraintInfoList": if setting.open { json!([instance]) } else { json!([]) },
    })
}

pub(super) fn modify_open_policy_list(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let list = list(input)?;
    let change = |item: Input<'_>| -> Outcome<PolicyChange> {
        let (kind, name) = (item.required("Kind")?, item.required("Name")?);
        if name != kind {
            return Err(invalid(format!("Name of the policy {kind} is {kind}, not {name}")));
        }
        if !item.structures("OpenConstraintInfoList")?.is_empty() {
            return Err(invalid("OpenConstraintInfoList cannot be changed"));
        }
        if list.is_some() && POLICIES.iter().any(|policy| policy.kind == kind && Some(policy.list) != list) {
            return Err(invalid(format!("the policy {kind} is not in that Category")));
        }
        let action = item.one_of("EnforcementAction", &["deny", "dryrun"])?;
        let status = item.one_of("EnabledStatus", &["open", "close"])?;
        Ok(PolicyChange {
            kind: kind.to_owned(),
            denies: action.ok_or_else(|| missing("EnforcementAction"))? == "deny",
            open: status.map(|status| status == "open"),
        })
    };
    let changes = input.structures("OpenPolicyInfoList")?.into_iter().map(change).collect::<Outcome<Vec<_>>>()?;
    if changes.is_empty() {
        return Err(invalid("OpenPolicyInfoList must have at least one policy"));
    }
    world.tke(&context.account, &context.region).change_policies(input.required("ClusterId")?, &changes)?;
    Ok(json!({}))
}
