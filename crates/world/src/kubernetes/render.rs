//! Objects as the Kubernetes API shows them.

use super::scheduler::{RESERVED_ADDRESSES, allocatable, master_taint};
use super::services::Service;
use super::{KubeEvent, Namespace, Pod, Request};
use crate::cluster::Cluster;
use crate::cluster::nodes::{Node, Role, State};
use crate::kernel::Millis;
use crate::kernel::time::iso;
use crate::kubernetes::virtual_nodes::VirtualNode;
use serde_json::{Map, Value, json};

/// Kubernetes' own answer for what did not work.
pub fn status(code: u64, reason: &str, message: impl Into<String>, details: Value) -> Value {
    let message = message.into();
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "details": details, "code": code,
    })
}

/// A list of objects of one kind.
pub fn list(kind: &str, items: Vec<Value>, version: u64, next: Option<usize>) -> Value {
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if let Some(next) = next {
        metadata["continue"] = json!(next.to_string());
    }
    json!({"kind": format!("{kind}List"), "apiVersion": "v1", "metadata": metadata, "items": items})
}

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
    if node.cordoned {
        taints.push(json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}));
    }
    let (full, free) =
        (Request { cpu: node.size.cores * 1_000, memory: node.size.memory << 30 }, allocatable(node.size));
    let most = cluster.max_pods.saturating_sub(RESERVED_ADDRESSES);
    json!({
        "kind": "Node", "apiVersion": "v1",
        "metadata": {
            "name": node.name, "uid": node.machine, "labels": labels, "annotations": node.annotations,
            "resourceVersion": cluster.kubernetes.version().to_string(), "creationTimestamp": iso(node.created),
        },
        "spec": {
            "providerID": cluster.engine.provider_id(&node.zone, &node.machine), "taints": taints,
            "unschedulable": node.cordoned,
        },
        "status": {
            "capacity": amount(full, cluster.max_pods), "allocatable": amount(free, most),
            "conditions": [{"type": "Ready", "status": if node.state == State::Running { "True" } else { "False" },
                "reason": "KubeletReady", "message": "kubelet is posting ready status",
                "lastTransitionTime": iso(node.created)}],
            "addresses": [{"type": "InternalIP", "address": node.ip}, {"type": "Hostname", "address": node.name}],
            "nodeInfo": {"kubeletVersion": cluster.release, "osImage": cluster.os,
                "containerRuntimeVersion": cluster.runtime, "operatingSystem": "linux"},
        },
    })
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
            "nodeInfo": {"kubeletVersion": format!("v{}-eklet", cluster.version), "operatingSystem": "linux"},
        },
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
    let ready = pod.running && !pod.stopping;
    let mut scheduled = json!({"type": "PodScheduled", "status": truth(pod.node.is_some())});
    if pod.node.is_none() {
        scheduled["reason"] = json!("Unschedulable");
    }
    let mut status = json!({
        "phase": if pod.running { "Running" } else { "Pending" },
        "conditions": [scheduled, {"type": "Ready", "status": truth(ready)}],
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
        let state = match pod.started {
            Some(at) => json!({"running": {"startedAt": iso(at)}}),
            None => json!({"waiting": {"reason": "ContainerCreating"}}),
        };
        json!({"name": container.get("name"), "image": container.get("image"), "ready": ready, "restartCount": 0,
            "state": state})
    });
    if pod.node.is_some() {
        status["containerStatuses"] = states.collect();
    }
    status
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
