//! How bytes travel: HTTP by default, straight into the reference server, or a recording.

mod http_transport;
mod proxy;
mod recording;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs"))]
mod tls;

pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use proxy::Proxy;
pub use recording::{Exchange, Recorder, Replay};

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
use crate::error::Error;
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt::Debug;
use std::time::Duration;

/// Whether this build can speak TLS.
pub(crate) const HAS_TLS: bool =
    cfg!(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"));

/// The error about a text that holds no certificate in PEM.
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs", feature = "native-tls"))]
fn not_pem(given: &[u8]) -> Error {
    let text = String::from_utf8_lossy(given);
    let text = text.trim();
    let is_path = !text.contains(['\n', '\r'])
        && (text.contains(['/', '\\']) || [".pem", ".crt", ".cer"].iter().any(|end| text.ends_with(end)));
    let hint = if is_path { ": it looks like a path, and the text of the file is wanted" } else { "" };
    Error::configuration("root_certificate", format!("is not a certificate in PEM{hint}"))
}

/// Sends a request and gives the whole answer.
#[async_trait]
pub trait Transport: Debug + Send + Sync {
    /// Sends a request and waits for the whole answer, `limits.timeout` at most.
    ///
    /// # Errors
    /// What happened, and whether the request can have reached the server.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// Bounds of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the whole exchange.
    pub timeout: Duration,
    /// Bytes of the answer's body.
    pub max_response: usize,
}

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What happened.
    pub kind: TransportErrorKind,
    /// Whether the server can have seen the request.
    pub reached: Reached,
    /// For people. Never holds a secret.
    pub message: String,
    /// The cause.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What happened to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: name not found, refused, proxy.
    Connect,
    /// The certificate is not trusted.
    Tls,
    /// Time ran out.
    Timeout,
    /// The connection was cut.
    Cut,
    /// The answer is larger than allowed.
    TooLarge,
    /// The answer is not HTTP.
    Garbled,
}

/// Whether the server can have seen a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It cannot: nothing was sent.
    No,
    /// It can.
    Maybe,
}

impl TransportError {
    /// An error without a cause.
    pub fn new(kind: TransportErrorKind, reached: Reached, message: impl Into<String>) -> Self {
        Self { kind, reached, message: message.into(), source: None }
    }
}
