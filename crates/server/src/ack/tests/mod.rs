//! Tests of the rules, by calls of the operations. Every answer and every refusal is held against the spec.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod addons;
mod clusters;
mod conform;
mod creation;
mod governance;
mod node_tasks;
mod nodes;
mod pools;
mod rules;
mod sequences;
mod tasks;
mod templates;
mod tenancy;
mod upgrades;

use super::HANDLERS;
use crate::handler::Context;
use crate::input::Input;
use crate::refusal::Refusal;
use serde_json::{Map, Value, json};
use wharf_world::World;
use wharf_world::ack::tenancy::Owner;

const VPC: &str = "vpc-2zewharf0000000000001";
const OTHER_VPC: &str = "vpc-2zewharf0000000000002";
const SUBNET: &str = "vsw-2zewharf0000000000001";
const SUBNETS: [&str; 3] = [SUBNET, "vsw-2zewharf0000000000002", "vsw-2zewharf0000000000003"];
const OLD: &str = "1.16.9-aliyun.1";
const NEXT: &str = "1.18.8-aliyun.1";

/// A world and who calls it.
struct Cloud {
    world: World,
    account: &'static str,
    region: &'static str,
    owner: Owner,
}

impl Cloud {
    fn new() -> Self {
        let world = World::new(1_717_200_000_000);
        Self { world, account: "100000000001", region: "cn-beijing", owner: Owner::default() }
    }

    fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, Refusal> {
        let (_, handler) = HANDLERS.iter().find(|(name, _)| *name == operation).unwrap();
        let context = Context {
            account: self.account.to_owned(),
            sub: None,
            region: self.region.to_owned(),
            owner: self.owner.clone(),
            base_url: "http://127.0.0.1:4000".to_owned(),
            now: self.world.now(),
            api_servers: None,
        };
        handler(&mut self.world, &context, Input(parameters.as_object().unwrap()))
    }

    /// The body of an answer, which has the form that the spec gives it.
    fn ok(&mut self, operation: &str, parameters: Value) -> Value {
        let answer = self.call(operation, parameters.clone());
        let answer = answer.unwrap_or_else(|refusal| panic!("{operation} {parameters}: {refusal}"));
        conform::check(operation, &answer);
        answer
    }

    /// The code of a refusal.
    fn code(&mut self, operation: &str, parameters: Value) -> String {
        match self.call(operation, parameters.clone()) {
            Ok(answer) => panic!("{operation} {parameters} is not refused: {answer:?}"),
            Err(refusal) => {
                assert!(refusal.message.ends_with('.'), "{refusal}");
                conform::check_refusal(&refusal);
                refusal.code.into_owned()
            }
        }
    }

    /// Lets seconds pass.
    fn pass(&mut self, seconds: u64) {
        self.world.advance(self.world.now() + seconds * 1_000);
    }

    /// The identifier of a new cluster.
    fn create(&mut self, change: impl FnOnce(&mut Value)) -> String {
        text(&self.ok("CreateCluster", cluster(change))["cluster_id"])
    }

    /// The identifier of a running cluster.
    fn running(&mut self) -> String {
        let id = self.create(|_| ());
        self.pass(200);
        id
    }

    fn detail(&mut self, id: &str) -> Value {
        self.ok("DescribeClusterDetail", of(id))
    }

    fn state(&mut self, id: &str) -> String {
        text(&self.detail(id)["state"])
    }

    fn nodes(&mut self, id: &str) -> Vec<Value> {
        let all = json!({"ClusterId": id, "pageSize": 100});
        self.ok("DescribeClusterNodes", all)["nodes"].as_array().unwrap().clone()
    }

    /// The names of the workers.
    fn workers(&mut self, id: &str) -> Vec<String> {
        let nodes = self.nodes(id);
        let workers = nodes.iter().filter(|node| node["instance_role"] == "Worker");
        workers.map(|node| text(&node["node_name"])).collect()
    }

    /// The identifier of a new pool of that many nodes.
    fn pool(&mut self, id: &str, name: &str, count: u64) -> String {
        text(&self.ok("CreateClusterNodePool", pool(id, name, count, |_| ()))["nodepool_id"])
    }

    fn pool_detail(&mut self, id: &str, pool: &str) -> Value {
        self.ok("DescribeClusterNodePoolDetail", json!({"ClusterId": id, "NodepoolId": pool}))
    }

    fn pool_state(&mut self, id: &str, pool: &str) -> String {
        text(&self.pool_detail(id, pool)["status"]["state"])
    }

    /// Acts under that organization and resource set.
    fn under(&mut self, organization: &str, group: Option<&str>) {
        self.owner = Owner { organization: organization.to_owned(), group: group.map(str::to_owned) };
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn of(id: &str) -> Value {
    json!({"ClusterId": id})
}

/// What a cluster is created with.
fn cluster(change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({
        "name": "cluster-demo", "cluster_type": "Kubernetes", "region_id": "cn-beijing", "vpcid": VPC,
        "container_cidr": "172.20.0.0/16", "kubernetes_version": OLD, "num_of_nodes": 2,
        "master_vswitch_ids": SUBNETS, "master_instance_types": ["ecs.n4.xlarge"],
        "worker_vswitch_ids": SUBNETS, "worker_instance_types": ["ecs.n4.large"], "login_password": "Hello@1234",
    });
    change(&mut order);
    order
}

/// What a pool is created with.
fn pool(id: &str, name: &str, count: u64, change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({
        "ClusterId": id, "count": count, "nodepool_info": {"name": name},
        "scaling_group": {"vswitch_ids": [SUBNET], "instance_types": ["ecs.c5.xlarge"]},
    });
    change(&mut order);
    order
}

fn none() -> Value {
    Value::Object(Map::new())
}
