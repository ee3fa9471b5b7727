//! Every CCE and IAM operation through the typed clients, under both ways to say who calls.
//!
//! A scenario is a function on a cloud of its own. Each is a test; together they call everything there is.

use crate::support::{WorldTime, builder, cce_builder, login};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use wharf::cce::cluster::operations::{CreateCluster, GetClusterOutput, GetJobOutput};
use wharf::cce::node::operations::CreateNode;
use wharf::cce::types::{ClusterFlavor, ClusterSpec, Login, Node, NodeSpec};
use wharf::cce::{self, cluster, node, scaling};
use wharf::{Error, ErrorKind};
use wharf_server::{Server, SignatureMethod};

/// Makes a test of each scenario, and `all`, which gives the operations that were called in them.
macro_rules! scenarios {
    ($($scenario:ident),* $(,)?) => {
        pub(super) async fn all(by: super::By) -> std::collections::BTreeSet<String> {
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
                    super::$scenario(&crate::cce::Cloud::new(crate::cce::By::Signature).await).await;
                }
            )*
        }
    };
}

mod addons;
mod clusters;
mod golden;
mod identity;
mod jobs;
mod nodes;
mod pools;
mod refusals;
mod secrets;
mod storage;
mod tokens;
mod traps;
mod waits;

/// The network that an account has from the start, and one of its subnets.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";
const OS: &str = "EulerOS 2.5";

/// How a connection says who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Signature,
    Token,
}

/// A server whose time passes when a client waits, and the clients of its first account.
struct Cloud {
    server: Arc<Server>,
    cce: cce::Connection,
    clusters: cluster::Client,
    nodes: node::Client,
    pools: scaling::Client,
}

impl Cloud {
    async fn new(by: By) -> Self {
        let server = Arc::new(builder().without_socket().start().await.unwrap());
        let connection = cce_builder(&server).clock(WorldTime::new(&server));
        let cce = match by {
            By::Signature => connection.build().unwrap(),
            By::Token => connection.password_login(login(&server)).build().unwrap(),
        };
        Self { server, clusters: cce.clusters(), nodes: cce.nodes(), pools: cce.scaling(), cce }
    }

    /// Lets seconds pass.
    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The operations that were answered in the way that was asked for.
    fn called(&self, by: By) -> BTreeSet<String> {
        let wanted = match by {
            By::Signature => SignatureMethod::SdkHmacSha256,
            By::Token => SignatureMethod::Token,
        };
        let calls = self.server.journal().calls().into_iter();
        let answered = calls.filter(|call| call.acted && (call.code.is_none() || call.operation == "DeleteAllNodes"));
        let right = answered.filter(|call| call.signature_method == wanted || call.operation == "IAMCreateToken");
        right.map(|call| call.operation).collect()
    }

    /// A request for a cluster of the smallest kind.
    fn order(&self, name: &str) -> cluster::Request<CreateCluster> {
        self.clusters.create_cluster().metadata(|cluster| cluster.name(name)).set_spec(plane())
    }

    /// The identifier of an available cluster.
    async fn available(&self, name: &str) -> String {
        let id = self.order(name).send().await.unwrap().metadata.uid.unwrap();
        self.clusters.wait_until_available(&id).await.unwrap();
        id
    }

    async fn cluster(&self, id: &str) -> GetClusterOutput {
        self.clusters.get_cluster(id).send().await.unwrap()
    }

    /// A job when it is done.
    async fn done(&self, job: Option<&str>) -> GetJobOutput {
        self.cce.job(job.expect("the answer names no job")).wait().await.unwrap()
    }

    /// A request for nodes that an available cluster takes.
    fn order_nodes(&self, cluster: &str, name: &str, count: i64) -> node::Request<CreateNode> {
        self.nodes.create_node(cluster).metadata(|node| node.name(name)).set_spec(machine().count(count))
    }

    /// The identifiers of that many new nodes, when they are active.
    async fn add_nodes(&self, cluster: &str, count: i64) -> Vec<String> {
        let known: Vec<_> = self.list_nodes(cluster).await.iter().map(uid).collect();
        let created = self.order_nodes(cluster, "node", count).send().await.unwrap();
        self.done(created.job_id()).await;
        self.list_nodes(cluster).await.iter().map(uid).filter(|uid| !known.contains(uid)).collect()
    }

    async fn list_nodes(&self, cluster: &str) -> Vec<Node> {
        self.nodes.list_nodes(cluster).send().await.unwrap().items
    }
}

fn uid(node: &Node) -> String {
    node.metadata.uid.clone().unwrap()
}

/// What a cluster is ordered with.
fn plane() -> ClusterSpec {
    ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, NETWORK, SUBNET)
        .container_network(|network| network.cidr("172.16.0.0/16"))
}

/// What nodes are ordered with.
fn machine() -> NodeSpec {
    NodeSpec::server("s6.large.2", "random", key()).os(OS)
}

fn key() -> Login {
    Login::key_pair("key-1")
}

/// What a refusal says: kind, status and code.
fn refusal<T: Debug>(answer: Result<T, Error>) -> (ErrorKind, Option<u16>, String) {
    let error = answer.unwrap_err();
    assert!(error.request_id().is_some(), "{error} comes from the service");
    (error.kind(), error.status(), error.code().unwrap_or_default().to_owned())
}

fn not_found() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::NotFound, Some(404), "CCE.01404001".to_owned())
}

fn conflict() -> (ErrorKind, Option<u16>, String) {
    (ErrorKind::Conflict, Some(409), "CCE.01409001".to_owned())
}

#[tokio::test]
async fn every_operation_is_called_in_both_ways() {
    for by in [By::Signature, By::Token] {
        let mut called = BTreeSet::new();
        called.extend(addons::all(by).await);
        called.extend(clusters::all(by).await);
        called.extend(identity::all(by).await);
        called.extend(nodes::all(by).await);
        called.extend(pools::all(by).await);
        called.extend(storage::all(by).await);
        let cce = crate::support::documented().filter(|entry| entry.meta.product == "cce");
        let known: BTreeSet<String> = cce.map(|entry| entry.meta.name.to_owned()).collect();
        assert_eq!(known.len(), 38);
        let missing: Vec<_> = known.difference(&called).collect();
        assert!(missing.is_empty(), "not called by {by:?}: {missing:?}");
    }
}
