//! The clients that work while the page is open, and a cloud that is as full as a large one.

use std::sync::Arc;
use std::time::Duration;
use wharf::cce::types::ClusterSpec;
use wharf::ccs::types::{BandwidthType, OsName};
use wharf::retry::RetryPolicy;
use wharf::tke::types::{ClusterType, RunInstancesPara};
use wharf::{ack, cce, ccs, tcr, tke};
use wharf_server::{FailurePoint, MachineFault, Releases, Server, Time};

pub(crate) const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

macro_rules! connection {
    ($product:ident, $server:expr) => {
        $product::Connection::builder()
            .region($server.region())
            .credentials($server.credentials())
            .endpoint($server.endpoint())
            .retry_policy(RetryPolicy::default().max_attempts(1))
    };
}

/// A server whose time moves by hand, and clients of its first account that call it over its socket.
pub(crate) struct Work {
    pub(crate) server: Arc<Server>,
    pub(crate) tke: tke::Connection,
    cce: cce::Connection,
    ack: ack::Connection,
    ccs: ccs::Connection,
    tcr: tcr::Connection,
}

impl Work {
    pub(crate) async fn start() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let server = Server::builder()
            .releases(Releases::Documents)
            .time(Time::Manual)
            .rate_limits(false)
            .start()
            .await
            .unwrap();
        Self {
            tke: connection!(tke, server).build().unwrap(),
            cce: connection!(cce, server).project_id(server.project_id()).build().unwrap(),
            ack: connection!(ack, server).build().unwrap(),
            ccs: connection!(ccs, server).build().unwrap(),
            tcr: connection!(tcr, server).build().unwrap(),
            server: Arc::new(server),
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// A new cluster of TKE, which is still being created.
    pub(crate) async fn create_tke(&self, name: &str, range: &str) -> String {
        self.create_tke_of(name, range, "1.10.5").await
    }

    async fn create_tke_of(&self, name: &str, range: &str, version: &str) -> String {
        let order = self.tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
        let order = order.cluster_cidr_settings(|settings| settings.cluster_cidr(range));
        let order =
            order.cluster_basic_settings(|basic| basic.cluster_name(name).cluster_version(version).vpc_id(NETWORK));
        order.send().await.unwrap().cluster_id
    }

    /// Starts the upgrade of the nodes of a cluster of TKE whose control plane has been upgraded.
    async fn upgrade(&self, cluster: &str) {
        let upgrades = self.tke.upgrades();
        let available = upgrades.describe_available_cluster_version().cluster_id(cluster).send().await.unwrap();
        upgrades.update_cluster_version(cluster).dst_version(&available.versions[0]).send().await.unwrap();
        self.pass(1_800);
        let check = upgrades.check_instances_upgrade_able(cluster).upgrade_type("major").send().await.unwrap();
        let nodes = check.upgrade_able_instances.iter().map(|node| node.instance_id.clone());
        let order = upgrades.upgrade_cluster_instances(cluster).operation("create").upgrade_type("major");
        order.instance_ids(nodes).send().await.unwrap();
    }

    /// Makes a registry of TCR, and images in the personal edition.
    async fn fill_registries(&self) {
        for name in ["production", "staging"] {
            self.tcr.registries().create_instance().registry_name(name).registry_type("basic").send().await.unwrap();
            self.pass(600);
        }
        self.tcr.registries().create_instance().registry_name("new").registry_type("basic").send().await.unwrap();
        let client = reqwest::Client::new();
        for (repository, tag) in [("team/web", "v1"), ("team/web", "v2"), ("team/api", "latest")] {
            let image = serde_json::json!({"repository": repository, "tag": tag}).to_string();
            let request = client
                .post(format!("{}/_wharf/images", self.server.endpoint()))
                .header("content-type", "application/json");
            let answer = request.body(image).send().await.unwrap();
            assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
        }
    }

    /// Adds nodes to a running cluster of TKE.
    pub(crate) async fn add_nodes(&self, cluster: &str, count: i64) {
        let machines = RunInstancesPara::default()
            .instance_type("S5.MEDIUM4")
            .virtual_private_cloud(|network| network.vpc_id(NETWORK).subnet_id(SUBNET))
            .instance_count(count);
        self.tke.nodes().create_cluster_instances(cluster).run_instance_para(machines).send().await.unwrap();
    }

    async fn create_cce(&self, name: &str, range: &str) {
        let spec = ClusterSpec::virtual_machines("cce.s1.small", NETWORK, SUBNET);
        let order = self.cce.clusters().create_cluster().metadata(|cluster| cluster.name(name));
        order.set_spec(spec.container_network(|network| network.cidr(range))).send().await.unwrap();
    }

    async fn create_ack(&self, name: &str, range: &str, nodes: i64) {
        let (switch, network) = ("vsw-2zewharf0000000000001", "vpc-2zewharf0000000000001");
        let order = self.ack.clusters().create_cluster().name(name).region_id(self.server.region()).vpc_id(network);
        let order = order.cluster_type("ManagedKubernetes").num_of_nodes(nodes);
        let order = order.worker_vswitch_ids([switch]).worker_instance_types(["ecs.n4.large"]);
        order.container_cidr(range).send().await.unwrap();
    }

    async fn create_ccs(&self, name: &str, range: &str, nodes: i64) {
        let order = self.ccs.clusters().create_cluster("1", NETWORK, SUBNET).cluster_name(name);
        let order = order.cluster_cidr(range).os_name(OsName::Centos7_2x86_64).goods_num(nodes).cpu(2).mem(4);
        let order = order.root_size(50).storage_size(0).bandwidth_type(BandwidthType::PayByHour);
        order.bandwidth(0).is_vpc_gateway(0).send().await.unwrap();
    }

    /// Forty clusters in four products: most of them run, some are being created, one has failed, one has a broken node.
    pub(crate) async fn fill(&self) {
        let names = [
            "checkout",
            "search",
            "payments",
            "ingest",
            "media-transcoding",
            "staging",
            "demo",
            "analytics-warehouse-eu",
            "crm",
            "web",
            "batch",
            "ml-serving",
            "identity",
            "geo",
        ];
        self.server.with_world(|world| world.quotas.machines.per_zone = 200);
        let mut clusters = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            clusters.push(self.create_tke_of(name, &format!("172.16.{}.0/20", index * 16), "1.18.4").await);
        }
        for (index, name) in names.into_iter().take(9).enumerate() {
            self.create_cce(&format!("{name}-cce"), &format!("172.17.{}.0/20", index * 16)).await;
        }
        self.pass(900);
        for (index, name) in names.into_iter().take(9).enumerate() {
            let nodes = i64::try_from(index).unwrap() % 4;
            self.create_ack(&format!("{name}-ack"), &format!("172.16.{}.0/20", index * 16), nodes.max(1)).await;
        }
        for (index, name) in names.into_iter().take(5).enumerate() {
            self.create_ccs(&format!("{name}-ccs"), &format!("172.18.{}.0/20", index * 16), 2).await;
        }
        for (index, cluster) in clusters.iter().enumerate() {
            self.add_nodes(cluster, i64::try_from(index).unwrap() % 5 + 1).await;
        }
        self.pass(1_800);
        self.add_nodes(&clusters[3], 10).await;
        let first = self.tke.nodes().describe_cluster_instances(&clusters[4]).send().await.unwrap();
        let machine = first.instance_set[0].instance_id.clone();
        assert!(self.server.with_world(|world| world.break_machine(&machine, MachineFault::Kubelet)));
        self.pass(300);
        self.fill_registries().await;
        self.server.with_world(|world| world.fail_next(FailurePoint::ClusterCreation, "The zone has no servers left."));
        self.create_cce("failed-cce", "172.17.224.0/20").await;
        for cluster in [&clusters[9], &clusters[2]] {
            self.upgrade(cluster).await;
        }
        // One node of the second upgrade is done, and the others follow.
        self.pass(150);
        self.create_ack("new-ack", "172.19.0.0/20", 2).await;
        self.create_tke("new", "172.19.0.0/20").await;
    }
}
