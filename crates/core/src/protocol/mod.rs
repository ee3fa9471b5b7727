//! Protocols: how an operation's input becomes a request, and an answer its output.
//!
//! Tencent's APIs have one form of answer and two of request: [`tencent_v3`] for the signature TC3
//! (common parameters in headers) and [`tencent_query`] for the signatures HmacSHA1 and HmacSHA256
//! (everything in one flat list of parameters). API 2.0 is older and like the latter, with rules of its
//! own for what is signed and another form of answer: [`tencent_v2`] and [`tencent_v2_answer`].
//!
//! APIs with resources have members in paths, queries, headers and bodies: [`rest`], and [`rest_answer`]
//! for what comes back. Alibaba's are signed by [`acs`]; what has an action in the place of a resource is
//! [`acs_rpc`].

pub mod acs;
pub mod acs_rpc;
mod foreign;
pub mod form;
mod refusal;
pub mod rest;
pub mod rest_answer;
mod seen;
pub mod tencent_answer;
pub mod tencent_query;
pub mod tencent_v2;
pub mod tencent_v2_answer;
pub mod tencent_v3;
mod xml_error;

use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::product::Unsigned;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue};

/// What a connection says in all its requests to Tencent's APIs.
#[derive(Debug, Clone, Copy, Default)]
pub struct TencentCommon<'a> {
    /// Language of the messages (`zh-CN`, `en-US`).
    pub language: Option<&'a str>,
    /// Which program calls.
    pub request_client: Option<&'a str>,
}

/// Bytes of the path and query of a GET request (documented: 32 KB).
pub const MAX_QUERY: usize = 32 * 1024;
/// Bytes of a form in a POST request (documented: 1 MB).
pub const MAX_FORM: usize = 1024 * 1024;
/// Bytes of a JSON document in a POST request (documented: 10 MB).
pub const MAX_JSON: usize = 10 * 1024 * 1024;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn check_query(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_QUERY, "32 KB", "with the method GET; POST takes more")
}

fn check_form(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "with the signatures HmacSHA1 and HmacSHA256; TC3-HMAC-SHA256 takes more")
}

fn check_form_v2(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_FORM, "1 MB", "in a form")
}

fn check_json(bytes: usize) -> Result<(), Error> {
    check_size(bytes, MAX_JSON, "10 MB", "with the signature TC3-HMAC-SHA256")
}

fn check_size(bytes: usize, most: usize, limit: &str, why: &str) -> Result<(), Error> {
    if bytes <= most {
        return Ok(());
    }
    Err(Error::invalid_input("request", format!("has {bytes} bytes, at most {limit} ({most} bytes) are allowed {why}")))
}

/// Refuses credentials that cannot sign, before anything is made of them.
fn check_credentials(credentials: &Credentials) -> Result<(), Error> {
    let refuse = |reason: &str| Err(Error::new(ErrorKind::Credentials, reason));
    let (id, secret) = (credentials.id(), credentials.secret().expose());
    if id.is_empty() {
        return refuse("the secret id is empty");
    }
    if secret.is_empty() {
        return refuse("the secret key is empty");
    }
    if secret.trim() != secret {
        return refuse("the secret key begins or ends with white space");
    }
    if !id.bytes().all(|byte| byte.is_ascii_graphic() && !b",/;".contains(&byte)) {
        return refuse("the secret id has white space or other characters that no secret id has");
    }
    let token = credentials.token().map_or("", |token| token.expose());
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("the session token has white space or other characters that no session token has");
    }
    Ok(())
}

/// The session token, if there is one; an empty one is none.
fn token(credentials: &Credentials) -> Option<&str> {
    credentials.token().map(|token| token.expose()).filter(|token| !token.is_empty())
}

fn seconds(time: std::time::SystemTime) -> i64 {
    let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn header(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| Error::configuration(name, "has characters that a header cannot carry"))
}

/// A header value that nobody prints.
fn secret_header(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    let mut value = header(name, value)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Path as it is sent: the endpoint's own, then the operation's.
fn full_path(unsigned: &Unsigned) -> String {
    format!("{}{}", unsigned.endpoint.base_path, unsigned.path)
}

/// Puts the finished parts together.
fn assemble(unsigned: &Unsigned, query: &str, headers: HeaderMap, body: Bytes) -> Result<http::Request<Bytes>, Error> {
    let endpoint = &unsigned.endpoint;
    let mut uri = format!("{}://{}{}", endpoint.scheme, endpoint.authority, full_path(unsigned));
    if !query.is_empty() {
        uri.push('?');
        uri.push_str(query);
    }
    let wrong = || Error::configuration("endpoint", format!("{:?} is not a host", endpoint.authority));
    let mut request = http::Request::new(body);
    *request.method_mut() = unsigned.method.clone();
    // The cause would quote the address, and with it the parameters.
    *request.uri_mut() = uri.parse().map_err(|_| wrong())?;
    *request.headers_mut() = headers;
    // Stated, because the signature covers it and nothing on the way may write it differently.
    let host = HeaderValue::from_str(&endpoint.authority).map_err(|_| wrong())?;
    request.headers_mut().insert(HOST, host);
    Ok(request)
}

/// The headers that need no signature.
fn plain_headers(content_type: HeaderValue, user_agent: &str) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type);
    if !user_agent.is_empty() {
        headers.insert(http::header::USER_AGENT, header("user agent", user_agent)?);
    }
    Ok(headers)
}
