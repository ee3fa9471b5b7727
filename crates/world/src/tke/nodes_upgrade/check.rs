//! The check before a node is drained: no workload may lose all of its pods.

use crate::cluster::Cluster;
use crate::kubernetes::names::text;
use crate::kubernetes::store::Key;
use crate::kubernetes::system::WORKLOADS;
use crate::kubernetes::{Pod, SYSTEM};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Workloads of the system that the check passes over (002:4792-4802), and the successor of `cbs-provisioner`.
const PASSED_OVER: [&str; 6] = [
    "l7-lb-controller",
    "cbs-provisioner",
    "hpa-metrics-server",
    "service-controller",
    "cluster-autoscaler",
    "csi-cbs-controller",
];

/// What the check has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub workloads: Vec<CheckedWorkload>,
    /// Pods of the node that have no controller.
    pub single_pods: Vec<String>,
}

/// A workload with pods on the node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedWorkload {
    pub namespace: String,
    pub kind: String,
    pub name: String,
    /// Its running pods before the node is drained.
    pub before: u64,
    /// Its running pods after that.
    pub after: u64,
    /// Its pods on the node.
    pub pods: Vec<String>,
}

impl Check {
    /// Whether every workload keeps a pod.
    pub fn passes(&self) -> bool {
        self.fault().is_none()
    }

    /// The workload that would lose all of its pods.
    pub fn fault(&self) -> Option<String> {
        let lost = self.workloads.iter().find(|workload| workload.after == 0)?;
        Some(format!("{} {}/{} would have no running pod", lost.kind, lost.namespace, lost.name))
    }
}

impl Cluster {
    /// Checks what a drain of that node would leave.
    pub(super) fn drain_check(&self, node: &str) -> Check {
        let mut check = Check::default();
        let mut found: BTreeMap<(String, String, String), CheckedWorkload> = BTreeMap::new();
        for pod in self.kubernetes.pods.iter().filter(|pod| pod.is_ready() && !pod.is_daemon()) {
            let here = pod.node.as_deref() == Some(node);
            let Some((kind, name)) = self.controller_of(pod) else {
                if here {
                    check.single_pods.push(pod.name.clone());
                }
                continue;
            };
            if pod.namespace == SYSTEM && is_passed_over(&name) {
                continue;
            }
            let key = (pod.namespace.clone(), kind.clone(), name.clone());
            let workload = found.entry(key).or_default();
            (workload.namespace, workload.kind, workload.name) = (pod.namespace.clone(), kind, name);
            workload.before += 1;
            if here {
                workload.pods.push(pod.name.clone());
            } else {
                workload.after += 1;
            }
        }
        check.workloads = found.into_values().filter(|workload| !workload.pods.is_empty()).collect();
        check
    }

    /// The workload of a pod: the controller that callers know.
    fn controller_of(&self, pod: &Pod) -> Option<(String, String)> {
        let owner = pod.owner.as_ref()?;
        let known = (owner.kind.clone(), owner.name.clone());
        if owner.kind != "ReplicaSet" {
            return Some(known);
        }
        let set = self.kubernetes.store.get(&Key::new("replicasets.apps", &pod.namespace, &owner.name));
        let above = set.map(|set| text(set, "/metadata/ownerReferences/0/name")).filter(|name| !name.is_empty());
        Some(above.map_or(known, |name| ("Deployment".to_owned(), name.to_owned())))
    }
}

/// Whether the cloud itself handles the pods of a workload.
fn is_passed_over(name: &str) -> bool {
    PASSED_OVER.contains(&name) || WORKLOADS.iter().any(|(system, ..)| *system == name)
}
