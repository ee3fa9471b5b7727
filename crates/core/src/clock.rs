//! Time, sleep and randomness, injected so that tests control them.

use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Source of time and randomness.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// Returns the time of the wall clock, which signatures contain.
    fn now(&self) -> SystemTime;

    /// Returns the time of a clock that never goes back, for deadlines.
    fn monotonic(&self) -> Instant;

    /// Waits for the duration.
    async fn sleep(&self, duration: Duration);

    /// Returns a random number, for nonces and jitter.
    fn random(&self) -> u64;
}

/// Clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> u64 {
        // `RandomState` is seeded by the operating system, and its keys differ for every instance.
        use std::hash::{BuildHasher, Hasher};
        std::collections::hash_map::RandomState::new().build_hasher().finish()
    }
}

/// Clock for tests. It only moves when it is advanced, and a sleep advances it immediately.
///
/// Clones share the time. [`slept`](Self::slept) returns all sleeps, so that a test can check delays without waiting
/// for them.
#[derive(Debug, Clone)]
pub struct ManualClock {
    state: Arc<Mutex<ManualState>>,
}

#[derive(Debug)]
struct ManualState {
    now: SystemTime,
    monotonic: Instant,
    random: u64,
    slept: Vec<Duration>,
}

impl ManualClock {
    /// Returns a clock that shows `now`. Its random number is the largest one, so that a delay with jitter is as long
    /// as possible; see [`set_random`](Self::set_random).
    pub fn new(now: SystemTime) -> Self {
        let state = ManualState { now, monotonic: Instant::now(), random: u64::MAX, slept: Vec::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.now += by;
        state.monotonic += by;
    }

    /// Sets the time of the wall clock. The monotonic clock does not change.
    pub fn set(&self, now: SystemTime) {
        self.state().now = now;
    }

    /// Sets the number that [`random`](Clock::random) returns.
    pub fn set_random(&self, random: u64) {
        self.state().random = random;
    }

    /// Returns the sleeps so far, oldest first.
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, ManualState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.state().now
    }

    fn monotonic(&self) -> Instant {
        self.state().monotonic
    }

    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
        self.state().slept.push(duration);
        // Other tasks run, as they do during a real sleep.
        tokio::task::yield_now().await;
    }

    fn random(&self) -> u64 {
        self.state().random
    }
}
