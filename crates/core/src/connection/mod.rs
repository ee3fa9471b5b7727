//! The state that clients share, and the steps of a call.

mod attempt;
mod call;
mod change;
mod endpoint;
mod extra;
mod forward;
mod generated;
mod mask;
mod observe;
mod region;
mod settings;
mod sign;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_additions;

pub(crate) use call::deadline;
pub use forward::Forwarded;
pub use settings::Settings;

use crate::clock::Clock;
use crate::credentials::Cache;
use crate::error::Error;
use crate::intercept::Intercept;
use crate::limit::RateLimiter;
use crate::model::{Model, Place, Ref};
use crate::operation::OperationMeta;
use crate::product::{Endpoint, Product};
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Transport;
use http::HeaderMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Timeout of a call for which none is set.
const CALL_TIMEOUT: Duration = Duration::from_secs(300);

/// Configured client of one product: endpoint, credentials, transport, retries, limits.
///
/// Cheap to clone. Clones share everything, including the connection pool, the rate limits and the retry budget. Calls need
/// a Tokio runtime with `time` and `io`.
#[derive(Clone)]
pub struct Connection {
    inner: Arc<Inner>,
}

struct Inner {
    product: Arc<dyn Product>,
    transport: Arc<dyn Transport>,
    /// Whether neither endpoint nor transport were set.
    own_hosts: bool,
    credentials: Cache,
    /// Full endpoint, if the caller sets one.
    endpoint: Option<Endpoint>,
    /// Endpoint that signatures cover, if it is not the one that requests are sent to.
    signed: Option<Endpoint>,
    region: Option<String>,
    clock: Arc<dyn Clock>,
    retry: RetryPolicy,
    budget: Budget,
    limiter: Option<RateLimiter>,
    /// Timeout of calls, if the caller sets one.
    call_timeout: Option<Duration>,
    attempt_timeout: Duration,
    max_response_bytes: usize,
    user_agent: String,
    /// Headers that requests have in addition to those of the protocol.
    headers: HeaderMap,
    interceptors: Vec<Arc<dyn Intercept>>,
    /// Milliseconds by which the server's clock is ahead of this machine's, known after a rejected signature.
    skew: AtomicI64,
}

/// Options of one call. The connection's settings apply to options that are not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// Timeout of the call, including retries and delays.
    pub timeout: Option<Duration>,
    /// Timeout of each attempt.
    pub attempt_timeout: Option<Duration>,
    /// Policy that decides which failed attempts are repeated, and when.
    pub retry: Option<RetryPolicy>,
    /// Region that the call goes to.
    pub region: Option<String>,
}

impl CallOptions {
    /// Sets the timeout of the call, including retries and delays.
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

    /// Sets the policy that decides which failed attempts are repeated, and when.
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
    /// Returns the product.
    pub fn product(&self) -> &dyn Product {
        &*self.inner.product
    }

    /// Returns the region of calls that do not set another.
    pub fn region(&self) -> Option<&str> {
        self.inner.region.as_deref()
    }

    /// Returns whether requests go to the product's own host names over HTTP: the caller set neither an endpoint nor a
    /// transport.
    pub fn uses_own_hosts(&self) -> bool {
        self.inner.own_hosts
    }

    /// Returns the clock of deadlines, delays and signatures. Waiters use it too.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// Sets the field by which the service recognizes a repeated call, if the operation has one and it is not set: a
    /// random text of 32 hexadecimal digits. All attempts of a call have the same.
    pub fn set_token(&self, meta: &OperationMeta, input: &mut dyn Model) {
        if let Some((_, field)) = meta.token.and_then(|token| input.find(token))
            && matches!(field.get(), Ref::Absent)
            && let Place::Text(place) = field.place()
        {
            place.set(&format!("{:016x}{:016x}", self.inner.clock.random(), self.inner.clock.random()));
        }
    }

    /// Returns the budget for retries.
    pub fn retry_budget(&self) -> &Budget {
        &self.inner.budget
    }

    /// Returns how far the server's clock is ahead of this machine's, in milliseconds; negative if it is behind.
    ///
    /// Zero until a signature was rejected because of its time and the response contained the server's.
    pub fn clock_skew_millis(&self) -> i64 {
        self.inner.skew.load(Ordering::Relaxed)
    }

    /// Converts a time that the service states to this machine's clock.
    pub fn by_own_clock(&self, time: SystemTime) -> SystemTime {
        let skew = Duration::from_millis(self.clock_skew_millis().unsigned_abs());
        let own = if self.clock_skew_millis() < 0 { time.checked_add(skew) } else { time.checked_sub(skew) };
        own.unwrap_or(time)
    }

    /// Returns the time that signatures contain.
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
