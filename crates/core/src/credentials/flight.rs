//! Requests to a source of credentials, one at a time. A request outlives the caller that started it.

use super::Credentials;
use crate::error::{Error, ErrorKind};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, select};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument;

/// Timeout of a request to a source.
const LONGEST: Duration = Duration::from_secs(300);
/// Time after which a task takes over the request from the caller that started it.
const ALONE: Duration = Duration::from_millis(10);

/// Result of a request.
pub(super) type Landed = Result<Arc<Credentials>, Arc<Error>>;

type Receiver = watch::Receiver<Option<Landed>>;

/// The current request, if there is one.
#[derive(Debug, Default)]
pub(super) struct Flight {
    current: Mutex<Option<Receiver>>,
}

/// A caller's wait for a request.
pub(super) struct Waiting {
    receiver: Receiver,
    /// Set for the caller that started the request.
    work: Option<Work>,
}

/// The work of a request. The task or caller that takes it out completes it.
#[derive(Clone)]
struct Work(Arc<Mutex<Option<BoxFuture<'static, ()>>>>);

impl Flight {
    /// Starts a request, unless one is in progress.
    pub(super) fn begin<F>(&self, ask: impl FnOnce() -> F) -> Option<Waiting>
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        let waiting = self.join(ask);
        waiting.work.is_some().then_some(waiting)
    }

    /// Starts a request, or joins the one in progress.
    fn join<F>(&self, ask: impl FnOnce() -> F) -> Waiting
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        // A channel that has a value, or is closed, belongs to a completed request.
        if let Some(receiver) = current.as_ref().filter(|receiver| matches!(receiver.has_changed(), Ok(false))) {
            return Waiting { receiver: receiver.clone(), work: None };
        }
        let (sender, receiver) = watch::channel(None);
        *current = Some(receiver.clone());
        let asked = bounded(ask());
        let work = async move {
            sender.send_replace(Some(asked.await));
        };
        let work = Work(Arc::new(Mutex::new(Some(work.in_current_span().boxed()))));
        Waiting { receiver, work: Some(work) }
    }

    /// Returns the result of a new request, or of the one in progress.
    pub(super) async fn landed<F>(&self, ask: impl Fn() -> F) -> Landed
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        // The caller in progress may have been stopped along with its runtime; then this caller starts a new request.
        for _ in 0..2 {
            if let Some(landed) = self.join(&ask).landed().await {
                return landed;
            }
        }
        Err(Arc::new(silent()))
    }
}

impl Waiting {
    /// Returns the result, or `None` if the work was stopped.
    async fn landed(mut self) -> Option<Landed> {
        if let Some(work) = self.work.take()
            && std::future::poll_fn(|context| Poll::Ready(work.poll(context))).await.is_pending()
        {
            work.clone().outlive_caller();
            let doing = pin!(std::future::poll_fn(|context| work.poll(context)));
            let waiting = pin!(self.receiver.wait_for(Option::is_some));
            select(doing, waiting).await;
        }
        self.receiver.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Returns the credentials, if they arrive within `patience`. Without a runtime there is no limit.
    pub(super) async fn within(self, patience: Duration) -> Option<Arc<Credentials>> {
        let landed = match Handle::try_current() {
            Ok(_) => tokio::time::timeout(patience, self.landed()).await.ok()?,
            Err(_) => self.landed().await,
        };
        landed?.ok()
    }
}

impl Work {
    /// Polls the work, unless another task has taken it over.
    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(doing) = work.as_mut() else { return Poll::Pending };
        let done = doing.as_mut().poll(context);
        if done.is_ready() {
            *work = None;
        }
        done
    }

    /// Spawns a task that soon takes the work over, if there is a runtime.
    fn outlive_caller(self) {
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(ALONE).await;
            let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(work) = work {
                work.await;
            }
        });
    }
}

/// Returns a result in any case: a source may never respond, and a panic of a source must not reach its callers.
async fn bounded(asked: impl Future<Output = Landed>) -> Landed {
    let asked = AssertUnwindSafe(asked).catch_unwind();
    let answer = match Handle::try_current() {
        Ok(_) => tokio::time::timeout(LONGEST, asked).await.ok().and_then(Result::ok),
        Err(_) => asked.await.ok(),
    };
    answer.unwrap_or_else(|| Err(Arc::new(silent())))
}

fn silent() -> Error {
    Error::new(ErrorKind::Credentials, "the source of the credentials ended without an answer")
}
