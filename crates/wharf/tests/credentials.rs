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
use wharf::credentials::{Credentials, ProvideCredentials};
use wharf::transport::Replay;
use wharf::{Error, ErrorKind};

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
