//! Temporary keys in exchange for a token of an identity provider.
//!
//! Requests, responses and variables are those of `FederalAccessor` in `huaweicloudsdkcore/auth/internal.py` and of
//! `EnvCredentialProvider` in `huaweicloudsdkcore/auth/provider.py` of huaweicloud/huaweicloud-sdk-python-v3.

use super::token_service::{Key, connect, meta};
use crate::huawei::login::SUBJECT_TOKEN;
use crate::huawei::settings::HuaweiSettings;
use async_trait::async_trait;
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials, Variables, read_token};
use wharf_core::model::{In, Secret};
use wharf_core::operation::{Operation, OperationMeta};
use wharf_core::{Error, ErrorKind};

pub(super) const IDP: &str = "HUAWEICLOUD_SDK_IDP_ID";
pub(super) const ID_TOKEN_FILE: &str = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";
/// Validity of a temporary key of the identity service.
const SIX_HOURS: i64 = 6 * 60 * 60;
/// URL of the identity service of all regions.
const IAM: &str = "https://iam.myhuaweicloud.com";

/// A provider that exchanges a token of an identity provider for a temporary key of the identity service (IAM), on each
/// request for credentials.
///
/// The identity provider is the one in `HUAWEICLOUD_SDK_IDP_ID`. The token is in the file that
/// `HUAWEICLOUD_SDK_ID_TOKEN_FILE` names. If one of the variables is set, both are required.
#[derive(Debug, Clone, Default)]
pub struct IdentityProvider {
    given: Option<(String, String)>,
    settings: Settings,
    huawei: HuaweiSettings,
    variables: Variables,
}

impl IdentityProvider {
    /// Creates a provider for the values of the variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider from the id of an identity provider and the file with its token.
    pub fn of(id: impl Into<String>, token_file: impl Into<String>) -> Self {
        Self { given: Some((id.into(), token_file.into())), ..Self::default() }
    }

    /// Sets the transport settings of the calls. They go to `iam_endpoint`, or else to `HUAWEICLOUD_SDK_IAM_ENDPOINT`,
    /// or else to the host of the region; never to the connection's own endpoint.
    #[must_use]
    pub fn over(mut self, settings: Settings, huawei: HuaweiSettings) -> Self {
        (self.settings, self.huawei) = (settings, huawei);
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
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
