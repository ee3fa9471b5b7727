//! Signatures with an access key.

use super::{Call, cluster, create_cluster, list_clusters, path, server};
use crate::client::now;
use http::Method;
use wharf_core::credentials::Credentials;
use wharf_server::{Server, SignatureMethod};
use wharf_sign::{Request, sdk_hmac_sha256};

#[tokio::test]
async fn what_is_signed_rightly_passes() {
    let server = server().await;
    let calls = [
        list_clusters(&server),
        create_cluster(&server, cluster()),
        list_clusters(&server).query("b", "集 群+/=&").query("a", "").query("a", "1"),
        list_clusters(&server).with(|call| call.path.push('/')),
        list_clusters(&server).header("x-project-id", &server.project_id()),
        create_cluster(&server, cluster()).with(|call| call.unsigned_body = true),
        list_clusters(&server).with(|call| call.timestamp -= 890),
    ];
    for call in calls {
        let answer = call.send(&server).await;
        assert!(answer.status < 300, "{}", answer.why());
    }
    let entry = server.journal().last().unwrap();
    assert_eq!(entry.signature_method, SignatureMethod::SdkHmacSha256);
    let authorization = entry.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    assert!(authorization.1.contains("SignedHeaders=") && !authorization.1.contains("Signature="));
}

/// Makes a call wrong.
type Change = fn(&mut Call);

#[tokio::test]
async fn what_is_signed_wrongly_is_refused() {
    let server = server().await;
    let wrong: [(&str, Change); 7] = [
        ("verify aksk signature fail", |call| {
            call.credentials = Some(Credentials::new("AKIDWharfReferenceServer", "other"))
        }),
        ("the access key does not exist", |call| call.credentials = Some(Credentials::new("nobody", "other"))),
        ("signature expired", |call| call.timestamp -= 16 * 60),
        ("signature expired", |call| call.timestamp += 16 * 60),
        ("verify aksk signature fail", |call| call.signed_body = Some(b"{}".to_vec())),
        ("is not the digest of the body", |call| {
            call.more_headers.push(("x-sdk-content-sha256".into(), "0".repeat(64)))
        }),
        ("permanent one", |call| {
            call.credentials = None;
            call.more_headers.push(("x-security-token".into(), "token".into()));
        }),
    ];
    for (why, change) in wrong {
        let call = create_cluster(&server, cluster()).with(change);
        let answer = call.send(&server).await;
        assert_eq!(answer.refusal(), (401, "APIGW.0301".to_owned()), "{why}");
        assert!(answer.why().contains(why), "{why}: {}", answer.why());
    }
    assert!(server.journal().calls().iter().all(|entry| !entry.acted));
}

/// Makes a header wrong.
type Rewrite = fn(&str) -> String;

#[tokio::test]
async fn the_parts_of_the_header_are_checked() {
    let server = server().await;
    let tampered = |change: Rewrite| {
        let mut request = list_clusters(&server).request(&server);
        let header = request.headers()["authorization"].to_str().unwrap().to_owned();
        request.headers_mut().insert("authorization", change(&header).parse().unwrap());
        request
    };
    let changes: [(&str, Rewrite); 4] = [
        ("is not of the form", |_| "SDK-HMAC-SHA256 Access=x".to_owned()),
        ("is named twice", |header| header.replace("host;", "host;host;")),
        ("was not sent", |header| header.replace("host;", "host;x-nothing;")),
        ("the header x-sdk-date has to be among", |header| header.replace(";x-sdk-date", "")),
    ];
    let mut requests: Vec<_> = changes.map(|(why, change)| (why, tampered(change))).into();
    let mut dated = tampered(str::to_owned);
    dated.headers_mut().insert("x-sdk-date", "yesterday".parse().unwrap());
    requests.push(("is not a time", dated));
    for (why, request) in requests {
        let answer = server.transport().send(request, crate::client::LIMITS).await.unwrap();
        let body = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(answer.status() == 401 && body.contains(why), "{why}: {body}");
    }
}

/// As the vendor's client for Go does: `SignedHeaders=x-project-id;x-sdk-date`.
#[tokio::test]
async fn the_host_need_not_be_signed() {
    let server = server().await;
    let date = sdk_hmac_sha256::date(now());
    let project = server.project_id();
    let (path, credentials) = (path(&server, "/clusters"), server.credentials());
    let headers = [("x-project-id", project.as_str()), ("x-sdk-date", date.as_str())];
    let request = Request { method: "GET", path: &path, headers: &headers, ..Request::default() };
    let key = wharf_sign::Credentials { id: credentials.id(), secret: credentials.secret().expose(), token: None };
    let signed = sdk_hmac_sha256::sign(&request, &key, sdk_hmac_sha256::parse_date(&date).unwrap());
    let authorization = signed.authorization();
    assert_eq!(sdk_hmac_sha256::parse(authorization).unwrap().signed_headers, "x-project-id;x-sdk-date");
    let request = headers.iter().fold(http::Request::builder(), |request, (name, value)| request.header(*name, *value));
    let request = request.header("authorization", authorization).header("host", "cce.example.com");
    let request = request.uri(format!("{}{path}", server.endpoint())).body(bytes::Bytes::new()).unwrap();
    let answer = server.transport().send(request, crate::client::LIMITS).await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.body());
}

#[tokio::test]
async fn a_temporary_key_needs_its_token() {
    let key = Credentials::new("AKtemporary", "secret").with_token("session");
    let server = Server::builder().credentials(key.clone()).without_socket().start().await.unwrap();
    assert_eq!(list_clusters(&server).send(&server).await.status, 200);
    for wrong in [Credentials::new("AKtemporary", "secret"), key.with_token("other")] {
        let answer = list_clusters(&server).with(|call| call.credentials = Some(wrong)).send(&server).await;
        assert!(answer.why().contains("security token"), "{}", answer.why());
    }
}

#[tokio::test]
async fn the_clock_of_the_server_judges() {
    let server = server().await;
    server.faults().skew_clock(3_600);
    let refused = list_clusters(&server).send(&server).await;
    assert!(refused.why().contains("signature expired"));
    let date = httpdate::parse_http_date(refused.headers["date"].to_str().unwrap()).unwrap();
    let ahead = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64 - now();
    assert!((3_590..3_610).contains(&ahead), "the answer tells the server's time");
    let corrected = list_clusters(&server).with(|call| call.timestamp += 3_600);
    assert_eq!(corrected.send(&server).await.status, 200);
}

#[tokio::test]
async fn a_wrong_signature_is_explained() {
    let server = server().await;
    let call = list_clusters(&server).query("a", "b");
    let mut request = call.request(&server);
    *request.uri_mut() = format!("{}{}", server.endpoint(), path(&server, "/clusters?a=b&c=d")).parse().unwrap();
    server.transport().send(request, crate::client::LIMITS).await.unwrap();
    assert!(server.journal().last().unwrap().diagnosis.unwrap().server_signed.contains("a=b&c=d"));
    let host = call.with(|call| call.host = Some("cce.example.com".into()));
    let mut request = host.request(&server);
    request.headers_mut().insert("host", "cce.other.com".parse().unwrap());
    request.headers_mut().insert("x-forwarded-host", "cce.example.com".parse().unwrap());
    server.transport().send(request, crate::client::LIMITS).await.unwrap();
    let diagnosis = server.journal().last().unwrap().diagnosis.unwrap();
    assert!(diagnosis.cause.contains("the host `cce.example.com`"), "{diagnosis}");
    let explaining = Server::builder().explain_signatures(true).without_socket().start().await.unwrap();
    let wrong = Call::new(Method::GET, path(&explaining, "/clusters"), serde_json::Value::Null);
    let wrong = wrong.with(|call| call.credentials = Some(Credentials::new("AKIDWharfReferenceServer", "planted-key")));
    let why = wrong.send(&explaining).await.why();
    assert!(why.contains("The server signed") && !why.contains("planted-key"), "{why}");
}

#[tokio::test]
async fn a_signed_body_has_at_most_12_mb() {
    let server = server().await;
    let large =
        |size: usize| create_cluster(&server, serde_json::Value::Null).with(|call| call.body = vec![b' '; size]);
    assert_eq!(large((12 << 20) + 1).send(&server).await.refusal(), (413, "APIGW.0201".to_owned()));
    assert_eq!(large(12 << 20).send(&server).await.refusal(), (400, "CCE.01400001".to_owned()));
    let token = super::token(&server).await;
    let by_token = large((12 << 20) + 1).token(&token).send(&server).await;
    assert_eq!(by_token.refusal(), (400, "CCE.01400001".to_owned()), "a token may send more");
}
