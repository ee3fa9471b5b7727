//! The pending faults, and which of them apply to a call.

use super::effect::{Answer, Effect, Total};
use super::{Fault, FaultError};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How many faults can be pending.
const MOST: usize = 1_000;

/// The facts about a call that faults are selected by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call<'a> {
    pub(crate) product: Option<&'a str>,
    pub(crate) operation: &'a str,
    /// The account of the key or the token that the call names, before either is checked.
    pub(crate) account: Option<String>,
    /// Whether it has a session token, or a token of the identity service.
    pub(crate) has_token: bool,
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
    /// Returns the name of the fault, the one on the wire first.
    pub(crate) fn name(&self) -> Option<&'static str> {
        let others =
            [(self.answer.is_some(), "answer"), (self.total.is_some(), "total"), (!self.delay.is_zero(), "delay")];
        let others = others.into_iter().find(|(applies, _)| *applies).map(|(_, name)| name);
        self.wire.as_ref().map(Effect::kind).or(others)
    }

    /// Adds the effect of a fault.
    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Delay(time) => self.delay = self.delay.saturating_add(time),
            Effect::Answer(answer) => self.answer = Some(Hidden(answer)),
            Effect::Total(total) => self.total = Some(Hidden(total)),
            wire => self.wire = Some(wire),
        }
    }

    /// Returns whether a fault with the same role applies already.
    fn has(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Delay(_) => false,
            Effect::Answer(_) => self.answer.is_some(),
            Effect::Total(_) => self.total.is_some(),
            _ => self.wire.is_some(),
        }
    }
}

/// A function, which has nothing to show.
pub(crate) struct Hidden<T>(pub(crate) T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("function")
    }
}

/// The pending faults, at most 1,000. Cheap to clone; all clones are the same list.
///
/// Of the faults on the wire one applies per call, in the order in which they were added, so that a list of them reads
/// like a script. Delays, replaced responses and changed totals apply in addition.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pending: Arc<Mutex<Pending>>,
    skew: Arc<AtomicI64>,
}

#[derive(Debug, Default)]
struct Pending {
    faults: Vec<Fault>,
    last_id: u64,
}

impl Pending {
    fn add(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        self.faults.push(Fault { id: self.last_id, ..fault });
        self.last_id
    }
}

impl Faults {
    /// Adds a fault and returns its identifier. If 1,000 are pending, the oldest one is removed.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut pending = self.pending();
        if pending.faults.len() >= MOST {
            pending.faults.remove(0);
        }
        pending.add(fault)
    }

    /// Adds a fault and returns its identifier, as [`add`](Self::add) does, but removes none.
    ///
    /// # Errors
    /// If 1,000 faults are pending.
    pub fn try_add(&self, fault: Fault) -> Result<u64, FaultError> {
        let mut pending = self.pending();
        if pending.faults.len() >= MOST {
            return Err(FaultError::new("faults", format!("{MOST} faults are pending, which is the limit")));
        }
        Ok(pending.add(fault))
    }

    /// Returns the pending faults in the order in which they were added, with the numbers of calls that are left.
    pub fn list(&self) -> Vec<Fault> {
        self.pending().faults.clone()
    }

    /// Returns the pending fault with this identifier.
    pub fn get(&self, id: u64) -> Option<Fault> {
        self.pending().faults.iter().find(|fault| fault.id == id).cloned()
    }

    /// Removes the fault with this identifier. Returns false if no fault has it.
    pub fn remove(&self, id: u64) -> bool {
        let mut pending = self.pending();
        let before = pending.faults.len();
        pending.faults.retain(|fault| fault.id != id);
        pending.faults.len() < before
    }

    /// Removes all faults and sets the clock right.
    pub fn clear(&self) {
        self.pending().faults.clear();
        self.skew_clock(0);
    }

    /// Returns how many faults are pending; one without a count is pending until it is removed.
    pub fn waiting_count(&self) -> usize {
        self.pending().faults.len()
    }

    /// Sets the server's clock wrong by so many seconds: the one that judges signatures and writes `Date`.
    pub fn skew_clock(&self, seconds: i64) {
        self.skew.store(seconds, Ordering::SeqCst);
    }

    /// Returns by how many seconds the server's clock is wrong.
    pub fn clock_skew(&self) -> i64 {
        self.skew.load(Ordering::SeqCst)
    }

    /// The server's clock.
    pub(crate) fn server_time(&self) -> SystemTime {
        let skew = self.clock_skew();
        let by = Duration::from_secs(skew.unsigned_abs());
        let now = SystemTime::now();
        let skewed = if skew < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        skewed.unwrap_or(now)
    }

    /// Takes the faults that apply to a call. The call is examined only if a fault is pending.
    pub(crate) fn strike<'a>(&self, call: impl FnOnce() -> Call<'a>) -> Struck {
        let mut pending = self.pending();
        if pending.faults.is_empty() { Struck::default() } else { take(&mut pending.faults, &call()) }
    }

    /// Takes the faults that apply to a call whose body has not been read, if the connection is to be cut before that.
    pub(crate) fn cuts_before<'a>(&self, call: impl FnOnce() -> Call<'a>) -> bool {
        let mut pending = self.pending();
        if !pending.faults.iter().any(|fault| matches!(fault.effect, Effect::CutBefore)) {
            return false;
        }
        let mut left = pending.faults.clone();
        let cuts = matches!(take(&mut left, &call()).wire, Some(Effect::CutBefore));
        if cuts {
            pending.faults = left;
        }
        cuts
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the faults that apply to a call, and removes those that are used up.
fn take(faults: &mut Vec<Fault>, call: &Call<'_>) -> Struck {
    let mut struck = Struck::default();
    for fault in faults.iter_mut().filter(|fault| fault.concerns(call)) {
        if struck.has(&fault.effect) {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        struck.take(fault.effect.clone());
    }
    faults.retain(|fault| fault.times != Some(0));
    struck
}
