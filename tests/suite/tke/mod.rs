//! Every TKE operation through the typed clients, its effect seen through another operation.
//!
//! A scenario is a function on a cloud of its own. Each is a test; together they call everything there is.

use crate::support::{builder, tke};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use wharf::tke::types::{Cluster, ClusterStatus, Instance, RunInstancesPara};
use wharf::tke::{cluster, monitoring, node, scaling};
use wharf::{Error, ErrorKind};
use wharf_server::Server;
use wharf_spec::Catalog;

/// Makes a test of each scenario, and `all`, which gives the operations that succeeded in them.
macro_rules! scenarios {
    ($($scenario:ident),* $(,)?) => {
        pub(super) async fn all() -> std::collections::BTreeSet<String> {
            let mut succeeded = std::collections::BTreeSet::new();
            $(
                let cloud = super::Cloud::new().await;
                $scenario(&cloud).await;
                succeeded.extend(cloud.succeeded());
            )*
            succeeded
        }

        mod scenarios {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario(&crate::tke::Cloud::new().await).await;
                }
            )*
        }
    };
}

mod charts;
mod clusters;
mod endpoints;
mod kubernetes;
mod lists;
mod monitoring_of_clusters;
mod nodes;
mod offers;
mod paging;
mod refusals;
mod scaling_groups;
mod virtual_nodes;
mod waits;

/// The network that an account has from the start, and one of its subnets.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";
/// A range that is free at the start.
const RANGE: &str = "172.16.0.0/16";
/// Where Kubernetes keeps the pods of the default namespace.
const PODS: &str = "/api/v1/namespaces/default/pods";

/// A server whose time stands still, and the clients of its first account.
struct Cloud {
    server: Arc<Server>,
    clusters: cluster::Client,
    nodes: node::Client,
    scaling: scaling::Client,
    monitoring: monitoring::Client,
}

impl Cloud {
    async fn new() -> Self {
        let server = builder().without_socket().start().await.unwrap();
        let tke = tke(&server);
        Self {
            clusters: tke.clusters(),
            nodes: tke.nodes(),
            scaling: tke.scaling(),
            monitoring: tke.monitoring(),
            server: Arc::new(server),
        }
    }

    /// Lets seconds pass.
    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The operations that were answered without an error.
    fn succeeded(&self) -> BTreeSet<String> {
        let calls = self.server.journal().calls().into_iter();
        calls.filter(|call| call.status == Some(200) && call.code.is_none()).map(|call| call.operation).collect()
    }

    /// A managed cluster without nodes.
    fn new_cluster(&self, range: &str) -> cluster::Request<cluster::operations::CreateCluster> {
        let request = self.clusters.create_cluster().cluster_type("MANAGED_CLUSTER");
        request.cluster_cidr_settings(|ranges| ranges.cluster_cidr(range)).cluster_basic_settings(|b| b.vpc_id(NETWORK))
    }

    /// The identifier of a running cluster without nodes.
    async fn running(&self, range: &str) -> String {
        let id = self.new_cluster(range).send().await.unwrap().cluster_id;
        self.pass(60);
        assert_eq!(self.status(&id).await, ClusterStatus::Running);
        id
    }

    /// An independent cluster of three masters.
    async fn independent(&self, range: &str) -> String {
        let masters = cluster::types::RunInstancesForNode::default()
            .node_role("MASTER_ETCD")
            .run_instances_para([machine("S5.LARGE8").instance_count(3)]);
        let request = self.clusters.create_cluster().cluster_type("INDEPENDENT_CLUSTER");
        let request = request.cluster_cidr_settings(|ranges| ranges.cluster_cidr(range));
        let id = request.run_instances_for_node([masters]).send().await.unwrap().cluster_id;
        self.pass(60);
        id
    }

    /// The cluster as it is listed; none when it is not.
    async fn find(&self, id: &str) -> Option<Cluster> {
        let answer = self.clusters.describe_clusters().cluster_ids([id]).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.clusters.len()));
        answer.clusters.into_iter().next()
    }

    async fn cluster(&self, id: &str) -> Cluster {
        self.find(id).await.unwrap_or_else(|| panic!("{id} is not listed"))
    }

    async fn status(&self, id: &str) -> ClusterStatus {
        self.cluster(id).await.cluster_status
    }

    /// Buys that many nodes of two cores and waits for them.
    async fn add_nodes(&self, cluster: &str, count: i64) -> Vec<String> {
        let machines = machine("S5.MEDIUM4").instance_count(count);
        let request = self.nodes.create_cluster_instances(cluster).run_instance_para(machines);
        let ids = request.send().await.unwrap().instance_id_set;
        self.pass(40);
        ids
    }

    /// All nodes of a cluster.
    async fn nodes_of(&self, cluster: &str) -> Vec<Instance> {
        let answer = self.nodes.describe_cluster_instances(cluster).limit(100).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.instance_set.len()));
        answer.instance_set
    }

    /// Which of these machines exist, as the list of machines tells.
    async fn existing(&self, machines: &[String]) -> Vec<String> {
        let filter = node::types::Filter::default().name("instance-id").values(machines);
        let answer = self.nodes.describe_existed_instances().filters([filter]).limit(100_u64).send().await.unwrap();
        answer.existed_instance_set.into_iter().map(|machine| machine.instance_id).collect()
    }

    /// What the API server of a cluster answers.
    async fn kube(&self, cluster: &str, method: &str, path: &str, body: Value) -> Value {
        let mut request = self.clusters.forward_request().cluster_name(cluster).method(method).path(path);
        if !body.is_null() {
            request = request.request_body(body.to_string());
        }
        let answer = request.send().await.unwrap().response_body.unwrap();
        serde_json::from_str(answer.expose()).unwrap()
    }

    async fn get(&self, cluster: &str, path: &str) -> Value {
        self.kube(cluster, "GET", path, Value::Null).await
    }

    /// The items of a list of the API server.
    async fn items(&self, cluster: &str, path: &str) -> Vec<Value> {
        self.get(cluster, path).await["items"].as_array().unwrap().clone()
    }
}

/// One machine of that type in the first subnet.
fn machine(kind: &str) -> RunInstancesPara {
    let machine = RunInstancesPara::default().instance_type(kind).instance_count(1);
    machine.virtual_private_cloud(|place| place.vpc_id(NETWORK).subnet_id(SUBNET))
}

/// A pod that asks for that much of a core, under a controller.
fn pod(name: &str, cpu: &str) -> Value {
    let resources = json!({"requests": {"cpu": cpu, "memory": "64Mi"}});
    let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": true});
    json!({
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"name": name, "labels": {"app": "web"}, "ownerReferences": [owner]},
        "spec": {"containers": [{"name": "main", "image": "nginx", "resources": resources}]},
    })
}

/// The call is refused with that code, which its operation documents or all share, and says that.
#[track_caller]
fn refused<T: Debug>(result: Result<T, Error>, code: &str, says: &str) {
    let error = result.expect_err(says);
    // Documents of operations print some codes in spellings of their own.
    assert_eq!(wharf::tke::ErrorCode::of(&error), Some(wharf::tke::ErrorCode::from(code)), "{error}");
    assert!(error.message().contains(says), "{error} does not say `{says}`");
    assert_ne!(error.kind(), ErrorKind::Other, "{error}");
    assert!(error.request_id().is_some_and(|id| !id.is_empty()), "{error}");
    let documented = error.operation().is_some_and(|operation| {
        let specified = CATALOG.product(operation.product).and_then(|product| product.operation(operation.name));
        specified.is_some_and(|operation| operation.spec.errors.iter().any(|listed| listed == code))
    });
    assert!(documented || PUBLIC.contains(&code), "{code} is not documented: {error}");
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().unwrap());

/// Codes that every operation may answer.
const PUBLIC: [&str; 9] = [
    "DryRunOperation",
    "FailedOperation",
    "InvalidParameter",
    "LimitExceeded",
    "MissingParameter",
    "ResourceInUse",
    "ResourceNotFound",
    "ResourceUnavailable",
    "UnsupportedOperation",
];

/// What a product offers and no scenario calls successfully would be a promise that nobody has seen kept.
#[tokio::test]
async fn every_operation_is_called_and_succeeds() {
    let mut succeeded = BTreeSet::new();
    for scenarios in [charts::all().await, clusters::all().await, endpoints::all().await, kubernetes::all().await] {
        succeeded.extend(scenarios);
    }
    for scenarios in [lists::all().await, monitoring_of_clusters::all().await, nodes::all().await, offers::all().await]
    {
        succeeded.extend(scenarios);
    }
    for scenarios in [scaling_groups::all().await, virtual_nodes::all().await, waits::all().await] {
        succeeded.extend(scenarios);
    }
    let tke = crate::support::documented().filter(|entry| entry.meta.product == "tke");
    let offered: BTreeSet<String> = tke.map(|entry| entry.meta.name.to_owned()).collect();
    assert_eq!(offered.len(), 60);
    assert_eq!(succeeded, offered);
}
