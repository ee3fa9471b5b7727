//! Interceptors: code of a program that sees each call and each attempt.
//!
//! An interceptor is for metrics, audit records and headers that depend on the call, such as those of a trace. It is set
//! with the builder's `interceptor`, several if needed. They run in the order in which they were added, the functions
//! `after_*` in the opposite order.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Mutex;
//! use std::time::Duration;
//! use wharf_core::intercept::{Call, Intercept, Outcome};
//!
//! /// Number, failures and total duration of the calls of each operation.
//! #[derive(Debug, Default)]
//! struct Metrics(Mutex<BTreeMap<(&'static str, &'static str), (u64, u64, Duration)>>);
//!
//! impl Intercept for Metrics {
//!     fn after_call(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
//!         let Ok(mut metrics) = self.0.lock() else { return };
//!         let entry = metrics.entry((call.product(), call.operation().name)).or_default();
//!         entry.0 += 1;
//!         entry.1 += u64::from(outcome.error().is_some());
//!         entry.2 += outcome.elapsed();
//!     }
//! }
//! ```

use crate::error::Error;
use crate::operation::OperationMeta;
use http::{HeaderMap, Method};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Observer of calls and attempts. Each function does nothing unless it is implemented.
///
/// The functions run on the task of the call and must not block. A panic ends the call. A call whose future is dropped
/// ends without `after_attempt` and `after_call`.
pub trait Intercept: Debug + Send + Sync {
    /// Called when a call begins, before its input is checked.
    fn before_call(&self, call: &Call<'_>) {
        let _ = call;
    }

    /// Called before each attempt, when its request is complete. `headers` are sent in addition to those of the
    /// protocol; they are not signed. It is empty at first.
    ///
    /// # Errors
    /// An error ends the call. A header that belongs to the protocol is such an error too
    /// ([`Configuration`](crate::ErrorKind::Configuration) naming the header).
    fn before_attempt(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) -> Result<(), Error> {
        let _ = (attempt, headers);
        Ok(())
    }

    /// Called after each attempt, also if it failed before anything was sent.
    fn after_attempt(&self, attempt: &Attempt<'_>, outcome: &Outcome<'_>) {
        let _ = (attempt, outcome);
    }

    /// Called when a call ends.
    fn after_call(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        let _ = (call, outcome);
    }
}

impl<T: Intercept + ?Sized> Intercept for Arc<T> {
    fn before_call(&self, call: &Call<'_>) {
        (**self).before_call(call);
    }

    fn before_attempt(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) -> Result<(), Error> {
        (**self).before_attempt(attempt, headers)
    }

    fn after_attempt(&self, attempt: &Attempt<'_>, outcome: &Outcome<'_>) {
        (**self).after_attempt(attempt, outcome);
    }

    fn after_call(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        (**self).after_call(call, outcome);
    }
}

/// A call of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub(crate) id: u64,
    pub(crate) operation: &'static OperationMeta,
    pub(crate) region: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// Returns a number that no other call of the process has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns the product, such as `tke`.
    pub fn product(&self) -> &'static str {
        self.operation.product
    }

    /// Returns the operation.
    pub fn operation(&self) -> &'static OperationMeta {
        self.operation
    }

    /// Returns the region, if the call has one.
    pub fn region(&self) -> Option<&'a str> {
        self.region
    }
}

/// An attempt of a call.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    pub(crate) call: Call<'a>,
    pub(crate) number: usize,
    pub(crate) method: &'a Method,
    pub(crate) authority: &'a str,
}

impl<'a> Attempt<'a> {
    /// Returns the call.
    pub fn call(&self) -> &Call<'a> {
        &self.call
    }

    /// Returns the number of the attempt, from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// Returns the host that the request is sent to, with its port if it is not the scheme's default.
    pub fn authority(&self) -> &'a str {
        self.authority
    }
}

/// Result of an attempt or a call.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    pub(crate) error: Option<&'a Error>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) attempts: usize,
    pub(crate) elapsed: Duration,
    pub(crate) waited: Duration,
}

impl<'a> Outcome<'a> {
    /// Returns the error, or `None` after a success.
    pub fn error(&self) -> Option<&'a Error> {
        self.error
    }

    /// Returns the HTTP status of the last response, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the service's identifier of the request, if there was a response with one.
    pub fn request_id(&self) -> Option<&'a str> {
        self.request_id
    }

    /// Returns the number of attempts so far, at least 1.
    pub fn attempts(&self) -> usize {
        self.attempts
    }

    /// Returns the duration of the call or the attempt. That of an attempt does not include
    /// [`waited`](Self::waited), that of a call includes everything.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Returns how long the call or the attempt has waited for the connection's own rate limit.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}
