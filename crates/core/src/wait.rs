//! Waiting until something has become what it shall be.

#[cfg(test)]
mod tests;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use futures_util::future::BoxFuture;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Failures in a row that a waiter puts up with, when they are of a kind that passes.
const TOLERATED: u32 = 3;
/// By how much an interval grows, in percent.
const GROWTH: u32 = 150;

/// What a state means for a waiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<T> {
    /// The goal is reached, and this is what the caller gets.
    Success(T),
    /// The goal cannot be reached from here.
    Failure,
    /// Ask again later.
    GoOn,
}

/// Asks again and again until a goal is reached. Await it.
///
/// It asks at once, then after [`poll_interval`](Self::poll_interval) (5 s), then after longer and longer
/// ones up to [`max_poll_interval`](Self::max_poll_interval) (30 s), and a last time when the
/// [`timeout`](Self::timeout) is over. A failure that passes (no connection, throttled) is put up with
/// three times in a row, over and above the retries of each call.
///
/// `T` is what the caller gets, `S` the state that is watched.
///
/// # Errors
/// Awaiting gives [`WaitFailed`](ErrorKind::WaitFailed) in a state from which the goal cannot be reached,
/// [`Timeout`](ErrorKind::Timeout) naming the last state, or the error of a call.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Waiter<T, S> {
    clock: Arc<dyn Clock>,
    goal: String,
    poll: Poll<T, S>,
    on_progress: Option<Tell<S>>,
    timeout: Duration,
    interval: Duration,
    max_interval: Duration,
}

type Tell<S> = Box<dyn FnMut(&S) + Send>;
type Poll<T, S> = Box<dyn FnMut() -> BoxFuture<'static, Result<(S, Verdict<T>), Error>> + Send>;

impl<T, S> Waiter<T, S> {
    /// A waiter for a goal, in words that follow "waiting for" (`cluster cls-1 to be Running`). `poll`
    /// asks once and tells the state and what it means.
    pub fn new<F, P>(connection: &Connection, goal: impl Into<String>, timeout: Duration, mut poll: P) -> Self
    where
        P: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(S, Verdict<T>), Error>> + Send + 'static,
    {
        Self {
            clock: connection.clock(),
            goal: goal.into(),
            poll: Box::new(move || Box::pin(poll())),
            on_progress: None,
            timeout,
            interval: Duration::from_secs(5),
            max_interval: Duration::from_secs(30),
        }
    }

    /// Bounds the waiting.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the first interval between two polls. 5 seconds by default.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets the longest interval between two polls. 30 seconds by default.
    pub fn max_poll_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// Calls `tell` with the first state, and then with every state that differs from the one before.
    pub fn on_progress(mut self, tell: impl FnMut(&S) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }
}

impl<T, S: fmt::Display + PartialEq> Waiter<T, S> {
    async fn run(mut self) -> Result<T, Error> {
        let deadline = crate::connection::deadline(self.clock.monotonic(), self.timeout);
        let mut interval = self.interval.min(self.max_interval);
        let mut last: Option<S> = None;
        let mut trouble: Option<Error> = None;
        let mut failures = 0;
        loop {
            // A call that hangs must not outlast the waiter. The first poll is due even without any time.
            let patience = self.left(deadline).max(self.interval);
            match tokio::time::timeout(patience, (self.poll)()).await {
                Err(_) => return Err(self.overdue(last.as_ref(), trouble)),
                Ok(Ok((state, verdict))) => {
                    failures = 0;
                    trouble = None;
                    self.progress(last.as_ref(), &state);
                    match verdict {
                        Verdict::Success(result) => return Ok(result),
                        Verdict::Failure => return Err(self.failed(&state)),
                        Verdict::GoOn => last = Some(state),
                    }
                }
                Ok(Err(error)) => {
                    failures += 1;
                    if !error.is_retryable() || failures > TOLERATED {
                        return Err(error);
                    }
                    tracing::debug!(%error, goal = self.goal, "asking failed; will ask again");
                    trouble = Some(error);
                }
            }
            let left = self.left(deadline);
            if left.is_zero() {
                return Err(self.overdue(last.as_ref(), trouble));
            }
            self.clock.sleep(interval.min(left)).await;
            interval = (interval * GROWTH / 100).min(self.max_interval);
        }
    }

    fn left(&self, deadline: Instant) -> Duration {
        deadline.saturating_duration_since(self.clock.monotonic())
    }

    fn progress(&mut self, before: Option<&S>, state: &S) {
        if before != Some(state) {
            tracing::debug!(goal = self.goal, %state, "waiting");
            if let Some(tell) = &mut self.on_progress {
                tell(state);
            }
        }
    }

    fn failed(&self, state: &S) -> Error {
        let goal = &self.goal;
        Error::new(ErrorKind::WaitFailed, format!("waiting for {goal}: the state is {state}, from which it cannot be"))
    }

    fn overdue(&self, last: Option<&S>, trouble: Option<Error>) -> Error {
        let (goal, timeout) = (&self.goal, self.timeout);
        let state = last.map_or_else(|| "no state was seen".to_owned(), |state| format!("the last state was {state}"));
        let error = Error::new(ErrorKind::Timeout, format!("waiting for {goal}: not within {timeout:?}, {state}"));
        match trouble {
            Some(trouble) => error.with_source(trouble),
            None => error,
        }
    }
}

impl<T: 'static, S: fmt::Display + PartialEq + Send + 'static> IntoFuture for Waiter<T, S>
where
    T: Send,
{
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        let goal = self.goal.clone();
        Box::pin(async move { self.run().await.map_err(|error| unread(error, &goal)) })
    }
}

/// An error that says nothing about the state says what was waited for.
fn unread(error: Error, goal: &str) -> Error {
    match error.kind() {
        ErrorKind::Decode | ErrorKind::Connection | ErrorKind::Transient => error.while_waiting(goal),
        _ => error,
    }
}

impl<T, S> fmt::Debug for Waiter<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("goal", &self.goal)
            .field("timeout", &self.timeout)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
