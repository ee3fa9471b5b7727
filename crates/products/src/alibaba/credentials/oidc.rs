//! Credentials of the role of a pod, or of whatever else has a token of an identity provider.
//!
//! What is sent is what `credentials/providers/oidc.go` of aliyun/credentials-go sends; variables are also those of
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

/// Assumes the role of a pod (RRSA) with the token that the cluster mounts into it, each time it is asked.
///
/// The variables are those that ACK sets in the pod: `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
/// `ALIBABA_CLOUD_OIDC_TOKEN_FILE`. Where one of the last two is set, all three must be.
/// `ALIBABA_CLOUD_ROLE_SESSION_NAME`, `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` are read too.
#[derive(Debug, Clone, Default)]
pub struct OidcRole {
    given: Option<Given>,
    settings: Settings,
    alibaba: AlibabaSettings,
    variables: Variables,
}

/// What stands in a file, in the place of variables.
#[derive(Debug, Clone)]
struct Given {
    role: Role,
    provider_arn: String,
    token_file: String,
}

impl OidcRole {
    /// The role that the variables name.
    pub fn new() -> Self {
        Self::default()
    }

    /// A role, the identity provider by its full name (`acs:ram::123456789012:oidc-provider/ack-rrsa-c1`), and the file
    /// with its token.
    pub fn of(role: Role, provider_arn: impl Into<String>, token_file: impl Into<String>) -> Self {
        let given = Given { role, provider_arn: provider_arn.into(), token_file: token_file.into() };
        Self { given: Some(given), ..Self::default() }
    }

    /// Assumes the role by calls that travel as those of a connection with these settings do. They go to `sts_endpoint`, or
    /// else to the host of the region. Credentials and endpoint of the settings have no effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, alibaba: AlibabaSettings) -> Self {
        (self.settings, self.alibaba) = (settings, alibaba);
        self
    }

    /// Looks variables up elsewhere than in the process's environment.
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
        // A token is for the token service alone.
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
        // A second session undoes nothing, and one that was not received expires.
        .with_idempotent(true)
        .with_authorization(Authorization::Anonymous);
}
