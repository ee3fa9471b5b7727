//! The Kubernetes calls that the document of CCE describes, sent to a cluster by its host below the API gateway, and to its
//! API server over TLS. The document states no status for each call: it is that of Kubernetes, 201 for a POST that creates an
//! object and 200 otherwise.

use crate::cloud::{Cloud, listening};
use crate::support::{WorldTime, cce_builder};
use bytes::Bytes;
use serde_json::{Value, json};
use wharf::Kubernetes;
use wharf::cce::types::{ClusterFlavor, ClusterSpec, Login, NodeSpec};

/// Line, method and path of each call.
const CALLS: &str = include_str!("calls.txt");
/// The release that has all groups of the document; later ones have removed some.
const RELEASE: &str = "v1.15";
const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";

async fn send(kubernetes: &Kubernetes, method: &str, path: &str, content_type: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = http::Request::builder().method(method).uri(path).header("content-type", content_type);
    let response = kubernetes.send(request.body(body).unwrap()).await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

async fn get(kubernetes: &Kubernetes, path: &str) -> Value {
    send(kubernetes, "GET", path, JSON, &Value::Null).await.1
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

/// The path of a call about an object, which is created if a call can create it.
async fn target(kubernetes: &Kubernetes, row: &Row<'_>) -> String {
    let path = row.path.replace("{namespace}", "default");
    match (row.plural.as_str(), row.path.contains("{name}")) {
        ("nodes", true) => {
            let nodes = get(kubernetes, "/api/v1/nodes").await;
            path.replace("{name}", nodes["items"][0]["metadata"]["name"].as_str().unwrap())
        }
        (plural, true) => {
            let made = send(kubernetes, "POST", &row.collection, JSON, &object(plural, &row.name, row.old)).await;
            assert_eq!(made.0, 201, "{row:?}: {}", made.1);
            path.replace("{name}", &row.name)
        }
        (_, false) => path,
    }
}

/// A valid body for a call, and its media type.
async fn body(kubernetes: &Kubernetes, row: &Row<'_>, target: &str) -> (&'static str, Value) {
    let whole = format!("{}/{}", row.collection, row.name);
    match (row.method, row.subresource.as_deref()) {
        ("POST", Some("rollback")) => {
            (JSON, json!({"name": row.name, "kind": "DeploymentRollback", "rollbackTo": {"revision": 0}}))
        }
        ("POST", _) => (JSON, object(&row.plural, &row.name, row.old)),
        // This subresource is written alone: the object is read at its own path.
        ("PUT", Some("finalize")) => (JSON, get(kubernetes, &whole).await),
        ("PUT", _) => (JSON, get(kubernetes, target).await),
        ("PATCH", Some("scale")) => (MERGE, json!({"spec": {"replicas": 2}})),
        ("PATCH", _) => (MERGE, json!({"metadata": {"labels": {"new": "label"}}})),
        _ => (JSON, Value::Null),
    }
}

/// A call of the document.
#[derive(Debug)]
struct Row<'a> {
    line: &'a str,
    method: &'a str,
    path: &'a str,
    name: String,
    collection: String,
    plural: String,
    subresource: Option<String>,
    /// Whether the group is older than `networking.k8s.io/v1`.
    old: bool,
}

impl<'a> Row<'a> {
    fn new(number: usize, line: &'a str) -> Self {
        let [line, method, path] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (collection, plural, subresource) = parts(path);
        let old = !collection.contains("networking.k8s.io/v1/");
        Self { line, method, path, name: format!("x{number}"), collection, plural, subresource, old }
    }

    /// Checks the kind of a response.
    fn check(&self, answer: &Value) {
        let version = self.path.trim_start_matches("/api/").trim_start_matches("/apis/");
        let kind = answer["kind"].as_str().unwrap();
        let listed = ["/api", "/apis"].contains(&self.path);
        match (self.method, self.path.contains("{name}")) {
            ("GET", false) if self.plural.starts_with('v') && self.plural.len() < 10 => {
                assert_eq!(kind, "APIResourceList");
            }
            ("GET", false) if listed => assert!(kind.starts_with("API")),
            ("GET", false) => {
                assert!(kind.ends_with("List") && version.starts_with(answer["apiVersion"].as_str().unwrap()));
            }
            ("PATCH", true) if self.subresource.is_none() => {
                assert_eq!(answer["metadata"]["labels"]["new"], "label", "{}", self.line);
            }
            _ => {}
        }
    }
}

async fn every_call(kubernetes: &Kubernetes) {
    let rows: Vec<&str> = CALLS.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rows.len(), 223);
    for (number, line) in rows.into_iter().enumerate() {
        let row = Row::new(number, line);
        let target = target(kubernetes, &row).await;
        let (content_type, body) = body(kubernetes, &row, &target).await;
        let (status, answer) = send(kubernetes, row.method, &target, content_type, &body).await;
        assert_eq!(status, if row.method == "POST" { 201 } else { 200 }, "{line}: {answer}");
        row.check(&answer);
    }
}

/// A cluster of the release with a node.
async fn cluster(cloud: &Cloud) -> (wharf::cce::Connection, String) {
    let connection = cce_builder(&cloud.server).clock(WorldTime::new(&cloud.server)).build().unwrap();
    let network = ("vpc-default0", "subnet-default1");
    let plane = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, network.0, network.1)
        .version(RELEASE)
        .container_network(|network| network.cidr("172.16.0.0/16"));
    let order = connection.clusters().create_cluster().metadata(|cluster| cluster.name("calls")).set_spec(plane);
    let id = order.send().await.unwrap().metadata.uid.unwrap();
    connection.clusters().wait_until_available(&id).await.unwrap();
    let machine = NodeSpec::server("s6.large.2", "random", Login::key_pair("key-1")).os("EulerOS 2.5").count(1);
    let order = connection.nodes().create_node(&id).metadata(|node| node.name("node")).set_spec(machine);
    connection.job(order.send().await.unwrap().job_id().unwrap()).wait().await.unwrap();
    (connection, id)
}

#[tokio::test]
async fn every_call_of_the_document_by_the_clusters_host() {
    let cloud = Cloud::new().await;
    let (connection, id) = cluster(&cloud).await;
    every_call(&connection.kubernetes(id)).await;
}

#[tokio::test]
async fn every_call_of_the_document_over_tls() {
    let cloud = Cloud::new().await;
    let (connection, id) = cluster(&cloud).await;
    let config = connection.kubeconfig(id).fetch().await.unwrap();
    listening(&config);
    every_call(&config.kubernetes().unwrap()).await;
}
