//! Where Huawei's clients look for credentials and for the project.

mod profile;

pub use profile::Profile;

use wharf_core::credentials::{Chain, Elsewhere, Environment};

const ACCESS_KEY: &str = "HUAWEICLOUD_SDK_AK";
const SECRET_KEY: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
pub(super) const PROJECT: &str = "HUAWEICLOUD_SDK_PROJECT_ID";
pub(super) const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";

/// Credentials from `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, with the token of temporary ones from
/// `HUAWEICLOUD_SDK_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(&[ACCESS_KEY], &[SECRET_KEY], &[SECURITY_TOKEN])
}

/// Where credentials are looked for when none are given, in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. an identity provider: where a variable of one is set (`HUAWEICLOUD_SDK_IDP_ID`,
///    `HUAWEICLOUD_SDK_ID_TOKEN_FILE`, `HUAWEICLOUD_OIDC_PROVIDER_URN`, `HUAWEICLOUD_OIDC_AGENCY_URN`,
///    `HUAWEICLOUD_OIDC_ID_TOKEN`, `HUAWEICLOUD_OIDC_TOKEN_FILE`), calls fail with an error that names it, because
///    this way to credentials is not supported yet;
/// 3. the usual [`Profile`];
/// 4. the identity of a pod, which is refused like an identity provider (`HC_CONTAINER_CREDENTIALS_FULL_URI`,
///    `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`).
///
/// The agency of a machine is not asked for. Huawei's own clients look at identity providers before the keys in the
/// environment, and ask for the agency.
///
/// When none of them has credentials, the error says of each why. One that is there and cannot be used is an error,
/// and the next is not asked.
pub fn default_chain() -> Chain {
    Chain::new()
        .then("environment", environment())
        .then("identity provider", identity_provider())
        .then("profile", Profile::new())
        .then("pod", pod())
}

fn identity_provider() -> Elsewhere {
    Elsewhere::new(&[
        "HUAWEICLOUD_SDK_IDP_ID",
        "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
        "HUAWEICLOUD_OIDC_PROVIDER_URN",
        "HUAWEICLOUD_OIDC_AGENCY_URN",
        "HUAWEICLOUD_OIDC_ID_TOKEN",
        "HUAWEICLOUD_OIDC_TOKEN_FILE",
    ])
}

fn pod() -> Elsewhere {
    Elsewhere::new(&["HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
}

/// The project in `HUAWEICLOUD_SDK_PROJECT_ID`, if it is set and not empty.
pub fn project_from_environment() -> Option<String> {
    variable(PROJECT)
}

/// The identity service's URL in `HUAWEICLOUD_SDK_IAM_ENDPOINT`, if it is set and not empty.
pub fn iam_endpoint_from_environment() -> Option<String> {
    variable(IAM_ENDPOINT)
}

/// The project that stands where the credentials come from: in the environment, or in the file when the
/// chain finds its credentials `found` there.
pub(super) fn project_beside_credentials(found: bool) -> Option<String> {
    project(found, &variable, &Profile::new())
}

fn project(found: bool, variable: &dyn Fn(&str) -> Option<String>, profile: &Profile) -> Option<String> {
    // A key of one account and a project of another do not go together.
    let from_file = found && (variable(ACCESS_KEY).is_none() || variable(SECRET_KEY).is_none());
    variable(PROJECT).or_else(|| if from_file { profile.project_id().ok().flatten() } else { None })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
