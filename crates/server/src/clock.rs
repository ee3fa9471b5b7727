//! The server's two clocks: real time, which signatures and rate limits are measured with, and world time.

use std::sync::atomic::{AtomicU64, Ordering};
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
    /// Only when [`advance`](crate::Server::advance) is called.
    Manual,
}

/// World time.
#[derive(Debug)]
pub(crate) struct WorldClock {
    time: Time,
    start: Millis,
    started: Instant,
    added: AtomicU64,
}

impl WorldClock {
    pub(crate) fn new(time: Time, start: Millis) -> Self {
        Self { time, start, started: Instant::now(), added: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) -> Millis {
        let passed = match self.time {
            Time::Manual => 0,
            Time::Real => millis(self.started.elapsed()),
            Time::Accelerated(factor) => millis(self.started.elapsed()).saturating_mul(u64::from(factor)),
        };
        self.start.saturating_add(passed).saturating_add(self.added.load(Ordering::SeqCst))
    }

    /// What was added by [`advance`](Self::advance), in seconds.
    pub(crate) fn added_seconds(&self) -> i64 {
        i64::try_from(self.added.load(Ordering::SeqCst) / 1_000).unwrap_or(i64::MAX)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.added.fetch_add(millis(by), Ordering::SeqCst);
    }
}

/// Milliseconds since 1970.
pub(crate) fn since_1970(time: SystemTime) -> Millis {
    time.duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
