//! Sessions of roles from the token service (STS).
//!
//! Requests are those of `STSAssumeRoleCredential` and `OIDCRoleArnCredential` in `tencentcloud/common/credential.py`
//! of TencentCloud/tencentcloud-sdk-python, and of `role_arn_provider.go` and `oidc_role_arn_provider.go` in
//! `tencentcloud/common` of TencentCloud/tencentcloud-sdk-go.

use crate::tencent::{Tencent, TencentSettings};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::model::{Model, Secret};
use wharf_core::operation::{Authorization, Operation, OperationMeta};
use wharf_core::{Connection, Error};

/// Region of the token service if no region is set.
const REGION: &str = "ap-guangzhou";
/// Default validity of the credentials.
const TWO_HOURS: Duration = Duration::from_secs(7200);
/// Longest validity that the service allows.
const LONGEST: Duration = Duration::from_secs(43_200);
/// Minimum timeout of a call to the token service, even if the calls that wait for it have a shorter one.
const PATIENCE: Duration = Duration::from_secs(30);

/// A role to assume and the options of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    arn: String,
    session_name: String,
    duration: Duration,
    policy: Option<String>,
    external_id: Option<Secret>,
    region: Option<String>,
    endpoint: Option<String>,
}

impl Role {
    /// Creates a role from its full name (`qcs::cam::uin/100000000001:roleName/admin`).
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            session_name: "wharf".to_owned(),
            duration: TWO_HOURS,
            policy: None,
            external_id: None,
            region: None,
            endpoint: None,
        }
    }

    /// Sets the name of the session, which identifies the caller in the audit log. 2 to 128 letters, digits and
    /// `=,.@_-`. Default: `wharf`.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Sets how long the credentials are valid, in whole seconds. At most 12 hours. Default: two hours.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// Sets a policy in JSON that restricts the permissions of the credentials.
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

    /// Sets the full URL of the service, if it does not follow the rule `sts.<domain>`. The connection's own endpoint
    /// is never used for a session.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    fn check(&self) -> Result<(), Error> {
        let wrong = |setting: &str, reason: &str| Err(Error::configuration(setting, reason));
        if !(self.arn.starts_with("qcs::") && self.arn.to_ascii_lowercase().contains(":role")) {
            return wrong("role_arn", "is no role such as qcs::cam::uin/100000000001:roleName/admin");
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"=,.@_-".contains(&byte);
        if !(2..=128).contains(&self.session_name.len()) || !self.session_name.bytes().all(allowed) {
            return wrong("session_name", "must be 2 to 128 letters, digits and =,.@_-");
        }
        if self.duration.as_secs() == 0 || self.duration > LONGEST {
            return wrong("duration", "must be one second at least and 12 hours at most");
        }
        Ok(())
    }

    fn seconds(&self) -> Option<i64> {
        i64::try_from(self.duration.as_secs()).ok()
    }

    /// Returns a connection to the service.
    fn connect(&self, mut settings: Settings, tencent: &TencentSettings) -> Result<Connection, Error> {
        self.check()?;
        let own = self.endpoint.is_some();
        settings.endpoint = self.endpoint.clone();
        settings.region = self.region.clone().or(settings.region).or_else(|| Some(REGION.to_owned()));
        // The session serves all calls, so requesting it may take longer than one call.
        settings.call_timeout = settings.call_timeout.map(|timeout| timeout.max(PATIENCE));
        settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
        let tencent = TencentSettings {
            domain: tencent.domain.clone(),
            language: tencent.language.clone(),
            request_client: tencent.request_client.clone(),
            ..TencentSettings::default()
        };
        let product = Arc::new(Tencent::new("sts", &[], tencent)?);
        settings.connect(product).map_err(|error| match error.field() {
            Some("endpoint") if own => {
                let reason = error.message().strip_prefix("endpoint ").unwrap_or("is wrong").to_owned();
                Error::configuration("sts_endpoint", reason)
            }
            _ => error,
        })
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
    /// settings as a connection with these settings. Nothing is sent here.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn new(role: Role, settings: Settings, tencent: &TencentSettings) -> Result<Self, Error> {
        Ok(Self { connection: role.connect(settings, tencent)?, role })
    }
}

#[async_trait]
impl ProvideCredentials for AssumedRole {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let input = AssumeRole {
            role_arn: Some(self.role.arn.clone()),
            role_session_name: Some(self.role.session_name.clone()),
            duration_seconds: self.role.seconds(),
            policy: self.role.policy.clone(),
            external_id: self.role.external_id.clone(),
        };
        session(&self.connection, AssumeRole::META, &input).await
    }
}

/// Assumes a role with a token of an identity provider.
pub(super) async fn with_web_identity(
    role: &Role,
    provider: String,
    token: Secret,
    mut settings: Settings,
    tencent: &TencentSettings,
) -> Result<Credentials, Error> {
    // A connection requires credentials; requests of this operation are not signed.
    settings.credentials = Some(Arc::new(Credentials::new("anonymous", "anonymous")));
    let connection = role.connect(settings, tencent)?;
    let input = AssumeRoleWithWebIdentity {
        provider_id: Some(provider),
        web_identity_token: Some(token),
        role_arn: Some(role.arn.clone()),
        role_session_name: Some(role.session_name.clone()),
        duration_seconds: role.seconds(),
    };
    session(&connection, AssumeRoleWithWebIdentity::META, &input).await
}

async fn session(
    connection: &Connection,
    meta: &'static OperationMeta,
    input: &dyn Model,
) -> Result<Credentials, Error> {
    let mut output = Session::default();
    connection.execute(meta, input, &CallOptions::default(), &mut output).await?;
    let missing =
        |member: &str| Error::decode(member, "is missing or cannot be read in the response").with_operation(meta);
    let given = output.credentials.unwrap_or_default();
    let (Some(id), Some(secret), Some(token)) = (given.id, given.secret, given.token) else {
        return Err(missing("Credentials"));
    };
    let expired = output.expired_time.ok_or_else(|| missing("ExpiredTime"))?;
    let expiry =
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(expired)).ok_or_else(|| missing("ExpiredTime"))?;
    Ok(Credentials::new(id, secret).with_token(token).with_expiry(connection.by_own_clock(expiry)))
}

const fn meta(name: &'static str, authorization: Authorization) -> OperationMeta {
    OperationMeta::new("sts", name)
        .with_version("2018-08-13")
        .with_service("sts")
        // A second session has no side effect, and a session that was not received expires.
        .with_idempotent(true)
        .with_region(true)
        .with_authorization(authorization)
}

#[derive(Clone, Default, PartialEq)]
struct AssumeRole {
    role_arn: Option<String>,
    role_session_name: Option<String>,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    external_id: Option<Secret>,
}
wharf_core::model! {
    AssumeRole = "AssumeRole" {
        role_arn = "RoleArn" .required();
        role_session_name = "RoleSessionName" .required();
        duration_seconds = "DurationSeconds";
        policy = "Policy";
        external_id = "ExternalId" .sensitive();
    }
}

impl Operation for AssumeRole {
    type Output = Session;
    const META: &'static OperationMeta = &meta("AssumeRole", Authorization::Signature);
}

#[derive(Clone, Default, PartialEq)]
struct AssumeRoleWithWebIdentity {
    provider_id: Option<String>,
    web_identity_token: Option<Secret>,
    role_arn: Option<String>,
    role_session_name: Option<String>,
    duration_seconds: Option<i64>,
}
wharf_core::model! {
    AssumeRoleWithWebIdentity = "AssumeRoleWithWebIdentity" {
        provider_id = "ProviderId" .required();
        web_identity_token = "WebIdentityToken" .required() .sensitive();
        role_arn = "RoleArn" .required();
        role_session_name = "RoleSessionName" .required();
        duration_seconds = "DurationSeconds";
    }
}

impl Operation for AssumeRoleWithWebIdentity {
    type Output = Session;
    const META: &'static OperationMeta = &meta("AssumeRoleWithWebIdentity", Authorization::Anonymous);
}

#[derive(Clone, Default, PartialEq)]
struct Session {
    credentials: Option<Key>,
    expired_time: Option<u64>,
}
wharf_core::model! { Session = "Session" { credentials = "Credentials"; expired_time = "ExpiredTime"; } }

#[derive(Clone, Default, PartialEq)]
struct Key {
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
}
wharf_core::model! {
    Key = "Credentials" {
        id = "TmpSecretId";
        secret = "TmpSecretKey" .sensitive();
        token = "Token" .sensitive();
    }
}
