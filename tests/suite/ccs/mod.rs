//! Every CCS operation through the typed clients, its effect seen through another operation, under GET and POST
//! and both signatures.
//!
//! A scenario is a function on a cloud of its own. Each is a test; together they call everything there is.

use crate::support::{WorldTime, builder, ccs_builder};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wharf::ccs::cluster::operations::CreateCluster;
use wharf::ccs::types::{Cluster, Container, Instance, Node, PortMapping, Service};
use wharf::ccs::{self, ServiceHandle, cluster, monitoring, node, registry};
use wharf::ccs::{HttpMethod, SignatureMethod};
use wharf::wait::Waiter;
use wharf::{Error, ErrorKind};
use wharf_server::{Server, SignatureMethod as Signed};

/// Makes a test of each scenario, and `all`, which gives the operations that succeeded in them.
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
                    super::$scenario(&crate::ccs::Cloud::new(crate::ccs::WAYS[0]).await).await;
                }
            )*
        }
    };
}

mod clusters;
mod codes;
mod events;
mod golden;
mod monitor;
mod nodes;
mod places;
mod refused_early;
mod registry_of_images;
mod roll_outs;
mod services;
mod triggers;
mod waits;

/// The account whose key the server hands out.
const ACCOUNT: &str = "100000000001";
/// A zone of the region, by its place in it.
const ZONE: &str = "1";
/// The network that an account has from the start, and its subnet in that zone.
const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";
/// A range that is free at the start.
const RANGE: &str = "172.16.0.0/16";
/// Where images of the registry are pulled from.
const REGISTRY: &str = "ccr.ccs.tencentyun.com";

/// How requests are sent and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct By {
    method: HttpMethod,
    signature: SignatureMethod,
}

const WAYS: [By; 4] = [
    By { method: HttpMethod::Post, signature: SignatureMethod::HmacSha1 },
    By { method: HttpMethod::Post, signature: SignatureMethod::HmacSha256 },
    By { method: HttpMethod::Get, signature: SignatureMethod::HmacSha1 },
    By { method: HttpMethod::Get, signature: SignatureMethod::HmacSha256 },
];

/// A server whose time passes when a client waits, and the clients of its first account.
struct Cloud {
    server: Arc<Server>,
    ccs: ccs::Connection,
    clusters: cluster::Client,
    nodes: node::Client,
    monitoring: monitoring::Client,
    registry: registry::Client,
}

impl Cloud {
    async fn new(by: By) -> Self {
        let server = Arc::new(builder().without_socket().start().await.unwrap());
        let connection = ccs_builder(&server).http_method(by.method).signature_method(by.signature);
        let ccs = connection.clock(WorldTime::new(&server)).build().unwrap();
        Self {
            server,
            clusters: ccs.clusters(),
            nodes: ccs.nodes(),
            monitoring: ccs.monitoring(),
            registry: ccs.registries(),
            ccs,
        }
    }

    /// Lets seconds pass.
    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The operations that were sent and signed in the way that was asked for, and answered without an error.
    fn called(&self, by: By) -> BTreeSet<String> {
        let method = if by.method == HttpMethod::Get { "GET" } else { "POST" };
        let signed = if by.signature == SignatureMethod::HmacSha1 { Signed::HmacSha1 } else { Signed::HmacSha256 };
        let calls = self.server.journal().calls().into_iter();
        let answered = calls.filter(|call| call.acted && call.code.is_none() && call.status == Some(200));
        let right = answered.filter(|call| call.method == method && call.signature_method == signed);
        right.map(|call| call.operation).collect()
    }

    /// A request for a cluster of two nodes with four cores and 8 GB each.
    fn order(&self, name: &str, range: &str) -> cluster::Request<CreateCluster> {
        let request = self.clusters.create_cluster(ZONE, NETWORK, SUBNET).cluster_name(name).cluster_cidr(range);
        let request = request.os_name("ubuntu16.04.1 LTSx86_64").goods_num(2).cpu(4).mem(8);
        let request = request.bandwidth_type("PayByHour").bandwidth(0).is_vpc_gateway(0);
        request.root_size(50).storage_size(0)
    }

    /// The identifier of a running cluster of two nodes in that range.
    async fn running_in(&self, range: &str) -> String {
        let created = self.order("running", range).send().await.unwrap();
        self.ccs.task(created.task_id()).wait().await.unwrap();
        self.clusters.wait_until_running(&created.cluster_id).await.unwrap();
        created.cluster_id
    }

    async fn running(&self) -> String {
        self.running_in(RANGE).await
    }

    /// The cluster as it is listed; none when it is not.
    async fn find(&self, id: &str) -> Option<Cluster> {
        let answer = self.clusters.describe_cluster().cluster_ids([id]).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.clusters.len()));
        answer.clusters.into_iter().next()
    }

    async fn cluster(&self, id: &str) -> Cluster {
        self.find(id).await.unwrap_or_else(|| panic!("{id} is not listed"))
    }

    async fn nodes_of(&self, cluster: &str) -> Vec<Node> {
        let answer = self.nodes.describe_cluster_instances(cluster).limit(100).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.nodes.len()));
        answer.nodes
    }

    /// A service of one container, normal with that many pods.
    async fn deployed(&self, cluster: &str, name: &str, pods: i64) -> ServiceHandle {
        let service = self.ccs.service(cluster, name);
        let request = service.create(pods).port_mappings([PortMapping::tcp(80, 8080)]);
        request.containers([Container::new(name, "nginx:1.13").cpu(200).memory(128)]).send().await.unwrap();
        service.wait_until_normal().await.unwrap();
        service
    }

    /// The pods of a service in the namespace `default`.
    async fn pods(&self, cluster: &str, service: &str) -> Vec<Instance> {
        self.pods_in(cluster, "default", service).await
    }

    async fn pods_in(&self, cluster: &str, namespace: &str, service: &str) -> Vec<Instance> {
        let request = self.nodes.describe_service_instance(cluster).service_name(service).namespace(namespace);
        let answer = request.limit(100).send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.instances.len()));
        answer.instances
    }
}

async fn seen(service: &ServiceHandle) -> Service {
    service.get().send().await.unwrap().service
}

fn names(pods: &[Instance]) -> BTreeSet<String> {
    pods.iter().map(|pod| pod.name.clone()).collect()
}

/// Waits, and gives what came of it together with the changes that were told on the way.
async fn told<T, S>(waiter: Waiter<T, S>) -> (Result<T, Error>, Vec<String>)
where
    T: 'static,
    S: ToString + 'static,
    Waiter<T, S>: IntoFuture<Output = Result<T, Error>>,
{
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = said.clone();
    let end = waiter.on_progress(move |progress| heard.lock().unwrap().push(progress.to_string())).await;
    let said = said.lock().unwrap().clone();
    (end, said)
}

/// The call is refused in that way, and says that.
#[track_caller]
fn refused<T: Debug>(result: Result<T, Error>, kind: ErrorKind, code: &str, says: &str) {
    let error = result.expect_err(says);
    assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{error}");
    assert!(error.message().contains(says), "{error} does not say `{says}`");
    assert!(!error.is_retryable(), "{error}");
}

fn set<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    texts.into_iter().map(Into::into).collect()
}

/// What a product offers and no scenario calls successfully would be a promise that nobody has seen kept.
#[tokio::test]
async fn every_operation_is_called_in_all_ways() {
    for by in WAYS {
        let mut called = BTreeSet::new();
        called.extend(clusters::all(by).await);
        called.extend(events::all(by).await);
        called.extend(monitor::all(by).await);
        called.extend(nodes::all(by).await);
        called.extend(registry_of_images::all(by).await);
        called.extend(roll_outs::all(by).await);
        called.extend(services::all(by).await);
        called.extend(triggers::all(by).await);
        let offered = wharf::operations().filter(|entry| entry.meta.product == "ccs");
        let offered: BTreeSet<String> = offered.map(|entry| entry.meta.name.to_owned()).collect();
        assert_eq!(offered.len(), 47);
        let missing: Vec<_> = offered.difference(&called).collect();
        assert!(missing.is_empty(), "not called by {by:?}: {missing:?}");
        assert_eq!(called, offered);
    }
}
