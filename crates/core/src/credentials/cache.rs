//! Cache of credentials, with renewal before they expire.

use super::flight::{Flight, Landed};
use super::life::Kept;
use super::{Credentials, ProvideCredentials};
use crate::clock::Clock;
use crate::error::Error;
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// Time after a failed renewal during which the old credentials are used.
const PAUSE: Duration = Duration::from_secs(10);
/// Time that a caller waits for new credentials when a renewal is due, before it uses the old ones.
const PATIENCE: Duration = Duration::from_millis(100);

/// Stores the credentials of a source.
///
/// The source receives one request at a time, however many callers wait, and its result is stored even if no caller
/// still waits for it. Temporary credentials are renewed five to six minutes before they expire. Calls use the old ones
/// during the renewal, and after a failed one until they have expired. The age of credentials is measured with both the
/// wall clock and the monotonic clock, so that neither a corrected clock nor a suspended machine keeps credentials too
/// long. Credentials that look expired when they arrive are still used: this machine's clock may be wrong, and a
/// rejection by the service corrects it.
#[derive(Debug)]
pub struct Cache {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    source: Arc<dyn ProvideCredentials>,
    clock: Arc<dyn Clock>,
    /// Times of the two clocks when the cache was created.
    began: (SystemTime, Instant),
    kept: RwLock<Option<Kept>>,
    flight: Flight,
    /// Credentials that a service rejected, passed to the next request to the source.
    refused: Mutex<Option<Credentials>>,
}

enum State {
    Good(Arc<Credentials>),
    /// Still valid, and due for renewal.
    Due(Arc<Credentials>),
    /// Expired by the wall clock, but not by the monotonic one.
    Doubtful(Arc<Credentials>),
    Missing,
}

impl Cache {
    /// Returns a cache for a source.
    pub fn new(source: Arc<dyn ProvideCredentials>, clock: Arc<dyn Clock>) -> Self {
        let began = (clock.now(), clock.monotonic());
        let (kept, flight, refused) = (RwLock::default(), Flight::default(), Mutex::default());
        Self { shared: Arc::new(Shared { source, clock, began, kept, flight, refused }) }
    }

    /// Returns the credentials.
    ///
    /// # Errors
    /// The error of the source, or [`Credentials`](crate::ErrorKind::Credentials) if its credentials cannot sign.
    pub async fn get(&self) -> Result<Arc<Credentials>, Error> {
        match self.shared.state() {
            State::Good(credentials) => Ok(credentials),
            State::Due(old) => {
                let renewal = self.shared.flight.begin(|| self.fetch());
                let Some(renewal) = renewal else { return Ok(old) };
                Ok(renewal.within(PATIENCE).await.unwrap_or(old))
            }
            State::Doubtful(old) => Ok(self.fetched().await.unwrap_or(old)),
            State::Missing => self.fetched().await,
        }
    }

    /// Returns credentials to replace those that a service rejects. The source is called again, unless others have
    /// replaced them in the meantime.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn renew(&self, refused: &Credentials) -> Result<Arc<Credentials>, Error> {
        self.forget(refused);
        self.get().await
    }

    /// Removes credentials that a service rejects, unless others have replaced them in the meantime.
    pub fn forget(&self, refused: &Credentials) {
        let mut kept = self.shared.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| kept.credentials().same_key(refused)) {
            *kept = None;
            *self.shared.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(refused.clone());
        }
    }

    async fn fetched(&self) -> Result<Arc<Credentials>, Error> {
        self.shared.flight.landed(|| self.fetch()).await.map_err(|error| error.share())
    }

    fn fetch(&self) -> impl Future<Output = Landed> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move { shared.fetch().await.map_err(Arc::new) }
    }
}

impl Shared {
    fn state(&self) -> State {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = kept.as_ref() else { return State::Missing };
        let age = kept.age(&*self.clock);
        let credentials = Arc::clone(kept.credentials());
        match (kept.is_due(age.most), kept.has_expired(age.most), kept.has_expired(age.monotonic)) {
            (_, _, true) => State::Missing,
            (false, ..) => State::Good(credentials),
            (true, true, _) => State::Doubtful(credentials),
            (true, false, _) => State::Due(credentials),
        }
    }

    /// Requests credentials from the source and stores them.
    async fn fetch(&self) -> Result<Arc<Credentials>, Error> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = match &refused {
            Some(refused) => self.source.renew(refused).await,
            None => self.source.credentials().await,
        };
        let found = found.and_then(|found| found.check().map(|()| Arc::new(found)));
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Ok(credentials) => {
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
                *kept = Some(Kept::new(Arc::clone(credentials), &*self.clock, self.began));
            }
            Err(error) => {
                if let Some(kept) = kept.as_mut() {
                    tracing::warn!(%error, "credentials could not be renewed; the old ones serve on");
                    kept.postpone(PAUSE, &*self.clock);
                }
            }
        }
        found
    }
}

#[async_trait]
impl ProvideCredentials for Cache {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.get().await.map(|credentials| Credentials::clone(&credentials))
    }

    async fn renew(&self, refused: &Credentials) -> Result<Credentials, Error> {
        Cache::renew(self, refused).await.map(|credentials| Credentials::clone(&credentials))
    }
}
