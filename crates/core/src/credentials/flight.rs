//! One question to a source at a time, which outlives the caller who asked it.

use super::Credentials;
use super::cache::silent;
use crate::error::Error;
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument;

/// A source that has not answered by then is asked again.
const LONGEST: Duration = Duration::from_secs(300);

/// What came of a question.
pub(super) type Landed = Result<Arc<Credentials>, Arc<Error>>;

type Receiver = watch::Receiver<Option<Landed>>;

/// The question that is asked at the moment, if there is one.
#[derive(Debug, Default)]
pub(super) struct Flight {
    current: Mutex<Option<Receiver>>,
}

/// A question that this caller waits for.
pub(super) struct Waiting {
    receiver: Receiver,
    /// The work, where there is no runtime that does it.
    work: Option<BoxFuture<'static, ()>>,
}

impl Flight {
    /// Asks, unless somebody does at the moment.
    ///
    /// Where there is a runtime the work is a task there, and goes on when the caller goes away. Elsewhere the
    /// caller does it.
    pub(super) fn begin<F>(&self, ask: impl FnOnce() -> F) -> Option<Waiting>
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(is_flying) {
            return None;
        }
        let (sender, receiver) = watch::channel(None);
        *current = Some(receiver.clone());
        let asked = ask();
        let work = match Handle::try_current() {
            Ok(runtime) => {
                let work = async move {
                    let landed = tokio::time::timeout(LONGEST, asked).await;
                    sender.send_replace(Some(landed.unwrap_or_else(|_| Err(Arc::new(silent())))));
                };
                runtime.spawn(work.in_current_span());
                None
            }
            Err(_) => {
                let work = async move {
                    sender.send_replace(Some(asked.await));
                };
                Some(Box::pin(work) as BoxFuture<'static, ()>)
            }
        };
        Some(Waiting { receiver, work })
    }

    /// Asks, or waits with whoever asks at the moment.
    pub(super) async fn join<F>(&self, ask: impl Fn() -> F) -> Landed
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        // The one who asks may be stopped along with its runtime; then this caller asks itself.
        for _ in 0..2 {
            let waiting = match self.begin(&ask) {
                Some(waiting) => waiting,
                None => match self.current() {
                    Some(receiver) => Waiting { receiver, work: None },
                    None => continue,
                },
            };
            if let Some(landed) = waiting.landed().await {
                return landed;
            }
        }
        Err(Arc::new(silent()))
    }

    fn current(&self) -> Option<Receiver> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Waiting {
    /// What came of it; none when the work was stopped.
    async fn landed(mut self) -> Option<Landed> {
        if let Some(work) = self.work.take() {
            work.await;
        }
        self.receiver.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// The credentials, if they come in that time. Where there is no runtime, there is no limit.
    pub(super) async fn within(self, patience: Duration) -> Option<Arc<Credentials>> {
        let landed = match self.work {
            Some(_) => self.landed().await,
            None => tokio::time::timeout(patience, self.landed()).await.ok()?,
        };
        landed?.ok()
    }
}

/// A channel that has a value, or is closed, is one of a question that is over.
fn is_flying(receiver: &Receiver) -> bool {
    matches!(receiver.has_changed(), Ok(false))
}
