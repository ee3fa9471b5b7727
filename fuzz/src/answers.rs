//! Answers of services: `<product> <operation> <status>`, then the body.

use crate::parts::{runtime, split, word};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use wharf::any::{self, CallOptions, Connection, Extras};
use wharf_core::model::Timestamp;
use wharf_core::transport::{Limits, Transport, TransportError};

/// Answers every request with the same bytes.
#[derive(Debug)]
struct Canned {
    status: u16,
    content_type: &'static str,
    body: Bytes,
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let mut answer = http::Response::new(self.body.clone());
        *answer.status_mut() = http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::OK);
        answer.headers_mut().insert("content-type", http::HeaderValue::from_static(self.content_type));
        Ok(answer)
    }
}

/// Reads an answer as JSON.
pub fn run(data: &[u8]) {
    read(data, "application/json");
}

/// Reads an answer of that media type by an operation that the head names, and by name.
pub(crate) fn read(data: &[u8], content_type: &'static str) {
    let (head, body) = split(data);
    let Ok(head) = std::str::from_utf8(head) else { return };
    let (product, rest) = word(head);
    let (operation, status) = word(rest);
    let status = status.trim().parse().unwrap_or(200);
    let transport = Canned { status, content_type, body: Bytes::copy_from_slice(body) };
    let mut extras = Extras::default();
    extras.transport = Some(Arc::new(transport));
    let options = json!({
        "region": "ap-guangzhou", "endpoint": "https://cloud.example.com", "retry": {"max_attempts": 1},
        "credentials": {"id": "id", "secret": "secret"},
    });
    if !any::products().any(|name| name == product) {
        return;
    }
    let connection = Connection::with_extras(product, &options, extras).expect("the options are right");
    let input = filled(operation);
    let done = runtime().block_on(connection.execute(operation, input.clone(), &CallOptions::default()));
    match done {
        Ok(response) => {
            let text = format!("{:?}", response.output);
            assert!(text.len() <= (64 << 20), "a print of {} bytes", text.len());
        }
        Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
    }
    let _ = runtime().block_on(connection.call(operation, input));
    if let Ok(text) = std::str::from_utf8(body) {
        time(text.get(..64).unwrap_or(text).trim());
    }
}

/// The identifiers that the operations of the corpus need.
fn filled(operation: &str) -> Value {
    match operation {
        "DescribeClusterInstances" | "DescribeClusterSecurity" => json!({"ClusterId": "cls-1"}),
        "ShowCluster" => json!({"cluster_id": "c"}),
        "ListNodes" => json!({"cluster_id": "c"}),
        "DescribeClusterDetail" | "DescribeClusterNodes" => json!({"ClusterId": "c"}),
        _ => json!({}),
    }
}

/// A time is read, and what is written of it is the same time.
fn time(text: &str) {
    let Some(time) = Timestamp::from(text).parse() else { return };
    if let Some(local) = Timestamp::local(time, 8 * 3600) {
        let again = local.parse_local(8 * 3600).expect("a time that was written");
        let apart = again.duration_since(time).unwrap_or_else(|error| error.duration());
        assert!(apart.as_secs() == 0, "{text:?} is another time as {local:?}");
    }
}
