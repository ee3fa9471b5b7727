//! What users may do in clusters, and the bindings of Kubernetes that say so.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::tenancy::Owner;
use crate::cluster::Stage;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::rbac::Access;
use crate::kubernetes::request::ApiRequest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The cluster roles that the vendor adds to clusters.
pub const ROLES: [(&str, Access); 4] = [
    ("cs:admin:view", Access::Read),
    ("cs:ops", Access::Operate),
    ("cs:ns:dev", Access::Write),
    ("cs:ns:restricted", Access::Read),
];

/// Where a permission counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Scope {
    AllClusters,
    Cluster(String),
    Namespace { cluster: String, namespace: String },
}

/// A permission of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    pub scope: Scope,
    /// The preset role, or the cluster role of the user's own.
    pub role: String,
    pub custom: bool,
    /// The user is a role that others take.
    pub ram_role: bool,
}

/// How the permissions of a user change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionChange {
    /// They are replaced.
    Apply,
    Delete,
    Patch,
}

impl Permission {
    /// The cluster role of Kubernetes.
    fn cluster_role(&self) -> &str {
        match self.role.as_str() {
            _ if self.custom => &self.role,
            "admin" => "cluster-admin",
            "admin-view" => "cs:admin:view",
            "ops" => "cs:ops",
            "dev" => "cs:ns:dev",
            "restricted" => "cs:ns:restricted",
            other => other,
        }
    }

    /// Whether a permission of that role can count there.
    fn check(&self) -> Outcome<()> {
        const PRESET: [&str; 5] = ["admin", "admin-view", "ops", "dev", "restricted"];
        let role = self.role.as_str();
        if !self.custom && !PRESET.contains(&role) {
            let message = format!("role_name is one of {}, or custom, not {role}", PRESET.join(", "));
            return Err(Reason::Invalid.because(message));
        }
        let wrong = match &self.scope {
            _ if self.custom => false,
            Scope::Namespace { .. } => matches!(role, "admin" | "admin-view" | "ops"),
            Scope::AllClusters => role == "admin-view",
            Scope::Cluster(_) => false,
        };
        if wrong {
            return Err(Reason::Invalid.because(format!("role_name: {role} is not for that role_type")));
        }
        Ok(())
    }
}

impl Realm {
    /// The permissions of a user.
    pub fn permissions_of(&self, user: &str) -> &[Permission] {
        self.ack.permissions.get(user).map_or(&[], Vec::as_slice)
    }
}

impl Ack<'_> {
    /// Changes the permissions of a user, and the bindings in the clusters that they are for.
    pub fn permit(
        &mut self,
        owner: &Owner,
        user: &str,
        permissions: Vec<Permission>,
        change: PermissionChange,
    ) -> Outcome<()> {
        for (place, permission) in permissions.iter().enumerate() {
            permission.check()?;
            if permissions.iter().take(place).any(|other| other.scope == permission.scope) {
                return Err(Reason::Invalid.because("there is one permission for each cluster and namespace"));
            }
            if let Scope::Cluster(cluster) | Scope::Namespace { cluster, .. } = &permission.scope {
                self.0.realm.answering(owner, cluster, self.0.now)?;
            }
            if let Scope::Namespace { cluster, namespace } = &permission.scope {
                let there = self.0.realm.clusters.get(cluster);
                if !there.is_some_and(|cluster| cluster.kubernetes.namespaces.contains(namespace)) {
                    let message = format!("namespace: the cluster {cluster} has no namespace {namespace}");
                    return Err(Reason::Invalid.because(message));
                }
            }
        }
        let old = self.0.realm.permissions_of(user).to_vec();
        let new = match change {
            PermissionChange::Apply => permissions,
            PermissionChange::Delete => old.iter().filter(|one| !permissions.contains(one)).cloned().collect(),
            PermissionChange::Patch => {
                let kept = old.iter().filter(|one| !permissions.iter().any(|other| other.scope == one.scope));
                kept.cloned().chain(permissions.iter().cloned()).collect()
            }
        };
        for gone in old.iter().filter(|one| !new.contains(one)) {
            self.bind(user, gone, false);
        }
        for fresh in new.iter().filter(|one| !old.contains(one)) {
            self.bind(user, fresh, true);
        }
        self.0.realm.ack.permissions.insert(user.to_owned(), new);
        Ok(())
    }

    /// Takes the permissions of a user away, in those clusters or in all.
    pub fn forbid(&mut self, owner: &Owner, user: &str, clusters: &[String]) -> Outcome<()> {
        for cluster in clusters {
            self.0.realm.dedicated(owner, cluster)?;
        }
        let meant = |permission: &Permission| match &permission.scope {
            _ if clusters.is_empty() => true,
            Scope::AllClusters => false,
            Scope::Cluster(cluster) | Scope::Namespace { cluster, .. } => clusters.contains(cluster),
        };
        let old = self.0.realm.permissions_of(user).to_vec();
        for gone in old.iter().filter(|one| meant(one)) {
            self.bind(user, gone, false);
        }
        self.0.realm.ack.permissions.insert(user.to_owned(), old.into_iter().filter(|one| !meant(one)).collect());
        Ok(())
    }

    /// Creates or deletes the binding of a permission.
    fn bind(&mut self, user: &str, permission: &Permission, bound: bool) {
        let (clusters, namespace) = match &permission.scope {
            Scope::AllClusters => {
                let up = self.0.realm.ack.clusters.iter().map(|dedicated| dedicated.cluster.clone());
                (up.collect::<Vec<_>>(), None)
            }
            Scope::Cluster(cluster) => (vec![cluster.clone()], None),
            Scope::Namespace { cluster, namespace } => (vec![cluster.clone()], Some(namespace.as_str())),
        };
        let everywhere = if permission.scope == Scope::AllClusters { "-all" } else { "" };
        for cluster in clusters {
            self.bind_in(&cluster, namespace, &format!("{user}{everywhere}"), user, permission.cluster_role(), bound);
        }
    }

    fn bind_in(&mut self, cluster: &str, namespace: Option<&str>, prefix: &str, user: &str, role: &str, bound: bool) {
        if !self.0.realm.clusters.get(cluster).is_some_and(|cluster| cluster.stage == Stage::Up) {
            return;
        }
        let (kind, path) = match namespace {
            Some(namespace) => ("RoleBinding", format!("/namespaces/{namespace}/rolebindings")),
            None => ("ClusterRoleBinding", "/clusterrolebindings".to_owned()),
        };
        let name = format!("{prefix}-{}", kind.to_lowercase());
        let path = format!("/apis/rbac.authorization.k8s.io/v1{path}");
        let object: Value = json!({
            "kind": kind, "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        });
        let body = if bound { object.to_string() } else { String::new() };
        let target = if bound { path } else { format!("{path}/{name}") };
        let request = ApiRequest {
            method: if bound { "POST" } else { "DELETE" },
            path_and_query: &target,
            content_type: "application/json",
            user_agent: "ack",
            body: body.as_bytes(),
            ..ApiRequest::default()
        };
        // A binding that someone has deleted, or made, stays so.
        let _ = self.control_plane().request(cluster, request);
    }
}
