//! A client as small as can be: it signs by hand and writes HTTP by hand, so that it can be wrong in any way.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wharf_core::credentials::Credentials;
use wharf_core::transport::{Limits, TransportError};
use wharf_server::Server;
use wharf_sign::hmac_v1::{self, Algorithm};
use wharf_sign::{Payload, tc3};

pub(crate) const LIMITS: Limits = Limits { timeout: Duration::from_secs(10), max_response: 1 << 20 };

/// A call, right in every respect until it is made wrong.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: Option<String>,
    pub(crate) path: String,
    pub(crate) service: String,
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) region: String,
    pub(crate) timestamp: i64,
    pub(crate) nonce: u64,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) signed_headers: Vec<(String, String)>,
    pub(crate) more_headers: Vec<(String, String)>,
    pub(crate) v1: Option<Algorithm>,
    pub(crate) credentials: Option<Credentials>,
}

impl Call {
    /// A POST with JSON, signed with TC3.
    pub(crate) fn tke(action: &str, body: Value) -> Self {
        Self {
            method: Method::POST,
            host: None,
            path: "/".into(),
            service: "tke".into(),
            action: action.into(),
            version: "2018-05-25".into(),
            region: "ap-guangzhou".into(),
            timestamp: now(),
            nonce: fresh(),
            parameters: Vec::new(),
            body: body.to_string().into_bytes(),
            content_type: "application/json".into(),
            signed_headers: Vec::new(),
            more_headers: Vec::new(),
            v1: None,
            credentials: None,
        }
    }

    pub(crate) fn tcr(action: &str, body: Value) -> Self {
        let (service, version) = ("tcr".into(), "2019-09-24".into());
        Self { service, version, region: String::new(), ..Self::tke(action, body) }
    }

    /// A GET, signed with TC3.
    pub(crate) fn get(action: &str, parameters: &[(&str, &str)]) -> Self {
        let method = Method::GET;
        Self { method, body: Vec::new(), ..Self::tke(action, Value::Null).form(parameters) }
    }

    /// A POST with a form, signed with version 1.
    pub(crate) fn v1(algorithm: Algorithm, action: &str, parameters: &[(&str, &str)]) -> Self {
        Self { v1: Some(algorithm), ..Self::tke(action, Value::Null).form(parameters) }
    }

    fn form(mut self, parameters: &[(&str, &str)]) -> Self {
        self.parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self.content_type = "application/x-www-form-urlencoded".into();
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn request(&self, server: &Server) -> Request<Bytes> {
        let credentials = self.credentials.clone().unwrap_or_else(|| server.credentials());
        let endpoint = server.endpoint();
        let authority = endpoint.split("://").nth(1).unwrap();
        let host = self.host.clone().unwrap_or_else(|| authority.to_owned());
        let request = Request::builder().header("host", &host).method(self.method.clone());
        let request = self.more_headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        if let Some(algorithm) = self.v1 {
            let parameters = self.signed_parameters(&credentials, &host, algorithm);
            let text = encode(&parameters);
            return if self.method == Method::GET {
                request.uri(format!("{endpoint}{}?{text}", self.path)).body(Bytes::new()).unwrap()
            } else {
                let request = request.header("content-type", &self.content_type);
                request.uri(format!("{endpoint}{}", self.path)).body(text.into()).unwrap()
            };
        }
        let query = encode(&self.parameters);
        let mut headers = vec![("content-type", self.content_type.as_str()), ("host", host.as_str())];
        headers.extend(self.signed_headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let signable = wharf_sign::Request {
            method: self.method.as_str(),
            path: &self.path,
            query: &query,
            headers: &headers,
            payload: Payload::Bytes(&self.body),
            ..wharf_sign::Request::default()
        };
        let scope = tc3::Scope { service: &self.service, timestamp: self.timestamp };
        let signed = tc3::sign(&signable, &key(&credentials), &scope);
        let mut request = request
            .header("content-type", &self.content_type)
            .header("x-tc-timestamp", self.timestamp)
            .header("authorization", signed.authorization());
        for (name, value) in [("action", &self.action), ("version", &self.version), ("region", &self.region)] {
            if !value.is_empty() {
                request = request.header(format!("x-tc-{name}"), value);
            }
        }
        if let Some(token) = credentials.token() {
            request = request.header("x-tc-token", token.expose());
        }
        let mark = if query.is_empty() { "" } else { "?" };
        request.uri(format!("{endpoint}{}{mark}{query}", self.path)).body(self.body.clone().into()).unwrap()
    }

    fn signed_parameters(&self, credentials: &Credentials, host: &str, algorithm: Algorithm) -> Vec<(String, String)> {
        let mut parameters = self.parameters.clone();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() && !self.parameters.iter().any(|(known, _)| known == name) {
                parameters.push((name.into(), value.into()));
            }
        };
        add("Action", &self.action);
        add("Version", &self.version);
        add("Region", &self.region);
        add("Timestamp", &self.timestamp.to_string());
        add("Nonce", &self.nonce.to_string());
        add("SecretId", credentials.id());
        add("SignatureMethod", algorithm.name());
        if let Some(token) = credentials.token() {
            add("Token", token.expose());
        }
        let plain: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, path) = (self.method.as_str(), self.path.as_str());
        let signable = wharf_sign::Request { method, host, path, parameters: &plain, ..Default::default() };
        let signature = hmac_v1::sign(&signable, &key(credentials), algorithm).signature().to_owned();
        parameters.push(("Signature".into(), signature));
        parameters
    }

    /// Sends it over the socket.
    pub(crate) async fn send(&self, server: &Server) -> Answer {
        Answer::read(&exchange(server, &self.request(server)).await.unwrap())
    }

    /// Sends it without the socket.
    pub(crate) async fn send_in_process(&self, server: &Server) -> Result<Answer, TransportError> {
        let answer = server.transport().send(self.request(server), LIMITS).await?;
        let (parts, body) = answer.into_parts();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() })
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("no head: {bytes:?}"));
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    /// What is inside `Response`.
    pub(crate) fn json(&self) -> Value {
        let whole: Value = serde_json::from_slice(&self.body).unwrap();
        whole["Response"].clone()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["Error"]["Code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["Error"]["Message"].as_str().unwrap_or_default().to_owned()
    }
}

/// Writes the request and reads all that comes back until the connection ends.
pub(crate) async fn exchange(server: &Server, request: &Request<Bytes>) -> std::io::Result<Vec<u8>> {
    exchange_at(server.address().unwrap(), request).await
}

/// The same with a server that is known by its address alone.
pub(crate) async fn exchange_at(address: SocketAddr, request: &Request<Bytes>) -> std::io::Result<Vec<u8>> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri().path_and_query().unwrap());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", request.body().len()));
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

pub(crate) fn encode(parameters: &[(String, String)]) -> String {
    let part = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    parameters.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

/// The key as it signs.
pub(crate) fn key(credentials: &Credentials) -> wharf_sign::Credentials<'_> {
    wharf_sign::Credentials { id: credentials.id(), secret: credentials.secret().expose(), token: None }
}

pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A number that no other call of this process has.
fn fresh() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
