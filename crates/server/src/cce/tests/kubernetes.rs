//! The Kubernetes calls that the document describes, sent to the API server of a cluster.

use super::Cloud;
use serde_json::{Value, json};
use wharf_world::kubernetes::request::ApiRequest;

/// Line, method and path of each call.
const CALLS: &str = include_str!("kubernetes_calls.txt");
/// The release that has all groups of the document; later ones have removed some.
const RELEASE: &str = "v1.15";

impl Cloud {
    fn kubernetes(
        &mut self,
        cluster: &str,
        method: &str,
        path: &str,
        content_type: &str,
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request =
            ApiRequest { method, path_and_query: path, content_type, body: body.as_bytes(), ..ApiRequest::default() };
        let mut realm = self.world.cce(self.account, self.region);
        let response = realm.control_plane().request(cluster, request).unwrap();
        (response.status, serde_json::from_slice(&response.body).unwrap())
    }
}

/// A valid object of a kind.
fn object(plural: &str, name: &str, old_ingress: bool) -> Value {
    let labels = json!({"app": name});
    let pod = json!({"containers": [{"name": "main", "image": "nginx:1"}]});
    let template = json!({"metadata": {"labels": labels}, "spec": pod});
    let mut once = template.clone();
    once["spec"]["restartPolicy"] = json!("Never");
    let selector = json!({"matchLabels": labels});
    let rest = match plural {
        "pods" => json!({"spec": pod}),
        "deployments" | "daemonsets" | "replicasets" => json!({"spec": {"selector": selector, "template": template}}),
        "statefulsets" => json!({"spec": {"selector": selector, "serviceName": name, "template": template}}),
        "replicationcontrollers" => json!({"spec": {"template": template}}),
        "jobs" => json!({"spec": {"template": once}}),
        "cronjobs" => json!({"spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": once}}}}),
        "services" => json!({"spec": {"ports": [{"port": 80}]}}),
        "endpoints" => json!({"subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}]}),
        "ingresses" if old_ingress => json!({"spec": {"backend": {"serviceName": "web", "servicePort": 80}}}),
        "networkpolicies" => json!({"spec": {"podSelector": {}}}),
        "persistentvolumes" => json!({"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/x"}}}),
        "persistentvolumeclaims" => {
            json!({"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
        }
        "configmaps" => json!({"data": {"a": "b"}}),
        "secrets" => json!({"data": {"a": "Yg=="}}),
        "roles" | "clusterroles" => json!({"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}),
        "rolebindings" => json!({"roleRef": {"kind": "Role", "name": "r", "apiGroup": "rbac.authorization.k8s.io"}}),
        "clusterrolebindings" => {
            json!({"roleRef": {"kind": "ClusterRole", "name": "r", "apiGroup": "rbac.authorization.k8s.io"}})
        }
        _ => json!({}),
    };
    let mut object = json!({"metadata": {"name": name, "labels": labels}});
    for (key, value) in rest.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// The collection that a path is in, and what follows the object's name.
fn parts(path: &str) -> (String, String, Option<String>) {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let named = segments.iter().rposition(|segment| *segment == "{name}");
    let end = named.unwrap_or(segments.len());
    let subresource = named.and_then(|place| segments.get(place + 1)).map(|text| (*text).to_owned());
    let collection = format!("/{}", segments[..end].join("/")).replace("{namespace}", "default");
    (collection.clone(), collection.rsplit('/').next().unwrap().to_owned(), subresource)
}

#[test]
fn every_call_of_the_document_is_answered() {
    let mut cloud = Cloud::new();
    let id = cloud.create(|order| order["spec"]["version"] = json!(RELEASE));
    cloud.pass(120);
    cloud.add_nodes(&id, 1);
    let rows: Vec<Vec<&str>> =
        CALLS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect()).collect();
    assert_eq!(rows.len(), 223);
    for (number, row) in rows.iter().enumerate() {
        let [line, method, path] = row.as_slice() else { panic!("{row:?}") };
        let name = format!("x{number}");
        let (collection, plural, subresource) = parts(path);
        let old = !collection.contains("networking.k8s.io/v1/");
        let mut target = path.replace("{namespace}", "default").replace("{name}", &name);
        let named = path.contains("{name}");
        if plural == "nodes" && named {
            let nodes = cloud.kubernetes(&id, "GET", "/api/v1/nodes", "", &Value::Null).1;
            target = path.replace("{name}", nodes["items"][0]["metadata"]["name"].as_str().unwrap());
        } else if named && plural != "nodes" {
            let body = object(&plural, &name, old);
            let made = cloud.kubernetes(&id, "POST", &collection, "application/json", &body);
            assert_eq!(made.0, 201, "{line} {method} {path}: {}", made.1);
        }
        let (content_type, body) = match (*method, subresource.as_deref()) {
            ("POST", Some("rollback")) => {
                ("application/json", json!({"name": name, "kind": "DeploymentRollback", "rollbackTo": {"revision": 0}}))
            }
            ("POST", _) => ("application/json", object(&plural, &name, old)),
            ("PUT", _) => ("application/json", cloud.kubernetes(&id, "GET", &target, "", &Value::Null).1),
            ("PATCH", Some("scale")) => ("application/merge-patch+json", json!({"spec": {"replicas": 2}})),
            ("PATCH", _) => ("application/merge-patch+json", json!({"metadata": {"labels": {"new": "label"}}})),
            _ => ("", Value::Null),
        };
        let body = match subresource.as_deref() {
            // This subresource is written alone: the object is read at its own path.
            Some("finalize") => cloud.kubernetes(&id, "GET", &format!("{collection}/{name}"), "", &Value::Null).1,
            _ if body["code"].is_number() => {
                cloud.kubernetes(&id, "GET", &format!("{collection}/{name}"), "", &Value::Null).1
            }
            _ => body,
        };
        let (status, answer) = cloud.kubernetes(&id, method, &target, content_type, &body);
        let wanted = if *method == "POST" { 201 } else { 200 };
        assert_eq!(status, wanted, "{line} {method} {path}: {answer}");
        let version = path.trim_start_matches("/api/").trim_start_matches("/apis/");
        let kind = answer["kind"].as_str().unwrap();
        match (*method, named) {
            ("GET", false) if plural.starts_with('v') && plural.len() < 10 => assert_eq!(kind, "APIResourceList"),
            ("GET", false) if *path == "/api" || *path == "/apis" => assert!(kind.starts_with("API")),
            ("GET", false) => {
                assert!(kind.ends_with("List") && version.starts_with(answer["apiVersion"].as_str().unwrap()))
            }
            ("PATCH", true) if subresource.is_none() => {
                assert_eq!(answer["metadata"]["labels"]["new"], "label", "{line}")
            }
            _ => {}
        }
    }
}

#[test]
fn later_releases_have_fewer_groups() {
    let mut cloud = Cloud::new();
    for (release, path, status) in [
        ("v1.15", "/apis/extensions/v1beta1/deployments", 200),
        ("v1.17", "/apis/extensions/v1beta1/deployments", 404),
        ("v1.17", "/apis/batch/v2alpha1/cronjobs", 200),
        ("v1.21", "/apis/batch/v2alpha1/cronjobs", 404),
        ("v1.21", "/apis/networking.k8s.io/v1beta1/ingresses", 200),
        ("v1.23", "/apis/networking.k8s.io/v1beta1/ingresses", 404),
        ("v1.23", "/apis/batch/v1beta1/cronjobs", 200),
    ] {
        let id = cloud.create(|order| {
            order["spec"]["version"] = json!(release);
            order["metadata"]["name"] = json!(format!("c-{}", path.len()));
        });
        cloud.pass(120);
        assert_eq!(cloud.kubernetes(&id, "GET", path, "", &Value::Null).0, status, "{release} {path}");
        cloud.ok("DeleteCluster", json!({"cluster_id": id}));
        cloud.pass(120);
    }
}
