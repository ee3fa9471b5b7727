//! What calls tell a log. The only test of its binary: another one, on a thread without a subscriber,
//! could switch a span off for the whole process while it is first met.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wharf_core::clock::ManualClock;
use wharf_core::credentials::Credentials;
use wharf_core::operation::OperationMeta;
use wharf_core::request::Call;
use wharf_core::transport::Replay;
use wharf_core::{Connection, Operation};

const SECRET: &str = "planted-secret";

/// An operation that carries a password.
#[derive(Clone, Default, PartialEq)]
struct Create {
    password: Option<String>,
}
wharf_core::model! { Create = "Create" { password = "Password" .sensitive(); } }

impl Operation for Create {
    type Output = Create;
    const META: &'static OperationMeta = &OperationMeta::new("tke", "Create")
        .with_version("2018-05-25")
        .with_service("cluster")
        .with_region(true)
        .with_rate_limit(20);
}

/// Writes every span and event down, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Log {
    fn line(&self, at: usize, values: impl FnOnce(&mut Line)) {
        let mut lines = self.0.lock().unwrap();
        let mut line = Line(std::mem::take(&mut lines[at]));
        values(&mut line);
        lines[at] = line.0;
    }

    fn add(&self, name: &str) -> usize {
        let mut lines = self.0.lock().unwrap();
        lines.push(name.to_owned());
        lines.len() - 1
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let at = self.add(span.metadata().name());
        self.line(at, |line| span.record(line));
        Id::from_u64(at as u64 + 1)
    }
    fn record(&self, span: &Id, values: &Record<'_>) {
        self.line(span.into_u64() as usize - 1, |line| values.record(line));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let at = self.add("event");
        self.line(at, |line| event.record(line));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn answer(status: u16, body: &str) -> http::Response<bytes::Bytes> {
    http::Response::builder().status(status).body(body.to_owned().into()).unwrap()
}

#[tokio::test]
async fn a_call_and_its_attempts_are_told_without_secrets() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let builder = || {
        wharf_products::tke::builder::<Connection>()
            .credentials(Credentials::new("id", SECRET).with_token(SECRET))
            .region("ap-guangzhou")
    };
    builder().proxy("http://me:planted-secret@proxy:1").danger_accept_invalid_certificates(true).build().unwrap();
    let replay = Replay::new()
        .answer(answer(
            200,
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow"},"RequestId":"r1"}}"#,
        ))
        .answer(answer(200, r#"{"Response":{"Password":"planted-secret","RequestId":"r2"}}"#))
        .answer(answer(404, "planted-secret"));
    let clock = Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)));
    let connection = builder().transport(Arc::new(replay)).clock(clock).build().unwrap();
    let call = || Call::new(connection.clone(), Create { password: Some(SECRET.to_owned()) });
    call().send().await.unwrap();
    call().send().await.unwrap_err();
    drop(guard);

    let lines = log.0.lock().unwrap();
    assert!(!lines.iter().any(|line| line.contains(SECRET)), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("certificates are not checked")), "{lines:#?}");
    let of = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).cloned().collect::<Vec<_>>();
    let place = r#"rpc.service="tke" rpc.method="Create" cloud.region="ap-guangzhou""#;
    let host = r#"server.address="tke.tencentcloudapi.com" http.request.method="POST""#;
    assert_eq!(
        of("call "),
        [
            format!(
                r#"call otel.kind="client" rpc.system.name="wharf" {place} http.response.status_code=200 {}"#,
                r#"http.request.resend_count=1 request_id="r2""#
            ),
            format!(
                r#"call otel.kind="client" rpc.system.name="wharf" {place} http.response.status_code=404 {}"#,
                r#"http.request.resend_count=0 error.type="other" otel.status_code="ERROR""#
            ),
        ]
    );
    assert_eq!(of("attempt ").len(), 3);
    assert_eq!(
        of("event message=attempt"),
        [
            format!(
                r#"event message=attempt failed {place} {host} http.response.status_code=200 http.request.resend_count=0 {}"#,
                r#"error.type="throttled" rpc.response.status_code="RequestLimitExceeded" request_id="r1" duration_ms=0"#
            ),
            format!(
                r#"event message=attempt succeeded {place} {host} http.response.status_code=200 http.request.resend_count=1 {}"#,
                r#"request_id="r2" duration_ms=0"#
            ),
            format!(
                r#"event message=attempt failed {place} {host} http.response.status_code=404 http.request.resend_count=0 {}"#,
                r#"error.type="other" duration_ms=0"#
            ),
        ]
    );
    assert_eq!(
        of("event message=call"),
        [
            format!(
                r#"event message=call succeeded {place} {host} http.response.status_code=200 http.request.resend_count=1 {}"#,
                r#"request_id="r2" duration_ms=1000"#
            ),
            format!(
                r#"event message=call failed {place} {host} http.response.status_code=404 http.request.resend_count=0 {}"#,
                r#"error.type="other" duration_ms=0"#
            ),
        ]
    );
}
