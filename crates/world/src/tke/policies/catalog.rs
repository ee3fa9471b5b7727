//! The policies of TKE: what each of them forbids (002:36439-36760).

use crate::cluster::Cluster;
use crate::kubernetes::names::{items, text};
use serde_json::Value;

/// The list that a policy is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What protects the cluster itself.
    Baseline,
    /// What TKE recommends.
    Priority,
    /// What gatekeeper's library has.
    Optional,
}

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The deletion of the cluster.
    ClusterDeletion,
    /// The deletion of an object of one of these kinds.
    Deletion(&'static [&'static str]),
    /// The creation or change of an object of that kind.
    Write(&'static str),
    /// It needs parameters that no operation sets.
    NotSimulated,
}

/// A policy.
#[derive(Debug)]
pub struct Policy {
    pub kind: &'static str,
    pub list: List,
    /// What it is about: the cluster, namespaces, storage and so on.
    pub category: &'static str,
    pub description: &'static str,
    /// Whether it is open from the start.
    pub open: bool,
    /// Whether new clusters deny what it forbids since June 2025 (002:36433).
    pub denied_since: bool,
    pub trigger: Trigger,
}

const fn policy(
    kind: &'static str,
    list: List,
    category: &'static str,
    trigger: Trigger,
    description: &'static str,
) -> Policy {
    Policy { kind, list, category, description, open: false, denied_since: false, trigger }
}

/// The policies whose effect is simulated, and those that TKE recommends.
pub const POLICIES: &[Policy] = &[
    Policy {
        open: true,
        ..policy(
            "blockclusterdeletion",
            List::Baseline,
            "cluster",
            Trigger::ClusterDeletion,
            "A cluster with nodes cannot be deleted.",
        )
    },
    Policy {
        open: true,
        denied_since: true,
        ..policy(
            "blocknamespacedeletion",
            List::Priority,
            "namespace",
            Trigger::Deletion(&["Namespace"]),
            "A namespace with pods cannot be deleted.",
        )
    },
    Policy {
        open: true,
        denied_since: true,
        ..policy(
            "blockcrddeletion",
            List::Priority,
            "configuration",
            Trigger::Deletion(&["CustomResourceDefinition"]),
            "A definition with objects cannot be deleted.",
        )
    },
    Policy {
        denied_since: true,
        ..policy(
            "blockpvdeletion",
            List::Priority,
            "storage",
            Trigger::Deletion(&["PersistentVolume"]),
            "A volume that is bound cannot be deleted.",
        )
    },
    Policy {
        denied_since: true,
        ..policy(
            "corednsprotect",
            List::Priority,
            "network",
            Trigger::Deletion(&["Deployment", "Service", "ConfigMap"]),
            "The cluster's DNS cannot be deleted.",
        )
    },
    policy(
        "disallowalwayspullimage",
        List::Priority,
        "compute",
        Trigger::Write("Pod"),
        "Containers do not pull their images always.",
    ),
    policy(
        "blockhostnetworkpod",
        List::Priority,
        "network",
        Trigger::Write("Pod"),
        "Pods do not use the host's network.",
    ),
    policy(
        "blockclusteripserviceexist",
        List::Priority,
        "network",
        Trigger::Write("Service"),
        "Services are not of the type ClusterIP.",
    ),
    policy(
        "blockmountablevolumetype",
        List::Priority,
        "storage",
        Trigger::NotSimulated,
        "Volumes are of certain types.",
    ),
    policy("tkeallowedrepos", List::Priority, "compute", Trigger::NotSimulated, "Images are of certain repositories."),
    policy("blockunknowndaemonset", List::Priority, "compute", Trigger::NotSimulated, "Only certain DaemonSets run."),
    policy(
        "resourcesdeletionprotection",
        List::Priority,
        "compute",
        Trigger::NotSimulated,
        "Objects with a certain label cannot be deleted.",
    ),
    policy(
        "k8sblockloadbalancer",
        List::Optional,
        "network",
        Trigger::Write("Service"),
        "Services have no load balancer.",
    ),
    policy(
        "k8sblocknodeport",
        List::Optional,
        "network",
        Trigger::Write("Service"),
        "Services are not of the type NodePort.",
    ),
    policy("k8simagedigests", List::Optional, "compute", Trigger::Write("Pod"), "Images are named with their digests."),
    policy("k8srequiredprobes", List::Optional, "compute", Trigger::Write("Pod"), "Containers have probes."),
    policy(
        "k8srequiredresources",
        List::Optional,
        "compute",
        Trigger::Write("Pod"),
        "Containers have a limit of memory, and requests.",
    ),
    policy(
        "k8spsphostnamespace",
        List::Optional,
        "compute",
        Trigger::Write("Pod"),
        "Pods share no namespaces of the host.",
    ),
    policy(
        "k8spspprivilegedcontainer",
        List::Optional,
        "compute",
        Trigger::Write("Pod"),
        "Containers are not privileged.",
    ),
];

/// The policy of that kind.
pub fn find(kind: &str) -> Option<&'static Policy> {
    POLICIES.iter().find(|policy| policy.kind == kind)
}

impl Policy {
    /// Why it forbids to delete an object, if it does.
    pub fn forbids_deletion(&self, cluster: &Cluster, object: &Value) -> Option<String> {
        let name = text(object, "/metadata/name");
        match self.kind {
            "blocknamespacedeletion" => {
                let pods = cluster.kubernetes.pods.iter().filter(|pod| pod.namespace == name && !pod.stopping).count();
                (pods > 0).then(|| format!("the namespace {name} has {pods} pods"))
            }
            "blockcrddeletion" => {
                let objects = cluster.kubernetes.store.count(name);
                (objects > 0).then(|| format!("the definition {name} has {objects} objects"))
            }
            "blockpvdeletion" => {
                (text(object, "/status/phase") == "Bound").then(|| format!("the volume {name} is bound"))
            }
            "corednsprotect" => {
                let protected = text(object, "/metadata/namespace") == "kube-system" && is_dns(name);
                protected.then(|| format!("{name} is the DNS of the cluster"))
            }
            _ => None,
        }
    }

    /// Why it forbids to create or change an object, if it does.
    pub fn forbids_write(&self, object: &Value) -> Option<String> {
        let kind = text(object, "/spec/type");
        let container = |why: &str, wrong: &dyn Fn(&Value) -> bool| {
            let found = items(object, "/spec/containers").iter().find(|container| wrong(container))?;
            Some(format!("the container {} {why}", text(found, "/name")))
        };
        let lacks = |container: &Value, path: &str| container.pointer(path).is_none_or(Value::is_null);
        match self.kind {
            "disallowalwayspullimage" => {
                container("pulls its image always", &|one| text(one, "/imagePullPolicy") == "Always")
            }
            "blockhostnetworkpod" => (object.pointer("/spec/hostNetwork") == Some(&Value::Bool(true)))
                .then(|| "it uses the host's network".into()),
            "blockclusteripserviceexist" => matches!(kind, "" | "ClusterIP").then(|| "its type is ClusterIP".into()),
            "k8sblockloadbalancer" => (kind == "LoadBalancer").then(|| "its type is LoadBalancer".into()),
            "k8sblocknodeport" => (kind == "NodePort").then(|| "its type is NodePort".into()),
            "k8simagedigests" => {
                container("has an image without a digest", &|one| !text(one, "/image").contains("@sha256:"))
            }
            "k8srequiredprobes" => {
                container("has no probe", &|one| lacks(one, "/readinessProbe") && lacks(one, "/livenessProbe"))
            }
            "k8srequiredresources" => container("lacks a limit of memory or a request", &|one| {
                let needed = ["/resources/limits/memory", "/resources/requests/cpu", "/resources/requests/memory"];
                needed.iter().any(|path| lacks(one, path))
            }),
            "k8spsphostnamespace" => {
                let shares = |field: &str| object.pointer(field) == Some(&Value::Bool(true));
                (shares("/spec/hostPID") || shares("/spec/hostIPC")).then(|| "it shares a namespace of the host".into())
            }
            "k8spspprivilegedcontainer" => container("is privileged", &|one| {
                one.pointer("/securityContext/privileged") == Some(&Value::Bool(true))
            }),
            _ => None,
        }
    }
}

/// Whether something of that name is the DNS of a cluster.
fn is_dns(name: &str) -> bool {
    matches!(name, "coredns" | "kube-dns")
}
