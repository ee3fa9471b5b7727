//! What a successful call says besides its output.

use crate::support::{connections_for, input_for, server, sts_builder, tke};
use bytes::Bytes;
use std::sync::Arc;
use wharf::any::{self, CallOptions};
use wharf::transport::Replay;
use wharf::{Credentials, ErrorKind, ack, cce};
use wharf_server::Fault;

/// Nobody has to have a field for it: the services of two vendors send it in a header.
#[tokio::test]
async fn the_request_id_of_every_success_can_be_had() {
    let server = server().await;
    let mut products = std::collections::BTreeMap::new();
    for entry in wharf::operations() {
        for connection in connections_for(&server, entry) {
            let (name, input) = (entry.meta.name, input_for(&server, entry, None));
            let connection = any::Connection::of(connection).unwrap();
            let Ok(response) = connection.call_with_response(name, input, &CallOptions::default()).await else {
                continue;
            };
            let journal = server.journal().last().unwrap();
            // API 2.0 has none: in its answers `requestId` is a task.
            let expected = Some(journal.request_id).filter(|_| entry.meta.product != "ccs");
            assert_eq!(response.request_id, expected, "{name}");
            assert_eq!((Some(response.status), response.attempts.len()), (journal.status, 0), "{name}");
            assert!(
                response.headers.contains_key("content-type") || response.output == serde_json::json!({}),
                "{name}"
            );
            *products.entry(entry.meta.product).or_insert(0) += 1;
        }
    }
    assert_eq!(products.keys().copied().collect::<Vec<_>>(), ["ack", "cce", "ccs", "tcr", "tke"]);
    let sts = sts_builder(&server).build().unwrap();
    let role =
        sts.assume_role().role_arn(server.role_arn()).role_session_name("session").send_with_response().await.unwrap();
    assert_eq!(role.request_id, Some(server.journal().last().unwrap().request_id));
}

/// Huawei documents `X-request-id`, and Alibaba's clients read `x-acs-request-id`.
#[tokio::test]
async fn typed_clients_read_it_from_the_vendors_headers() {
    let answer = |header: &str, body: &'static str| {
        http::Response::builder()
            .header(header, "r-1")
            .header("content-type", "application/json")
            .body(Bytes::from(body))
    };
    let replay = |answer: http::Response<Bytes>| Arc::new(Replay::new().answer(answer));
    let key = || Credentials::new("id", "planted-secret");
    let cce = cce::Connection::builder().region("cn-north-1").project_id("p").credentials(key());
    let cce =
        cce.transport(replay(answer("X-request-id", r#"{"kind":"Cluster","apiVersion":"v3","items":[]}"#).unwrap()));
    let response = cce.build().unwrap().clusters().list_clusters().send_with_response().await.unwrap();
    assert_eq!((response.request_id.as_deref(), response.status), (Some("r-1"), 200));
    assert!(!format!("{response:?}").contains("application/json"), "Debug shows no header's value");
    let ack = ack::Connection::builder().region("cn-beijing").credentials(key());
    let ack = ack.transport(replay(answer("x-acs-request-id", r#"{"clusters": []}"#).unwrap()));
    let response = ack.build().unwrap().clusters().describe_clusters_v1().send_with_response().await.unwrap();
    assert_eq!(response.request_id.as_deref(), Some("r-1"));
    assert_eq!(response.map(|_| 3).output, 3);
}

#[tokio::test]
async fn attempts_and_pages_are_in_it() {
    let server = server().await;
    let clusters = tke(&server).clusters();
    server.faults().add(Fault::throttle().operation("DescribeClusters").times(1));
    let response = clusters.describe_clusters().send_with_response().await.unwrap();
    let [attempt] = &response.attempts[..] else { panic!("{response:?}") };
    let calls = server.journal().calls();
    assert_eq!((attempt.kind, attempt.request_id.as_ref()), (ErrorKind::Throttled, Some(&calls[0].request_id)));
    assert_eq!(response.request_id.as_ref(), Some(&calls[1].request_id));
    assert_eq!(response.output.total_count, 0);
    let mut pages = clusters.describe_clusters().pages();
    let page = pages.try_next_with_response().await.unwrap().unwrap();
    assert_eq!(page.request_id, Some(server.journal().last().unwrap().request_id));
    assert!(pages.try_next_with_response().await.unwrap().is_none());
    let by_name = any::Connection::of(tke(&server)).unwrap();
    let mut pages = by_name.pages("DescribeClusters", serde_json::json!({})).unwrap();
    let page = pages.try_next_with_response().await.unwrap().unwrap();
    assert_eq!(page.request_id, Some(server.journal().last().unwrap().request_id));
    assert_eq!(page.output["TotalCount"], 0);
}
