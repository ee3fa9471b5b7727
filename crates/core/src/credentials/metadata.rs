//! Credentials of the role of a cloud machine.

use super::{Credentials, KeyForm, ProvideCredentials, Variables};
use crate::error::{Error, ErrorKind};
use crate::model::Secret;
use crate::product::ShownUrl;
use crate::transport::{HttpTransport, Limits, Proxy, Transport, TransportErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Timeout of a request. The metadata service is close, so without a response it does not exist.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum size of a response, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// Description of a cloud's metadata service for credentials.
#[derive(Debug, Clone, Copy)]
pub struct MetadataForm {
    /// URL of the service.
    pub base_url: &'static str,
    /// Path of the credentials below the URL. If roles have names, the path of their list; the name is appended to it.
    pub path: &'static str,
    /// Whether roles have names.
    pub named: bool,
    /// Request for a token, if the service has tokens.
    pub token: Option<MetadataToken>,
    /// Format of the access key in the response.
    pub key: KeyForm,
    /// Variable that contains the name of the role.
    pub role_variable: Option<&'static str>,
    /// Variable that disables the service.
    pub off_variable: Option<&'static str>,
}

/// Description of the token that a metadata service requires.
#[derive(Debug, Clone, Copy)]
pub struct MetadataToken {
    /// Path of the token.
    pub path: &'static str,
    /// Header with the lifetime of the token in seconds.
    pub life_header: &'static str,
    /// Lifetime of the token in seconds. Each token is used for one lookup.
    pub life: &'static str,
    /// Header that contains the token.
    pub header: &'static str,
    /// Variable that forbids requests without a token if the service returns none.
    pub required_variable: Option<&'static str>,
}

/// Requests the temporary credentials of a machine's role from the metadata service of its cloud, on each call.
///
/// If the service has tokens, it requests one first. If the service returns no token, it sends its requests without one.
#[derive(Clone)]
pub struct Metadata {
    form: &'static MetadataForm,
    base_url: Option<String>,
    role: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    variables: Variables,
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata")
            .field("base_url", &ShownUrl(self.url()))
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Metadata {
    /// Returns a provider that looks up the machine's role.
    pub fn new(form: &'static MetadataForm) -> Self {
        Self { form, base_url: None, role: None, transport: None, variables: Variables::default() }
    }

    /// Sets the role.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Sets the URL of the metadata service.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the transport.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets the function that looks up variables. The default is the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    fn url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(self.form.base_url).trim_end_matches('/')
    }

    async fn send(&self, visit: &Visit, method: Method, path: &str) -> Result<Response<Bytes>, Error> {
        let mut request = http::Request::builder().method(&method).uri(format!("{}/{path}", self.url()));
        if let Some(token) = self.form.token.filter(|_| method == Method::PUT) {
            request = request.header(token.life_header, token.life);
        }
        if let (Some(form), Some(token)) = (self.form.token, &visit.token) {
            request = request.header(form.header, token.expose());
        }
        let request = request
            .body(Bytes::new())
            .map_err(|_| Error::configuration("base_url", "of the metadata service must be a full URL"))?;
        let limits = Limits { timeout: TIMEOUT, max_response: MAX_BYTES };
        visit.transport.send(request, limits).await.map_err(|error| match error.kind {
            TransportErrorKind::Timeout => missing(format!("timed out after {} s", TIMEOUT.as_secs())),
            _ => missing(error.message),
        })
    }

    async fn get(&self, visit: &Visit, role: &str) -> Result<Bytes, Error> {
        let response = self.send(visit, Method::GET, &format!("{}{role}", self.form.path)).await?;
        match response.status().as_u16() {
            200 => Ok(response.into_body()),
            404 if role.is_empty() => Err(missing("this machine has no role")),
            404 => Err(missing("this machine does not have the role that was asked for")),
            status => Err(missing(format!("the metadata service answered with HTTP status {status}"))),
        }
    }

    async fn token(&self, visit: &Visit, form: &MetadataToken) -> Result<Option<Secret>, Error> {
        let refused = match self.send(visit, Method::PUT, form.path).await {
            Ok(response) if response.status().is_success() => {
                let token = String::from_utf8_lossy(response.body()).trim().to_owned();
                if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Ok(Some(token.into()));
                }
                missing("the metadata service gives a token that is none")
            }
            Ok(response) => missing(format!("the metadata service gives no token: HTTP status {}", response.status())),
            Err(error) => error,
        };
        let required = form.required_variable.is_some_and(|name| self.variables.is_on(name));
        if required { Err(refused) } else { Ok(None) }
    }

    async fn role_name(&self, visit: &Visit) -> Result<String, Error> {
        if !self.form.named {
            return Ok(String::new());
        }
        let named = || self.form.role_variable.and_then(|name| self.variables.get(name));
        let role = match self.role.clone().or_else(named) {
            Some(role) => role,
            None => String::from_utf8_lossy(&self.get(visit, "").await?).trim().to_owned(),
        };
        if role.is_empty() || !role.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
            return Err(missing("the metadata service names no role"));
        }
        Ok(role)
    }
}

/// The requests and responses of one lookup.
#[derive(Debug)]
struct Visit {
    transport: Arc<dyn Transport>,
    token: Option<Secret>,
}

#[async_trait]
impl ProvideCredentials for Metadata {
    async fn credentials(&self) -> Result<Credentials, Error> {
        if let Some(name) = self.form.off_variable.filter(|name| self.variables.is_on(name)) {
            return Err(missing(format!("switched off by {name}")));
        }
        let transport: Arc<dyn Transport> = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::builder().proxy(Proxy::None).connect_timeout(TIMEOUT).build()?),
        };
        let mut visit = Visit { transport, token: None };
        if let Some(form) = &self.form.token {
            visit.token = self.token(&visit, form).await?;
        }
        let role = self.role_name(&visit).await?;
        let text = self.get(&visit, &role).await?;
        let of = if role.is_empty() { "its response".to_owned() } else { format!("the answer for role {role}") };
        self.form.key.read(&text).map_err(|reason| missing(format!("{of} {reason}")))
    }
}

fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
