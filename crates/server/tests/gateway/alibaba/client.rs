//! A client as small as can be: it signs by hand, so that it can be wrong in any way.

use crate::client::{Answer, LIMITS, encode, exchange, key, now};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use wharf_core::credentials::Credentials;
use wharf_server::Server;
use wharf_sign::{Payload, Request as Signable, acs_roa, acs_rpc, acs3, sha256_hex};

/// How a call says who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    Roa,
    Acs3,
    Rpc,
    Nothing,
}

/// A call, right in every respect until it is made wrong.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) host: Option<String>,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) timestamp: i64,
    pub(crate) nonce: Option<String>,
    pub(crate) auth: Auth,
    pub(crate) credentials: Option<Credentials>,
    /// Signed like all others.
    pub(crate) headers: Vec<(String, String)>,
    /// Headers that are left out, signed or not.
    pub(crate) without: Vec<String>,
    pub(crate) more_headers: Vec<(String, String)>,
}

fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("nonce-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>, body: Value) -> Self {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let mut headers = vec![("accept", "application/json"), ("x-acs-version", "2015-12-15")];
        if !body.is_empty() {
            headers.push(("content-type", "application/json; charset=utf-8"));
        }
        Self {
            method,
            host: None,
            path: path.into(),
            query: Vec::new(),
            body,
            timestamp: now(),
            nonce: Some(fresh()),
            auth: Auth::Roa,
            credentials: None,
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            without: Vec::new(),
            more_headers: Vec::new(),
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Value::Null)
    }

    /// A call of an action: all of it is in the query.
    pub(crate) fn action(name: &str, parameters: &[(&str, &str)]) -> Self {
        let mut call = Self::new(Method::POST, "/", Value::Null).by(Auth::Rpc);
        call.headers.clear();
        for (name, value) in [("Action", name), ("Version", "2015-04-01"), ("Format", "JSON")].iter().chain(parameters)
        {
            call.query.push(((*name).to_owned(), (*value).to_owned()));
        }
        call
    }

    pub(crate) fn by(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn of(mut self, credentials: &Credentials) -> Self {
        self.credentials = Some(credentials.clone());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a header, or a parameter of an action, out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.query.retain(|(known, _)| known != name);
        self.without.push(name.to_owned());
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(known, _)| known != name);
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn request(&self, server: &Server) -> Request<Bytes> {
        let endpoint = server.endpoint();
        let authority = endpoint.split("://").nth(1).unwrap();
        let host = self.host.clone().unwrap_or_else(|| authority.to_owned());
        let credentials = self.credentials.clone().unwrap_or_else(|| server.credentials());
        let (mut headers, mut query) = (self.headers.clone(), self.query.clone());
        match self.auth {
            Auth::Nothing => {}
            Auth::Roa => self.sign_roa(&credentials, &mut headers),
            Auth::Acs3 => self.sign_acs3(&credentials, &host, &mut headers),
            Auth::Rpc => self.sign_rpc(&credentials, &mut query),
        }
        let mut request = Request::builder().method(self.method.clone()).header("host", &host);
        for (name, value) in headers.iter().chain(&self.more_headers) {
            request = request.header(name, value);
        }
        let (query, mark) = (encode(&query), if query.is_empty() { "" } else { "?" });
        request.uri(format!("{endpoint}{}{mark}{query}", self.path)).body(self.body.clone().into()).unwrap()
    }

    /// Adds what a signature needs additionally, except what is to be left out.
    fn add(&self, to: &mut Vec<(String, String)>, all: &[(&str, &str)]) {
        for (name, value) in all {
            let known = to.iter().any(|(known, _)| known == name);
            if !known && !self.without.iter().any(|out| out == name) {
                to.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
    }

    fn sign_roa(&self, credentials: &Credentials, headers: &mut Vec<(String, String)>) {
        let (date, digest) = (acs_roa::date(self.timestamp), acs_roa::content_md5(&self.body));
        self.add(
            headers,
            &[("date", &date), ("x-acs-signature-method", "HMAC-SHA1"), ("x-acs-signature-version", "1.0")],
        );
        if !self.body.is_empty() {
            self.add(headers, &[("content-md5", &digest)]);
        }
        if let Some(nonce) = &self.nonce {
            self.add(headers, &[(acs_roa::NONCE_HEADER, nonce)]);
        }
        if let Some(token) = credentials.token() {
            self.add(headers, &[(acs_roa::TOKEN_HEADER, token.expose())]);
        }
        let (query, signed) = (pairs(&self.query), pairs(headers));
        let (method, path) = (self.method.as_str(), self.path.as_str());
        let request = Signable { method, path, parameters: &query, headers: &signed, ..Signable::default() };
        let signed = acs_roa::sign(&request, &key(credentials));
        self.add(headers, &[("authorization", signed.authorization())]);
    }

    fn sign_acs3(&self, credentials: &Credentials, host: &str, headers: &mut Vec<(String, String)>) {
        let (date, digest) = (acs3::date(self.timestamp), sha256_hex(&self.body));
        self.add(headers, &[(acs3::DATE_HEADER, &date), (acs3::CONTENT_HEADER, &digest)]);
        if let Some(nonce) = &self.nonce {
            self.add(headers, &[(acs3::NONCE_HEADER, nonce)]);
        }
        if let Some(token) = credentials.token() {
            self.add(headers, &[(acs3::TOKEN_HEADER, token.expose())]);
        }
        let query = pairs(&self.query);
        let mut signed = pairs(headers);
        signed.push(("host", host));
        let request = Signable {
            method: self.method.as_str(),
            path: &self.path,
            parameters: &query,
            headers: &signed,
            payload: Payload::Bytes(&self.body),
            ..Signable::default()
        };
        let signed = acs3::sign(&request, &key(credentials));
        self.add(headers, &[("authorization", signed.authorization())]);
    }

    fn sign_rpc(&self, credentials: &Credentials, query: &mut Vec<(String, String)>) {
        let date = acs3::date(self.timestamp);
        let all = [
            ("AccessKeyId", credentials.id()),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("Timestamp", &date),
        ];
        self.add(query, &all);
        if let Some(nonce) = &self.nonce {
            self.add(query, &[("SignatureNonce", nonce)]);
        }
        if let Some(token) = credentials.token() {
            self.add(query, &[("SecurityToken", token.expose())]);
        }
        let signed = pairs(query);
        let request = Signable { method: self.method.as_str(), parameters: &signed, ..Signable::default() };
        let signed = acs_rpc::sign(&request, &key(credentials));
        self.add(query, &[("Signature", signed.signature())]);
    }

    /// Sends it over the socket.
    pub(crate) async fn send_by_socket(&self, server: &Server) -> std::io::Result<Vec<u8>> {
        exchange(server, &self.request(server)).await
    }

    /// Sends it without the socket.
    pub(crate) async fn send(&self, server: &Server) -> Answer {
        send(server, self.request(server)).await
    }
}

pub(crate) async fn send(server: &Server, request: Request<Bytes>) -> Answer {
    let answer = server.transport().send(request, LIMITS).await.unwrap();
    let (parts, body) = answer.into_parts();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
}

fn pairs(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Answer {
    /// Status and code of a refusal in JSON.
    pub(crate) fn failure(&self) -> (u16, String) {
        (self.status, self.whole()["Code"].as_str().unwrap_or_default().to_owned())
    }

    /// What a refusal in JSON says.
    pub(crate) fn reason(&self) -> String {
        self.whole()["Message"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}
