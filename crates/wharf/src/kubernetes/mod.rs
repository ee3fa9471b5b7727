//! Kubernetes API servers of clusters, as a service for kube-rs and other clients.
//!
//! [`Kubernetes`] sends requests to the Kubernetes API server of one cluster. It is a [`tower_service::Service`], so that
//! `kube::Client::new(tke.kubernetes("cls-1"), "default")` returns a client of kube-rs. This crate does not depend on
//! kube-rs.
//!
//! | from | requests travel |
//! |---|---|
//! | `tke.kubernetes(id)` | through `ForwardRequest` of private clouds |
//! | `cce.kubernetes(id)` | through the API gateway, to the cluster's own host |
//! | `ack.kubernetes(id)`, TKE in public clouds, [`Kubeconfig::kubernetes`] | to the API server itself |
//!
//! Signature, retries, rate limit, clock correction and traces are those of the connection. GET, HEAD, DELETE, and PUT
//! and PATCH with a `resourceVersion` are repeated like other calls that are safe to repeat; POST is not.
//!
//! The first two carry single requests and responses. A watch is therefore made of lists: the service lists every few
//! seconds and returns the differences as events. It has no events for changes that were undone between two lists.
//! Followed logs, Protobuf bodies, and what needs a stream in both directions (`exec`, `attach`, `portforward`) are
//! rejected with a Kubernetes `Status` that names the reason. The path to the API server itself has watches and followed
//! logs.
//!
//! [`Kubeconfig::kubernetes`]: crate::Kubeconfig::kubernetes

mod api_server;
mod body;
mod call;
#[cfg(feature = "cce")]
mod cluster_host;
mod events;
#[cfg(feature = "tke")]
mod forward_request;
mod lists;
mod product;
mod refuse;
mod status;
#[cfg(test)]
mod tests;
mod watch;

pub use body::Body;

use crate::{Error, ErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use call::Call;
use futures_util::future::BoxFuture;
use http::request::Parts;
use lists::Lists;
use status::Refusal;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use wharf_core::clock::Clock;

/// Interval between the lists of a watch.
const INTERVAL: Duration = Duration::from_secs(5);
/// Smallest interval between the lists of a watch.
const SMALLEST_INTERVAL: Duration = Duration::from_millis(100);

/// Path of requests to the Kubernetes API server of a cluster.
#[async_trait]
trait Road: fmt::Debug + Send + Sync {
    /// Sends one request and returns the API server's response, whatever its status.
    async fn send(&self, call: &Call) -> Result<http::Response<Bytes>, Error>;

    /// Returns the clock of the connection.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Returns the name of the path, for messages.
    fn name(&self) -> &'static str;

    /// Returns whether responses can be streams.
    fn streams(&self) -> bool {
        false
    }

    /// Sends a request whose response is a stream: a watch, or a log that is followed.
    async fn open(&self, call: &Call) -> Result<http::Response<Body>, Error> {
        Ok(self.send(call).await?.map(Body::from))
    }
}

/// Client of the Kubernetes API server of one cluster. Cheap to clone.
///
/// ```no_run
/// # #[cfg(feature = "tke")]
/// # async fn run(tke: wharf::tke::Connection) -> Result<(), wharf::Error> {
/// // With kube-rs: let client = kube::Client::new(tke.kubernetes("cls-1"), "default");
/// let request = http::Request::get("/api/v1/nodes").body(bytes::Bytes::new()).unwrap_or_default();
/// let response = tke.kubernetes("cls-1").send(request).await?;
/// println!("{}: {} bytes", response.status(), response.body().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Kubernetes {
    road: Arc<dyn Road>,
    lists: Arc<Lists>,
    interval: Duration,
}

impl Kubernetes {
    fn over(road: impl Road + 'static) -> Self {
        Self { road: Arc::new(road), lists: Arc::default(), interval: INTERVAL }
    }

    /// Sets the interval between the lists of a watch: 5 seconds by default, 100 milliseconds at least.
    #[must_use]
    pub fn with_watch_interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(SMALLEST_INTERVAL);
        self
    }

    /// Sends one request and returns the complete response. An error response of Kubernetes is a response, with its
    /// status.
    ///
    /// The URI is path and query (`/api/v1/pods?limit=10`). Of the headers, `Accept` and `Content-Type` are sent; to the API
    /// server itself `Impersonate-*` too.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) for a watch or a followed log, which has no complete response; otherwise the error of the
    /// vendor's API, or the reason why it could not be reached.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Error> {
        let (parts, body) = request.into_parts();
        match self.read(&parts, Some(body).filter(|body| body.len() <= body::MAX_REQUEST)) {
            Err(refusal) => Ok(*refusal),
            Ok(call) if call.is_watch() || call.is_set("follow") => {
                let message =
                    "a watch or a log that is followed has no complete response: use a client such as kube-rs";
                Err(Error::new(ErrorKind::Unsupported, message))
            }
            Ok(call) => self.once(&call).await,
        }
    }

    /// Reads a request. Returns the response to one that cannot be sent. A body that is too large is `None`.
    fn read(&self, parts: &Parts, body: Option<Bytes>) -> Result<Call, Refusal> {
        if let Some(refusal) = refuse::reason(parts, &*self.road) {
            return Err(refusal);
        }
        Call::new(parts, body.ok_or_else(|| status::too_large(body::MAX_REQUEST))?)
    }

    /// Sends a request that is not a watch, and remembers the response if it is a list.
    async fn once(&self, call: &Call) -> Result<http::Response<Bytes>, Error> {
        let response = self.road.send(call).await?;
        self.lists.remember(call, &response);
        Ok(response)
    }

    async fn answer<B>(self, request: http::Request<B>) -> Result<http::Response<Body>, Error>
    where
        B: http_body::Body<Data = Bytes> + Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let body = body::collect(body).await?;
        match self.read(&parts, body) {
            Err(refusal) => Ok(refusal.map(Body::from)),
            Ok(call) if self.road.streams() && (call.is_watch() || call.is_set("follow")) => {
                self.road.open(&call).await
            }
            Ok(call) if call.is_watch() => watch::start(self, call).await,
            Ok(call) => Ok(self.once(&call).await?.map(Body::from)),
        }
    }
}

impl fmt::Debug for Kubernetes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kubernetes").field("road", &self.road).field("interval", &self.interval).finish_non_exhaustive()
    }
}

impl<B> tower_service::Service<http::Request<B>> for Kubernetes
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = http::Response<Body>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}
