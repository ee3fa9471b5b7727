//! The polling loop of a waiter. It does not depend on the types of the state and the result, so it is compiled once
//! instead of for every waiter.

use super::{Verdict, is_gone};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Number of temporary failures in a row that a waiter tolerates.
const TOLERATED: u32 = 3;
/// Growth of the interval after each poll, in percent of the one before.
const GROWTH: u32 = 150;

/// Operation that a waiter polls.
pub(super) trait Polled: Send {
    /// Polls once.
    fn poll(&mut self) -> BoxFuture<'_, Result<Seen, Error>>;
}

/// Result of a poll.
pub(super) struct Seen {
    pub(super) verdict: Verdict<()>,
    /// State, for messages.
    pub(super) state: String,
    /// Whether the state differs from the one before.
    pub(super) changed: bool,
}

/// Goal, intervals and timeout of a waiter.
pub(super) struct Schedule {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) goal: String,
    pub(super) timeout: Duration,
    pub(super) interval: Duration,
    pub(super) max_interval: Duration,
    pub(super) grace: Duration,
}

impl Schedule {
    /// Polls until the goal is reached.
    pub(super) async fn drive(&self, polled: &mut dyn Polled) -> Result<(), Error> {
        self.polls(polled).await.map_err(|error| unread(error, &self.goal))
    }

    async fn polls(&self, polled: &mut dyn Polled) -> Result<(), Error> {
        let began = self.clock.monotonic();
        let deadline = crate::connection::deadline(began, self.timeout);
        let shown_by = crate::connection::deadline(began, self.grace.min(self.timeout));
        let mut interval = self.interval.min(self.max_interval);
        let mut last: Option<String> = None;
        let mut trouble: Option<Error> = None;
        // Set if the resource was missing at the last poll.
        let mut missing: Option<Error> = None;
        let (mut failures, mut seen, mut moved) = (0, false, false);
        loop {
            // A call that hangs must not outlast the waiter. The first poll is made even if no time is left.
            let patience = self.left(deadline).max(self.interval);
            let seen_now = match tokio::time::timeout(patience, polled.poll()).await {
                Err(_) => return Err(missing.unwrap_or_else(|| self.overdue(last.as_deref(), trouble))),
                Ok(result) => result,
            };
            let grace = self.left(shown_by);
            // Maximum length of the next delay.
            let mut longest = self.left(deadline);
            match seen_now {
                Ok(Seen { verdict, state, changed }) => {
                    failures = 0;
                    (trouble, missing) = (None, None);
                    if changed {
                        tracing::debug!(goal = self.goal, %state, "waiting");
                    }
                    match verdict {
                        Verdict::Success(()) => return Ok(()),
                        Verdict::Retry => (seen, moved) = (true, true),
                        Verdict::Rests if !moved && !grace.is_zero() => {
                            seen = true;
                            longest = grace;
                        }
                        Verdict::Absent if !seen && !grace.is_zero() => {
                            missing = Some(self.missing(&state));
                            longest = grace;
                        }
                        Verdict::Failure | Verdict::Rests => return Err(self.failed(&state)),
                        Verdict::Absent | Verdict::Gone => return Err(self.missing(&state)),
                    }
                    last = Some(state);
                }
                Err(error) if is_gone(&error) => {
                    if seen || grace.is_zero() {
                        return Err(error);
                    }
                    failures = 0;
                    tracing::debug!(%error, goal = self.goal, "not there yet; will ask again");
                    missing = Some(error);
                    longest = grace;
                }
                Err(error) => {
                    failures += 1;
                    let passes = error.is_retryable() || (!seen && error.kind() == ErrorKind::PermissionDenied);
                    if !passes || failures > TOLERATED {
                        return Err(error);
                    }
                    tracing::debug!(%error, goal = self.goal, "asking failed; will ask again");
                    trouble = Some(error);
                }
            }
            if self.left(deadline).is_zero() {
                return Err(self.overdue(last.as_deref(), trouble));
            }
            self.clock.sleep(interval.min(longest)).await;
            interval = (interval.saturating_mul(GROWTH) / 100).min(self.max_interval);
        }
    }

    fn left(&self, deadline: Instant) -> Duration {
        deadline.saturating_duration_since(self.clock.monotonic())
    }

    fn failed(&self, state: &str) -> Error {
        let goal = &self.goal;
        Error::new(ErrorKind::WaitFailed, format!("waiting for {goal}: the state is {state}, from which it cannot be"))
    }

    fn missing(&self, state: &str) -> Error {
        let goal = &self.goal;
        Error::new(ErrorKind::NotFound, format!("waiting for {goal}: not found, the state is {state}"))
    }

    fn overdue(&self, last: Option<&str>, trouble: Option<Error>) -> Error {
        let (goal, timeout) = (&self.goal, self.timeout);
        let state = last.map_or_else(|| "no state was seen".to_owned(), |state| format!("the last state was {state}"));
        let error = Error::new(ErrorKind::TimedOut, format!("waiting for {goal}: not within {timeout:?}, {state}"));
        match trouble {
            Some(trouble) => error.with_source(trouble),
            None => error,
        }
    }
}

/// Adds the goal to an error that does not contain the state.
fn unread(error: Error, goal: &str) -> Error {
    match error.kind() {
        ErrorKind::Decode | ErrorKind::ConnectionFailed | ErrorKind::Transient => error.while_waiting(goal),
        _ => error,
    }
}
