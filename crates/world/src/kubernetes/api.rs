//! The API server of a cluster: which request does what.

use super::ControlPlane;
use super::kinds::of_key;
use super::patch::apply::Manager;
use super::refusal::{Answer, Refusal};
use super::request::{ApiRequest, ApiResponse, Form, ObjectPath, Query, Target, form, target};
use super::resource::Resource;
use super::schema::shape::Shape;
use super::store::Key;
use super::{Kubernetes, columns, convert, discovery, openapi, render};
use crate::cluster::Cluster;
use crate::kernel::Millis;
use crate::kernel::violation::{Outcome, Reason};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::Arc;

/// A request about objects of a kind.
#[derive(Debug)]
pub struct Call<'c> {
    pub cluster: &'c str,
    pub request: ApiRequest<'c>,
    pub path: ObjectPath,
    pub resource: Resource,
    pub query: Query,
    /// Nothing is kept.
    pub dry: bool,
    /// What the caller should know.
    pub warnings: RefCell<Vec<String>>,
}

/// Shows no contents: they can hold secrets.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}

/// What is answered: an object or a list of the kind that was asked for, or something else.
pub enum Reply {
    /// An object in the form in which it is kept.
    Object(u16, Value),
    /// A list of objects: its metadata and the objects in the form in which they are kept.
    List(Value, Vec<Arc<Value>>),
    /// Anything else, as it is.
    Plain(u16, Value),
    Text(String),
}

impl<'c> Call<'c> {
    /// The name in the path.
    pub fn name(&self) -> &str {
        self.path.name.as_deref().unwrap_or_default()
    }

    /// The namespace in the path.
    pub fn namespace(&self) -> &str {
        self.path.namespace.as_deref().unwrap_or_default()
    }

    /// The object of the path.
    pub fn key(&self) -> Key {
        Key::new(&self.resource.key, self.namespace(), self.name())
    }

    /// The types of the objects.
    pub fn shape(&self) -> Shape<'_> {
        Shape::of(&self.resource)
    }

    /// Who manages the fields that the request writes.
    pub fn manager<'a>(&'a self, applies: bool, api_version: &'a str, now: Millis) -> Manager<'a> {
        let agent = self.request.user_agent.split('/').next().filter(|agent| !agent.is_empty());
        let name = self.query.get("fieldManager").or(agent).unwrap_or("unknown");
        let subresource = self.path.subresource.as_deref().unwrap_or_default();
        Manager { name, applies, api_version, subresource, now }
    }
}

impl ControlPlane<'_, '_> {
    /// Answers a request to the API server of a running cluster. What Kubernetes refuses is an answer, too.
    ///
    /// A watch and a log that is followed need a road with streams, see [`ControlPlane::open_stream`].
    pub fn request(&mut self, cluster_id: &str, request: ApiRequest<'_>) -> Outcome<ApiResponse> {
        self.served_cluster(cluster_id)?;
        self.sync(cluster_id);
        let response = self.answer(cluster_id, request).unwrap_or_else(ApiResponse::from);
        self.sync(cluster_id);
        Ok(response)
    }

    /// The cluster if its API server works, or why not.
    pub fn served_cluster(&self, cluster_id: &str) -> Outcome<&Cluster> {
        let cluster = self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        if cluster.stopped.api_server {
            return Err(Reason::Unavailable.because(format!("the API server of the cluster {cluster_id} is shut down")));
        }
        Ok(cluster)
    }

    fn answer(&mut self, cluster_id: &str, request: ApiRequest<'_>) -> Answer<ApiResponse> {
        let (path, query) = request.path_and_query.split_once('?').unwrap_or((request.path_and_query, ""));
        let target = target(path);
        if let Target::Object(path) = target {
            let call = self.call(cluster_id, request, path, Query::read(query))?;
            let reply = self.dispatch(&call);
            let mut response = match reply {
                Ok(reply) => self.respond(&call, reply)?,
                Err(refused) => refused.into(),
            };
            response.warnings = call.warnings.into_inner();
            return Ok(response);
        }
        let get = matches!(request.method.to_ascii_uppercase().as_str(), "GET" | "HEAD");
        if !get && target != Target::Unknown {
            return Err(Refusal::method_not_allowed());
        }
        let cluster = self.cluster(cluster_id)?;
        let found = match target {
            Target::Health => return Ok(ApiResponse::text(200, "ok")),
            Target::Version => Some(render::version(cluster)),
            Target::Paths => Some(discovery::paths(cluster)),
            Target::CoreVersions => match form(request.accept)? {
                Form::Aggregated(version) => return Ok(discovery::aggregated(cluster, true, version)),
                _ => Some(discovery::core_versions(cluster)),
            },
            Target::Groups => match form(request.accept)? {
                Form::Aggregated(version) => return Ok(discovery::aggregated(cluster, false, version)),
                _ => Some(discovery::groups(cluster)),
            },
            Target::Group(group) => discovery::group(cluster, &group),
            Target::GroupVersion { group, version } => discovery::resources(cluster, &group, &version),
            // Some clients read this document in protobuf alone.
            Target::OpenApiV2 => form(request.accept).map(|_| Some(openapi::v2(cluster)))?,
            Target::OpenApiV3 => Some(openapi::v3_index(cluster)),
            Target::OpenApiV3Of(name) => openapi::v3(cluster, &name),
            Target::Object(_) | Target::Unknown => None,
        };
        found.map(|value| ApiResponse::json(200, &value)).ok_or_else(Refusal::unknown_path)
    }

    /// The cluster.
    pub(super) fn cluster(&self, cluster_id: &str) -> Answer<&Cluster> {
        self.0.realm.clusters.get(cluster_id).ok_or_else(Refusal::unavailable)
    }

    /// The Kubernetes of the cluster, to change.
    pub(super) fn kube(&mut self, cluster_id: &str) -> Answer<&mut Kubernetes> {
        let cluster = self.0.realm.clusters.get_mut(cluster_id).ok_or_else(Refusal::unavailable)?;
        Ok(&mut cluster.kubernetes)
    }

    /// Finds what the path of a request names.
    pub(super) fn call<'c>(
        &self,
        cluster: &'c str,
        request: ApiRequest<'c>,
        mut path: ObjectPath,
        query: Query,
    ) -> Answer<Call<'c>> {
        let resource = self.cluster(cluster)?.resource(&path.group, &path.version, &path.plural);
        let resource = resource.ok_or_else(Refusal::unknown_path)?;
        // `namespaces/a/pods` of a kind without namespaces; an object without its namespace.
        let misplaced = if resource.namespaced {
            path.namespace.is_none() && path.name.is_some()
        } else {
            path.namespace.is_some()
        };
        if misplaced {
            return Err(Refusal::unknown_path());
        }
        if let Some(subresource) = path.subresource.take() {
            // What follows the proxied object is a path of its own.
            let known = subresource.split('/').next().unwrap_or_default();
            if !resource.has(known) && !is_not_simulated(&resource, known) {
                return Err(Refusal::unknown_path());
            }
            path.subresource = Some(known.to_owned());
        }
        let dry = query.dry_run()?;
        Ok(Call { cluster, request, path, resource, query, dry, warnings: RefCell::default() })
    }

    fn dispatch(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let method = call.request.method.to_ascii_uppercase();
        if let Some(subresource) = call.path.subresource.clone() {
            if is_not_simulated(&call.resource, &subresource) {
                let message =
                    format!("{subresource} is not simulated: the containers of this cluster run no processes");
                return Err(Refusal::new(405, "MethodNotAllowed", message));
            }
            self.authorize(call, verb_of(&method)?)?;
            return self.subresource(call, &method, &subresource);
        }
        let named = call.path.name.is_some();
        let verb = match (method.as_str(), named) {
            ("GET" | "HEAD", true) => "get",
            ("GET" | "HEAD", false) => "list",
            ("POST", false) => "create",
            ("PUT", true) => "update",
            ("PATCH", true) => "patch",
            ("DELETE", true) => "delete",
            ("DELETE", false) => "deletecollection",
            _ => return Err(Refusal::method_not_allowed()),
        };
        let without_namespace = call.resource.namespaced && call.path.namespace.is_none();
        if !call.resource.can(verb) || (without_namespace && matches!(verb, "create" | "deletecollection")) {
            return Err(Refusal::method_not_allowed());
        }
        if call.path.watch || (matches!(verb, "get" | "list") && call.query.flag("watch")?) {
            return Err(no_streams("a watch"));
        }
        self.authorize(call, verb)?;
        match verb {
            "get" => self.get_object(call).map(|object| Reply::Object(200, object)),
            "list" => self.list_objects(call),
            "create" if !call.resource.can("get") => self.review(call),
            "create" => self.create_object(call).map(|object| Reply::Object(201, object)),
            "update" => self.update_object(call).map(|object| Reply::Object(200, object)),
            "patch" => self.patch_object(call).map(|(status, object)| Reply::Object(status, object)),
            "delete" => self.delete_object(call),
            _ => self.delete_collection(call),
        }
    }

    /// The object of the path.
    pub(super) fn get_object(&self, call: &Call<'_>) -> Answer<Value> {
        let store = &self.cluster(call.cluster)?.kubernetes.store;
        let found = store.get(&call.key()).ok_or_else(|| Refusal::not_found(&call.resource, call.name()))?;
        Ok(Value::clone(found))
    }

    fn respond(&self, call: &Call<'_>, reply: Reply) -> Answer<ApiResponse> {
        let resource = &call.resource;
        let form = form(call.request.accept)?;
        let now = self.0.now;
        Ok(match (reply, form) {
            (Reply::Text(text), _) => ApiResponse::text(200, text),
            (Reply::Plain(status, value), _) => ApiResponse::json(status, &value),
            (Reply::Object(status, object), Form::Table) => {
                let object = convert::shown(resource, object);
                let metadata = json!({"resourceVersion": object.pointer("/metadata/resourceVersion")});
                let table = columns::table(resource, metadata, vec![object], call.query.get("includeObject"), now);
                ApiResponse::json(status, &table)
            }
            (Reply::Object(status, object), Form::Partial) => ApiResponse::json(status, &columns::partial(&object)),
            (Reply::Object(status, object), _) => ApiResponse::json(status, &convert::shown(resource, object)),
            (Reply::List(metadata, items), Form::Table) => {
                let shown = |item: &Arc<Value>| convert::shown(resource, Value::clone(item));
                let items = items.iter().map(shown).collect();
                let table = columns::table(resource, metadata, items, call.query.get("includeObject"), now);
                ApiResponse::json(200, &table)
            }
            (Reply::List(metadata, items), Form::Partial) => {
                let items: Vec<Value> = items.iter().map(|item| columns::partial(item)).collect();
                let list = json!({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                    "metadata": metadata, "items": items});
                ApiResponse::json(200, &list)
            }
            (Reply::List(metadata, items), _) => {
                let body = list(resource, &metadata, &items);
                ApiResponse {
                    status: 200,
                    content_type: "application/json",
                    body: body.into_bytes(),
                    warnings: Vec::new(),
                }
            }
        })
    }
}

/// A list of objects. Those of built-in kinds do not repeat the kind of the list. Written piece by piece, as lists are long.
fn list(resource: &Resource, metadata: &Value, items: &[Arc<Value>]) -> String {
    let head = json!({"apiVersion": resource.api_version(), "kind": resource.list, "metadata": metadata}).to_string();
    let mut text = head.strip_suffix('}').unwrap_or(&head).to_owned();
    text.push_str(",\"items\":[");
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let converted = resource.api_version() != resource.stored;
        let item =
            if converted { Cow::Owned(convert::shown(resource, Value::clone(item))) } else { Cow::Borrowed(&**item) };
        let fields = item.as_object().into_iter().flatten();
        let repeats = |name: &str| resource.custom.is_none() && matches!(name, "kind" | "apiVersion");
        text.push('{');
        for (place, (name, value)) in fields.filter(|(name, _)| !repeats(name)).enumerate() {
            if place > 0 {
                text.push(',');
            }
            // Writing to a text does not fail.
            let _ = write!(text, "{}:{value}", Value::String(name.clone()));
        }
        text.push('}');
    }
    text.push_str("]}");
    text
}

/// Subresources that need processes or a network, which simulated containers have not.
fn is_not_simulated(resource: &Resource, subresource: &str) -> bool {
    match resource.kind.as_str() {
        "Pod" => matches!(subresource, "exec" | "attach" | "portforward" | "proxy"),
        "Service" | "Node" => subresource == "proxy",
        _ => false,
    }
}

/// What is answered where there are no streams.
pub(super) fn no_streams(what: &str) -> Refusal {
    let message = format!(
        "{what} needs a connection that streams, and requests are forwarded here one by one: list again, or use the \
         address in the cluster's kubeconfig"
    );
    Refusal::new(405, "MethodNotAllowed", message)
}

/// The resource of a key in the version in which its objects are kept.
pub(super) fn resource_of(cluster: &Cluster, key: &str) -> Option<Resource> {
    match of_key(key) {
        Some(kind) => kind.served.first().map(|served| kind.resource(served)),
        None => cluster.kubernetes.custom_resources().find(|resource| resource.key == key),
    }
}

/// The verb of a request about a part of an object.
fn verb_of(method: &str) -> Answer<&'static str> {
    Ok(match method {
        "GET" | "HEAD" => "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => return Err(Refusal::method_not_allowed()),
    })
}
