//! The parts of a call as functions without an argument: for `cargo bench`, for the comparisons of `parts`, and for counting
//! instructions.

use crate::canned::{Canned, clusters, envelope};
use crate::derived::Derived;
use crate::process::Result;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use wharf::model::json::{Mode, Style, read, to_string};
use wharf::tke::cluster::operations::DescribeClustersOutput;
use wharf::{Credentials, ack, cce, ccs, tke};
use wharf_server::Server;
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::{Payload, Request, Signed, acs_roa, acs_rpc, acs3, hmac_v1, hmac_v1_api2, sdk_hmac_sha256, tc3};

/// One part of a call, ready to run. Returns a number that depends on the result.
pub type Part = Box<dyn Fn() -> usize>;

/// Schemes of signatures.
pub const SCHEMES: [&str; 7] = ["tc3", "sdk", "acs3", "roa", "rpc", "v1", "api2"];

/// Names of all parts.
pub const NAMES: &[&str] = &[
    "decode_20",
    "decode_100",
    "derived_100",
    "value_100",
    "encode_100",
    "encode_ascii_100",
    "value_text_100",
    "sign_tc3",
    "sign_sdk",
    "sign_acs3",
    "sign_roa",
    "sign_rpc",
    "sign_v1",
    "sign_api2",
    "call_tke",
    "call_ccs",
    "call_cce",
    "call_ack",
    "call_by_name",
    "gateway",
];

const SECRET: &str = "a-secret-of-the-usual-length-36-chars";
const TIME: i64 = 1_700_000_000;
const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// Prepares a part.
///
/// # Errors
/// A name that no part has, or a connection that cannot be made.
pub fn part(name: &str) -> Result<Part> {
    Ok(match name {
        "decode_20" => decode(20),
        "decode_100" => decode(100),
        "derived_100" => {
            let answer = clusters(100);
            Box::new(move || serde_json::from_slice::<Derived>(answer.as_bytes()).map_or(0, |d| d.clusters.len()))
        }
        "value_100" => {
            let answer = clusters(100);
            Box::new(move || {
                serde_json::from_slice::<Value>(answer.as_bytes()).map_or(0, |v| usize::from(v.is_object()))
            })
        }
        "encode_100" => encode(Style::Compact)?,
        "encode_ascii_100" => encode(Style::SpacedAscii)?,
        "value_text_100" => {
            let value: Value = serde_json::from_str(&clusters(100))?;
            Box::new(move || value.to_string().len())
        }
        "call_tke" => call_tke()?,
        "call_ccs" => call_ccs()?,
        "call_cce" => call_cce()?,
        "call_ack" => call_ack()?,
        "call_by_name" => call_by_name()?,
        "gateway" => gateway()?,
        name => match name.strip_prefix("sign_") {
            Some(scheme) => {
                let sign = signature(scheme, 200)?;
                Box::new(move || sign().signature().len())
            }
            None => return Err(format!("no part is called {name}").into()),
        },
    })
}

fn decode(count: usize) -> Part {
    let answer = clusters(count);
    Box::new(move || {
        let mut output = DescribeClustersOutput::default();
        read(answer.as_bytes(), &mut output, Mode::Lenient).map_or(0, |()| output.clusters.len())
    })
}

fn encode(style: Style) -> Result<Part> {
    let mut output = DescribeClustersOutput::default();
    read(clusters(100).as_bytes(), &mut output, Mode::Lenient)?;
    Ok(Box::new(move || to_string(&output, style).len()))
}

/// Returns a body of that many bytes, like one of a request.
pub fn body(bytes: usize) -> String {
    r#"{"ClusterIds": ["cls-0123abcd"], "Limit": 20, "Name": "a-name"}, "#.chars().cycle().take(bytes).collect()
}

/// Prepares a signature over a body of that many bytes.
///
/// # Errors
/// A scheme that does not exist.
pub fn signature(scheme: &str, bytes: usize) -> Result<Box<dyn Fn() -> Signed>> {
    let body = body(bytes);
    let key = || wharf_sign::Credentials { id: "AKIDexample", secret: SECRET, token: None };
    Ok(match scheme {
        "tc3" => {
            let keys = tc3::KeyCache::default();
            Box::new(move || {
                let headers = [("content-type", "application/json"), ("host", "tke.tencentcloudapi.com")];
                let scope = tc3::Scope { service: "tke", timestamp: TIME };
                tc3::sign_cached(&posted("/", &headers, &body), &key(), &scope, &keys)
            })
        }
        "sdk" => Box::new(move || {
            let headers = [
                ("content-type", "application/json"),
                ("host", "cce.cn-north-4.myhuaweicloud.com"),
                ("x-sdk-date", "20231114T221320Z"),
            ];
            let request = posted("/api/v3/projects/0123456789abcdef/clusters", &headers, &body);
            sdk_hmac_sha256::sign(&request, &key(), TIME)
        }),
        "acs3" => Box::new(move || {
            let headers = acs3::headers(&key(), TIME, NONCE, Payload::Bytes(body.as_bytes()));
            let digest = headers
                .iter()
                .find(|header| header.name == acs3::CONTENT_HEADER)
                .map_or("", |header| header.value.as_str());
            let mut signed: Vec<_> = headers.iter().map(|header| (header.name, header.value.as_str())).collect();
            signed.push(("host", "cs.cn-hangzhou.aliyuncs.com"));
            let request = Request { payload: Payload::Digest(digest), ..posted("/api/v1/clusters", &signed, &body) };
            acs3::sign(&request, &key())
        }),
        "roa" => Box::new(move || {
            let headers = acs_roa::headers(&key(), TIME, NONCE, body.as_bytes());
            let mut signed: Vec<_> = headers.iter().map(|header| (header.name, header.value.as_str())).collect();
            signed.extend([("accept", "application/json"), ("content-type", "application/json")]);
            acs_roa::sign(&posted("/api/v1/clusters", &signed, &body), &key())
        }),
        "rpc" => Box::new(move || {
            let parameters = [("Action", "AssumeRole"), ("Policy", body.as_str()), ("SignatureNonce", NONCE)];
            let request = Request { method: "POST", parameters: &parameters, ..Request::default() };
            acs_rpc::sign(&request, &key())
        }),
        "v1" => Box::new(move || {
            let parameters = [("Action", "DescribeClusters"), ("Filters", body.as_str()), ("Nonce", NONCE)];
            let host = "tke.tencentcloudapi.com";
            let request = Request { method: "POST", host, path: "/", parameters: &parameters, ..Request::default() };
            hmac_v1::sign(&request, &key(), Algorithm::HmacSha1)
        }),
        "api2" => Box::new(move || {
            let parameters = [("Action", "DescribeCluster"), ("Filters_1", body.as_str()), ("Nonce", NONCE)];
            let (host, path) = ("ccs.api.qcloud.com", hmac_v1_api2::PATH);
            let request = Request { method: "POST", host, path, parameters: &parameters, ..Request::default() };
            hmac_v1_api2::sign(&request, &key(), Algorithm::HmacSha1)
        }),
        other => return Err(format!("no signature is called {other}").into()),
    })
}

fn posted<'a>(path: &'a str, headers: &'a [(&'a str, &'a str)], body: &'a str) -> Request<'a> {
    Request { method: "POST", path, headers, payload: Payload::Bytes(body.as_bytes()), ..Request::default() }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn canned(body: impl Into<Bytes>) -> Arc<Canned> {
    Arc::new(Canned(body.into()))
}

fn call_tke() -> Result<Part> {
    let builder = tke::Connection::builder()
        .client_rate_limit(false)
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDexample", SECRET));
    let clusters = builder.transport(canned(envelope(&clusters(20)))).build()?.clusters();
    let runtime = runtime()?;
    Ok(Box::new(move || {
        runtime.block_on(clusters.describe_clusters().limit(20).send()).map_or(0, |output| output.clusters.len())
    }))
}

fn call_by_name() -> Result<Part> {
    let builder = tke::Connection::builder()
        .client_rate_limit(false)
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDexample", SECRET));
    let connection = builder.transport(canned(envelope(&clusters(20)))).build()?;
    let (connection, runtime) = (wharf::any::Connection::of(connection)?, runtime()?);
    Ok(Box::new(move || {
        let call = connection.call("DescribeClusters", json!({"Limit": 20}));
        runtime.block_on(call).map_or(0, |output| output["Clusters"].as_array().map_or(0, Vec::len))
    }))
}

fn call_ccs() -> Result<Part> {
    let answer = json!({"code": 0, "message": "", "codeDesc": "Success", "data": {"totalCount": 0, "clusters": []}});
    let builder = ccs::Connection::builder()
        .client_rate_limit(false)
        .region("gz")
        .credentials(Credentials::new("AKIDexample", SECRET));
    let clusters = builder.transport(canned(answer.to_string())).build()?.clusters();
    let runtime = runtime()?;
    Ok(Box::new(move || {
        runtime.block_on(clusters.describe_cluster().limit(20).send()).map_or(0, |output| 1 + output.clusters.len())
    }))
}

fn call_cce() -> Result<Part> {
    let answer = json!({"kind": "Cluster", "apiVersion": "v3", "items": []});
    let builder = cce::Connection::builder()
        .client_rate_limit(false)
        .region("cn-north-4")
        .project_id("0123456789abcdef0123456789abcdef");
    let builder = builder.credentials(Credentials::new("AKexample", SECRET));
    let clusters = builder.transport(canned(answer.to_string())).build()?.clusters();
    let runtime = runtime()?;
    Ok(Box::new(move || runtime.block_on(clusters.list_clusters().send()).map_or(0, |output| 1 + output.items.len())))
}

fn call_ack() -> Result<Part> {
    let answer = json!({"clusters": [], "page_info": {"page_number": 1, "page_size": 10, "total_count": 0}});
    let builder = ack::Connection::builder()
        .client_rate_limit(false)
        .region("cn-hangzhou")
        .credentials(Credentials::new("AKexample", SECRET));
    let clusters = builder.transport(canned(answer.to_string())).build()?.clusters();
    let runtime = runtime()?;
    Ok(Box::new(move || {
        runtime.block_on(clusters.describe_clusters_v1().send()).map_or(0, |output| 1 + output.clusters.len())
    }))
}

/// One call that the reference server answers, over its transport without sockets.
fn gateway() -> Result<Part> {
    let runtime = runtime()?;
    let server = runtime.block_on(Server::builder().rate_limits(false).start())?;
    let builder =
        tke::Connection::builder().client_rate_limit(false).region(server.region()).credentials(server.credentials());
    let clusters = builder.transport(server.transport()).build()?.clusters();
    Ok(Box::new(move || {
        // The server lives as long as the part.
        let _server = &server;
        runtime.block_on(clusters.describe_clusters().limit(20).send()).map_or(0, |output| 1 + output.clusters.len())
    }))
}
