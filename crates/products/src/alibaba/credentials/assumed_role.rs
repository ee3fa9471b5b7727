//! Temporary credentials of a role that other credentials may assume.

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

/// How long credentials are good for when nothing is said.
const HOUR: Duration = Duration::from_secs(3600);
/// The service has at least this long to answer, however short the calls are that wait for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The shortest time that the service allows.
const SHORTEST: Duration = Duration::from_secs(900);

/// Which role to assume, and how.
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
    /// A role by its full name (`acs:ram::123456789012:role/adminrole`).
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

    /// Sets the session's name, which tells callers apart in the audit log: 2 to 64 letters, digits, `.`, `@`,
    /// `-` and `_`. `wharf` by default.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Sets how long credentials are good for, in whole seconds: 15 minutes at least, and what the role allows
    /// at most. One hour by default.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// Narrows what the credentials may do by a policy in JSON of at most 1024 characters.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// Says what the owner of the role has agreed upon with the callers who may assume it.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<Secret>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Asks the service of this region. That of the connection by default.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Asks the service by its name inside of the cloud's own networks (`sts-vpc`), if there is a region.
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

/// Assumes a role with other credentials, each time it is asked.
///
/// A connection keeps the credentials until shortly before they expire, and asks again when a service refuses them.
/// To share one session among several connections, put it into a [`Cache`](wharf_core::credentials::Cache).
#[derive(Debug)]
pub struct AssumedRole {
    connection: Connection,
    role: Role,
}

impl AssumedRole {
    /// A role assumed with the credentials of `settings`, by calls that travel as those of a connection with
    /// these settings do.
    ///
    /// They go to `sts_endpoint`, or else to the `endpoint` if that is not of the gateway ASAPI, or else to the
    /// host of the region. Nothing is sent.
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

/// A connection to the token service for a role.
pub(super) fn route(role: &Role, mut settings: Settings, alibaba: &AlibabaSettings) -> Result<Connection, Error> {
    role.check()?;
    settings.region = role.region.clone().or(settings.region);
    let own = alibaba.sts_endpoint.is_some();
    let shared = settings.endpoint.filter(|_| alibaba.asapi.is_none());
    let inside = settings.region.as_ref().filter(|_| role.vpc && alibaba.domain.is_none());
    let inside = inside.map(|region| format!("https://sts-vpc.{region}.aliyuncs.com"));
    settings.signed_host = settings.signed_host.filter(|_| !own && shared.is_some());
    settings.endpoint = alibaba.sts_endpoint.clone().or(shared).or(inside);
    // What it gets serves all calls, so that it may last longer than one of them.
    settings.call_timeout = settings.call_timeout.max(PATIENCE);
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

/// The credentials in a response of the service.
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
