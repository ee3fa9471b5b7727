//! What is known to be wrong is refused before anything is sent.

use crate::support::{ack_builder, server, tke_builder};
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::{Credentials, ErrorKind, tke};

#[tokio::test]
async fn requests_over_the_documented_size() {
    let server = server().await;
    let long = "x".repeat(40 * 1024);
    for (signature, method, length, limit) in [
        (SignatureMethod::Tc3HmacSha256, HttpMethod::Get, 40 << 10, "32 KB"),
        (SignatureMethod::HmacSha1, HttpMethod::Get, 40 << 10, "32 KB"),
        (SignatureMethod::HmacSha256, HttpMethod::Post, 2 << 20, "1 MB"),
        (SignatureMethod::Tc3HmacSha256, HttpMethod::Post, 11 << 20, "10 MB"),
    ] {
        let connection = tke_builder(&server).signature_method(signature).http_method(method).build().unwrap();
        let request = connection.clusters().describe_clusters().cluster_ids([long.repeat(length / long.len() + 1)]);
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.message().contains(limit), "{limit}: {error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn credentials_that_cannot_sign() {
    let server = server().await;
    for credentials in [Credentials::new("", "secret"), Credentials::new("id", ""), Credentials::new(" ", " ")] {
        let error = match tke_builder(&server).credentials(credentials).build() {
            Ok(connection) => connection.clusters().describe_clusters().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    }
    for credentials in [Credentials::new("", "secret"), Credentials::new("id", ""), Credentials::new("a\nb", "secret")]
    {
        let error = match ack_builder(&server).credentials(credentials).build() {
            Ok(connection) => connection.clusters().describe_user_quota().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn regions_and_settings_that_cannot_be() {
    let server = server().await;
    for region in ["", "ap guangzhou", "ap-guangzhou\r\nX-Evil: 1", "地域", "gz;drop"] {
        let error = match tke_builder(&server).region(region).build() {
            Ok(connection) => connection.clusters().describe_clusters().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")), "{region:?}: {error}");
        let error = match ack_builder(&server).region(region).build() {
            Ok(connection) => connection.clusters().describe_user_quota().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")), "{region:?}: {error}");
    }
    let connection = tke_builder(&server).build().unwrap();
    let error = connection.clusters().describe_clusters().with_region("no such").send().await.unwrap_err();
    assert_eq!(error.field(), Some("region"));

    let builder = || tke::Connection::builder().region("ap-guangzhou").credentials(server.credentials());
    for (field, result) in [
        ("endpoint", builder().endpoint("tke.example.com").build()),
        ("endpoint", builder().endpoint("ftp://tke.example.com").build()),
        ("endpoint", builder().endpoint("http://tke.example.com").build()),
        ("root_certificate", builder().root_certificate("no certificate").build()),
        ("proxy", builder().proxy("not a url").build()),
        ("user_agent", builder().user_agent("a\nb").build()),
    ] {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn wrong_credentials_are_told_by_the_service() {
    let server = server().await;
    let good = server.credentials();
    for (credentials, code) in [
        (Credentials::new("AKIDnobody", "secret"), "AuthFailure.SecretIdNotFound"),
        (Credentials::new(good.id(), "not-the-secret"), "AuthFailure.SignatureFailure"),
    ] {
        for signature in [SignatureMethod::Tc3HmacSha256, SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
            let connection =
                tke_builder(&server).credentials(credentials.clone()).signature_method(signature).build().unwrap();
            let error = connection.clusters().describe_clusters().send().await.unwrap_err();
            assert_eq!((error.kind(), error.code()), (ErrorKind::Credentials, Some(code)), "{signature:?}");
            assert!(error.request_id().is_some() && !error.is_retryable());
        }
    }
}
