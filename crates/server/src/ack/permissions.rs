//! The permissions of users in clusters.

use super::{Answer, Scene};
use crate::input::{Input, invalid, missing};
use serde_json::{Value, json};
use wharf_world::ack::permissions::{Permission, PermissionChange, Scope};
use wharf_world::ack::tasks::NewTask;
use wharf_world::kernel::violation::Outcome;

/// What stands for all clusters.
const ALL: &str = "all-clusters";

pub(super) fn describe_user_permission(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let permissions = scene.realm.realm.permissions_of(user(input)?);
    Ok(permissions.iter().map(permission_json).collect())
}

/// The user, whose identifier is a number.
fn user(input: Input<'_>) -> Outcome<&str> {
    let user = input.required("Uid")?;
    if !user.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(format!("Uid is a number, not {user}")));
    }
    Ok(user)
}

fn permission_json(permission: &Permission) -> Value {
    let (kind, id) = match &permission.scope {
        Scope::AllClusters => ("console", ALL.to_owned()),
        Scope::Cluster(cluster) => ("cluster", cluster.clone()),
        Scope::Namespace { cluster, namespace } => ("namespace", format!("{cluster}/{namespace}")),
    };
    // `admin-view` is not among the types, so it is shown by its name, as a role of the user's own is.
    let preset = !permission.custom && permission.role != "admin-view";
    let (role_type, name) = if preset { (permission.role.as_str(), "") } else { ("custom", permission.role.as_str()) };
    json!({
        "resource_id": id, "resource_type": kind, "role_name": name, "role_type": role_type, "is_owner": 0,
        "is_ram_role": i64::from(permission.ram_role),
    })
}

fn permission(item: Input<'_>) -> Outcome<Permission> {
    item.required("role_type")?;
    let (cluster, namespace) = (item.owned("cluster")?, item.owned("namespace")?);
    let scope = match item.one_of("role_type", &["cluster", "namespace", ALL])? {
        Some(ALL) if cluster.is_some() => return Err(invalid(format!("cluster is empty for {ALL}"))),
        Some(ALL) => Scope::AllClusters,
        Some("namespace") => Scope::Namespace {
            cluster: cluster.ok_or_else(|| missing("cluster"))?,
            namespace: namespace.ok_or_else(|| missing("namespace"))?,
        },
        _ if namespace.is_some() => return Err(invalid("namespace is empty for a permission of the whole cluster")),
        _ => Scope::Cluster(cluster.ok_or_else(|| missing("cluster"))?),
    };
    Ok(Permission {
        scope,
        role: item.required("role_name")?.to_owned(),
        custom: item.flag("is_custom")?,
        ram_role: item.flag("is_ram_role")?,
    })
}

fn permissions(input: Input<'_>) -> Outcome<Vec<Permission>> {
    input.structures("body")?.into_iter().map(permission).collect()
}

pub(super) fn grant_permissions(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    scene.realm.permit(scene.owner, user(input)?, permissions(input)?, PermissionChange::Apply)?;
    Ok(Value::Null)
}

pub(super) fn update_user_permissions(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let change = match input.one_of("mode", &["apply", "delete", "patch"])? {
        Some("delete") => PermissionChange::Delete,
        Some("patch") => PermissionChange::Patch,
        _ => PermissionChange::Apply,
    };
    scene.realm.permit(scene.owner, user(input)?, permissions(input)?, change)?;
    Ok(Value::Null)
}

pub(super) fn clean_user_permissions(scene: &mut Scene<'_>, input: Input<'_>) -> Answer {
    let (user, clusters) = (user(input)?, input.texts("ClusterIds")?);
    // No log of the calls to API servers is kept, so that nothing speaks against it.
    input.truth("Force")?;
    scene.realm.forbid(scene.owner, user, &clusters)?;
    let task = scene.realm.add_task(NewTask::of_cluster(scene.owner, "user_permissions_clean", "").taking(0));
    Ok(json!({"task_id": task}))
}
