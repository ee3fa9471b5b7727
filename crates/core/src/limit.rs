//! Documented rate limits, applied by the client if enabled.

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::operation::OperationMeta;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// Delays calls so that no second contains more calls of an operation than its document allows.
///
/// For each operation it stores the times of the last calls, as many as the limit. The next call waits until the oldest
/// of them is one second ago. Unlike a token bucket, it never allows twice the limit within a second. Retries count as
/// calls.
#[derive(Debug, Default)]
pub struct RateLimiter {
    operations: Mutex<HashMap<&'static str, VecDeque<Instant>>>,
}

impl RateLimiter {
    /// Returns a limiter without earlier calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a call of the operation may be sent.
    ///
    /// # Errors
    /// [`TimedOut`](ErrorKind::TimedOut) if the wait would be longer than `at_most`. In this case it returns
    /// immediately and does not count the call.
    pub async fn acquire(
        &self,
        operation: &'static OperationMeta,
        clock: &dyn Clock,
        at_most: Duration,
    ) -> Result<(), Error> {
        let wait = self.reserve(operation, clock.monotonic(), at_most).ok_or_else(|| {
            let limit = operation.rate_limit;
            Error::new(
                ErrorKind::TimedOut,
                format!("the call's time is over before the limit of {limit} calls per second lets it out"),
            )
        })?;
        if !wait.is_zero() {
            tracing::debug!(operation = operation.name, ?wait, "waiting for the rate limit");
            clock.sleep(wait).await;
        }
        Ok(())
    }

    /// Reserves the next call and returns the delay until then, or `None` if it is longer than `at_most`.
    fn reserve(&self, operation: &'static OperationMeta, now: Instant, at_most: Duration) -> Option<Duration> {
        let limit = operation.rate_limit as usize;
        if limit == 0 {
            return Some(Duration::ZERO);
        }
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = operations.entry(operation.name).or_default();
        let full = calls.len() >= limit;
        let free = calls.front().filter(|_| full).map_or(now, |oldest| *oldest + WINDOW).max(now);
        let wait = free.duration_since(now);
        if wait > at_most {
            return None;
        }
        if full {
            calls.pop_front();
        }
        calls.push_back(free);
        Some(wait)
    }
}
