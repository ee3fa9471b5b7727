//! Requests that change objects.

use super::ControlPlane;
use super::api::{get, not_found};
use super::paths::Resource;
use super::services::NewService;
use super::{NewPod, Owner, Pod, render, suffix};
use crate::cluster::Event;
use crate::cluster::nodes::Drain;
use crate::kernel::{Millis, SECOND};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How long a namespace takes to go.
const NAMESPACE_STOP: Millis = 6 * SECOND;
/// Namespaces that cannot be deleted.
const PERMANENT: [&str; 3] = ["default", "kube-public", "kube-system"];

/// What Kubernetes answers when it refuses.
type Refused = Box<Value>;

/// The parts of an object's metadata that matter.
struct Metadata {
    name: String,
    namespace: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    owner: Option<Owner>,
}

impl ControlPlane<'_, '_> {
    pub fn create_object(
        &mut self,
        cluster_id: &str,
        resource: Resource,
        namespace: Option<&str>,
        body: &str,
    ) -> Value {
        let result = match resource {
            Resource::Nodes | Resource::Events => Err(forbidden(resource, "created")),
            Resource::Namespaces => self.create_namespace(cluster_id, body),
            Resource::Pods => self.create_pod(cluster_id, namespace, body),
            Resource::Services => self.create_service(cluster_id, namespace, body),
        };
        result.unwrap_or_else(|refused| *refused)
    }

    fn create_namespace(&mut self, cluster_id: &str, body: &str) -> Result<Value, Refused> {
        let object = object_of(body, Resource::Namespaces)?;
        let metadata = self.metadata(&object, Resource::Namespaces, "")?;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return Err(unavailable()) };
        if cluster.kubernetes.namespaces.contains(&metadata.name) {
            return Err(exists(Resource::Namespaces, &metadata.name));
        }
        cluster.kubernetes.add_namespace(&metadata.name, metadata.labels, self.0.now, self.0.ids);
        Ok(get(cluster, Resource::Namespaces, None, &metadata.name, self.0.now))
    }

    fn create_pod(&mut self, cluster_id: &str, namespace: Option<&str>, body: &str) -> Result<Value, Refused> {
        let object = object_of(body, Resource::Pods)?;
        let metadata = self.metadata(&object, Resource::Pods, namespace.unwrap_or("default"))?;
        self.check_namespace(cluster_id, &metadata.namespace, Resource::Pods)?;
        let spec = object.get("spec").and_then(Value::as_object).cloned().unwrap_or_default();
        check_containers(&spec, &metadata.name)?;
        let (now, Some(cluster)) = (self.0.now, self.0.realm.clusters.get_mut(cluster_id)) else {
            return Err(unavailable());
        };
        let same = |pod: &&Pod| pod.name == metadata.name && pod.namespace == metadata.namespace;
        if cluster.kubernetes.pods.iter().any(|pod| same(&pod)) {
            return Err(exists(Resource::Pods, &metadata.name));
        }
        let Metadata { name, namespace, labels, annotations, owner } = metadata;
        let new = NewPod { name, namespace, labels, annotations, spec, owner, image_missing: false };
        let uid = cluster.kubernetes.add_pod(new, now, self.0.ids);
        let answer = cluster.kubernetes.pods.get(&uid).map(render::pod);
        let bound = cluster.kubernetes.pods.get(&uid).and_then(|pod| pod.node.clone());
        if bound.is_some_and(|node| cluster.nodes.iter().any(|there| there.name == node)) {
            self.after(3 * SECOND, Event::PodUp { cluster: cluster_id.to_owned(), uid });
        }
        self.settle(cluster_id);
        answer.ok_or_else(unavailable)
    }

    fn create_service(&mut self, cluster_id: &str, namespace: Option<&str>, body: &str) -> Result<Value, Refused> {
        let object = object_of(body, Resource::Services)?;
        let metadata = self.metadata(&object, Resource::Services, namespace.unwrap_or("default"))?;
        self.check_namespace(cluster_id, &metadata.namespace, Resource::Services)?;
        let spec = object.get("spec").and_then(Value::as_object).cloned().unwrap_or_default();
        let ports = spec.get("ports").and_then(Value::as_array);
        let ports_are_right = ports.is_some_and(|ports| {
            !ports.is_empty()
                && ports.iter().all(|port| {
                    port.get("port").and_then(Value::as_u64).is_some_and(|port| (1..=65_535).contains(&port))
                })
        });
        if !ports_are_right {
            return Err(invalid(Resource::Services, &metadata.name, "spec.ports: each needs a port from 1 to 65535"));
        }
        let (now, Some(cluster)) = (self.0.now, self.0.realm.clusters.get_mut(cluster_id)) else {
            return Err(unavailable());
        };
        if cluster.kubernetes.services.contains(&format!("{}/{}", metadata.namespace, metadata.name)) {
            return Err(exists(Resource::Services, &metadata.name));
        }
        let Metadata { name, namespace, labels, annotations, .. } = metadata;
        let new = NewService { name: name.clone(), namespace, labels, annotations, spec };
        let Some(key) = cluster.add_service(new, now, self.0.ids) else {
            let most = cluster.max_services;
            let why =
                format!("failed to allocate a serviceIP: range is full, the cluster has {most} addresses for services");
            return Err(invalid(Resource::Services, &name, &why));
        };
        self.address_balancer(cluster_id, &key);
        let made = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.kubernetes.services.get(&key));
        made.map(|service| render::service(service, now)).ok_or_else(unavailable)
    }

    fn check_namespace(&self, cluster_id: &str, namespace: &str, resource: Resource) -> Result<(), Refused> {
        let cluster = self.0.realm.clusters.get(cluster_id).ok_or_else(unavailable)?;
        match cluster.kubernetes.namespaces.get(namespace) {
            None => Err(Box::new(not_found(Resource::Namespaces, namespace))),
            Some(there) if there.stopping => {
                let message =
                    format!("{} cannot be created: the namespace {namespace} is being terminated", resource.kind());
                Err(Box::new(render::status(403, "Forbidden", message, json!({"kind": resource.plural()}))))
            }
            Some(_) => Ok(()),
        }
    }

    pub fn delete_object(
        &mut self,
        cluster_id: &str,
        resource: Resource,
        namespace: Option<&str>,
        name: &str,
    ) -> Value {
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return *unavailable() };
        let namespace_name = namespace.unwrap_or("default");
        match resource {
            Resource::Nodes | Resource::Events => *forbidden(resource, "deleted"),
            Resource::Namespaces if PERMANENT.contains(&name) => {
                let message = format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted");
                render::status(403, "Forbidden", message, json!({"name": name, "kind": "namespaces"}))
            }
            Resource::Namespaces => {
                let Some(found) = cluster.kubernetes.namespaces.get_mut(name) else { return not_found(resource, name) };
                if !found.stopping {
                    found.stopping = true;
                    let inside = cluster.kubernetes.pods.iter().filter(|pod| pod.namespace == name);
                    let pods: Vec<String> = inside.map(|pod| pod.uid.clone()).collect();
                    for uid in pods {
                        self.stop_pod(cluster_id, &uid);
                    }
                    let event = Event::NamespaceGone { cluster: cluster_id.to_owned(), namespace: name.to_owned() };
                    self.after(NAMESPACE_STOP, event);
                }
                let cluster = self.0.realm.clusters.get(cluster_id);
                cluster.map_or_else(|| not_found(resource, name), |cluster| get(cluster, resource, None, name, now))
            }
            Resource::Pods => {
                let Some(uid) = cluster.kubernetes.pod_named(namespace_name, name) else {
                    return not_found(resource, name);
                };
                self.stop_pod(cluster_id, &uid);
                let pod = self.0.realm.clusters.get(cluster_id).and_then(|cluster| cluster.kubernetes.pods.get(&uid));
                pod.map_or_else(|| not_found(resource, name), render::pod)
            }
            Resource::Services => match self.drop_service(cluster_id, &format!("{namespace_name}/{name}")) {
                None => not_found(resource, name),
                Some(service) => {
                    let details = json!({"name": name, "kind": "services", "uid": service.uid});
                    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
                }
            },
        }
    }

    /// Changes labels, annotations and scheduling of a node, as `kubectl cordon`, `label` and `annotate` do.
    pub fn patch_node(&mut self, cluster_id: &str, name: &str, body: &str) -> Value {
        let patch = match object_of(body, Resource::Nodes) {
            Ok(patch) => patch,
            Err(refused) => return *refused,
        };
        let now = self.0.now;
        let Some(cluster) = self.0.realm.clusters.get_mut(cluster_id) else { return *unavailable() };
        cluster.kubernetes.next_version();
        let patch = Value::Object(patch);
        let cordoned = patch.pointer("/spec/unschedulable");
        if let Some(node) = cluster.nodes.iter_mut().find(|node| node.name == name) {
            if let Some(cordoned) = cordoned {
                node.cordoned = cordoned.as_bool().unwrap_or(false);
                node.drain = if node.cordoned { node.drain } else { Drain::Not };
            }
            merge(&mut node.labels, patch.pointer("/metadata/labels"));
            merge(&mut node.annotations, patch.pointer("/metadata/annotations"));
        } else if let Some(node) = cluster.virtual_nodes.get_mut(name) {
            if let Some(cordoned) = cordoned {
                node.cordoned = cordoned.as_bool().unwrap_or(false);
            }
        } else {
            return not_found(Resource::Nodes, name);
        }
        self.settle(cluster_id);
        let cluster = self.0.realm.clusters.get(cluster_id);
        cluster.map_or_else(|| *unavailable(), |cluster| get(cluster, Resource::Nodes, None, name, now))
    }

    /// Reads and checks the metadata of an object; `namespace` is that of the path.
    fn metadata(
        &mut self,
        object: &Map<String, Value>,
        resource: Resource,
        namespace: &str,
    ) -> Result<Metadata, Refused> {
        let metadata = object.get("metadata").cloned().unwrap_or_default();
        let text = |name: &str| metadata.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let mut name = text("name");
        if name.is_empty() && !text("generateName").is_empty() {
            name = format!("{}{}", text("generateName"), suffix(self.0.ids));
        }
        if name.is_empty() {
            return Err(invalid(resource, "", "metadata.name: Required value: name or generateName is required"));
        }
        let longest = if resource == Resource::Pods { 253 } else { 63 };
        if !is_dns_name(&name, longest, resource == Resource::Pods) {
            let why = format!(
                "metadata.name: Invalid value: \"{name}\": must consist of lower case alphanumeric characters or '-', \
                 start and end with an alphanumeric character, and have at most {longest} characters"
            );
            return Err(invalid(resource, &name, &why));
        }
        let given = text("namespace");
        if resource.is_namespaced() && !given.is_empty() && given != namespace {
            let message = "the namespace of the provided object does not match the namespace sent on the request";
            return Err(Box::new(render::status(400, "BadRequest", message, json!({}))));
        }
        let owner = metadata.get("ownerReferences").and_then(Value::as_array).and_then(|owners| {
            let controls = |owner: &&Value| owner.get("controller").and_then(Value::as_bool).unwrap_or(false);
            owners.iter().find(controls).or_else(|| owners.first())
        });
        let owner = owner.map(|owner| {
            let text = |name: &str| owner.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
            Owner { kind: text("kind"), name: text("name"), uid: text("uid"), api_version: text("apiVersion") }
        });
        let (mut labels, mut annotations) = (BTreeMap::new(), BTreeMap::new());
        merge(&mut labels, metadata.get("labels"));
        merge(&mut annotations, metadata.get("annotations"));
        Ok(Metadata { name, namespace: namespace.to_owned(), labels, annotations, owner })
    }
}

/// Changes a map as a merge patch says: texts are set, nulls removed.
fn merge(map: &mut BTreeMap<String, String>, patch: Option<&Value>) {
    for (key, value) in patch.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Null => map.remove(key),
            Value::String(text) => map.insert(key.clone(), text.clone()),
            other => map.insert(key.clone(), other.to_string()),
        };
    }
}

fn object_of(body: &str, resource: Resource) -> Result<Map<String, Value>, Refused> {
    let bad = |message: String| Box::new(render::status(400, "BadRequest", message, json!({})));
    let value: Value = serde_json::from_str(body).map_err(|error| bad(format!("the body is not JSON: {error}")))?;
    let Value::Object(object) = value else { return Err(bad("the body is not an object".to_owned())) };
    match object.get("kind").and_then(Value::as_str) {
        Some(kind) if kind != resource.kind() => {
            Err(bad(format!("{} in the path cannot be handled as a {kind}", resource.kind())))
        }
        _ => Ok(object),
    }
}

fn check_containers(spec: &Map<String, Value>, name: &str) -> Result<(), Refused> {
    let containers = spec.get("containers").and_then(Value::as_array).filter(|containers| !containers.is_empty());
    let Some(containers) = containers else {
        return Err(invalid(Resource::Pods, name, "spec.containers: Required value"));
    };
    let text =
        |container: &Value, field: &str| container.get(field).and_then(Value::as_str).is_some_and(|t| !t.is_empty());
    for (place, container) in containers.iter().enumerate() {
        for field in ["name", "image"] {
            if !text(container, field) {
                return Err(invalid(
                    Resource::Pods,
                    name,
                    &format!("spec.containers[{place}].{field}: Required value"),
                ));
            }
        }
    }
    Ok(())
}

fn is_dns_name(name: &str, longest: usize, dots: bool) -> bool {
    let part_is_right = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= longest && if dots { name.split('.').all(part_is_right) } else { part_is_right(name) }
}

fn invalid(resource: Resource, name: &str, why: &str) -> Refused {
    let message = format!("{} \"{name}\" is invalid: {why}", resource.kind());
    Box::new(render::status(422, "Invalid", message, json!({"name": name, "kind": resource.kind()})))
}

fn exists(resource: Resource, name: &str) -> Refused {
    let message = format!("{} \"{name}\" already exists", resource.plural());
    Box::new(render::status(409, "AlreadyExists", message, json!({"name": name, "kind": resource.plural()})))
}

fn forbidden(resource: Resource, verb: &str) -> Refused {
    let message = format!("{} is forbidden: they cannot be {verb} through this interface", resource.plural());
    Box::new(render::status(403, "Forbidden", message, json!({"kind": resource.plural()})))
}

fn unavailable() -> Refused {
    Box::new(render::status(503, "ServiceUnavailable", "the API server is not available", json!({})))
}
