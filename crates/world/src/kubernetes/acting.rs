//! Objects of the kinds that the world acts on, as the API changes them: what is written goes into the tables of the world.

use super::api::Call;
use super::mirror::{controller_of, map, merged};
use super::names::{items, text};
use super::refusal::{Answer, FieldFault, Refusal};
use super::scheduler::Taint;
use super::services::NewService;
use super::store::Key;
use super::write::Part;
use super::{ControlPlane, NewPod, defaults, render};
use crate::cluster::Event;
use crate::cluster::health::UNREACHABLE;
use crate::cluster::nodes::Drain;
use crate::kernel::SECOND;
use serde_json::{Value, json};

const MASTER: &str = "node-role.kubernetes.io/master";
/// The keys of the taints that follow from what a node is and does.
const SERVED_TAINTS: [&str; 3] = [MASTER, "node.kubernetes.io/unschedulable", UNREACHABLE];

impl ControlPlane<'_, '_> {
    /// Keeps a new object, and lets the world act on it.
    pub(super) fn commit_new(&mut self, call: &Call<'_>, key: &Key, mut object: Value) -> Answer<Value> {
        let (now, cluster_id) = (self.0.now, call.cluster);
        let cluster = self.0.realm.clusters.get_mut(cluster_id).ok_or_else(Refusal::unavailable)?;
        match key.kind.as_str() {
            "namespaces" => {
                cluster.kubernetes.add_namespace(&key.name, map(&object, "/metadata/labels"), now, self.0.ids);
                let id = cluster.kubernetes.namespaces.get(&key.name).map(|there| there.uid.clone());
                object["metadata"]["uid"] = json!(id);
            }
            "pods" => {
                let owner = controller_of(&object);
                let spec = object["spec"].as_object().cloned().unwrap_or_default();
                let new = NewPod {
                    name: key.name.clone(),
                    namespace: key.namespace.clone(),
                    labels: map(&object, "/metadata/labels"),
                    annotations: map(&object, "/metadata/annotations"),
                    spec,
                    owner,
                    image_missing: false,
                };
                let id = cluster.kubernetes.add_pod(new, now, self.0.ids);
                object["metadata"]["uid"] = json!(id);
            }
            "services" => {
                let new = NewService {
                    name: key.name.clone(),
                    namespace: key.namespace.clone(),
                    labels: map(&object, "/metadata/labels"),
                    annotations: map(&object, "/metadata/annotations"),
                    spec: object["spec"].as_object().cloned().unwrap_or_default(),
                };
                let Some(made) = cluster.add_service(new, now, self.0.ids) else {
                    let most = cluster.max_services;
                    let why = format!(
                        "failed to allocate a serviceIP: range is full, the cluster has {most} addresses for services"
                    );
                    let fault = FieldFault::invalid("spec.clusterIPs", Value::Null, why);
                    return Err(Refusal::invalid(&call.resource, &key.name, &[fault]));
                };
                let id = cluster.kubernetes.services.get(&made).map(|service| service.uid.clone());
                object["metadata"]["uid"] = json!(id);
                self.address_balancer(cluster_id, &made);
            }
            _ => {}
        }
        self.keep(cluster_id, key, object);
        if key.kind == "pods" {
            let cluster = self.0.realm.clusters.get(cluster_id).ok_or_else(Refusal::unavailable)?;
            let uid = cluster.kubernetes.pod_named(&key.namespace, &key.name).unwrap_or_default();
            let bound = cluster.kubernetes.pods.get(&uid).and_then(|pod| pod.node.clone());
            let answer = cluster.kubernetes.store.get(key).map(|there| Value::clone(there));
            if bound.is_some_and(|node| cluster.nodes.iter().any(|there| there.name == node)) {
                self.after(3 * SECOND, Event::PodUp { cluster: cluster_id.to_owned(), uid });
            }
            self.settle(cluster_id);
            return answer.ok_or_else(Refusal::unavailable);
        }
        let there = self.kube(cluster_id)?.store.get(key).map(|there| Value::clone(there));
        there.ok_or_else(Refusal::unavailable)
    }

    /// Keeps an object with what the world shows of it.
    fn keep(&mut self, cluster_id: &str, key: &Key, object: Value) {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return };
        let shown = match key.kind.as_str() {
            "namespaces" => cluster.kubernetes.namespaces.get(&key.name).map(render::namespace),
            "nodes" => {
                let real = cluster.nodes.iter().find(|node| node.name == key.name);
                let other = || cluster.virtual_nodes.get(&key.name).map(|node| render::virtual_node(cluster, node));
                real.map(|node| render::node(cluster, node)).or_else(other)
            }
            "pods" => {
                let uid = cluster.kubernetes.pod_named(&key.namespace, &key.name);
                uid.and_then(|uid| cluster.kubernetes.pods.get(&uid)).map(render::pod)
            }
            "services" => {
                let row = cluster.kubernetes.services.get(&format!("{}/{}", key.namespace, key.name));
                row.map(|service| render::service(service, now))
            }
            _ => None,
        };
        let object = match shown {
            Some(shown) => merged(Some(&object), shown),
            None => object,
        };
        let version = cluster.kubernetes.next_version();
        cluster.kubernetes.store.put(key.clone(), object, version);
    }

    /// Keeps a changed object, and lets the world act on it.
    pub(super) fn commit_change(&mut self, call: &Call<'_>, old: &Value, new: Value, part: Part) -> Answer<Value> {
        let (key, cluster_id) = (call.key(), call.cluster);
        let shows_workload = self.cluster(cluster_id)?.kubernetes.mirror.shows_workload(&key);
        if part == Part::Whole {
            match key.kind.as_str() {
                "namespaces" => {
                    let kubernetes = self.kube(cluster_id)?;
                    let version = kubernetes.next_version();
                    if let Some(namespace) = kubernetes.namespaces.get_mut(&key.name) {
                        (namespace.labels, namespace.version) = (map(&new, "/metadata/labels"), version);
                    }
                    self.put(cluster_id, &key, new);
                    return self.there(cluster_id, &key);
                }
                "nodes" => self.change_node(cluster_id, &key.name, &new)?,
                "pods" => self.change_pod(cluster_id, &key, &new)?,
                "services" => self.change_service_object(call, &key, &new)?,
                _ if shows_workload => {
                    self.change_workload(call, &key, old, &new)?;
                    self.mirror(cluster_id);
                    return self.there(cluster_id, &key);
                }
                _ => {
                    self.put(cluster_id, &key, new);
                    return self.there(cluster_id, &key);
                }
            }
            self.keep(cluster_id, &key, new);
            if matches!(key.kind.as_str(), "nodes" | "pods") {
                self.settle(cluster_id);
            }
        } else {
            self.put(cluster_id, &key, new);
        }
        self.there(cluster_id, &key)
    }

    fn there(&mut self, cluster_id: &str, key: &Key) -> Answer<Value> {
        let there = self.kube(cluster_id)?.store.get(key).map(|there| Value::clone(there));
        there.ok_or_else(Refusal::unavailable)
    }

    fn change_node(&mut self, cluster_id: &str, name: &str, new: &Value) -> Answer<()> {
        let cluster = self.0.realm.clusters.get_mut(cluster_id).ok_or_else(Refusal::unavailable)?;
        let cordoned = new.pointer("/spec/unschedulable") == Some(&Value::Bool(true));
        let usual = cluster
            .nodes
            .iter()
            .find(|node| node.name == name)
            .map(|node| cluster.node_labels(&node.name, &node.zone, &node.instance_type));
        if let Some(node) = cluster.nodes.iter_mut().find(|node| node.name == name) {
            if node.cordoned != cordoned {
                node.cordoned = cordoned;
                node.drain = if cordoned { node.drain } else { Drain::Not };
            }
            let usual = usual.unwrap_or_default();
            node.labels = map(new, "/metadata/labels");
            node.labels.retain(|key, value| usual.get(key) != Some(value) && key != MASTER);
            node.annotations = map(new, "/metadata/annotations");
            // Those that the server adds by itself are not the node's own.
            node.taints = items(new, "/spec/taints")
                .iter()
                .map(|taint| Taint {
                    key: text(taint, "/key").to_owned(),
                    value: text(taint, "/value").to_owned(),
                    effect: text(taint, "/effect").to_owned(),
                })
                .filter(|taint| !SERVED_TAINTS.contains(&taint.key.as_str()))
                .collect();
        } else if let Some(node) = cluster.virtual_nodes.get_mut(name) {
            node.cordoned = cordoned;
        }
        self.evict_from_tainted(cluster_id, name);
        Ok(())
    }

    /// Pods that do not tolerate a taint that lets none stay have to go.
    pub fn evict_from_tainted(&mut self, cluster_id: &str, name: &str) {
        let Ok(cluster) = self.cluster(cluster_id) else { return };
        let Some(node) = cluster.nodes.iter().find(|node| node.name == name) else { return };
        let taints: Vec<&Taint> = node.taints.iter().filter(|taint| taint.effect == "NoExecute").collect();
        let here = cluster.kubernetes.pods.iter().filter(|pod| pod.node.as_deref() == Some(name) && !pod.stopping);
        let leaving: Vec<String> = here
            .filter(|pod| taints.iter().any(|taint| !super::scheduler::tolerates(pod, taint)))
            .map(|pod| pod.uid.clone())
            .collect();
        for uid in leaving {
            self.evict_pod(cluster_id, &uid);
        }
    }

    fn change_pod(&mut self, cluster_id: &str, key: &Key, new: &Value) -> Answer<()> {
        let kubernetes = self.kube(cluster_id)?;
        let version = kubernetes.next_version();
        let uid = kubernetes.pod_named(&key.namespace, &key.name).unwrap_or_default();
        let Some(pod) = kubernetes.pods.get_mut(&uid) else { return Ok(()) };
        (pod.labels, pod.annotations) = (map(new, "/metadata/labels"), map(new, "/metadata/annotations"));
        pod.owner = controller_of(new);
        let mut spec = new["spec"].as_object().cloned().unwrap_or_default();
        if !pod.spec.contains_key("nodeName") {
            spec.remove("nodeName");
        }
        (pod.spec, pod.version) = (spec, version);
        Ok(())
    }

    fn change_service_object(&mut self, call: &Call<'_>, key: &Key, new: &Value) -> Answer<()> {
        let now = self.0.now;
        let cluster = self.0.realm.clusters.get_mut(call.cluster).ok_or_else(Refusal::unavailable)?;
        let place = format!("{}/{}", key.namespace, key.name);
        let next = NewService {
            name: key.name.clone(),
            namespace: key.namespace.clone(),
            labels: map(new, "/metadata/labels"),
            annotations: map(new, "/metadata/annotations"),
            spec: new["spec"].as_object().cloned().unwrap_or_default(),
        };
        let freed = cluster
            .change_service(&place, next, now, self.0.ids)
            .map_err(|fault| Refusal::invalid(&call.resource, &key.name, &[fault]))?;
        if let Some(before) = freed {
            self.free_balancer(call.cluster, &before);
        }
        self.address_balancer(call.cluster, &place);
        Ok(())
    }

    /// Takes the part of an object out that the world acts on.
    pub(super) fn remove_from_world(&mut self, cluster_id: &str, key: &Key) {
        match key.kind.as_str() {
            "services" => {
                self.drop_service(cluster_id, &format!("{}/{}", key.namespace, key.name));
            }
            "deployments.apps" => {
                let shown = self.cluster(cluster_id).is_ok_and(|there| there.kubernetes.mirror.shows_workload(key));
                if shown {
                    self.drop_workload(cluster_id, &format!("{}/{}", key.namespace, key.name));
                }
            }
            _ => {}
        }
    }

    /// Takes a workload of the cloud out with its pods and its service.
    pub fn drop_workload(&mut self, cluster_id: &str, place: &str) {
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        let Some(workload) = kubernetes.workloads.remove(place) else { return };
        let pods = kubernetes.pods_of(&workload).filter(|pod| !pod.stopping);
        let pods: Vec<String> = pods.map(|pod| pod.uid.clone()).collect();
        self.drop_service(cluster_id, place);
        for uid in pods {
            self.stop_pod(cluster_id, &uid);
        }
    }

    /// Changes a workload of the cloud through its deployment: replicas, pause, images.
    fn change_workload(&mut self, call: &Call<'_>, key: &Key, old: &Value, new: &Value) -> Answer<()> {
        let now = self.0.now;
        if key.kind != "deployments.apps" {
            let why = "this object belongs to a service of the cloud: change its deployment";
            return Err(Refusal::forbidden(&call.resource, &key.name, why));
        }
        let place = format!("{}/{}", key.namespace, key.name);
        let kubernetes = self.kube(call.cluster)?;
        let Some(workload) = kubernetes.workloads.get_mut(&place) else {
            let why = "this object belongs to the cloud, which keeps it as it is";
            return Err(Refusal::forbidden(&call.resource, &key.name, why));
        };
        let images = |object: &Value| -> Vec<(String, String)> {
            let all = items(object, "/spec/template/spec/containers");
            all.iter().map(|one| (text(one, "/name").to_owned(), text(one, "/image").to_owned())).collect()
        };
        let bare = |object: &Value| {
            // What the server fills in is no change.
            let mut object = object.clone();
            defaults::set(&call.resource, None, &mut object, now);
            let mut spec = object["spec"].clone();
            if let Some(spec) = spec.as_object_mut() {
                spec.remove("replicas");
                spec.remove("paused");
            }
            for container in
                spec.pointer_mut("/template/spec/containers").and_then(Value::as_array_mut).into_iter().flatten()
            {
                container["image"] = Value::Null;
            }
            spec
        };
        if bare(old) != bare(new) {
            let why = "replicas, paused and the images of containers can be changed: the rest belongs to a service of the \
                       cloud";
            return Err(Refusal::invalid(&call.resource, &key.name, &[FieldFault::forbidden("spec", why)]));
        }
        let replicas = u64::try_from(defaults::replicas(new)).unwrap_or(0);
        if workload.replicas != replicas {
            (workload.replicas, workload.changed) = (replicas, now);
        }
        workload.paused = new.pointer("/spec/paused") == Some(&Value::Bool(true));
        if images(old) != images(new) {
            let mut template = workload.template.clone();
            for (name, image) in images(new) {
                if let Some(container) = template.containers.iter_mut().find(|container| container.name == name) {
                    container.image = image;
                }
            }
            workload.replace(template, super::workloads::Change::Update, now);
        }
        self.roll(call.cluster, &place);
        Ok(())
    }
}
