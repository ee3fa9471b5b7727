//! Where calls go: a host for each service, and regions by short and by full names.

use super::{Cloud, RANGE, WAYS, refused};
use crate::support::{builder, ccs_builder, server, tke};
use wharf::ccs::{HttpMethod, SignatureMethod};
use wharf::{ErrorKind, ccs};

#[tokio::test]
async fn regions_go_by_two_names_and_the_short_one_travels() {
    let server = server().await;
    let mut seen = Vec::new();
    for name in ["gz", "ap-guangzhou"] {
        let ccs = ccs_builder(&server).region(name).build().unwrap();
        ccs.clusters().describe_cluster().send().await.unwrap();
        seen.push(server.journal().last().unwrap().region);
        // A single call to another region.
        ccs.clusters().describe_cluster().with_region("ap-shanghai").send().await.unwrap();
        seen.push(server.journal().last().unwrap().region);
    }
    assert_eq!(seen, ["gz", "sh", "gz", "sh"]);
    let ccs = ccs_builder(&server).region("moon").build().unwrap();
    let error = ccs.clusters().describe_cluster().send().await;
    refused(error, ErrorKind::InvalidInput, "InvalidParameter", "moon");
    assert_eq!(server.journal().last().unwrap().region, "moon", "what is not known stays as it is");
}

#[tokio::test]
async fn both_names_are_one_region() {
    let cloud = Cloud::new(WAYS[0]).await;
    let id = cloud.order("here", RANGE).send().await.unwrap().cluster_id;
    let count = async |region: &str| {
        let ccs = ccs_builder(&cloud.server).region(region).build().unwrap();
        ccs.clusters().describe_cluster().cluster_ids([&id]).send().await.unwrap().clusters.len()
    };
    assert_eq!((count("gz").await, count("ap-guangzhou").await, count("bj").await), (1, 1, 0));
    assert_eq!(ccs::long_region(&cloud.cluster(&id).await.region), "ap-guangzhou");
}

/// In a private cloud with an authority of its own, over TLS, by the hosts that the rule gives.
#[tokio::test]
async fn each_service_has_its_host_in_a_private_cloud() {
    let hosts = ["ccs", "ccr", "monitor"].map(|service| format!("{service}.api.cloud.example.com"));
    let mut server = builder().tls();
    for host in &hosts {
        server = server.tls_name(host);
    }
    let server = server.start().await.unwrap();
    for (method, signature) in
        [(HttpMethod::Post, SignatureMethod::HmacSha256), (HttpMethod::Get, SignatureMethod::HmacSha1)]
    {
        let mut settings = ccs::Connection::builder()
            .region("gz")
            .credentials(server.credentials())
            .domain("cloud.example.com")
            .root_certificate(server.root_certificate().unwrap())
            .http_method(method)
            .signature_method(signature);
        for host in &hosts {
            settings = settings.resolve(host, server.address().unwrap());
        }
        let ccs = settings.build().unwrap();
        ccs.clusters().describe_cluster().send().await.unwrap();
        ccs.registries().get_limit().send().await.unwrap();
        let monitor = ccs.monitoring().series(ccs::Metric::DcCpuUsage).cluster("cls-none").send().await;
        refused(monitor, ErrorKind::NotFound, "OperationDenied.SourceNotExists", "");
        let calls = server.journal().calls();
        for (call, host) in calls.iter().rev().take(3).rev().zip(&hosts) {
            let (_, sent) = call.headers.iter().find(|(name, _)| name == "host").unwrap();
            assert!(sent.starts_with(host.as_str()), "{}: {sent}", call.operation);
        }
    }
    server.stop().await;
}

/// What is asked at the wrong door is not answered there.
#[tokio::test]
async fn an_operation_belongs_to_its_host() {
    let server = builder().start().await.unwrap();
    let settings = ccs::Connection::builder().region("gz").credentials(server.credentials());
    let wrong = settings.endpoint(format!("http://ccs.api.example.com:{}", server.address().unwrap().port()));
    let ccs = wrong.resolve("ccs.api.example.com", server.address().unwrap()).build();
    // A plain connection to a host that is no loopback address is not made without being asked for.
    let error = ccs.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("endpoint")));
    let ccs = ccs_builder(&server).endpoint("https://ccs.api.example.com").build().unwrap();
    ccs.clusters().describe_cluster().send().await.unwrap();
    let error = ccs.registries().get_limit().send().await;
    refused(error, ErrorKind::Unsupported, "6100", "ccr");
}

/// CCS and TKE share networks and machines; each finds its own clusters.
#[tokio::test]
async fn each_product_sees_its_own_clusters() {
    let server = server().await;
    let (tke, ccs) = (tke(&server).clusters(), ccs_builder(&server).build().unwrap().clusters());
    let order = tke.create_cluster().cluster_type("MANAGED_CLUSTER");
    let order = order.cluster_cidr_settings(|range| range.cluster_cidr("172.17.0.0/16"));
    let id = order
        .cluster_basic_settings(|basic| basic.cluster_name("own").vpc_id("vpc-default0"))
        .send()
        .await
        .unwrap()
        .cluster_id;
    server.advance(std::time::Duration::from_secs(120));
    assert_eq!(ccs.describe_cluster().send().await.unwrap().total_count, 0);
    assert!(ccs.describe_cluster_service(&id).send().await.is_err());
    assert!(ccs.delete_cluster(&id).send().await.is_err());
    server.advance(std::time::Duration::from_secs(120));
    assert_eq!(tke.describe_clusters().send().await.unwrap().total_count, 1);
}
