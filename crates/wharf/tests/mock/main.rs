//! Mocks of every protocol, through the typed clients and by name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod every;

use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use wharf::ack::cluster::operations::DescribeClustersV1;
use wharf::any::Extras;
use wharf::cce::cluster::operations::ListClusters;
use wharf::ccs::cluster::operations::DescribeCluster;
use wharf::clock::ManualClock;
use wharf::retry::RetryPolicy;
use wharf::sts::operations::AssumeRole;
use wharf::testing::{Failure, Mock, by_name, filled};
use wharf::tke::cluster::operations::{CreateCluster, DeleteCluster, DescribeClusters, DescribeClustersOutput};
use wharf::tke::types::Cluster;
use wharf::{ErrorKind, ack, any, cce, ccs, sts, tke};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000)))
}

fn to_tke(mock: &Mock) -> tke::Connection {
    tke::Connection::builder().region("ap-guangzhou").mock(mock).clock(clock()).build().unwrap()
}

#[tokio::test]
async fn an_output_of_tke_comes_back_as_it_was_given() {
    let mock = Mock::new();
    mock.on::<DescribeClusters>().then_filled(|output| {
        output.total_count = 1;
        output.clusters.push(filled(|cluster: &mut Cluster| {
            cluster.cluster_id = "cls-1".into();
            cluster.cluster_status = "Moving".into();
        }));
    });
    let response = to_tke(&mock).clusters().describe_clusters().limit(5).send_with_response().await.unwrap();
    assert_eq!((response.status, response.request_id.as_deref()), (200, Some("mock-1")));
    assert!(response.problems.is_empty());
    let cluster = &response.output.clusters[0];
    assert_eq!((cluster.cluster_id.as_str(), cluster.cluster_status.as_str()), ("cls-1", "Moving"));
    assert_eq!(mock.inputs::<DescribeClusters>()[0].limit, Some(5));
}

#[tokio::test]
async fn pages_waiters_and_errors_work_over_a_mock() {
    let mock = Mock::new();
    let page = |ids: [&'static str; 2]| {
        filled(move |output: &mut DescribeClustersOutput| {
            output.total_count = 4;
            output.clusters = ids.map(|id| filled(|cluster: &mut Cluster| cluster.cluster_id = id.into())).into();
        })
    };
    mock.on::<DescribeClusters>().matching(|input| input.offset.unwrap_or(0) == 0).then(page(["a", "b"]));
    mock.on::<DescribeClusters>().matching(|input| input.offset == Some(2)).then(page(["c", "d"]));
    let tke = to_tke(&mock);
    let mut ids = Vec::new();
    let mut items = tke.clusters().describe_clusters().limit(2).items();
    while let Some(cluster) = items.try_next().await.unwrap() {
        ids.push(cluster.cluster_id);
    }
    assert_eq!(ids, ["a", "b", "c", "d"]);

    let state = |state: &'static str| {
        filled(move |output: &mut DescribeClustersOutput| {
            output.total_count = 1;
            output.clusters.push(filled(|cluster: &mut Cluster| {
                cluster.cluster_id = "cls-1".into();
                cluster.cluster_status = state.into();
            }));
        })
    };
    let mock = Mock::new();
    mock.on::<DescribeClusters>().then(state("Creating")).times(2).then(state("Running")).times(1);
    let cluster = to_tke(&mock).clusters().wait_until_running("cls-1").await.unwrap();
    assert_eq!(cluster.cluster_status, "Running");
    assert_eq!(mock.calls().len(), 3);
    assert!(mock.unused().is_empty());

    mock.on::<DeleteCluster>().then_error(Failure::code(tke::ErrorCode::ResourceNotFound, "gone"));
    let delete = to_tke(&mock).clusters().delete_cluster("cls-1").instance_delete_mode("retain").send();
    let error = delete.await.unwrap_err();
    assert_eq!((error.kind(), error.message(), error.request_id()), (ErrorKind::NotFound, "gone", Some("mock-4")));
    assert_eq!(tke::ErrorCode::of(&error), Some(tke::ErrorCode::ResourceNotFound));

    let error = to_tke(&mock).clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
    let error = error.cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16")).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().starts_with("tke CreateCluster: "), "{error}");
    assert_eq!(mock.inputs::<CreateCluster>().len(), 1);
}

/// `Too many calls` of a product is the documented code for it, and the call is repeated.
#[tokio::test]
async fn throttling_is_the_products_own() {
    let mock = Mock::new();
    let two = || Failure::throttled();
    mock.on::<DescribeClusters>().then_error(two()).then(Default::default());
    mock.on::<DescribeCluster>().then_error(two()).then(Default::default());
    mock.on::<ListClusters>().then_error(two()).then(Default::default());
    mock.on::<DescribeClustersV1>().then_error(two()).then(Default::default());
    mock.on::<AssumeRole>().then_error(two()).then(Default::default());
    let attempts = |attempts: Vec<wharf::Attempt>| {
        assert_eq!(attempts.len(), 1);
        (attempts[0].kind, attempts[0].code.clone().unwrap(), attempts[0].status.unwrap())
    };

    let tke = to_tke(&mock).clusters().describe_clusters().send_with_response().await.unwrap();
    assert_eq!(attempts(tke.attempts), (ErrorKind::Throttled, "RequestLimitExceeded".to_owned(), 200));

    let ccs = ccs::Connection::builder().region("gz").mock(&mock).clock(clock()).build().unwrap();
    let ccs = ccs.clusters().describe_cluster().send_with_response().await.unwrap();
    assert_eq!(attempts(ccs.attempts), (ErrorKind::Throttled, "4400".to_owned(), 200));

    let cce =
        cce::Connection::builder().region("cn-north-4").project_id("p").mock(&mock).clock(clock()).build().unwrap();
    let cce = cce.clusters().list_clusters().send_with_response().await.unwrap();
    assert_eq!(attempts(cce.attempts), (ErrorKind::Throttled, "APIGW.0308".to_owned(), 429));
    assert_eq!(cce.request_id.as_deref(), Some("mock-6"));

    let ack = ack::Connection::builder().region("cn-beijing").mock(&mock).clock(clock()).build().unwrap();
    let ack = ack.clusters().describe_clusters_v1().send_with_response().await.unwrap();
    assert_eq!(attempts(ack.attempts), (ErrorKind::Throttled, "Throttling.User".to_owned(), 429));

    let sts = sts::Connection::builder().region("cn-beijing").mock(&mock).clock(clock()).build().unwrap();
    let sts = sts
        .assume_role()
        .role_arn("acs:ram::1:role/a")
        .role_session_name("session")
        .send_with_response()
        .await
        .unwrap();
    assert_eq!(attempts(sts.attempts).1, "Throttling.User");
}

#[tokio::test]
async fn rules_by_name_answer_calls_by_name_and_typed_ones() {
    let mock = Mock::new();
    by_name(&mock, "tke", "DescribeClusters")
        .unwrap()
        .matching(|input| input["Limit"] == 1)
        .then(&json!({"TotalCount": 1, "Clusters": [{"ClusterId": "cls-1"}]}))
        .unwrap();
    let mut extras = Extras::default();
    extras.transport = Some(Arc::new(mock.clone()));
    let options = json!({"region": "ap-guangzhou", "credentials": {"id": "i", "secret": "s"}});
    let any = any::Connection::with_extras("tke", &options, extras).unwrap();
    let output = any.call("DescribeClusters", json!({"Limit": 1})).await.unwrap();
    assert_eq!(output["Clusters"][0]["ClusterId"], "cls-1");
    let output = to_tke(&mock).clusters().describe_clusters().limit(1).send().await.unwrap();
    assert_eq!(output.total_count, 1);

    let unknown = by_name(&mock, "tke", "DescribeCluster").unwrap_err();
    assert_eq!(unknown.message(), "operation DescribeCluster is no operation of tke; did you mean DescribeClusters?");
}

/// A mock of one version of an API is not one of another.
#[cfg(feature = "tke-public")]
#[tokio::test]
async fn versions_have_rules_of_their_own() {
    let mock = Mock::new();
    by_name(&mock, "tke", "2022-05-01:DescribeClusters").unwrap().then(&json!({"TotalCount": 7})).unwrap();
    let error = to_tke(&mock).clusters().describe_clusters().with_retry(RetryPolicy::none()).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
