//! Retries, shown with faults that the server is asked for.

use crate::support::{quick, server, tke, tke_builder};
use std::time::Duration;
use wharf::retry::RetryPolicy;
use wharf::tke::cluster::types::ClusterStatus;
use wharf::{Error, ErrorKind, tke::Connection};
use wharf_server::{Fault, Server};

async fn list(connection: &Connection) -> Result<u64, Error> {
    connection.clusters().describe_clusters().send().await.map(|answer| answer.clusters.len() as u64)
}

async fn create(connection: &Connection) -> Result<String, Error> {
    let request = connection.clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
    let request = request.cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"));
    let request = request.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0"));
    request.send().await.map(|answer| answer.cluster_id)
}

/// How many clusters the world really has.
async fn clusters(server: &Server) -> u64 {
    list(&tke(server)).await.unwrap()
}

#[tokio::test]
async fn throttled_then_fine() {
    let server = server().await;
    server.faults().add(Fault::throttle().times(2));
    assert_eq!(list(&tke(&server)).await.unwrap(), 0);
    assert_eq!(server.journal().of("DescribeClusters").len(), 3);
}

#[tokio::test]
async fn a_throttled_change_is_sent_again_because_the_service_did_not_act() {
    let server = server().await;
    server.faults().add(Fault::throttle().operation("CreateCluster").times(1));
    create(&tke(&server)).await.unwrap();
    assert_eq!(server.journal().of("CreateCluster").len(), 2);
    assert_eq!(clusters(&server).await, 1);
}

#[tokio::test]
async fn a_failing_gateway_then_fine() {
    let server = server().await;
    server.faults().add(Fault::http_status(500).times(1));
    server.faults().add(Fault::http_status(502).times(1));
    assert_eq!(list(&tke(&server)).await.unwrap(), 0);
    assert_eq!(server.journal().of("DescribeClusters").len(), 3);
}

#[tokio::test]
async fn a_failing_gateway_stops_a_change_at_once() {
    let server = server().await;
    server.faults().add(Fault::http_status(500).operation("CreateCluster").times(1));
    let error = create(&tke(&server)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Transient, Some(500)));
    assert!(error.is_retryable());
    assert_eq!(server.journal().of("CreateCluster").len(), 1);
}

#[tokio::test]
async fn cut_before_the_request_was_read() {
    for sockets in [false, true] {
        let server = server().await;
        server.faults().add(Fault::cut_before().times(1));
        let connection = over(&server, sockets);
        assert_eq!(list(&connection).await.unwrap(), 0, "sockets: {sockets}");

        // In-process the cut is known to be early; over a socket nobody can know.
        server.faults().add(Fault::cut_before().operation("CreateCluster").times(1));
        let created = create(&connection).await;
        if sockets {
            let error = created.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
            assert_eq!(clusters(&server).await, 0);
        } else {
            created.unwrap();
            assert_eq!(clusters(&server).await, 1);
        }
    }
}

#[tokio::test]
async fn cut_after_the_request_was_read_never_makes_two() {
    for sockets in [false, true] {
        let server = server().await;
        let connection = over(&server, sockets);
        server.faults().add(Fault::cut_after().operation("DescribeClusters").times(1));
        assert_eq!(list(&connection).await.unwrap(), 0, "sockets: {sockets}");
        assert_eq!(server.journal().of("DescribeClusters").len(), 2);

        server.faults().add(Fault::cut_after().operation("CreateCluster").times(1));
        let error = create(&connection).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionFailed);
        assert!(error.is_retryable() && error.attempts().is_empty());
        assert_eq!(server.journal().of("CreateCluster").len(), 1, "sent twice");
        assert_eq!(clusters(&server).await, 1, "the first one had arrived");
    }
}

#[tokio::test]
async fn an_error_tells_the_attempts_before_it() {
    let server = server().await;
    server.faults().add(Fault::throttle().times(1));
    server.faults().add(Fault::http_status(503).times(1));
    server.faults().add(Fault::refuse("ResourceNotFound", "No such thing.").times(1));
    let error = list(&tke(&server)).await.unwrap_err();
    let kinds: Vec<ErrorKind> = error.attempts().iter().map(|attempt| attempt.kind).collect();
    assert_eq!(kinds, [ErrorKind::Throttled, ErrorKind::Transient]);
    assert_eq!(error.attempts()[0].code.as_deref(), Some("RequestLimitExceeded"));
    assert!(error.attempts()[0].request_id.is_some());
    assert_eq!(error.code(), Some("ResourceNotFound"));
    assert!(error.to_string().contains("[attempt 3]"), "{error}");
}

#[tokio::test]
async fn the_budget_of_a_connection_ends_retries() {
    let server = server().await;
    server.faults().add(Fault::http_status(503));
    let connection = tke(&server);
    let mut sent = Vec::new();
    for _ in 0..200 {
        server.journal().clear();
        list(&connection).await.unwrap_err();
        sent.push(server.journal().len());
    }
    assert_eq!(sent.first(), Some(&3), "at first everything is tried three times");
    assert_eq!(sent.last(), Some(&1), "in the end nothing is tried again");
    server.faults().clear();
    list(&connection).await.unwrap();
}

#[tokio::test]
async fn a_deadline_ends_a_call_with_the_error_at_hand() {
    let server = server().await;
    server.faults().add(Fault::throttle());
    let patient = RetryPolicy::default().max_attempts(1000).throttled_delay(Duration::from_millis(20));
    let connection =
        tke_builder(&server).retry_policy(patient).call_timeout(Duration::from_millis(200)).build().unwrap();
    let error = list(&connection).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Throttled | ErrorKind::TimedOut), "{error}");
    assert!(!error.attempts().is_empty());
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_a_timeout() {
    let server = server().await;
    server.faults().add(Fault::delay(Duration::from_secs(30)));
    for sockets in [false, true] {
        let connection = over(&server, sockets);
        let request = connection.clusters().describe_clusters().with_attempt_timeout(Duration::from_millis(30));
        let error = request.with_retry(RetryPolicy::none()).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    }
}

#[tokio::test]
async fn a_skewed_clock_is_corrected_once() {
    for seconds in [3_600, -3_600] {
        let server = server().await;
        server.faults().skew_clock(seconds);
        let connection = tke(&server);
        let id = create(&connection).await.unwrap();
        assert!(id.starts_with("cls-"));
        assert_eq!(server.journal().of("CreateCluster").len(), 2, "refused once, then signed with the server's time");
        list(&connection).await.unwrap();
        assert_eq!(server.journal().of("DescribeClusters").len(), 1, "the correction is kept");
    }
}

#[tokio::test]
async fn garbage_is_an_error_that_says_so() {
    let server = server().await;
    server.faults().add(Fault::garbage());
    let error = list(&tke(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    server.faults().clear();
    server.faults().add(Fault::truncate().operation("CreateCluster"));
    let error = create(&tke(&server)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode | ErrorKind::ConnectionFailed), "{error}");
    assert_eq!(clusters(&server).await, 1, "acted once, and not again");
}

#[tokio::test]
async fn an_unknown_state_and_an_unknown_member_are_kept_apart_from_errors() {
    let server = server().await;
    server.faults().add(Fault::answer_with(|_| {
        Ok(serde_json::json!({"TotalCount": "1", "Clusters": {"ClusterId": "cls-1", "ClusterStatus": "Dreaming", "New": [{}]}}))
    }));
    let answer = tke(&server).clusters().describe_clusters().send().await.unwrap();
    assert_eq!(answer.clusters[0].cluster_status, ClusterStatus::from("Dreaming"));
    assert_eq!(answer.clusters[0].cluster_status.as_str(), "Dreaming");
}

#[tokio::test]
async fn two_hundred_calls_at_once() {
    let server = server().await;
    let connection = over(&server, true);
    let calls = (0..200).map(|_| {
        let connection = connection.clone();
        tokio::spawn(async move { list(&connection).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), 0);
    }
}

fn over(server: &Server, sockets: bool) -> Connection {
    if !sockets {
        return tke(server);
    }
    Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .endpoint(server.endpoint())
        .retry_policy(quick())
        .build()
        .unwrap()
}
