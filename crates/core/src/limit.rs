//! The documented rate limits, kept on the client's side when asked.

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::operation::OperationMeta;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// Spaces calls out so that no second holds more calls of an operation than its document allows.
///
/// Per operation it remembers when the last calls went out, as many as the limit: the next one waits
/// until the oldest of them is a second ago. Unlike a bucket that refills, it never lets twice the
/// limit through around a pause. Retries count as calls.
#[derive(Debug, Default)]
pub struct RateLimiter {
    operations: Mutex<HashMap<&'static str, VecDeque<Instant>>>,
}

impl RateLimiter {
    /// A limiter that has seen no call yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a call of the operation may go out.
    ///
    /// # Errors
    /// [`Timeout`](ErrorKind::TimedOut), without waiting and without using up a place, when the wait would
    /// last longer than `at_most`.
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

    /// Takes the next place and tells how far away it is, or nothing when it is farther than `at_most`.
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
