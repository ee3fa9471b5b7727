//! How often to try, and how long to wait between attempts.

use crate::error::{Error, ErrorKind};
use std::time::Duration;

/// How often a call is tried and how long is waited between attempts.
///
/// The wait before retry *n* is a random time between nothing and `base_delay` times 2 to the *n*-1,
/// `max_delay` at most. A throttled call waits on a scale of its own, because limits are counted by the
/// second. A service that says `Retry-After` is obeyed: the random time is added to what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    throttled_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, delays from 200 ms (1 s when throttled) up to 20 s.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(200),
            throttled_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(20),
        }
    }
}

impl RetryPolicy {
    /// The default policy, to be changed by the methods below.
    pub fn new() -> Self {
        Self::default()
    }

    /// One attempt and no more.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the most attempts, the first one included. Zero means one.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait before the first retry.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait before the first retry of a throttled call.
    #[must_use]
    pub fn throttled_delay(mut self, delay: Duration) -> Self {
        self.throttled_delay = delay;
        self
    }

    /// Sets the longest wait before any retry. What the service asks for by `Retry-After` is not cut.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Whether another attempt is allowed after `made` attempts.
    pub fn allows(&self, made: u32) -> bool {
        made < self.max_attempts
    }

    /// How long to wait before retry number `retry` (from 1). `random` spreads the wait over its range.
    pub fn delay(&self, retry: u32, error: &Error, random: u64) -> Duration {
        let base = if error.kind() == ErrorKind::Throttled { self.throttled_delay } else { self.base_delay };
        let doubled = base.saturating_mul(1_u32.checked_shl(retry.saturating_sub(1)).unwrap_or(u32::MAX));
        let most = doubled.min(self.max_delay);
        // The longest time there is does not survive the way through a float: it would be too long by a little.
        let spread = most.as_secs_f64() * (random as f64 / u64::MAX as f64);
        let jitter = Duration::try_from_secs_f64(spread).unwrap_or(most).min(most);
        error.retry_after().unwrap_or_default().saturating_add(jitter)
    }
}
