//! Credentials for a token of an identity provider.
//!
//! Requests, responses and variables are those of `FederalAccessor` and `OidcStsAccessor` in
//! `huaweicloudsdkcore/auth/internal.py` and of `EnvCredentialProvider` and `OidcStsCredentialProvider` in
//! `huaweicloudsdkcore/auth/provider.py` of huaweicloud/huaweicloud-sdk-python-v3.

use crate::huawei::Huawei;
use crate::huawei::login::SUBJECT_TOKEN;
use crate::huawei::settings::{Authentication, HuaweiSettings};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials, Variables, read_token};
use wharf_core::model::{In, Secret, Timestamp};
use wharf_core::operation::{Authorization, Operation, OperationMeta};
use wharf_core::{Connection, Error, ErrorKind};

const IDP: &str = "HUAWEICLOUD_SDK_IDP_ID";
const ID_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";
const PROVIDER: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
const AGENCY: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
const TOKEN: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
const TOKEN_FILE: &str = "HUAWEICLOUD_OIDC_TOKEN_FILE";
const SESSION: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const DURATION: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
const POLICY: &str = "HUAWEICLOUD_OIDC_POLICY";
const POLICY_IDS: &str = "HUAWEICLOUD_OIDC_POLICY_IDS";
const STS_ENDPOINT: &str = "HUAWEICLOUD_SDK_STS_ENDPOINT";
/// Those by which the environment means an identity provider.
pub(super) const VARIABLES: &[&str] = &[PROVIDER, AGENCY, TOKEN, TOKEN_FILE, IDP, ID_TOKEN_FILE];
/// The services have at least this long to respond, however short the calls are that wait for them.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a temporary key of the identity service is good for.
const SIX_HOURS: i64 = 6 * 60 * 60;
const HOUR: i64 = 60 * 60;
/// The identity service of all regions, and the token service where the region has none of its own.
const IAM: &str = "https://iam.myhuaweicloud.com";
const STS: &str = "https://sts.cn-north-4.myhuaweicloud.com";
/// Regions that have a token service of their own.
const STS_REGIONS: &[&str] = &[
    "cn-north-4",
    "cn-south-1",
    "cn-east-3",
    "cn-southwest-2",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-2",
    "sa-brazil-1",
    "la-south-2",
    "af-south-1",
    "ap-southeast-4",
    "tr-west-1",
];

/// Exchanges a token of an identity provider for a temporary key of the identity service (IAM), each time it is asked.
///
/// The provider is the one in `HUAWEICLOUD_SDK_IDP_ID`, the token in the file that `HUAWEICLOUD_SDK_ID_TOKEN_FILE`
/// names. Where one of the variables is set, both must be.
#[derive(Debug, Clone, Default)]
pub struct IdentityProvider {
    given: Option<(String, String)>,
    settings: Settings,
    huawei: HuaweiSettings,
    variables: Variables,
}

impl IdentityProvider {
    /// What the variables name.
    pub fn new() -> Self {
        Self::default()
    }

    /// An identity provider by its id, and the file with its token.
    pub fn of(id: impl Into<String>, token_file: impl Into<String>) -> Self {
        Self { given: Some((id.into(), token_file.into())), ..Self::default() }
    }

    /// Asks by calls that travel as those of a connection with these settings do. They go to `iam_endpoint`, or else to
    /// `HUAWEICLOUD_SDK_IAM_ENDPOINT`, or else to the host of the region; never to the connection's own endpoint.
    #[must_use]
    pub fn over(mut self, settings: Settings, huawei: HuaweiSettings) -> Self {
        (self.settings, self.huawei) = (settings, huawei);
        self
    }

    /// Looks variables up elsewhere than in the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    fn found(&self) -> Result<(String, String), Error> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        match (self.variables.get(IDP), self.variables.get(ID_TOKEN_FILE)) {
            (Some(id), Some(file)) => Ok((id, file)),
            (Some(_), None) => Err(Error::configuration(ID_TOKEN_FILE, format!("is not set, and {IDP} is"))),
            (None, Some(_)) => Err(Error::configuration(IDP, format!("is not set, and {ID_TOKEN_FILE} is"))),
            (None, None) => Err(Error::new(ErrorKind::Credentials, format!("{IDP} or {ID_TOKEN_FILE} is not set"))),
        }
    }
}

#[async_trait]
impl ProvideCredentials for IdentityProvider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let (id, file) = self.found()?;
        let setting = if self.given.is_some() { "id_token_file" } else { ID_TOKEN_FILE };
        let id_token = read_token(setting, &file).await?;
        let mut huawei = self.huawei.clone();
        huawei.iam_endpoint = huawei.iam_endpoint.or_else(|| self.variables.get(super::IAM_ENDPOINT));
        let url = huawei.iam_endpoint.clone();
        let default = || (self.settings.region.is_none() && huawei.domain.is_none()).then(|| IAM.to_owned());
        let url = url.or_else(default);
        let connection = connect("iam", url, "iam_endpoint", &self.settings, &huawei)?;
        let options = CallOptions::default();
        let auth = IdTokenAuth { id_token: Some(TokenId { id: Some(id_token), duration_seconds: None }) };
        let input = CreateTokenByIdToken { idp_id: Some(id), auth: Some(auth) };
        let mut unscoped = Unscoped::default();
        connection.execute(CreateTokenByIdToken::META, &input, &options, &mut unscoped).await?;
        let missing =
            || Error::decode(SUBJECT_TOKEN, "is missing in the response").with_operation(CreateTokenByIdToken::META);
        let token = unscoped.subject_token.filter(|token| !token.is_empty()).ok_or_else(missing)?;
        let token = TokenId { id: Some(token), duration_seconds: Some(SIX_HOURS) };
        let identity = TokenIdentity { methods: Some(vec!["token".to_owned()]), token: Some(token) };
        let input = CreateTemporaryKey { auth: Some(TokenAuth { identity: Some(identity) }) };
        let mut made = TemporaryKey::default();
        connection.execute(CreateTemporaryKey::META, &input, &options, &mut made).await?;
        made.credential.unwrap_or_default().credentials(&connection, "credential", CreateTemporaryKey::META)
    }
}

/// Assumes an agency with a token of an identity provider, each time it is asked: the identity of a pod, for example.
///
/// The variables are `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN` and one of
/// `HUAWEICLOUD_OIDC_ID_TOKEN` and `HUAWEICLOUD_OIDC_TOKEN_FILE`; where one of them is set, the others must be.
/// `HUAWEICLOUD_OIDC_SESSION_NAME`, `HUAWEICLOUD_OIDC_DURATION_SECONDS`, `HUAWEICLOUD_OIDC_POLICY`,
/// `HUAWEICLOUD_OIDC_POLICY_IDS` and `HUAWEICLOUD_SDK_STS_ENDPOINT` are read too.
#[derive(Debug, Clone, Default)]
pub struct OidcAgency {
    settings: Settings,
    huawei: HuaweiSettings,
    endpoint: Option<String>,
    variables: Variables,
}

impl OidcAgency {
    /// What the variables name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks by calls that travel as those of a connection with these settings do. Their endpoint is of no effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, huawei: HuaweiSettings) -> Self {
        (self.settings, self.huawei) = (settings, huawei);
        self
    }

    /// Sets the full URL of the token service.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Looks variables up elsewhere than in the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    /// The URL of the token service. None where it follows the rule of a private cloud.
    fn url(&self) -> Option<String> {
        let set = self.endpoint.clone().or_else(|| self.variables.get(STS_ENDPOINT));
        let region = self.settings.region.as_deref();
        let ruled = || match (region, &self.huawei.domain) {
            (Some(region), None) if STS_REGIONS.contains(&region) => None,
            (Some(_), Some(_)) => None,
            _ => Some(STS.to_owned()),
        };
        set.or_else(ruled)
    }

    async fn input(&self) -> Result<AssumeAgency, Error> {
        let get = |name: &str| self.variables.get(name);
        let Some(first) = self.variables.set(&[PROVIDER, AGENCY, TOKEN, TOKEN_FILE]).first().copied() else {
            let reason = format!("{PROVIDER} or {AGENCY} is not set");
            return Err(Error::new(ErrorKind::Credentials, reason));
        };
        let unset = |name: &str| Error::configuration(name, format!("is not set, and {first} is"));
        let provider_urn = Some(get(PROVIDER).ok_or_else(|| unset(PROVIDER))?);
        let agency_urn = Some(get(AGENCY).ok_or_else(|| unset(AGENCY))?);
        let id_token = match (get(TOKEN), get(TOKEN_FILE)) {
            (Some(token), _) => token.into(),
            (None, Some(file)) => read_token(TOKEN_FILE, &file).await?,
            (None, None) => return Err(unset(TOKEN_FILE)),
        };
        let seconds = |text: String| {
            let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
            seconds.ok_or_else(|| Error::configuration(DURATION, "is no number of seconds"))
        };
        let ids = |text: String| {
            text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        Ok(AssumeAgency {
            provider_urn,
            agency_urn,
            agency_session_name: Some(get(SESSION).unwrap_or_else(|| "wharf".to_owned())),
            id_token: Some(id_token),
            duration_seconds: Some(get(DURATION).map_or(Ok(HOUR), seconds)?),
            policy: get(POLICY),
            policy_ids: get(POLICY_IDS).map(ids),
        })
    }
}

#[async_trait]
impl ProvideCredentials for OidcAgency {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let input = self.input().await?;
        let named = if self.endpoint.is_some() { "sts_endpoint" } else { STS_ENDPOINT };
        let connection = connect("sts", self.url(), named, &self.settings, &self.huawei)?;
        let mut made = AgencySession::default();
        connection.execute(AssumeAgency::META, &input, &CallOptions::default(), &mut made).await?;
        made.credentials.unwrap_or_default().credentials(&connection, "credentials", AssumeAgency::META)
    }
}

/// A connection to a service that hands out keys to whoever shows it a token.
fn connect(
    service: &'static str,
    url: Option<String>,
    named: &str,
    settings: &Settings,
    huawei: &HuaweiSettings,
) -> Result<Connection, Error> {
    let mut settings = settings.clone();
    settings.endpoint = url;
    // What it gets serves all calls, so that it may last longer than one of them.
    settings.call_timeout = settings.call_timeout.max(PATIENCE);
    settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
    // The road of a call wants some; nothing is signed with them.
    settings.credentials = Some(Arc::new(Credentials::new("anonymous", "anonymous")));
    let huawei = HuaweiSettings {
        authentication: Authentication::Signature,
        project_id: None,
        iam_endpoint: None,
        ..huawei.clone()
    };
    let product = Arc::new(Huawei::new(service, &[], huawei)?);
    settings.connect(product).map_err(|error| match error.field() {
        Some("endpoint") => {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is wrong").to_owned();
            Error::configuration(named, reason)
        }
        _ => error,
    })
}

const fn meta(name: &'static str, path: &'static str) -> OperationMeta {
    OperationMeta {
        product: "iam",
        version: "v3",
        service: "iam",
        name,
        method: "POST",
        path,
        // That of the connection, which is one to this service.
        host: "service",
        // A second key undoes nothing, and one that was not received expires.
        idempotent: true,
        region: false,
        rate_limit: 0,
        authorization: Authorization::Anonymous,
        paging: None,
        job: None,
        errors: &[],
    }
}

#[derive(Clone, Default, PartialEq)]
struct CreateTokenByIdToken {
    idp_id: Option<String>,
    auth: Option<IdTokenAuth>,
}
wharf_core::model! {
    CreateTokenByIdToken = "CreateTokenByIdToken" {
        idp_id = "X-Idp-Id" .place(In::Header) .required();
        auth = "auth" .required();
    }
}

impl Operation for CreateTokenByIdToken {
    type Output = Unscoped;
    const META: &'static OperationMeta = &meta("CreateTokenByIdToken", "/v3.0/OS-AUTH/id-token/tokens");
}

#[derive(Clone, Default, PartialEq)]
struct IdTokenAuth {
    id_token: Option<TokenId>,
}
wharf_core::model! { IdTokenAuth = "IdTokenAuth" { id_token = "id_token" .required(); } }

#[derive(Clone, Default, PartialEq)]
struct TokenId {
    id: Option<Secret>,
    duration_seconds: Option<i64>,
}
wharf_core::model! {
    TokenId = "TokenId" { id = "id" .required() .sensitive(); duration_seconds = "duration_seconds"; }
}

#[derive(Clone, Default, PartialEq)]
struct Unscoped {
    subject_token: Option<Secret>,
}
wharf_core::model! {
    Unscoped = "Unscoped" { subject_token = "X-Subject-Token" .place(In::Header) .sensitive(); }
}

#[derive(Clone, Default, PartialEq)]
struct CreateTemporaryKey {
    auth: Option<TokenAuth>,
}
wharf_core::model! { CreateTemporaryKey = "CreateTemporaryAccessKeyByToken" { auth = "auth" .required(); } }

impl Operation for CreateTemporaryKey {
    type Output = TemporaryKey;
    const META: &'static OperationMeta = &meta("CreateTemporaryAccessKeyByToken", "/v3.0/OS-CREDENTIAL/securitytokens");
}

#[derive(Clone, Default, PartialEq)]
struct TokenAuth {
    identity: Option<TokenIdentity>,
}
wharf_core::model! { TokenAuth = "TokenAuth" { identity = "identity" .required(); } }

#[derive(Clone, Default, PartialEq)]
struct TokenIdentity {
    methods: Option<Vec<String>>,
    token: Option<TokenId>,
}
wharf_core::model! {
    TokenIdentity = "TokenIdentity" { methods = "methods" .required(); token = "token" .required(); }
}

#[derive(Clone, Default, PartialEq)]
struct TemporaryKey {
    credential: Option<Key>,
}
wharf_core::model! { TemporaryKey = "TemporaryKey" { credential = "credential"; } }

#[derive(Clone, Default, PartialEq)]
struct AssumeAgency {
    provider_urn: Option<String>,
    agency_urn: Option<String>,
    agency_session_name: Option<String>,
    id_token: Option<Secret>,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    policy_ids: Option<Vec<String>>,
}
wharf_core::model! {
    AssumeAgency = "AssumeAgencyWithOIDC" {
        provider_urn = "provider_urn" .required();
        agency_urn = "agency_urn" .required();
        agency_session_name = "agency_session_name" .required();
        id_token = "id_token" .required() .sensitive();
        duration_seconds = "duration_seconds";
        policy = "policy";
        policy_ids = "policy_ids";
    }
}

impl Operation for AssumeAgency {
    type Output = AgencySession;
    const META: &'static OperationMeta = &meta("AssumeAgencyWithOIDC", "/v5/agencies/assume-with-oidc");
}

#[derive(Clone, Default, PartialEq)]
struct AgencySession {
    credentials: Option<Key>,
}
wharf_core::model! { AgencySession = "AgencySession" { credentials = "credentials"; } }

#[derive(Clone, Default, PartialEq)]
struct Key {
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    expires: Option<Timestamp>,
}
wharf_core::model! {
    Key = "Key" {
        id = "access" | "access_key_id" | "accessKeyId";
        secret = "secret" | "secret_access_key" | "secretAccessKey" .sensitive();
        token = "securitytoken" | "security_token" | "securityToken" .sensitive();
        expires = "expires_at" | "expiration";
    }
}

impl Key {
    fn credentials(
        self,
        connection: &Connection,
        member: &str,
        meta: &'static OperationMeta,
    ) -> Result<Credentials, Error> {
        let missing = || Error::decode(member, "is not whole in the response").with_operation(meta);
        let expiry = self.expires.as_ref().and_then(Timestamp::parse).ok_or_else(missing)?;
        let (Some(id), Some(secret), Some(token)) = (self.id, self.secret, self.token) else { return Err(missing()) };
        Ok(Credentials::new(id, secret).with_token(token).with_expiry(connection.by_own_clock(expiry)))
    }
}
