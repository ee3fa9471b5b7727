//! Waiters: poll an operation until a resource reaches a state.

mod drive;
#[cfg(test)]
mod tests;

use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::operation::OperationMeta;
use drive::{Polled, Schedule, Seen};
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time that a service may take to show the effect of the request before the wait.
const GRACE: Duration = Duration::from_secs(60);

/// Meaning of a state for a waiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<T> {
    /// The goal is reached. Contains the result for the caller.
    Success(T),
    /// The goal cannot be reached from this state.
    Failure,
    /// Poll again later.
    Retry,
    /// The state does not change without a request: a resource is asleep or switched off, or an earlier attempt has
    /// failed. The request may just have been made, so this is a failure only after the grace period, or if another
    /// state was seen before.
    Rests,
    /// The resource is not listed: not yet, which is a failure only after the grace period, or no longer.
    Absent,
    /// The resource was listed before and is not listed now.
    Gone,
}

impl<T> Verdict<T> {
    /// Converts the result.
    pub fn map<U>(self, result: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Success(value) => Verdict::Success(result(value)),
            Self::Failure => Verdict::Failure,
            Self::Retry => Verdict::Retry,
            Self::Rests => Verdict::Rests,
            Self::Absent => Verdict::Absent,
            Self::Gone => Verdict::Gone,
        }
    }
}

/// Returns whether an error reports that the requested resource does not exist.
///
/// This is the one definition for all waiters. Every documented code with this meaning has the kind
/// [`NotFound`](ErrorKind::NotFound), and so does every undocumented code whose name states it. A 404 without a code of
/// the service does not count, because a proxy or a wrong address also returns it.
pub fn is_gone(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// Returns the output of an operation, or `None` if the error reports that the resource does not exist. Used to poll
/// deletions.
///
/// # Errors
/// Every other error of the operation.
pub fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(output) => Ok(Some(output)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the error of a resource that a response should list and does not.
pub fn not_listed(operation: &'static OperationMeta, thing: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no {thing}")).with_operation(operation)
}

/// Record of the items of a set that have been listed, for waiters that watch several resources at once.
#[derive(Debug, Clone, Default)]
pub struct Listed(Arc<Mutex<BTreeSet<String>>>);

impl Listed {
    /// Records the items that are listed now, and returns the verdict on those that are missing: `None` if all are
    /// listed, [`Gone`](Verdict::Gone) if a missing one was listed before, [`Absent`](Verdict::Absent) otherwise.
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

/// Polls until a goal is reached. Await it.
///
/// The first poll is immediate. The interval starts at [`poll_interval`](Self::poll_interval) (5 s) and grows up to
/// [`max_poll_interval`](Self::max_poll_interval) (30 s). The last poll is at the end of the
/// [`timeout`](Self::timeout). A temporary failure (no connection, throttled) is tolerated three times in a row, in
/// addition to the retries of each call.
///
/// A service may need time to show the effect of an earlier request. A resource that has not been seen may therefore be
/// missing during the [`grace`](Self::grace) period (60 s), whether the service returns an empty list or reports that
/// it does not exist. Until it has been seen, a denial of access is tolerated three times. A resource that has been
/// seen and is then missing ends the wait immediately. A state that changes only on request (asleep, switched off, failed
/// before) is a failure after the same period.
///
/// `T` is the result for the caller, `S` the state that is watched.
///
/// # Errors
/// Awaiting returns [`WaitFailed`](ErrorKind::WaitFailed) in a state from which the goal cannot be reached,
/// [`NotFound`](ErrorKind::NotFound) if the resource is gone or does not appear within the grace period,
/// [`TimedOut`](ErrorKind::TimedOut) naming the last state, or the error of a call.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Waiter<T, S> {
    schedule: Schedule,
    poll: Poll<T, S>,
    on_progress: Option<Tell<S>>,
}

type Tell<S> = Box<dyn FnMut(&S) + Send>;
type Poll<T, S> = Box<dyn FnMut() -> BoxFuture<'static, Result<(S, Verdict<T>), Error>> + Send>;

impl<T, S> Waiter<T, S> {
    /// Returns a waiter for a goal, worded to follow "waiting for" (`cluster cls-1 to be Running`). `poll` makes one
    /// poll and returns the state and its meaning.
    pub fn new<F, P>(connection: &Connection, goal: impl Into<String>, timeout: Duration, mut poll: P) -> Self
    where
        P: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(S, Verdict<T>), Error>> + Send + 'static,
    {
        let schedule = Schedule {
            clock: connection.clock(),
            goal: goal.into(),
            timeout,
            interval: Duration::from_secs(5),
            max_interval: Duration::from_secs(30),
            grace: GRACE,
        };
        Self { schedule, poll: Box::new(move || Box::pin(poll())), on_progress: None }
    }

    /// Sets the timeout of the wait.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.schedule.timeout = timeout;
        self
    }

    /// Sets the first interval between two polls. 5 seconds by default.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.schedule.interval = interval;
        self
    }

    /// Sets the longest interval between two polls. 30 seconds by default.
    pub fn max_poll_interval(mut self, interval: Duration) -> Self {
        self.schedule.max_interval = interval;
        self
    }

    /// Sets how long the resource may be missing before it has been seen. The default is 60 seconds unless the method
    /// that created the waiter documents another one. It never exceeds the timeout.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.schedule.grace = grace;
        self
    }

    /// Calls `tell` with the first state, and then with every state that differs from the one before.
    pub fn on_progress(mut self, tell: impl FnMut(&S) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(tell));
        self
    }
}

/// Operation that a waiter polls, with the types of its state and its result, which the driver does not see.
struct Typed<T, S> {
    poll: Poll<T, S>,
    on_progress: Option<Tell<S>>,
    last: Option<S>,
    result: Option<T>,
}

impl<T: Send, S: fmt::Display + PartialEq + Send> Polled for Typed<T, S> {
    fn poll(&mut self) -> BoxFuture<'_, Result<Seen, Error>> {
        Box::pin(async move {
            let (state, verdict) = (self.poll)().await?;
            let changed = self.last.as_ref() != Some(&state);
            if changed && let Some(tell) = &mut self.on_progress {
                tell(&state);
            }
            let seen =
                Seen { verdict: verdict.map(|result| self.result = Some(result)), state: state.to_string(), changed };
            self.last = Some(state);
            Ok(seen)
        })
    }
}

impl<T: Send + 'static, S: fmt::Display + PartialEq + Send + 'static> IntoFuture for Waiter<T, S> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { schedule, poll, on_progress } = self;
        let mut typed = Typed { poll, on_progress, last: None, result: None };
        Box::pin(async move {
            schedule.drive(&mut typed).await?;
            typed.result.ok_or_else(|| Error::new(ErrorKind::Other, "the waiter reached its goal without a result"))
        })
    }
}

impl<T, S> fmt::Debug for Waiter<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("goal", &self.schedule.goal)
            .field("timeout", &self.schedule.timeout)
            .field("interval", &self.schedule.interval)
            .finish_non_exhaustive()
    }
}
