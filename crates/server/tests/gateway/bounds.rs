//! What a request costs is bounded, whether it is signed or not.

use crate::client::{Call, LIMITS};
use crate::describe_clusters;
use bytes::Bytes;
use http::Request;
use serde_json::json;
use wharf_core::credentials::Credentials;
use wharf_server::{Diagnosis, Server};
use wharf_sign::hmac_v1::Algorithm;

async fn server() -> Server {
    Server::builder().rate_limits(false).without_socket().start().await.unwrap()
}

fn wrong(server: &Server) -> Option<Credentials> {
    Some(Credentials::new(server.credentials().id(), "wrong"))
}

/// What the journal says of the request's signature.
async fn diagnosed(server: &Server, request: Request<Bytes>) -> Diagnosis {
    server.transport().send(request, LIMITS).await.unwrap();
    server.journal().last().unwrap().diagnosis.unwrap()
}

fn parameters(count: usize) -> Vec<(String, String)> {
    (0..count).map(|at| (format!("P{at}"), "v".to_owned())).collect()
}

fn v1(server: &Server, count: usize) -> Call {
    Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[]).with(|call| {
        call.parameters = parameters(count);
        call.credentials = wrong(server);
    })
}

#[tokio::test]
async fn a_request_is_examined_up_to_a_size_and_says_so_beyond() {
    let server = server().await;
    for (count, examined) in [(10, true), (1_000, true), (5_000, false)] {
        let diagnosis = diagnosed(&server, v1(&server, count).request(&server)).await;
        assert_eq!(diagnosis.server_signed.contains("P1="), examined, "{count}");
        assert_eq!(diagnosis.cause.contains("are examined"), !examined, "{count}: {diagnosis}");
    }
    let one_value = v1(&server, 0).with(|call| call.parameters = vec![("P".into(), "v".repeat(900_000))]);
    assert!(diagnosed(&server, one_value.request(&server)).await.cause.contains("are examined"));
}

#[tokio::test]
async fn a_common_mistake_is_found_among_a_thousand_parameters() {
    let server = server().await;
    let call = v1(&server, 1_000).with(|call| {
        call.credentials = None;
        call.host = Some("tke.tencentcloudapi.com".into());
    });
    let mut request = call.request(&server);
    request.headers_mut().insert("host", "tke.example.com".parse().unwrap());
    let diagnosis = diagnosed(&server, request).await;
    assert!(diagnosis.cause.contains("the host `tke.tencentcloudapi.com`"), "{diagnosis}");
}

#[tokio::test]
async fn the_size_of_a_body_that_is_signed_by_its_digest_does_not_matter() {
    let server = server().await;
    let call = Call::tke("DescribeClusters", json!({ "ClusterIds": vec![""; 50_000] }));
    let call = call.with(|call| call.host = Some("localhost".into()));
    let mut request = call.request(&server);
    request.headers_mut().insert("host", "tke.example.com".parse().unwrap());
    let diagnosis = diagnosed(&server, request).await;
    assert!(diagnosis.cause.contains("the host `localhost`"), "{diagnosis}");
}

#[tokio::test]
async fn a_diagnosis_shows_texts_up_to_a_length() {
    let server = server().await;
    let long = v1(&server, 0).with(|call| call.parameters = vec![("ClusterIds.0".into(), "v".repeat(100_000))]);
    let diagnosis = diagnosed(&server, long.request(&server)).await;
    assert!(diagnosis.server_signed.len() < 17_000, "{}", diagnosis.server_signed.len());
    assert!(diagnosis.to_string().contains("bytes left out]"));
}

#[tokio::test]
async fn without_a_doctor_a_wrong_signature_is_refused_all_the_same() {
    let server = Server::builder().diagnose_signatures(false).without_socket().start().await.unwrap();
    let answer = describe_clusters().with(|call| call.credentials = wrong(&server)).send_in_process(&server).await;
    assert_eq!(answer.unwrap().code(), "AuthFailure.SignatureFailure");
    assert_eq!(server.journal().last().unwrap().diagnosis, None);
}

#[tokio::test]
async fn a_header_is_signed_once() {
    let server = server().await;
    let call = describe_clusters().with(|call| {
        call.signed_headers.push(("x-tc-language".into(), "a".into()));
        call.signed_headers.push(("x-tc-language".into(), "a".into()));
        call.more_headers.push(("x-tc-language".into(), "a".into()));
    });
    let answer = call.send_in_process(&server).await.unwrap();
    assert!(answer.message().contains("`x-tc-language` is named twice"), "{}", answer.message());
}

#[tokio::test]
async fn requests_with_the_largest_heads_take_little_of_the_journal() {
    let server = server().await;
    for _ in 0..100 {
        let request = Request::builder()
            .method("POST")
            .uri(server.endpoint())
            .header("x-tc-action", "a".repeat(190_000))
            .header("x-tc-region", "b".repeat(190_000))
            .header("user-agent", "c".repeat(10_000));
        server.transport().send(request.body(Bytes::new()).unwrap(), LIMITS).await.unwrap();
    }
    let journal = server.journal();
    assert_eq!(journal.calls().len(), 100);
    assert!(journal.bytes() < 2 << 20, "{} bytes", journal.bytes());
    let entry = journal.last().unwrap();
    let expected = "aaaa... [187992 bytes left out]";
    assert!(entry.operation.len() < 2_200 && entry.operation.ends_with(expected), "{}", entry.operation);
}

#[tokio::test]
async fn a_large_request_takes_little_of_the_journal() {
    let server = server().await;
    let whole = json!({ "ClusterIds": vec!["cls-1"; 500] });
    Call::tke("DescribeClusters", whole.clone()).send_in_process(&server).await.unwrap();
    let kept = server.journal().last().unwrap().parameters;
    assert_eq!(serde_json::Value::from(kept), whole, "what is not large is kept");
    server.journal().clear();
    let answer = Call::tke("DescribeClusters", json!({ "ClusterIds": vec![""; 300_000] }));
    answer.send_in_process(&server).await.unwrap();
    let entry = server.journal().last().unwrap();
    assert!(server.journal().bytes() < 400_000, "{} bytes", server.journal().bytes());
    let list = entry.parameters["ClusterIds"].as_array().unwrap();
    assert!(list.last().unwrap().as_str().unwrap().ends_with("left out]"));
}

#[tokio::test]
async fn the_journal_has_as_many_entries_as_fit_in_its_bytes() {
    let server = Server::builder().journal_bytes(50_000).rate_limits(false).without_socket().start().await.unwrap();
    for at in 0..500 {
        let call = describe_clusters().with(|call| call.more_headers.push(("user-agent".into(), format!("test/{at}"))));
        call.send_in_process(&server).await.unwrap();
        assert!(server.journal().bytes() <= 50_000);
    }
    let calls = server.journal().calls();
    assert_eq!((server.journal().len(), calls.last().unwrap().sequence), (500, 499));
    assert!((10..100).contains(&calls.len()), "{} entries", calls.len());
}

#[tokio::test]
async fn a_form_with_more_parameters_than_it_may_have_is_refused_unread() {
    let server = server().await;
    for (host, size) in
        [("tke.example.com", 1 << 20), ("cs.cn-beijing.example.com", 10 << 20), ("sts.example.com", 10 << 20)]
    {
        let request = Request::builder()
            .method("POST")
            .uri(format!("{}/{}", server.endpoint(), if host.starts_with("cs") { "clusters" } else { "" }))
            .header("host", host)
            .header("content-type", "application/x-www-form-urlencoded");
        let body = "a&".repeat(size / 2);
        let answer = server.transport().send(request.body(body.into()).unwrap(), LIMITS).await.unwrap();
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        let due = if host.starts_with("sts") { "MissingAction" } else { "more than 65536 parameters" };
        assert!(text.contains(due), "{host}: {text}");
    }
}
