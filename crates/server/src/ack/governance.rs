//! How the policies of container security are kept in a cluster.

use super::answer::local;
use super::{Answer, Scene};
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::ack::AckCluster;
use wharf_world::ack::policies::{POLICIES, Policy, PolicyInstance, Violation};

const SEVERITIES: [&str; 3] = ["high", "medium", "low"];

pub(super) fn describe_policy_instances_status(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    let count = |fits: &dyn Fn(&PolicyInstance) -> bool| dedicated.policies.iter().filter(|one| fits(one)).count();
    let severities: Map<String, Value> = SEVERITIES
        .iter()
        .map(|severity| ((*severity).to_owned(), json!(count(&|one| one.policy.severity == *severity))))
        .collect();
    let policies: Vec<Value> = POLICIES
        .iter()
        .map(|policy| {
            json!({
                "policy_name": policy.name, "policy_category": policy.category,
                "policy_description": policy.description, "policy_severity": policy.severity,
                "policy_instances_count": count(&|one| one.policy == policy),
            })
        })
        .collect();
    Ok(json!({"instances_severity_count": severities, "policy_instances": policies}))
}

pub(super) fn describe_policy_governance_in_cluster(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let states = SEVERITIES.map(|severity| {
        let of_severity = |policy: &&Policy| policy.severity == severity;
        let is_on = |policy: &&Policy| dedicated.policies.iter().any(|one| one.policy == *policy);
        let all = POLICIES.iter().filter(of_severity);
        json!({"severity": severity, "total": all.clone().count(), "enabled_count": all.filter(is_on).count()})
    });
    let logs: Vec<Value> = dedicated.violations.iter().rev().map(|one| log_json(id, one)).collect();
    Ok(json!({
        "on_state": states,
        "admit_log": {"count": logs.len(), "progress": "Complete", "logs": logs},
        "Violation": {
            "totalViolations": {"deny": totals(dedicated, true), "warn": totals(dedicated, false)},
            "violations": {"deny": by_policy(dedicated, true), "warn": by_policy(dedicated, false)},
        },
    }))
}

/// The requests that were refused, or that had a warning.
fn violations(dedicated: &AckCluster, denied: bool) -> impl Iterator<Item = &Violation> {
    dedicated.violations.iter().filter(move |one| one.denied == denied)
}

fn totals(dedicated: &AckCluster, denied: bool) -> Vec<Value> {
    let count =
        |severity: &&&str| violations(dedicated, denied).filter(|one| one.policy.severity == **severity).count();
    let counted = SEVERITIES.iter().map(|severity| (severity, count(&severity))).filter(|(_, count)| *count > 0);
    // The number of what was refused is a text, the other one a number.
    let number = |count: usize| if denied { json!(count.to_string()) } else { json!(count) };
    counted.map(|(severity, count)| json!({"severity": severity, "violations": number(count)})).collect()
}

fn by_policy(dedicated: &AckCluster, denied: bool) -> Vec<Value> {
    let count = |policy: &Policy| violations(dedicated, denied).filter(|one| one.policy == policy).count();
    let counted = POLICIES.iter().map(|policy| (policy, count(policy))).filter(|(_, count)| *count > 0);
    counted
        .map(|(policy, count)| {
            json!({
                "policyName": policy.name, "policyDescription": policy.description, "severity": policy.severity,
                "violations": count,
            })
        })
        .collect()
}

fn log_json(cluster: &str, one: &Violation) -> Value {
    json!({
        "cluster_id": cluster, "constraint_action": if one.denied { "deny" } else { "warn" },
        "constraint_category": one.policy.category, "constraint_group": "constraints.gatekeeper.sh",
        "constraint_api_version": "v1beta1", "constraint_kind": one.policy.name, "constraint_name": one.instance,
        "event_msg": one.message, "event_type": "violation", "request_uid": one.id, "request_username": one.user,
        "request_userinfo": json!({"username": one.user}).to_string(), "resource_kind": one.kind,
        "resource_name": one.name, "time": local(one.at),
    })
}
