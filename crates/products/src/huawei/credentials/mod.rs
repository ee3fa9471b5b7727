//! Where Huawei's clients look for credentials and for the project.

mod profile;

pub use profile::Profile;

use wharf_core::credentials::{Chain, Environment};

const ACCESS_KEY: &str = "HUAWEICLOUD_SDK_AK";
const SECRET_KEY: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
const PROJECT: &str = "HUAWEICLOUD_SDK_PROJECT_ID";
const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";

/// Credentials from `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, with the token of temporary ones from
/// `HUAWEICLOUD_SDK_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(&[ACCESS_KEY], &[SECRET_KEY], &[SECURITY_TOKEN])
}

/// The environment, then the credentials file: the order of Huawei's own clients. When none of them has
/// credentials, the error says of each why.
pub fn default_chain() -> Chain {
    Chain::new().then("environment", environment()).then("profile", Profile::new())
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
