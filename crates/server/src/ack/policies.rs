//! Policies of container security: the library, and the instances in clusters.

use super::answer::local;
use super::{Answer, Scene};
use crate::input::Input;
use serde_json::{Map, Value, json};
use wharf_world::ack::policies::{POLICIES, Policy, PolicyChange, PolicyInstance, policy};
use wharf_world::kernel::violation::Outcome;

pub(super) fn describe_policies(_scene: &mut Scene<'_>, _input: Input<'_>) -> Answer {
    let mut categories: Map<String, Value> = Map::new();
    for policy in &POLICIES {
        let names = categories.entry(policy.category).or_insert_with(|| json!([]));
        if let Some(names) = names.as_array_mut() {
            names.push(json!(policy.name));
        }
    }
    Ok(Value::Object(categories))
}

pub(super) fn describe_policy_details(_scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let policy = policy(input.required("PolicyName")?)?;
    Ok(json!({
        "name": policy.name, "category": policy.category, "description": policy.description,
        "severity": policy.severity, "action": "enforce", "is_deleted": 0,
        "no_config": i64::from(policy.parameter.is_none()), "template": template(policy),
    }))
}

/// The template of a policy: the resource of Kubernetes that its instances are made from.
fn template(policy: &Policy) -> String {
    let properties: Map<String, Value> =
        policy.parameter.iter().map(|name| ((*name).to_owned(), json!({"type": "array"}))).collect();
    let schema = json!({"openAPIV3Schema": {"properties": properties}});
    json!({
        "apiVersion": "templates.gatekeeper.sh/v1beta1", "kind": "ConstraintTemplate",
        "metadata": {"name": policy.name.to_lowercase(), "annotations": {"description": policy.description}},
        "spec": {"crd": {"spec": {"names": {"kind": policy.name}, "validation": schema}}},
    })
    .to_string()
}

fn change(input: Input<'_>) -> Outcome<PolicyChange> {
    let action = input.one_of("action", &["deny", "warn"])?;
    Ok(PolicyChange {
        denies: action.map(|action| action == "deny"),
        namespaces: input.0.get("namespaces").map(|_| input.texts("namespaces")).transpose()?,
        parameters: input.structure("parameters")?.map(|parameters| parameters.0.clone()),
    })
}

pub(super) fn deploy_policy_instance(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, name) = (input.required("ClusterId")?, input.required("PolicyName")?);
    let instance = scene.realm.deploy_policy(scene.owner, cluster, name, change(input)?)?;
    Ok(json!({"instances": [instance]}))
}

pub(super) fn modify_policy_instance(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, name) = (input.required("ClusterId")?, input.required("PolicyName")?);
    let (instance, change) = (input.filled("instance_name")?, change(input)?);
    let changed = scene.realm.change_policy(scene.owner, cluster, name, instance, change)?;
    Ok(json!({"instances": changed}))
}

pub(super) fn delete_policy_instance(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (cluster, name) = (input.required("ClusterId")?, input.required("PolicyName")?);
    let deleted = scene.realm.drop_policy(scene.owner, cluster, name, input.filled("instance_name")?)?;
    Ok(json!({"instances": deleted}))
}

pub(super) fn describe_policy_instances(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let id = input.required("ClusterId")?;
    let (name, instance) = (input.filled("policy_name")?, input.filled("instance_name")?);
    let (_, dedicated) = scene.realm.realm.dedicated(scene.owner, id)?;
    let wanted = |one: &&PolicyInstance| {
        name.is_none_or(|name| one.policy.name == name) && instance.is_none_or(|instance| one.name == instance)
    };
    let shown = dedicated.policies.iter().filter(wanted).map(|one| instance_json(scene, id, one));
    Ok(shown.collect::<Vec<Value>>().into())
}

fn instance_json(scene: &Scene<'_>, cluster: &str, one: &PolicyInstance) -> Value {
    let scope = if one.namespaces.is_empty() { "*".to_owned() } else { one.namespaces.join(",") };
    json!({
        "ali_uid": scene.realm.key.account, "cluster_id": cluster, "instance_name": one.name,
        "policy_name": one.policy.name, "policy_category": one.policy.category,
        "policy_description": one.policy.description, "policy_severity": one.policy.severity,
        "policy_parameters": Value::Object(one.parameters.clone()).to_string(), "policy_scope": scope,
        "policy_action": if one.denies { "deny" } else { "warn" }, "Created": local(one.created),
        "Updated": local(one.updated), "total_violations": scene.realm.realm.violating_objects(cluster, one),
        "is_deleted": 0,
    })
}
