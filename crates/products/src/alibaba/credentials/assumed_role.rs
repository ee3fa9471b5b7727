//! Temporary credentials of a role that is assumed with other credentials.

use crate::alibaba::settings::AlibabaSettings;
use crate::sts;
use crate::sts::operations::{AssumeRole, AssumeRoleOutput};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::model::Secret;
use wharf_core::operation::{Operation, OperationMeta};
use wharf_core::{Connection, Error};

/// Default validity of the credentials.
const HOUR: Duration = Duration::from_secs(3600);
/// Minimum timeout of a call to the token service, even if the calls that wait for it have a shorter one.
const PATIENCE: Duration = Duration::from_secs(30);
/// Shortest validity that the service allows.
const SHORTEST: Duration = Duration::from_secs(900);

/// A role to assume and the options of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    arn: String,
    session_name: String,
    duration: Duration,
    policy: Option<String>,
    external_id: Option<Secret>,
    region: Option<String>,
    vpc: bool,
}

impl Role {
    /// Creates a role from its full name (`acs:ram::123456789012:role/adminrole`).
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            session_name: "wharf".to_owned(),
            duration: HOUR,
            policy: None,
            external_id: None,
            region: None,
            vpc: false,
        }
    }

    /// Sets the name of the session, which identifies the caller in the audit log. 2 to 64 letters, digits, `.`, `@`,
    /// `-` and `_`. Default: `wharf`.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Sets how long the credentials are valid, in whole seconds. At least 15 minutes, at most what the role allows.
    /// Default: one hour.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// Sets a policy that restricts the permissions of the credentials: JSON of at most 1024 characters.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// Sets the external id that the owner of the role requires from callers.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<Secret>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Sets the region of the token service. Default: the region of the connection.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets whether the token service is called by its name in the cloud's internal networks (`sts-vpc`). Has an effect
    /// only with a region.
    #[must_use]
    pub fn vpc(mut self, vpc: bool) -> Self {
        self.vpc = vpc;
        self
    }

    fn check(&self) -> Result<(), Error> {
        let wrong = |setting: &str, reason: &str| Err(Error::configuration(setting, reason));
        if !(self.arn.starts_with("acs:ram::") && self.arn.contains(":role/")) {
            return wrong("role_arn", "is no role such as acs:ram::123456789012:role/adminrole");
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte);
        if !(2..=64).contains(&self.session_name.len()) || !self.session_name.bytes().all(allowed) {
            return wrong("session_name", "must be 2 to 64 letters, digits, '.', '@', '-' and '_'");
        }
        if self.duration < SHORTEST {
            return wrong("duration", "must be 15 minutes at least");
        }
        Ok(())
    }

    pub(super) fn request(&self) -> AssumeRole {
        AssumeRole {
            role_arn: Some(self.arn.clone()),
            role_session_name: Some(self.session_name.clone()),
            policy: self.policy.clone(),
            duration_seconds: Some(i64::try_from(self.duration.as_secs()).unwrap_or(i64::MAX)),
            external_id: self.external_id.clone(),
            source_identity: None,
        }
    }
}

/// A provider that assumes a role with other credentials on each request for credentials.
///
/// A connection keeps the credentials until shortly before they expire and requests new ones when a service refuses
/// them. To share one session among several connections, wrap the provider in a
/// [`Cache`](wharf_core::credentials::Cache).
#[derive(Debug)]
pub struct AssumedRole {
    connection: Connection,
    role: Role,
}

impl AssumedRole {
    /// Creates a provider that assumes a role with the credentials of `settings`. Its calls use the same transport
    /// settings as a connection with these settings.
    ///
    /// The calls go to `sts_endpoint` if it is set, else to the `endpoint` unless that is of the gateway ASAPI, else to
    /// the host of the region. Nothing is sent here.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn new(role: Role, settings: Settings, alibaba: &AlibabaSettings) -> Result<Self, Error> {
        Ok(Self { connection: route(&role, settings, alibaba)?, role })
    }
}

#[async_trait]
impl ProvideCredentials for AssumedRole {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let mut output = AssumeRoleOutput::default();
        let options = CallOptions::default();
        self.connection.execute(AssumeRole::META, &self.role.request(), &options, &mut output).await?;
        given(&self.connection, AssumeRole::META, output)
    }
}

/// Returns a connection to the token service for a role.
pub(super) fn route(role: &Role, mut settings: Settings, alibaba: &AlibabaSettings) -> Result<Connection, Error> {
    role.check()?;
    settings.region = role.region.clone().or(settings.region);
    let own = alibaba.sts_endpoint.is_some();
    let shared = settings.endpoint.filter(|_| alibaba.asapi.is_none());
    let inside = settings.region.as_ref().filter(|_| role.vpc && alibaba.domain.is_none());
    let inside = inside.map(|region| format!("https://sts-vpc.{region}.aliyuncs.com"));
    settings.signed_host = settings.signed_host.filter(|_| !own && shared.is_some());
    settings.endpoint = alibaba.sts_endpoint.clone().or(shared).or(inside);
    // The session serves all calls, so requesting it may take longer than one call.
    settings.call_timeout = settings.call_timeout.map(|timeout| timeout.max(PATIENCE));
    settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
    let alibaba = AlibabaSettings { asapi: None, ..alibaba.clone() };
    settings.connect(Arc::new(sts::product(alibaba)?)).map_err(|error| match error.field() {
        Some("endpoint") if own => {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is wrong").to_owned();
            Error::configuration("sts_endpoint", reason)
        }
        _ => error,
    })
}

/// Returns the credentials in a response of the service.
pub(super) fn given(
    connection: &Connection,
    meta: &'static OperationMeta,
    output: AssumeRoleOutput,
) -> Result<Credentials, Error> {
    let given = output.credentials;
    let missing = |member: &str| {
        let way = format!("Credentials.{member}");
        Error::decode(way, "is missing or cannot be read in the answer").with_operation(meta)
    };
    if given.access_key_id.is_empty() || given.access_key_secret.is_empty() || given.security_token.is_empty() {
        return Err(missing("AccessKeyId, AccessKeySecret or SecurityToken"));
    }
    let expiry = given.expiration.parse().ok_or_else(|| missing("Expiration"))?;
    Ok(Credentials::new(given.access_key_id, given.access_key_secret)
        .with_token(given.security_token)
        .with_expiry(connection.by_own_clock(expiry)))
}
