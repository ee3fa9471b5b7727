//! Credentials of the role that a machine of the cloud has.

use super::Variables;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::model::json::{Mode, read};
use wharf_core::model::{Secret, Timestamp};
use wharf_core::product::ShownUrl;
use wharf_core::transport::{HttpTransport, Limits, Proxy, Transport, TransportErrorKind};
use wharf_core::{Error, ErrorKind};

/// Names the role.
const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
/// Switches the metadata service off.
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
/// Switches its first version off, which gives credentials to whoever asks without a token.
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";
/// Where a machine asks about itself.
const METADATA: &str = "http://100.100.100.200";
const TOKEN: &str = "latest/api/token";
const ROLES: &str = "latest/meta-data/ram/security-credentials/";
const TOKEN_HEADER: &str = "x-aliyun-ecs-metadata-token";
const LIFE_HEADER: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
/// Seconds that a token serves; each is used for one visit alone.
const LIFE: &str = "60";
/// The metadata service is next door: when it has not answered by then, there is none.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes of its answers.
const MAX_BYTES: usize = 64 << 10;

/// Asks the metadata service of a machine in the cloud for the temporary credentials of its role.
///
/// It gets a token first; where the service has none to give, it asks without, unless
/// `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`. With `ALIBABA_CLOUD_ECS_METADATA_DISABLED` it asks nothing at all.
#[derive(Clone)]
pub struct InstanceRole {
    base_url: String,
    role: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    variables: Variables,
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
        Self { base_url: METADATA.to_owned(), role: None, transport: None, variables: Variables::default() }
    }
}

/// What the metadata service says about a role.
#[derive(Clone, Default, PartialEq)]
struct RoleCredentials {
    code: Option<String>,
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    expires: Option<Timestamp>,
}

wharf_core::model! {
    RoleCredentials = "RoleCredentials" {
        code = "Code";
        id = "AccessKeyId";
        secret = "AccessKeySecret" .sensitive();
        token = "SecurityToken" .sensitive();
        expires = "Expiration";
    }
}

impl InstanceRole {
    /// The role in `ALIBABA_CLOUD_ECS_METADATA`, or else the one that the machine has.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for this role.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Asks another metadata service; the URL is what stands before `/latest/`.
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

    /// Looks variables up elsewhere than in the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables(Arc::new(lookup));
        self
    }

    async fn send(&self, visit: &Visit, method: Method, name: &str) -> Result<Response<Bytes>, Error> {
        let url = format!("{}/{name}", self.base_url.trim_end_matches('/'));
        let mut request = http::Request::builder().method(method.clone()).uri(url);
        if method == Method::PUT {
            request = request.header(LIFE_HEADER, LIFE);
        }
        if let Some(token) = &visit.token {
            request = request.header(TOKEN_HEADER, token.expose());
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
        let response = self.send(visit, Method::GET, &format!("{ROLES}{role}")).await?;
        match response.status().as_u16() {
            200 => Ok(response.into_body()),
            404 if role.is_empty() => Err(missing("this machine has no role")),
            404 => Err(missing("this machine does not have the role that was asked for")),
            status => Err(missing(format!("the metadata service answered with HTTP status {status}"))),
        }
    }

    /// A token of the service's second version, where it has that.
    async fn token(&self, visit: &Visit) -> Result<Option<Secret>, Error> {
        let answer = self.send(visit, Method::PUT, TOKEN).await;
        let refused = match answer {
            Ok(response) if response.status().is_success() => {
                let token = String::from_utf8_lossy(response.body()).trim().to_owned();
                let usable = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
                if usable {
                    return Ok(Some(token.into()));
                }
                missing("the metadata service gives a token that is none")
            }
            Ok(response) => missing(format!("the metadata service gives no token: HTTP status {}", response.status())),
            Err(error) => error,
        };
        if self.variables.is_on(V1_DISABLED) { Err(refused) } else { Ok(None) }
    }
}

/// One exchange of questions and answers with the metadata service.
#[derive(Debug)]
struct Visit {
    transport: Arc<dyn Transport>,
    token: Option<Secret>,
}

#[async_trait]
impl ProvideCredentials for InstanceRole {
    async fn credentials(&self) -> Result<Credentials, Error> {
        if self.variables.is_on(DISABLED) {
            return Err(missing(format!("switched off by {DISABLED}")));
        }
        let transport: Arc<dyn Transport> = match &self.transport {
            Some(transport) => Arc::clone(transport),
            None => Arc::new(HttpTransport::builder().proxy(Proxy::None).connect_timeout(TIMEOUT).build()?),
        };
        let mut visit = Visit { transport, token: None };
        visit.token = self.token(&visit).await?;
        let role = match self.role.clone().or_else(|| self.variables.get(ROLE)) {
            Some(role) => role,
            None => String::from_utf8_lossy(&self.get(&visit, "").await?).trim().to_owned(),
        };
        if role.is_empty() || !role.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
            return Err(missing("the metadata service names no role"));
        }
        let text = self.get(&visit, &role).await?;
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
        return Err("lacks AccessKeyId, AccessKeySecret or SecurityToken".to_owned());
    };
    let expiry = answer.expires.and_then(|at| at.parse()).ok_or("does not say when it expires")?;
    Ok(Credentials::new(id, secret).with_token(token).with_expiry(expiry))
}

fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
