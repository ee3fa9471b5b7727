//! The prevention of privilege escalation: a user grants no more than the user has
//! (kubernetes.io/docs/reference/access-authn-authz/rbac, "Privilege escalation prevention and bootstrapping").

use super::{Act, BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, MASTERS, ROLES, allows, rules};
use crate::kubernetes::ControlPlane;
use crate::kubernetes::api::{Call, resource_of};
use crate::kubernetes::names::{items, name_of, text};
use crate::kubernetes::refusal::{Answer, Refusal};
use crate::kubernetes::store::{Key, Store};
use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Whether the rules of a user cover one verb on one resource.
fn covers(owned: &[&Value], verb: &str, group: &str, resource: &str, name: Option<&str>) -> bool {
    owned.iter().any(|rule| {
        let has = |path: &str, wanted: &str| {
            items(rule, path).iter().filter_map(Value::as_str).any(|there| there == "*" || there == wanted)
        };
        let part = resource.split_once('/').is_some_and(|(_, part)| has("/resources", &format!("*/{part}")));
        let names = items(rule, "/resourceNames");
        let named = names.is_empty() || name.is_some_and(|name| names.iter().any(|there| there == name));
        has("/verbs", verb) && has("/apiGroups", group) && (has("/resources", resource) || part) && named
    })
}

/// Whether the rules of a user cover one verb on a path.
fn covers_path(owned: &[&Value], verb: &str, path: &str) -> bool {
    owned.iter().any(|rule| {
        let fits = |there: &str| match there.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => there == path,
        };
        let texts = |path: &str| items(rule, path).iter().filter_map(Value::as_str).collect::<Vec<_>>();
        texts("/verbs").iter().any(|there| *there == "*" || *there == verb)
            && texts("/nonResourceURLs").iter().any(|there| fits(there))
    })
}

/// Whether the rules of a user cover a rule, whatever it combines.
fn covers_rule(owned: &[&Value], rule: &Value) -> bool {
    let texts = |path: &str| items(rule, path).iter().filter_map(Value::as_str).collect::<Vec<_>>();
    let verbs = texts("/verbs");
    let paths = texts("/nonResourceURLs");
    if !paths.iter().all(|path| verbs.iter().all(|verb| covers_path(owned, verb, path))) {
        return false;
    }
    let (groups, resources) = (texts("/apiGroups"), texts("/resources"));
    let mut names: Vec<Option<&str>> = texts("/resourceNames").into_iter().map(Some).collect();
    if names.is_empty() {
        names.push(None);
    }
    verbs.iter().all(|verb| {
        groups.iter().all(|group| {
            resources.iter().all(|resource| names.iter().all(|name| covers(owned, verb, group, resource, *name)))
        })
    })
}

/// A rule as Kubernetes writes it in its refusal.
fn written(rule: &Value) -> String {
    let parts = [
        ("APIGroups", "/apiGroups"),
        ("Resources", "/resources"),
        ("ResourceNames", "/resourceNames"),
        ("NonResourceURLs", "/nonResourceURLs"),
        ("Verbs", "/verbs"),
    ];
    let parts = parts.iter().filter(|(_, path)| !items(rule, path).is_empty());
    let parts: Vec<String> = parts.map(|(name, path)| format!("{name}:{}", json!(items(rule, path)))).collect();
    format!("{{{}}}", parts.join(", "))
}

/// The key of the role that a binding refers to.
pub(super) fn role_key(binding: &Value, namespace: &str) -> Key {
    let name = text(binding, "/roleRef/name");
    match text(binding, "/roleRef/kind") {
        "Role" => Key::new(ROLES, namespace, name),
        _ => Key::new(CLUSTER_ROLES, "", name),
    }
}

/// The verb that allows a user to grant more than the user has, and the role that it is about.
fn exemption(store: &Store, call: &Call<'_>, verb: &str, role: &Key) -> bool {
    let resource = role.kind.split('.').next().unwrap_or_default();
    let act = Act::Resource { verb, group: GROUP, resource, namespace: call.namespace(), name: &role.name };
    allows(store, call.request.user, act)
}

impl ControlPlane<'_, '_> {
    /// Checks that the user of a request has all that a role or a binding grants.
    pub(in crate::kubernetes) fn check_escalation(
        &self,
        call: &Call<'_>,
        old: Option<&Value>,
        new: &Value,
    ) -> Answer<()> {
        let user = call.request.user;
        if user.groups.contains(&MASTERS) {
            return Ok(());
        }
        let cluster = self.cluster(call.cluster)?;
        let store = &cluster.kubernetes.store;
        let granted: Vec<Value> = match call.resource.key.as_str() {
            CLUSTER_ROLES | ROLES => {
                let same = |part: &str| old.is_some_and(|old| old.get(part) == new.get(part));
                let key = Key::new(&call.resource.key, call.namespace(), name_of(new));
                if (same("rules") && same("aggregationRule")) || exemption(store, call, "escalate", &key) {
                    return Ok(());
                }
                let mut granted = items(new, "/rules").to_vec();
                // The rules of other roles come into a role that aggregates.
                if !items(new, "/aggregationRule/clusterRoleSelectors").is_empty() {
                    granted.push(json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}));
                    granted.push(json!({"nonResourceURLs": ["*"], "verbs": ["*"]}));
                }
                granted
            }
            CLUSTER_BINDINGS | BINDINGS => {
                let key = role_key(new, call.namespace());
                if exemption(store, call, "bind", &key) {
                    return Ok(());
                }
                let Some(role) = store.get(&key) else {
                    let roles = resource_of(cluster, &key.kind).ok_or_else(Refusal::unavailable)?;
                    return Err(Refusal::not_found(&roles, &key.name));
                };
                items(role, "/rules").to_vec()
            }
            _ => return Ok(()),
        };
        let owned: Vec<&Value> = rules(store, user, call.namespace()).collect();
        let missing: Vec<String> = granted.iter().filter(|rule| !covers_rule(&owned, rule)).map(written).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let why = format!(
            "user \"{}\" (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
            user.name,
            json!(user.groups),
            missing.join("\n")
        );
        Err(Refusal::forbidden(&call.resource, name_of(new), &why))
    }
}
