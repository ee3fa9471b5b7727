//! Who may do what in the Kubernetes of a cluster. Each user of the account has a client certificate and a token of its
//! own, and the rights that its bindings give. The account and the user who created the cluster may do everything.

pub mod authentication;
pub mod grants;

use crate::cluster::Cluster;
use crate::kernel::engine::NamedUser;
use crate::kernel::ids::hexadecimal;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::names::{items, name_of, namespace_of, text};
use crate::kubernetes::rbac::{BINDINGS, CLUSTER_BINDINGS};
use crate::tke::Tke;
use crate::tke::objects::segment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The role of administrators.
pub const ADMIN: &str = "tke:admin";
/// The group of all users who are known.
const AUTHENTICATED: &str = "system:authenticated";
/// The group of users whose rights no binding takes away.
const MASTERS: &str = "system:masters";

/// The users of one cluster.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The user who created the cluster.
    creator: Option<String>,
    /// By the identifier of the user.
    credentials: BTreeMap<String, Credential>,
    pub authentication: authentication::Authentication,
}

/// How a user of the account is known in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// The common name of the client certificate, which is the user's name in Kubernetes.
    pub common_name: String,
    pub token: String,
    pub groups: Vec<String>,
    /// Seconds since 1970.
    issued: Millis,
}

impl Access {
    /// The user whose token that is.
    pub fn user_of_token(&self, token: &str) -> Option<NamedUser> {
        let found = self.credentials.values().find(|credential| credential.token == token)?;
        Some(NamedUser { name: found.common_name.clone(), groups: found.groups.clone() })
    }

    /// Whether a certificate of that common name is valid.
    pub fn knows(&self, common_name: &str) -> bool {
        self.credentials.values().any(|credential| credential.common_name == common_name)
    }

    /// The common name of a user who has a certificate.
    fn common_name(&self, user: &str) -> Option<&str> {
        self.credentials.get(user).map(|credential| credential.common_name.as_str())
    }
}

/// Whether a binding names the user of that common name.
fn names_user(binding: &Value, common_name: &str) -> bool {
    items(binding, "/subjects").iter().any(|subject| is_user(subject, common_name))
}

fn is_user(subject: &Value, common_name: &str) -> bool {
    text(subject, "/kind") == "User" && text(subject, "/name") == common_name
}

/// The path of a binding in the API.
fn path(binding: &Value) -> String {
    let name = segment(name_of(binding));
    match namespace_of(binding) {
        "" => format!("{CLUSTER_BINDINGS_PATH}/{name}"),
        namespace => format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/{name}"),
    }
}

const CLUSTER_BINDINGS_PATH: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/// The bindings of a cluster that name the user of that common name.
fn bindings_of<'a>(cluster: &'a Cluster, common_name: &'a str) -> impl Iterator<Item = &'a Value> {
    let store = &cluster.kubernetes.store;
    let all = store.list(CLUSTER_BINDINGS, None).chain(store.list(BINDINGS, None));
    all.map(|binding| &**binding).filter(move |binding| names_user(binding, common_name))
}

impl Tke<'_> {
    /// Sets the user who created a cluster.
    pub fn set_creator(&mut self, cluster: &str, user: &str) -> Outcome<()> {
        self.0.cluster_mut(cluster)?.tke_mut().access.creator = Some(user.to_owned());
        Ok(())
    }

    /// Binds the account and the creator of a cluster that has come up to the role of administrators (002:3417).
    pub(super) fn start_access(&mut self, cluster: &str) {
        let account = self.0.key.account.clone();
        let creator = self.0.cluster(cluster).ok().and_then(|cluster| cluster.tke().access.creator.clone());
        for user in [Some(account.clone()), creator.filter(|user| *user != account)].into_iter().flatten() {
            // A new cluster has no such binding.
            let _ = self.bind_admin(cluster, &user);
        }
    }

    /// Whether nothing takes the rights of the user away.
    fn is_lasting_admin(&self, cluster: &Cluster, user: &str) -> bool {
        user == self.0.key.account || cluster.tke().access.creator.as_deref() == Some(user)
    }

    /// Whether the user administers the cluster (002:3519).
    pub(super) fn is_admin(&self, cluster: &Cluster, user: &str) -> bool {
        if self.is_lasting_admin(cluster, user) {
            return true;
        }
        let Some(common_name) = cluster.tke().access.common_name(user) else { return false };
        let is_admin = |binding: &Value| {
            namespace_of(binding).is_empty()
                && text(binding, "/roleRef/kind") == "ClusterRole"
                && text(binding, "/roleRef/name") == ADMIN
        };
        bindings_of(cluster, common_name).any(is_admin)
    }

    /// Checks that the user administers the cluster.
    pub(super) fn check_admin(&self, cluster_id: &str, user: &str) -> Outcome<()> {
        let cluster = self.0.running_cluster(cluster_id)?;
        if self.is_admin(cluster, user) {
            return Ok(());
        }
        let message =
            format!("the user {user} does not administer the cluster {cluster_id}: it needs the role {ADMIN}");
        Err(Reason::Forbidden.because(message))
    }

    /// Checks that the user belongs to the account.
    pub fn check_user(&self, user: &str) -> Outcome<()> {
        match self.0.users.name(&self.0.key.account, user) {
            Some(_) => Ok(()),
            None => Err(Reason::Invalid.because(format!("the account has no sub-account {user}"))),
        }
    }

    /// The credential of a user, which is issued when it is first needed. It brings no rights (002:3423).
    pub fn credential(&mut self, cluster_id: &str, user: &str) -> Outcome<Credential> {
        let cluster = self.0.running_cluster(cluster_id)?;
        match cluster.tke().access.credentials.get(user) {
            Some(credential) => Ok(credential.clone()),
            None => self.issue(cluster_id, user),
        }
    }

    fn issue(&mut self, cluster_id: &str, user: &str) -> Outcome<Credential> {
        self.check_user(user)?;
        let cluster = self.0.running_cluster(cluster_id)?;
        let old = cluster.tke().access.credentials.get(user);
        // Two certificates of a user never have the same name.
        let issued = (self.0.now / SECOND).max(old.map_or(0, |old| old.issued + 1));
        let common_name = format!("{user}-{issued}");
        let token = hexadecimal(&format!("token of {common_name} in {}", cluster.password()), 48);
        let lasting = self.is_lasting_admin(cluster, user).then_some(MASTERS);
        let groups = lasting.into_iter().chain([AUTHENTICATED]).map(str::to_owned).collect();
        let credential = Credential { common_name, token, groups, issued };
        let access = &mut self.0.cluster_mut(cluster_id)?.tke_mut().access;
        access.credentials.insert(user.to_owned(), credential.clone());
        Ok(credential)
    }

    /// Issues new credentials of users, whose old ones end. Their bindings follow. Only administrators do it for others
    /// (002:3761).
    pub fn renew_credentials(&mut self, cluster_id: &str, caller: &str, users: &[String]) -> Outcome<()> {
        self.0.running_cluster(cluster_id)?;
        for user in users {
            self.check_user(user)?;
        }
        if users.iter().any(|user| user != caller) {
            self.check_admin(cluster_id, caller)?;
        }
        for user in users {
            let old = self.0.running_cluster(cluster_id)?.tke().access.common_name(user).map(str::to_owned);
            let new = self.issue(cluster_id, user)?.common_name;
            if let Some(old) = old {
                self.rename_subject(cluster_id, &old, &new)?;
            }
        }
        Ok(())
    }

    fn rename_subject(&mut self, cluster_id: &str, old: &str, new: &str) -> Outcome<()> {
        let cluster = self.0.running_cluster(cluster_id)?;
        let bindings: Vec<Value> = bindings_of(cluster, old).cloned().collect();
        for mut binding in bindings {
            let subjects = binding["subjects"].as_array_mut().into_iter().flatten();
            for subject in subjects.filter(|subject| is_user(subject, old)) {
                subject["name"] = json!(new);
            }
            self.kube(cluster_id, "PUT", &path(&binding), Some(&binding))?;
        }
        Ok(())
    }

    /// Binds a user to the role of administrators.
    pub fn bind_admin(&mut self, cluster_id: &str, user: &str) -> Outcome<()> {
        let common_name = self.credential(cluster_id, user)?.common_name;
        let cluster = self.0.running_cluster(cluster_id)?;
        let has = |binding: &Value| namespace_of(binding).is_empty() && text(binding, "/roleRef/name") == ADMIN;
        if bindings_of(cluster, &common_name).any(has) {
            return Err(Reason::InUse.because(format!("the user {user} has the role {ADMIN} already")));
        }
        let permission = grants::Permission { role: ADMIN.to_owned(), namespace: None, custom: false };
        self.add_permission(cluster_id, user, &permission)
    }
}
