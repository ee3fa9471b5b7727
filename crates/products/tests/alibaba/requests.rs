//! Hosts, gateways, and for whom a call is made.

use crate::bytes::pairs;
use crate::{Update, answer, now, settings, update};
use bytes::Bytes;
use http::Request;
use std::sync::Arc;
use wharf_core::clock::ManualClock;
use wharf_core::credentials::Credentials;
use wharf_core::error::Error;
use wharf_core::operation::Entry;
use wharf_core::transport::Replay;
use wharf_core::{Connection, ErrorKind};
use wharf_products::alibaba::{Asapi, Builder, SignatureMethod};
use wharf_products::{ack, sts};

fn builder() -> Builder {
    ack::builder()
        .region("cn-beijing")
        .credentials(Credentials::new("key", "planted-secret"))
        .clock(Arc::new(ManualClock::new(now())))
}

async fn try_sent(builder: Builder, input: Update) -> Result<Request<Bytes>, Error> {
    let replay = Replay::new().answer(answer(200, "{}"));
    let connection = builder.transport(Arc::new(replay.clone())).build()?;
    wharf_core::request::Call::new(connection, input).send().await?;
    Ok(replay.requests()[0].0.clone())
}

async fn sent(builder: Builder) -> Request<Bytes> {
    try_sent(builder, update()).await.unwrap()
}

fn names(request: &Request<Bytes>) -> Vec<&str> {
    let mut names: Vec<_> = request.headers().keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn hosts() {
    let uri = async |builder: Builder| {
        sent(builder.signature_method(SignatureMethod::Acs3HmacSha256)).await.uri().to_string()
    };
    assert_eq!(uri(builder()).await, "https://cs.cn-beijing.aliyuncs.com/clusters/c-1");
    let private = builder().region("cn-env30-d01").domain("inter.env30.com");
    assert_eq!(uri(private.clone()).await, "https://cs.cn-env30-d01.inter.env30.com/clusters/c-1");
    let other = private.endpoint("https://cs.example.com:8443/base");
    assert_eq!(uri(other).await, "https://cs.example.com:8443/base/clusters/c-1");
}

#[tokio::test]
async fn the_public_cloud_is_told_what_its_clients_tell() {
    let request = sent(builder()).await;
    let mut expected = vec!["accept", "authorization", "content-md5", "content-type", "date", "host", "user-agent"];
    expected.extend(["x-acs-action", "x-acs-region-id", "x-acs-signature-method", "x-acs-signature-nonce"]);
    expected.extend(["x-acs-signature-version", "x-acs-version"]);
    assert_eq!(names(&request), expected);
    assert_eq!(pairs(request.uri().query().unwrap()), [("RegionId".into(), "cn-beijing".into())]);

    // A region that the call names in its query is not said otherwise.
    let input = Update { region: Some("eu-central-1".into()), ..update() };
    let request = try_sent(builder(), input).await.unwrap();
    assert_eq!(pairs(request.uri().query().unwrap()), [("RegionId".into(), "eu-central-1".into())]);
    assert!(!request.headers().contains_key("x-acs-region-id"));

    let request = sent(builder().signature_method(SignatureMethod::Acs3HmacSha256)).await;
    let mut expected = vec!["accept", "authorization", "content-type", "host", "user-agent", "x-acs-action"];
    expected.extend(["x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"]);
    assert_eq!(names(&request), expected);
    assert_eq!(request.uri().query(), None);
}

#[tokio::test]
async fn a_private_cloud_is_told_for_whom() {
    let private = builder().organization("37").resource_group("420").instance("c-1");
    for signature in [SignatureMethod::RoaHmacSha1, SignatureMethod::Acs3HmacSha256] {
        let request = sent(private.clone().signature_method(signature)).await;
        for (name, value) in [
            ("x-acs-regionid", "cn-beijing"),
            ("x-acs-organizationid", "37"),
            ("x-acs-resourcegroupid", "420"),
            ("x-acs-instanceid", "c-1"),
        ] {
            assert_eq!(request.headers()[name], value);
        }
    }
    let request = sent(builder().domain("env30.com")).await;
    assert_eq!(request.headers()["x-acs-regionid"], "cn-beijing");
    assert!(!request.headers().contains_key("x-acs-organizationid"));
}

#[tokio::test]
async fn the_gateway_asapi() {
    let asapi = |asapi: Asapi| builder().domain("env30.com").organization("37").asapi(asapi);
    let request = sent(asapi(Asapi::new())).await;
    let uri = "https://public.asapi.cn-beijing.env30.com/asapi/v3/roa/clusters/c-1?RegionId=cn-beijing";
    assert_eq!(request.uri().to_string(), uri);
    for (name, value) in [
        ("x-ascm-product-ak", "key"),
        ("x-ascm-product-name", "cs"),
        ("x-ascm-product-version", "2015-12-15"),
        ("x-acs-regionid", "cn-beijing"),
        ("x-acs-organizationid", "37"),
    ] {
        assert_eq!(request.headers()[name], value);
    }
    assert!(!request.headers().contains_key("x-acs-roleid"));

    let given = asapi(Asapi::new().product_ak("product-key").role_id("2"));
    let request = sent(given.clone().endpoint("https://asapi.example.com")).await;
    assert!(request.uri().to_string().starts_with("https://asapi.example.com/asapi/v3/roa/clusters/c-1?"));
    assert_eq!(request.headers()["x-ascm-product-ak"], "product-key");
    assert_eq!(request.headers()["x-acs-roleid"], "2");
    let signed =
        given.endpoint("https://asapi.example.com/asapi/v3/").signature_method(SignatureMethod::Acs3HmacSha256);
    let request = sent(signed).await;
    assert_eq!(request.uri().to_string(), "https://asapi.example.com/asapi/v3/roa/clusters/c-1");
    let authorization = request.headers()["authorization"].to_str().unwrap();
    assert!(authorization.contains(";x-ascm-product-ak;") && authorization.contains(";x-acs-roleid;"));

    let error = sts::product(settings(|settings| settings.asapi = Some(Asapi::new()))).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("asapi")));
}

#[tokio::test]
async fn no_two_requests_have_the_same_nonce() {
    let (one, other) = (sent(builder()).await, sent(builder()).await);
    let nonce = |request: &Request<Bytes>| request.headers()["x-acs-signature-nonce"].clone();
    assert_eq!(nonce(&one).len(), 32);
    assert_ne!(nonce(&one), nonce(&other));
}

#[test]
fn wrong_settings_are_named() {
    type Change = fn(Builder) -> Builder;
    let cases: [(&str, Change); 9] = [
        ("region", |b| b.region("cn beijing")),
        ("domain", |b| b.domain("https://cloud.example.com")),
        ("endpoint", |b| b.endpoint("cloud")),
        ("endpoint", |b| b.endpoint("http://cloud.example.com")),
        ("resource_group", |b| b.resource_group("420")),
        ("organization", |b| b.organization("")),
        ("role_id", |b| b.asapi(Asapi::new().role_id("a\r\nx: y"))),
        ("role_arn", |b| b.assume_role(wharf_products::alibaba::Role::new("admin"))),
        ("sts_endpoint", |b| {
            let role = wharf_products::alibaba::Role::new("acs:ram::1:role/a");
            b.assume_role(role).sts_endpoint("http://sts.example.com")
        }),
    ];
    for (setting, change) in cases {
        let error = change(builder()).build().unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
    }
    let plain = builder().endpoint("http://cloud.example.com").danger_accept_plain_http(true);
    plain.build().unwrap();
}

#[tokio::test]
async fn nothing_shows_the_secrets() {
    let credentials = Credentials::new("key", "planted-secret").with_token("planted-token");
    for signature in [SignatureMethod::RoaHmacSha1, SignatureMethod::Acs3HmacSha256] {
        let builder = builder().credentials(credentials.clone()).signature_method(signature);
        let request = sent(builder.clone()).await;
        assert_eq!(request.headers()["x-acs-security-token"], "planted-token");
        let signed = request.headers()["authorization"].to_str().unwrap();
        let shown = format!("{builder:?} {:?}", request.headers());
        assert!(!shown.contains("planted") && !shown.contains(signed), "{shown}");
    }
    let bad = builder().credentials(Credentials::new("key", "planted secret"));
    let error = try_sent(bad, update()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!format!("{error} {error:?}").contains("planted"));
}

#[tokio::test]
async fn an_operation_can_be_called_by_its_entry() {
    let replay = Replay::new().answer(answer(200, r#"{"name": "n"}"#));
    let connection: Connection = builder().transport(Arc::new(replay.clone())).build().unwrap();
    let given = serde_json::json!({"id": "集 群", "name": "é"});
    let output = connection.call(&Entry::of::<Update>(), given).await.unwrap();
    assert_eq!(output, serde_json::json!({"name": "n"}));
    let request = &replay.requests()[0].0;
    assert_eq!(request.uri().path(), "/clusters/%E9%9B%86%20%E7%BE%A4");
    assert_eq!(request.body(), r#"{"name":"é"}"#.as_bytes());
    assert_eq!(request.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(request.headers()["content-md5"], wharf_sign::acs_roa::content_md5(request.body()).as_str());
}
