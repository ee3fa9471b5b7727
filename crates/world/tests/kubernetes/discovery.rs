//! Discovery and OpenAPI.

use super::Cluster;
use serde_json::{Value, json};
use wharf_world::kubernetes::request::ApiRequest;

#[test]
fn groups_depend_on_the_release() {
    for (version, group, served) in [
        ("1.14.3", "extensions/v1beta1", true),
        ("1.14.3", "apps/v1beta1", true),
        ("1.16.3", "apps/v1beta1", false),
        ("1.20.6", "networking.k8s.io/v1beta1", true),
        ("1.20.6", "batch/v1beta1", true),
        ("1.20.6", "apps/v1", true),
    ] {
        let mut cluster = Cluster::of_version(version, 0);
        let code = cluster.code(&format!("/apis/{group}"));
        assert_eq!(code == 200, served, "{version} {group}");
    }
    // The old group still has ingresses, and no more deployments.
    let mut cluster = Cluster::of_version("1.16.3", 0);
    assert_eq!(cluster.code("/apis/extensions/v1beta1/ingresses"), 200);
    assert_eq!(cluster.code("/apis/extensions/v1beta1/deployments"), 404);
}

#[test]
fn kinds_have_names_and_verbs() {
    let mut cluster = Cluster::new(0);
    let apps = cluster.get("/apis/apps/v1");
    let find =
        |name: &str| apps["resources"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap();
    let deployments = find("deployments");
    assert_eq!((&deployments["kind"], &deployments["singularName"]), (&json!("Deployment"), &json!("deployment")));
    assert_eq!((&deployments["shortNames"], &deployments["categories"]), (&json!(["deploy"]), &json!(["all"])));
    assert_eq!(find("deployments/scale")["kind"], "Scale");
    let groups = cluster.get("/apis");
    let group = groups["groups"].as_array().unwrap().iter().find(|one| one["name"] == "autoscaling").unwrap();
    assert_eq!(group["preferredVersion"]["version"], "v2");
    assert_eq!(cluster.get("/apis/apps")["kind"], "APIGroup");
    assert_eq!(cluster.get("/api")["versions"], json!(["v1"]));
    assert!(cluster.get("/")["paths"].as_array().unwrap().contains(&json!("/apis/batch/v1")));
    for path in ["/healthz", "/livez", "/readyz"] {
        assert_eq!(cluster.code(path), 200, "{path}");
    }
    assert_eq!(cluster.call("POST", "/version", Value::Null).code, 405);
}

#[test]
fn discovery_comes_in_one_document() {
    let mut cluster = Cluster::new(0);
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    for (path, plural) in [("/api", "pods"), ("/apis", "deployments")] {
        let response =
            cluster.send(ApiRequest { method: "GET", path_and_query: path, accept, ..ApiRequest::default() });
        assert!(response.content_type.contains("as=APIGroupDiscoveryList"));
        let list: Value = serde_json::from_slice(&response.body).unwrap();
        let groups = list["items"].as_array().unwrap().iter();
        let mut all =
            groups.flat_map(|g| g["versions"].as_array().unwrap()).flat_map(|v| v["resources"].as_array().unwrap());
        let found = all.find(|resource| resource["resource"] == plural).unwrap();
        assert_eq!(found["scope"], "Namespaced");
    }
}

#[test]
fn openapi_describes_every_kind() {
    let mut cluster = Cluster::new(0);
    let index = cluster.get("/openapi/v3");
    let url = index["paths"]["apis/apps/v1"]["serverRelativeURL"].as_str().unwrap().to_owned();
    assert!(url.starts_with("/openapi/v3/apis/apps/v1?hash="), "{url}");
    for name in index["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>() {
        let document = cluster.get(&format!("/openapi/v3/{name}"));
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let target = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(target), "{name}: {target}");
        }
    }
    let apps = cluster.get(&url);
    let gvk = json!({"group": "apps", "version": "v1", "kind": "Deployment"});
    let schemas = apps["components"]["schemas"].as_object().unwrap();
    let deployment = schemas.values().find(|schema| schema["x-kubernetes-group-version-kind"] == json!([gvk])).unwrap();
    assert!(deployment["properties"]["spec"].is_object());
    let containers = &schemas["PodSpec"]["properties"]["containers"];
    assert_eq!(containers["x-kubernetes-patch-merge-key"], "name");
    let patch = &apps["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
    assert!(patch["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == "fieldValidation"));
    let old = cluster.get("/openapi/v2");
    assert!(old["definitions"].as_object().unwrap().len() > 100);
    assert_eq!(cluster.code("/openapi/v3/apis/none/v1"), 404);
    let accept = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    let request = ApiRequest { method: "GET", path_and_query: "/openapi/v2", accept, ..ApiRequest::default() };
    assert_eq!(cluster.send(request).status, 406);
}
