//! Waiting until something has become what it shall be.

#[cfg(test)]
mod tests;

use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row that a waiter puts up with, when they are of a kind that passes.
const TOLERATED: u32 = 3;
/// By how much an interval grows, in percent.
const GROWTH: u32 = 150;
/// How long a service may take to show what it was just asked for.
const GRACE: Duration = Duration::from_secs(60);

/// What a state means for a waiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<T> {
    /// The goal is reached, and this is what the caller gets.
    Success(T),
    /// The goal cannot be reached from here.
    Failure,
    /// Ask again later.
    GoOn,
    /// The state is not left without a request: something sleeps, is switched off, or an attempt before has failed.
    /// The request may just have been made, so this is a failure only after the grace, or when another state was seen
    /// before.
    Rests,
    /// It is not listed: not yet, which is a failure only after the grace, or not any more.
    Absent,
    /// It was listed and is not any more.
    Gone,
}

impl<T> Verdict<T> {
    /// The same, with another result.
    pub fn map<U>(self, result: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Success(value) => Verdict::Success(result(value)),
            Self::Failure => Verdict::Failure,
            Self::GoOn => Verdict::GoOn,
            Self::Rests => Verdict::Rests,
            Self::Absent => Verdict::Absent,
            Self::Gone => Verdict::Gone,
        }
    }
}

/// Whether an error says that the thing that was asked for does not exist.
///
/// This is the one definition for all waiters: every code that a document gives that meaning to has the kind
/// [`NotFound`](ErrorKind::NotFound), and so has a code that no document has and that says so in words. A 404 without
/// a code of the service does not: a proxy or a wrong address answers it too.
pub fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// Remembers which members of a set have been listed, for waiters that watch several things at once.
#[derive(Debug, Clone, Default)]
pub struct Listed(Arc<Mutex<BTreeSet<String>>>);

impl Listed {
    /// Takes the members that are listed now, and returns what it means that others are not: nothing when there are
    /// no others, [`Gone`](Verdict::Gone) when one of them was listed before, [`Absent`](Verdict::Absent) otherwise.
    pub fn judge<'a, T>(&self, members: impl IntoIterator<Item = (&'a str, bool)>) -> Option<Verdict<T>> {
        let mut before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut verdict = None;
        for (member, listed) in members {
            if listed {
                before.insert(member.to_owned());
            } else if before.contains(member) {
                verdict = Some(Verdict::Gone);
            } else {
                verdict = verdict.or(Some(Verdict::Absent));
            }
        }
        verdict
    }
}

/// Asks again and again until a goal is reached. Await it.
///
/// It asks at once, then after [`poll_interval`](Self::poll_interval) (5 s), then after longer and longer
/// ones up to [`max_poll_interval`](Self::max_poll_interval) (30 s), and a last time when the
/// [`timeout`](Self::timeout) is over. A failure that passes (no connection, throttled) is put up with
/// three times in a row, over and above the retries of each call.
///
/// A service may not show at once what it was just asked for. What has not been seen may therefore be missing during
/// the [`grace`](Self::grace) (60 s), whether the service answers with an empty list or that there is no such thing;
/// a denial of access is put up with three times until it has been seen. What has been seen and is then missing ends
/// the wait at once. A state that only a request ends (asleep, switched off, failed before) is a failure after the same
/// time.
///
/// `T` is what the caller gets, `S` the state that is watched.
///
/// # Errors
/// Awaiting gives [`WaitFailed`](ErrorKind::WaitFailed) in a state from which the goal cannot be reached,
/// [`NotFound`](ErrorKind::NotFound) when the thing is gone or does not appear within the grace,
/// [`Timeout`](ErrorKind::TimedOut) naming the last state, or the error of a call.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Waiter<T, S> {
    clock: Arc<dyn Clock>,
    goal: String,
    poll: Poll<T, S>,
    on_progress: Option<Tell<S>>,
    timeout: Duration,
    interval: Duration,
    max_interval: Duration,
    grace: Duration,
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
            grace: GRACE,
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

    /// Sets how long the thing may be missing before it has been seen. 60 seconds by default unless the method that
    /// made the waiter says otherwise, and never longer than the timeout.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
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
        let began = self.clock.monotonic();
        let deadline = crate::connection::deadline(began, self.timeout);
        let shown_by = crate::connection::deadline(began, self.grace.min(self.timeout));
        let mut interval = self.interval.min(self.max_interval);
        let mut last: Option<S> = None;
        let mut trouble: Option<Error> = None;
        // That it was missing at the last look.
        let mut missing: Option<Error> = None;
        let (mut failures, mut seen, mut moved) = (0, false, false);
        loop {
            // A call that hangs must not outlast the waiter. The first poll is due even without any time.
            let patience = self.left(deadline).max(self.interval);
            let polled = match tokio::time::timeout(patience, (self.poll)()).await {
                Err(_) => return Err(missing.unwrap_or_else(|| self.overdue(last.as_ref(), trouble))),
                Ok(polled) => polled,
            };
            let grace = self.left(shown_by);
            // How long the next sleep may be.
            let mut longest = self.left(deadline);
            match polled {
                Ok((state, verdict)) => {
                    failures = 0;
                    (trouble, missing) = (None, None);
                    self.progress(last.as_ref(), &state);
                    match verdict {
                        Verdict::Success(result) => return Ok(result),
                        Verdict::GoOn => (seen, moved) = (true, true),
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
                return Err(self.overdue(last.as_ref(), trouble));
            }
            self.clock.sleep(interval.min(longest)).await;
            interval = (interval.saturating_mul(GROWTH) / 100).min(self.max_interval);
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

    fn missing(&self, state: &S) -> Error {
        let goal = &self.goal;
        Error::new(ErrorKind::NotFound, format!("waiting for {goal}: not found, the state is {state}"))
    }

    fn overdue(&self, last: Option<&S>, trouble: Option<Error>) -> Error {
        let (goal, timeout) = (&self.goal, self.timeout);
        let state = last.map_or_else(|| "no state was seen".to_owned(), |state| format!("the last state was {state}"));
        let error = Error::new(ErrorKind::TimedOut, format!("waiting for {goal}: not within {timeout:?}, {state}"));
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
        ErrorKind::Decode | ErrorKind::ConnectionFailed | ErrorKind::Transient => error.while_waiting(goal),
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
