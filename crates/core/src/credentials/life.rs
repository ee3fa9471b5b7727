//! Lifetime of credentials, measured with two clocks that may disagree.

use super::Credentials;
use crate::clock::Clock;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Time before the expiry at which temporary credentials are renewed. They are renewed after half of their lifetime if
/// that is later.
const BUFFER: Duration = Duration::from_secs(300);
/// Maximum of the random time that is added to the buffer, so that many processes do not renew at the same moment.
const JITTER: Duration = Duration::from_secs(60);
/// Interval after which permanent credentials are requested again, so that a replaced key is noticed.
const PERMANENT: Duration = Duration::from_secs(900);
/// Interval after which credentials that look expired when they arrive are requested again.
const DOUBTFUL: Duration = Duration::from_secs(60);

/// Credentials with the time of their arrival and their lifetime from then on.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    credentials: Arc<Credentials>,
    came: (SystemTime, Instant),
    /// `None` if they do not expire, or if the expiry is not known.
    life: Option<Duration>,
    renew: Duration,
}

/// Age of credentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    /// The larger of the ages by the two clocks. The wall clock may be set; the monotonic one may stop while the
    /// machine is suspended.
    pub(super) most: Duration,
    /// Age by the monotonic clock alone.
    pub(super) monotonic: Duration,
}

impl Kept {
    /// Returns credentials that arrive now. `began` are the times of the two clocks when the cache was created.
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

    /// Postpones the renewal by `pause` from now.
    pub(super) fn postpone(&mut self, pause: Duration, clock: &dyn Clock) {
        self.renew = self.age(clock).most.saturating_add(pause);
    }
}

/// Returns the lifetime of credentials that expire at a time of the wall clock, or `None` if they have expired by it.
///
/// The wall clock may have been set since the cache was created. The lifetime is also computed from the time it would
/// show otherwise, and the shorter one is used, unless that one is over: then the clock is wrong, and not the source.
fn life(expires: SystemTime, now: (SystemTime, Instant), began: (SystemTime, Instant)) -> Option<Duration> {
    let undisturbed = began.0.checked_add(now.1.saturating_duration_since(began.1));
    let left = |time: SystemTime| expires.duration_since(time).ok().filter(|left| !left.is_zero());
    [Some(now.0), undisturbed].into_iter().flatten().filter_map(left).min()
}
