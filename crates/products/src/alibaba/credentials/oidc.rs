//! Credentials of a role that is assumed with a token of an identity provider, such as the role of a pod.
//!
//! Requests are those of `credentials/providers/oidc.go` of aliyun/credentials-go. Variables are additionally those of
//! `alibabacloud_credentials/provider/oidc.py` of aliyun/credentials-python.

use super::Role;
use super::assumed_role::{given, route};
use crate::alibaba::settings::AlibabaSettings;
use crate::sts::operations::{AssumeRole, AssumeRoleOutput};
use async_trait::async_trait;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::ErrorKind;
use wharf_core::connection::{CallOptions, Settings};
use wharf_core::credentials::{Credentials, ProvideCredentials, Variables, read_token};
use wharf_core::model::Secret;
use wharf_core::operation::{Authorization, Operation, OperationMeta};

pub(super) const ROLE: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const SESSION: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";
pub(super) const STS_REGION: &str = "ALIBABA_CLOUD_STS_REGION";
pub(super) const VPC: &str = "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED";

/// A provider that assumes the role of a pod (RRSA) on each request for credentials, with the token that the cluster
/// mounts into the pod.
///
/// ACK sets these variables in the pod: `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
/// `ALIBABA_CLOUD_OIDC_TOKEN_FILE`. If one of the last two is set, all three are required.
/// `ALIBABA_CLOUD_ROLE_SESSION_NAME`, `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` are optional.
#[derive(Debug, Clone, Default)]
pub struct OidcRole {
    given: Option<Given>,
    settings: Settings,
    alibaba: AlibabaSettings,
    variables: Variables,
}

/// Values from a file, used instead of variables.
#[derive(Debug, Clone)]
struct Given {
    role: Role,
    provider_arn: String,
    token_file: String,
}

impl OidcRole {
    /// Creates a provider for the role that the variables name.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider for a role from the full name of the identity provider
    /// (`acs:ram::123456789012:oidc-provider/ack-rrsa-c1`) and the file with its token.
    pub fn of(role: Role, provider_arn: impl Into<String>, token_file: impl Into<String>) -> Self {
        let given = Given { role, provider_arn: provider_arn.into(), token_file: token_file.into() };
        Self { given: Some(given), ..Self::default() }
    }

    /// Sets the transport settings of the calls that assume the role. The calls go to `sts_endpoint`, or else to the
    /// host of the region. Credentials and endpoint of the settings have no effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, alibaba: AlibabaSettings) -> Self {
        (self.settings, self.alibaba) = (settings, alibaba);
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    fn named_by_variables(&self) -> Result<Given, Error> {
        let Some(first) = self.variables.set(&[PROVIDER, TOKEN_FILE]).first().copied() else {
            let reason = format!("{PROVIDER} or {TOKEN_FILE} is not set");
            return Err(Error::new(ErrorKind::Credentials, reason));
        };
        let required = |name: &str| {
            let missing = || Error::configuration(name, format!("is not set, and {first} is"));
            self.variables.get(name).ok_or_else(missing)
        };
        let mut role = Role::new(required(ROLE)?).vpc(self.variables.is_on(VPC));
        role = self.variables.get(SESSION).into_iter().fold(role, Role::session_name);
        role = self.variables.get(STS_REGION).into_iter().fold(role, Role::region);
        Ok(Given { role, provider_arn: required(PROVIDER)?, token_file: required(TOKEN_FILE)? })
    }
}

#[async_trait]
impl ProvideCredentials for OidcRole {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let (found, by_variable) = match &self.given {
            Some(found) => (found.clone(), false),
            None => (self.named_by_variables()?, true),
        };
        let token = read_token(if by_variable { TOKEN_FILE } else { "oidc_token_file" }, &found.token_file).await?;
        let mut settings = self.settings.clone();
        // The token must be sent to the token service only.
        settings.endpoint = None;
        // A connection requires credentials; requests of this operation are not signed.
        settings.credentials = Some(Arc::new(Credentials::new("anonymous", "anonymous")));
        let connection = route(&found.role, settings, &self.alibaba).map_err(|error| match error.field() {
            Some("role_arn") if by_variable => error.with_variable(ROLE),
            Some("session_name") if by_variable => error.with_variable(SESSION),
            Some("region") if by_variable => error.with_variable(STS_REGION),
            _ => error,
        })?;
        let AssumeRole { role_arn, role_session_name, policy, duration_seconds, .. } = found.role.request();
        let oidc_provider_arn = Some(found.provider_arn);
        let oidc_token = Some(token);
        let input =
            AssumeRoleWithOidc { role_arn, oidc_provider_arn, oidc_token, policy, duration_seconds, role_session_name };
        let mut output = AssumeRoleOutput::default();
        connection.execute(AssumeRoleWithOidc::META, &input, &CallOptions::default(), &mut output).await?;
        given(&connection, AssumeRoleWithOidc::META, output)
    }
}

#[derive(Clone, Default, PartialEq)]
struct AssumeRoleWithOidc {
    role_arn: Option<String>,
    oidc_provider_arn: Option<String>,
    oidc_token: Option<Secret>,
    policy: Option<String>,
    duration_seconds: Option<i64>,
    role_session_name: Option<String>,
}
wharf_core::model! {
    AssumeRoleWithOidc = "AssumeRoleWithOIDC" {
        role_arn = "RoleArn" .required();
        oidc_provider_arn = "OIDCProviderArn" .required();
        oidc_token = "OIDCToken" .required() .sensitive();
        policy = "Policy";
        duration_seconds = "DurationSeconds";
        role_session_name = "RoleSessionName" .required();
    }
}

impl Operation for AssumeRoleWithOidc {
    type Output = AssumeRoleOutput;
    const META: &'static OperationMeta = &OperationMeta::new("sts", "AssumeRoleWithOIDC")
        .with_version("2015-04-01")
        .with_service("sts")
        // A second session has no side effect, and a session that was not received expires.
        .with_idempotent(true)
        .with_authorization(Authorization::Anonymous);
}
