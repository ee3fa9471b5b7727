//! Failures that a mock answers with.

use super::respond::{Content, Reply};
use crate::product::Product;
use crate::transport::{Limits, Reached, TransportError, TransportErrorKind, late};
use bytes::Bytes;
use http::StatusCode;

/// Failure of a call, as a service, an intermediary or the network causes it.
#[derive(Debug, Clone)]
pub struct Failure(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Error of the service. Without a code, it is the product's own for too many calls.
    Refused {
        code: Option<String>,
        message: String,
        status: Option<StatusCode>,
    },
    /// Response with this status and an empty body.
    Status(StatusCode),
    Network(TransportErrorKind),
}

impl Failure {
    /// Returns an error of the service, with one of the product's codes (`tke::ErrorCode::ResourceNotFound`) or any
    /// other text as its code.
    pub fn code(code: impl AsRef<str>, message: impl Into<String>) -> Self {
        Self(Kind::Refused { code: Some(code.as_ref().to_owned()), message: message.into(), status: None })
    }

    /// Returns the error that the product's services send for too many calls.
    pub fn throttled() -> Self {
        Self(Kind::Refused { code: None, message: "Too many calls.".to_owned(), status: None })
    }

    /// Returns a response of an intermediary: a status and an empty body. A number that is not an HTTP status is 500.
    pub fn status(status: u16) -> Self {
        Self(Kind::Status(status_of(status)))
    }

    /// Returns a failure to connect: the connection is refused, and nothing is sent.
    pub fn not_connected() -> Self {
        Self(Kind::Network(TransportErrorKind::Connect))
    }

    /// Returns a connection that is cut after the request was sent.
    pub fn cut() -> Self {
        Self(Kind::Network(TransportErrorKind::Cut))
    }

    /// Returns an exchange whose timeout passes after the request was sent. The mock does not wait.
    pub fn timed_out() -> Self {
        Self(Kind::Network(TransportErrorKind::Timeout))
    }

    /// Sets the HTTP status of an error of the service. Without it, the status follows from the kind of the code where the
    /// product's services do so. A number that is not an HTTP status is 500. Other failures stay as they are.
    #[must_use]
    pub fn with_status(mut self, number: u16) -> Self {
        if let Kind::Refused { status, .. } = &mut self.0 {
            *status = Some(status_of(number));
        }
        self
    }

    /// Returns the response of a service, or the failure of an exchange.
    pub(super) fn respond(
        &self,
        product: &dyn Product,
        request_id: &str,
        request: &http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let content = match &self.0 {
            Kind::Refused { code, message, status } => {
                Content::Refusal { code: code.as_deref(), message, status: *status }
            }
            Kind::Status(status) => {
                let mut response = http::Response::new(Bytes::new());
                *response.status_mut() = *status;
                return Ok(response);
            }
            Kind::Network(kind) => return Err(network(*kind, request.uri(), limits)),
        };
        Ok(product.respond(&Reply::new(content, request_id)))
    }
}

/// Returns the failure of an exchange, with the message of the HTTP transport.
fn network(kind: TransportErrorKind, uri: &http::Uri, limits: Limits) -> TransportError {
    let host = uri.authority().map_or("?", |authority| authority.as_str());
    match kind {
        TransportErrorKind::Timeout => late(host, limits.timeout),
        TransportErrorKind::Connect => {
            TransportError::new(kind, Reached::No, format!("no connection to {host}: connection refused"))
        }
        kind => TransportError::new(
            kind,
            Reached::Maybe,
            format!("the connection to {host} was cut: connection closed before message completed"),
        ),
    }
}

fn status_of(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
