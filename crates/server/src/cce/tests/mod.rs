//! Tests of the rules, by calls of the operations. Every answer and every refusal is held against the spec.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod addons;
mod clusters;
mod conform;
mod constraint_table;
mod constraints;
mod constraints_addons;
mod constraints_clusters;
mod constraints_examples;
mod constraints_members;
mod constraints_nodes;
mod constraints_pools;
mod constraints_reinstall;
mod constraints_required;
mod constraints_storage;
mod creation;
mod jobs;
mod kubernetes;
mod nodes;
mod pool_tasks;
mod pools;
mod rules;
mod sequences;
mod settings;
mod tasks;
mod upgrades;
mod volumes;
mod work_flows;

use super::HANDLERS;
use crate::handler::Context;
use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::ack::tenancy::Owner;

/// A world and who calls it.
struct Cloud {
    world: World,
    account: &'static str,
    region: &'static str,
}

const VPC: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

impl Cloud {
    fn new() -> Self {
        Self { world: World::new(1_717_200_000_000), account: "100000000001", region: "cn-north-4" }
    }

    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        let (_, handler) = HANDLERS.iter().find(|(name, _)| *name == operation).unwrap();
        let context = Context {
            account: self.account.to_owned(),
            sub: None,
            region: self.region.to_owned(),
            owner: Owner::default(),
            base_url: "http://127.0.0.1:4000".to_owned(),
            now: self.world.now(),
            api_servers: None,
        };
        handler(&mut self.world, &context, Input(parameters.as_object().unwrap()))
    }

    /// The body of an answer, which has the status and the form that the spec gives it.
    fn ok(&mut self, operation: &str, parameters: Value) -> Value {
        let answer = self.call(operation, parameters.clone());
        let answer = answer.unwrap_or_else(|refusal| panic!("{operation} {parameters}: {refusal}"));
        conform::check(operation, &answer);
        answer
    }

    /// Status and code of a refusal.
    fn refused(&mut self, operation: &str, parameters: Value) -> (u16, String) {
        match self.call(operation, parameters.clone()) {
            Ok(answer) => panic!("{operation} {parameters} is not refused: {answer:?}"),
            Err(refusal) => {
                assert!(refusal.message.ends_with('.'), "{refusal}");
                conform::check_refusal(operation, &refusal);
                (refusal.status.unwrap(), refusal.code.into_owned())
            }
        }
    }

    /// The code of a refusal.
    fn code(&mut self, operation: &str, parameters: Value) -> String {
        self.refused(operation, parameters).1
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.world.advance(self.world.now() + seconds * 1_000);
    }

    /// The identifier of a new cluster.
    fn create(&mut self, change: impl FnOnce(&mut Value)) -> String {
        text(&self.ok("CreateCluster", cluster(change))["metadata"]["uid"])
    }

    /// The identifier of an available cluster.
    fn available(&mut self) -> String {
        let id = self.create(|_| ());
        self.pass(120);
        id
    }

    fn cluster(&mut self, id: &str) -> Value {
        self.ok("GetCluster", json!({"cluster_id": id}))
    }

    fn phase(&mut self, id: &str) -> String {
        text(&self.cluster(id)["status"]["phase"])
    }

    /// The identifiers of that many active nodes.
    fn add_nodes(&mut self, cluster: &str, count: u64) -> Vec<String> {
        let before = self.nodes(cluster).len();
        self.ok("CreateNode", node(cluster, |node| node["spec"]["count"] = json!(count)));
        self.pass(60);
        self.nodes(cluster).iter().skip(before).map(|node| text(&node["metadata"]["uid"])).collect()
    }

    fn nodes(&mut self, cluster: &str) -> Vec<Value> {
        self.ok("ListNodes", json!({"cluster_id": cluster}))["items"].as_array().unwrap().clone()
    }

    fn node(&mut self, cluster: &str, node: &str) -> Value {
        self.ok("GetNode", json!({"cluster_id": cluster, "node_id": node}))
    }

    fn node_phase(&mut self, cluster: &str, node: &str) -> String {
        text(&self.node(cluster, node)["status"]["phase"])
    }

    fn job(&mut self, id: &Value) -> Value {
        self.ok("GetJob", json!({"job_id": id}))
    }

    fn job_phase(&mut self, id: &Value) -> String {
        text(&self.job(id)["status"]["phase"])
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// What a cluster is created with.
fn cluster(change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({
        "kind": "Cluster", "apiVersion": "v3", "metadata": {"name": "mycluster"},
        "spec": {
            "type": "VirtualMachine", "flavor": "cce.s1.small", "hostNetwork": {"vpc": VPC, "subnet": SUBNET},
            "containerNetwork": {"mode": "overlay_l2", "cidr": "172.16.0.0/16"},
        },
    });
    change(&mut order);
    order
}

/// What servers are made with.
fn template() -> Value {
    json!({
        "flavor": "s6.large.2", "az": "az1.dc1", "os": "EulerOS 2.5", "login": {"sshKey": "key-1"},
        "rootVolume": {"size": 40, "volumetype": "SATA"}, "dataVolumes": [{"size": 100, "volumetype": "SATA"}],
    })
}

/// What a node is created with.
fn node(cluster: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({
        "cluster_id": cluster, "kind": "Node", "apiVersion": "v3", "metadata": {"name": "myhost"}, "spec": template(),
    });
    order["spec"]["count"] = json!(1);
    change(&mut order);
    order
}

/// What a node pool is created with.
fn pool(cluster: &str, name: &str, size: u64) -> Value {
    json!({
        "cluster_id": cluster, "kind": "NodePool", "apiVersion": "v3", "metadata": {"name": name},
        "spec": {"type": "vm", "initialNodeCount": size, "nodeTemplate": template()},
    })
}

fn with(mut order: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut order);
    order
}

fn none() -> Value {
    Value::Object(Map::new())
}
