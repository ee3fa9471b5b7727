//! The Kubernetes API: which request does what.

use super::ControlPlane;
use super::paths::{Query, Resource, Target, read};
use super::render;
use crate::cluster::Cluster;
use crate::cluster::nodes::State;
use crate::kernel::Millis;
use crate::kernel::violation::Outcome;
use serde_json::{Value, json};

/// A request to the API server of a cluster.
#[derive(Debug, Clone, Copy)]
pub struct ApiRequest<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub body: &'a str,
}

impl ControlPlane<'_, '_> {
    /// Answers a request to the API server of a running cluster. What Kubernetes refuses is an answer, too.
    pub fn request(&mut self, cluster_id: &str, request: ApiRequest<'_>) -> Outcome<String> {
        let now = self.0.now;
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let (target, query) = read(request.path);
        let method = request.method.to_ascii_uppercase();
        let answer = match (method.as_str(), target) {
            ("GET", Target::Health) => return Ok("ok".to_owned()),
            ("GET", Target::Version) => render::version(cluster),
            ("GET", Target::CoreVersions) => json!({"kind": "APIVersions", "versions": ["v1"]}),
            ("GET", Target::Groups) => json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []}),
            ("GET", Target::Resources) => resources(),
            ("GET", Target::Objects { resource, namespace, name: None }) => {
                list(cluster, resource, namespace.as_deref(), &query, now)
            }
            ("GET", Target::Objects { resource, namespace, name: Some(name) }) => {
                get(cluster, resource, namespace.as_deref(), &name, now)
            }
            ("POST", Target::Objects { resource, namespace, name: None }) => {
                self.create_object(cluster_id, resource, namespace.as_deref(), request.body)
            }
            ("DELETE", Target::Objects { resource, namespace, name: Some(name) }) => {
                self.delete_object(cluster_id, resource, namespace.as_deref(), &name)
            }
            ("PATCH", Target::Objects { resource: Resource::Nodes, name: Some(name), .. }) => {
                self.patch_node(cluster_id, &name, request.body)
            }
            (_, Target::Unknown) => unknown_path(),
            _ => {
                let message = "the server does not allow this method on the requested resource";
                render::status(405, "MethodNotAllowed", message, json!({}))
            }
        };
        Ok(answer.to_string())
    }
}

fn unknown_path() -> Value {
    render::status(404, "NotFound", "the server could not find the requested resource", json!({}))
}

/// What Kubernetes says of an object that is not there.
pub fn not_found(resource: Resource, name: &str) -> Value {
    let message = format!("{} \"{name}\" not found", resource.plural());
    render::status(404, "NotFound", message, json!({"name": name, "kind": resource.plural()}))
}

fn resources() -> Value {
    let resources: Vec<Value> = Resource::ALL
        .into_iter()
        .map(|resource| {
            let verbs = match resource {
                Resource::Nodes => json!(["get", "list", "patch"]),
                Resource::Events => json!(["get", "list"]),
                _ => json!(["create", "delete", "get", "list"]),
            };
            json!({"name": resource.plural(), "singularName": "", "namespaced": resource.is_namespaced(),
                "kind": resource.kind(), "verbs": verbs})
        })
        .collect();
    json!({"kind": "APIResourceList", "groupVersion": "v1", "resources": resources})
}

/// All objects of a kind, in one namespace or in all.
pub fn objects(cluster: &Cluster, resource: Resource, namespace: Option<&str>, now: Millis) -> Vec<Value> {
    let here = |there: &str| namespace.is_none_or(|namespace| namespace == there);
    let kubernetes = &cluster.kubernetes;
    match resource {
        Resource::Namespaces => kubernetes.namespaces.iter().map(render::namespace).collect(),
        Resource::Nodes => {
            let real = cluster.nodes.iter().filter(|node| node.state == State::Running);
            let real = real.map(|node| render::node(cluster, node));
            let up = cluster.virtual_nodes.iter().filter(|node| node.is_up());
            real.chain(up.map(|node| render::virtual_node(cluster, node))).collect()
        }
        Resource::Pods => kubernetes.pods.iter().filter(|pod| here(&pod.namespace)).map(render::pod).collect(),
        Resource::Services => {
            let services = kubernetes.services.iter().filter(|service| here(&service.namespace));
            services.map(|service| render::service(service, now)).collect()
        }
        Resource::Events => {
            kubernetes.events.iter().filter(|event| here(&event.namespace)).map(render::event).collect()
        }
    }
}

fn list(cluster: &Cluster, resource: Resource, namespace: Option<&str>, query: &Query, now: Millis) -> Value {
    let mut items = objects(cluster, resource, namespace, now);
    items.retain(|item| matches(item, query));
    let total = items.len();
    let items: Vec<Value> = items.into_iter().skip(query.from).collect();
    let length = if query.limit == 0 { items.len() } else { query.limit.min(items.len()) };
    let next = (query.from + length < total).then_some(query.from + length);
    let items = items.into_iter().take(length).map(without_kind).collect();
    render::list(resource.kind(), items, cluster.kubernetes.version(), next)
}

/// Objects in a list do not repeat the kind of the list.
fn without_kind(mut item: Value) -> Value {
    if let Some(item) = item.as_object_mut() {
        item.remove("kind");
        item.remove("apiVersion");
    }
    item
}

fn matches(item: &Value, query: &Query) -> bool {
    let labels = query.labels.iter().all(|(name, value, equal)| {
        let there = item.pointer("/metadata/labels").and_then(|labels| labels.get(name)).and_then(Value::as_str);
        let holds = if value == "*" { there.is_some() } else { there == Some(value.as_str()) };
        holds == *equal
    });
    let fields = query.fields.iter().all(|(name, value, equal)| {
        let there = item.pointer(&format!("/{}", name.replace('.', "/"))).and_then(Value::as_str).unwrap_or("");
        (there == value) == *equal
    });
    labels && fields
}

/// One object, or Kubernetes' word that it is not there.
pub fn get(cluster: &Cluster, resource: Resource, namespace: Option<&str>, name: &str, now: Millis) -> Value {
    let found = objects(cluster, resource, namespace, now)
        .into_iter()
        .find(|item| item.pointer("/metadata/name").and_then(Value::as_str) == Some(name));
    found.unwrap_or_else(|| not_found(resource, name))
}
