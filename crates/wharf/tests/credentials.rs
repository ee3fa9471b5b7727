//! Temporary keys that a service refuses, and where the default chains look, in every product.
#![cfg(all(feature = "tke", feature = "tcr", feature = "ccs", feature = "cce", feature = "ack"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use wharf::any::{Connection, Extras};
use wharf::clock::ManualClock;
use wharf::credentials::{Credentials, ProvideCredentials};
use wharf::transport::{Limits, Replay, Transport, TransportError};
use wharf::{Error, ErrorKind, ack, cce};

/// A source that counts: the n-th time it gives `key-n` with `token-n`, for an hour. From `last` on it gives the
/// same again.
#[derive(Debug)]
struct Counting {
    asked: AtomicUsize,
    last: usize,
    tokens: bool,
}

impl Counting {
    fn new(last: usize, tokens: bool) -> Arc<Self> {
        Arc::new(Self { asked: 0.into(), last, tokens })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ProvideCredentials for Counting {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let number = (self.asked.fetch_add(1, Ordering::SeqCst) + 1).min(self.last);
        let key = Credentials::new(format!("key-{number}"), "planted-secret");
        let expiry = SystemTime::now() + Duration::from_secs(3600);
        Ok(if self.tokens { key.with_token(format!("token-{number}")).with_expiry(expiry) } else { key })
    }
}

/// A way to call a product, and what it refuses a token with.
struct Way {
    product: &'static str,
    options: Value,
    operation: &'static str,
    refusal: (u16, &'static str),
    good: &'static str,
}

const TENCENT: &str = r#"{"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":"m"},"RequestId":"r"}}"#;
const UNKNOWN: &str = r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"m"},"RequestId":"r"}}"#;
const HUAWEI: &str = r#"{"error_msg":"Incorrect IAM authentication information: decrypt token fail","error_code":"APIGW.0301","request_id":"r"}"#;
const OLD_HUAWEI: &str = r#"{"error_msg":"decrypt token fail","error_code":"APIG.0301","request_id":"r"}"#;
const ALIBABA: &str = r#"{"code":"InvalidSecurityToken.Expired","message":"m","requestId":"r"}"#;

#[rustfmt::skip]
fn ways() -> Vec<Way> {
    let way = |product, options: Value, operation, status, refusal, good| Way { product, options, operation, refusal: (status, refusal), good };
    let three = r#"{"Response":{"TotalCount":0,"Clusters":[],"Registries":[],"RegionInstanceSet":[],"RequestId":"r"}}"#;
    let two = r#"{"code":0,"message":"","codeDesc":"Success","data":{"totalCount":0,"clusters":[]}}"#;
    let list = r#"{"kind":"List","apiVersion":"v3","items":[]}"#;
    vec![
        way("tke", json!({}), "DescribeRegions", 200, TENCENT, three),
        way("tke", json!({"http_method": "GET"}), "DescribeRegions", 200, TENCENT, three),
        way("tke", json!({"signature_method": "HmacSHA1"}), "DescribeRegions", 200, TENCENT, three),
        way("tke", json!({"signature_method": "HmacSHA256", "http_method": "GET"}), "DescribeRegions", 200, TENCENT, three),
        way("tke", json!({}), "DescribeRegions", 200, UNKNOWN, three),
        way("tcr", json!({}), "DescribeInstances", 200, TENCENT, three),
        way("ccs", json!({}), "DescribeCluster", 200, r#"{"code":4105,"message":"token is wrong"}"#, two),
        way("ccs", json!({"http_method": "GET"}), "DescribeCluster", 200, r#"{"code":4104,"message":"no such key"}"#, two),
        way("ccs", json!({"signature_method": "HmacSHA256"}), "DescribeCluster", 200, r#"{"code":4100,"message":"m","codeDesc":"AuthFailure"}"#, two),
        way("cce", json!({"project_id": "p"}), "ListClusters", 401, HUAWEI, list),
        way("cce", json!({"project_id": "p"}), "ListClusters", 401, OLD_HUAWEI, list),
        way("ack", json!({}), "DescribeClustersV1", 401, ALIBABA, r#"{"clusters":[]}"#),
        way("ack", json!({"signature_method": "ACS3-HMAC-SHA256"}), "DescribeClustersV1", 400, ALIBABA, r#"{"clusters":[]}"#),
    ]
}

fn answer((status, body): (u16, &'static str)) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn connect(way: &Way, source: &Arc<Counting>, replay: &Replay) -> Connection {
    let mut options = json!({"region": "ap-guangzhou"});
    options.as_object_mut().unwrap().extend(way.options.as_object().unwrap().clone());
    let mut extras = Extras::default();
    extras.transport = Some(Arc::new(replay.clone()));
    extras.credentials = Some(source.clone());
    Connection::with_extras(way.product, &options, extras).unwrap()
}

/// Which token a request carries, wherever it does.
fn carries(request: &Request<Bytes>, token: &str) -> bool {
    let in_header = request.headers().values().any(|value| value.as_bytes() == token.as_bytes());
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let texts = [request.uri().to_string(), body];
    in_header || texts.iter().any(|text| percent_decode_str(text).decode_utf8_lossy().contains(token))
}

#[tokio::test]
async fn a_refused_temporary_key_is_renewed_once_in_every_product() {
    for way in ways() {
        let what = format!("{} {} {}", way.product, way.options, way.refusal.1);
        let replay = Replay::new().answer(answer(way.refusal)).answer(answer((200, way.good)));
        let replay = replay.answer(answer((200, way.good)));
        let source = Counting::new(usize::MAX, true);
        let connection = connect(&way, &source, &replay);
        for _ in 0..2 {
            connection.call(way.operation, Value::Null).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        assert_eq!(source.asked(), 2, "{what}");
        let tokens: Vec<_> =
            replay.requests().iter().map(|(sent, _)| [1, 2].map(|n| carries(sent, &format!("token-{n}")))).collect();
        assert_eq!(tokens, [[true, false], [false, true], [false, true]], "{what}");
    }
}

#[tokio::test]
async fn a_refused_key_is_sent_again_only_when_its_source_has_another() {
    for way in ways() {
        let what = format!("{} {} {}", way.product, way.options, way.refusal.1);
        // Always refused: renewed once and no more. The same again, or a key without a token: not sent again.
        for (last, tokens, requests, asked) in [(usize::MAX, true, 2, 2), (1, true, 1, 2), (usize::MAX, false, 1, 1)] {
            let replay = (0..4).fold(Replay::new(), |replay, _| replay.answer(answer(way.refusal)));
            let source = Counting::new(last, tokens);
            let error = connect(&way, &source, &replay).call(way.operation, Value::Null).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{what}");
            assert_eq!((replay.requests().len(), source.asked()), (requests, asked), "{what} {last} {tokens}");
            assert!(!format!("{error} {error:?}").contains("planted"));
        }
    }
}

/// A file that is there as long as the test.
struct File(std::path::PathBuf);

impl File {
    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_profile_is_read_again_when_its_key_is_refused() {
    for way in ways() {
        let what = format!("{} {}", way.product, way.options);
        let file = File(std::env::temp_dir().join(format!("wharf-refused-{}-{}", std::process::id(), way.product)));
        let text = |token: &str| match way.product {
            "cce" => format!("[basic]\nak = id\nsk = planted\nsecurity_token = {token}\n"),
            "ack" => json!({"current": "a", "profiles": [{"name": "a", "mode": "StsToken", "access_key_id": "id",
                "access_key_secret": "planted", "sts_token": token}]})
            .to_string(),
            _ => format!("[default]\nsecret_id = id\nsecret_key = planted\ntoken = {token}\n"),
        };
        let source: Arc<dyn ProvideCredentials> = match way.product {
            "cce" => Arc::new(cce::credentials::Profile::new().path(&file.0)),
            "ack" => Arc::new(ack::credentials::Profile::new().path(&file.0)),
            _ => Arc::new(wharf::tke::credentials::Profile::new().path(&file.0)),
        };
        let good = || answer((200, way.good));
        let replay = Replay::new().answer(good()).answer(answer(way.refusal)).answer(good());
        let mut extras = Extras::default();
        extras.credentials = Some(source);
        extras.transport = Some(Arc::new(replay.clone()));
        let mut options = json!({"region": "ap-guangzhou"});
        options.as_object_mut().unwrap().extend(way.options.as_object().unwrap().clone());
        let connection = Connection::with_extras(way.product, &options, extras).unwrap();
        file.write(&text("token-1"));
        connection.call(way.operation, Value::Null).await.unwrap();
        file.write(&text("token-2"));
        connection.call(way.operation, Value::Null).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let second = replay.requests().iter().map(|(sent, _)| carries(sent, "token-2")).collect::<Vec<_>>();
        assert_eq!(second, [false, false, true], "{what}");
    }
}

#[tokio::test]
async fn a_clock_that_is_fast_is_corrected_although_the_credentials_look_expired() {
    let server = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    // 1,800,000,000 seconds after 1970.
    const DATE: &str = "Fri, 15 Jan 2027 08:00:00 GMT";
    for way in ways() {
        let late = match way.product {
            "ccs" => (200, r#"{"code":4500,"message":"m"}"#),
            "cce" => (401, r#"{"error_msg":"signature expired","error_code":"APIGW.0301","request_id":"r"}"#),
            "ack" => (400, r#"{"code":"InvalidTimeStamp.Expired","message":"m","requestId":"r"}"#),
            _ => {
                (200, r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}}"#)
            }
        };
        let mut refusal = answer(late);
        refusal.headers_mut().insert("date", DATE.parse().unwrap());
        let replay = Replay::new().answer(refusal).answer(answer((200, way.good))).answer(answer((200, way.good)));
        // Good for an hour, by a clock that is two hours behind this machine's.
        let key = Credentials::new("id", "planted").with_token("t").with_expiry(server + Duration::from_secs(3600));
        let mut extras = Extras::default();
        extras.credentials = Some(Arc::new(key));
        extras.transport = Some(Arc::new(replay.clone()));
        extras.clock = Some(Arc::new(ManualClock::new(server + Duration::from_secs(7200))));
        let mut options = json!({"region": "ap-guangzhou"});
        options.as_object_mut().unwrap().extend(way.options.as_object().unwrap().clone());
        let connection = Connection::with_extras(way.product, &options, extras).unwrap();
        for _ in 0..2 {
            connection
                .call(way.operation, Value::Null)
                .await
                .unwrap_or_else(|error| panic!("{}: {error}", way.product));
        }
        assert_eq!(replay.requests().len(), 3, "{}", way.product);
    }
}

/// A cloud whose logins and roles take longer than a call may.
#[derive(Debug, Default)]
struct SlowLogin {
    logins: AtomicUsize,
}

#[async_trait]
impl Transport for SlowLogin {
    async fn send(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let login = request.uri().path().ends_with("/v3/auth/tokens");
        let role = request.uri().query().is_some_and(|query| query.contains("Action=AssumeRole"));
        if !login && !role {
            let body = r#"{"kind":"List","apiVersion":"v3","items":[],"clusters":[]}"#;
            return Ok(answer((200, body)));
        }
        self.logins.fetch_add(1, Ordering::SeqCst);
        assert!(limits.timeout > Duration::from_secs(10), "a login has its own time");
        tokio::time::sleep(Duration::from_millis(150)).await;
        if role {
            return Ok(answer((
                200,
                r#"{"Credentials":{"AccessKeyId":"STS.1","AccessKeySecret":"planted","SecurityToken":"t","Expiration":"2999-01-01T00:00:00Z"}}"#,
            )));
        }
        Ok(Response::builder().status(201).header("x-subject-token", "planted").body(Bytes::new()).unwrap())
    }
}

#[tokio::test]
async fn a_login_that_is_slower_than_the_calls_is_made_once_and_calls_after_it_succeed() {
    let login = json!({"project_id": "p", "password_login": {"user": "u", "password": "planted", "account": "a"}});
    let role = json!({
        "credentials": {"id": "id", "secret": "planted"}, "assume_role": {"arn": "acs:ram::123456789012:role/r"},
    });
    for (product, operation, options) in [("cce", "ListClusters", login), ("ack", "DescribeClustersV1", role)] {
        let cloud = Arc::new(SlowLogin::default());
        let mut all = json!({"region": "cn-north-1", "call_timeout": 0.1});
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let mut extras = Extras::default();
        extras.transport = Some(cloud.clone());
        let connection = Connection::with_extras(product, &all, extras).unwrap();
        let mut good = 0;
        for _ in 0..8 {
            let calls = (0..25).map(|_| connection.call(operation, Value::Null));
            let outcomes = futures_util::future::join_all(calls).await;
            good += outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            for error in outcomes.into_iter().filter_map(Result::err) {
                assert_eq!(error.kind(), ErrorKind::TimedOut, "{product}: {error}");
            }
        }
        assert_eq!(cloud.logins.load(Ordering::SeqCst), 1, "{product}");
        assert!(good >= 150, "{product}: {good} of 200");
    }
}
