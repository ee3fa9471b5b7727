//! What several clients share, and the road of a call.

mod attempt;
mod call;
mod change;
mod endpoint;
mod generated;
mod mask;
mod settings;
mod sign;
#[cfg(test)]
mod tests;

pub(crate) use call::deadline;
pub use settings::Settings;

use crate::clock::Clock;
use crate::credentials::Cache;
use crate::error::Error;
use crate::limit::RateLimiter;
use crate::product::{Endpoint, Product};
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Transport;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// A product of a cloud, ready to be called: endpoint, credentials, transport, retries, limits.
///
/// Cheap to clone; clones share everything, the pool of connections and the retry budget included.
#[derive(Clone)]
pub struct Connection {
    inner: Arc<Inner>,
}

struct Inner {
    product: Arc<dyn Product>,
    transport: Arc<dyn Transport>,
    credentials: Cache,
    /// The full endpoint, when the caller gave one.
    endpoint: Option<Endpoint>,
    /// What signatures cover, when it is not what requests are sent to.
    signed: Option<Endpoint>,
    region: Option<String>,
    clock: Arc<dyn Clock>,
    retry: RetryPolicy,
    budget: Budget,
    limiter: Option<RateLimiter>,
    call_timeout: Duration,
    attempt_timeout: Duration,
    max_response_bytes: usize,
    user_agent: String,
    /// Milliseconds by which the server's clock is ahead of ours, once a refused signature has told.
    skew: AtomicI64,
}

/// Options of one call. What is not set is as the connection has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// Bounds the call, retries and waits included.
    pub timeout: Option<Duration>,
    /// Bounds each attempt.
    pub attempt_timeout: Option<Duration>,
    /// Which failed attempts are repeated, and when.
    pub retry: Option<RetryPolicy>,
    /// The region that the call goes to.
    pub region: Option<String>,
}

impl CallOptions {
    /// Sets the timeout of the call, retries and waits included.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the timeout of each attempt.
    #[must_use]
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets which failed attempts are repeated, and when.
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets the region that the call goes to.
    #[must_use]
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }
}

impl Connection {
    /// The product it is bound to.
    pub fn product(&self) -> &dyn Product {
        &*self.inner.product
    }

    /// The region of calls that do not name another.
    pub fn region(&self) -> Option<&str> {
        self.inner.region.as_deref()
    }

    /// The clock of deadlines, delays and signatures. Waiters use it too.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// What is left of the budget for retries.
    pub fn retry_budget(&self) -> &Budget {
        &self.inner.budget
    }

    /// By how much the server's clock is ahead of this machine's, in milliseconds; negative when behind.
    ///
    /// Zero until a signature was refused because of its time and the answer told the server's.
    pub fn clock_skew_millis(&self) -> i64 {
        self.inner.skew.load(Ordering::Relaxed)
    }

    /// Returns a time that the service states as this machine's clock shows it.
    pub fn by_own_clock(&self, time: SystemTime) -> SystemTime {
        let skew = Duration::from_millis(self.clock_skew_millis().unsigned_abs());
        let own = if self.clock_skew_millis() < 0 { time.checked_add(skew) } else { time.checked_sub(skew) };
        own.unwrap_or(time)
    }

    /// The time that signatures state.
    fn signing_time(&self) -> SystemTime {
        let skew = self.clock_skew_millis();
        let distance = Duration::from_millis(skew.unsigned_abs());
        let now = self.inner.clock.now();
        let corrected = if skew < 0 { now.checked_sub(distance) } else { now.checked_add(distance) };
        corrected.unwrap_or(now)
    }

    fn endpoint(&self, operation: &crate::operation::OperationMeta, region: Option<&str>) -> Result<Endpoint, Error> {
        match &self.inner.endpoint {
            Some(endpoint) => Ok(endpoint.clone()),
            None => Endpoint::https(&self.inner.product.host(operation, region)?),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        f.debug_struct("Connection")
            .field("product", &inner.product.name())
            .field("endpoint", &inner.endpoint)
            .field("signed", &inner.signed)
            .field("region", &inner.region)
            .field("retry", &inner.retry)
            .field("call_timeout", &inner.call_timeout)
            .field("attempt_timeout", &inner.attempt_timeout)
            .field("user_agent", &inner.user_agent)
            .finish_non_exhaustive()
    }
}
