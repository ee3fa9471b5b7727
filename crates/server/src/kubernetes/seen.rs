//! What the journal keeps of a request to an API server: names, never contents, because those can be secrets.

use crate::journal::Entry;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};
use wharf_world::kubernetes::request::{ObjectPath, Query, Target, target};

/// Parameters of a query that may be shown.
const SHOWN: [&str; 26] = [
    "allowWatchBookmarks",
    "container",
    "continue",
    "dryRun",
    "fieldManager",
    "fieldSelector",
    "fieldValidation",
    "follow",
    "force",
    "gracePeriodSeconds",
    "includeObject",
    "labelSelector",
    "limit",
    "limitBytes",
    "orphanDependents",
    "pretty",
    "previous",
    "propagationPolicy",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "sinceSeconds",
    "tailLines",
    "timeoutSeconds",
    "timestamps",
    "watch",
];

/// Bytes of a body up to which it is read for the names in it.
const MOST: usize = 256 << 10;

/// The operation of a request: the verb and the resource, as in rules of RBAC (`list pods`, `update deployments.apps/scale`),
/// or the verb and the path (`get /version`).
pub(crate) fn operation(parts: &Parts) -> String {
    let method = parts.method.as_str();
    match target(parts.uri.path()) {
        Target::Object(path) => {
            let query = Query::read(parts.uri.query().unwrap_or_default());
            let watches = path.watch || matches!(query.get("watch"), Some("true" | "1"));
            format!("{} {}", verb(method, &path, watches), resource(&path))
        }
        _ => format!("{} {}", plain_verb(method), parts.uri.path()),
    }
}

fn resource(path: &ObjectPath) -> String {
    let mut name = path.plural.clone();
    if !path.group.is_empty() {
        name = format!("{name}.{}", path.group);
    }
    // What follows the proxied object is a path in it.
    match path.subresource.as_deref().and_then(|subresource| subresource.split('/').next()) {
        Some(subresource) => format!("{name}/{subresource}"),
        None => name,
    }
}

fn verb(method: &str, path: &ObjectPath, watches: bool) -> String {
    let is_object = path.name.is_some();
    match method {
        "GET" if watches && path.subresource.is_none() => "watch".to_owned(),
        "GET" | "HEAD" if !is_object => "list".to_owned(),
        "DELETE" if !is_object => "deletecollection".to_owned(),
        _ => plain_verb(method),
    }
}

fn plain_verb(method: &str) -> String {
    match method {
        "GET" | "HEAD" => "get".to_owned(),
        "POST" => "create".to_owned(),
        "PUT" => "update".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The verbs of operations.
const VERBS: [&str; 8] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// The reasons of refusals and their statuses (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
const REASONS: [(&str, u16); 14] = [
    ("AlreadyExists", 409),
    ("BadRequest", 400),
    ("Conflict", 409),
    ("Expired", 410),
    ("Forbidden", 403),
    ("Gone", 410),
    ("InternalError", 500),
    ("Invalid", 422),
    ("MethodNotAllowed", 405),
    ("NotFound", 404),
    ("ServiceUnavailable", 503),
    ("Timeout", 504),
    ("TooManyRequests", 429),
    ("Unauthorized", 401),
];

/// Whether a text has the form of an operation: `list pods`.
pub(crate) fn is_operation(text: &str) -> bool {
    let is_resource = |resource: &str| !resource.is_empty() && !resource.contains(char::is_whitespace);
    text.split_once(' ').is_some_and(|(verb, resource)| VERBS.contains(&verb) && is_resource(resource))
}

/// The status of a refusal with that reason, if there is such a reason.
pub(crate) fn status_of(reason: &str) -> Option<u16> {
    REASONS.iter().find(|(known, _)| *known == reason).map(|(_, status)| *status)
}

/// Whether the value of a parameter of a query must not be shown: a command can have a secret among its arguments.
pub(crate) fn hides(parameter: &str) -> bool {
    !SHOWN.contains(&parameter)
}

/// Notes the answer of an API server: its code and what identifies the object.
pub(crate) fn note(status: u16, body: &[u8], entry: &mut Entry) {
    entry.status = Some(status);
    let Ok(head) = serde_json::from_slice::<Head>(body.get(..MOST).map_or(body, |_| &[])) else { return };
    if status >= 400 {
        entry.code = head.reason.clone().filter(|reason| !reason.is_empty());
    }
    entry.response = head.shown().to_string();
}

/// The parts of an object that are not its contents.
#[derive(Debug, Deserialize)]
struct Head {
    kind: Option<String>,
    #[serde(rename = "apiVersion")]
    api_version: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    reason: Option<String>,
    message: Option<String>,
    code: Option<u16>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    #[serde(rename = "resourceVersion")]
    resource_version: Option<String>,
}

impl Head {
    fn shown(&self) -> Value {
        if self.kind.as_deref() == Some("Status") {
            return json!({
                "kind": "Status", "apiVersion": self.api_version, "reason": self.reason, "message": self.message,
                "code": self.code,
            });
        }
        let mut metadata = serde_json::Map::new();
        let members = [
            ("name", &self.metadata.name),
            ("namespace", &self.metadata.namespace),
            ("resourceVersion", &self.metadata.resource_version),
        ];
        for (name, value) in members {
            if let Some(value) = value {
                metadata.insert(name.to_owned(), Value::from(value.as_str()));
            }
        }
        json!({ "kind": self.kind, "apiVersion": self.api_version, "metadata": metadata })
    }
}

#[cfg(test)]
mod tests;
