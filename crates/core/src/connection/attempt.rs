//! One attempt of a call: credentials, rate limit, signature, exchange, and what came of it.

use super::Connection;
use super::call::overdue;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::model::json::Decoding;
use crate::model::{self, Bounded, Model, Problem};
use crate::product::{Answer, Signing, Unsigned};
use crate::retry::Origin;
use crate::transport::{Limits, TransportError, TransportErrorKind};
use bytes::Bytes;
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, Response, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};
use tracing::{Instrument, Span};

/// A difference of the clocks below this is not what a signature was refused for.
const SMALLEST_SKEW_MILLIS: i64 = 5_000;

/// How an attempt succeeded.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: StatusCode,
    pub(super) answer: Answer,
}

/// Why an attempt failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) origin: Origin,
    /// What the server says the time is, and what ours was then, in milliseconds since 1970.
    server_time: Option<(i64, i64)>,
    /// What the refused request was signed with.
    credentials: Option<Arc<Credentials>>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, origin: Origin::Local, server_time: None, credentials: None }
    }
}

impl Connection {
    pub(super) async fn attempt(
        &self,
        unsigned: &Unsigned,
        number: usize,
        deadline: Instant,
        timeout: Duration,
        output: &mut dyn Model,
    ) -> Result<Done, Failure> {
        let span = tracing::info_span!(
            "attempt",
            product = unsigned.operation.product,
            operation = unsigned.operation.name,
            region = unsigned.region.as_deref(),
            attempt = number,
            status = tracing::field::Empty,
            code = tracing::field::Empty,
            request_id = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
        );
        let began = self.inner.clock.monotonic();
        let result = self.exchange(unsigned, deadline, timeout, output).instrument(span.clone()).await;
        let took = self.inner.clock.monotonic().duration_since(began);
        match &result {
            Ok(done) => record_answer(&span, done, took),
            Err(failure) => record_error(&span, &failure.error, took),
        }
        result
    }

    async fn exchange(
        &self,
        unsigned: &Unsigned,
        deadline: Instant,
        timeout: Duration,
        output: &mut dyn Model,
    ) -> Result<Done, Failure> {
        let inner = &*self.inner;
        let finding = tokio::time::timeout(self.left(deadline), inner.credentials.get());
        let credentials = finding.await.map_err(|_| overdue("while credentials were looked for"))??;
        if let Some(limiter) = &inner.limiter {
            limiter.acquire(unsigned.operation, &*inner.clock, self.left(deadline)).await?;
        }
        let left = self.left(deadline);
        if left.is_zero() {
            return Err(overdue("before it was sent").into());
        }
        let signing = Signing { credentials: &credentials, time: self.signing_time(), nonce: inner.clock.random() };
        let request = inner.product.sign(unsigned, &signing)?;
        let limits = Limits { timeout: timeout.min(left), max_response: inner.max_response_bytes };
        let response = inner.transport.send(request, limits).await.map_err(from_transport)?;
        let response = response.map(without_byte_order_mark);
        let status = response.status();
        // An attempt before may have filled it.
        model::reset(output);
        let mut output = Bounded::new(output, Decoding::default().until(self.clock(), deadline));
        let mut answer = inner.product.decode(&response, &mut output).map_err(|error| {
            let error = if output.decoding.is_overdue() { overdue("while its answer was read") } else { error };
            Failure { credentials: Some(credentials), ..self.refused(error, &response) }
        })?;
        answer.problems = output.end();
        answer.problems.iter().for_each(warn);
        Ok(Done { status, answer })
    }

    /// Takes over the server's clock when a signature was refused for its time. False when that is not
    /// the trouble, or when it would change nothing.
    pub(super) fn correct_skew(&self, failure: &Failure) -> bool {
        let Some((server, ours)) = failure.server_time else { return false };
        if failure.origin != Origin::Answer || !self.inner.product.is_clock_skew(&failure.error) {
            return false;
        }
        let skew = server.saturating_sub(ours);
        if skew.abs_diff(self.clock_skew_millis()) < SMALLEST_SKEW_MILLIS.unsigned_abs() {
            return false;
        }
        tracing::warn!(
            skew_ms = skew,
            "this machine's clock differs from the server's; signatures follow the server's"
        );
        self.inner.skew.store(skew, Ordering::Relaxed);
        true
    }

    /// Drops credentials that were refused and that their source may replace. False when that is not the
    /// trouble.
    pub(super) fn drop_stale_credentials(&self, failure: &Failure) -> bool {
        let Some(refused) = &failure.credentials else { return false };
        if !self.inner.product.is_stale_credentials(&failure.error) {
            return false;
        }
        self.inner.credentials.forget(refused);
        true
    }

    fn left(&self, deadline: Instant) -> Duration {
        deadline.saturating_duration_since(self.inner.clock.monotonic())
    }

    fn refused(&self, error: Error, response: &Response<Bytes>) -> Failure {
        let ours = self.inner.clock.now();
        let server = date(response.headers());
        let error = by_status(error, response.status()).with_status(response.status().as_u16());
        let delay = retry_after(response.headers(), server.unwrap_or(ours)).or(error.retry_after());
        let server_time = server.and_then(|server| Some((millis(server)?, millis(ours)?)));
        Failure { error: error.with_retry_after(delay), origin: Origin::Answer, server_time, credentials: None }
    }
}

/// Some services begin an answer with one, which JSON does not have.
fn without_byte_order_mark(body: Bytes) -> Bytes {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if body.starts_with(MARK) { body.slice(MARK.len()..) } else { body }
}

/// No value is quoted, which may be a secret.
fn warn(problem: &Problem) {
    tracing::warn!(field = %problem.field, reason = %problem.reason, "a part of the answer cannot be read as it is");
}

/// An answer that the product cannot read and that is not a success comes from something in between
/// (a proxy, a gateway, a wrong host): its status is all there is to go by.
fn by_status(error: Error, status: StatusCode) -> Error {
    if error.kind() != ErrorKind::Decode || status.is_success() {
        return error;
    }
    let (kind, advice) = match status.as_u16() {
        429 => (ErrorKind::Throttled, ""),
        500 | 502 | 503 | 504 => (ErrorKind::Transient, ""),
        _ => (ErrorKind::Decode, "; is the endpoint right, or is a proxy in between?"),
    };
    Error::new(kind, format!("HTTP status {status} and an answer that is not the service's{advice}")).with_source(error)
}

fn from_transport(error: TransportError) -> Failure {
    let (kind, retryable) = match error.kind {
        TransportErrorKind::Connect | TransportErrorKind::Cut => (ErrorKind::Connection, true),
        TransportErrorKind::Timeout => (ErrorKind::Timeout, true),
        TransportErrorKind::Tls => (ErrorKind::Tls, false),
        TransportErrorKind::Garbled => (ErrorKind::Decode, true),
        TransportErrorKind::TooLarge => (ErrorKind::Decode, false),
    };
    let origin = Origin::Transport(error.reached);
    let error = Error::new(kind, error.message.clone()).with_retryable(retryable).with_source(error);
    Failure { error, origin, server_time: None, credentials: None }
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?.trim()).ok()
}

/// Seconds, or a time to be compared with the server's own.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()),
    }
}

fn millis(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis()).ok()
}

pub(super) fn record_answer(span: &Span, done: &Done, took: Duration) {
    span.record("status", done.status.as_u16());
    span.record("request_id", done.answer.request_id.as_deref());
    span.record("duration_ms", took.as_millis() as u64);
}

pub(super) fn record_error(span: &Span, error: &Error, took: Duration) {
    span.record("status", error.status());
    span.record("code", error.code());
    span.record("request_id", error.request_id());
    span.record("duration_ms", took.as_millis() as u64);
}
