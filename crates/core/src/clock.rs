//! Time, sleep and chance, injected so that tests own them.

use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Where time and randomness come from.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The wall clock, which signatures state.
    fn now(&self) -> SystemTime;

    /// A clock that never goes back, which deadlines are measured with.
    fn monotonic(&self) -> Instant;

    /// Waits.
    async fn sleep(&self, duration: Duration);

    /// A random number: nonces, jitter.
    fn random(&self) -> u64;
}

/// The machine's own clock.
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
        // `RandomState` is seeded by the operating system and steps its keys for every instance.
        use std::hash::{BuildHasher, Hasher};
        std::collections::hash_map::RandomState::new().build_hasher().finish()
    }
}

/// A clock for tests: it stands still, moves when told, and a sleep moves it at once.
///
/// Clones share the time. [`slept`](Self::slept) tells every sleep, so that a test can check delays
/// without waiting for them.
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
    /// A clock that shows `now`. Its randomness is the largest number, so that a delay with jitter
    /// is as long as it can be; see [`set_random`](Self::set_random).
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

    /// Sets the wall clock alone, as when somebody corrects it.
    pub fn set(&self, now: SystemTime) {
        self.state().now = now;
    }

    /// Sets the number that [`random`](Clock::random) gives.
    pub fn set_random(&self, random: u64) {
        self.state().random = random;
    }

    /// The sleeps so far, oldest first.
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
        // Others get their turn, as they do in a real sleep.
        tokio::task::yield_now().await;
    }

    fn random(&self) -> u64 {
        self.state().random
    }
}
