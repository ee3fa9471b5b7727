//! A hundred tests in parallel share one server: each has its own key, and sees only its own cloud.

use crate::support::quick;
use std::sync::Arc;
use std::time::Duration;
use wharf::cce::PasswordLogin;
use wharf::cce::types::ClusterSpec;
use wharf::ccs::types::{BandwidthType, OsName};
use wharf::tke::types::ClusterType;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::{Credentials, ack, cce, ccs, sts, tcr, tke};
use wharf_server::{Cloud, Fault, Server, Time};

const TESTS: usize = 100;
const REGION: &str = "ap-guangzhou";
const RANGE: &str = "172.16.0.0/20";

/// How a test signs: each scheme of each vendor is used by many tests.
#[derive(Debug, Clone, Copy)]
struct Schemes {
    tencent: (SignatureMethod, HttpMethod),
    alibaba: ack::SignatureMethod,
    /// CCE's calls are authorized by a token instead of a signature.
    token: bool,
    /// ACK's calls are signed by temporary credentials.
    session: bool,
}

impl Schemes {
    fn of(test: usize) -> Self {
        let tencent = [
            (SignatureMethod::Tc3HmacSha256, HttpMethod::Post),
            (SignatureMethod::HmacSha1, HttpMethod::Post),
            (SignatureMethod::HmacSha256, HttpMethod::Get),
            (SignatureMethod::Tc3HmacSha256, HttpMethod::Get),
        ];
        let acs3 = test.is_multiple_of(3);
        Self {
            tencent: tencent[test % tencent.len()],
            alibaba: if acs3 { ack::SignatureMethod::Acs3HmacSha256 } else { ack::SignatureMethod::default() },
            token: test.is_multiple_of(2),
            session: test.is_multiple_of(5),
        }
    }
}

/// The clients of one test, over the socket or inside of the process.
struct Clients {
    tke: tke::Connection,
    tcr: tcr::Connection,
    ccs: ccs::Connection,
    cce: cce::Connection,
    ack: ack::Connection,
}

macro_rules! to {
    ($product:ident, $cloud:ident, $socket:ident) => {{
        let builder = $product::Connection::builder().region(REGION).credentials($cloud.credentials());
        let builder = builder.retry_policy(quick());
        if $socket { builder.endpoint($cloud.endpoint()) } else { builder.transport($cloud.transport()) }
    }};
}

impl Clients {
    async fn new(cloud: &Cloud, schemes: Schemes, socket: bool) -> Self {
        let (method, http) = schemes.tencent;
        let cce = to!(cce, cloud, socket).project_id(cloud.project_id());
        let user = cloud.iam_user();
        let cce = match schemes.token {
            true => cce.password_login(PasswordLogin::new(user.name, user.password, user.domain)),
            false => cce,
        };
        let mut ack = to!(ack, cloud, socket).signature_method(schemes.alibaba);
        if schemes.session {
            let sts = to!(sts, cloud, socket).build().unwrap();
            let role = sts.assume_role().role_arn(cloud.role_arn()).role_session_name("session");
            let given = role.send().await.unwrap().credentials;
            let key = Credentials::new(given.access_key_id, given.access_key_secret.expose().to_owned());
            ack = ack.credentials(key.with_token(given.security_token.expose().to_owned()));
        }
        Self {
            tke: to!(tke, cloud, socket).signature_method(method).http_method(http).build().unwrap(),
            tcr: to!(tcr, cloud, socket).signature_method(method).http_method(http).build().unwrap(),
            ccs: to!(ccs, cloud, socket).build().unwrap(),
            cce: cce.build().unwrap(),
            ack: ack.build().unwrap(),
        }
    }

    /// Makes one thing with each product.
    async fn make(&self, name: &str) {
        let order = self.tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
        let order = order.cluster_cidr_settings(|settings| settings.cluster_cidr(RANGE));
        order.cluster_basic_settings(|basic| basic.cluster_name(name).vpc_id("vpc-default0")).send().await.unwrap();
        self.tcr.registries().create_instance().registry_name(name).registry_type("basic").send().await.unwrap();
        let order = self.ccs.clusters().create_cluster("1", "vpc-default0", "subnet-default1").cluster_name(name);
        let order = order.cluster_cidr("172.17.0.0/20").os_name(OsName::Centos7_2x86_64).goods_num(1).cpu(2).mem(4);
        let order = order.root_size(50).storage_size(0).bandwidth_type(BandwidthType::PayByHour);
        order.bandwidth(0).is_vpc_gateway(0).send().await.unwrap();
        let spec = ClusterSpec::virtual_machines("cce.s1.small", "vpc-default0", "subnet-default1");
        let order = self.cce.clusters().create_cluster().metadata(|cluster| cluster.name(name));
        order.set_spec(spec.container_network(|network| network.cidr(RANGE))).send().await.unwrap();
        let (switch, server_type) = ("vsw-2zewharf0000000000001", "ecs.n4.large");
        let order = self.ack.clusters().create_cluster().name(name).region_id(REGION);
        let order = order.vpc_id("vpc-2zewharf0000000000001").master_vswitch_ids([switch; 3]);
        let order = order.master_instance_types([server_type; 3]).num_of_nodes(0).worker_vswitch_ids([switch]);
        order.worker_instance_types([server_type]).container_cidr(RANGE).send().await.unwrap();
    }

    /// What each product lists, by name.
    async fn listed(&self) -> [Vec<String>; 5] {
        let tke = self.tke.clusters().describe_clusters().send().await.unwrap();
        let tcr = self.tcr.registries().describe_instances().send().await.unwrap();
        let ccs = self.ccs.clusters().describe_cluster().send().await.unwrap();
        let cce = self.cce.clusters().list_clusters().send().await.unwrap();
        let ack = self.ack.clusters().describe_clusters_v1().send().await.unwrap();
        [
            tke.clusters.into_iter().map(|cluster| cluster.cluster_name).collect(),
            tcr.registries.into_iter().map(|registry| registry.registry_name).collect(),
            ccs.clusters.into_iter().map(|cluster| cluster.cluster_name).collect(),
            cce.items.into_iter().filter_map(|cluster| cluster.metadata.name).collect(),
            ack.clusters.into_iter().map(|cluster| cluster.name).collect(),
        ]
    }
}

/// One test: its cloud shows what it made and nothing else, whatever others do at the same time.
async fn test(server: Arc<Server>, number: usize) {
    let cloud = server.new_cloud().start().unwrap();
    let schemes = Schemes::of(number);
    let clients = Clients::new(&cloud, schemes, number % 4 != 3).await;
    let name = format!("test-{number}");
    let mine: [Vec<String>; 5] = std::array::from_fn(|_| vec![name.clone()]);
    clients.make(&name).await;
    assert_eq!(clients.listed().await, mine, "{schemes:?}");
    let time = cloud.now();
    cloud.advance(Duration::from_secs(1_800));
    assert_eq!(cloud.now(), time + 1_800_000);
    assert_eq!(clients.listed().await, mine, "{schemes:?}");

    cloud.faults().add(Fault::refuse("FailedOperation", "mine").product("tke").times(1));
    let failed = clients.tke.clusters().describe_regions().send().await;
    assert!(failed.is_err(), "{schemes:?}");
    let state = cloud.state();
    let mut names: Vec<(&str, &str)> =
        state.clusters.iter().map(|cluster| (cluster.product, cluster.name.as_str())).collect();
    names.sort_unstable();
    assert_eq!(names, [("ack", &*name), ("cce", &*name), ("ccs", &*name), ("tke", &*name)]);
    assert_eq!(state.registries.len(), 1);

    let account = cloud.account();
    let calls = cloud.journal().calls();
    assert!(calls.iter().all(|call| call.account.as_ref().is_none_or(|of| *of == account)), "{schemes:?}");
    assert_eq!(calls.iter().filter(|call| call.operation == "CreateCluster").count(), 4, "{schemes:?}");
    cloud.expire_tokens();
    cloud.end().unwrap();
    let gone = clients.tke.clusters().describe_clusters().send().await.unwrap_err();
    assert!(gone.to_string().contains("SecretIdNotFound"), "{gone}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_tests_see_only_their_own_cloud() {
    let server = crate::support::documents().time(Time::Manual).rate_limits(false).start().await.unwrap();
    let server = Arc::new(server);
    let tests: Vec<_> = (0..TESTS).map(|number| tokio::spawn(test(server.clone(), number))).collect();
    for test in tests {
        test.await.unwrap();
    }
    assert_eq!(server.clouds().len(), 1);
    // The first cloud had the last call of each test, with a key that no cloud had any more.
    assert_eq!(server.state().clusters.len(), 0);
    let calls = server.journal().calls();
    assert!(calls.iter().all(|call| call.account.is_none() && call.operation == "DescribeClusters"), "{calls:?}");
}

#[tokio::test]
async fn the_api_servers_of_clouds_are_apart() {
    let server = crate::support::documents().time(Time::Manual).rate_limits(false).start().await.unwrap();
    let mut ports = Vec::new();
    for name in ["cloud-one", "cloud-two"] {
        let cloud = server.new_cloud().start().unwrap();
        let clients = Clients::new(&cloud, Schemes::of(0), true).await;
        clients.make(name).await;
        cloud.advance(Duration::from_secs(1_800));
        let id = clients.tke.clusters().describe_clusters().send().await.unwrap().clusters.remove(0).cluster_id;
        let kubeconfig = clients.tke.clusters().describe_cluster_kubeconfig(&id).send().await.unwrap();
        let text = kubeconfig.kubeconfig.expose().to_owned();
        let address = text.lines().find_map(|line| line.trim().strip_prefix("server: ")).unwrap().to_owned();
        ports.push((cloud, address.trim_matches('"').trim_start_matches("https://").to_owned()));
    }
    assert_ne!(ports[0].1, ports[1].1);
    let (ended, address) = ports.remove(0);
    assert!(tokio::net::TcpStream::connect(&address).await.is_ok());
    ended.end().unwrap();
    for tries in 0.. {
        if tokio::net::TcpStream::connect(&address).await.is_err() {
            break;
        }
        assert!(tries < 100, "the port of a cloud that has ended is open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(tokio::net::TcpStream::connect(&ports[0].1).await.is_ok());
}
