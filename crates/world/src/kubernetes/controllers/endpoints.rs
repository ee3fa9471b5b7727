//! Endpoints and EndpointSlices: the pods behind a service.

use crate::kernel::ids::hexadecimal;
use crate::kubernetes::names::{items, text};
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::store::Key;
use crate::kubernetes::{ControlPlane, Pod};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl ControlPlane<'_, '_> {
    /// Tells which pods are behind a service.
    pub(super) fn connect_service(&mut self, cluster_id: &str, key: &Key) {
        let endpoints = Key::new("endpoints", &key.namespace, &key.name);
        let slice_name = format!("{}-{}", key.name, &hexadecimal(&format!("{}/{}", key.namespace, key.name), 5));
        let slice = Key::new("endpointslices.discovery.k8s.io", &key.namespace, &slice_name);
        let Some(service) = self.object(cluster_id, key) else {
            self.remove_object(cluster_id, &endpoints);
            return;
        };
        let selector = LabelSelector::of_labels(service.pointer("/spec/selector"));
        if selector.is_empty() {
            return;
        }
        let Ok(cluster) = self.cluster(cluster_id) else { return };
        let pods: Vec<Pod> = cluster
            .kubernetes
            .pods
            .iter()
            .filter(|pod| pod.namespace == key.namespace && pod.address.is_some() && pod.is_active())
            .filter(|pod| {
                let labels = pod.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                selector.selects_labels(Some(&labels))
            })
            .cloned()
            .collect();
        let labels = service.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({}));
        let subsets = subsets(&service, &pods);
        self.keep_child(cluster_id, &endpoints, None, |object| {
            object["kind"] = json!("Endpoints");
            object["apiVersion"] = json!("v1");
            object["metadata"]["labels"] = labels.clone();
            object["subsets"] = json!(subsets);
        });
        let ports: Vec<Value> = pods.first().map(|pod| ports_of(&service, pod)).unwrap_or_default();
        let all: Vec<Value> = pods
            .iter()
            .map(|pod| {
                let ready = pod.is_ready();
                json!({"addresses": [pod.address], "conditions": {"ready": ready, "serving": ready, "terminating": false},
                    "nodeName": pod.node, "targetRef": target(pod)})
            })
            .collect();
        self.keep_child(cluster_id, &slice, Some(&service), |object| {
            object["kind"] = json!("EndpointSlice");
            object["apiVersion"] = json!("discovery.k8s.io/v1");
            let mut labels = labels.clone();
            labels["kubernetes.io/service-name"] = json!(key.name);
            labels["endpointslice.kubernetes.io/managed-by"] = json!("endpointslice-controller.k8s.io");
            object["metadata"]["labels"] = labels;
            object["addressType"] = json!("IPv4");
            object["endpoints"] = json!(all);
            object["ports"] = json!(ports);
        });
    }

    /// Makes an object of a controller what it is to be.
    fn keep_child(&mut self, cluster_id: &str, key: &Key, owner: Option<&Value>, set: impl FnOnce(&mut Value)) {
        match self.object(cluster_id, key) {
            Some(mut object) => {
                set(&mut object);
                self.change(cluster_id, key, object);
            }
            None => {
                let mut object = json!({"metadata": {}});
                set(&mut object);
                self.create_child(cluster_id, key, object, owner);
            }
        }
    }
}

fn target(pod: &Pod) -> Value {
    json!({"kind": "Pod", "namespace": pod.namespace, "name": pod.name, "uid": pod.uid})
}

/// The ports of a service on a pod: a name of a port is that of one of its containers.
fn ports_of(service: &Value, pod: &Pod) -> Vec<Value> {
    let spec = Value::Object(pod.spec.clone());
    let mut ports = Vec::new();
    for port in items(service, "/spec/ports") {
        let wanted = port.get("targetPort").or_else(|| port.get("port"));
        let number = match wanted {
            Some(Value::String(name)) => {
                let containers = items(&spec, "/containers").iter();
                let mut all = containers.flat_map(|container| items(container, "/ports"));
                all.find(|there| text(there, "/name") == name).and_then(|there| there.get("containerPort")).cloned()
            }
            other => other.cloned(),
        };
        let Some(number) = number else { continue };
        let mut made =
            json!({"port": number, "protocol": port.get("protocol").cloned().unwrap_or_else(|| json!("TCP"))});
        if let Some(name) = port.get("name") {
            made["name"] = name.clone();
        }
        ports.push(made);
    }
    ports
}

/// Ports, the addresses that are ready on them, and those that are not.
type Group = (Vec<Value>, Vec<Value>, Vec<Value>);

/// Addresses with the same ports together.
fn subsets(service: &Value, pods: &[Pod]) -> Vec<Value> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for pod in pods {
        let ports = ports_of(service, pod);
        let group = groups.entry(json!(ports).to_string()).or_insert_with(|| (ports, Vec::new(), Vec::new()));
        let address = json!({"ip": pod.address, "nodeName": pod.node, "targetRef": target(pod)});
        if pod.is_ready() { group.1.push(address) } else { group.2.push(address) }
    }
    let write = |(ports, ready, waiting): Group| {
        let mut subset = json!({});
        for (name, list) in [("addresses", ready), ("notReadyAddresses", waiting), ("ports", ports)] {
            if !list.is_empty() {
                subset[name] = Value::Array(list);
            }
        }
        subset
    };
    groups.into_values().map(write).collect()
}
