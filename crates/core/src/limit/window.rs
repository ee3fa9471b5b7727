//! The calls of one operation in the last second, and what refusals have taught about its limit.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time in which a service counts calls.
pub(super) const WINDOW: Duration = Duration::from_secs(1);
/// Maximum time between sending a request and its arrival that is taken into account.
const ARRIVAL: Duration = Duration::from_millis(250);
/// Assumed rate of an operation without a documented limit when it is refused for the first time, in calls per second.
const UNDOCUMENTED: f64 = 20.0;
/// Rate from which an operation without a documented limit is no longer limited, in calls per second.
const FORGOTTEN: f64 = 100.0;
/// Part of the rate that is left after a refusal.
const LOWERED: f64 = 0.7;

/// A call that the service may count.
#[derive(Debug)]
struct Sent {
    number: u64,
    at: Instant,
    answered: Option<Instant>,
}

impl Sent {
    /// Returns the time at which the service no longer counts the call. The service has counted it between the request
    /// and the response.
    fn free(&self) -> Instant {
        let latest = self.at + ARRIVAL;
        self.answered.map_or(latest, |answered| answered.min(latest)) + WINDOW
    }
}

/// Limit of one operation.
#[derive(Debug)]
pub(super) struct Window {
    /// Documented limit, or 0.
    documented: u32,
    /// Rate after refusals, in calls per second.
    learned: Option<f64>,
    lowered: Option<Instant>,
    calls: VecDeque<Sent>,
    next: u64,
}

impl Window {
    pub(super) fn new(documented: u32) -> Self {
        Self { documented, learned: None, lowered: None, calls: VecDeque::new(), next: 0 }
    }

    /// Returns the number of calls in a window, or `None` if it is unlimited.
    fn limit(&self) -> Option<usize> {
        match self.learned {
            Some(rate) => Some(rate.max(1.0) as usize),
            None => usize::try_from(self.documented).ok().filter(|limit| *limit > 0),
        }
    }

    /// Counts a call that is sent now and returns its number, or returns the delay before the next try.
    pub(super) fn take(&mut self, now: Instant) -> Result<u64, Duration> {
        self.next += 1;
        let Some(limit) = self.limit() else { return Ok(self.next) };
        while self.calls.front().is_some_and(|call| call.free() <= now) {
            self.calls.pop_front();
        }
        if self.calls.len() >= limit {
            let busy = self.busy(now);
            if let Some(delay) = busy.len().checked_sub(limit).and_then(|at| busy.get(at)) {
                return Err(*delay);
            }
        }
        self.calls.push_back(Sent { number: self.next, at: now, answered: None });
        Ok(self.next)
    }

    /// Returns how long each call of the window still counts, shortest first.
    fn busy(&self, now: Instant) -> Vec<Duration> {
        let left = self.calls.iter().map(|call| call.free().saturating_duration_since(now));
        let mut left: Vec<_> = left.filter(|left| !left.is_zero()).collect();
        left.sort_unstable();
        left
    }

    /// Returns the probable delay of a call with that many others before it.
    pub(super) fn estimate(&self, now: Instant, before: usize) -> Duration {
        let Some(limit) = self.limit() else { return Duration::ZERO };
        let busy = self.busy(now);
        let Some(needed) = (busy.len() + before + 1).checked_sub(limit).filter(|needed| *needed > 0) else {
            return Duration::ZERO;
        };
        let (rounds, place) = ((needed - 1) / limit, (needed - 1) % limit);
        let first = busy.get(place).or(busy.last()).copied().unwrap_or_default();
        first + WINDOW.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
    }

    /// Records the response to a call, and whether the service refused it because of too many calls.
    pub(super) fn answered(&mut self, number: u64, now: Instant, refused: bool) {
        let call = self.calls.iter_mut().rev().find(|call| call.number == number);
        let sent = call.map(|call| {
            call.answered.get_or_insert(now);
            call.at
        });
        if refused { self.lower(sent, now) } else { self.raise() }
    }

    /// Lowers the rate, once for all calls that were sent before.
    fn lower(&mut self, sent: Option<Instant>, now: Instant) {
        let known = self.lowered.is_some_and(|lowered| match sent {
            Some(sent) => sent <= lowered,
            None => now.saturating_duration_since(lowered) < WINDOW,
        });
        if !known {
            let documented = if self.documented > 0 { f64::from(self.documented) } else { UNDOCUMENTED };
            self.learned = Some((self.learned.unwrap_or(documented) * LOWERED).max(1.0));
            self.lowered = Some(now);
        }
    }

    /// Raises the rate, by about a tenth of it or one call per second in each second.
    fn raise(&mut self) {
        let Some(rate) = self.learned else { return };
        let rate = rate + (rate / 10.0).max(1.0) / rate;
        let most = if self.documented > 0 { f64::from(self.documented) } else { FORGOTTEN };
        self.learned = (rate < most).then_some(rate);
        if self.limit().is_none() {
            self.calls.clear();
        }
    }
}
