//! A certificate authority of one's own, end to end.

use crate::support::builder;
use wharf::{ErrorKind, tke};
use wharf_server::Server;

fn settings(server: &Server) -> tke::Builder {
    tke::Connection::builder().region(server.region()).credentials(server.credentials()).endpoint(server.endpoint())
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_given_and_only_then() {
    let server = builder().tls().tls_name("tke.api3.cloud.example.com").start().await.unwrap();
    assert!(server.endpoint().starts_with("https://"));

    let error = settings(&server).build().unwrap().clusters().describe_clusters().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
    assert!(error.message().contains("root_certificate"), "says what to do: {error}");
    assert!(!error.is_retryable());
    assert!(server.journal().is_empty(), "something was sent to a stranger");

    let ca = server.root_certificate().unwrap();
    let answer = settings(&server).root_certificate(ca).build().unwrap();
    assert!(answer.clusters().describe_clusters().send().await.unwrap().clusters.is_empty());

    // By the product's own name under the private domain, which no DNS here knows.
    let named = tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .domain("cloud.example.com")
        .resolve("tke.api3.cloud.example.com", server.address().unwrap())
        .root_certificate(ca)
        .build()
        .unwrap();
    named.clusters().describe_clusters().send().await.unwrap();
    let host = server.journal().last().unwrap().headers.iter().find(|(name, _)| name == "host").unwrap().1.clone();
    assert!(host.starts_with("tke.api3.cloud.example.com"), "{host}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = builder().tls().tls_name("tke.api3.cloud.example.com").start().await.unwrap();
    let connection = tke::Connection::builder()
        .region(server.region())
        .credentials(server.credentials())
        .domain("other.example.com")
        .resolve("tke.api3.other.example.com", server.address().unwrap())
        .root_certificate(server.root_certificate().unwrap())
        .build()
        .unwrap();
    let error = connection.clusters().describe_clusters().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
}

#[tokio::test]
async fn the_loud_switch_accepts_anything() {
    let server = builder().tls().start().await.unwrap();
    let connection = settings(&server).danger_accept_invalid_certificates(true).build().unwrap();
    connection.clusters().describe_clusters().send().await.unwrap();
}

#[tokio::test]
async fn nobody_there_is_a_connection_failure() {
    let gone = {
        let server = builder().start().await.unwrap();
        let endpoint = server.endpoint().to_owned();
        server.stop().await;
        endpoint
    };
    let connection = tke::Connection::builder()
        .region("ap-guangzhou")
        .credentials(crate::support::stranger())
        .endpoint(gone)
        .retry_policy(crate::support::quick())
        .build()
        .unwrap();
    let error = connection.clusters().describe_clusters().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::ConnectionFailed, 2), "{error:?}");
}
