//! Requests that are signed and sent by others: a plain HTTP client, and `curl` for URLs.

use crate::support::{connections_for, input_for, server, shaped_server};
use std::process::Command;
use wharf::any::{CallOptions, SignedRequest};
use wharf::tke::SignatureMethod;
use wharf::{ErrorKind, ccs, sts, tcr, tke};
use wharf_server::Server;

/// Sends a signed request to the server's socket, whatever host it is for.
async fn send(client: &reqwest::Client, server: &Server, request: SignedRequest) {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let url = format!("http://{}{path}", server.address().unwrap());
    client.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
}

/// In every protocol, under both signatures of each.
#[tokio::test]
async fn every_signed_request_is_accepted_from_another_client() {
    let server = shaped_server().await;
    // The signed requests go to this machine without TLS, but a client wants to know who would do it.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut seen = 0;
    for entry in wharf::operations() {
        for (way, connection) in connections_for(&server, entry).iter().enumerate() {
            let name = entry.meta.name;
            let input = input_for(&server, entry, None);
            let before = server.journal().of(name).len();
            let signed = connection.sign(entry.meta, &*input, &CallOptions::default()).await.unwrap();
            // A token that the signature needs is asked for.
            let asked = usize::from(name == "IAMCreateToken" && way == 1);
            assert_eq!(server.journal().of(name).len(), before + asked, "{name}: signing does not call it");
            send(&client, &server, signed).await;
            let journal = server.journal().last().unwrap();
            assert_eq!(journal.operation, name);
            assert!(journal.acted || journal.shaped, "{name} {way}: the gateway answered {:?}", journal.code);
            seen += 1;
        }
    }
    assert_eq!(seen, 2 * wharf_spec::Catalog::embedded().unwrap().operations().count());
}

/// `curl` waits, so that the server needs a thread of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_presigned_url_needs_nothing_but_a_get() {
    let server = server().await;
    let (endpoint, region) = (server.endpoint(), server.region());
    let tke = tke::Connection::builder().endpoint(endpoint).region(region).credentials(server.credentials());
    let tcr = tcr::Connection::builder().endpoint(endpoint).region(region).credentials(server.credentials());
    let ccs = ccs::Connection::builder().endpoint(endpoint).region(region).credentials(server.credentials());
    let sts = sts::Connection::builder().endpoint(endpoint).region(region).credentials(server.credentials());
    let tke = tke.signature_method(SignatureMethod::HmacSha256).build().unwrap();
    let tcr = tcr.signature_method(SignatureMethod::HmacSha1).build().unwrap();
    let (ccs, sts) = (ccs.build().unwrap(), sts.build().unwrap());
    let urls = [
        ("DescribeClusters", tke.clusters().describe_clusters().limit(7).presign().await),
        ("DescribeInstances", tcr.registries().describe_instances().presign().await),
        ("DescribeCluster", ccs.clusters().describe_cluster().presign().await),
        ("AssumeRole", sts.assume_role().role_arn(server.role_arn()).role_session_name("by-url").presign().await),
    ];
    for (operation, url) in urls {
        let got = Command::new("curl").args(["-sS", "--fail", "--noproxy", "*", &url.unwrap()]).output().unwrap();
        assert!(got.status.success(), "{operation}: {}", String::from_utf8_lossy(&got.stderr));
        let journal = server.journal().last().unwrap();
        assert_eq!((journal.operation.as_str(), journal.method.as_str()), (operation, "GET"));
        assert!(journal.acted && journal.code.is_none(), "{operation}: {:?}", journal.code);
    }
    let limits: Vec<_> =
        server.journal().of("DescribeClusters").iter().map(|call| call.parameters["Limit"].clone()).collect();
    assert_eq!(limits, [serde_json::json!(7)]);
}

#[tokio::test]
async fn a_signature_in_headers_makes_no_url() {
    let server = server().await;
    let refused = [
        crate::support::tke(&server).clusters().describe_clusters().presign().await,
        crate::support::cce_builder(&server).build().unwrap().clusters().list_clusters().presign().await,
        crate::support::ack_builder(&server).build().unwrap().clusters().describe_clusters_v1().presign().await,
        ack_private(&server).await,
    ];
    for error in refused.map(Result::unwrap_err) {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("no URL can carry"), "{error}");
    }
    // What is wrong with the input is found before that.
    let error = crate::support::tke(&server).clusters().create_cluster().sign().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("ClusterType")));
    assert!(server.journal().is_empty());
}

/// Says for whom a call is made in headers.
async fn ack_private(server: &Server) -> Result<String, wharf::Error> {
    let sts = crate::support::sts_builder(server).domain("cloud.example.com").organization("1").build()?;
    sts.assume_role().role_arn("acs:ram::1:role/r").role_session_name("s").presign().await
}
