//! One attempt of a call: credentials, rate limit, signature, exchange, result.

use super::Connection;
use super::change::{self, Found};
use super::mask::{Masks, Sent, is_harmless_id};
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind, short_name};
use crate::model::json::Decoding;
use crate::model::{self, Bounded, Model, Problem};
use crate::operation::{Authorization, OperationMeta};
use crate::product::{Answer, Signing, Unsigned};
use crate::protocol::envelope::Nothing;
use crate::retry::Origin;
use crate::transport::{Called, Limits, Reached, TransportError};
use bytes::Bytes;
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, Response, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};
use tracing::{Instrument, Span};

/// Smallest clock skew that can be the cause of a rejected signature.
const SMALLEST_SKEW_MILLIS: i64 = 5_000;

/// Destination of a response.
pub(super) enum Target<'a> {
    /// Output of the operation.
    Output(&'a mut dyn Model),
    /// The response itself. A success is not decoded; a failure is classified, and stored too.
    Response(&'a mut Option<Response<Bytes>>),
}

/// Result of a successful attempt.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) answer: Answer,
}

/// Result of a failed attempt.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) origin: Origin,
    /// The server's time and this machine's time at that moment, in milliseconds since 1970.
    server_time: Option<(i64, i64)>,
    /// Credentials that signed the rejected request.
    credentials: Option<Arc<Credentials>>,
    /// Effect on a change that the call was meant to make.
    pub(super) change: Found,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, origin: Origin::Local, server_time: None, credentials: None, change: Found::default() }
    }
}

impl Connection {
    /// Makes one attempt in a span that records its result.
    pub(super) async fn attempt_traced(
        &self,
        unsigned: &Unsigned,
        input: &dyn Model,
        number: usize,
        deadline: Instant,
        timeout: Duration,
        target: &mut Target<'_>,
    ) -> Result<Done, Failure> {
        let span = tracing::debug_span!(
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
        let result = self.attempt(unsigned, input, deadline, timeout, target).instrument(span.clone()).await;
        let took = self.inner.clock.monotonic().duration_since(began);
        match &result {
            Ok(done) => record_answer(&span, done, took),
            Err(failure) => record_error(&span, &failure.error, took),
        }
        result
    }

    /// Gets credentials, waits for the rate limit, signs, sends and reads the response.
    async fn attempt(
        &self,
        unsigned: &Unsigned,
        input: &dyn Model,
        deadline: Instant,
        timeout: Duration,
        target: &mut Target<'_>,
    ) -> Result<Done, Failure> {
        let inner = &*self.inner;
        let credentials = self.credentials_for(unsigned.operation, deadline).await?;
        if let Some(limiter) = &inner.limiter {
            limiter.acquire(unsigned.operation, &*inner.clock, self.left(deadline)).await?;
        }
        let left = self.left(deadline);
        if left.is_zero() {
            return Err(overdue("before it was sent").into());
        }
        let request = match &credentials {
            Some(credentials) => {
                let (time, nonce) = (self.signing_time(), inner.clock.random());
                inner.product.sign(unsigned, &Signing { credentials, time, nonce })?
            }
            None => inner.product.without_signature(unsigned, self.signing_time())?,
        };
        if let Target::Response(response) = target {
            **response = None;
        }
        let limits = Limits { timeout: timeout.min(left), max_response: inner.max_response_bytes };
        let sent = Sent::of(&request);
        let masks = || Masks::new(credentials.as_deref(), input, &sent);
        let documented = |code: &str| inner.product.code(code).is_some();
        let call = Called::new(&*inner.product, unsigned.operation, input).with_region(unsigned.region.as_deref());
        let response = inner.transport.send_call(call, request, limits).await.map_err(|error| {
            let failure = from_transport(error);
            Failure { error: masks().apply(failure.error, &documented), ..failure }
        })?;
        let response = response.map(without_byte_order_mark);
        let status = response.status();
        let mut nothing = Nothing;
        let (output, response): (&mut dyn Model, _) = match target {
            Target::Output(output) => (&mut **output, response),
            Target::Response(raw) => {
                **raw = Some(response.clone());
                (&mut nothing, if status.is_success() { response.map(|_| Bytes::new()) } else { response })
            }
        };
        // An earlier attempt may have filled it.
        model::reset(output);
        let mut output = Bounded::new(output, Decoding::default().until(self.clock(), deadline));
        match inner.product.decode(&response, &mut output) {
            Ok(mut answer) => {
                let odd = |id: &&mut String| !is_harmless_id(id, credentials.as_deref(), input);
                if let Some(id) = answer.request_id.as_mut().filter(odd)
                    && let Some(masked) = masks().mask(id)
                {
                    *id = masked;
                }
                answer.problems = output.end();
                answer.problems.iter().for_each(warn);
                Ok(Done { status, headers: response.into_parts().0.headers, answer })
            }
            Err(error) => {
                let error = if output.decoding.is_overdue() { overdue("while its answer was read") } else { error };
                let failure = self.refused(masks().apply(error, &documented), &response);
                let change = change::after(&failure.error, &response, &output, &|text| masks().mask(text));
                Err(Failure { credentials: credentials.clone(), change, ..failure })
            }
        }
    }

    /// Returns the credentials that sign the operation, or `None` if it needs no signature.
    async fn credentials_for(
        &self,
        operation: &OperationMeta,
        deadline: Instant,
    ) -> Result<Option<Arc<Credentials>>, Error> {
        if operation.authorization == Authorization::Anonymous {
            return Ok(None);
        }
        let finding = tokio::time::timeout(self.left(deadline), self.inner.credentials.get());
        finding.await.map_err(|_| overdue("while credentials were looked for"))?.map(Some)
    }

    /// Takes over the server's clock if a signature was rejected because of its time. Returns false if that is not the
    /// cause, or if it would change nothing.
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

    /// Requests new credentials from the source of temporary ones that were rejected. Returns false if that is not the
    /// cause, or if the source has no others.
    pub(super) async fn renew_credentials(&self, failure: &Failure, deadline: Instant) -> Result<bool, Error> {
        let Some(refused) = failure.credentials.as_ref().filter(|refused| refused.token().is_some()) else {
            return Ok(false);
        };
        if !self.inner.product.is_stale_credentials(&failure.error) {
            return Ok(false);
        }
        let renewal = tokio::time::timeout(self.left(deadline), self.inner.credentials.renew(refused));
        let new = renewal.await.map_err(|_| overdue("while credentials were looked for"))??;
        Ok(!new.same_key(refused))
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
        let error = error.with_retry_after(delay);
        Failure { error, origin: Origin::Answer, server_time, credentials: None, change: Found::default() }
    }
}

/// Returns the error of a call whose timeout passed during `what`.
fn overdue(what: &str) -> Error {
    Error::new(ErrorKind::TimedOut, format!("the call's time was over {what}"))
}

/// Removes the byte order mark that some services put before a response, and that JSON does not allow.
fn without_byte_order_mark(body: Bytes) -> Bytes {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if body.starts_with(MARK) { body.slice(MARK.len()..) } else { body }
}

/// Logs a field that could not be read. No value is quoted, because it may be a secret.
fn warn(problem: &Problem) {
    tracing::warn!(field = %problem.field, reason = %problem.reason, "a part of the answer cannot be read as it is");
}

/// Replaces the error of a response that the product cannot read and that is not a success. It comes from a proxy, a
/// gateway or a wrong host, so only its status is used.
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
    let origin = Origin::Transport(error.reached);
    let change = match error.reached {
        Reached::Maybe => Found::maybe(),
        Reached::No => Found::default(),
    };
    Failure { error: error.into(), origin, server_time: None, credentials: None, change }
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?.trim()).ok()
}

/// Reads the delay from the headers: seconds, or a time to compare with the server's.
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
    span.record("request_id", done.answer.request_id.as_deref().map(short_name).as_deref());
    span.record("duration_ms", took.as_millis() as u64);
}

pub(super) fn record_error(span: &Span, error: &Error, took: Duration) {
    span.record("status", error.status());
    span.record("code", error.code());
    span.record("request_id", error.request_id());
    span.record("duration_ms", took.as_millis() as u64);
}
