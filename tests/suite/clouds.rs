//! Clouds are apart: what one vendor's API makes, another's never shows, changes, counts or removes.

use std::time::Duration;
use wharf::cce::types::ClusterSpec;
use wharf::ccs::types::{BandwidthType, OsName};
use wharf::tke::types::ClusterType;
use wharf::{Result, ack, cce, ccs, tke};
use wharf_server::{Server, Time};

const REGION: &str = "ap-guangzhou";
const NAME: &str = "same";

macro_rules! connection {
    ($product:ident, $server:ident) => {
        $product::Connection::builder().region(REGION).credentials($server.credentials()).endpoint($server.endpoint())
    };
}

/// The four products' clients of one account in one region.
struct Clouds {
    server: Server,
    tke: tke::cluster::Client,
    cce: cce::cluster::Client,
    ack: ack::cluster::Client,
    ccs: ccs::cluster::Client,
}

impl Clouds {
    async fn start() -> Self {
        let server = crate::support::documents().time(Time::Manual).rate_limits(false).start().await.unwrap();
        Self {
            tke: connection!(tke, server).build().unwrap().clusters(),
            cce: connection!(cce, server).project_id(server.project_id()).build().unwrap().clusters(),
            ack: connection!(ack, server).build().unwrap().clusters(),
            ccs: connection!(ccs, server).build().unwrap().clusters(),
            server,
        }
    }

    async fn make_tke(&self, range: &str) -> Result<String> {
        let order = self.tke.create_cluster().cluster_type(ClusterType::ManagedCluster);
        let order = order.cluster_cidr_settings(|settings| settings.cluster_cidr(range));
        let order = order.cluster_basic_settings(|basic| basic.cluster_name(NAME).vpc_id("vpc-default0"));
        Ok(order.send().await?.cluster_id)
    }

    async fn make_cce(&self, range: &str) -> Result<String> {
        let spec = ClusterSpec::virtual_machines("cce.s1.small", "vpc-default0", "subnet-default1");
        let order = self.cce.create_cluster().metadata(|cluster| cluster.name(NAME));
        let made = order.set_spec(spec.container_network(|network| network.cidr(range))).send().await?;
        Ok(made.metadata.uid.unwrap())
    }

    async fn make_ack(&self, name: &str, range: &str) -> Result<String> {
        let (switch, server_type) = ("vsw-2zewharf0000000000001", "ecs.n4.large");
        let order = self.ack.create_cluster().name(name).region_id(REGION).vpc_id("vpc-2zewharf0000000000001");
        let order = order.master_vswitch_ids([switch; 3]).master_instance_types([server_type; 3]).num_of_nodes(0);
        let order = order.worker_vswitch_ids([switch]).worker_instance_types([server_type]);
        Ok(order.container_cidr(range).send().await?.cluster_id)
    }

    async fn make_ccs(&self, range: &str) -> Result<String> {
        let order = self.ccs.create_cluster("1", "vpc-default0", "subnet-default1").cluster_name(NAME);
        let order = order.cluster_cidr(range).os_name(OsName::Centos7_2x86_64).goods_num(1).cpu(2).mem(4);
        let order = order.root_size(50).storage_size(0).bandwidth_type(BandwidthType::PayByHour);
        Ok(order.bandwidth(0).is_vpc_gateway(0).send().await?.cluster_id)
    }

    /// The clusters that each API lists, sorted: TKE, CCE, ACK, CCS.
    async fn listed(&self) -> [Vec<String>; 4] {
        let tke = self.tke.describe_clusters().send().await.unwrap();
        let cce = self.cce.list_clusters().send().await.unwrap();
        let ack = self.ack.describe_clusters_v1().send().await.unwrap();
        let ccs = self.ccs.describe_cluster().send().await.unwrap();
        assert_eq!(tke.total_count, tke.clusters.len() as i64);
        let mut lists = [
            tke.clusters.into_iter().map(|cluster| cluster.cluster_id).collect(),
            cce.items.into_iter().map(|cluster| cluster.metadata.uid.unwrap()).collect(),
            ack.clusters.into_iter().map(|cluster| cluster.cluster_id).collect::<Vec<String>>(),
            ccs.clusters.into_iter().map(|cluster| cluster.cluster_id).collect(),
        ];
        lists.iter_mut().for_each(|list| list.sort());
        lists
    }
}

#[tokio::test]
async fn each_cloud_has_exactly_its_own_clusters() {
    let clouds = Clouds::start().await;
    let mut made: [Vec<String>; 4] = Default::default();
    for range in ["172.16.0.0/20", "172.16.16.0/20", "172.16.32.0/20"] {
        made[0].push(clouds.make_tke(range).await.unwrap());
    }
    // The same ranges: networks of different clouds do not meet.
    for range in ["172.16.0.0/20", "172.16.16.0/20"] {
        made[1].push(clouds.make_cce(range).await.unwrap());
    }
    for (name, range) in [(NAME, "172.16.0.0/20"), ("other", "172.16.16.0/20")] {
        made[2].push(clouds.make_ack(name, range).await.unwrap());
    }
    made[3].push(clouds.make_ccs("172.17.0.0/20").await.unwrap());
    made.iter_mut().for_each(|list| list.sort());
    assert_eq!(clouds.listed().await, made);
    clouds.server.advance(Duration::from_secs(3_600));
    assert_eq!(clouds.listed().await, made);

    // No API finds a cluster of another: not to read, to rename, to forward to, nor to delete.
    let foreign = |own: usize| made.iter().enumerate().filter(move |(at, _)| *at != own).flat_map(|(_, list)| list);
    for id in foreign(0) {
        let tke = &clouds.tke;
        assert_eq!(tke.describe_clusters().cluster_ids([id]).send().await.unwrap().total_count, 0, "{id}");
        assert!(tke.modify_cluster_attribute(id).cluster_name("taken").send().await.is_err(), "{id}");
        assert!(tke.forward_request().method("GET").path("/version").cluster_name(id).send().await.is_err(), "{id}");
        let deletion = tke.delete_cluster(id).instance_delete_mode("terminate");
        assert!(deletion.send().await.is_err(), "{id}");
    }
    for id in foreign(1) {
        assert!(clouds.cce.get_cluster(id).send().await.is_err(), "{id}");
        assert!(clouds.cce.delete_cluster(id).send().await.is_err(), "{id}");
    }
    for id in foreign(2) {
        assert!(clouds.ack.describe_cluster_detail(id).send().await.is_err(), "{id}");
        assert!(clouds.ack.delete_cluster(id).send().await.is_err(), "{id}");
    }
    for id in foreign(3) {
        assert_eq!(clouds.ccs.describe_cluster().cluster_ids([id]).send().await.unwrap().total_count, 0, "{id}");
        assert!(clouds.ccs.delete_cluster(id).send().await.is_err(), "{id}");
    }
    clouds.server.advance(Duration::from_secs(3_600));
    assert_eq!(clouds.listed().await, made);

    // An empty cloud does not empty another.
    for id in &made[0] {
        clouds.tke.delete_cluster(id).instance_delete_mode("terminate").send().await.unwrap();
    }
    clouds.server.advance(Duration::from_secs(3_600));
    made[0].clear();
    assert_eq!(clouds.listed().await, made);
}

#[tokio::test]
async fn a_cluster_counts_against_the_quota_of_its_own_product() {
    let clouds = Clouds::start().await;
    clouds.server.with_world(|world| {
        world.quotas.tke.clusters = 1;
        world.quotas.cce.clusters = 1;
        world.quotas.ack.clusters = 1;
        world.quotas.ccs.clusters = 1;
    });
    clouds.make_tke("172.16.0.0/20").await.unwrap();
    clouds.make_ccs("172.16.16.0/20").await.unwrap();
    clouds.make_cce("172.16.0.0/20").await.unwrap();
    clouds.make_ack(NAME, "172.16.0.0/20").await.unwrap();
    assert!(clouds.make_tke("172.18.0.0/20").await.unwrap_err().to_string().contains("Quota"));
    assert!(clouds.make_ccs("172.18.0.0/20").await.unwrap_err().to_string().contains("at most 1 cluster"));
    assert!(clouds.make_cce("172.18.0.0/20").await.is_err());
    assert!(clouds.make_ack("other", "172.18.0.0/20").await.is_err());
}

#[tokio::test]
async fn a_machine_and_a_range_belong_to_one_cluster_of_a_vendor() {
    let clouds = Clouds::start().await;
    clouds.make_ccs("172.16.0.0/20").await.unwrap();
    let refused = clouds.make_tke("172.16.0.0/20").await.unwrap_err();
    assert!(refused.to_string().contains("overlaps"), "{refused}");
}
