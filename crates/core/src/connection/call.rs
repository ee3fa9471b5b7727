//! The steps of a call, from its input to its response.

use super::attempt::{Done, Failure, Target, Timing, Try};
use super::change::Found;
use super::forward::Forwarded;
use super::observe::{Ended, Watch};
use super::{CALL_TIMEOUT, CallOptions, Connection};
use crate::error::{Attempt, Error, ErrorKind};
use crate::intercept;
use crate::model::json::{Mode, read_value};
use crate::model::{self, Kept, Model};
use crate::operation::{Entry, OperationMeta};
use crate::product::{EncodeInput, Unsigned};
use crate::response::Response;
use crate::retry::{RetryPolicy, may_repeat};
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The parts of a call that do not change.
#[derive(Clone, Copy)]
struct Plan<'a> {
    call: &'a intercept::Call<'a>,
    input: &'a dyn Model,
    forwarded: Option<&'a Forwarded>,
    options: &'a CallOptions,
}

impl Connection {
    /// Sends the input of an operation and fills `output` from the response, with the retries that the policy allows.
    ///
    /// Every typed call ends here. The returned response contains no output itself.
    ///
    /// # Errors
    /// Any error of a call, with the operation and the attempts before the last one.
    pub fn execute<'a>(
        &'a self,
        meta: &'static OperationMeta,
        input: &'a dyn Model,
        options: &'a CallOptions,
        output: &'a mut dyn Model,
    ) -> BoxFuture<'a, Result<Response<()>, Error>> {
        // Boxed, so that the code of a call is compiled here and not again in every service crate.
        Box::pin(self.execute_traced(meta, input, None, options, Target::Output(output)))
    }

    /// Runs the attempts in a span that records the result of the call.
    pub(super) async fn execute_traced(
        &self,
        meta: &'static OperationMeta,
        input: &dyn Model,
        forwarded: Option<&Forwarded>,
        options: &CallOptions,
        target: Target<'_>,
    ) -> Result<Response<()>, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            let reason = "is missing: calls need a Tokio runtime with time and io, such as that of #[tokio::main]";
            return Err(Error::configuration("runtime", reason).with_operation(meta));
        }
        let call = self.observed(meta, options.region.as_deref().or(self.region()));
        let mut watch = self.watch(&call);
        let span = watch.span();
        let mut timing = self.timing(options);
        let plan = Plan { call: &call, input, forwarded, options };
        let result = self.run_attempts(&plan, &mut timing, target, &mut watch).instrument(span).await;
        match result {
            Ok((done, attempts)) => {
                let ended = Ended { result: Ok(&done), attempts: attempts.len() + 1, waited: timing.waited };
                self.call_ended(watch, &call, &ended);
                let Done { status, headers, answer } = done;
                let (request_id, problems) = (answer.request_id, answer.problems);
                Ok(Response { output: (), request_id, status: status.as_u16(), headers, attempts, problems })
            }
            Err(error) => {
                let error = error.bounded().with_operation(meta);
                let attempts = error.attempts().len() + 1;
                self.call_ended(watch, &call, &Ended { result: Err(&error), attempts, waited: timing.waited });
                Err(error)
            }
        }
    }

    /// Calls an operation by its entry in the table of operations, with JSON as input and output.
    ///
    /// The input's fields are checked against the operation before anything is sent: an unknown field or one of the
    /// wrong type is rejected by name. `null` represents an input without fields. Documented fields of the response are
    /// read like those of typed clients; unknown ones are passed on as the service sent them.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn call(&self, entry: &Entry, input: Value) -> Result<Value, Error> {
        Ok(self.call_with_response(entry, input, &CallOptions::default()).await?.output)
    }

    /// Calls an operation like [`call`](Self::call), with options. Additionally returns the request id, status, headers
    /// and attempts.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn call_with_response(
        &self,
        entry: &Entry,
        input: Value,
        options: &CallOptions,
    ) -> Result<Response<Value>, Error> {
        let mut model = entry.input();
        if !input.is_null() {
            read_value(&input, &mut *model, Mode::Strict)
                .map_err(|problem| Error::from(problem).with_operation(entry.meta).bounded())?;
        }
        self.set_token(entry.meta, &mut *model);
        let mut output = Kept::new(entry.output());
        let response = self.execute(entry.meta, &*model, options, &mut output).await?;
        Ok(response.map(|()| output.into_value()))
    }

    /// Checks the input, resolves the endpoint, encodes once, then attempts until success or until retries end. Also
    /// returns the attempts before the successful one.
    async fn run_attempts(
        &self,
        plan: &Plan<'_>,
        timing: &mut Timing,
        mut target: Target<'_>,
        watch: &mut Watch,
    ) -> Result<(Done, Vec<Attempt>), Error> {
        let Plan { call, input, forwarded, options } = *plan;
        let meta = call.operation;
        model::check(input)?;
        let mut unsigned = self.encode(meta, input, options)?;
        if let Some(forwarded) = forwarded {
            forwarded.write_to(&mut unsigned);
        }
        watch.note(&unsigned);
        let policy = options.retry.as_ref().unwrap_or(&self.inner.retry);
        let timeout = options.attempt_timeout.unwrap_or(self.inner.attempt_timeout);

        let mut before: Vec<Attempt> = Vec::new();
        let mut retries = 0;
        let (mut skew_corrected, mut renewed) = (false, false);
        let mut found = Found::default();
        let mut throttled: Option<Error> = None;
        loop {
            let attempt = Try { call, unsigned: &unsigned, input, number: before.len() + 1, timeout };
            let failure = match self.attempt_traced(&attempt, timing, &mut target).await {
                Ok(done) => {
                    self.inner.budget.refund();
                    return Ok((done, before));
                }
                Err(failure) => failure,
            };
            // The service's refusal is more useful than that there is no time for the wait that follows from it.
            if failure.limited
                && let Some(error) = throttled.take()
            {
                before.pop();
                return Err(self.final_error(error, before, call, &found));
            }
            found = failure.change.clone().or(found);
            // A rejected signature or token proves that the call had no effect, so this is not counted as a retry.
            let delay = if !skew_corrected && self.correct_skew(&failure) {
                skew_corrected = true;
                Duration::ZERO
            } else if !renewed && self.renewed(&failure, timing.deadline, &mut before).await? {
                renewed = true;
                Duration::ZERO
            } else if let Some(delay) = self.retry_delay(meta, policy, retries, &failure, timing.deadline) {
                retries += 1;
                delay
            } else {
                return Err(self.final_error(failure.error, before, call, &found));
            };
            throttled = (failure.error.kind() == ErrorKind::Throttled).then(|| failure.error.share());
            before.push(ended(&failure.error, delay));
            if !delay.is_zero() {
                self.inner.clock.sleep(delay).await;
            }
        }
    }

    /// Returns the error of a call.
    fn final_error(&self, error: Error, before: Vec<Attempt>, call: &intercept::Call<'_>, found: &Found) -> Error {
        let error = self.explained(error.with_attempts(before), call);
        if changes(call.operation) { error.with_change(found.change, &found.ids) } else { error }
    }

    /// Returns the deadline of a call that begins now.
    fn timing(&self, options: &CallOptions) -> Timing {
        let set = options.timeout.or(self.inner.call_timeout);
        let now = self.inner.clock.monotonic();
        Timing { deadline: deadline(now, set.unwrap_or(CALL_TIMEOUT)), fixed: set.is_some(), waited: Duration::ZERO }
    }

    /// Returns whether there are other credentials to replace the rejected ones. If their source fails, the call fails
    /// with that error.
    async fn renewed(&self, failure: &Failure, deadline: Instant, before: &mut Vec<Attempt>) -> Result<bool, Error> {
        self.renew_credentials(failure, deadline).await.map_err(|error| {
            before.push(ended(&failure.error, Duration::ZERO));
            error.with_attempts(std::mem::take(before))
        })
    }

    /// Resolves the endpoint and encodes the request.
    pub(super) fn encode(
        &self,
        meta: &'static OperationMeta,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<Unsigned, Error> {
        let region = options.region.as_deref().or(self.region());
        match region {
            Some(region) => self.inner.product.check_region(region)?,
            None if meta.region => {
                let reason = "is not set: give it to the connection's builder or to the call";
                return Err(Error::configuration("region", reason));
            }
            None => {}
        }
        let endpoint = self.endpoint(meta, region)?;
        let user_agent = &self.inner.user_agent;
        let signed = self.inner.signed.as_ref().unwrap_or(&endpoint);
        self.inner.product.encode(&EncodeInput {
            operation: meta,
            input,
            endpoint: &endpoint,
            signed,
            region,
            user_agent,
        })
    }

    /// Returns the delay before the next attempt, or `None` if there is no further attempt.
    fn retry_delay(
        &self,
        meta: &OperationMeta,
        policy: &RetryPolicy,
        retries: u32,
        failure: &Failure,
        deadline: Instant,
    ) -> Option<Duration> {
        if !may_repeat(meta.idempotent, failure.origin, &failure.error) || !policy.allows(retries + 1) {
            return None;
        }
        let clock = &self.inner.clock;
        let delay = policy.delay(retries + 1, &failure.error, clock.random());
        // The error of this attempt is more useful than that of a deadline that passes during a delay.
        if clock.monotonic().checked_add(delay).is_none_or(|next| next >= deadline) {
            tracing::debug!(?delay, "not tried again: the call's time is over before");
            return None;
        }
        // The limiter has lowered the rate, so that retries make nothing worse.
        let slowed = failure.error.kind() == ErrorKind::Throttled && self.inner.limiter.is_some();
        if !slowed && !self.inner.budget.take() {
            tracing::debug!("not tried again: the connection's retry budget is spent");
            return None;
        }
        tracing::debug!(operation = meta.name, ?delay, "trying again");
        Some(delay)
    }
}

/// Returns whether the operation changes something. Operations that are not safe to repeat do. Others with a path and a
/// method do, depending on the method.
fn changes(meta: &OperationMeta) -> bool {
    !meta.idempotent || matches!(meta.method, "PUT" | "DELETE" | "PATCH")
}

/// Returns the deadline of a timeout that starts now. A timeout longer than the clock can count becomes a hundred
/// years.
pub(crate) fn deadline(now: Instant, timeout: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    now.checked_add(timeout.min(CENTURY)).unwrap_or(now)
}

fn ended(error: &Error, delay: Duration) -> Attempt {
    Attempt {
        kind: error.kind(),
        code: error.code().map(str::to_owned),
        request_id: error.request_id().map(str::to_owned),
        status: error.status(),
        delay,
    }
}
