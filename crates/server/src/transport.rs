//! Straight into the gateway, without a socket.

use crate::clouds::Clouds;
use crate::gateway::Outcome;
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, header};
use http_body_util::Full;
use std::sync::Arc;
use wharf_core::transport::{Limits, Reached, Transport, TransportError, TransportErrorKind};

/// Carries requests to a server in the same process.
#[derive(Debug, Clone)]
pub(crate) struct InProcess {
    pub(crate) clouds: Arc<Clouds>,
}

#[async_trait]
impl Transport for InProcess {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request = request.map(Full::new);
        // What an HTTP client adds before it writes a request.
        if !request.headers().contains_key(header::HOST)
            && let Some(host) = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok())
        {
            request.headers_mut().insert(header::HOST, host);
        }
        let failed = |kind, reached, message: &str| Err(TransportError::new(kind, reached, message));
        let outcome = async {
            let outcome = self.clouds.handle(request).await;
            if let Outcome::Slow(answer, drip) = &outcome {
                tokio::time::sleep(drip.duration(answer.body().len())).await;
            }
            outcome
        };
        match tokio::time::timeout(limits.timeout, outcome).await {
            Err(_) => failed(TransportErrorKind::Timeout, Reached::Maybe, "no answer in time"),
            Ok(Outcome::Cut { before: true }) => {
                failed(TransportErrorKind::Cut, Reached::No, "the connection was cut before the request was read")
            }
            Ok(Outcome::Cut { before: false }) => {
                failed(TransportErrorKind::Cut, Reached::Maybe, "the connection was cut before the answer came")
            }
            Ok(Outcome::Truncated(_)) => {
                failed(TransportErrorKind::Cut, Reached::Maybe, "the connection was cut in the middle of the answer")
            }
            Ok(Outcome::Answer(answer) | Outcome::Slow(answer, _)) if answer.body().len() > limits.max_response => {
                failed(TransportErrorKind::TooLarge, Reached::Maybe, "the answer is larger than allowed")
            }
            Ok(Outcome::Answer(answer) | Outcome::Slow(answer, _)) => Ok(answer),
        }
    }
}
