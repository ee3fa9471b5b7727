//! Credentials of the role that a machine of the cloud has.

use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::model::Secret;
use wharf_core::model::json::{Mode, read};
use wharf_core::product::ShownUrl;
use wharf_core::transport::{HttpTransport, Limits, Proxy, Transport, TransportErrorKind};
use wharf_core::{Error, ErrorKind};

/// Where a machine asks about itself.
const METADATA: &str = "http://metadata.tencentyun.com/latest/meta-data";
/// The way to the credentials below it.
const ROLES: &str = "cam/security-credentials/";
/// The metadata service is next door: when it has not answered by then, there is none.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes of its answers.
const MAX_BYTES: usize = 64 << 10;

/// Asks the metadata service of a machine in the cloud for the temporary credentials of its role.
#[derive(Clone)]
pub struct InstanceRole {
    base_url: String,
    role: Option<String>,
    transport: Option<Arc<dyn Transport>>,
}

impl fmt::Debug for InstanceRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceRole")
            .field("base_url", &ShownUrl(&self.base_url))
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Default for InstanceRole {
    fn default() -> Self {
        Self { base_url: METADATA.to_owned(), role: None, transport: None }
    }
}

/// What the metadata service says about a role.
#[derive(Clone, Default, PartialEq)]
struct RoleCredentials {
    code: Option<String>,
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    expires: Option<u64>,
}

wharf_core::model! {
    RoleCredentials = "RoleCredentials" {
        code = "Code";
        id = "TmpSecretId";
        secret = "TmpSecretKey" .sensitive();
        token = "Token" .sensitive();
        expires = "ExpiredTime";
    }
}

impl InstanceRole {
    /// Finds out which role the machine has.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for this role.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Asks another metadata service; the URL is what stands before `/cam/security-credentials/`.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Asks by another transport.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    async fn get(&self, transport: &dyn Transport, name: &str) -> Result<Bytes, Error> {
        let url = format!("{}/{ROLES}{name}", self.base_url.trim_end_matches('/'));
        let request = http::Request::get(url)
            .body(Bytes::new())
            .map_err(|_| Error::configuration("base_url", "of the metadata service must be a full URL"))?;
        let limits = Limits { timeout: TIMEOUT, max_response: MAX_BYTES };
        let response = transport.send(request, limits).await.map_err(|error| match error.kind {
            TransportErrorKind::Timeout => missing(format!("timed out after {} s", TIMEOUT.as_secs())),
            _ => missing(error.message),
        })?;
        match response.status().as_u16() {
            200 => Ok(response.into_body()),
            404 if name.is_empty() => Err(missing("this machine has no role")),
            404 => Err(missing("this machine does not have the role that was asked for")),
            status => Err(missing(format!("the metadata service answered with HTTP status {status}"))),
        }
    }
}

#[async_trait]
impl ProvideCredentials for InstanceRole {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let transport: Arc<dyn Transport> = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::builder().proxy(Proxy::None).connect_timeout(TIMEOUT).build()?),
        };
        let role = match &self.role {
            Some(role) => role.clone(),
            None => String::from_utf8_lossy(&self.get(&*transport, "").await?).trim().to_owned(),
        };
        if role.is_empty() || !role.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
            return Err(missing("the metadata service names no role"));
        }
        let text = self.get(&*transport, &role).await?;
        credentials(&text).map_err(|reason| missing(format!("the answer for role {role} {reason}")))
    }
}

fn credentials(text: &[u8]) -> Result<Credentials, String> {
    let mut answer = RoleCredentials::default();
    read(text, &mut answer, Mode::Lenient).map_err(|problem| format!("cannot be read: {problem}"))?;
    if let Some(code) = answer.code.filter(|code| code != "Success") {
        return Err(format!("says {code}"));
    }
    let (Some(id), Some(secret), Some(token)) = (answer.id, answer.secret, answer.token) else {
        return Err("lacks TmpSecretId, TmpSecretKey or Token".to_owned());
    };
    let credentials = Credentials::new(id, secret).with_token(token);
    let expiry = answer.expires.and_then(|at| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(at)));
    Ok(match expiry {
        Some(expiry) => credentials.with_expiry(expiry),
        None => credentials,
    })
}

fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
