//! Tests of the rules, by calls of the operations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod addons;
mod arguments;
mod backups;
mod charts;
mod clusters;
mod conform;
mod endpoints;
mod groups;
mod health;
mod image_caches;
mod inspection;
mod kubernetes;
mod levels;
mod log_configs;
mod logs;
mod maintenance;
mod native_health;
mod native_lists;
mod native_machines;
mod native_pools;
mod native_scaling;
mod networks;
mod node_pools;
mod node_upgrades;
mod nodes;
mod policies;
mod pool_members;
mod purchases;
mod random_upgrades;
mod registered_nodes;
mod releases;
mod rules;
mod sequences;
mod settings;
mod super_pods;
mod upgrades;
mod virtual_nodes;
mod wrong_inputs;

use super::HANDLERS;
use crate::catalog::Product;
use crate::handler::Context;
use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::ack::tenancy::Owner;

/// The sub-accounts of the first account.
const DEVELOPER: &str = "100000000021";
const OPERATOR: &str = "100000000022";

/// A world and who calls it.
struct Cloud {
    world: World,
    account: &'static str,
    /// The sub-account that calls.
    sub: Option<&'static str>,
    region: &'static str,
}

/// The operations of one version of TKE in a cloud.
struct Calls<'a> {
    cloud: &'a mut Cloud,
    product: &'static Product,
}

impl Cloud {
    fn new() -> Self {
        let mut world = World::new(1_717_200_000_000);
        world.users.add("100000000001", DEVELOPER, "developer");
        world.users.add("100000000001", OPERATOR, "operator");
        Self { world, account: "100000000001", sub: None, region: "ap-guangzhou" }
    }

    /// The operations of a version.
    fn at(&mut self, version: &'static str) -> Calls<'_> {
        Calls { cloud: self, product: conform::version(version) }
    }

    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        self.at("2018-05-25").call(operation, parameters)
    }

    /// The answer of a call that succeeds.
    fn ok(&mut self, operation: &str, parameters: Value) -> Value {
        self.at("2018-05-25").ok(operation, parameters)
    }

    /// The code of a call that is refused.
    fn code(&mut self, operation: &str, parameters: Value) -> String {
        self.refusal(operation, parameters).code.into_owned()
    }

    fn refusal(&mut self, operation: &str, parameters: Value) -> Refusal {
        self.at("2018-05-25").refusal(operation, parameters)
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.world.advance(self.world.now() + seconds * 1_000);
    }

    /// The identifier of a new cluster with that range and without nodes, still being created.
    fn create(&mut self, range: &str) -> String {
        let answer = self.ok("CreateCluster", empty_cluster(range));
        answer["ClusterId"].as_str().unwrap().to_owned()
    }

    /// The identifier of a running cluster without nodes, which can have native ones.
    fn recent(&mut self) -> String {
        let mut new = empty_cluster("172.16.0.0/16");
        new["ClusterBasicSettings"]["ClusterVersion"] = json!("1.20.6");
        let id = self.ok("CreateCluster", new)["ClusterId"].as_str().unwrap().to_owned();
        self.pass(60);
        id
    }

    /// The identifier of a running cluster without nodes.
    fn running(&mut self) -> String {
        let id = self.create("172.16.0.0/16");
        self.pass(60);
        id
    }

    /// Adds that many running nodes of two cores and gives their machines.
    fn add_nodes(&mut self, cluster: &str, count: u64) -> Vec<String> {
        let para = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": count, "VirtualPrivateCloud": place()});
        let answer =
            self.ok("CreateClusterInstances", json!({"ClusterId": cluster, "RunInstancePara": para.to_string()}));
        self.pass(40);
        texts(&answer["InstanceIdSet"])
    }

    fn cluster(&mut self, id: &str) -> Value {
        self.ok("DescribeClusters", json!({"ClusterIds": [id]}))["Clusters"][0].clone()
    }

    fn nodes(&mut self, cluster: &str) -> Vec<Value> {
        let answer = self.ok("DescribeClusterInstances", json!({"ClusterId": cluster, "Limit": 100}));
        answer["InstanceSet"].as_array().unwrap().clone()
    }

    /// The answer of the API server of the cluster.
    fn kube(&mut self, cluster: &str, method: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let parameters = json!({"Method": method, "Path": path, "ClusterName": cluster, "RequestBody": body});
        let answer = self.ok("ForwardRequest", parameters);
        serde_json::from_str(answer["ResponseBody"].as_str().unwrap()).unwrap()
    }

    fn items(&mut self, cluster: &str, path: &str) -> Vec<Value> {
        self.kube(cluster, "GET", path, Value::Null)["items"].as_array().unwrap().clone()
    }
}

impl Calls<'_> {
    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        let (cloud, product) = (&mut *self.cloud, self.product);
        let handler = product.operation(operation).and_then(|operation| operation.handler).unwrap();
        let context = Context {
            account: cloud.account.to_owned(),
            sub: cloud.sub.map(str::to_owned),
            region: cloud.region.to_owned(),
            owner: Owner::default(),
            base_url: "http://127.0.0.1:4000".to_owned(),
            now: cloud.world.now(),
            api_servers: None,
        };
        conform::parameters(product, operation, &parameters);
        let result = handler(&mut cloud.world, &context, Input(parameters.as_object().unwrap()));
        match &result {
            Ok(answer) => conform::answer(product, operation, answer),
            Err(refusal) => conform::code(product, operation, refusal),
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
}

fn place() -> Value {
    json!({"VpcId": "vpc-default0", "SubnetId": "subnet-default1"})
}

fn empty_cluster(range: &str) -> Value {
    json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": range},
        "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    })
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// A pod that asks for that much of a core and memory.
fn pod(name: &str, cpu: &str) -> Value {
    let resources = json!({"requests": {"cpu": cpu, "memory": "64Mi"}});
    json!({
        "kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "main", "image": "nginx", "resources": resources}]},
    })
}

/// The same pod under a controller.
fn owned_pod(name: &str, cpu: &str) -> Value {
    let mut pod = pod(name, cpu);
    pod["metadata"]["ownerReferences"] =
        json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": true}]);
    pod
}

const PODS: &str = "/api/v1/namespaces/default/pods";

#[test]
fn every_documented_operation_is_there() {
    let spec = crate::catalog::catalog().product("tke").unwrap();
    let documented = spec.spec().operations.iter().filter(|operation| !operation.is_imported());
    let missing: Vec<_> =
        documented.map(|o| o.name.as_str()).filter(|name| HANDLERS.iter().all(|(known, _)| known != name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(HANDLERS.is_sorted_by_key(|(name, _)| name));
}

#[test]
fn every_operation_of_version_2022_05_01_is_there() {
    let missing: Vec<_> = conform::version("2022-05-01").operations().filter(|o| o.handler.is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn accounts_and_regions_are_separate() {
    let mut cloud = Cloud::new();
    let id = cloud.create("172.16.0.0/16");
    for (account, region) in [("100000000002", "ap-guangzhou"), ("100000000001", "ap-beijing")] {
        (cloud.account, cloud.region) = (account, region);
        assert_eq!(cloud.ok("DescribeClusters", json!({}))["TotalCount"], 0);
        assert_eq!(
            cloud.code("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "retain"})),
            "ResourceNotFound"
        );
    }
}

#[test]
fn the_same_calls_give_the_same_world() {
    let run = || {
        let mut cloud = Cloud::new();
        let id = cloud.running();
        cloud.add_nodes(&id, 3);
        (cloud.cluster(&id), cloud.nodes(&id), cloud.items(&id, "/api/v1/pods"))
    };
    assert_eq!(run(), run());
}
