//! API 2.0: CCS at its hosts.

mod every_operation;
mod requests;
mod signatures;

use crate::client::{Answer, encode, exchange, key, now};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use wharf_core::credentials::Credentials;
use wharf_server::{Fault, Server};
use wharf_sign::hmac_v1::Algorithm;
use wharf_sign::hmac_v1_api2::{self, PATH};

/// A call of API 2.0, right in every respect until it is made wrong.
#[derive(Clone)]
struct Call {
    method: Method,
    host: Option<String>,
    path: String,
    /// Behind the path, whatever the method.
    query: String,
    content_type: String,
    parameters: Vec<(String, String)>,
    /// Not to be sent at all.
    without: &'static str,
    timestamp: i64,
    nonce: u64,
    algorithm: Algorithm,
    credentials: Option<Credentials>,
    sign: fn(&wharf_sign::Request<'_>, &wharf_sign::Credentials<'_>, Algorithm) -> wharf_sign::Signed,
}

impl Call {
    /// A GET, with SHA-1 as it is by default.
    fn get(action: &str, parameters: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let pairs = [("Action", action), ("Region", "gz")];
        let pairs = pairs.iter().chain(parameters).map(|(name, value)| ((*name).into(), (*value).into()));
        Self {
            method: Method::GET,
            host: None,
            path: PATH.into(),
            query: String::new(),
            content_type: String::new(),
            parameters: pairs.collect(),
            without: "",
            timestamp: now(),
            nonce: NEXT.fetch_add(1, Ordering::Relaxed),
            algorithm: Algorithm::HmacSha1,
            credentials: None,
            sign: hmac_v1_api2::sign,
        }
    }

    /// A POST with a form, with SHA-256.
    fn post(action: &str, parameters: &[(&str, &str)]) -> Self {
        let content_type = "application/x-www-form-urlencoded".into();
        Self { method: Method::POST, content_type, algorithm: Algorithm::HmacSha256, ..Self::get(action, parameters) }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn request(&self, server: &Server) -> Request<Bytes> {
        let credentials = self.credentials.clone().unwrap_or_else(|| server.credentials());
        let authority = server.endpoint().split("://").nth(1).unwrap().to_owned();
        let host = self.host.clone().unwrap_or(authority);
        let mut parameters = self.parameters.clone();
        let mut add = |name: &str, value: &str| parameters.push((name.into(), value.into()));
        add("Timestamp", &self.timestamp.to_string());
        add("Nonce", &self.nonce.to_string());
        add("SecretId", credentials.id());
        if self.algorithm == Algorithm::HmacSha256 {
            add("SignatureMethod", self.algorithm.name());
        }
        if let Some(token) = credentials.token() {
            add("Token", token.expose());
        }
        parameters.retain(|(name, _)| name != self.without);
        let plain: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, path) = (self.method.as_str(), self.path.as_str());
        let signable = wharf_sign::Request { method, host: &host, path, parameters: &plain, ..Default::default() };
        let signature = (self.sign)(&signable, &key(&credentials), self.algorithm).signature().to_owned();
        if self.without != "Signature" {
            parameters.push(("Signature".into(), signature));
        }
        let text = encode(&parameters);
        let request = Request::builder().header("host", &host).method(self.method.clone());
        let uri = format!("{}{}", server.endpoint(), self.path);
        if self.method == Method::GET {
            return request.uri(format!("{uri}?{text}")).body(Bytes::new()).unwrap();
        }
        let mark = if self.query.is_empty() { "" } else { "?" };
        let request = request.uri(format!("{uri}{mark}{}", self.query));
        let typed =
            if self.content_type.is_empty() { request } else { request.header("content-type", &self.content_type) };
        typed.body(text.into()).unwrap()
    }

    /// Sends it over the socket; the whole answer.
    async fn send(&self, server: &Server) -> Value {
        let answer = Answer::read(&exchange(server, &self.request(server)).await.unwrap());
        assert_eq!(answer.status, 200, "whatever comes of it");
        assert_eq!(answer.headers["content-type"], "application/json");
        serde_json::from_slice(&answer.body).unwrap()
    }

    async fn code(&self, server: &Server) -> i64 {
        self.send(server).await["code"].as_i64().unwrap()
    }
}

/// A call that every check lets pass.
fn list() -> Call {
    Call::get("DescribeCluster", &[("limit", "1")])
}

/// A server whose world is a function that answers with the parameters it got.
async fn echoing() -> Server {
    let server = Server::builder().start().await.unwrap();
    server.faults().add(Fault::answer_with(|parameters| Ok(json!({ "echo": parameters, "totalCount": 3 }))));
    server
}
