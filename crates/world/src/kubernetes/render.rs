//! Objects as the Kubernetes API shows them.

use super::images::PullFailure;
use super::scheduler::{RESERVED_ADDRESSES, allocatable, master_taint};
use super::services::Service;
use super::workloads::{Strategy, Workload};
use super::{KubeEvent, Kubernetes, Namespace, Pod, Request};
use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, Role};
use crate::kernel::Millis;
use crate::kernel::ids::hexadecimal;
use crate::kernel::time::iso;
use crate::kubernetes::virtual_nodes::VirtualNode;
use serde_json::{Map, Value, json};

/// The kernel of all machines.
const KERNEL: &str = "5.10.0";

/// What `/version` says.
pub fn version(cluster: &Cluster) -> Value {
    let mut parts = cluster.version.split('.');
    let (major, minor) = (parts.next().unwrap_or("1"), parts.next().unwrap_or("0"));
    let arch = if cluster.arm { "arm64" } else { "amd64" };
    json!({
        "major": major, "minor": format!("{minor}+"), "gitVersion": cluster.release,
        "gitCommit": crate::kernel::ids::hexadecimal(&cluster.version, 40), "gitTreeState": "clean",
        "buildDate": "2020-01-01T00:00:00Z", "goVersion": "go1.12", "compiler": "gc", "platform": format!("linux/{arch}"),
    })
}

pub fn namespace(namespace: &Namespace) -> Value {
    let phase = if namespace.stopping { "Terminating" } else { "Active" };
    json!({
        "kind": "Namespace", "apiVersion": "v1",
        "metadata": {
            "name": namespace.name, "uid": namespace.uid, "labels": namespace.labels,
            "resourceVersion": namespace.version.to_string(), "creationTimestamp": iso(namespace.created),
        },
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": phase},
    })
}

pub fn node(cluster: &Cluster, node: &Node) -> Value {
    let mut labels = cluster.node_labels(&node.name, &node.zone, &node.instance_type);
    labels.extend(node.labels.clone());
    let mut taints = Vec::new();
    if node.role == Role::Master {
        labels.insert("node-role.kubernetes.io/master".into(), "true".into());
        taints.push(taint(&master_taint()));
    }
    taints.extend(node.taints.iter().map(taint));
    if node.cordoned {
        taints.push(json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}));
    }
    taints.extend(node.outage_taints().iter().map(taint));
    let (full, free) =
        (Request { cpu: node.size.cores * 1_000, memory: node.size.memory << 30 }, allocatable(node.size));
    let most = cluster.max_pods.saturating_sub(RESERVED_ADDRESSES);
    let runtime = node.runtime.clone().unwrap_or_else(|| cluster.reported_runtime());
    let mut shown = json!({
        "kind": "Node", "apiVersion": "v1",
        "metadata": {
            "name": node.name, "uid": node.machine, "labels": labels, "annotations": node.annotations,
            "resourceVersion": cluster.kubernetes.version().to_string(), "creationTimestamp": iso(node.created),
        },
        "spec": {
            "providerID": provider_id(cluster, node), "taints": taints,
            "unschedulable": node.cordoned,
        },
        "status": {
            "capacity": amount(full, cluster.max_pods), "allocatable": amount(free, most),
            "conditions": conditions(node),
            "addresses": [{"type": "InternalIP", "address": node.ip}, {"type": "Hostname", "address": node.name}],
            "nodeInfo": system_info(&node.machine, node.release(cluster), &node.os, &runtime),
        },
    });
    if let Some(range) = node.pod_range {
        shown["spec"]["podCIDR"] = json!(range.to_string());
    }
    shown
}

/// The identifier of the node's machine in its cloud; empty for a machine outside of the cloud.
fn provider_id(cluster: &Cluster, node: &Node) -> String {
    match node.external_pool {
        Some(_) => String::new(),
        None => cluster.engine.provider_id(&node.zone, &node.machine),
    }
}

/// `Ready`, and what monitors report.
fn conditions(node: &Node) -> Vec<Value> {
    let ready = match &node.outage {
        None => json!({"type": "Ready", "status": "True", "reason": "KubeletReady",
            "message": "kubelet is posting ready status", "lastTransitionTime": iso(node.created)}),
        Some(outage) => json!({"type": "Ready", "status": outage.status(), "reason": outage.reason,
            "message": outage.message, "lastTransitionTime": iso(outage.since)}),
    };
    let others = node.conditions.iter().map(|condition| {
        json!({"type": condition.kind, "status": if condition.holds { "True" } else { "False" },
            "reason": condition.reason, "message": condition.message, "lastTransitionTime": iso(condition.since)})
    });
    std::iter::once(ready).chain(others).collect()
}

pub fn virtual_node(cluster: &Cluster, node: &VirtualNode) -> Value {
    let mut labels = cluster.node_labels(&node.name, &node.zone, "eklet");
    let pool = cluster.pools.get(&node.pool);
    labels.extend(pool.iter().flat_map(|pool| pool.labels.iter().cloned()));
    let taints: Vec<Value> = pool.iter().flat_map(|pool| pool.taints.iter().map(taint)).collect();
    json!({
        "kind": "Node", "apiVersion": "v1",
        "metadata": {
            "name": node.name, "uid": node.name, "labels": labels, "annotations": {},
            "resourceVersion": cluster.kubernetes.version().to_string(), "creationTimestamp": iso(node.created),
        },
        "spec": {"taints": taints, "unschedulable": node.cordoned || pool.is_some_and(|pool| pool.unschedulable)},
        "status": {
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "addresses": [{"type": "InternalIP", "address": node.address}],
            "nodeInfo": system_info(&node.name, &format!("v{}-eklet", cluster.version), "", ""),
        },
    })
}

/// What a kubelet tells of its machine. All of it is required (`NodeSystemInfo`), though it may be empty.
fn system_info(machine: &str, kubelet: &str, os: &str, runtime: &str) -> Value {
    let uuid = |text: String| {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    };
    let id = hexadecimal(machine, 32);
    json!({
        "machineID": id, "systemUUID": uuid(id.clone()), "bootID": uuid(hexadecimal(&format!("boot {machine}"), 32)),
        "kernelVersion": KERNEL, "osImage": os, "containerRuntimeVersion": runtime, "kubeletVersion": kubelet,
        "kubeProxyVersion": kubelet, "operatingSystem": "linux", "architecture": "amd64",
    })
}

fn taint(taint: &super::scheduler::Taint) -> Value {
    json!({"key": taint.key, "value": taint.value, "effect": taint.effect})
}

fn amount(request: Request, pods: u64) -> Value {
    json!({"cpu": format!("{}m", request.cpu), "memory": format!("{}Ki", request.memory >> 10), "pods": pods.to_string()})
}

pub fn pod(pod: &Pod) -> Value {
    let mut metadata = json!({
        "name": pod.name, "namespace": pod.namespace, "uid": pod.uid, "labels": pod.labels,
        "annotations": pod.annotations, "resourceVersion": pod.version.to_string(), "creationTimestamp": iso(pod.created),
    });
    if let Some(owner) = &pod.owner {
        metadata["ownerReferences"] = json!([{"apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name,
            "uid": owner.uid, "controller": true, "blockOwnerDeletion": true}]);
    }
    if let Some(stopped) = pod.stopped {
        metadata["deletionTimestamp"] = json!(iso(stopped));
        metadata["deletionGracePeriodSeconds"] = json!(30);
    }
    let mut spec = pod.spec.clone();
    if let Some(node) = &pod.node {
        spec.insert("nodeName".into(), json!(node));
    }
    json!({"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": pod_status(pod)})
}

fn pod_status(pod: &Pod) -> Value {
    let truth = |yes: bool| if yes { "True" } else { "False" };
    let ready = pod.running && !pod.lost && !pod.stopping && pod.finished.is_none();
    let phase = match pod.finished {
        Some(finish) if finish.code == 0 => "Succeeded",
        Some(_) => "Failed",
        None if pod.running => "Running",
        None => "Pending",
    };
    let changed = iso(pod.finished.map(|finish| finish.at).or(pod.started).unwrap_or(pod.created));
    let mut scheduled = json!({"type": "PodScheduled", "status": truth(pod.node.is_some())});
    if pod.node.is_none() {
        scheduled["reason"] = json!("Unschedulable");
    }
    let mut status = json!({
        "phase": phase,
        "conditions": [scheduled, {"type": "Ready", "status": truth(ready), "lastTransitionTime": changed}],
        "qosClass": if pod.request == Request::default() { "BestEffort" } else { "Burstable" },
    });
    if let (Some(address), true) = (&pod.address, pod.running) {
        status["podIP"] = json!(address);
    }
    if let Some(started) = pod.started {
        status["startTime"] = json!(iso(started));
    }
    let containers = pod.spec.get("containers").and_then(Value::as_array);
    let states = containers.into_iter().flatten().map(|container| {
        let state = match (super::log::terminated(pod), pod.started) {
            (Some(ended), _) => ended,
            (None, Some(at)) => json!({"running": {"startedAt": iso(at)}}),
            (None, None) if pod.image_missing => json!({"waiting": {"reason": "ImagePullBackOff"}}),
            (None, None) => match pod.pull.as_ref().map(PullFailure::waiting) {
                Some((reason, message)) => json!({"waiting": {"reason": reason, "message": message}}),
                None => json!({"waiting": {"reason": "ContainerCreating"}}),
            },
        };
        let name = container.get("name").and_then(Value::as_str).unwrap_or_default();
        let id = pod.started.map_or_else(String::new, |_| format!("containerd://{}", pod.container_id(name)));
        json!({"name": name, "image": container.get("image"), "imageID": "", "containerID": id, "ready": ready,
            "started": pod.running, "restartCount": pod.restarts, "state": state, "lastState": {}})
    });
    if pod.node.is_some() {
        status["containerStatuses"] = states.collect();
    }
    status
}

/// The deployment and the ReplicaSet that a workload of the cloud is.
pub fn workload(workload: &Workload, kubernetes: &Kubernetes, now: Millis) -> (Value, Value) {
    let pods: Vec<&Pod> = kubernetes.pods_of(workload).filter(|pod| !pod.stopping).collect();
    let present: Vec<&&Pod> = pods.iter().filter(|pod| workload.is_present(pod)).collect();
    let ready = pods.iter().filter(|pod| pod.running).count() as u64;
    let settled = pods.iter().filter(|pod| workload.is_settled(pod, now)).count() as u64;
    let owner = workload.owner();
    let uid = crate::kernel::ids::hexadecimal(&format!("{}/{}", workload.key(), workload.created), 32);
    let metadata = |name: &str, uid: &str| {
        json!({"name": name, "namespace": workload.namespace, "uid": uid, "labels": workload.labels(),
            "annotations": {"deployment.kubernetes.io/revision": workload.revision.to_string()},
            "generation": workload.revision, "creationTimestamp": iso(workload.created)})
    };
    let template = |labels: Value| json!({"metadata": {"labels": labels}, "spec": workload.template.spec()});
    let strategy = match workload.strategy {
        Strategy::Recreate => json!({"type": "Recreate"}),
        Strategy::Rolling => json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}),
    };
    let truth = |yes: bool| if yes { "True" } else { "False" };
    let complete = workload.change.is_none() && settled >= workload.replicas;
    let reason = if complete { "NewReplicaSetAvailable" } else { "ReplicaSetUpdated" };
    let least = workload.replicas.saturating_sub(1);
    let deployment = json!({
        "kind": "Deployment", "apiVersion": "apps/v1", "metadata": metadata(&workload.name, &uid),
        "spec": {"replicas": workload.replicas, "selector": {"matchLabels": workload.labels()},
            "template": template(json!(workload.labels())), "strategy": strategy, "paused": workload.paused,
            "minReadySeconds": workload.settling / 1_000, "revisionHistoryLimit": 1, "progressDeadlineSeconds": 600},
        "status": {"observedGeneration": workload.revision, "replicas": pods.len(), "updatedReplicas": present.len(),
            "readyReplicas": ready, "availableReplicas": settled,
            "unavailableReplicas": workload.replicas.saturating_sub(settled),
            "conditions": [
                {"type": "Available", "status": truth(settled >= least), "reason": "MinimumReplicasAvailable",
                    "lastTransitionTime": iso(workload.changed)},
                {"type": "Progressing", "status": "True", "reason": reason, "lastTransitionTime": iso(workload.changed)},
            ]},
    });
    let mut set = json!({
        "kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": metadata(&owner.name, &owner.uid),
        "spec": {"replicas": workload.replicas, "selector": {"matchLabels": workload.pod_labels()},
            "template": template(json!(workload.pod_labels()))},
        "status": {"replicas": present.len(), "observedGeneration": workload.revision,
            "readyReplicas": present.iter().filter(|pod| pod.running).count()},
    });
    set["metadata"]["labels"] = json!(workload.pod_labels());
    set["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment",
        "name": workload.name, "uid": uid, "controller": true, "blockOwnerDeletion": true}]);
    (deployment, set)
}

pub fn service(service: &Service, now: Millis) -> Value {
    let balancer = match service.outside_address(now) {
        Some(address) => json!({"ingress": [{"ip": address}]}),
        None => json!({}),
    };
    json!({
        "kind": "Service", "apiVersion": "v1",
        "metadata": {
            "name": service.name, "namespace": service.namespace, "uid": service.uid, "labels": service.labels,
            "annotations": service.annotations, "resourceVersion": service.version.to_string(),
            "creationTimestamp": iso(service.created),
        },
        "spec": service.spec,
        "status": {"loadBalancer": balancer},
    })
}

pub fn event(event: &KubeEvent) -> Value {
    let mut involved = Map::new();
    involved.insert("kind".into(), json!(event.kind));
    if event.kind != "Node" {
        involved.insert("namespace".into(), json!(event.namespace));
    }
    involved.insert("name".into(), json!(event.object));
    involved.insert("uid".into(), json!(event.object_uid));
    json!({
        "kind": "Event", "apiVersion": "v1",
        "metadata": {"name": event.name, "namespace": event.namespace, "uid": event.uid,
            "resourceVersion": event.version.to_string(), "creationTimestamp": iso(event.at)},
        "involvedObject": involved, "reason": event.reason, "message": event.message,
        "source": {"component": event.component}, "firstTimestamp": iso(event.at), "lastTimestamp": iso(event.at),
        "count": 1, "type": if event.warning { "Warning" } else { "Normal" },
    })
}
