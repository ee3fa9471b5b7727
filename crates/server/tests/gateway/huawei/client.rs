//! A client as small as can be: it signs by hand, so that it can be wrong in any way.

use crate::client::{Answer, LIMITS, encode, exchange, now};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;
use wharf_core::credentials::Credentials;
use wharf_server::Server;
use wharf_sign::{Payload, sdk_hmac_sha256};

/// How a call says who makes it.
#[derive(Clone, PartialEq)]
pub(crate) enum Auth {
    Key,
    Token(String),
    Nothing,
}

/// A call, right in every respect until it is made wrong.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: Option<String>,
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What is signed instead of the body.
    pub(crate) signed_body: Option<Vec<u8>>,
    pub(crate) unsigned_body: bool,
    pub(crate) timestamp: i64,
    pub(crate) auth: Auth,
    pub(crate) credentials: Option<Credentials>,
    /// Signed like all others.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) more_headers: Vec<(String, String)>,
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self {
            method,
            host: None,
            path: path.into(),
            content_type: "application/json".to_owned(),
            query: Vec::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            signed_body: None,
            unsigned_body: false,
            timestamp: now(),
            auth: Auth::Key,
            credentials: None,
            headers: Vec::new(),
            more_headers: Vec::new(),
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Value::Null)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn token(mut self, token: &str) -> Self {
        self.auth = Auth::Token(token.to_owned());
        self
    }

    pub(crate) fn request(&self, server: &Server) -> Request<Bytes> {
        let endpoint = server.endpoint();
        let authority = endpoint.split("://").nth(1).unwrap();
        let host = self.host.clone().unwrap_or_else(|| authority.to_owned());
        let mut headers = vec![("content-type".to_owned(), self.content_type.clone())];
        headers.extend(self.headers.clone());
        match &self.auth {
            Auth::Nothing => {}
            Auth::Token(token) => headers.push(("x-auth-token".to_owned(), token.clone())),
            Auth::Key => self.sign(server, &host, &mut headers),
        }
        let mut request = Request::builder().method(self.method.clone()).header("host", &host);
        for (name, value) in headers.iter().chain(&self.more_headers) {
            request = request.header(name, value);
        }
        let (query, mark) = (encode(&self.query), if self.query.is_empty() { "" } else { "?" });
        request.uri(format!("{endpoint}{}{mark}{query}", self.path)).body(self.body.clone().into()).unwrap()
    }

    fn sign(&self, server: &Server, host: &str, headers: &mut Vec<(String, String)>) {
        let credentials = self.credentials.clone().unwrap_or_else(|| server.credentials());
        headers.push(("x-sdk-date".to_owned(), sdk_hmac_sha256::date(self.timestamp)));
        if let Some(token) = credentials.token() {
            headers.push(("x-security-token".to_owned(), token.expose().to_owned()));
        }
        if self.unsigned_body {
            headers.push(("x-sdk-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()));
        }
        let mut signed: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        signed.push(("host", host));
        let query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = self.signed_body.as_ref().unwrap_or(&self.body);
        let request = wharf_sign::Request {
            method: self.method.as_str(),
            path: &self.path,
            parameters: &query,
            headers: &signed,
            payload: if self.unsigned_body { Payload::Unsigned } else { Payload::Bytes(body) },
            ..wharf_sign::Request::default()
        };
        let key = wharf_sign::Credentials { id: credentials.id(), secret: credentials.secret().expose(), token: None };
        let authorization = sdk_hmac_sha256::sign(&request, &key, self.timestamp).authorization().to_owned();
        headers.push(("authorization".to_owned(), authorization));
    }

    /// Sends it over the socket.
    pub(crate) async fn send_by_socket(&self, server: &Server) -> std::io::Result<Vec<u8>> {
        exchange(server, &self.request(server)).await
    }

    /// Sends it without the socket.
    pub(crate) async fn send(&self, server: &Server) -> Answer {
        let answer = server.transport().send(self.request(server), LIMITS).await.unwrap();
        let (parts, body) = answer.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
    }
}

impl Answer {
    /// The whole body.
    pub(crate) fn whole(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Status and code of a refusal in the product's own form.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.whole()["error_code"].as_str().unwrap_or_default().to_owned())
    }

    /// What a refusal says.
    pub(crate) fn why(&self) -> String {
        self.whole()["error_msg"].as_str().unwrap_or_default().to_owned()
    }
}
