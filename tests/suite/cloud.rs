//! Clusters of the three clouds with two nodes each, for the clients of Kubernetes.

use crate::support::{WorldTime, ack_builder, builder, cce_builder, tke};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use wharf::Kubeconfig;
use wharf::cce::types::{ClusterFlavor, ClusterSpec, Login, NodeSpec};
use wharf::tke::types::RunInstancesPara;
use wharf_server::Server;

const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

/// A server whose time passes forty times faster than real time once its clusters are there.
pub(crate) struct Cloud {
    pub(crate) server: Arc<Server>,
    clock: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if let Some(clock) = self.clock.take() {
            clock.abort();
        }
    }
}

impl Cloud {
    pub(crate) async fn new() -> Self {
        Self { server: Arc::new(builder().start().await.unwrap()), clock: None }
    }

    /// Lets time pass by itself.
    pub(crate) fn run(&mut self) {
        let server = self.server.clone();
        self.clock = Some(tokio::spawn(async move {
            loop {
                server.advance(Duration::from_secs(1));
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }));
    }

    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The identifier of a new cluster of TKE.
    pub(crate) async fn tke(&self) -> String {
        let connection = tke(&self.server);
        let request = connection.clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
        let request = request.cluster_cidr_settings(|ranges| ranges.cluster_cidr("172.16.0.0/16"));
        let request = request.cluster_basic_settings(|basic| basic.vpc_id(NETWORK));
        let id = request.send().await.unwrap().cluster_id;
        self.pass(60);
        let machines = RunInstancesPara::default()
            .instance_type("S5.MEDIUM4")
            .virtual_private_cloud(|network| network.vpc_id(NETWORK).subnet_id(SUBNET))
            .instance_count(2);
        connection.nodes().create_cluster_instances(&id).run_instance_para(machines).send().await.unwrap();
        self.pass(60);
        id
    }

    /// The identifier of a new cluster of CCE.
    pub(crate) async fn cce(&self) -> String {
        let connection = cce_builder(&self.server).clock(WorldTime::new(&self.server)).build().unwrap();
        let plane = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, NETWORK, SUBNET)
            .container_network(|network| network.cidr("172.16.0.0/16"));
        let clusters = connection.clusters();
        let order = clusters.create_cluster().metadata(|cluster| cluster.name("kubernetes")).set_spec(plane);
        let id = order.send().await.unwrap().metadata.uid.unwrap();
        clusters.wait_until_available(&id).await.unwrap();
        let machines = NodeSpec::server("s6.large.2", "random", Login::key_pair("key-1")).os("EulerOS 2.5").count(2);
        let order = connection.nodes().create_node(&id).metadata(|node| node.name("node")).set_spec(machines);
        let created = order.send().await.unwrap();
        connection.job(created.job_id().unwrap()).wait().await.unwrap();
        id
    }

    /// The identifier of a new cluster of ACK.
    pub(crate) async fn ack(&self) -> String {
        let connection = ack_builder(&self.server).clock(WorldTime::new(&self.server)).build().unwrap();
        let clusters = connection.clusters();
        let order = clusters.create_cluster().name("kubernetes").region_id(self.server.region());
        let order = order
            .cluster_type("Kubernetes")
            .vpc_id("vpc-2zewharf0000000000001")
            .master_vswitch_ids(["vsw-2zewharf0000000000001"; 3])
            .master_instance_types(["ecs.c5.xlarge"; 3])
            .worker_vswitch_ids(["vsw-2zewharf0000000000001"])
            .worker_instance_types(["ecs.n4.large"])
            .num_of_nodes(2)
            .pod_vswitch_ids(["vsw-2zewharf0000000000001"]);
        let id = order.send().await.unwrap().cluster_id;
        clusters.wait_until_running(&id).await.unwrap();
        id
    }

    /// The kubeconfig of a new cluster of that product.
    pub(crate) async fn kubeconfig(&self, product: &str) -> Kubeconfig {
        let provider = match product {
            "tke" => tke(&self.server).kubeconfig(self.tke().await),
            "cce" => cce_builder(&self.server).build().unwrap().kubeconfig(self.cce().await),
            "ack" => ack_builder(&self.server).build().unwrap().kubeconfig(self.ack().await),
            other => panic!("{other} has no clusters"),
        };
        let config = provider.fetch().await.unwrap();
        listening(&config);
        config
    }
}

/// The address of a kubeconfig, which is one of this machine, where a server listens. Nothing that is given the file connects to
/// anything else.
#[track_caller]
pub(crate) fn listening(config: &Kubeconfig) -> SocketAddr {
    let server = config.server().expect("a server");
    let address: SocketAddr = server.strip_prefix("https://").and_then(|it| it.parse().ok()).expect(server);
    assert!(address.ip().is_loopback(), "{server}");
    TcpStream::connect(address).expect(server);
    address
}
