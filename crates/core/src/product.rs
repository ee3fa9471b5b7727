//! The interface that describes a product, so that its operations can be called.

use crate::credentials::Credentials;
use crate::error::{CodeMeta, Error, ErrorKind};
use crate::model::{HIDDEN, Model, Problem};
use crate::operation::OperationMeta;
use crate::protocol::form;
use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{HeaderMap, HeaderName, Method};
use std::fmt::{self, Debug};
use std::time::SystemTime;

/// Product of a cloud: its endpoints, protocol, signature and errors.
pub trait Product: Debug + Send + Sync + 'static {
    /// Returns the name (`tke`).
    fn name(&self) -> &'static str;

    /// Returns the host name that an operation is sent to, if the caller sets no full endpoint.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if a setting that the name needs is missing.
    fn host(&self, operation: &OperationMeta, region: Option<&str>) -> Result<String, Error>;

    /// Checks the format of a region before anything is sent.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) naming what is wrong.
    fn check_region(&self, region: &str) -> Result<(), Error>;

    /// Encodes the request, except for the parts that the signature adds. Called once per call.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the request is larger than documented.
    fn encode(&self, input: &EncodeInput<'_>) -> Result<Unsigned, Error>;

    /// Builds a request of an operation that needs no signature. Called for every attempt.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when it is not a valid request.
    fn without_signature(&self, unsigned: &Unsigned, time: SystemTime) -> Result<http::Request<Bytes>, Error> {
        let _ = time;
        unsigned.without_signature()
    }

    /// Signs the request. Called for every attempt, unless the operation is
    /// [`Anonymous`](crate::operation::Authorization).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the signed request is larger than documented,
    /// [`Credentials`](crate::ErrorKind::Credentials) when the credentials cannot sign.
    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error>;

    /// Returns the request in the form whose signature is in the query of a GET, so that its URL is complete.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) if signatures are sent in headers, which is the default.
    fn presignable(&self, unsigned: Unsigned) -> Result<Unsigned, Error> {
        let _ = unsigned;
        let reason = "is signed in headers: no URL can carry the signature";
        Err(Error::new(ErrorKind::Unsupported, format!("the request {reason}")))
    }

    /// Returns whether operations are called by method and path. Otherwise they are called by name.
    fn has_paths(&self) -> bool {
        false
    }

    /// Reads the response into `output`, or returns the error that the service reports. The error contains kind, code,
    /// message, request id and whether it may be retried. The caller adds status and operation.
    ///
    /// # Errors
    /// The error that the service reports, or [`Decode`](crate::ErrorKind::Decode).
    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error>;

    /// Writes the response that the service sends for an output or an error, which [`decode`](Self::decode) reads. Called
    /// by mocks.
    #[cfg(feature = "testing")]
    fn respond(&self, reply: &crate::mock::Reply<'_>) -> http::Response<Bytes> {
        crate::mock::plain(reply)
    }

    /// Returns the meaning of a documented code.
    fn code(&self, code: &str) -> Option<&'static CodeMeta>;

    /// Returns whether the protocol or the signature owns a header, so that no program may set it. Headers that a request
    /// has already, and those of HTTP itself, need not be listed.
    fn owns_header(&self, name: &HeaderName) -> bool {
        let _ = name;
        false
    }

    /// Returns the known regions of the product's public cloud. Other regions are accepted too, because private clouds
    /// have their own.
    fn regions(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns whether the service rejected the signature because of its time.
    fn is_clock_skew(&self, error: &Error) -> bool;

    /// Returns whether the service rejected temporary credentials in a way that new ones may cure, such as a token that
    /// was revoked before its expiry. If the source returns others, the call is sent once more. Only called for
    /// credentials with a session token.
    fn is_stale_credentials(&self, error: &Error) -> bool {
        let _ = error;
        false
    }
}

/// Input of [`Product::encode`].
#[derive(Clone, Copy)]
pub struct EncodeInput<'a> {
    /// The operation.
    pub operation: &'static OperationMeta,
    /// Input of the operation, already checked.
    pub input: &'a dyn Model,
    /// Endpoint that the request is sent to.
    pub endpoint: &'a Endpoint,
    /// Endpoint that the signature covers: `endpoint`, unless a reverse proxy is in between.
    pub signed: &'a Endpoint,
    /// Region, if there is one.
    pub region: Option<&'a str>,
    /// Value of the `User-Agent` header.
    pub user_agent: &'a str,
}

impl Debug for EncodeInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodeInput")
            .field("operation", &self.operation.name)
            .field("endpoint", self.endpoint)
            .field("signed", self.signed)
            .finish_non_exhaustive()
    }
}

/// Scheme, host and base path of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https` or `http`.
    pub scheme: String,
    /// Host, with the port if it is not the scheme's default.
    pub authority: String,
    /// Prefix of every path: empty, or `/x` without a slash at its end.
    pub base_path: String,
}

/// Request before it is signed.
///
/// `Debug` shows its destination, and only the names of the rest: the values may be secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct Unsigned {
    /// The operation.
    pub operation: &'static OperationMeta,
    /// HTTP method.
    pub method: Method,
    /// Endpoint that the request is sent to.
    pub endpoint: Endpoint,
    /// Endpoint that signatures cover. Signatures and the header `Host` use it alone.
    pub signed: Endpoint,
    /// Path below the endpoint's base path, starting with `/`, encoded.
    pub path: String,
    /// Query, decoded, in the order in which it is sent.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    /// Region, if there is one.
    pub region: Option<String>,
}

impl Unsigned {
    /// Returns a request of a call without query, headers and body.
    pub fn new(call: &EncodeInput<'_>, method: Method, path: impl Into<String>) -> Self {
        Self {
            operation: call.operation,
            method,
            endpoint: call.endpoint.clone(),
            signed: call.signed.clone(),
            path: path.into(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            region: call.region.map(str::to_owned),
        }
    }

    /// Converts it to a GET request, with the parameters of a form in the query.
    #[must_use]
    pub fn into_query(mut self) -> Self {
        if let Body::Form(parameters) = std::mem::replace(&mut self.body, Body::Empty) {
            self.query.extend(parameters);
        }
        self.method = Method::GET;
        self
    }
}

/// Body of an unsigned request. `Debug` shows its size alone.
#[derive(Clone)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    Empty,
    /// Bytes, ready to send.
    Bytes(Bytes),
    /// Form, which the signature may extend.
    Form(Vec<(String, String)>),
}

impl Unsigned {
    /// Returns the host that the signature covers and the header `Host` contains.
    pub fn signed_host(&self) -> &str {
        &self.signed.authority
    }

    /// Returns the path that the signature covers: the service's base path, then the operation's path.
    pub fn signed_path(&self) -> String {
        format!("{}{}", self.signed.base_path, self.path)
    }

    /// Returns the query, borrowed.
    pub fn parameters(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Returns the request without a signature, for operations that need none.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn without_signature(&self) -> Result<http::Request<Bytes>, Error> {
        self.request(&wharf_sign::canonical::query(&self.parameters()), self.headers.clone(), self.body.to_bytes())
    }

    /// Builds the HTTP request. `query` is encoded, without the question mark.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if an endpoint is not a host.
    pub fn request(&self, query: &str, headers: HeaderMap, body: Bytes) -> Result<http::Request<Bytes>, Error> {
        let endpoint = &self.endpoint;
        let mut uri = format!("{}://{}{}{}", endpoint.scheme, endpoint.authority, endpoint.base_path, self.path);
        if !query.is_empty() {
            uri.push('?');
            uri.push_str(query);
        }
        let wrong = |host: &str| Error::configuration("endpoint", format!("{host:?} is not a host"));
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        // The cause would quote the URL, and with it the parameters.
        *request.uri_mut() = uri.parse().map_err(|_| wrong(&endpoint.authority))?;
        *request.headers_mut() = headers;
        // Set explicitly, because the signature covers it and the HTTP library must not change it.
        let host = HeaderValue::from_str(self.signed_host()).map_err(|_| wrong(self.signed_host()))?;
        request.headers_mut().insert(HOST, host);
        Ok(request)
    }
}

impl Body {
    /// Returns the bytes to send. A form is encoded.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Bytes(bytes) => bytes.clone(),
            Self::Form(parameters) => form::encode(parameters).into(),
        }
    }
}

impl Debug for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned")
            .field("operation", &self.operation.name)
            .field("method", &self.method)
            .field("endpoint", &self.endpoint)
            .field("signed", &self.signed)
            .field("query", &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Form(fields) => write!(f, "Form({} fields)", fields.len()),
        }
    }
}

/// URL that `Debug` shows without user, password and query.
pub struct ShownUrl<'a>(pub &'a str);

impl Debug for ShownUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, rest) = match self.0.rsplit_once('@') {
            Some((_, rest)) => (HIDDEN, rest),
            None => ("", self.0),
        };
        let at = if user.is_empty() { "" } else { "@" };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        format!("{user}{at}{rest}").fmt(f)
    }
}

/// Input of a signature, in addition to the request.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// Credentials to sign with.
    pub credentials: &'a Credentials,
    /// Time of the signature, corrected for clock skew.
    pub time: SystemTime,
    /// Number used once.
    pub nonce: u64,
}

impl<'a> Signing<'a> {
    /// Returns the time in seconds since 1970, or 0 for a time before.
    pub fn timestamp(&self) -> i64 {
        let since = self.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// Checks the credentials and returns them for a signature.
    ///
    /// # Errors
    /// [`Credentials`](crate::ErrorKind::Credentials) if they cannot sign.
    pub fn key(&self) -> Result<wharf_sign::Credentials<'a>, Error> {
        self.credentials.check()?;
        Ok(self.credentials.as_key())
    }
}

/// Metadata of a response, in addition to its output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The service's identifier of the request.
    pub request_id: Option<String>,
    /// Fields that could not be read, with the reason: they were left out, or read with a loss that the reason states.
    /// No value is quoted.
    pub problems: Vec<Problem>,
}

impl Answer {
    /// Returns the metadata of a response with that request id and no problems.
    pub fn new(request_id: Option<String>) -> Self {
        Self { request_id, problems: Vec::new() }
    }
}
