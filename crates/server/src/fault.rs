//! Injected faults, by operation and count.

use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

type Answer = Arc<dyn Fn(&Map<String, Value>) -> Result<Value, Refusal> + Send + Sync>;
type Total = Arc<dyn Fn(u64) -> u64 + Send + Sync>;

/// A fault: its effect, the calls that it applies to, and how often.
///
/// By default it applies to every call:
/// [`product`](Self::product), [`operation`](Self::operation), [`times`](Self::times) and [`after`](Self::after) narrow that.
#[derive(Debug, Clone)]
pub struct Fault {
    product: Option<String>,
    operation: Option<String>,
    skip: u32,
    times: Option<u32>,
    effect: Effect,
}

/// The effect of a fault.
#[derive(Clone)]
pub(crate) enum Effect {
    Refuse(Refusal),
    Status { status: u16, retry_after: Option<u64> },
    CutBefore,
    CutAfter,
    Garbage,
    Truncate,
    Delay(Duration),
    Answer(Answer),
    Total(Total),
}

impl Effect {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Refuse(_) => "refuse",
            Self::Status { .. } => "status",
            Self::CutBefore => "cut before",
            Self::CutAfter => "cut after",
            Self::Garbage => "garbage",
            Self::Truncate => "truncate",
            Self::Delay(_) => "delay",
            Self::Answer(_) => "answer",
            Self::Total(_) => "total",
        }
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { product: None, operation: None, skip: 0, times: None, effect }
    }

    /// The call is refused because there were too many: `RequestLimitExceeded`.
    pub fn throttle() -> Self {
        Self::refuse("RequestLimitExceeded", "Too many calls; this is an injected fault.")
    }

    /// The call is refused, after its signature has been found good, and the world does not act.
    pub fn refuse(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Effect::Refuse(Refusal::new(code.into(), message)))
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

    /// The world acts, and the answer is not JSON.
    pub fn garbage() -> Self {
        Self::new(Effect::Garbage)
    }

    /// The world acts, and the connection is cut in the middle of the answer.
    pub fn truncate() -> Self {
        Self::new(Effect::Truncate)
    }

    /// The response is held back after the world acted. Delays add up, and other faults still apply.
    pub fn delay(time: Duration) -> Self {
        Self::new(Effect::Delay(time))
    }

    /// A function answers instead of the world: the parameters in, the answer without `RequestId` out.
    pub fn answer_with(answer: impl Fn(&Map<String, Value>) -> Result<Value, Refusal> + Send + Sync + 'static) -> Self {
        Self::new(Effect::Answer(Arc::new(answer)))
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

    fn concerns(&self, product: Option<&str>, operation: &str) -> bool {
        self.times != Some(0)
            && self.product.as_deref().is_none_or(|wanted| Some(wanted) == product)
            && self.operation.as_deref().is_none_or(|wanted| wanted == operation)
    }
}

/// The faults that apply to one call.
#[derive(Debug, Default)]
pub(crate) struct Struck {
    /// The fault on the wire.
    pub(crate) wire: Option<Effect>,
    pub(crate) delay: Duration,
    pub(crate) answer: Option<Hidden<Answer>>,
    pub(crate) total: Option<Hidden<Total>>,
}

impl Struck {
    /// The name of the fault, the wire first.
    pub(crate) fn name(&self) -> Option<&'static str> {
        let besides =
            [(self.answer.is_some(), "answer"), (self.total.is_some(), "total"), (!self.delay.is_zero(), "delay")];
        let besides = besides.into_iter().find(|(strikes, _)| *strikes).map(|(_, name)| name);
        self.wire.as_ref().map(Effect::name).or(besides)
    }
}

/// A function, which has nothing to show.
pub(crate) struct Hidden<T>(pub(crate) T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("function")
    }
}

/// The pending faults. Cheap to clone; all clones are the same list.
///
/// Faults on the wire strike one per call, in the order in which they were added, so that a list of
/// them reads like a script. Delays, replaced responses and changed totals apply in addition.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    waiting: Arc<Mutex<Vec<Fault>>>,
    skew: Arc<AtomicI64>,
}

impl Faults {
    /// Adds a fault.
    pub fn add(&self, fault: Fault) {
        self.waiting().push(fault);
    }

    /// Removes all faults and sets the clock right.
    pub fn clear(&self) {
        self.waiting().clear();
        self.skew_clock(0);
    }

    /// How many faults are waiting; one without a count waits for ever.
    pub fn waiting_count(&self) -> usize {
        self.waiting().len()
    }

    /// Sets the server's clock wrong by so many seconds: the one that judges signatures and writes `Date`.
    pub fn skew_clock(&self, seconds: i64) {
        self.skew.store(seconds, Ordering::SeqCst);
    }

    /// The server's clock.
    pub(crate) fn server_time(&self) -> SystemTime {
        let skew = self.skew.load(Ordering::SeqCst);
        let by = Duration::from_secs(skew.unsigned_abs());
        let now = SystemTime::now();
        let skewed = if skew < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        skewed.unwrap_or(now)
    }

    /// Takes what strikes a call of that operation.
    pub(crate) fn strike(&self, product: Option<&str>, operation: &str) -> Struck {
        let mut waiting = self.waiting();
        let mut struck = Struck::default();
        for fault in waiting.iter_mut().filter(|fault| fault.concerns(product, operation)) {
            let taken = match &fault.effect {
                Effect::Delay(_) => false,
                Effect::Answer(_) => struck.answer.is_some(),
                Effect::Total(_) => struck.total.is_some(),
                _ => struck.wire.is_some(),
            };
            if taken {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            match fault.effect.clone() {
                Effect::Delay(time) => struck.delay += time,
                Effect::Answer(answer) => struck.answer = Some(Hidden(answer)),
                Effect::Total(total) => struck.total = Some(Hidden(total)),
                wire => struck.wire = Some(wire),
            }
        }
        waiting.retain(|fault| fault.times != Some(0));
        struck
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
