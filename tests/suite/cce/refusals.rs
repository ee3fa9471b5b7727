//! What is refused: by the service with status and code, and by the client before anything is sent.

use super::{By, Cloud, conflict, not_found, plane, refusal};
use crate::support::{cce_builder, server, stranger};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};
use wharf::cce::{self, ErrorCode};
use wharf::clock::{Clock, SystemClock};
use wharf::{Credentials, ErrorKind};
use wharf_server::Fault;

#[tokio::test]
async fn what_is_not_there_is_404_and_what_cannot_be_now_409() {
    let cloud = Cloud::new(By::Signature).await;
    let (clusters, nodes, pools) = (&cloud.clusters, &cloud.nodes, &cloud.pools);
    let id = cloud.order("young").send().await.unwrap().metadata.uid.unwrap();
    for (answer, due) in [
        (refusal(clusters.get_cluster("nothing").send().await), not_found()),
        (refusal(clusters.delete_cluster("nothing").send().await), not_found()),
        (refusal(clusters.get_cluster_cert("nothing").send().await), not_found()),
        (refusal(clusters.get_job("nothing").send().await), not_found()),
        (refusal(nodes.get_node(&id, "nothing").send().await), not_found()),
        (refusal(nodes.list_nodes("nothing").send().await), not_found()),
        (refusal(pools.get_node_pool(&id, "nothing").send().await), not_found()),
        (refusal(cloud.order_nodes(&id, "node", 1).send().await), conflict()),
        (refusal(clusters.awake_cluster(&id).send().await), conflict()),
        (refusal(clusters.hibernate_cluster(&id).send().await), conflict()),
        (refusal(clusters.get_cluster_cert(&id).send().await), conflict()),
    ] {
        assert_eq!(answer, due);
    }
    let error = clusters.get_cluster("nothing").send().await.unwrap_err();
    assert_eq!(ErrorCode::of(&error).unwrap().as_str(), "CCE.01404001");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn rules_of_the_world_are_told_by_their_codes() {
    let cloud = Cloud::new(By::Signature).await;
    let order = |spec| cloud.clusters.create_cluster().metadata(|cluster| cluster.name("named")).set_spec(spec);
    let code = async |spec| refusal(order(spec).send().await);
    assert_eq!(
        code(plane().host_network(|network| network.subnet(" "))).await,
        (ErrorKind::InvalidInput, Some(400), "CCE.01400002".to_owned())
    );
    assert_eq!(
        code(plane().kubernetes_svc_ip_range("10.200.0.0/16")).await,
        (ErrorKind::Conflict, Some(400), "CCE.01400005".to_owned())
    );
    let wrong = cloud.order("Not a name").send().await;
    assert_eq!(refusal(wrong), (ErrorKind::InvalidInput, Some(400), "CCE.01400001".to_owned()));
    let limit = cloud.clusters.show_quotas().send().await.unwrap().quotas[0].quota_limit;
    for _ in 0..limit {
        order(plane().container_network(|network| network.mode("overlay_l2"))).send().await.unwrap();
    }
    assert_eq!(code(plane()).await, (ErrorKind::Quota, Some(400), "CCE.01400007".to_owned()));
}

#[tokio::test]
async fn a_project_of_somebody_else_is_403() {
    for by in [By::Signature, By::Token] {
        let cloud = Cloud::new(by).await;
        let foreign = cloud.clusters.list_clusters().project_id("0123456789abcdef0123456789abcdef").send().await;
        assert_eq!(refusal(foreign), (ErrorKind::PermissionDenied, Some(403), "CCE.01403001".to_owned()), "{by:?}");
    }
}

#[tokio::test]
async fn wrong_keys_are_401_and_not_tried_again() {
    let server = server().await;
    let right = server.credentials();
    for (credentials, reason) in [
        (stranger(), "access key does not exist"),
        (Credentials::new(right.id(), "pl4nted"), "signature"),
        (right.clone().with_token("pl4nted"), "security token"),
    ] {
        server.journal().clear();
        let cce = cce_builder(&server).credentials(credentials).build().unwrap();
        let error = cce.clusters().list_clusters().send().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)), "{error}");
        assert_eq!(error.code(), Some("APIGW.0301"));
        assert!(error.message().contains(reason), "{error}");
        assert!(!format!("{error:?}").contains("pl4nted"));
        // Five refusals would lock the account.
        assert_eq!(server.journal().len(), 1);
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
    let server = server().await;
    server.faults().skew_clock(3 * 3600);
    let cce = cce_builder(&server).build().unwrap();
    for _ in 0..2 {
        cce.clusters().list_clusters().send().await.unwrap();
    }
    let statuses: Vec<_> = server.journal().calls().iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [401, 200, 200], "the second call knows the time");

    server.faults().clear();
    let cce = cce_builder(&server).clock(Arc::new(Wandering::default())).build().unwrap();
    let error = cce.clusters().list_clusters().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Credentials, Some(401)), "{error}");
    assert_eq!(error.code(), Some("APIGW.0301"));
    assert!(error.message().contains("expired"), "{error}");
}

#[tokio::test]
async fn throttling_passes_and_is_told_when_it_does_not() {
    let server = server().await;
    let clusters = cce_builder(&server).build().unwrap().clusters();
    server.faults().add(Fault::throttle().times(2));
    clusters.list_clusters().send().await.unwrap();
    assert_eq!(server.journal().len(), 3);
    server.faults().add(Fault::throttle());
    let error = clusters.list_clusters().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Throttled, Some(429)), "{error}");
    server.faults().clear();
    // What creates something is not sent twice unless the service has said that it did nothing.
    server.journal().clear();
    server.faults().add(Fault::http_status(502).operation("CreateCluster"));
    let create = clusters.create_cluster().metadata(|cluster| cluster.name("once")).set_spec(plane());
    let error = create.send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Transient, Some(502)), "{error}");
    assert_eq!(server.journal().len(), 1);
}

#[tokio::test]
async fn what_is_known_to_be_wrong_is_not_sent() {
    let server = server().await;
    let cce = cce_builder(&server).build().unwrap();
    let (clusters, nodes) = (cce.clusters(), cce.nodes());
    let name = |name: &str| clusters.create_cluster().metadata(|cluster| cluster.name(name));
    let disk = |size| super::machine().root_volume(|disk| disk.size(size));
    let node = |size| nodes.create_node("c").metadata(|node| node.name("n")).set_spec(disk(size));
    let long = "x".repeat(12 << 20);
    for (answer, field) in [
        (name("named").send().await.map(drop), Some("spec")),
        (clusters.get_cluster("").send().await.map(drop), Some("cluster_id")),
        (clusters.get_cluster("c").error_status("more than ten").send().await.map(drop), Some("errorStatus")),
        (clusters.list_addon_instances("not a/label").send().await.map(drop), Some("cluster_id")),
        (node(39).send().await.map(drop), Some("spec.rootVolume.size")),
        (node(32_769).send().await.map(drop), Some("spec.rootVolume.size")),
        (name("named").set_spec(plane().description(long)).send().await.map(drop), None),
    ] {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(field.is_none() || error.field() == field, "{error}");
    }
    let unknown = cce.call("cce", "ListCluster", serde_json::json!({})).await.unwrap_err();
    assert!(unknown.message().contains("did you mean ListClusters?"), "{unknown}");
    let tke = cce.call("tke", "DescribeClusters", serde_json::json!({})).await.unwrap_err();
    assert_eq!((tke.kind(), tke.field()), (ErrorKind::InvalidInput, Some("product")));
    assert!(server.journal().is_empty(), "something was sent");
}

#[tokio::test]
async fn without_a_project_only_what_needs_none_is_sent() {
    let server = server().await;
    let settings = cce::Connection::builder().region(server.region()).transport(server.transport());
    let cce = settings.credentials(server.credentials()).build().unwrap();
    cce.iam().iam_list_projects().send().await.unwrap();
    let list = cce.clusters().list_clusters().project_id(server.project_id());
    list.send().await.unwrap();
    // Whoever runs this may have one in the environment.
    if cce::credentials::project_from_environment().is_none() {
        let error = cce.clusters().list_clusters().send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("project_id")));
        assert_eq!(server.journal().len(), 2);
    }
}
