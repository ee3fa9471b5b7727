//! Requests that a path cannot carry. They are rejected before anything is sent.

use super::Road;
use super::call::is_impersonation;
use super::status::{Refusal, bad_request, failure};
use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode};

/// Subresources that need a stream in both directions.
const STREAMS: [&str; 3] = ["exec", "attach", "portforward"];
const INSTEAD: &str = "connect to the API server itself, with the cluster's kubeconfig";
/// Advice for the path to the API server itself.
const OWN_STACK: &str = "build the client of kube-rs from the kubeconfig";

/// Returns the response to a request that cannot be sent, or `None`.
pub(super) fn reason(parts: &Parts, road: &dyn Road) -> Option<Refusal> {
    let path = parts.uri.path();
    let (instead, streams) = if road.streams() { (OWN_STACK, true) } else { (INSTEAD, false) };
    let road = road.name();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let not_allowed = |what: &str, why: &str| {
        let message = format!("{what} is not possible through {road}, {why}: {instead}");
        Some(failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", &message))
    };
    let of_pod = match segments[..] {
        ["api", "v1", "namespaces", _, "pods", _, subresource] => subresource,
        _ => "",
    };
    if let Some(stream) = STREAMS.iter().find(|stream| **stream == of_pod) {
        return not_allowed(stream, "which has no streams in both directions");
    }
    if is_upgrade(&parts.headers) {
        return not_allowed("an upgrade of the connection", "which has no streams in both directions");
    }
    if !streams && of_pod == "log" && flag(parts, "follow") {
        return not_allowed("following a log", "which returns complete responses: read the log without follow, or");
    }
    if matches!(segments[..], ["api", _, "watch", _, ..] | ["apis", _, _, "watch", _, ..]) {
        let message = "paths with /watch/ are deprecated: list the resource with the parameter watch=true";
        return Some(failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message));
    }
    if let Some(name) = parts.headers.keys().find(|name| !streams && is_impersonation(name)) {
        let message = format!("the header {name} cannot be sent through {road}, which has its own caller: {instead}");
        return Some(bad_request(&message));
    }
    let content = text(&parts.headers, &CONTENT_TYPE);
    if is_binary(content) {
        let message = format!("the body has the type {content:?}, and {road} carries text: send application/json");
        return Some(failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", &message));
    }
    let accept = text(&parts.headers, &ACCEPT);
    if !accept.is_empty() && accept.split(',').all(is_binary) {
        let message = format!("{road} carries text, and {accept:?} accepts none: accept application/json");
        return Some(failure(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", &message));
    }
    None
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE) || text(headers, &CONNECTION).to_ascii_lowercase().contains("upgrade")
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Returns whether a media type is one of Kubernetes' binary formats.
pub(super) fn is_binary(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    ["application/vnd.kubernetes.protobuf", "application/cbor"].iter().any(|binary| media_type.contains(binary))
}

fn flag(parts: &Parts, name: &str) -> bool {
    let query = super::call::read_query(parts.uri.query().unwrap_or_default());
    super::call::is_set(&query, name)
}
