//! Rate limits that the client keeps: those that are documented, and those that refusals teach.

#[cfg(test)]
mod tests;
mod window;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::operation::OperationMeta;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use window::Window;

/// Delays calls so that the service receives no more calls of an operation in a second than its document allows.
///
/// A call counts until one second after its response has arrived, because the service counted it before that. Calls wait
/// in the order in which they were made. A retry is a call too.
///
/// If the service refuses a call because of too many calls, the limit of its operation is lowered to 70 %. Calls that
/// succeed raise it again, up to the documented limit. An operation without a documented limit is limited from its first
/// refusal until calls succeed at a rate of 100 per second.
#[derive(Debug, Default)]
pub struct RateLimiter {
    operations: Mutex<HashMap<(&'static str, &'static str), Arc<Limited>>>,
    /// Whether an operation without a documented limit was refused.
    learned: AtomicBool,
}

/// State of one operation.
#[derive(Debug)]
struct Limited {
    /// Held by the call that is the next one. Other calls wait for it in order.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    window: Mutex<Window>,
}

/// Permission to send one call, to give back when its response has arrived.
#[derive(Debug, Default)]
#[must_use = "without the response, the call counts for longer"]
pub struct Permit {
    counted: Option<(Arc<Limited>, u64)>,
    waited: Duration,
}

/// A call that waits, until it is dropped.
struct Waiting<'a>(&'a Limited);

impl RateLimiter {
    /// Returns a limiter without earlier calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a call of the operation may be sent. `at_most` is the maximum length of the wait.
    ///
    /// # Errors
    /// [`TimedOut`](ErrorKind::TimedOut) if the wait is longer than `at_most`. It is returned immediately if this is
    /// foreseeable. The call is not counted.
    pub async fn acquire(
        &self,
        operation: &'static OperationMeta,
        clock: &dyn Clock,
        at_most: Option<Duration>,
    ) -> Result<Permit, Error> {
        if operation.rate_limit == 0 && !self.learned.load(Ordering::Relaxed) {
            return Ok(Permit::default());
        }
        let limited = self.limited(operation);
        let (waiting, before) = Waiting::begin(&limited);
        let began = clock.monotonic();
        let quick = || limited.turn.try_lock().ok().and_then(|_turn| limited.take(began).ok());
        if let Some(number) = (before == 0).then(quick).flatten() {
            drop(waiting);
            return Ok(Permit { counted: Some((limited, number)), waited: Duration::ZERO });
        }
        let late = || {
            let reason = "the call's time is over before the limit of calls per second allows it";
            Error::new(ErrorKind::TimedOut, format!("{reason} (client_rate_limit)"))
        };
        if at_most.is_some_and(|most| limited.window().estimate(began, before) > most) {
            return Err(late());
        }
        tracing::debug!(operation = operation.name, before, "waiting for the rate limit");
        let number = match at_most {
            None => limited.turn(clock).await,
            Some(most) => tokio::time::timeout(most, limited.turn(clock)).await.map_err(|_| late())?,
        };
        drop(waiting);
        let waited = clock.monotonic().saturating_duration_since(began);
        Ok(Permit { counted: Some((limited, number)), waited })
    }

    /// Records that the response to a call has arrived, and whether the service refused the call because of too many
    /// calls.
    pub fn answered(&self, operation: &'static OperationMeta, permit: Permit, clock: &dyn Clock, refused: bool) {
        match permit.counted {
            Some((limited, number)) => limited.window().answered(number, clock.monotonic(), refused),
            None if refused => {
                self.learned.store(true, Ordering::Relaxed);
                self.limited(operation).window().answered(0, clock.monotonic(), true);
            }
            None => {}
        }
    }

    fn limited(&self, operation: &'static OperationMeta) -> Arc<Limited> {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let limited = operations.entry((operation.version, operation.name)).or_insert_with(|| {
            Arc::new(Limited {
                turn: tokio::sync::Mutex::new(()),
                waiting: AtomicUsize::new(0),
                window: Mutex::new(Window::new(operation.rate_limit)),
            })
        });
        Arc::clone(limited)
    }
}

impl Limited {
    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, now: Instant) -> Result<u64, Duration> {
        self.window().take(now)
    }

    /// Waits for the calls before this one, then for the limit. Only one call sleeps at a time, so that a limit that
    /// changes applies to all calls that wait.
    async fn turn(&self, clock: &dyn Clock) -> u64 {
        let _turn = self.turn.lock().await;
        loop {
            match self.take(clock.monotonic()) {
                Ok(number) => return number,
                Err(delay) => clock.sleep(delay).await,
            }
        }
    }
}

impl Permit {
    /// Returns how long the call has waited.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl<'a> Waiting<'a> {
    /// Also returns the number of calls that wait already.
    fn begin(limited: &'a Limited) -> (Self, usize) {
        let before = limited.waiting.fetch_add(1, Ordering::Relaxed);
        (Self(limited), before)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
