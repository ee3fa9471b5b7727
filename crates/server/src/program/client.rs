//! Requests to the control API of a running server.

use bytes::Bytes;
use clap::Args;
use futures_util::StreamExt;
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use wharf_core::model::Secret;
use wharf_core::transport::{HttpTransport, Limits, Proxy, Transport};

/// How long an answer may take, and how many bytes it may have.
const TIMEOUT: Duration = Duration::from_secs(60);
const MOST: usize = 256 << 20;

/// Which server and which of its clouds.
#[derive(Args)]
pub(crate) struct Remote {
    /// Endpoint of a running server, such as http://127.0.0.1:4000.
    #[arg(long, global = true, value_name = "URL", default_value = "http://127.0.0.1:4000", help_heading = "Server")]
    server: String,
    /// Control token. A server with one lets its control API and inspector answer those who have it, wherever they are;
    /// without one they answer on the loopback interface only. By default the environment variable WHARF_CONTROL_TOKEN.
    #[arg(long, global = true, value_name = "TOKEN", help_heading = "Server")]
    control_token: Option<String>,
    /// A key of the cloud. By default the first cloud.
    #[arg(long, global = true, value_name = "KEY", help_heading = "Server")]
    cloud: Option<String>,
    /// Certificate authority of the server in PEM, if it speaks TLS.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    ca: Option<PathBuf>,
}

/// A request: method, path below `/_wharf/` with its query, and body.
pub(crate) struct Order {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Bytes>,
    /// Whether the answer is about the server rather than about one of its clouds.
    pub(crate) of_server: bool,
}

impl Order {
    /// A request about a cloud.
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, of_server: false }
    }

    /// A request about the server.
    pub(crate) fn of_server(method: &'static str, path: impl Into<String>) -> Self {
        Self { of_server: true, ..Self::new(method, path) }
    }

    /// The request with a body in JSON.
    pub(crate) fn json(self, body: &Value) -> Self {
        Self { body: Some(Bytes::from(body.to_string())), ..self }
    }
}

impl Remote {
    /// Sends a request, and returns the body of the answer.
    pub(crate) async fn send(&self, order: Order) -> Result<Bytes, Box<dyn Error>> {
        let request = self.request(order)?;
        let limits = Limits { timeout: TIMEOUT, max_response: MOST };
        let answer = self.transport()?.send(request, limits).await?;
        if answer.status().is_success() {
            return Ok(answer.into_body());
        }
        Err(refused(answer.status().as_u16(), answer.body()).into())
    }

    /// Sends a request, and passes on the data of each event of the answer until the server ends it.
    pub(crate) async fn follow(
        &self,
        order: Order,
        mut take: impl FnMut(&str) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let answer = self.transport()?.open(self.request(order)?, TIMEOUT).await?;
        let status = answer.status();
        let (mut chunks, mut waiting) = (answer.into_body(), Vec::new());
        while let Some(chunk) = chunks.next().await {
            waiting.extend_from_slice(&chunk?);
            if waiting.len() > MOST {
                return Err("an event of the server is too large".into());
            }
            if !status.is_success() {
                continue;
            }
            while let Some(end) = waiting.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = waiting.drain(..end + 2).collect();
                let event = String::from_utf8_lossy(&event);
                event.lines().filter_map(|line| line.strip_prefix("data: ")).try_for_each(&mut take)?;
            }
        }
        if status.is_success() { Ok(()) } else { Err(refused(status.as_u16(), &waiting).into()) }
    }

    /// Returns the control token, if there is one.
    pub(crate) fn token(&self) -> Option<Secret> {
        let token = self.control_token.clone().or_else(|| std::env::var("WHARF_CONTROL_TOKEN").ok());
        token.map(Secret::from)
    }

    fn request(&self, order: Order) -> Result<http::Request<Bytes>, Box<dyn Error>> {
        let Order { method, mut path, body, of_server } = order;
        if let Some(cloud) = self.cloud.as_ref().filter(|_| !of_server) {
            path = format!("{path}{}cloud={}", if path.contains('?') { '&' } else { '?' }, escaped(cloud));
        }
        let url = format!("{}/_wharf/{path}", self.server.trim_end_matches('/'));
        let mut request = http::Request::builder().method(method).uri(url);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(token) = self.token() {
            let mut value = http::HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(|_| "the control token has characters that no header can have")?;
            value.set_sensitive(true);
            request = request.header("authorization", value);
        }
        Ok(request.body(body.unwrap_or_default())?)
    }

    /// Never through a proxy: the control API answers on this machine only, or needs a token.
    fn transport(&self) -> Result<HttpTransport, Box<dyn Error>> {
        let mut builder = HttpTransport::builder().proxy(Proxy::None);
        if let Some(path) = &self.ca {
            let pem = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            builder = builder.root_certificate(pem);
        }
        Ok(builder.build()?)
    }
}

/// The text as a part of a path or a query.
pub(crate) fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// What a refusal says.
fn refused(status: u16, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| body.pointer(&format!("/error/{name}")).and_then(Value::as_str).unwrap_or_default();
    let (place, message, expected) = (text("place"), text("message"), text("expected"));
    match (place, message) {
        (_, "") => format!("the server answered with status {status}; is it a Wharf reference server?"),
        ("", _) => format!("{message}; expected: {expected}"),
        _ => format!("{place}: {message}; expected: {expected}"),
    }
}
