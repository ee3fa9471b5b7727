//! Tokens of the identity service (IAM).

use super::Huawei;
use super::settings::{Authentication, HuaweiSettings};
use crate::cce::operations::{IamCreateToken, IamCreateTokenOutput};
use crate::cce::types::{self, IamAuth, IamIdentity, IamScope, IamUser};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Anonymous, Credentials, ProvideCredentials};
use wharf_core::model::{Secret, Timestamp};
use wharf_core::operation::{Operation, OperationMeta};
use wharf_core::{Connection, Error};

/// Header of a response that carries the new token.
pub(super) const SUBJECT_TOKEN: &str = "X-Subject-Token";
/// Validity of a token when the response does not state one.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Minimum timeout of a login, even if the calls that wait for it have a shorter one.
const PATIENCE: Duration = Duration::from_secs(30);

/// The login operation, marked as idempotent: a second login has no side effect, and a token that was not received
/// expires.
const LOGIN: &OperationMeta = &IamCreateToken::META.with_idempotent(true);

/// A login with a password, and the scope of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLogin {
    user: String,
    password: Secret,
    account: String,
    scope: Option<Scope>,
}

/// The scope of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// A project by its name, which is that of a region or begins with it (`cn-north-1`).
    Project(String),
    /// A project by its id.
    ProjectId(String),
    /// All resources of the account.
    Account,
}

impl PasswordLogin {
    /// Creates a login of a user of an account (called "domain" in the document).
    ///
    /// The token is for the project of the connection. If none is set, it is for the project named after the region.
    pub fn new(user: impl Into<String>, password: impl Into<Secret>, account: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into(), account: account.into(), scope: None }
    }

    /// Sets the scope of the token.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    fn check(&self) -> Result<(), Error> {
        let parts = [("user", self.user.as_str()), ("password", self.password.expose()), ("account", &self.account)];
        match parts.into_iter().find(|(_, part)| part.is_empty()) {
            Some((name, _)) => Err(Error::configuration("password_login", format!("has no {name}"))),
            None => Ok(()),
        }
    }

    fn request(&self) -> IamCreateToken {
        let scope = match &self.scope {
            None => None,
            Some(Scope::Project(name)) => Some(IamScope::default().project(|project| project.name(name))),
            Some(Scope::ProjectId(id)) => Some(IamScope::default().project(|project| project.id(id))),
            Some(Scope::Account) => Some(IamScope::default().domain(|domain| domain.name(&self.account))),
        };
        let user = IamUser::default().name(&self.user).password(self.password.clone());
        let user = user.domain(|domain| domain.name(&self.account));
        let identity = IamIdentity::default().methods(["password"]).password(|password| password.set_user(user));
        IamCreateToken { auth: Some(IamAuth { identity: Some(identity), scope }) }
    }
}

/// Returns credentials that hold a token, for custom providers. Additionally set
/// [`Authentication::Token`](super::Authentication::Token).
pub fn token_credentials(token: impl Into<Secret>) -> Credentials {
    let token = token.into();
    Credentials::new("token", token.clone()).with_token(token)
}

/// A provider that logs in to the identity service on each request for credentials.
///
/// A connection keeps the token until shortly before it expires and requests a new one when the service refuses it. To
/// share one token among several connections, wrap the provider in a [`Cache`](wharf_core::credentials::Cache).
#[derive(Debug)]
pub struct IamToken {
    connection: Connection,
    login: PasswordLogin,
}

impl IamToken {
    /// Creates a provider that uses the transport settings of a connection with these settings.
    ///
    /// The login goes to `iam_endpoint`, or else to the `endpoint`, or else to the host of the region. Nothing is sent
    /// here.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn new(mut login: PasswordLogin, mut settings: Settings, huawei: &HuaweiSettings) -> Result<Self, Error> {
        login.check()?;
        if login.scope.is_none() {
            let project = huawei.project_id.clone().map(Scope::ProjectId);
            login.scope = project.or_else(|| settings.region.clone().map(Scope::Project));
        }
        settings.signed_host = settings.signed_host.filter(|_| huawei.iam_endpoint.is_none());
        settings.endpoint = huawei.iam_endpoint.clone().or(settings.endpoint);
        // The token serves all calls, so the login may take longer than one call.
        settings.call_timeout = settings.call_timeout.map(|timeout| timeout.max(PATIENCE));
        settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
        settings.credentials = Some(Arc::new(Anonymous));
        let huawei = HuaweiSettings { authentication: Authentication::Signature, ..huawei.clone() };
        let connection = settings.connect(Arc::new(Huawei::new("iam", &[], huawei)?))?;
        Ok(Self { connection, login })
    }
}

#[async_trait]
impl ProvideCredentials for IamToken {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let mut created = IamCreateTokenOutput::default();
        self.connection.execute(LOGIN, &self.login.request(), &CallOptions::default(), &mut created).await?;
        let token = created.x_subject_token;
        if token.is_empty() {
            return Err(Error::decode(SUBJECT_TOKEN, "is missing in the answer").with_operation(LOGIN));
        }
        let now = self.connection.clock().now();
        let life = life(&created.token.unwrap_or_default(), now);
        let credentials = token_credentials(token);
        Ok(match now.checked_add(life) {
            Some(expiry) => credentials.with_expiry(expiry),
            None => credentials,
        })
    }
}

/// Returns the validity of a token. Uses the two times of the token if it has both, because this machine's clock may be
/// wrong.
fn life(token: &types::IamToken, now: SystemTime) -> Duration {
    let from = token.issued_at.as_ref().and_then(Timestamp::parse).unwrap_or(now);
    let life = token.expires_at.parse().and_then(|to| to.duration_since(from).ok());
    life.filter(|life| !life.is_zero()).unwrap_or(DAY)
}
