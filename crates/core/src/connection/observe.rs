//! Spans, events and interceptors: what others see of calls and attempts. Nothing is computed if no one listens.
//!
//! The names of fields are attributes of OpenTelemetry's conventions for RPC and HTTP clients where they have one. Messages
//! of errors are left out, because they may quote the input.

use super::Connection;
use super::attempt::{Done, Failure};
use crate::error::{Error, short_name};
use crate::intercept::{Attempt, Call, Outcome};
use crate::operation::OperationMeta;
use crate::product::Unsigned;
use http::Method;
use http::uri::Authority;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tracing::field::Empty;
use tracing::{Level, Span};

/// Target of the span and the event of a call.
const CALL: &str = "wharf::call";
/// Target of the span and the events of an attempt.
const ATTEMPT: &str = "wharf::attempt";

/// Creates an event at a level, with the same fields for calls and attempts.
macro_rules! ended {
    ($level:expr, $target:expr, $facts:expr, $outcome:expr, $text:expr) => {{
        let (facts, outcome): (&Facts<'_>, &Outcome<'_>) = ($facts, $outcome);
        tracing::event!(
            target: $target,
            $level,
            rpc.service = facts.call.operation.product,
            rpc.method = facts.call.operation.name,
            cloud.region = facts.call.region,
            server.address = facts.address().0,
            server.port = facts.address().1,
            http.request.method = facts.method,
            http.response.status_code = outcome.status,
            http.request.resend_count = outcome.attempts.saturating_sub(1),
            error.type = outcome.error.map(|error| error.kind().name()),
            rpc.response.status_code = outcome.error.and_then(Error::code),
            request_id = outcome.request_id,
            duration_ms = millis(outcome.elapsed),
            waited_ms = Some(millis(outcome.waited)).filter(|waited| *waited > 0),
            $text
        );
    }};
}

/// Facts of a call or an attempt for its event.
struct Facts<'a> {
    call: &'a Call<'a>,
    method: Option<&'a str>,
    authority: Option<&'a str>,
}

impl Facts<'_> {
    fn address(&self) -> (Option<String>, Option<u16>) {
        let authority: Option<Authority> = self.authority.and_then(|authority| authority.parse().ok());
        (authority.as_ref().map(|found| found.host().to_owned()), authority.and_then(|found| found.port_u16()))
    }
}

/// Observation of one call.
pub(super) struct Watch {
    /// Beginning of the call, if anyone listens.
    began: Option<Instant>,
    span: Span,
    /// Method and host of the last request.
    request: Option<(Method, String)>,
}

/// Returns a number that no other call of the process has.
fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Connection {
    /// Returns the call for interceptors and events.
    pub(super) fn observed<'a>(&self, operation: &'static OperationMeta, region: Option<&'a str>) -> Call<'a> {
        let id = if self.inner.interceptors.is_empty() { 0 } else { next_id() };
        Call { id, operation, region }
    }

    /// Begins the observation of a call.
    pub(super) fn watch(&self, call: &Call<'_>) -> Watch {
        let span = tracing::info_span!(
            target: CALL,
            "call",
            otel.kind = "client",
            rpc.system.name = "wharf",
            rpc.service = call.operation.product,
            rpc.method = call.operation.name,
            cloud.region = call.region,
            http.response.status_code = Empty,
            http.request.resend_count = Empty,
            rpc.response.status_code = Empty,
            error.type = Empty,
            request_id = Empty,
            otel.status_code = Empty,
        );
        for interceptor in &self.inner.interceptors {
            interceptor.before_call(call);
        }
        let listens =
            !span.is_disabled() || !self.inner.interceptors.is_empty() || tracing::enabled!(target: CALL, Level::INFO);
        Watch { began: listens.then(|| self.inner.clock.monotonic()), span, request: None }
    }

    /// Ends the observation of a call.
    pub(super) fn call_ended(&self, watch: Watch, call: &Call<'_>, ended: &Ended<'_>) {
        let Some(began) = watch.began else { return };
        let elapsed = self.inner.clock.monotonic().saturating_duration_since(began);
        let outcome = ended.outcome(elapsed);
        let (method, authority) = watch.request.as_ref().map(|(method, host)| (method.as_str(), host.as_str())).unzip();
        // Outside of the span, so that a line has everything once.
        let facts = Facts { call, method, authority };
        match outcome.error {
            None => ended!(Level::INFO, CALL, &facts, &outcome, "call succeeded"),
            Some(_) => ended!(Level::INFO, CALL, &facts, &outcome, "call failed"),
        }
        record(&watch.span, &outcome);
        for interceptor in self.inner.interceptors.iter().rev() {
            interceptor.after_call(call, &outcome);
        }
    }

    /// Returns the span of an attempt.
    pub(super) fn attempt_span(&self, unsigned: &Unsigned, number: usize) -> Span {
        tracing::debug_span!(
            target: ATTEMPT,
            "attempt",
            otel.kind = "client",
            http.request.method = unsigned.method.as_str(),
            server.address = Facts::of_endpoint(unsigned).0,
            server.port = Facts::of_endpoint(unsigned).1,
            http.request.resend_count = number - 1,
            http.response.status_code = Empty,
            rpc.response.status_code = Empty,
            error.type = Empty,
            request_id = Empty,
            otel.status_code = Empty,
        )
    }

    /// Returns the time at which an attempt begins, if anyone listens to its end.
    pub(super) fn attempt_begins(&self, span: &Span) -> Option<Instant> {
        let listens = !span.is_disabled()
            || !self.inner.interceptors.is_empty()
            || tracing::enabled!(target: ATTEMPT, Level::WARN);
        listens.then(|| self.inner.clock.monotonic())
    }

    /// Ends the observation of an attempt.
    pub(super) fn attempt_ended(
        &self,
        span: &Span,
        attempt: &Attempt<'_>,
        began: Instant,
        waited: Duration,
        result: &Result<Done, Failure>,
    ) {
        let elapsed = self.inner.clock.monotonic().saturating_duration_since(began).saturating_sub(waited);
        let ended = match result {
            Ok(done) => Ended { result: Ok(done), attempts: attempt.number, waited },
            Err(failure) => Ended { result: Err(&failure.error), attempts: attempt.number, waited },
        };
        let outcome = ended.outcome(elapsed);
        let facts =
            Facts { call: &attempt.call, method: Some(attempt.method.as_str()), authority: Some(attempt.authority) };
        match outcome.error {
            None => ended!(Level::DEBUG, ATTEMPT, &facts, &outcome, "attempt succeeded"),
            Some(_) => ended!(Level::WARN, ATTEMPT, &facts, &outcome, "attempt failed"),
        }
        record(span, &outcome);
        for interceptor in self.inner.interceptors.iter().rev() {
            interceptor.after_attempt(attempt, &outcome);
        }
    }
}

impl Facts<'_> {
    fn of_endpoint(unsigned: &Unsigned) -> (Option<String>, Option<u16>) {
        let call = Call { id: 0, operation: unsigned.operation, region: None };
        Facts { call: &call, method: None, authority: Some(&unsigned.endpoint.authority) }.address()
    }
}

impl Watch {
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Remembers where the request goes.
    pub(super) fn note(&mut self, unsigned: &Unsigned) {
        if self.began.is_some() {
            self.request = Some((unsigned.method.clone(), unsigned.endpoint.authority.clone()));
        }
    }
}

/// Result of a call or an attempt.
pub(super) struct Ended<'a> {
    pub(super) result: Result<&'a Done, &'a Error>,
    pub(super) attempts: usize,
    pub(super) waited: Duration,
}

impl<'a> Ended<'a> {
    fn outcome(&self, elapsed: Duration) -> Outcome<'a> {
        let (status, request_id) = match self.result {
            Ok(done) => (Some(done.status.as_u16()), done.answer.request_id.as_deref()),
            Err(error) => (error.status(), error.request_id()),
        };
        let (attempts, waited) = (self.attempts, self.waited);
        Outcome { error: self.result.err(), status, request_id, attempts, elapsed, waited }
    }
}

fn record(span: &Span, outcome: &Outcome<'_>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", outcome.status);
    span.record("http.request.resend_count", outcome.attempts.saturating_sub(1));
    span.record("request_id", outcome.request_id.map(short_name).as_deref());
    if let Some(error) = outcome.error {
        span.record("error.type", error.kind().name());
        span.record("rpc.response.status_code", error.code());
        span.record("otel.status_code", "ERROR");
    }
}
