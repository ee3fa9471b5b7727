//! Number of attempts, and delays between them.

use crate::error::{Error, ErrorKind};
use std::time::Duration;

/// Maximum number of attempts, and the delays between them.
///
/// The delay before retry *n* is a random time between zero and `base_delay` times 2 to the *n*-1, limited by
/// `max_delay`. A throttled call uses `throttled_delay` instead of `base_delay`, because rate limits are counted by the
/// second, and waits at least half of that time. A delay that the service requires with `Retry-After` is respected: the
/// random time is added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    throttled_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryPolicy {
    /// Returns a policy with three attempts and delays from 200 ms (1 s if throttled) up to 20 s.
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
    /// Returns the default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a policy with one attempt.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, including the first one. Zero means one.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the maximum delay before the first retry.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the maximum delay before the first retry of a throttled call.
    #[must_use]
    pub fn throttled_delay(mut self, delay: Duration) -> Self {
        self.throttled_delay = delay;
        self
    }

    /// Sets the maximum delay before any retry. It does not limit a delay that the service requires with `Retry-After`.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Returns whether another attempt is allowed after `made` attempts.
    pub fn allows(&self, made: u32) -> bool {
        made < self.max_attempts
    }

    /// Returns the delay before retry number `retry` (from 1). `random` spreads the delay over its range.
    pub fn delay(&self, retry: u32, error: &Error, random: u64) -> Duration {
        let base = if error.kind() == ErrorKind::Throttled { self.throttled_delay } else { self.base_delay };
        let doubled = base.saturating_mul(1_u32.checked_shl(retry.saturating_sub(1)).unwrap_or(u32::MAX));
        let most = doubled.min(self.max_delay);
        // The maximum `Duration` does not survive the conversion to a float: it would become slightly too long.
        let part = random as f64 / u64::MAX as f64;
        // A second call within the same second would be refused again.
        let halved = error.kind() == ErrorKind::Throttled && error.retry_after().is_none();
        let spread = most.as_secs_f64() * if halved { 0.5 + part / 2.0 } else { part };
        let jitter = Duration::try_from_secs_f64(spread).unwrap_or(most).min(most);
        error.retry_after().unwrap_or_default().saturating_add(jitter)
    }
}
