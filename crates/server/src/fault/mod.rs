//! Injected faults: what goes wrong, for which calls, and how often.
//!
//! [`effect`] has the kinds, [`list`] the pending faults and which of them apply to a call, [`json`] the form in which
//! programs of other languages order them, and [`documented`] what the specs say of products, operations and codes.

mod documented;
mod effect;
mod error;
mod json;
mod list;

pub(crate) use effect::{Drip, Effect, MAX_PAUSE};
pub use error::FaultError;
pub use list::Faults;
pub(crate) use list::{Call, Struck};

use crate::refusal::Refusal;
use effect::Answer;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// A fault: its effect, the calls that it applies to, and how often.
///
/// By default it applies to every call: [`product`](Self::product), [`operation`](Self::operation),
/// [`account`](Self::account), [`times`](Self::times) and [`after`](Self::after) narrow that.
#[derive(Debug, Clone)]
pub struct Fault {
    id: u64,
    product: Option<String>,
    operation: Option<String>,
    account: Option<String>,
    skip: u32,
    times: Option<u32>,
    effect: Effect,
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { id: 0, product: None, operation: None, account: None, skip: 0, times: None, effect }
    }

    /// The call is refused because there were too many, with the code that the product documents for that.
    pub fn throttle() -> Self {
        Self::new(Effect::Throttle)
    }

    /// The call is refused, after its signature has been found good, and the world does not act.
    pub fn refuse(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Effect::Refuse(Refusal::new(code.into(), message)))
    }

    /// The call is refused because its token has expired, with the vendor's code for that.
    ///
    /// It applies only to calls with temporary credentials or a token of the identity service, after their signature
    /// has been found good.
    pub fn expired_token() -> Self {
        Self::new(Effect::ExpiredToken)
    }

    /// An HTTP status with a page of text, as a proxy on the way would answer; the world does not act.
    pub fn http_status(status: u16) -> Self {
        Self::new(Effect::Status { status, retry_after: None })
    }

    /// As [`http_status`](Self::http_status), with a `Retry-After` header in seconds.
    pub fn http_status_retry_after(status: u16, seconds: u64) -> Self {
        Self::new(Effect::Status { status, retry_after: Some(seconds) })
    }

    /// The connection is cut before the body is read; the world does not act.
    ///
    /// If only the body names the operation, as in a form, it is read first.
    pub fn cut_before() -> Self {
        Self::new(Effect::CutBefore)
    }

    /// The connection is cut after the world has acted: the answer is lost.
    pub fn cut_after() -> Self {
        Self::new(Effect::CutAfter)
    }

    /// The world acts, and the connection is cut in the middle of the answer.
    pub fn truncate() -> Self {
        Self::new(Effect::Truncate)
    }

    /// The world acts, and the answer is not JSON.
    pub fn garbage() -> Self {
        Self::new(Effect::Garbage)
    }

    /// The world acts, and the answer has no body.
    pub fn empty() -> Self {
        Self::new(Effect::Empty)
    }

    /// The world acts, and the answer states this content type, such as `text/html`, instead of the right one. A text
    /// that cannot be the value of a header is replaced by `application/octet-stream`.
    pub fn content_type(content_type: impl AsRef<str>) -> Self {
        Self::new(Effect::content_type(content_type.as_ref()))
    }

    /// The world acts, and the answer is compressed with gzip, whether the request accepts that or not.
    pub fn compressed() -> Self {
        Self::new(Effect::Compressed)
    }

    /// The world acts, and the body of the answer is sent slowly: at most so many bytes at a time, with a pause
    /// between them. At least one byte is sent at a time, and the pause is at most 10 seconds.
    pub fn drip(bytes: usize, pause: Duration) -> Self {
        Self::new(Effect::Drip(Drip::new(bytes, pause)))
    }

    /// The response is held back after the world acted. Delays add up, and other faults still apply.
    pub fn delay(time: Duration) -> Self {
        Self::new(Effect::Delay(time))
    }

    /// A function answers instead of the world: the parameters in, the answer without `RequestId` out.
    pub fn answer_with(answer: impl Fn(&Map<String, Value>) -> Result<Value, Refusal> + Send + Sync + 'static) -> Self {
        let answer: Answer = Arc::new(answer);
        Self::new(Effect::Answer(answer))
    }

    /// The answer lies about how many items there are: that many.
    pub fn total(total: u64) -> Self {
        Self::total_with(move |_| total)
    }

    /// The answer lies about how many items there are: the true total in, the lie out.
    pub fn total_with(lie: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Self {
        Self::new(Effect::Total(Arc::new(lie)))
    }

    /// Only calls of that product.
    #[must_use]
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// Only calls of that operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only calls that name a key or a token of that account. The login of a user names neither.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Only that many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Not the first so many calls.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Returns the identifier that [`Faults::add`] gave it; 0 before that.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns the name of its kind, as in the journal and in JSON (`cut_before`).
    pub fn kind(&self) -> &'static str {
        self.effect.kind()
    }

    fn concerns(&self, call: &Call<'_>) -> bool {
        let wants = |wanted: &Option<String>, found: Option<&str>| wanted.is_none() || wanted.as_deref() == found;
        self.times != Some(0)
            && wants(&self.product, call.product)
            && wants(&self.operation, Some(call.operation))
            && wants(&self.account, call.account.as_deref())
            && (call.has_token || !matches!(self.effect, Effect::ExpiredToken))
    }
}

#[cfg(test)]
mod tests;
