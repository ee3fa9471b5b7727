//! Credentials that are kept, and renewed before they expire.

use super::{Credentials, ProvideCredentials};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::sync::{Mutex, MutexGuard};

/// Temporary credentials are renewed this long before they expire, or after half of their life if that
/// is later.
const BUFFER: Duration = Duration::from_secs(300);
/// The buffer grows by a random part up to this, so that many processes do not ask at once.
const JITTER: Duration = Duration::from_secs(60);
/// Permanent credentials are asked for again after this, so that a key that was replaced is noticed.
const PERMANENT: Duration = Duration::from_secs(900);
/// After a renewal that failed, the old credentials serve this long before the next try.
const PAUSE: Duration = Duration::from_secs(10);

/// Keeps what a source gave.
///
/// However many ask at once, the source is asked once. Temporary credentials are renewed five to six
/// minutes before they expire: one caller renews, the others go on with the old ones, and so does
/// everybody while renewing fails, until they have expired.
#[derive(Debug)]
pub struct Cache {
    source: Arc<dyn ProvideCredentials>,
    clock: Arc<dyn Clock>,
    kept: RwLock<Option<Kept>>,
    /// Held by the one who asks the source.
    flight: Mutex<Flight>,
    /// How many times the source has failed; read before waiting for the flight.
    failures: std::sync::atomic::AtomicU64,
}

#[derive(Debug, Clone)]
struct Kept {
    credentials: Arc<Credentials>,
    renew: SystemTime,
}

/// What those who waited for a flight that failed are told.
#[derive(Debug, Default)]
struct Flight {
    failure: Option<(ErrorKind, String)>,
}

enum State {
    Good(Arc<Credentials>),
    /// Still valid, and due.
    Due(Arc<Credentials>),
    Missing,
}

impl Cache {
    /// A cache before a source.
    pub fn new(source: Arc<dyn ProvideCredentials>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, kept: RwLock::default(), flight: Mutex::default(), failures: 0.into() }
    }

    /// The credentials.
    ///
    /// # Errors
    /// What the source says, or [`Credentials`](ErrorKind::Credentials) when what it gave cannot sign.
    pub async fn get(&self) -> Result<Arc<Credentials>, Error> {
        use std::sync::atomic::Ordering;
        match self.state() {
            State::Good(credentials) => Ok(credentials),
            State::Due(old) => {
                let Ok(mut flight) = self.flight.try_lock() else { return Ok(old) };
                match self.state() {
                    State::Good(credentials) => Ok(credentials),
                    _ => self.fetch(&mut flight).await.or_else(|error| {
                        tracing::warn!(%error, "credentials could not be renewed; the old ones serve on");
                        self.postpone();
                        Ok(old)
                    }),
                }
            }
            State::Missing => {
                let seen = self.failures.load(Ordering::Acquire);
                let mut flight = self.flight.lock().await;
                match (self.state(), &flight.failure) {
                    (State::Good(credentials) | State::Due(credentials), _) => Ok(credentials),
                    // The one we waited for was told just now that there are none.
                    (State::Missing, Some((kind, message))) if self.failures.load(Ordering::Acquire) != seen => {
                        Err(Error::new(*kind, message.clone()))
                    }
                    (State::Missing, _) => self.fetch(&mut flight).await,
                }
            }
        }
    }

    /// Forgets credentials that a service refuses, unless others have taken their place by now.
    pub fn forget(&self, refused: &Arc<Credentials>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| Arc::ptr_eq(&kept.credentials, refused)) {
            *kept = None;
        }
    }

    fn state(&self) -> State {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = kept.as_ref() else { return State::Missing };
        let now = self.clock.now();
        let credentials = Arc::clone(&kept.credentials);
        if credentials.expires().is_some_and(|expires| expires <= now) {
            State::Missing
        } else if kept.renew <= now {
            State::Due(credentials)
        } else {
            State::Good(credentials)
        }
    }

    async fn fetch(&self, flight: &mut MutexGuard<'_, Flight>) -> Result<Arc<Credentials>, Error> {
        let found = self.source.credentials().await;
        let now = self.clock.now();
        let checked = found.and_then(|found| found.check().map(|()| found)).and_then(|found| {
            if found.expires().is_some_and(|expires| expires <= now) {
                return Err(Error::new(ErrorKind::Credentials, "the credentials found have expired"));
            }
            Ok(Arc::new(found))
        });
        match &checked {
            Ok(credentials) => {
                flight.failure = None;
                let renew = self.renewal(credentials, now);
                self.keep(Kept { credentials: Arc::clone(credentials), renew });
            }
            Err(error) => {
                flight.failure = Some((error.kind(), error.message().to_owned()));
                self.failures.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
            }
        }
        checked
    }

    fn renewal(&self, credentials: &Credentials, now: SystemTime) -> SystemTime {
        let Some(expires) = credentials.expires() else { return now + PERMANENT };
        let life = expires.duration_since(now).unwrap_or_default();
        let jitter = JITTER.mul_f64(self.clock.random() as f64 / u64::MAX as f64);
        now + life.saturating_sub(BUFFER + jitter).max(life / 2)
    }

    fn postpone(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_mut() {
            kept.renew = self.clock.now() + PAUSE;
        }
    }

    fn keep(&self, new: Kept) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(new);
    }
}

#[async_trait]
impl ProvideCredentials for Cache {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.get().await.map(|credentials| Credentials::clone(&credentials))
    }
}
