//! A body is written once for a call: all attempts send the same memory.

#![cfg(all(feature = "tke", feature = "cce", feature = "ack"))]
#![allow(clippy::unwrap_used)]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use wharf::clock::ManualClock;
use wharf::transport::{Limits, Transport, TransportError};
use wharf::{Credentials, ack, cce, tke};

/// Refuses two requests because there were too many, then answers. Keeps the bodies.
#[derive(Debug)]
struct Busy {
    refusal: Value,
    answer: Value,
    bodies: Mutex<Vec<Bytes>>,
}

impl Busy {
    fn new(refusal: Value, answer: Value) -> Arc<Self> {
        Arc::new(Self { refusal, answer, bodies: Mutex::default() })
    }

    /// Checks that there were three attempts with the same body, which is also the same memory.
    fn check(&self, part: &str) {
        let bodies = self.bodies.lock().unwrap();
        let [first, second, third] = &bodies[..] else { unreachable!("{} attempts", bodies.len()) };
        assert!(std::str::from_utf8(first).unwrap().contains(part), "{first:?}");
        // None of them has been freed, so the same address is the same text.
        assert_eq!([second.as_ptr(), third.as_ptr()], [first.as_ptr(); 2]);
        assert_eq!([second.len(), third.len()], [first.len(); 2]);
    }
}

#[async_trait]
impl Transport for Busy {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        let mut bodies = self.bodies.lock().unwrap();
        bodies.push(request.into_body());
        let (status, body) = match bodies.len() {
            ..3 => (StatusCode::TOO_MANY_REQUESTS, &self.refusal),
            _ => (StatusCode::OK, &self.answer),
        };
        let mut response = Response::new(body.to_string().into());
        *response.status_mut() = status;
        Ok(response)
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)))
}

fn credentials() -> Credentials {
    Credentials::new("key", "secret")
}

#[tokio::test]
async fn tke() {
    let refusal =
        json!({"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "later"}, "RequestId": "r"}});
    let busy = Busy::new(refusal, json!({"Response": {"TotalCount": 0, "Clusters": [], "RequestId": "r"}}));
    let builder = tke::Connection::builder().region("ap-guangzhou").credentials(credentials());
    let connection = builder.transport(busy.clone()).clock(clock()).build().unwrap();
    connection.clusters().describe_clusters().limit(20).send().await.unwrap();
    busy.check(r#""Limit""#);
}

#[tokio::test]
async fn cce() {
    let refusal = json!({"error_code": "APIGW.0308", "error_msg": "later"});
    let busy = Busy::new(refusal, json!({"metadata": {"uid": "c-1"}, "status": {"phase": "Creating", "jobid": "j-1"}}));
    let builder = cce::Connection::builder().region("cn-north-1").project_id("p-1").credentials(credentials());
    let connection = builder.transport(busy.clone()).clock(clock()).build().unwrap();
    let spec = cce::types::ClusterSpec::virtual_machines(cce::types::ClusterFlavor::CceS1Small, "vpc", "subnet");
    let request = connection.clusters().create_cluster().metadata(|cluster| cluster.name("mine")).set_spec(spec);
    request.send().await.unwrap();
    busy.check(r#""mine""#);
}

#[tokio::test]
async fn ack() {
    let refusal = json!({"code": "Throttling.User", "message": "later", "requestId": "r"});
    let busy = Busy::new(refusal, json!({"id": "t-1"}));
    let builder = ack::Connection::builder().region("cn-hangzhou").credentials(credentials());
    let connection = builder.transport(busy.clone()).clock(clock()).build().unwrap();
    connection.clusters().create_template().template("a: 1").name("mine").send().await.unwrap();
    busy.check(r#""mine""#);
}
