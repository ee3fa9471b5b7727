//! Policies of automatic repair.

use super::{Answer, Scene};
use crate::input::{Input, invalid};
use serde_json::{Value, json};
use wharf_world::ack::repairs::RepairPolicy;
use wharf_world::kernel::violation::Outcome;

/// The most characters of a name.
const LONGEST_NAME: usize = 63;

pub(super) fn create_auto_repair_policy(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let new = RepairPolicy {
        id: String::new(),
        name: checked_name(input.required("name")?)?,
        resource_type: input.owned("resource_type")?.unwrap_or_default(),
        resource_sub_type: input.owned("resource_sub_type")?.unwrap_or_default(),
        rules: rules(input)?,
    };
    let id = scene.realm.add_repair_policy(scene.owner, input.required("ClusterId")?, new)?;
    Ok(json!({"policy_id": id}))
}

fn checked_name(name: &str) -> Outcome<String> {
    if name.chars().count() > LONGEST_NAME {
        return Err(invalid(format!("name has at most {LONGEST_NAME} characters")));
    }
    Ok(name.to_owned())
}

/// The rules, each of which names what it is for and what is done.
fn rules(input: Input<'_>) -> Outcome<Vec<Value>> {
    let rules = input.structures("rules")?;
    for rule in &rules {
        for part in ["incidents", "repair_procedure"] {
            for item in rule.structures(part)? {
                item.required("name")?;
                item.members("config")?;
            }
        }
    }
    Ok(rules.into_iter().map(|rule| Value::Object(rule.0.clone())).collect())
}

pub(super) fn describe_auto_repair_policy(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, id) = (input.required("ClusterId")?, input.required("PolicyId")?);
    Ok(policy_json(scene.realm.realm.repair_policy(scene.owner, cluster, id)?))
}

pub(super) fn list_auto_repair_policies(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, input.required("ClusterId")?)?;
    let items: Vec<Value> = dedicated.repair_policies.iter().map(policy_json).collect();
    Ok(json!({"items": items}))
}

fn policy_json(policy: &RepairPolicy) -> Value {
    json!({
        "id": policy.id, "name": policy.name, "resource_ids": [], "resource_type": policy.resource_type,
        "resource_sub_type": policy.resource_sub_type, "rules": policy.rules,
    })
}

pub(super) fn modify_auto_repair_policy(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, id) = (input.required("ClusterId")?, input.required("PolicyId")?);
    let name = input.filled("name")?.map(checked_name).transpose()?;
    let rules = if input.0.get("rules").is_some_and(Value::is_array) { Some(rules(input)?) } else { None };
    scene.realm.change_repair_policy(scene.owner, cluster, id, name, rules)?;
    Ok(json!({}))
}

pub(super) fn delete_auto_repair_policy(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, id) = (input.required("ClusterId")?, input.required("PolicyId")?);
    scene.realm.drop_repair_policy(scene.owner, cluster, id)?;
    Ok(json!({}))
}
