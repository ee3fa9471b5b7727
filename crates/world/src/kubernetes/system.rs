//! The controllers of the pods that every cluster has, as objects of the API. The cloud itself sees to their pods.

use super::{Pod, SYSTEM};
use crate::cluster::Cluster;
use crate::kernel::ids::hexadecimal;
use crate::kernel::time::iso;
use serde_json::{Value, json};

/// Pods that run beside those of nodes: the name of their controller, how many, thousandths of a core, MiB.
pub const WORKLOADS: [(&str, u64, u64, u64); 2] = [("kube-dns", 2, 100, 70), ("l7-lb-controller", 1, 100, 100)];

/// The identifier of the controller of system pods.
pub fn uid(workload: &str) -> String {
    hexadecimal(workload, 32)
}

impl Cluster {
    /// The DaemonSets, Deployments and ReplicaSets of the system: kinds and objects.
    pub(super) fn system_objects(&self) -> Vec<(&'static str, Value)> {
        let Some(system) = self.kubernetes.namespaces.get(SYSTEM) else { return Vec::new() };
        let created = iso(system.created);
        let mut objects = Vec::new();
        for (name, _, _) in self.engine.daemons(self) {
            let nodes = self.nodes.iter().filter(|node| node.is_ready() && node.leaving.is_none()).count();
            let pods = self.system_pods(name);
            let ready = pods.iter().filter(|pod| pod.running).count();
            let mut set = object("DaemonSet", name, &uid(name), &created);
            set["spec"] = json!({"selector": selector(name), "template": template(name, &pods),
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
                "revisionHistoryLimit": 10});
            set["status"] = json!({"currentNumberScheduled": pods.len(), "desiredNumberScheduled": nodes,
                "numberMisscheduled": 0, "numberReady": ready, "updatedNumberScheduled": pods.len(),
                "numberAvailable": ready, "observedGeneration": 1});
            objects.push(("daemonsets.apps", set));
        }
        for (name, wanted, _, _) in WORKLOADS {
            let pods = self.system_pods(name);
            let ready = pods.iter().filter(|pod| pod.running).count();
            let above = hexadecimal(&format!("deployment/{name}"), 32);
            let spec = json!({"replicas": wanted, "selector": selector(name), "template": template(name, &pods)});
            let mut deployment = object("Deployment", name, &above, &created);
            deployment["spec"] = spec.clone();
            deployment["spec"]["strategy"] = json!({"type": "Recreate"});
            let available = ready as u64 >= wanted;
            deployment["status"] = json!({"observedGeneration": 1, "replicas": pods.len(), "updatedReplicas": pods.len(),
                "readyReplicas": ready, "availableReplicas": ready,
                "unavailableReplicas": wanted.saturating_sub(ready as u64),
                "conditions": [{"type": "Available", "status": if available { "True" } else { "False" },
                    "reason": "MinimumReplicasAvailable", "lastTransitionTime": created}]});
            let mut set = object("ReplicaSet", name, &uid(name), &created);
            set["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": name,
                "uid": above, "controller": true, "blockOwnerDeletion": true}]);
            set["spec"] = spec;
            set["status"] = json!({"replicas": pods.len(), "readyReplicas": ready, "availableReplicas": ready,
                "observedGeneration": 1});
            objects.extend([("deployments.apps", deployment), ("replicasets.apps", set)]);
        }
        objects
    }

    fn system_pods(&self, workload: &str) -> Vec<&Pod> {
        let owned = |pod: &&Pod| pod.owner.as_ref().is_some_and(|owner| owner.name == workload);
        self.kubernetes.pods.iter().filter(|pod| pod.namespace == SYSTEM && !pod.stopping).filter(owned).collect()
    }
}

fn object(kind: &str, name: &str, uid: &str, created: &str) -> Value {
    json!({"kind": kind, "apiVersion": "apps/v1", "metadata": {"name": name, "namespace": SYSTEM, "uid": uid,
        "labels": {"k8s-app": name}, "generation": 1, "creationTimestamp": created}})
}

fn selector(name: &str) -> Value {
    json!({"matchLabels": {"k8s-app": name}})
}

fn template(name: &str, pods: &[&Pod]) -> Value {
    let mut spec = pods.first().map(|pod| pod.spec.clone()).unwrap_or_default();
    spec.remove("nodeName");
    json!({"metadata": {"labels": {"k8s-app": name}}, "spec": spec})
}
