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
pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use proxy::Proxy;
pub use recording::{Exchange, Recorder, Replay};

use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt::Debug;
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
        };
        Self::new(kind, error.message.clone()).with_retryable(retryable).with_source(error)
    }
}
