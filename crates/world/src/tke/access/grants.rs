//! The permissions of users: bindings of preset and other roles, for a cluster or for a namespace of it.

use super::{ADMIN, CLUSTER_BINDINGS_PATH, bindings_of, is_user, path};
use crate::cluster::{Cluster, Stage};
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::names::{items, namespace_of, text};
use crate::kubernetes::rbac::{CLUSTER_ROLES, ROLES};
use crate::kubernetes::store::Key;
use crate::tke::Tke;
use serde_json::{Value, json};

/// The preset roles for all namespaces (002:3471).
const OF_CLUSTER: [&str; 4] = [ADMIN, "tke:ops", "tke:dev", "tke:ro"];
/// The preset roles for one namespace (002:3481).
const OF_NAMESPACE: [&str; 2] = ["tke:ns:dev", "tke:ns:ro"];
/// The most permissions of a request.
const MOST: usize = 100;
/// The label of the bindings of a user, and the annotation with the user's name (002:3489).
const ACCOUNT_LABEL: &str = "cloud.tencent.com/tke-account";
const NAME_ANNOTATION: &str = "cloud.tencent.com/tke-account-nickname";

/// A role that a user has in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    pub role: String,
    /// The namespace that it is for; none for the whole cluster.
    pub namespace: Option<String>,
    /// Whether the role is not one of the preset ones.
    pub custom: bool,
}

/// Permissions, each in a cluster.
pub type Permissions = [(String, Permission)];

fn is_preset(role: &str) -> bool {
    OF_CLUSTER.contains(&role) || OF_NAMESPACE.contains(&role)
}

/// The permission that a binding gives.
fn permission(binding: &Value) -> Permission {
    let role = text(binding, "/roleRef/name").to_owned();
    let namespace = Some(namespace_of(binding).to_owned()).filter(|namespace| !namespace.is_empty());
    Permission { custom: !is_preset(&role), role, namespace }
}

/// The kind of the role that a permission is about.
fn role_kind(cluster: &Cluster, permission: &Permission) -> &'static str {
    let namespace = permission.namespace.as_deref().unwrap_or_default();
    let key = Key::new(ROLES, namespace, &permission.role);
    if permission.custom && !namespace.is_empty() && cluster.kubernetes.store.get(&key).is_some() {
        "Role"
    } else {
        "ClusterRole"
    }
}

/// Whether the cluster has what the permission is about.
fn check(cluster: &Cluster, permission: &Permission) -> Outcome<()> {
    let Permission { role, namespace, custom } = permission;
    let id = &cluster.id;
    let preset: &[&str] = if namespace.is_some() { &OF_NAMESPACE } else { &OF_CLUSTER };
    if !custom && !preset.contains(&role.as_str()) {
        let message = format!("RoleName is one of {} unless IsCustom is true, not {role}", preset.join(", "));
        return Err(Reason::Invalid.because(message));
    }
    if *custom && is_preset(role) {
        return Err(Reason::Invalid.because(format!("IsCustom is true, and RoleName {role} is a preset role")));
    }
    if let Some(namespace) = namespace
        && cluster.kubernetes.namespaces.get(namespace).is_none()
    {
        return Err(Reason::Invalid.because(format!("the cluster {id} has no Namespace {namespace}")));
    }
    let key = match role_kind(cluster, permission) {
        "Role" => return Ok(()),
        _ => Key::new(CLUSTER_ROLES, "", role),
    };
    if cluster.kubernetes.store.get(&key).is_none() {
        return Err(Reason::Invalid.because(format!("the cluster {id} has no role {role} (RoleName)")));
    }
    Ok(())
}

impl Tke<'_> {
    /// The permissions of a user in the running clusters, as their bindings give them.
    pub fn permissions(&self, user: &str) -> Outcome<Vec<(String, Permission)>> {
        self.check_user(user)?;
        let running = self.0.clusters().filter(|cluster| cluster.stage == Stage::Up);
        let of_cluster = |cluster: &Cluster| {
            let common_name = cluster.tke().access.common_name(user)?;
            Some(
                bindings_of(cluster, common_name)
                    .map(|binding| (cluster.id.clone(), permission(binding)))
                    .collect::<Vec<_>>(),
            )
        };
        Ok(running.filter_map(of_cluster).flatten().collect())
    }

    /// Lets a user have these permissions and no others.
    pub fn grant(&mut self, caller: &str, user: &str, wanted: &Permissions) -> Outcome<()> {
        self.check_target(caller, user, wanted)?;
        let has = self.permissions(user)?;
        let mut added: Vec<&(String, Permission)> = Vec::new();
        for new in wanted {
            if !has.contains(new) && !added.contains(&new) {
                added.push(new);
            }
        }
        let surplus: Vec<_> = has.iter().filter(|old| !wanted.contains(old) && !self.is_lasting(user, old)).collect();
        for (cluster, _) in added.iter().chain(&surplus) {
            self.check_admin(cluster, caller)?;
        }
        for (cluster, permission) in added {
            self.credential(cluster, user)?;
            self.add_permission(cluster, user, permission)?;
        }
        for (cluster, permission) in surplus {
            self.remove_permission(cluster, user, permission)?;
        }
        Ok(())
    }

    /// Takes these permissions from a user; all of them if there are none.
    pub fn revoke(&mut self, caller: &str, user: &str, unwanted: &Permissions) -> Outcome<()> {
        self.check_target(caller, user, unwanted)?;
        let has = self.permissions(user)?;
        if let Some((cluster, missing)) = unwanted.iter().find(|unwanted| !has.contains(unwanted)) {
            let message = format!("the user {user} has no permission {} in the cluster {cluster}", missing.role);
            return Err(Reason::Invalid.because(message));
        }
        if let Some((cluster, _)) = unwanted.iter().find(|unwanted| self.is_lasting(user, unwanted)) {
            let message = format!("the user {user} created the cluster {cluster} and keeps the role {ADMIN}");
            return Err(Reason::Invalid.because(message));
        }
        let left: Vec<_> = has.into_iter().filter(|has| !unwanted.is_empty() && !unwanted.contains(has)).collect();
        self.grant(caller, user, &left)
    }

    /// Whether the permission is one that the creator of a cluster keeps.
    fn is_lasting(&self, user: &str, (cluster, permission): &(String, Permission)) -> bool {
        let lasting = self.0.cluster(cluster).is_ok_and(|cluster| self.is_lasting_admin(cluster, user));
        lasting && permission.role == ADMIN
    }

    /// Checks whose permissions are changed, and that the clusters have what they are about.
    fn check_target(&self, caller: &str, user: &str, permissions: &Permissions) -> Outcome<()> {
        self.check_user(user)?;
        if user == self.0.key.account {
            return Err(Reason::Invalid.because("TargetUin is the account itself, whose permissions cannot be changed"));
        }
        if user == caller {
            return Err(Reason::Invalid.because("TargetUin is the caller, who cannot change permissions of its own"));
        }
        if permissions.len() > MOST {
            return Err(Reason::Invalid.because(format!("Permissions has at most {MOST} items")));
        }
        for (cluster, permission) in permissions {
            check(self.0.running_cluster(cluster)?, permission)?;
        }
        Ok(())
    }

    /// Creates the binding of a user who has a credential.
    pub(super) fn add_permission(&mut self, cluster_id: &str, user: &str, permission: &Permission) -> Outcome<()> {
        let nickname = self.0.users.name(&self.0.key.account, user).unwrap_or(user).to_owned();
        let cluster = self.0.running_cluster(cluster_id)?;
        let common_name = cluster.tke().access.common_name(user).unwrap_or_default();
        let (kind, path) = match &permission.namespace {
            None => ("ClusterRoleBinding", CLUSTER_BINDINGS_PATH.to_owned()),
            Some(namespace) => {
                ("RoleBinding", format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings"))
            }
        };
        let body = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind,
            "metadata": {"name": format!("{user}-{}", permission.role), "labels": {ACCOUNT_LABEL: user},
                "annotations": {NAME_ANNOTATION: nickname}},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind(cluster, permission),
                "name": permission.role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": common_name}],
        });
        self.kube(cluster_id, "POST", &path, Some(&body)).map(drop)
    }

    /// Removes a user from the bindings that give a permission, and those that are empty then.
    fn remove_permission(&mut self, cluster_id: &str, user: &str, unwanted: &Permission) -> Outcome<()> {
        let cluster = self.0.running_cluster(cluster_id)?;
        let common_name = cluster.tke().access.common_name(user).unwrap_or_default().to_owned();
        let of_user = bindings_of(cluster, &common_name).filter(|binding| permission(binding) == *unwanted);
        let bindings: Vec<Value> = of_user.cloned().collect();
        for mut binding in bindings {
            let path = path(&binding);
            let others = items(&binding, "/subjects").iter().filter(|subject| !is_user(subject, &common_name));
            let others: Vec<Value> = others.cloned().collect();
            if others.is_empty() {
                self.kube(cluster_id, "DELETE", &path, None)?;
            } else {
                binding["subjects"] = json!(others);
                self.kube(cluster_id, "PUT", &path, Some(&binding))?;
            }
        }
        Ok(())
    }
}
