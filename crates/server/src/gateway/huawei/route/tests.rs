#![allow(clippy::unwrap_used)]
use super::*;
use crate::catalog::catalog;

fn parts(method: &str, host: &str, path: &str) -> Parts {
    let request = http::Request::builder().method(method).uri(path).header("host", host);
    request.body(()).unwrap().into_parts().0
}

fn name(method: &str, host: &str, path: &str) -> String {
    match route(catalog(), &parts(method, host, path)) {
        Ok(route) => route.operation.name.to_owned(),
        Err(refusal) if refusal.status == Some(405) => refusal.message,
        Err(_) => String::new(),
    }
}

#[test]
fn every_operation_is_found_by_its_own_path() {
    for operation in &catalog().product(PRODUCT).unwrap().spec().operations {
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
    assert_eq!(name("POST", "x", "/api/v3/projects/p/clusters/c/clustercert"), "CreateKubernetesClusterCert");
    assert!(name("PATCH", "x", nodes).contains("no such method, only "));
    assert_eq!(name("GET", "x", "/api/v3/projects//clusters"), "");
    assert_eq!(name("GET", "x", "/autopilot/v3/projects/p/clusters"), "ListAutopilotClusters");
    assert_eq!(name("GET", "iam.example.com", nodes), "");
    assert_eq!(name("POST", "cce.example.com", "/v3/auth/tokens"), "");
}

#[test]
fn members_of_the_path_are_decoded() {
    let path = "/api/v3/projects/p/clusters/%E9%9B%86%2F1/";
    let members = route(catalog(), &parts("GET", "x", path)).unwrap().path;
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
