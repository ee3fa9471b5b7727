//! Credentials of the role of a pod.
//!
//! Variables, session and duration are those of `DefaultTkeOIDCRoleArnProvider` in
//! `tencentcloud/common/credential.py` of TencentCloud/tencentcloud-sdk-python.

use super::sts::{Role, with_web_identity};
use crate::tencent::TencentSettings;
use async_trait::async_trait;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, ProvideCredentials, Variables, read_token};
use wharf_core::{Error, ErrorKind};

const REGION: &str = "TKE_REGION";
const PROVIDER: &str = "TKE_PROVIDER_ID";
const TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "TKE_ROLE_ARN";

/// A provider that assumes the role of a pod of TKE on each request for credentials, with the token that the cluster
/// mounts into the pod.
///
/// TKE sets these variables in the pod: `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and
/// `TKE_ROLE_ARN`. If one of the last three is set, all four are required.
#[derive(Debug, Clone, Default)]
pub struct PodIdentity {
    settings: Settings,
    tencent: TencentSettings,
    endpoint: Option<String>,
    variables: Variables,
}

impl PodIdentity {
    /// Creates a provider for the role that the variables name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the transport settings of the calls that assume the role. Credentials and endpoint of the settings have no
    /// effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, tencent: TencentSettings) -> Self {
        (self.settings, self.tencent) = (settings, tencent);
        self
    }

    /// Sets the full URL of the token service, if it does not follow the rule `sts.<domain>`.
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

    fn required(&self, name: &str, beside: &str) -> Result<String, Error> {
        self.variables.get(name).ok_or_else(|| Error::configuration(name, format!("is not set, and {beside} is")))
    }
}

#[async_trait]
impl ProvideCredentials for PodIdentity {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let Some(first) = self.variables.set(&[ROLE, PROVIDER, TOKEN_FILE]).first().copied() else {
            let reason = format!("{ROLE} or {PROVIDER} or {TOKEN_FILE} is not set");
            return Err(Error::new(ErrorKind::Credentials, reason));
        };
        let mut role = Role::new(self.required(ROLE, first)?).region(self.required(REGION, first)?);
        let provider = self.required(PROVIDER, first)?;
        let token = read_token(TOKEN_FILE, &self.required(TOKEN_FILE, first)?).await?;
        if let Some(url) = &self.endpoint {
            role = role.endpoint(url);
        }
        let found = with_web_identity(&role, provider, token, self.settings.clone(), &self.tencent).await;
        found.map_err(|error| match error.field() {
            Some("role_arn") => error.with_variable(ROLE),
            Some("region") => error.with_variable(REGION),
            _ => error,
        })
    }
}
