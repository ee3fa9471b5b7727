//! One attempt of a call: credentials, rate limit, signature, exchange, result.

use super::change::{self, Found};
use super::mask::{Masks, Sent, is_harmless_id};
use super::{Connection, extra};
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::intercept;
use crate::limit::Permit;
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
use tracing::Instrument;

/// Smallest clock skew that can be the cause of a rejected signature.
const SMALLEST_SKEW_MILLIS: i64 = 5_000;

/// Destination of a response.
pub(super) enum Target<'a> {
    /// Output of the operation.
    Output(&'a mut dyn Model),
    /// The response itself. A success is not decoded; a failure is classified, and stored too.
    Response(&'a mut Option<Response<Bytes>>),
}

/// Time of a call.
pub(super) struct Timing {
    pub(super) deadline: Instant,
    /// Whether the caller has set the timeout.
    pub(super) fixed: bool,
    /// Time that the call has waited for the connection's own rate limit.
    pub(super) waited: Duration,
}

/// An attempt that is about to be made.
pub(super) struct Try<'a> {
    pub(super) call: &'a intercept::Call<'a>,
    pub(super) unsigned: &'a Unsigned,
    pub(super) input: &'a dyn Model,
    pub(super) number: usize,
    pub(super) timeout: Duration,
}

impl<'a> Try<'a> {
    fn shown(&self) -> intercept::Attempt<'a> {
        let Unsigned { method, endpoint, .. } = self.unsigned;
        intercept::Attempt { call: *self.call, number: self.number, method, authority: &endpoint.authority }
    }
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
    /// Whether there is no time to wait for the connection's own rate limit.
    pub(super) limited: bool,
    /// The server's time and this machine's time at that moment, in milliseconds since 1970.
    server_time: Option<(i64, i64)>,
    /// Credentials that signed the rejected request.
    credentials: Option<Arc<Credentials>>,
    /// Effect on a change that the call was meant to make.
    pub(super) change: Found,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            origin: Origin::Local,
            limited: false,
            server_time: None,
            credentials: None,
            change: Found::default(),
        }
    }
}

impl Connection {
    /// Makes one attempt in a span that records its result.
    pub(super) async fn attempt_traced(
        &self,
        attempt: &Try<'_>,
        timing: &mut Timing,
        target: &mut Target<'_>,
    ) -> Result<Done, Failure> {
        let span = self.attempt_span(attempt.unsigned, attempt.number);
        let (began, waited) = (self.attempt_begins(&span), timing.waited);
        let result = self.attempt(attempt, timing, target).instrument(span.clone()).await;
        if let Some(began) = began {
            self.attempt_ended(&span, &attempt.shown(), began, timing.waited.saturating_sub(waited), &result);
        }
        result
    }

    /// Gets credentials, waits for the rate limit, signs, sends and reads the response.
    async fn attempt(&self, attempt: &Try<'_>, timing: &mut Timing, target: &mut Target<'_>) -> Result<Done, Failure> {
        let (inner, operation) = (&*self.inner, attempt.unsigned.operation);
        let mut credentials = self.credentials_for(operation, timing.deadline).await?;
        let permit = self.permit(operation, timing).await;
        let permit = permit.map_err(|error| Failure { limited: true, ..Failure::from(error) })?;
        if permit.as_ref().is_some_and(|permit| !permit.waited().is_zero()) {
            // They may have expired meanwhile.
            credentials = self.credentials_for(operation, timing.deadline).await?;
        }
        let result = self.exchange(attempt, timing.deadline, credentials, target).await;
        if let (Some(limiter), Some(permit)) = (&inner.limiter, permit) {
            let refused =
                |failure: &Failure| failure.origin == Origin::Answer && failure.error.kind() == ErrorKind::Throttled;
            limiter.answered(operation, permit, &*inner.clock, result.as_ref().err().is_some_and(refused));
        }
        result
    }

    /// Waits for the connection's own rate limit. The wait does not count as part of the call, unless the caller has set
    /// a timeout.
    async fn permit(&self, operation: &'static OperationMeta, timing: &mut Timing) -> Result<Option<Permit>, Error> {
        let Some(limiter) = &self.inner.limiter else { return Ok(None) };
        let at_most = timing.fixed.then(|| self.left(timing.deadline));
        let permit = limiter.acquire(operation, &*self.inner.clock, at_most).await?;
        timing.waited += permit.waited();
        if !timing.fixed {
            timing.deadline = timing.deadline.checked_add(permit.waited()).unwrap_or(timing.deadline);
        }
        Ok(Some(permit))
    }

    /// Signs, sends and reads the response.
    async fn exchange(
        &self,
        attempt: &Try<'_>,
        deadline: Instant,
        credentials: Option<Arc<Credentials>>,
        target: &mut Target<'_>,
    ) -> Result<Done, Failure> {
        let inner = &*self.inner;
        let &Try { unsigned, input, timeout, .. } = attempt;
        let left = self.left(deadline);
        if left.is_zero() {
            return Err(overdue("before it was sent").into());
        }
        let mut request = match &credentials {
            Some(credentials) => {
                let (time, nonce) = (self.signing_time(), inner.clock.random());
                inner.product.sign(unsigned, &Signing { credentials, time, nonce })?
            }
            None => inner.product.without_signature(unsigned, self.signing_time())?,
        };
        self.add_headers(&mut request, attempt)?;
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

    /// Adds the headers of the connection and of its interceptors to a signed request.
    fn add_headers(&self, request: &mut http::Request<Bytes>, attempt: &Try<'_>) -> Result<(), Error> {
        let inner = &*self.inner;
        if !inner.headers.is_empty() {
            extra::add(request.headers_mut(), &inner.headers, &*inner.product)?;
        }
        for interceptor in &inner.interceptors {
            let mut headers = HeaderMap::new();
            interceptor.before_attempt(&attempt.shown(), &mut headers)?;
            extra::add(request.headers_mut(), &headers, &*inner.product)?;
        }
        Ok(())
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
        Failure {
            error,
            origin: Origin::Answer,
            limited: false,
            server_time,
            credentials: None,
            change: Found::default(),
        }
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
    Failure { error: error.into(), origin, limited: false, server_time: None, credentials: None, change }
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
