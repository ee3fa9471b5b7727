//! Requests as they were sent: those of another program, from its bytes, and those of our client.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use wharf_core::transport::{Limits, Transport, TransportError};

/// A request, as far as clients that sign with other headers can be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    /// Path and query, as they were sent.
    pub(crate) target: String,
    /// The media type, without its parameters.
    pub(crate) media_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// Reads the requests that were written one after the other.
    pub(crate) fn all(mut bytes: &[u8]) -> Vec<Self> {
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            let head = std::str::from_utf8(&bytes[..end]).unwrap();
            let (line, headers) = head.split_once("\r\n").unwrap();
            let (method, target) = line.strip_suffix(" HTTP/1.1").unwrap().split_once(' ').unwrap();
            let header = |wanted: &str| {
                let headers = headers.split("\r\n").map(|header| header.split_once(':').unwrap());
                headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
            };
            assert_eq!(header("transfer-encoding"), None, "{head}");
            let length = header("content-length").map_or(0, |length| length.parse().unwrap());
            let (body, rest) = bytes[end + 4..].split_at(length);
            all.push(Self {
                method: method.to_owned(),
                target: target.to_owned(),
                media_type: header("content-type").map(without_parameters),
                body: body.to_owned(),
            });
            bytes = rest;
        }
        all
    }

    /// The body as JSON, if there is one.
    pub(crate) fn json(&self) -> Option<Value> {
        (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body).unwrap())
    }
}

fn without_parameters(media_type: &str) -> String {
    media_type.split(';').next().unwrap().trim().to_ascii_lowercase()
}

/// Keeps the last request on its way to another transport.
#[derive(Debug)]
pub(crate) struct Kept {
    to: Arc<dyn Transport>,
    last: Mutex<Option<Sent>>,
}

impl Kept {
    pub(crate) fn new(to: Arc<dyn Transport>) -> Arc<Self> {
        Arc::new(Self { to, last: Mutex::default() })
    }

    /// Takes the last request.
    pub(crate) fn take(&self) -> Option<Sent> {
        self.last.lock().unwrap().take()
    }
}

#[async_trait]
impl Transport for Kept {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let media_type = request.headers().get(http::header::CONTENT_TYPE);
        let sent = Sent {
            method: request.method().to_string(),
            target: request.uri().path_and_query().unwrap().to_string(),
            media_type: media_type.map(|value| without_parameters(value.to_str().unwrap())),
            body: request.body().to_vec(),
        };
        *self.last.lock().unwrap() = Some(sent);
        self.to.send(request, limits).await
    }
}
