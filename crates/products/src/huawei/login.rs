//! Tokens of the identity service (IAM).

use super::Huawei;
use super::settings::{Authentication, HuaweiSettings};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::model::{In, Secret, Timestamp};
use wharf_core::operation::{Authorization, Operation, OperationMeta};
use wharf_core::{Connection, Error};

/// The header that a new token comes in.
pub(super) const SUBJECT_TOKEN: &str = "X-Subject-Token";
/// How long a token is good for when the answer does not say.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// A login has at least this long, however short the calls are that wait for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who logs in with a password, and what the token shall be good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLogin {
    user: String,
    password: Secret,
    account: String,
    scope: Option<Scope>,
}

/// What a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// A project by its name, which is that of a region or begins with it (`cn-north-1`).
    Project(String),
    /// A project by its id.
    ProjectId(String),
    /// Everything the account has.
    Account,
}

impl PasswordLogin {
    /// A user of an account (the document's "domain").
    ///
    /// The token is for the connection's project, or else for the project that has its region's name.
    pub fn new(user: impl Into<String>, password: impl Into<Secret>, account: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into(), account: account.into(), scope: None }
    }

    /// Sets what the token shall be good for.
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

    fn request(&self) -> CreateToken {
        let named = |name: &String| Some(Named { id: None, name: Some(name.clone()) });
        let scope = match &self.scope {
            None => None,
            Some(Scope::Project(name)) => Some(TokenScope { project: named(name), domain: None }),
            Some(Scope::ProjectId(id)) => {
                Some(TokenScope { project: Some(Named { id: Some(id.clone()), name: None }), domain: None })
            }
            Some(Scope::Account) => Some(TokenScope { project: None, domain: named(&self.account) }),
        };
        let user =
            User { name: Some(self.user.clone()), password: Some(self.password.clone()), domain: named(&self.account) };
        let identity =
            Identity { methods: Some(vec!["password".to_owned()]), password: Some(Password { user: Some(user) }) };
        CreateToken { auth: Some(Auth { identity: Some(identity), scope }) }
    }
}

/// A token as credentials, for providers of your own: set
/// [`Authentication::Token`](super::Authentication::Token) along with them.
pub fn token_credentials(token: impl Into<Secret>) -> Credentials {
    let token = token.into();
    Credentials::new("token", token.clone()).with_token(token)
}

/// Logs in to the identity service, each time it is asked.
///
/// A connection keeps what it gives until shortly before the token ends, and asks again when the service
/// refuses it. To share one token among several connections, put it into a
/// [`Cache`](wharf_core::credentials::Cache).
#[derive(Debug)]
pub struct IamToken {
    connection: Connection,
    login: PasswordLogin,
}

impl IamToken {
    /// A login that travels as a connection with these settings does.
    ///
    /// It goes to `iam_endpoint`, or else to the `endpoint`, or else to the host of the region. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn new(mut login: PasswordLogin, mut settings: Settings, huawei: &HuaweiSettings) -> Result<Self, Error> {
        login.check()?;
        if login.scope.is_none() {
            let project = huawei.project_id.clone().map(Scope::ProjectId);
            login.scope = project.or_else(|| settings.region.clone().map(Scope::Project));
        }
        settings.endpoint = huawei.iam_endpoint.clone().or(settings.endpoint);
        // What it gets serves all calls, so that it may last longer than one of them.
        settings.call_timeout = settings.call_timeout.max(PATIENCE);
        settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
        // The road of a call wants some; nothing is signed with them.
        settings.credentials = Some(Arc::new(Credentials::new("anonymous", "anonymous")));
        let huawei = HuaweiSettings { authentication: Authentication::Signature, ..huawei.clone() };
        let connection = settings.connect(Arc::new(Huawei::new("iam", &[], huawei)?))?;
        Ok(Self { connection, login })
    }
}

#[async_trait]
impl ProvideCredentials for IamToken {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let mut created = Created::default();
        let options = CallOptions::default();
        self.connection.execute(CreateToken::META, &self.login.request(), &options, &mut created).await?;
        let missing = || Error::decode(SUBJECT_TOKEN, "is missing in the answer").with_operation(CreateToken::META);
        let token = created.subject_token.filter(|token| !token.is_empty()).ok_or_else(missing)?;
        let now = self.connection.clock().now();
        let life = created.token.unwrap_or_default().life(now);
        let credentials = token_credentials(token);
        Ok(match now.checked_add(life) {
            Some(expiry) => credentials.with_expiry(expiry),
            None => credentials,
        })
    }
}

#[derive(Clone, Default, PartialEq)]
struct CreateToken {
    auth: Option<Auth>,
}
wharf_core::model! { CreateToken = "IAMCreateToken" { auth = "auth" .required(); } }

impl Operation for CreateToken {
    type Output = Created;
    const META: &'static OperationMeta = &OperationMeta::new("iam", "IAMCreateToken")
        .with_version("v3")
        .with_service("iam")
        .with_path("/v3/auth/tokens")
        // A second login undoes nothing, and a token that was not received expires.
        .with_idempotent(true)
        .with_authorization(Authorization::Anonymous);
}

#[derive(Clone, Default, PartialEq)]
struct Auth {
    identity: Option<Identity>,
    scope: Option<TokenScope>,
}
wharf_core::model! { Auth = "IAMAuth" { identity = "identity" .required(); scope = "scope"; } }

#[derive(Clone, Default, PartialEq)]
struct Identity {
    methods: Option<Vec<String>>,
    password: Option<Password>,
}
wharf_core::model! { Identity = "IAMIdentity" { methods = "methods" .required(); password = "password" .required(); } }

#[derive(Clone, Default, PartialEq)]
struct Password {
    user: Option<User>,
}
wharf_core::model! { Password = "IAMPassword" { user = "user" .required(); } }

#[derive(Clone, Default, PartialEq)]
struct User {
    name: Option<String>,
    password: Option<Secret>,
    domain: Option<Named>,
}
wharf_core::model! {
    User = "IAMUser" {
        name = "name" .required();
        password = "password" .required() .sensitive();
        domain = "domain" .required();
    }
}

#[derive(Clone, Default, PartialEq)]
struct TokenScope {
    project: Option<Named>,
    domain: Option<Named>,
}
wharf_core::model! { TokenScope = "IAMScope" { project = "project"; domain = "domain"; } }

#[derive(Clone, Default, PartialEq)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}
wharf_core::model! { Named = "Named" { id = "id"; name = "name"; } }

#[derive(Clone, Default, PartialEq)]
struct Created {
    subject_token: Option<Secret>,
    token: Option<Token>,
}
wharf_core::model! {
    Created = "IAMCreateTokenOutput" {
        subject_token = "X-Subject-Token" .place(In::Header) .sensitive();
        token = "token" .undocumented();
    }
}

#[derive(Clone, Default, PartialEq)]
struct Token {
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}
wharf_core::model! { Token = "IAMToken" { issued_at = "issued_at"; expires_at = "expires_at"; } }

impl Token {
    /// How long it is good for. From its own two times if it has both, since this machine's clock may be wrong.
    fn life(&self, now: SystemTime) -> Duration {
        let time = |at: &Option<Timestamp>| at.as_ref().and_then(Timestamp::parse);
        let from = time(&self.issued_at).unwrap_or(now);
        let life = time(&self.expires_at).and_then(|to| to.duration_since(from).ok());
        life.filter(|life| !life.is_zero()).unwrap_or(DAY)
    }
}
