//! Recording and replay of exchanges, for tests.

use super::{Called, Limits, Reached, Transport, TransportError, TransportErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request and its result.
#[derive(Clone)]
pub struct Exchange {
    /// Request that was sent, with its signature.
    pub request: http::Request<Bytes>,
    /// Response, or the failure.
    pub result: Result<http::Response<Bytes>, (TransportErrorKind, Reached)>,
}

impl fmt::Debug for Exchange {
    /// Shows neither headers nor bodies, because they contain signatures, tokens and passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.result.as_ref().map(http::Response::status);
        f.debug_struct("Exchange")
            .field("method", self.request.method())
            .field("status", &status)
            .finish_non_exhaustive()
    }
}

/// Transport that sends through another one and stores every exchange. Clones share the recording.
///
/// The recording contains secrets. It is meant for tests.
#[derive(Debug, Clone)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// Returns a recorder for the transport `inner`.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self { inner, exchanges: Arc::default() }
    }

    /// Returns the exchanges so far, in the order in which they ended.
    pub fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.exchanges).clone()
    }

    fn keep(&self, request: http::Request<Bytes>, result: &Result<http::Response<Bytes>, TransportError>) {
        let result = match result {
            Ok(response) => Ok(response.clone()),
            Err(error) => Err((error.kind, error.reached)),
        };
        lock(&self.exchanges).push(Exchange { request, result });
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let sent = request.clone();
        let result = self.inner.send(request, limits).await;
        self.keep(sent, &result);
        result
    }

    fn send_call<'a>(
        &'a self,
        call: Called<'a>,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> BoxFuture<'a, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let sent = request.clone();
            let result = self.inner.send_call(call, request, limits).await;
            self.keep(sent, &result);
            result
        })
    }
}

type Prepared = Result<http::Response<Bytes>, TransportError>;
type Asked = (http::Request<Bytes>, Limits);

/// Transport that returns prepared responses and failures in order, whatever the request. Clones share them.
#[derive(Clone, Default)]
pub struct Replay {
    results: Arc<Mutex<VecDeque<Prepared>>>,
    requests: Arc<Mutex<Vec<Asked>>>,
}

impl Replay {
    /// Returns an empty replay.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a replay of the responses and failures of a recording.
    pub fn of(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        exchanges.into_iter().fold(Self::new(), |replay, exchange| match exchange.result {
            Ok(response) => replay.answer(response),
            Err((kind, reached)) => replay.fail(TransportError::new(kind, reached, "as recorded")),
        })
    }

    /// Adds a response.
    #[must_use]
    pub fn answer(self, response: http::Response<Bytes>) -> Self {
        lock(&self.results).push_back(Ok(response));
        self
    }

    /// Adds a response with a JSON body. A number that is not an HTTP status is 500.
    ///
    /// The body is the service's own form, envelope included. A service's error has its form too:
    ///
    /// ```
    /// use serde_json::json;
    /// use std::sync::Arc;
    /// use wharf_core::transport::{Replay, Transport};
    ///
    /// let replay = Replay::new()
    ///     .json(200, json!({"Response": {"Error": {"Code": "InternalError", "Message": "down"}, "RequestId": "r-1"}}))
    ///     .json(200, json!({"Response": {"TotalCount": 0, "Clusters": [], "RequestId": "r-2"}}));
    /// let transport: Arc<dyn Transport> = Arc::new(replay.clone()); // for the builder's `transport`
    /// ```
    #[must_use]
    pub fn json(self, status: u16, body: Value) -> Self {
        let mut response = http::Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.answer(response)
    }

    /// Adds a failure.
    #[must_use]
    pub fn fail(self, error: TransportError) -> Self {
        lock(&self.results).push_back(Err(error));
        self
    }

    /// Returns the requests so far, with the limits of each.
    pub fn requests(&self) -> Vec<Asked> {
        lock(&self.requests).clone()
    }
}

impl fmt::Debug for Replay {
    /// Shows numbers alone, as for an [`Exchange`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("left", &lock(&self.results).len())
            .field("requests", &lock(&self.requests).len())
            .finish()
    }
}

#[async_trait]
impl Transport for Replay {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        lock(&self.requests).push((request, limits));
        let next = lock(&self.results).pop_front();
        next.unwrap_or_else(|| {
            Err(TransportError::new(TransportErrorKind::Connect, Reached::No, "the recording has no more answers"))
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
