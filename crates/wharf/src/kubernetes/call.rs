//! One request to an API server.

use super::refuse::is_binary;
use super::status::{self, Refusal};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use wharf_core::operation::OperationMeta;

/// Methods of Kubernetes.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// Characters of a query that are not escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request to an API server, with a body of text.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Path, encoded.
    pub(super) path: String,
    /// Query, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) accept: Option<HeaderValue>,
    pub(super) content_type: Option<HeaderValue>,
    /// Headers that name another user for whom the request is made.
    pub(super) impersonation: HeaderMap,
    pub(super) body: Option<String>,
}

/// Returns whether a header names another user.
pub(super) fn is_impersonation(name: &HeaderName) -> bool {
    name.as_str().starts_with("impersonate-")
}

impl Call {
    /// Reads a request. Returns the response to one that cannot be sent.
    pub(super) fn new(parts: &Parts, body: Bytes) -> Result<Self, Refusal> {
        if !METHODS.contains(&parts.method) {
            return Err(status::bad_request(&format!("{} is not a method of Kubernetes", parts.method)));
        }
        if !parts.uri.path().starts_with('/') {
            return Err(status::bad_request("the path must start with a slash"));
        }
        // HTTP clients resolve them, escaped or not.
        let is_dots = |segment: &str| matches!(&*percent_decode_str(segment).decode_utf8_lossy(), "." | "..");
        if parts.uri.path().split('/').any(is_dots) {
            return Err(status::bad_request("the path has a dot or two as a segment"));
        }
        let impersonation = parts.headers.iter().filter(|(name, _)| is_impersonation(name));
        let not_text = |_| status::bad_request("the body is not text in UTF-8");
        let body = Some(body).filter(|body| !body.is_empty());
        let body = body.map(|body| String::from_utf8(body.into()).map_err(not_text)).transpose()?;
        Ok(Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: read_query(parts.uri.query().unwrap_or_default()),
            accept: parts.headers.get(ACCEPT).and_then(text_types),
            content_type: parts.headers.get(CONTENT_TYPE).filter(|_| body.is_some()).cloned(),
            impersonation: impersonation.map(|(name, value)| (name.clone(), value.clone())).collect(),
            body,
        })
    }

    /// Returns path and query.
    pub(super) fn path_and_query(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let query: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

    /// Returns the value of a parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        is_set(&self.query, name)
    }

    pub(super) fn is_watch(&self) -> bool {
        self.method == Method::GET && self.is_set("watch")
    }

    /// Returns whether a repetition, however late, does not undo a newer change and does not start anything twice.
    pub(super) fn is_repeatable(&self) -> bool {
        match self.method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE => true,
            Method::PUT | Method::PATCH => self.body.as_deref().is_some_and(has_version),
            _ => false,
        }
    }

    /// Returns the facts of this request.
    pub(super) fn facts(&self, all: &'static Facts) -> &'static OperationMeta {
        let own = |meta: &&OperationMeta| self.method == meta.method && self.is_repeatable() == meta.idempotent;
        all.iter().find(own).unwrap_or(&all[0])
    }
}

/// Facts of the requests of one path: by method, and whether they are repeatable.
pub(super) type Facts = [OperationMeta; 9];

/// Returns the facts of the requests of one path, from those that all of them have.
pub(super) const fn facts(of_all: OperationMeta) -> Facts {
    [
        of_all.with_route("GET", "/").with_idempotent(true),
        of_all.with_route("HEAD", "/").with_idempotent(true),
        of_all.with_route("OPTIONS", "/").with_idempotent(true),
        of_all.with_route("DELETE", "/").with_idempotent(true),
        of_all.with_route("POST", "/"),
        of_all.with_route("PUT", "/"),
        of_all.with_route("PUT", "/").with_idempotent(true),
        of_all.with_route("PATCH", "/"),
        of_all.with_route("PATCH", "/").with_idempotent(true),
    ]
}

/// Returns whether a body names the version of the object that it changes: in its metadata, or in a test of a JSON patch.
fn has_version(body: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metadata {
        resource_version: Option<String>,
    }
    #[derive(Deserialize)]
    struct Object {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Step {
        op: String,
        path: String,
    }
    let object = serde_json::from_str(body).ok().and_then(|object: Object| object.metadata.resource_version);
    let steps: Vec<Step> = serde_json::from_str(body).unwrap_or_default();
    let tested = steps.iter().any(|step| step.op == "test" && step.path == "/metadata/resourceVersion");
    tested || object.is_some_and(|version| !version.is_empty())
}

/// Returns the media types that are text.
fn text_types(accept: &HeaderValue) -> Option<HeaderValue> {
    let types: Vec<&str> = accept.to_str().ok()?.split(',').map(str::trim).filter(|it| !is_binary(it)).collect();
    HeaderValue::from_str(&types.join(",")).ok()
}

/// Reads a query: `a=b&c`, escaped.
pub(super) fn read_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Returns whether a flag is set. As in Kubernetes, any value but `false` and `0` sets it.
pub(super) fn is_set(query: &[(String, String)], name: &str) -> bool {
    let value = query.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_ascii_lowercase());
    value.is_some_and(|value| !matches!(value.as_str(), "false" | "0"))
}

/// Shows no values of the query and no body: they may be secrets.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}
