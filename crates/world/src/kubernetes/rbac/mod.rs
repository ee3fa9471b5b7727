//! Role-based access control: what the roles that are bound to a user allow
//! (kubernetes.io/docs/reference/access-authn-authz/rbac).

mod escalation;
mod presets;

use super::ControlPlane;
use super::api::Call;
use super::names::{items, text};
use super::refusal::{Answer, Refusal};
use super::request::User;
use super::store::Store;
pub use presets::{Access, cluster_roles};
use serde_json::{Value, json};

/// The group of users who may do everything.
const MASTERS: &str = "system:masters";
/// Questions about oneself, which everybody may ask.
const OWN_QUESTIONS: [&str; 3] = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

/// What cluster roles are kept under.
pub const CLUSTER_ROLES: &str = "clusterroles.rbac.authorization.k8s.io";
/// What bindings for a whole cluster are kept under.
pub const CLUSTER_BINDINGS: &str = "clusterrolebindings.rbac.authorization.k8s.io";
/// What roles of namespaces are kept under.
pub const ROLES: &str = "roles.rbac.authorization.k8s.io";
/// What bindings in namespaces are kept under.
pub const BINDINGS: &str = "rolebindings.rbac.authorization.k8s.io";

/// What a user wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Act<'a> {
    Resource {
        verb: &'a str,
        group: &'a str,
        /// `pods`, or `pods/log`.
        resource: &'a str,
        /// Empty for kinds without namespaces, and for all namespaces.
        namespace: &'a str,
        /// Empty for all objects.
        name: &'a str,
    },
    Path {
        verb: &'a str,
        path: &'a str,
    },
}

impl Act<'_> {
    fn namespace(&self) -> &str {
        match self {
            Self::Resource { namespace, .. } => namespace,
            Self::Path { .. } => "",
        }
    }
}

/// Whether the roles of a user allow it.
pub fn allows(store: &Store, user: User<'_>, act: Act<'_>) -> bool {
    if user.groups.contains(&MASTERS) {
        return true;
    }
    if let Act::Resource { verb: "create", resource, .. } = act
        && OWN_QUESTIONS.contains(&resource)
    {
        return true;
    }
    rules(store, user, act.namespace()).any(|rule| permits(rule, act))
}

/// The rules that apply to a user in a namespace, or, without one, in the cluster.
pub fn rules<'a>(store: &'a Store, user: User<'a>, namespace: &'a str) -> impl Iterator<Item = &'a Value> {
    let bound = move |binding: &&std::sync::Arc<Value>| is_bound(binding, user);
    let everywhere = store.list(CLUSTER_BINDINGS, None).filter(bound);
    let here = (!namespace.is_empty()).then(|| store.list(BINDINGS, Some(namespace)));
    let here = here.into_iter().flatten().filter(bound);
    everywhere.chain(here).filter_map(|binding| role(store, binding)).flat_map(|role| items(role, "/rules"))
}

/// Whether a binding names the user, one of the groups, or the service account that the user is.
fn is_bound(binding: &Value, user: User<'_>) -> bool {
    items(binding, "/subjects").iter().any(|subject| {
        let name = text(subject, "/name");
        match text(subject, "/kind") {
            "User" => name == user.name,
            "Group" => user.groups.contains(&name),
            "ServiceAccount" => {
                let namespace = match text(subject, "/namespace") {
                    "" => text(binding, "/metadata/namespace"),
                    namespace => namespace,
                };
                user.name == format!("system:serviceaccount:{namespace}:{name}")
            }
            _ => false,
        }
    })
}

/// The role of a binding.
fn role<'a>(store: &'a Store, binding: &Value) -> Option<&'a Value> {
    store.get(&escalation::role_key(binding, text(binding, "/metadata/namespace"))).map(|role| &**role)
}

/// Whether a rule allows it.
fn permits(rule: &Value, act: Act<'_>) -> bool {
    let has = |path: &str, wanted: &str| {
        items(rule, path).iter().filter_map(Value::as_str).any(|there| there == "*" || there == wanted)
    };
    match act {
        Act::Resource { verb, group, resource, name, .. } => {
            // `*/scale` is that part of every kind.
            let part = resource.split_once('/').is_some_and(|(_, part)| has("/resources", &format!("*/{part}")));
            let names = items(rule, "/resourceNames");
            let named = names.is_empty() || names.iter().filter_map(Value::as_str).any(|there| there == name);
            has("/verbs", verb) && has("/apiGroups", group) && (has("/resources", resource) || part) && named
        }
        Act::Path { verb, path } => {
            let paths = items(rule, "/nonResourceURLs").iter().filter_map(Value::as_str);
            let fits = |there: &str| match there.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == there,
            };
            has("/verbs", verb) && paths.into_iter().any(fits)
        }
    }
}

impl ControlPlane<'_, '_> {
    /// Why a user may not be treated as another one in those groups; nothing if it may
    /// (kubernetes.io/docs/reference/access-authn-authz/authentication, "User impersonation").
    pub fn refuses_impersonation(&self, cluster: &str, user: User<'_>, name: &str, groups: &[&str]) -> Option<Refusal> {
        let Ok(cluster) = self.cluster(cluster) else { return Some(Refusal::unavailable()) };
        let account = name.strip_prefix("system:serviceaccount:").and_then(|name| name.split_once(':'));
        let (resource, namespace, name) = match account {
            Some((namespace, name)) => ("serviceaccounts", namespace, name),
            None => ("users", "", name),
        };
        let wanted = groups.iter().map(|group| ("groups", "", *group));
        let (resource, _, name) = std::iter::once((resource, namespace, name)).chain(wanted).find(|wanted| {
            let (resource, namespace, name) = *wanted;
            let act = Act::Resource { verb: "impersonate", group: "", resource, namespace, name };
            !allows(&cluster.kubernetes.store, user, act)
        })?;
        let message = format!(
            "{resource} \"{name}\" is forbidden: User \"{}\" cannot impersonate resource \"{resource}\" in API group \"\" \
             at the cluster scope",
            user.name
        );
        Some(Refusal::new(403, "Forbidden", message))
    }

    /// Checks that the user of a request may do that.
    pub(super) fn authorize(&self, call: &Call<'_>, verb: &str) -> Answer<()> {
        let resource = match &call.path.subresource {
            Some(part) => format!("{}/{part}", call.resource.plural),
            None => call.resource.plural.clone(),
        };
        let (group, namespace, name) = (call.resource.group.as_str(), call.namespace(), call.name());
        let act = Act::Resource { verb, group, resource: &resource, namespace, name };
        let user = call.request.user;
        if allows(&self.cluster(call.cluster)?.kubernetes.store, user, act) {
            return Ok(());
        }
        let place = match namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let user = user.name;
        let why = format!("User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" {place}");
        Err(Refusal::forbidden(&call.resource, name, &why))
    }

    /// The rules that a user has in a namespace, as a review tells them.
    pub(super) fn rules_of(&self, cluster: &str, user: User<'_>, namespace: &str) -> Answer<Value> {
        let store = &self.cluster(cluster)?.kubernetes.store;
        let (mut resources, mut paths) = (Vec::new(), Vec::new());
        if user.groups.contains(&MASTERS) {
            resources.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
            paths.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
        }
        resources.push(json!({"verbs": ["create"], "apiGroups": ["authorization.k8s.io", "authentication.k8s.io"],
            "resources": OWN_QUESTIONS}));
        for rule in rules(store, user, namespace) {
            if rule.get("nonResourceURLs").is_some() { &mut paths } else { &mut resources }.push(rule.clone());
        }
        Ok(json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false}))
    }
}
