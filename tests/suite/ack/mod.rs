//! Every ACK operation, and AssumeRole, through the typed clients, under both signatures.
//!
//! A scenario is a function on a cloud of its own. Each is a test; together they call everything there is.

use crate::support::{WorldTime, ack_builder, builder, sts_builder};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf::ack::cluster::operations::{CreateCluster, DescribeClusterDetailOutput};
use wharf::ack::scaling::operations::CreateClusterNodePool;
use wharf::ack::types::{CreateScalingGroup, InstanceRole, Node};
use wharf::ack::{self, SignatureMethod, cluster, monitoring, node, scaling};
use wharf::{Error, ErrorKind, Timestamp, sts};
use wharf_server::Server;

/// Makes a test of each scenario under each signature, and `all`, which gives the operations that were called in them.
macro_rules! scenarios {
    ($($scenario:ident),* $(,)?) => {
        pub(super) async fn all(by: super::SignatureMethod) -> std::collections::BTreeSet<String> {
            let mut called = std::collections::BTreeSet::new();
            $(
                let cloud = super::Cloud::new(by).await;
                $scenario(&cloud).await;
                called.extend(cloud.called(by));
            )*
            called
        }

        mod scenarios {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario(&crate::ack::Cloud::new(super::super::SignatureMethod::RoaHmacSha1).await).await;
                }
            )*
        }
    };
}

mod addons;
mod clusters;
mod golden;
mod identity;
mod nodes;
mod offers;
mod paging;
mod pools;
mod private;
mod refusals;
mod secrets;
mod sessions;
mod templates;
mod upgrades;
mod waits;

/// The network that an account has from the start, its switches, and servers that were bought before.
const NETWORK: &str = "vpc-2zewharf0000000000001";
const SWITCHES: [&str; 3] = ["vsw-2zewharf0000000000001", "vsw-2zewharf0000000000002", "vsw-2zewharf0000000000003"];
const SERVERS: [&str; 3] = ["i-2zewharf000000000001", "i-2zewharf000000000002", "i-2zewharf000000000003"];
/// A server without power, and one in another network.
const STOPPED: &str = "i-2zewharf000000000005";
const ELSEWHERE: &str = "i-2zewharf000000000006";

const BOTH: [SignatureMethod; 2] = [SignatureMethod::RoaHmacSha1, SignatureMethod::Acs3HmacSha256];

/// A server whose time passes when a client waits, and the clients of its first account.
struct Cloud {
    server: Arc<Server>,
    ack: ack::Connection,
    sts: sts::Connection,
    clusters: cluster::Client,
    nodes: node::Client,
    pools: scaling::Client,
    logs: monitoring::Client,
}

impl Cloud {
    async fn new(by: SignatureMethod) -> Self {
        let server = Arc::new(builder().without_socket().start().await.unwrap());
        let ack = ack_builder(&server).clock(WorldTime::new(&server)).signature_method(by).build().unwrap();
        let sts = sts_builder(&server).build().unwrap();
        let (clusters, nodes, pools, logs) = (ack.clusters(), ack.nodes(), ack.scaling(), ack.monitoring());
        Self { server, ack, sts, clusters, nodes, pools, logs }
    }

    /// Lets seconds pass.
    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The operations that were answered, signed in the way that was asked for.
    fn called(&self, by: SignatureMethod) -> BTreeSet<String> {
        let wanted = match by {
            SignatureMethod::Acs3HmacSha256 => wharf_server::SignatureMethod::Acs3,
            _ => wharf_server::SignatureMethod::AcsRoa,
        };
        let calls = self.server.journal().calls().into_iter();
        let answered = calls.filter(|call| call.acted && call.code.is_none());
        let right = answered.filter(|call| match call.operation.as_str() {
            "AssumeRole" => call.signature_method == wharf_server::SignatureMethod::AcsRpc,
            _ => call.signature_method == wanted,
        });
        right.map(|call| call.operation).collect()
    }

    /// A request for a cluster with three masters and two workers, whose pods have addresses of the network.
    fn order(&self, name: &str) -> cluster::Request<CreateCluster> {
        let masters = self.clusters.create_cluster().name(name).region_id(self.server.region());
        masters
            .cluster_type("Kubernetes")
            .vpc_id(NETWORK)
            .master_vswitch_ids(SWITCHES)
            .master_instance_types(["ecs.c5.xlarge"; 3])
            .worker_vswitch_ids([SWITCHES[0]])
            .worker_instance_types(["ecs.n4.large"])
            .num_of_nodes(2)
            .pod_vswitch_ids([SWITCHES[2]])
    }

    /// The identifier of a cluster that runs.
    async fn running(&self, name: &str) -> String {
        let id = self.order(name).send().await.unwrap().cluster_id;
        self.clusters.wait_until_running(&id).await.unwrap();
        id
    }

    async fn cluster(&self, id: &str) -> DescribeClusterDetailOutput {
        self.clusters.describe_cluster_detail(id).send().await.unwrap()
    }

    /// A request for a pool of two usual servers.
    fn order_pool(&self, cluster: &str, name: &str) -> scaling::Request<CreateClusterNodePool> {
        let group = CreateScalingGroup::servers(["ecs.n4.large"], [SWITCHES[0]]).vpc_id(NETWORK);
        let pool = self.pools.create_cluster_node_pool(cluster).nodepool_info(|pool| pool.name(name));
        pool.set_scaling_group(group).count(2)
    }

    async fn list_nodes(&self, cluster: &str) -> Vec<Node> {
        self.nodes.describe_cluster_nodes(cluster).page_size(100).items().collect_all().await.unwrap()
    }

    /// The nodes that are no masters.
    async fn workers(&self, cluster: &str) -> Vec<Node> {
        let mut nodes = self.list_nodes(cluster).await;
        nodes.retain(|node| node.instance_role == Some(InstanceRole::Worker));
        nodes
    }
}

fn name(node: &Node) -> String {
    node.node_name.clone().unwrap()
}

/// The moment that an answer tells.
fn time(told: Option<Timestamp>) -> SystemTime {
    told.expect("no time is told").parse().expect("it is no time")
}

/// What a refusal says: kind, status and code.
fn refusal<T: Debug>(answer: Result<T, Error>) -> (ErrorKind, Option<u16>, String) {
    let error = answer.unwrap_err();
    assert!(error.request_id().is_some(), "{error} comes from the service");
    (error.kind(), error.status(), error.code().unwrap_or_default().to_owned())
}

fn not_found() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::NotFound, Some(404), "ErrorClusterNotFound".to_owned())
}

fn no_pool() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::NotFound, Some(404), "ErrorNodePoolNotFound".to_owned())
}

/// The cluster is not in the state for it.
fn not_now() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::Conflict, Some(400), "ErrorClusterState".to_owned())
}

fn invalid() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::InvalidInput, Some(400), "InvalidParameter".to_owned())
}

#[tokio::test]
async fn every_operation_is_called_under_both_signatures() {
    for by in BOTH {
        let mut called = BTreeSet::new();
        called.extend(addons::all(by).await);
        called.extend(clusters::all(by).await);
        called.extend(identity::all(by).await);
        called.extend(nodes::all(by).await);
        called.extend(offers::all(by).await);
        called.extend(pools::all(by).await);
        called.extend(templates::all(by).await);
        called.extend(upgrades::all(by).await);
        let ours = crate::support::documented().filter(|entry| matches!(entry.meta.product, "ack" | "sts"));
        let known: BTreeSet<String> = ours.map(|entry| entry.meta.name.to_owned()).collect();
        assert_eq!(known.len(), 39 + 1);
        let missing: Vec<_> = known.difference(&called).collect();
        assert!(missing.is_empty(), "not called by {by:?}: {missing:?}");
    }
}
