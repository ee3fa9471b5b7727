//! How a call of any product is written.

use crate::alibaba::Call as AlibabaCall;
use crate::client::{Call, encode, key, now};
use crate::huawei::Call as HuaweiCall;
use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use wharf_server::Server;
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::hmac_v1_api2::{self, PATH};
use wharf_spec::file::{ListStyle, Place};
use wharf_spec::{Operation, Product};

/// The request of a call with those inputs.
pub(crate) fn request(
    server: &Server,
    product: &Product,
    operation: &Operation,
    input: &Map<String, Value>,
) -> Request<Bytes> {
    match product.name.as_str() {
        "tke" => tencent(Call::tke(&operation.name, Value::Object(input.clone())), product, operation).request(server),
        "tcr" => tencent(Call::tcr(&operation.name, Value::Object(input.clone())), product, operation).request(server),
        "ccs" => version_2(server, &operation.name, input),
        "cce" => huawei(operation, input).request(server),
        _ => alibaba(operation, input).request(server),
    }
}

fn tencent(call: Call, product: &Product, operation: &Operation) -> Call {
    let region = if operation.region { "ap-guangzhou" } else { "" };
    Call { version: product.version.clone(), region: region.to_owned(), ..call }
}

fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| flatten(&join(name), value, out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| flatten(&join(&at.to_string()), value, out));
        }
        value => out.push((path.to_owned(), text(value))),
    }
}

/// A POST with a form, as API 2.0 takes it.
fn version_2(server: &Server, action: &str, input: &Map<String, Value>) -> Request<Bytes> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let credentials = server.credentials();
    let host = server.endpoint().split("://").nth(1).unwrap();
    let mut parameters = Vec::new();
    flatten("", &Value::Object(input.clone()), &mut parameters);
    let nonce = NEXT.fetch_add(1, Ordering::Relaxed);
    let more = [
        ("Action", action.to_owned()),
        ("Region", "gz".to_owned()),
        ("Timestamp", now().to_string()),
        ("Nonce", nonce.to_string()),
        ("SecretId", credentials.id().to_owned()),
        ("SignatureMethod", Algorithm::HmacSha256.name().to_owned()),
    ];
    parameters.extend(more.map(|(name, value)| (name.to_owned(), value)));
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let signable = wharf_sign::Request { method: "POST", host, path: PATH, parameters: &pairs, ..Default::default() };
    let signature = hmac_v1_api2::sign(&signable, &key(&credentials), Algorithm::HmacSha256).signature().to_owned();
    parameters.push(("Signature".to_owned(), signature));
    let request = Request::builder().method(Method::POST).header("host", host);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.uri(format!("{}{PATH}", server.endpoint())).body(encode(&parameters).into()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What travels where in a call over paths.
#[derive(Default)]
struct Parts {
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

fn parts(operation: &Operation, input: &Map<String, Value>) -> Parts {
    let mut parts = Parts { path: operation.path().to_owned(), ..Parts::default() };
    let mut body = Map::new();
    for field in &operation.input {
        let Some(value) = input.get(&field.name) else { continue };
        match field.place() {
            Place::Path => {
                let encoded = utf8_percent_encode(&text(value), NON_ALPHANUMERIC).to_string();
                parts.path = parts.path.replace(&format!("{{{}}}", field.name), &encoded);
            }
            Place::Query if field.style == Some(ListStyle::Comma) => {
                let items: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
                parts.query.push((field.name.clone(), items.join(",")));
            }
            Place::Query => match value {
                Value::Array(items) => parts.query.extend(items.iter().map(|item| (field.name.clone(), text(item)))),
                value => parts.query.push((field.name.clone(), text(value))),
            },
            Place::Header => parts.headers.push((field.name.clone(), text(value))),
            Place::Host => parts.headers.push(("x-cluster-id".to_owned(), text(value))),
            Place::Body if field.payload => parts.body = Some(value.clone()),
            Place::Body => drop(body.insert(field.name.clone(), value.clone())),
        }
    }
    if parts.body.is_none() && operation.input.iter().any(|field| field.place() == Place::Body) {
        parts.body = Some(Value::Object(body));
    }
    parts
}

fn method(operation: &Operation) -> Method {
    Method::from_bytes(operation.method().as_bytes()).unwrap()
}

fn huawei(operation: &Operation, input: &Map<String, Value>) -> HuaweiCall {
    let Parts { path, query, headers, body } = parts(operation, input);
    HuaweiCall::new(method(operation), path, body.unwrap_or_default()).with(|call| {
        call.query = query;
        call.headers.extend(headers);
    })
}

fn alibaba(operation: &Operation, input: &Map<String, Value>) -> AlibabaCall {
    let Parts { path, query, headers, body } = parts(operation, input);
    AlibabaCall::new(method(operation), path, body.unwrap_or_default()).with(|call| {
        call.query = query;
        call.headers.extend(headers);
    })
}
