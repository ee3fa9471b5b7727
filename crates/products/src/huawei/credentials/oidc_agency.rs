//! Agencies that are assumed with a token of an identity provider.
//!
//! Requests, responses and variables are those of `OidcStsAccessor` in `huaweicloudsdkcore/auth/internal.py` and of
//! `OidcStsCredentialProvider` in `huaweicloudsdkcore/auth/provider.py` of huaweicloud/huaweicloud-sdk-python-v3.

use super::token_service::{Key, connect, meta};
use crate::huawei::settings::HuaweiSettings;
use async_trait::async_trait;
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials, Variables, read_token};
use wharf_core::model::Secret;
use wharf_core::operation::{Operation, OperationMeta};
use wharf_core::{Error, ErrorKind};

pub(super) const PROVIDER: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
pub(super) const AGENCY: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
pub(super) const TOKEN: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
pub(super) const TOKEN_FILE: &str = "HUAWEICLOUD_OIDC_TOKEN_FILE";
const SESSION: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const DURATION: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
const POLICY: &str = "HUAWEICLOUD_OIDC_POLICY";
const POLICY_IDS: &str = "HUAWEICLOUD_OIDC_POLICY_IDS";
const STS_ENDPOINT: &str = "HUAWEICLOUD_SDK_STS_ENDPOINT";
const HOUR: i64 = 60 * 60;
/// URL of the token service for regions without their own.
const STS: &str = "https://sts.cn-north-4.myhuaweicloud.com";
/// Regions with their own token service.
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

/// A provider that assumes an agency with a token of an identity provider on each request for credentials, for example
/// with the identity of a pod.
///
/// The required variables are `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN` and one of
/// `HUAWEICLOUD_OIDC_ID_TOKEN` and `HUAWEICLOUD_OIDC_TOKEN_FILE`. If one of them is set, the others are required.
/// `HUAWEICLOUD_OIDC_SESSION_NAME`, `HUAWEICLOUD_OIDC_DURATION_SECONDS`, `HUAWEICLOUD_OIDC_POLICY`,
/// `HUAWEICLOUD_OIDC_POLICY_IDS` and `HUAWEICLOUD_SDK_STS_ENDPOINT` are optional.
#[derive(Debug, Clone, Default)]
pub struct OidcAgency {
    settings: Settings,
    huawei: HuaweiSettings,
    endpoint: Option<String>,
    variables: Variables,
}

impl OidcAgency {
    /// Creates a provider for the values of the variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the transport settings of the calls. The endpoint of the settings has no effect.
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

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    /// Returns the URL of the token service, or `None` if it follows the rule of a private cloud.
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
