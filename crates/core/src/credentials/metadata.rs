//! Credentials of the role that a machine of a cloud has.

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

/// The metadata service is close by: without a response by then, there is none.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes of its responses.
const MAX_BYTES: usize = 64 << 10;

/// How a cloud's metadata service hands out credentials.
#[derive(Debug, Clone, Copy)]
pub struct MetadataForm {
    /// The URL of the service.
    pub base_url: &'static str,
    /// The path of the credentials below it. Where roles have names, the path of their list; the name follows it.
    pub path: &'static str,
    /// Whether roles have names.
    pub named: bool,
    /// How a token is asked for, where the service has tokens.
    pub token: Option<MetadataToken>,
    /// The key in its response.
    pub key: KeyForm,
    /// The variable that names the role.
    pub role_variable: Option<&'static str>,
    /// The variable that switches the service off.
    pub off_variable: Option<&'static str>,
}

/// How a metadata service hands out the token that its requests need.
#[derive(Debug, Clone, Copy)]
pub struct MetadataToken {
    /// The path.
    pub path: &'static str,
    /// The header with the seconds that the token is good for.
    pub life_header: &'static str,
    /// Those seconds. Each token is used for one visit alone.
    pub life: &'static str,
    /// The header that carries the token.
    pub header: &'static str,
    /// The variable that forbids requests without a token where the service returns none.
    pub required_variable: Option<&'static str>,
}

/// Asks the metadata service of a machine in a cloud for the temporary credentials of its role, each time it is asked.
///
/// Where the service has tokens, it requests one first; without one it sends its requests without a token.
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
    /// Finds out which role the machine has.
    pub fn new(form: &'static MetadataForm) -> Self {
        Self { form, base_url: None, role: None, transport: None, variables: Variables::default() }
    }

    /// Asks for this role.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Asks another metadata service.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Asks by another transport.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Looks variables up elsewhere than in the process's environment.
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

/// One exchange of requests and responses with the metadata service.
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
