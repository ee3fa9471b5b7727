//! Which operation a method and a path mean.

use super::super::dialect::Route;
use super::super::path::{Matched, members};
use super::super::{host, text};
use super::{IAM, NO_SUCH_API};
use crate::catalog::Catalog;
use crate::refusal::Refusal;
use http::request::Parts;
use wharf_sign::sdk_hmac_sha256::ALGORITHM;
use wharf_world::cce::clusters::is_uuid;

/// The product that this vendor has.
pub(super) const PRODUCT: &str = "cce";

/// Whether the request is for a product with resources: by host, by how it says who calls, or by path.
pub(crate) fn speaks(parts: &Parts) -> bool {
    let label = host(parts).split('.').next().unwrap_or_default();
    if matches!(label, "cce" | "iam") || is_uuid(label) {
        return true;
    }
    if text(parts, "authorization").starts_with(ALGORITHM) || parts.headers.contains_key("x-auth-token") {
        return true;
    }
    let begins = |start: &str| parts.uri.path().starts_with(start);
    ["/api/", "/v2/charts", "/v3/", "/autopilot/", "/cce/"].into_iter().any(begins)
}

/// The host name's first label, if it names a cluster.
pub(super) fn cluster_of_host(parts: &Parts) -> Option<&str> {
    let (label, _) = host(parts).split_once('.')?;
    Some(label).filter(|label| is_uuid(label))
}

/// The cluster whose API server the request is for: a path of Kubernetes that no operation has.
pub(super) fn api_server(catalog: &'static Catalog, parts: &Parts) -> Option<String> {
    let path = parts.uri.path();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if !matches!(first, "api" | "apis" | "version" | "healthz" | "livez" | "readyz" | "openapi") {
        return None;
    }
    let header = Some(text(parts, "x-cluster-id")).filter(|id| is_uuid(id));
    let cluster = cluster_of_host(parts).or(header)?;
    route(catalog, parts).is_err().then(|| cluster.to_owned())
}

/// The refusal of an operation that does not exist.
pub(super) fn unknown() -> Refusal {
    let message = "The API does not exist or has not been published in the environment.";
    Refusal::with_status(404, NO_SUCH_API, message)
}

/// Finds the operation, in whichever version of the product has the path.
pub(super) fn route(catalog: &'static Catalog, parts: &Parts) -> Result<Route, Refusal> {
    let path = parts.uri.path().trim_end_matches('/');
    let service = host(parts).split('.').next().unwrap_or_default();
    let fits = |operation: &wharf_spec::Operation| match service {
        IAM => operation.spec.host.as_deref() == Some(IAM),
        "cce" => operation.spec.host.as_deref() != Some(IAM),
        _ => true,
    };
    let method = parts.method.as_str();
    let mut others: Vec<&str> = Vec::new();
    for product in catalog.versions(PRODUCT) {
        let mut best: Option<(&wharf_spec::Operation, Matched)> = None;
        for operation in product.spec().operations.iter().filter(|operation| fits(operation)) {
            let Some(matched) = members(operation.path(), path) else { continue };
            if operation.method() != method {
                others.push(operation.method());
            // The more of the path is literal, the better it is meant.
            } else if best.as_ref().is_none_or(|(_, other)| matched.literal >= other.literal) {
                best = Some((operation, matched));
            }
        }
        if let Some((operation, matched)) = best {
            return Ok(Route { product, operation: product.with_handler(operation), path: matched.members });
        }
    }
    Err(match others.as_slice() {
        [] => unknown(),
        methods => {
            let message = format!("The resource has no such method, only {}.", methods.join(", "));
            Refusal::with_status(405, NO_SUCH_API, message)
        }
    })
}

#[cfg(test)]
mod tests;
