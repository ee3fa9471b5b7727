//! The roles that every cluster has (kubernetes.io/docs/reference/access-authn-authz/rbac, "User-facing roles").

use serde_json::{Value, json};

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// What people see of a namespace: group and resources.
const VISIBLE: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "pods/status",
        ],
    ),
    ("", &["replicationcontrollers", "replicationcontrollers/scale", "resourcequotas", "serviceaccounts", "services"]),
    ("apps", &["controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets"]),
    ("apps", &["replicasets/scale", "statefulsets", "statefulsets/scale"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("discovery.k8s.io", &["endpointslices"]),
    ("extensions", &["daemonsets", "deployments", "deployments/scale", "ingresses", "networkpolicies", "replicasets"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ("policy", &["poddisruptionbudgets"]),
];
/// What only those see who may write.
const SECRET: &[(&str, &[&str])] = &[("", &["secrets", "pods/eviction", "serviceaccounts/token"])];
/// What the administrator of a namespace has, too.
const ROLES: &[(&str, &[&str])] = &[("rbac.authorization.k8s.io", &["rolebindings", "roles"])];
/// What the operators of a cluster have, too.
const CLUSTER: &[(&str, &[&str])] =
    &[("", &["namespaces", "nodes", "persistentvolumes", "resourcequotas"]), ("storage.k8s.io", &["storageclasses"])];

type Part = (&'static [&'static str], &'static [(&'static str, &'static [&'static str])]);

/// What a preset role allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    All,
    /// To write what is in namespaces, the roles of namespaces included.
    Administer,
    /// To write what is in namespaces, and nodes, volumes, namespaces and quotas.
    Operate,
    /// To write what is in namespaces.
    Write,
    /// To read what is in namespaces, but for secrets.
    Read,
}

/// The cluster roles that every cluster has.
const KUBERNETES: [(&str, Access); 4] =
    [("cluster-admin", Access::All), ("admin", Access::Administer), ("edit", Access::Write), ("view", Access::Read)];

/// The names and the rules of the cluster roles of a new cluster: those of Kubernetes, and the vendor's.
pub fn cluster_roles(of_vendor: &'static [(&'static str, Access)]) -> impl Iterator<Item = (&'static str, Value)> {
    KUBERNETES.iter().chain(of_vendor).map(|(name, access)| (*name, rules(access.parts())))
}

impl Access {
    fn parts(self) -> &'static [Part] {
        match self {
            Self::All => &[],
            Self::Administer => &[(WRITE, VISIBLE), (WRITE, SECRET), (WRITE, ROLES)],
            Self::Operate => &[(WRITE, VISIBLE), (WRITE, SECRET), (WRITE, CLUSTER)],
            Self::Write => &[(WRITE, VISIBLE), (WRITE, SECRET)],
            Self::Read => &[(READ, VISIBLE)],
        }
    }
}

fn rules(parts: &[Part]) -> Value {
    if parts.is_empty() {
        return json!([
            {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
            {"verbs": ["*"], "nonResourceURLs": ["*"]},
        ]);
    }
    let rule = |verbs: &[&str], group: &str, resources: &[&str]| json!({"verbs": verbs, "apiGroups": [group], "resources": resources});
    parts
        .iter()
        .flat_map(|(verbs, groups)| groups.iter().map(move |(group, resources)| rule(verbs, group, resources)))
        .collect()
}
