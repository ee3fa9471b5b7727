//! Every signature is checked.

use crate::client::{Call, LIMITS};
use crate::{describe_clusters, echo, echoing};
use http::{HeaderValue, Method};
use serde_json::json;
use wharf_core::credentials::Credentials;
use wharf_server::Server;
use wharf_sign::hmac_v1::Algorithm;

fn v1(algorithm: Algorithm) -> Call {
    Call::v1(algorithm, "DescribeClusters", &[("Limit", "1")])
}

#[tokio::test]
async fn the_three_signatures_pass_by_get_and_post() {
    let server = echoing().await;
    let filter = [("Limit", "1"), ("Filters.0.Name", "a b+c&d=集群"), ("Filters.0.Values.0", "*~'()!")];
    let get = Call::get("DescribeClusters", &filter);
    let sha1 = v1(Algorithm::HmacSha1);
    let sha256 = v1(Algorithm::HmacSha256);
    let by_get =
        |call: &Call| call.clone().with(|call| (call.method, call.nonce) = (Method::GET, call.nonce + 1_000_000));
    for call in [describe_clusters(), get, by_get(&sha1), by_get(&sha256), sha1, sha256] {
        let answer = call.send(&server).await;
        assert_eq!((answer.code().as_str(), &answer.json()["Echo"]["Limit"]), ("", &json!(1)), "{}", answer.message());
    }
    let methods: Vec<String> =
        server.journal().calls().iter().map(|entry| entry.signature_method.to_string()).collect();
    let expected = ["TC3-HMAC-SHA256", "TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256", "HmacSHA1", "HmacSHA256"];
    assert_eq!(methods, expected);
}

#[tokio::test]
async fn each_wrong_signature_has_its_code() {
    let server = echoing().await;
    let id = server.credentials().id().to_owned();
    let key = |id: &str, secret: &str| Some(Credentials::new(id, secret));
    for call in [describe_clusters(), v1(Algorithm::HmacSha1), v1(Algorithm::HmacSha256)] {
        for (code, credentials) in [
            ("AuthFailure.SecretIdNotFound", key("AKIDunknown", "x")),
            ("AuthFailure.InvalidSecretId", key("not%20an%20id", "x")),
            ("AuthFailure.SignatureFailure", key(&id, "wrong")),
        ] {
            let call = call.clone().with(|call| call.credentials = credentials);
            assert_eq!(call.send(&server).await.code(), code);
        }
        for skew in [-301, 400] {
            let call = call.clone().with(|call| call.timestamp += skew);
            assert_eq!(call.send(&server).await.code(), "AuthFailure.SignatureExpire");
        }
        let close = call.clone().with(|call| call.timestamp -= 200);
        assert_eq!(close.send(&server).await.code(), "");
    }
    assert!(server.journal().calls().iter().all(|entry| entry.acted == entry.code.is_none()));
}

#[tokio::test]
async fn session_tokens_are_checked() {
    let temporary = Credentials::new("AKIDtemp", "secret").with_token("token-1");
    let permanent = Credentials::new("AKIDperm", "secret");
    let server = Server::builder().credentials(temporary.clone()).credentials(permanent.clone()).rate_limits(false);
    let server = server.start().await.unwrap();
    server.faults().add(echo());
    for call in [describe_clusters(), v1(Algorithm::HmacSha256)] {
        for (code, credentials) in [
            ("", temporary.clone()),
            ("", permanent.clone()),
            ("AuthFailure.TokenFailure", Credentials::new("AKIDtemp", "secret")),
            ("AuthFailure.TokenFailure", Credentials::new("AKIDtemp", "secret").with_token("token-2")),
            ("AuthFailure.TokenFailure", permanent.clone().with_token("token-1")),
        ] {
            let fresh = v1(Algorithm::HmacSha1).nonce;
            let call = call.clone().with(|call| (call.credentials, call.nonce) = (Some(credentials), fresh));
            assert_eq!(call.send(&server).await.code(), code);
        }
    }
    assert!(!format!("{:?} {server:?}", server.journal().calls()).contains("token-"));
}

#[tokio::test]
async fn a_version_1_request_passes_once() {
    let server = echoing().await;
    let call = v1(Algorithm::HmacSha1);
    assert_eq!(call.send(&server).await.code(), "");
    let again = call.send(&server).await;
    assert_eq!(again.code(), "AuthFailure.SignatureFailure");
    assert!(again.message().contains("Nonce"), "{}", again.message());
    let fresh = call.with(|call| call.nonce += 1_000_000);
    assert_eq!(fresh.send(&server).await.code(), "");
    let tc3 = describe_clusters();
    assert_eq!(tc3.send(&server).await.code(), "");
    assert_eq!(tc3.send(&server).await.code(), "", "a TC3 request has no nonce");
}

#[tokio::test]
async fn version_1_names_what_is_missing() {
    let server = echoing().await;
    for name in ["SecretId", "Signature", "Timestamp", "Nonce", "Action", "Version", "Region"] {
        let mut request = v1(Algorithm::HmacSha1).request(&server);
        let form = String::from_utf8(request.body().to_vec()).unwrap();
        let without: Vec<&str> = form.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
        *request.body_mut() = without.join("&").into();
        let answer = server.transport().send(request, LIMITS).await.unwrap();
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        // The region is only looked at once the signature is good, and this one is not without it.
        let code = if name == "Region" { "AuthFailure.SignatureFailure" } else { "MissingParameter" };
        assert!(text.contains(code), "{name}: {text}");
        assert!(name == "Region" || text.contains(&format!("`{name}`")), "{name}: {text}");
    }
    let nonce = Call::v1(Algorithm::HmacSha1, "DescribeClusters", &[("Nonce", "-1")]);
    assert_eq!(nonce.send(&server).await.code(), "InvalidParameter");
}

#[tokio::test]
async fn a_malformed_authorization_is_told() {
    let server = echoing().await;
    let good = describe_clusters().request(&server);
    let authorization = good.headers()["authorization"].to_str().unwrap().to_owned();
    let of = |value: &str| {
        let mut request = good.clone();
        request.headers_mut().insert("authorization", HeaderValue::from_str(value).unwrap());
        request
    };
    for (value, hint) in [
        ("Basic abc".to_owned(), "not of the form"),
        ("TC3-HMAC-SHA256 Credential=a".to_owned(), "not of the form"),
        (authorization.replace("content-type;host", "host"), "`content-type`"),
        (authorization.replace("content-type;host", "content-type;host;x-tc-nothing"), "`x-tc-nothing`"),
        (authorization.replace("/tke/", "/tcr/"), "service `tcr`"),
        (authorization.replace("/20", "/19"), "date"),
    ] {
        let mut request = of(&value);
        if hint.contains("service") {
            // The scope alone would tell the product otherwise.
            request.headers_mut().insert("host", HeaderValue::from_static("tke.example.com"));
        }
        let answer = server.transport().send(request, LIMITS).await.unwrap();
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(text.contains("AuthFailure.SignatureFailure") && text.contains(hint), "{value}: {text}");
    }
    let mut request = good.clone();
    request.headers_mut().remove("authorization");
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("MissingParameter"));
}

#[tokio::test]
async fn more_signed_headers_and_unsigned_payloads_pass() {
    let server = echoing().await;
    let headers = [("x-tc-action", "DescribeClusters"), ("x-tc-language", "zh-CN")];
    let call = describe_clusters().with(|call| {
        call.signed_headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        call.more_headers.push(("x-tc-language".to_owned(), "zh-CN".to_owned()));
    });
    assert_eq!(call.send(&server).await.code(), "");
    let mut request = describe_clusters().with(|call| call.body = b"UNSIGNED-PAYLOAD".to_vec()).request(&server);
    request.headers_mut().insert("x-tc-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    *request.body_mut() = bytes::Bytes::from_static(b"{\"Limit\": 2}");
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("\"Limit\":2"));
}

/// A call as the vendor's client for Node makes it: it takes for the service what its endpoint has before the first
/// dot, port and all, signs the host without its port, and sends it with it.
fn by_node(endpoint: &str, get: bool) -> Call {
    let call = if get { Call::get("DescribeClusters", &[("Limit", "1")]) } else { describe_clusters() };
    let name = endpoint.rsplit_once(':').map_or(endpoint, |(name, _)| name);
    call.with(|call| {
        call.host = Some(name.to_owned());
        call.service = endpoint.split('.').next().unwrap().to_owned();
    })
}

#[tokio::test]
async fn the_vendors_client_for_node_passes_at_any_endpoint() {
    let server = echoing().await;
    let address = server.address().unwrap().to_string();
    for endpoint in
        [&address, "localhost:4000", "tke.example.com:8443", "tke.example.com", "wharf.internal:80", "[::1]:1"]
    {
        for get in [false, true] {
            let mut request = by_node(endpoint, get).request(&server);
            request.headers_mut().insert("host", endpoint.parse().unwrap());
            let answer = server.transport().send(request, LIMITS).await.unwrap();
            let text = String::from_utf8_lossy(answer.body());
            assert!(text.contains("\"Limit\":1"), "{endpoint}: {text}");
        }
    }
}

#[tokio::test]
async fn a_host_may_be_signed_without_its_port_and_no_other_may() {
    let server = echoing().await;
    for call in [describe_clusters(), v1(Algorithm::HmacSha1), v1(Algorithm::HmacSha256)] {
        for (signed, code) in [("tke.example.com", ""), ("tke.example.org", "AuthFailure.SignatureFailure")] {
            let call =
                call.clone().with(|call| (call.host, call.nonce) = (Some(signed.into()), call.nonce + 7_000_000));
            let mut request = call.request(&server);
            request.headers_mut().insert("host", HeaderValue::from_static("tke.example.com:4000"));
            let answer = server.transport().send(request, LIMITS).await.unwrap();
            let text = String::from_utf8_lossy(answer.body());
            assert!(text.contains(if code.is_empty() { "Echo" } else { code }), "{signed}: {text}");
        }
    }
}

#[tokio::test]
async fn a_get_may_leave_its_body_unsigned() {
    let server = echoing().await;
    // What Tencent's clients sign then is this text, though a GET has no body.
    let unsigned =
        || Call::get("DescribeClusters", &[("Limit", "1")]).with(|call| call.body = b"UNSIGNED-PAYLOAD".to_vec());
    let mut request = unsigned().request(&server);
    *request.body_mut() = bytes::Bytes::new();
    let refused = server.transport().send(request.clone(), LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(refused.body()).contains("AuthFailure.SignatureFailure"));
    let cause = server.journal().last().unwrap().diagnosis.unwrap().cause;
    assert!(cause.contains("left unsigned without the header that says so"), "{cause}");
    request.headers_mut().insert("x-tc-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    assert!(String::from_utf8_lossy(answer.body()).contains("\"Limit\":1"));
    // And the other way round: the header is there, and the body was signed.
    let mut request = describe_clusters().request(&server);
    request.headers_mut().insert("x-tc-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    server.transport().send(request, LIMITS).await.unwrap();
    let cause = server.journal().last().unwrap().diagnosis.unwrap().cause;
    assert!(cause.contains("although the header says that it is not"), "{cause}");
}

#[tokio::test]
async fn the_doctor_names_the_difference_in_the_journal_and_on_demand_in_the_error() {
    let server = Server::builder().explain_signatures(true).start().await.unwrap();
    let mut request =
        describe_clusters().with(|call| call.host = Some("tke.tencentcloudapi.com".into())).request(&server);
    let host = server.address().unwrap().to_string();
    request.headers_mut().insert("host", HeaderValue::from_str(&host).unwrap());
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    let diagnosis = server.journal().last().unwrap().diagnosis.unwrap();
    assert!(text.contains("The client signed") && text.contains("host:tke.tencentcloudapi.com"), "{text}");
    assert!(diagnosis.difference.contains(&format!("host:{host}")), "{diagnosis}");
    assert!(diagnosis.server_signed.starts_with("POST\n/\n\ncontent-type:application/json\n"), "{diagnosis}");

    let quiet = echoing().await;
    let wrong =
        describe_clusters().with(|call| call.credentials = Some(Credentials::new(quiet.credentials().id(), "no")));
    let message = wrong.send(&quiet).await.message();
    assert!(!message.contains("signed:"), "{message}");
    let diagnosis = quiet.journal().last().unwrap().diagnosis.unwrap();
    assert_eq!(diagnosis.client_signed, None);
    assert!(!format!("{diagnosis:?}").contains(quiet.credentials().secret().expose()));
}

#[tokio::test]
async fn the_doctor_hides_sensitive_parameters() {
    let server = Server::builder().explain_signatures(true).start().await.unwrap();
    let parameters = [("ClusterId", "cls-1"), ("LoginSettings.Password", "planted-1"), ("Unheard", "planted-2")];
    let wrong = Credentials::new(server.credentials().id(), "no");
    let calls = [
        Call::get("AddExistedInstances", &parameters),
        Call::v1(Algorithm::HmacSha1, "AddExistedInstances", &parameters),
    ];
    for call in calls {
        let message = call.with(|call| call.credentials = Some(wrong.clone())).send(&server).await.message();
        assert!(message.contains("cls%2D1") || message.contains("cls-1"), "{message}");
        assert!(message.contains("[hidden]") && !message.contains("planted"), "{message}");
    }
    assert!(!format!("{:?}", server.journal().calls()).contains("planted"));
}
