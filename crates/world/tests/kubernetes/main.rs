//! The API server of a cluster behaves as Kubernetes documents it (kubernetes.io/docs/reference/using-api and
//! kubernetes.io/docs/concepts).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod autoscaling;
mod conflicts;
mod controllers;
mod custom;
mod deletion;
mod discovery;
mod forms;
mod lists;
mod patches;
mod pods;
mod quotas;
mod refusals;
mod services;
mod storage;
mod streams;

use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::cluster::nodes::{NodeSettings, Role};
use wharf_world::cluster::{NewCluster, NewNodes, Source};
use wharf_world::infra::machines::Purchase;
use wharf_world::kubernetes::request::{ApiRequest, ApiResponse};
use wharf_world::kubernetes::watch::Stream;

const NAMESPACE: &str = "/api/v1/namespaces/default";
const APPS: &str = "/apis/apps/v1/namespaces/default";

/// A cluster in a world of its own.
struct Cluster {
    world: World,
    id: String,
}

/// The answer to a request: status and body.
#[derive(Debug)]
struct Answer {
    code: u16,
    body: Value,
}

impl Answer {
    /// The body of an answer that is no refusal.
    fn ok(self) -> Value {
        assert!(self.code < 300, "{} {}", self.code, self.body);
        self.body
    }

    /// Status, reason, and message of a refusal.
    fn refusal(self) -> (u16, String, String) {
        assert!(self.code >= 400, "{} {}", self.code, self.body);
        assert_eq!((&self.body["kind"], &self.body["status"]), (&json!("Status"), &json!("Failure")));
        assert_eq!(self.body["code"], self.code);
        let text = |name: &str| self.body[name].as_str().unwrap().to_owned();
        (self.code, text("reason"), text("message"))
    }
}

impl Cluster {
    /// A running cluster of that many nodes of two cores.
    fn new(nodes: u64) -> Self {
        Self::of_version("1.20.6", nodes)
    }

    fn of_version(version: &str, nodes: u64) -> Self {
        let mut world = World::new(1_717_200_000_000);
        let purchase = Purchase {
            count: nodes,
            instance_type: Some("S5.MEDIUM4".to_owned()),
            network: "vpc-default0".to_owned(),
            subnet: "subnet-default1".to_owned(),
            ..Purchase::default()
        };
        let settings = NodeSettings::default();
        let first = NewNodes { role: Role::Worker, source: Source::Purchase(Box::new(purchase)), settings };
        let new = NewCluster {
            version: Some(version.to_owned()),
            network: Some("vpc-default0".to_owned()),
            range: Some("172.16.0.0/16".to_owned()),
            runtime: "containerd".to_owned(),
            nodes: if nodes == 0 { Vec::new() } else { vec![first] },
            ..NewCluster::default()
        };
        let id = world.tke("100000000001", "ap-guangzhou").create_cluster(new).unwrap();
        let mut cluster = Self { world, id };
        cluster.pass(300);
        cluster
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.world.advance(self.world.now() + seconds * 1_000);
    }

    fn send(&mut self, request: ApiRequest<'_>) -> ApiResponse {
        let id = self.id.clone();
        let mut realm = self.world.tke("100000000001", "ap-guangzhou");
        realm.control_plane().request(&id, request).unwrap()
    }

    fn call_as(&mut self, method: &str, path: &str, content_type: &str, body: &str) -> Answer {
        let body = body.as_bytes();
        let request = ApiRequest { method, path_and_query: path, content_type, body, ..ApiRequest::default() };
        let response = self.send(request);
        let body = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        Answer { code: response.status, body }
    }

    fn call(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call_as(method, path, "application/json", &body)
    }

    fn get(&mut self, path: &str) -> Value {
        self.call("GET", path, Value::Null).ok()
    }

    fn post(&mut self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).ok()
    }

    fn merge(&mut self, path: &str, patch: Value) -> Value {
        self.call_as("PATCH", path, "application/merge-patch+json", &patch.to_string()).ok()
    }

    fn apply(&mut self, path: &str, manager: &str, object: Value) -> Answer {
        let path = format!("{path}?fieldManager={manager}");
        self.call_as("PATCH", &path, "application/apply-patch+yaml", &object.to_string())
    }

    fn delete(&mut self, path: &str) -> Value {
        self.call("DELETE", path, Value::Null).ok()
    }

    fn code(&mut self, path: &str) -> u16 {
        self.call("GET", path, Value::Null).code
    }

    fn names(&mut self, path: &str) -> Vec<String> {
        let list = self.get(path);
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The object in the form of a table: its header and cells.
    fn table(&mut self, path: &str) -> (Vec<String>, Vec<Value>) {
        let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        let request = ApiRequest { method: "GET", path_and_query: path, accept, ..ApiRequest::default() };
        let table: Value = serde_json::from_slice(&self.send(request).body).unwrap();
        assert_eq!(table["kind"], "Table", "{table}");
        let columns = table["columnDefinitions"].as_array().unwrap().iter();
        let names = columns.map(|column| column["name"].as_str().unwrap().to_owned()).collect();
        (names, table["rows"].as_array().unwrap().iter().map(|row| row["cells"].clone()).collect())
    }

    fn watch(&mut self, path: &str) -> Result<Stream, Answer> {
        let id = self.id.clone();
        let request = ApiRequest { method: "GET", path_and_query: path, ..ApiRequest::default() };
        let mut realm = self.world.tke("100000000001", "ap-guangzhou");
        let opened = realm.control_plane().open_stream(&id, request).unwrap();
        opened
            .map_err(|response| Answer { code: response.status, body: serde_json::from_slice(&response.body).unwrap() })
    }

    /// The lines that have come on a stream.
    fn poll(&mut self, stream: &mut Stream) -> Vec<String> {
        let id = self.id.clone();
        let mut lines = Vec::new();
        loop {
            let mut realm = self.world.tke("100000000001", "ap-guangzhou");
            match realm.control_plane().poll_stream(&id, stream).unwrap() {
                more if more.is_empty() => return lines,
                more => lines.extend(more),
            }
        }
    }

    /// The events that have come on a watch: type and name.
    fn events(&mut self, stream: &mut Stream) -> Vec<(String, String)> {
        let lines = self.poll(stream);
        let events = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        events.map(|event| (text(&event["type"]), text(&event["object"]["metadata"]["name"]))).collect()
    }

    fn config_map(&mut self, name: &str, labels: Value) -> Value {
        let path = format!("{NAMESPACE}/configmaps");
        self.post(&path, json!({"metadata": {"name": name, "labels": labels}, "data": {"a": "1"}}))
    }
}

fn pod(name: &str, app: &str) -> Value {
    json!({"metadata": {"name": name, "labels": {"app": app}},
        "spec": {"containers": [{"name": "main", "image": "nginx:1"}]}})
}

fn template(app: &str, image: &str) -> Value {
    json!({"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "main", "image": image}]}})
}

fn deployment(name: &str, replicas: u64) -> Value {
    json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template(name, "nginx:1")}})
}
