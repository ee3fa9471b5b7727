//! Which operation a method and a path mean.

use super::super::path::{Matched, members};
use super::super::{host, text};
use super::IAM;
use http::request::Parts;
use serde_json::{Map, Value};
use wharf_sign::sdk_hmac_sha256::ALGORITHM;
use wharf_spec::{Operation, Product};
use wharf_world::cce::clusters::is_uuid;

/// The vendor's own client makes a certificate where the document reads one: the same path, another method.
const CERTIFICATE: (&str, &str) = ("POST", "GetClusterCert");

/// What a method and a path mean.
#[derive(Debug)]
pub(super) enum Route {
    /// An operation, with the members of its path.
    Operation(&'static Operation, Map<String, Value>),
    /// The path exists, with other methods.
    OtherMethods(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

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
    ["/api/", "/v3/", "/autopilot/", "/cce/"].into_iter().any(begins)
}

/// The host name's first label, if it names a cluster.
pub(super) fn cluster_of_host(parts: &Parts) -> Option<&str> {
    let (label, _) = host(parts).split_once('.')?;
    Some(label).filter(|label| is_uuid(label))
}

/// Finds the operation.
pub(super) fn route(spec: &'static Product, parts: &Parts) -> Route {
    let path = parts.uri.path().trim_end_matches('/');
    let service = host(parts).split('.').next().unwrap_or_default();
    let fits = |operation: &&Operation| match service {
        IAM => operation.spec.host.as_deref() == Some(IAM),
        "cce" => operation.spec.host.as_deref() != Some(IAM),
        _ => true,
    };
    let found: Vec<(&'static Operation, Matched)> = spec
        .operations
        .iter()
        .filter(fits)
        .filter_map(|operation| Some((operation, members(operation.path(), path)?)))
        .collect();
    let method = parts.method.as_str();
    let meant =
        |operation: &Operation| operation.method() == method || (method, operation.name.as_str()) == CERTIFICATE;
    // The more of the path is literal, the better it is meant.
    let best = found.iter().filter(|(operation, _)| meant(operation)).max_by_key(|(_, matched)| matched.literal);
    match best {
        Some((operation, matched)) => Route::Operation(operation, matched.members.clone()),
        None if found.is_empty() => Route::Nothing,
        None => Route::OtherMethods(found.iter().map(|(operation, _)| operation.method()).collect()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::catalog::catalog;

    fn spec() -> &'static Product {
        catalog().product("cce").unwrap().spec()
    }

    fn parts(method: &str, host: &str, path: &str) -> Parts {
        let request = http::Request::builder().method(method).uri(path).header("host", host);
        request.body(()).unwrap().into_parts().0
    }

    fn name(method: &str, host: &str, path: &str) -> String {
        match route(spec(), &parts(method, host, path)) {
            Route::Operation(operation, _) => operation.name.clone(),
            Route::OtherMethods(methods) => methods.join(","),
            Route::Nothing => String::new(),
        }
    }

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in &spec().operations {
            let path = operation.path().replace(['{', '}'], "");
            assert_eq!(name(operation.method(), "127.0.0.1:1", &path), operation.name);
        }
    }

    #[test]
    fn paths_that_look_alike_are_told_apart() {
        let nodes = "/api/v3/projects/p/clusters/c/nodes";
        assert_eq!(name("POST", "cce.example.com", &format!("{nodes}/add")), "AddNodes");
        assert_eq!(name("GET", "cce.example.com", &format!("{nodes}/add")), "GetNode");
        assert_eq!(name("PUT", "cce.example.com", &format!("{nodes}/operation/remove")), "RemoveNodes");
        assert_eq!(name("POST", "x", "/api/v3/projects/p/clusters/c/clustercert"), "GetClusterCert");
        assert_eq!(name("PATCH", "x", nodes), "POST,DELETE,GET");
        assert_eq!(name("GET", "x", "/api/v3/projects//clusters"), "");
        assert_eq!(name("GET", "x", "/autopilot/v3/projects/p/clusters"), "");
        assert_eq!(name("GET", "iam.example.com", nodes), "");
        assert_eq!(name("POST", "cce.example.com", "/v3/auth/tokens"), "");
    }

    #[test]
    fn members_of_the_path_are_decoded() {
        let path = "/api/v3/projects/p/clusters/%E9%9B%86%2F1/";
        let Route::Operation(_, members) = route(spec(), &parts("GET", "x", path)) else { unreachable!() };
        assert_eq!((members["project_id"].as_str(), members["cluster_id"].as_str()), (Some("p"), Some("集/1")));
    }

    #[test]
    fn the_dialect_is_told_by_host_headers_and_path() {
        let cluster = "4d1ecb2c-229a-11e8-9c75-0255ac100ceb.cce.example.com";
        assert!(speaks(&parts("GET", cluster, "/")));
        assert_eq!(cluster_of_host(&parts("GET", cluster, "/")).unwrap().len(), 36);
        assert!(speaks(&parts("GET", "cce.example.com", "/elsewhere")));
        assert!(speaks(&parts("GET", "127.0.0.1:1", "/api/v3/addons")));
        assert!(!speaks(&parts("GET", "tke.example.com", "/")));
        assert!(!speaks(&parts("POST", "127.0.0.1:1", "/tke/")));
    }
}
