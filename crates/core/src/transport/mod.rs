//! Transports: HTTP by default, in-process to the reference server, or a recording.

mod client_certificate;
mod http_transport;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
mod parsed;
mod proxy;
mod recording;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
mod tls;

pub use client_certificate::ClientCertificate;
#[cfg(feature = "testing")]
pub(crate) use http_transport::late;
pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use proxy::Proxy;
pub use recording::{Exchange, Recorder, Replay};

use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::operation::OperationMeta;
use crate::product::Product;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::fmt::{self, Debug};
use std::time::Duration;

/// Whether this build supports TLS.
pub(crate) const HAS_TLS: bool =
    cfg!(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"));

/// Returns the error of a text that contains no PEM certificate.
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
fn not_pem(given: &[u8]) -> Error {
    let text = String::from_utf8_lossy(given);
    let text = text.trim();
    let is_path = !text.contains(['\n', '\r'])
        && (text.contains(['/', '\\']) || [".pem", ".crt", ".cer"].iter().any(|end| text.ends_with(end)));
    let hint = if is_path { ": it looks like a path; for a file there is root_certificate_file" } else { "" };
    Error::configuration("root_certificate", format!("is not a certificate in PEM{hint}"))
}

/// Sends a request and returns the whole response.
#[async_trait]
pub trait Transport: Debug + Send + Sync {
    /// Sends a request and waits for the whole response, for at most `limits.timeout`.
    ///
    /// # Errors
    /// The kind of failure, and whether the request can have reached the server.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError>;

    /// Sends the request of a call. By default it is sent as by [`send`](Self::send).
    ///
    /// A transport that depends on the operation implements this function. A transport that sends through another one
    /// should pass the call on.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    fn send_call<'a>(
        &'a self,
        call: Called<'a>,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> BoxFuture<'a, Result<http::Response<Bytes>, TransportError>> {
        let _ = call;
        self.send(request, limits)
    }
}

/// Call that a request belongs to.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Called<'a> {
    /// Product of the connection.
    pub product: &'a dyn Product,
    /// The operation.
    pub operation: &'static OperationMeta,
    /// Region that the call goes to, if there is one.
    pub region: Option<&'a str>,
    /// Input of the operation. It may contain secrets.
    pub input: &'a dyn Model,
}

impl<'a> Called<'a> {
    /// Returns the description of a call without a region.
    pub fn new(product: &'a dyn Product, operation: &'static OperationMeta, input: &'a dyn Model) -> Self {
        Self { product, operation, region: None, input }
    }

    /// Sets the region.
    #[must_use]
    pub fn with_region(mut self, region: Option<&'a str>) -> Self {
        self.region = region;
        self
    }
}

impl Debug for Called<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Called")
            .field("product", &self.product.name())
            .field("operation", &self.operation.name)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Limits of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Timeout of the whole exchange.
    pub timeout: Duration,
    /// Maximum size of the response's body, in bytes.
    pub max_response: usize,
}

/// Error of a failed exchange.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// Kind of the failure.
    pub kind: TransportErrorKind,
    /// Whether the server can have seen the request.
    pub reached: Reached,
    /// Message for people. It never contains a secret.
    pub message: String,
    /// The cause.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Kind of a transport failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: name not found, refused, proxy.
    Connect,
    /// The certificate is not trusted.
    Tls,
    /// The timeout has passed.
    Timeout,
    /// The connection was cut.
    Cut,
    /// The response is larger than allowed.
    TooLarge,
    /// The response is not HTTP.
    Garbled,
    /// A transport for tests has no answer.
    Unanswered,
}

/// Whether the server can have seen a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Not seen: nothing was sent.
    No,
    /// Possibly seen.
    Maybe,
}

impl TransportError {
    /// Returns an error without a cause.
    pub fn new(kind: TransportErrorKind, reached: Reached, message: impl Into<String>) -> Self {
        Self { kind, reached, message: message.into(), source: None }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let (kind, retryable) = match error.kind {
            TransportErrorKind::Connect | TransportErrorKind::Cut => (ErrorKind::ConnectionFailed, true),
            TransportErrorKind::Timeout => (ErrorKind::TimedOut, true),
            TransportErrorKind::Tls => (ErrorKind::Tls, false),
            TransportErrorKind::Garbled => (ErrorKind::Decode, true),
            TransportErrorKind::TooLarge => (ErrorKind::Decode, false),
            TransportErrorKind::Unanswered => (ErrorKind::Configuration, false),
        };
        Self::new(kind, error.message.clone()).with_retryable(retryable).with_source(error)
    }
}
