//! What is refused: by the service with status and code, and by the client before anything is sent.

use super::{BOTH, Cloud, NETWORK, SignatureMethod, not_found, not_now, refusal};
use crate::support::{ack_builder, server, stranger};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use wharf::ack::types::Tag;
use wharf::ack::{self, ErrorCode};
use wharf::clock::{Clock, SystemClock};
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{Credentials, ErrorKind};
use wharf_server::Fault;

#[tokio::test]
async fn what_is_not_there_is_404_and_what_cannot_be_now_is_told() {
    let cloud = Cloud::new(SignatureMethod::RoaHmacSha1).await;
    let (clusters, nodes, pools) = (&cloud.clusters, &cloud.nodes, &cloud.pools);
    let id = cloud.order("young").send().await.unwrap().cluster_id;
    for (answer, due) in [
        (refusal(clusters.describe_cluster_detail("none").send().await), not_found()),
        (refusal(clusters.delete_cluster("none").send().await), not_found()),
        (refusal(clusters.modify_cluster("none").send().await), not_found()),
        (refusal(pools.describe_cluster_node_pool_detail("none", "none").send().await), not_found()),
        (refusal(pools.describe_cluster_node_pool_detail(&id, "none").send().await), super::no_pool()),
        (refusal(nodes.remove_cluster_nodes(&id).nodes(["n"]).send().await), not_now()),
        (refusal(clusters.describe_cluster_namespaces(&id).send().await), not_now()),
        (refusal(nodes.describe_cluster_attach_scripts(&id).send().await), not_now()),
    ] {
        assert_eq!(answer, due);
    }
    let error = clusters.describe_cluster_detail("none").send().await.unwrap_err();
    assert_eq!(ErrorCode::of(&error).unwrap().as_str(), "ErrorClusterNotFound");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn wrong_keys_are_refused_and_not_tried_again() {
    for by in BOTH {
        let server = server().await;
        let right = server.credentials();
        for (credentials, status, code) in [
            (stranger(), 404, "InvalidAccessKeyId.NotFound"),
            (Credentials::new(right.id(), "pl4nted"), 403, "SignatureDoesNotMatch"),
        ] {
            server.journal().clear();
            let ack = ack_builder(&server).signature_method(by).credentials(credentials).build().unwrap();
            let error = ack.clusters().describe_clusters_v1().send().await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(status)), "{error}");
            assert_eq!(error.code(), Some(code));
            assert!(!format!("{error:?}").contains("pl4nted"));
            assert_eq!(server.journal().len(), 1);
        }
    }
}

/// Goes an hour back each time somebody looks at it.
#[derive(Debug, Default)]
struct Wandering(AtomicU64);

#[async_trait]
impl Clock for Wandering {
    fn now(&self) -> SystemTime {
        SystemTime::now() - Duration::from_secs(3600 * (self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    async fn sleep(&self, _: Duration) {}

    fn random(&self) -> u64 {
        SystemClock.random()
    }
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_an_expired_date_is_told() {
    for by in BOTH {
        let server = server().await;
        let list = async |ack: &ack::Connection| ack.clusters().describe_clusters_v1().send().await;
        let statuses = || -> Vec<u16> { server.journal().calls().iter().map(|call| call.status.unwrap()).collect() };
        // Fifteen minutes are allowed in both directions.
        for (seconds, due) in [
            (14 * 60, vec![200, 200]),
            (-14 * 60, vec![200, 200]),
            (16 * 60, vec![400, 200, 200]),
            (-16 * 60, vec![400, 200, 200]),
        ] {
            server.journal().clear();
            server.faults().skew_clock(seconds);
            let ack = ack_builder(&server).signature_method(by).build().unwrap();
            for _ in 0..2 {
                list(&ack).await.unwrap();
            }
            assert_eq!(statuses(), due, "{seconds} seconds, {by:?}: the second call knows the time");
        }
        server.faults().clear();
        server.faults().skew_clock(0);
        let ack = ack_builder(&server).signature_method(by).clock(Arc::new(Wandering::default())).build().unwrap();
        let error = list(&ack).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(400)), "{error}");
        assert_eq!(error.code(), Some("InvalidTimeStamp.Expired"));
    }
}

/// Sends everything twice and hands on what the second one is answered.
#[derive(Debug)]
struct Twice(Arc<dyn Transport>);

#[async_trait]
impl Transport for Twice {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.0.send(request.clone(), limits).await?;
        self.0.send(request, limits).await
    }
}

#[tokio::test]
async fn what_was_sent_once_cannot_be_sent_again() {
    for by in BOTH {
        let server = server().await;
        let ack =
            ack_builder(&server).signature_method(by).transport(Arc::new(Twice(server.transport()))).build().unwrap();
        let error = ack.clusters().describe_clusters_v1().send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Transient, Some("SignatureNonceUsed")), "{error}");
        let calls = server.journal().calls();
        let codes: Vec<_> = calls.iter().map(|call| call.code.as_deref()).collect();
        assert!(codes.chunks(2).all(|pair| pair == [None, Some("SignatureNonceUsed")]), "{codes:?}");
        assert!(codes.len() > 2, "a new nonce is tried");
    }
}

#[tokio::test]
async fn throttling_passes_and_is_told_when_it_does_not() {
    let server = server().await;
    let clusters = ack_builder(&server).build().unwrap().clusters();
    server.faults().add(Fault::throttle().times(2));
    clusters.describe_clusters_v1().send().await.unwrap();
    assert_eq!(server.journal().len(), 3);
    server.faults().add(Fault::throttle());
    let error = clusters.describe_clusters_v1().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Throttled, Some(400)), "{error}");
    server.faults().clear();
    // What creates something is not sent twice unless the service has said that it did nothing.
    server.journal().clear();
    server.faults().add(Fault::http_status(502).operation("CreateCluster"));
    let error = clusters.create_cluster().name("once").vpc_id(NETWORK).send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Transient, Some(502)), "{error}");
    assert_eq!(server.journal().len(), 1);
}

#[tokio::test]
async fn what_is_known_to_be_wrong_is_not_sent() {
    let server = server().await;
    let ack = ack_builder(&server).build().unwrap();
    let (clusters, nodes, pools) = (ack.clusters(), ack.nodes(), ack.scaling());
    let tags = |count: usize| (0..count).map(|at| Tag::from((at.to_string(), "")));
    let order = || clusters.create_cluster();
    for (answer, field) in [
        (clusters.describe_cluster_detail("").send().await.map(drop), "ClusterId"),
        (order().name("x".repeat(64)).send().await.map(drop), "name"),
        (order().num_of_nodes(101).send().await.map(drop), "num_of_nodes"),
        (order().worker_system_disk_size(39).send().await.map(drop), "worker_system_disk_size"),
        (order().master_system_disk_size(501).send().await.map(drop), "master_system_disk_size"),
        (order().tags([("k".repeat(65), "v")]).send().await.map(drop), "tags.0.key"),
        (clusters.modify_cluster_tags("c").body(tags(21)).send().await.map(drop), "body"),
        (
            clusters.describe_cluster_user_kubeconfig("c").temporary_duration_minutes(14).send().await.map(drop),
            "TemporaryDurationMinutes",
        ),
        (clusters.describe_clusters_v1().page_size(0).send().await.map(drop), "page_size"),
        (clusters.describe_addons().send().await.map(drop), "region"),
        (nodes.describe_cluster_nodes("c").page_size(101).send().await.map(drop), "pageSize"),
        (pools.scale_cluster_node_pool("c", "").count(1).send().await.map(drop), "NodepoolId"),
        (pools.scale_cluster_node_pool("c", "np").count(0).send().await.map(drop), "count"),
        (
            pools
                .modify_cluster_node_pool("c", "np")
                .scaling_group(|group| group.system_disk_size(19))
                .send()
                .await
                .map(drop),
            "scaling_group.system_disk_size",
        ),
    ] {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    let unknown = ack.call("ack", "DescribeClusterV1", serde_json::json!({})).await.unwrap_err();
    assert!(unknown.message().contains("did you mean DescribeClustersV1?"), "{unknown}");
    let other = ack.call("sts", "AssumeRole", serde_json::json!({})).await.unwrap_err();
    assert_eq!((other.kind(), other.field()), (ErrorKind::InvalidInput, Some("product")));
    assert!(server.journal().is_empty(), "something was sent");
}
