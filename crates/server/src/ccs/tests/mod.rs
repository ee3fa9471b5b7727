//! Tests of the rules, by calls of the operations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clusters;
mod conform;
mod containers;
mod deployments;
mod instances;
mod monitor;
mod namespaces;
mod nodes;
mod registry;
mod rollout;
mod rules;
mod sequences;
mod services;
mod triggers;

use super::HANDLERS;
use crate::handler::Context;
use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::ack::tenancy::Owner;

/// 2024-06-01 08:00:00 in China.
const START: u64 = 1_717_200_000_000;

/// A world and who calls it.
struct Cloud {
    world: World,
    account: &'static str,
    region: &'static str,
}

impl Cloud {
    fn new() -> Self {
        Self { world: World::new(START), account: "100000000001", region: "ap-guangzhou" }
    }

    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        let (name, handler) = HANDLERS.iter().find(|(name, _)| *name == operation).unwrap();
        let context = Context {
            account: self.account.to_owned(),
            sub: None,
            region: self.region.to_owned(),
            owner: Owner::default(),
            base_url: "http://127.0.0.1:4000".to_owned(),
            now: self.world.now(),
            api_servers: None,
        };
        conform::parameters(name, &parameters);
        let result = handler(&mut self.world, &context, Input(parameters.as_object().unwrap()));
        match &result {
            Ok(answer) => conform::answer(name, answer),
            Err(refusal) => conform::code(name, refusal),
        }
        result
    }

    /// The answer of a call that succeeds.
    fn ok(&mut self, operation: &str, parameters: Value) -> Value {
        self.call(operation, parameters.clone()).unwrap_or_else(|refusal| panic!("{operation} {parameters}: {refusal}"))
    }

    /// The code of a call that is refused.
    fn code(&mut self, operation: &str, parameters: Value) -> String {
        self.refusal(operation, parameters).code.into_owned()
    }

    fn refusal(&mut self, operation: &str, parameters: Value) -> Refusal {
        match self.call(operation, parameters.clone()) {
            Ok(answer) => panic!("{operation} {parameters} is not refused: {answer}"),
            Err(refusal) => refusal,
        }
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.world.advance(self.world.now() + seconds * 1_000);
    }

    /// Cluster and task of a new cluster with two nodes of four cores.
    fn create(&mut self, range: &str) -> (String, Value) {
        let answer = self.ok("CreateCluster", cluster(range));
        (text(&answer["clusterId"]), answer["requestId"].clone())
    }

    /// A running cluster.
    fn running(&mut self) -> String {
        let (id, _) = self.create("172.16.0.0/16");
        self.pass(60);
        id
    }

    fn task(&mut self, number: &Value) -> String {
        text(&self.ok("DescribeClusterTaskResult", json!({"requestId": number}))["status"])
    }

    fn cluster(&mut self, id: &str) -> Value {
        self.ok("DescribeCluster", json!({"clusterIds": [id]}))["clusters"][0].clone()
    }

    fn nodes(&mut self, id: &str) -> Vec<Value> {
        list(&self.ok("DescribeClusterInstances", json!({"clusterId": id, "limit": 100}))["nodes"])
    }

    /// A running cluster with a service `web` of that many pods.
    fn serving(&mut self, replicas: u64) -> String {
        let id = self.running();
        self.ok("CreateClusterService", service(&id, "web", replicas));
        self.pass(10);
        id
    }

    fn service(&mut self, id: &str, name: &str) -> Value {
        self.ok("DescribeClusterServiceInfo", json!({"clusterId": id, "serviceName": name}))["service"].clone()
    }

    fn status(&mut self, id: &str, name: &str) -> String {
        text(&self.service(id, name)["status"])
    }

    fn pods(&mut self, id: &str, name: &str) -> Vec<Value> {
        let of = json!({"clusterId": id, "serviceName": name, "limit": 100});
        list(&self.ok("DescribeServiceInstance", of)["instances"])
    }

    /// The images of the pods that run.
    fn images(&mut self, id: &str, name: &str) -> Vec<String> {
        let pods = self.pods(id, name).into_iter().filter(|pod| pod["status"] == "Running");
        pods.map(|pod| text(&pod["containers"][0]["image"])).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).clone()
}

/// Returns `base` with the fields of `over`; null removes a field.
fn with(base: Value, over: Value) -> Value {
    let (Value::Object(mut base), Value::Object(over)) = (base, over) else { panic!("not objects") };
    for (name, value) in over {
        if value.is_null() {
            base.remove(&name);
        } else {
            base.insert(name, value);
        }
    }
    Value::Object(base)
}

/// Two machines of four cores and eight GB.
fn machines() -> Value {
    json!({
        "zoneId": "1", "goodsNum": 2, "cpu": 4, "mem": 8, "bandwidthType": "PayByTraffic", "bandwidth": 1,
        "subnetId": "subnet-default1", "isVpcGateway": 0, "rootSize": 20, "storageSize": 50,
    })
}

fn cluster(range: &str) -> Value {
    let more = json!({
        "clusterName": "test", "clusterCIDR": range, "osName": "ubuntu16.04.1 LTSx86_64", "vpcId": "vpc-default0",
    });
    with(machines(), more)
}

fn container(name: &str) -> Value {
    json!({"containerName": name, "image": "nginx:1.0", "cpu": 200, "cpuLimits": 400, "memory": 128, "memoryLimits": 256})
}

fn service(cluster: &str, name: &str, replicas: u64) -> Value {
    json!({
        "clusterId": cluster, "serviceName": name, "replicas": replicas, "containers": [container("main")],
        "portMappings": [{"lbPort": 80, "containerPort": 8080, "protocol": "TCP"}],
    })
}

/// A service of a cluster, by name.
fn named(cluster: &str, name: &str) -> Value {
    json!({"clusterId": cluster, "serviceName": name})
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object"))
}

#[test]
fn every_documented_operation_is_there() {
    let spec = crate::catalog::catalog().product("ccs").unwrap();
    let missing: Vec<_> = spec.operations().filter(|operation| operation.handler.is_none()).map(|o| o.name).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(HANDLERS.len(), 47);
    assert!(HANDLERS.is_sorted_by_key(|(name, _)| name));
}

#[test]
fn accounts_and_regions_are_separate() {
    let mut cloud = Cloud::new();
    let (id, task) = cloud.create("172.16.0.0/16");
    for (account, region) in [("100000000002", "ap-guangzhou"), ("100000000001", "ap-beijing")] {
        (cloud.account, cloud.region) = (account, region);
        assert_eq!(cloud.ok("DescribeCluster", json!({}))["totalCount"], 0);
        assert_eq!(cloud.code("DescribeClusterInstances", json!({"clusterId": id})), "5000");
        assert_eq!(cloud.code("DescribeClusterTaskResult", json!({"requestId": task})), "5000");
    }
}

#[test]
fn the_same_calls_give_the_same_world() {
    let run = || {
        let mut cloud = Cloud::new();
        let id = cloud.serving(3);
        cloud.pass(120);
        (cloud.cluster(&id), cloud.nodes(&id), cloud.pods(&id, "web"), monitor::cpu(&mut cloud, &id, "web"))
    };
    assert_eq!(run(), run());
}

/// What TKE's API answers about the same account and region.
fn tke(cloud: &mut Cloud, operation: &'static str, parameters: Value) -> Result<Value, Refusal> {
    let context = Context {
        account: "100000000001".into(),
        sub: None,
        region: "ap-guangzhou".into(),
        owner: Owner::default(),
        base_url: String::new(),
        now: cloud.world.now(),
        api_servers: None,
    };
    let (_, handler) = crate::tke::HANDLERS.iter().find(|(name, _)| *name == operation).unwrap();
    handler(&mut cloud.world, &context, Input(parameters.as_object().unwrap()))
}

#[test]
fn tke_does_not_show_the_clusters() {
    let mut cloud = Cloud::new();
    let id = cloud.serving(2);
    assert_eq!(tke(&mut cloud, "DescribeClusters", json!({})).unwrap()["TotalCount"], 0);
    for (operation, parameters) in [
        ("DescribeClusterInstances", json!({"ClusterId": id})),
        ("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "terminate"})),
        ("ForwardRequest", json!({"Method": "GET", "Path": "/version", "ClusterName": id})),
    ] {
        let refusal = tke(&mut cloud, operation, parameters).unwrap_err();
        assert!(refusal.code.contains("NotFound"), "{operation}: {refusal}");
    }
    assert_eq!(cloud.cluster(&id)["status"], "Running");
    let new = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.30.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0", "ClusterName": "b"},
    });
    let made = tke(&mut cloud, "CreateCluster", new).unwrap()["ClusterId"].clone();
    let shown = cloud.ok("DescribeCluster", json!({}));
    assert_eq!((&shown["totalCount"], shown["clusters"][0]["clusterId"] == made), (&json!(1), false));
}
