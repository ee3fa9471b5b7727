//! How long credentials are good for, by two clocks that may disagree.

use super::Credentials;
use crate::clock::Clock;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Temporary credentials are renewed this long before they expire, or after half of their life if that
/// is later.
const BUFFER: Duration = Duration::from_secs(300);
/// The buffer grows by a random part up to this, so that many processes do not ask at once.
const JITTER: Duration = Duration::from_secs(60);
/// Permanent credentials are asked for again after this, so that a key that was replaced is noticed.
const PERMANENT: Duration = Duration::from_secs(900);
/// Credentials that look expired when they come are asked for again after this.
const DOUBTFUL: Duration = Duration::from_secs(60);

/// Credentials, when they came, and how long they last from then on.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    credentials: Arc<Credentials>,
    came: (SystemTime, Instant),
    /// None when they do not expire, or nobody knows when.
    life: Option<Duration>,
    renew: Duration,
}

/// How old credentials are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    /// By the clock that says more. The wall clock may be set; the monotonic one may stand still while the machine
    /// sleeps.
    pub(super) most: Duration,
    /// By the monotonic clock alone.
    pub(super) monotonic: Duration,
}

impl Kept {
    /// Credentials that come now. `began` is what the clocks showed in the beginning.
    pub(super) fn new(credentials: Arc<Credentials>, clock: &dyn Clock, began: (SystemTime, Instant)) -> Self {
        let came = (clock.now(), clock.monotonic());
        let life = credentials.expires().and_then(|expires| life(expires, came, began));
        let renew = match (credentials.expires(), life) {
            (None, _) => PERMANENT,
            (Some(_), None) => {
                tracing::warn!(
                    "the credentials found have expired by this machine's clock; they are tried all the same"
                );
                DOUBTFUL
            }
            (Some(_), Some(life)) => {
                let jitter = JITTER.mul_f64(clock.random() as f64 / u64::MAX as f64);
                life.saturating_sub(BUFFER + jitter).max(life / 2)
            }
        };
        Self { credentials, came, life, renew }
    }

    pub(super) fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    pub(super) fn age(&self, clock: &dyn Clock) -> Age {
        let wall = clock.now().duration_since(self.came.0).unwrap_or_default();
        let monotonic = clock.monotonic().saturating_duration_since(self.came.1);
        Age { most: wall.max(monotonic), monotonic }
    }

    pub(super) fn is_due(&self, age: Duration) -> bool {
        age >= self.renew
    }

    pub(super) fn has_expired(&self, age: Duration) -> bool {
        self.life.is_some_and(|life| age >= life)
    }

    /// Renews them a while from now.
    pub(super) fn postpone(&mut self, pause: Duration, clock: &dyn Clock) {
        self.renew = self.age(clock).most.saturating_add(pause);
    }
}

/// How long credentials last that expire at a time of the wall clock. None when they have expired by it.
///
/// The wall clock may have been set since the beginning. The time that it would show if it had not been is asked
/// too, and the shorter life counts, unless that one is over: then the clock is wrong and not the source.
fn life(expires: SystemTime, now: (SystemTime, Instant), began: (SystemTime, Instant)) -> Option<Duration> {
    let undisturbed = began.0.checked_add(now.1.saturating_duration_since(began.1));
    let left = |time: SystemTime| expires.duration_since(time).ok().filter(|left| !left.is_zero());
    [Some(now.0), undisturbed].into_iter().flatten().filter_map(left).min()
}
