//! Private clouds: organizations, the gateway ASAPI, errors in XML.

use super::{BOTH, Cloud, not_found, refusal};
use crate::support::{ack_builder, builder, server};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::ACCEPT;
use std::sync::{Arc, Mutex};
use wharf::ack::{self, Asapi};
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{ErrorKind, sts};
use wharf_server::Server;

const REGION: &str = "cn-wulan-env115-d01";

/// Notes where requests go, and may take a header away.
#[derive(Debug)]
struct Between {
    inner: Arc<dyn Transport>,
    drops_accept: bool,
    seen: Mutex<Vec<String>>,
}

impl Between {
    fn new(server: &Server, drops_accept: bool) -> Arc<Self> {
        Arc::new(Self { inner: server.transport(), drops_accept, seen: Mutex::default() })
    }
}

#[async_trait]
impl Transport for Between {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.seen.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        if self.drops_accept {
            request.headers_mut().remove(ACCEPT);
        }
        self.inner.send(request, limits).await
    }
}

async fn private_server() -> Server {
    builder().region(REGION).without_socket().start().await.unwrap()
}

fn private(server: &Server) -> ack::Builder {
    ack_builder(server).domain("inter.cloud.example.com")
}

fn header<'a>(call: &'a wharf_server::Entry, name: &str) -> Option<&'a str> {
    call.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn what_an_organization_has_is_seen_by_it_alone() {
    for by in BOTH {
        let cloud = Cloud::new(by).await;
        let within = |organization: &str, group: Option<&str>| {
            let builder = ack_builder(&cloud.server).signature_method(by).organization(organization);
            group.map_or(builder.clone(), |group| builder.resource_group(group)).build().unwrap().clusters()
        };
        let order = async |clusters: &ack::cluster::Client, name: &str| {
            let order = clusters.create_cluster().name(name).cluster_type("ManagedKubernetes").vpc_id(super::NETWORK);
            let order = order.worker_vswitch_ids(super::SWITCHES).pod_vswitch_ids([super::SWITCHES[2]]).num_of_nodes(0);
            order.send().await.unwrap().cluster_id
        };
        let (three, set, four) = (within("3", None), within("3", Some("58")), within("4", None));
        let (in_set, in_four) = (order(&set, "in-set").await, order(&four, "in-four").await);
        let template =
            set.create_template().name("t").template("a: 1").template_type("kubernetes").send().await.unwrap();
        let list = async |clusters: &ack::cluster::Client| {
            let found = clusters.describe_clusters_v1().items().collect_all().await.unwrap();
            found.into_iter().map(|cluster| cluster.cluster_id).collect::<Vec<_>>()
        };
        assert_eq!(list(&set).await, [in_set.as_str()]);
        assert_eq!(list(&three).await, [in_set.as_str()], "an organization sees what is in its sets");
        assert_eq!(list(&four).await, [in_four.as_str()]);
        assert_eq!(list(&within("3", Some("59"))).await, Vec::<String>::new(), "a set sees itself");
        assert_eq!(list(&cloud.clusters).await, Vec::<String>::new(), "neither is the caller's own");
        let shown = set.describe_clusters_v1().send().await.unwrap().clusters.remove(0);
        assert_eq!((shown.department, shown.resource_group), (Some(3), Some(58)));
        assert_eq!(shown.rm_region_id.as_deref(), Some(cloud.server.region()));

        for foreign in [
            refusal(four.describe_cluster_detail(&in_set).send().await),
            refusal(four.delete_cluster(&in_set).send().await),
            refusal(three.modify_cluster_tags(&in_four).body([("a", "b")]).send().await),
            refusal(cloud.nodes.describe_cluster_nodes(&in_set).send().await),
            refusal(cloud.order_pool(&in_set, "pool").send().await),
        ] {
            assert_eq!(foreign, not_found());
        }
        assert_eq!(three.describe_templates().send().await.unwrap().page_info.total_count, 1);
        assert_eq!(four.describe_templates().send().await.unwrap().page_info.total_count, 0);
        let (kind, ..) = refusal(four.describe_template_attribute(&template.template_id).send().await);
        assert_eq!(kind, ErrorKind::NotFound);
        // The same name twice is no matter between organizations.
        order(&four, "in-set").await;
    }
}

#[tokio::test]
async fn calls_say_for_whom_they_are() {
    for by in BOTH {
        let server = private_server().await;
        let between = Between::new(&server, false);
        let builder = private(&server).transport(between.clone()).signature_method(by);
        let ack = builder.organization("3").resource_group("58").instance("c-1").build().unwrap();
        ack.clusters().describe_clusters_v1().send().await.unwrap();
        let call = server.journal().last().unwrap();
        for (name, value) in [
            ("x-acs-regionid", REGION),
            ("x-acs-organizationid", "3"),
            ("x-acs-resourcegroupid", "58"),
            ("x-acs-instanceid", "c-1"),
            ("host", "cs.cn-wulan-env115-d01.inter.cloud.example.com"),
        ] {
            assert_eq!(header(&call, name), Some(value), "{name}");
        }
        assert_eq!((call.region.as_str(), call.status), (REGION, Some(200)));

        // The same of AssumeRole.
        let sts = sts::Connection::builder().region(REGION).domain("inter.cloud.example.com").organization("3");
        let sts = sts.credentials(server.credentials()).transport(server.transport()).build().unwrap();
        sts.assume_role().role_arn(server.role_arn()).role_session_name("me").send().await.unwrap();
        let call = server.journal().last().unwrap();
        assert_eq!(header(&call, "x-acs-organizationid"), Some("3"));
        assert_eq!(header(&call, "host"), Some("sts-vpc.cn-wulan-env115-d01.inter.cloud.example.com"));
    }
}

#[tokio::test]
async fn a_resource_set_needs_an_organization() {
    let server = server().await;
    let error = ack_builder(&server).resource_group("58").build().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("resource_group")));
    for (field, wrong) in [
        ("organization", ack_builder(&server).organization("")),
        ("organization", ack_builder(&server).organization("3\r\nx-evil: 1")),
        ("instance", ack_builder(&server).instance("值")),
        ("domain", ack_builder(&server).domain("https://cloud.example.com")),
    ] {
        let error = wrong.build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn the_gateway_asapi() {
    for by in BOTH {
        let server = private_server().await;
        let between = Between::new(&server, false);
        let builder =
            private(&server).transport(between.clone()).signature_method(by).organization("3").resource_group("58");
        let ack = builder.clone().asapi(Asapi::new().role_id("2")).build().unwrap();
        let order = ack.clusters().create_cluster().name("by-asapi").vpc_id(super::NETWORK).num_of_nodes(0);
        let order = order.worker_vswitch_ids(super::SWITCHES).pod_vswitch_ids([super::SWITCHES[2]]);
        let id = order.cluster_type("ManagedKubernetes").send().await.unwrap().cluster_id;
        assert_eq!(ack.clusters().describe_cluster_detail(&id).send().await.unwrap().name, "by-asapi");
        ack.clusters().delete_cluster(&id).retain_resources(["集 1"]).send().await.unwrap();
        for (seen, due) in between.seen.lock().unwrap().iter().zip(["POST", "GET", "DELETE"]) {
            let start = format!("{due} https://public.asapi.{REGION}.inter.cloud.example.com/asapi/v3/roa/clusters");
            assert!(seen.starts_with(&start), "{seen}");
        }
        let call = server.journal().last().unwrap();
        for (name, value) in [
            ("x-ascm-product-name", "cs"),
            ("x-ascm-product-version", "2015-12-15"),
            ("x-ascm-product-ak", server.credentials().id()),
            ("x-acs-roleid", "2"),
            ("x-acs-resourcegroupid", "58"),
        ] {
            assert_eq!(header(&call, name), Some(value), "{name}");
        }
        // The credentials of a role come from POP all the same.
        let role = ack::Role::new(server.role_arn());
        let assumed = builder.asapi(Asapi::new().role_id("2")).assume_role(role).build().unwrap();
        assumed.clusters().describe_clusters_v1().send().await.unwrap();
        assert_eq!(server.journal().of("AssumeRole").len(), 1);

        // The guide's own examples name no organization and no role.
        let bare = private(&server).signature_method(by).asapi(Asapi::new()).build().unwrap();
        assert_eq!(bare.clusters().describe_clusters_v1().send().await.unwrap().page_info.total_count, 0);
    }
}

/// Something on the way takes away what asks for JSON, which is signed: the refusal is XML.
#[tokio::test]
async fn an_error_in_xml_is_read() {
    for by in BOTH {
        let server = server().await;
        let ack = ack_builder(&server).transport(Between::new(&server, true)).signature_method(by).build().unwrap();
        let error = ack.clusters().describe_clusters_v1().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
        let call = server.journal().last().unwrap();
        assert_eq!((error.code(), error.status()), (call.code.as_deref(), call.status), "{error}");
        assert_eq!(error.request_id(), Some(call.request_id.as_str()));
        assert!(!error.message().is_empty() && !error.message().contains('<'), "{error}");
        assert!(error.message().contains("cs."), "the host is told: {error}");
        assert_eq!(server.journal().len(), 1);
    }
}
