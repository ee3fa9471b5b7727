//! The server's two clocks: real time, which signatures and rate limits are measured with, and world time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wharf_world::Millis;

/// How world time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// As fast as real time.
    #[default]
    Real,
    /// That many times faster than real time.
    Accelerated(u32),
    /// Only when [`advance`](crate::Cloud::advance) is called.
    Manual,
}

/// The most times faster than real time that world time passes.
pub(crate) const FASTEST: u32 = 1_000_000;

impl Time {
    /// World time that passes in that much real time.
    fn passed(self, real: Duration) -> Millis {
        match self {
            Self::Manual => 0,
            Self::Real => millis(real),
            Self::Accelerated(factor) => millis(real).saturating_mul(u64::from(factor)),
        }
    }

    /// How many times faster than real time it passes, if it passes by itself.
    pub(crate) fn factor(self) -> Option<u32> {
        match self {
            Self::Manual => None,
            Self::Real => Some(1),
            Self::Accelerated(factor) => Some(factor),
        }
    }

    /// The time that passes that many times faster than real time.
    pub(crate) fn of_factor(factor: u32) -> Self {
        if factor == 1 { Self::Real } else { Self::Accelerated(factor) }
    }
}

/// World time. It never goes back, whatever its speed, unless another world is loaded.
#[derive(Debug)]
pub(crate) struct WorldClock {
    pace: Mutex<Pace>,
    added: AtomicU64,
}

/// World time at one moment, and how it passes from then on.
#[derive(Debug, Clone, Copy)]
struct Pace {
    time: Time,
    start: Millis,
    started: Instant,
}

impl Pace {
    fn now(&self) -> Millis {
        self.start.saturating_add(self.time.passed(self.started.elapsed()))
    }
}

impl WorldClock {
    pub(crate) fn new(time: Time, start: Millis) -> Self {
        Self { pace: Mutex::new(Pace { time, start, started: Instant::now() }), added: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> Millis {
        self.pace().now()
    }

    /// How world time passes.
    pub(crate) fn time(&self) -> Time {
        self.pace().time
    }

    /// What was added by [`advance`](Self::advance), in seconds.
    pub(crate) fn added_seconds(&self) -> i64 {
        i64::try_from(self.added.load(Ordering::SeqCst) / 1_000).unwrap_or(i64::MAX)
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = millis(by);
        self.added.fetch_add(by, Ordering::SeqCst);
        let mut pace = self.pace();
        pace.start = pace.start.saturating_add(by);
    }

    /// Sets how world time passes from now on.
    pub(crate) fn set_time(&self, time: Time) {
        let mut pace = self.pace();
        *pace = Pace { time, start: pace.now(), started: Instant::now() };
    }

    /// Sets world time to that of another world.
    pub(crate) fn restart(&self, time: Time, start: Millis) {
        *self.pace() = Pace { time, start, started: Instant::now() };
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970.
pub(crate) fn since_1970(time: SystemTime) -> Millis {
    time.duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
