//! Where Tencent's clients look for credentials and for the region.

mod profile;
mod role;
#[cfg(test)]
mod tests;

pub use profile::Profile;
pub use role::InstanceRole;

use super::settings::check_region;
use wharf_core::Error;
use wharf_core::credentials::{Chain, Elsewhere, Environment};

const REGION: &str = "TENCENTCLOUD_REGION";

/// Credentials from `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`, with the session token of
/// temporary ones from `TENCENTCLOUD_TOKEN` or `TENCENTCLOUD_SESSION_TOKEN`: Tencent's own clients
/// differ in what they call it. When both are set, the first counts.
pub fn environment() -> Environment {
    Environment::new(
        &["TENCENTCLOUD_SECRET_ID"],
        &["TENCENTCLOUD_SECRET_KEY"],
        &["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"],
    )
}

/// Where credentials are looked for when none are given, in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. the usual [`Profile`];
/// 3. the role of a pod: where `TKE_ROLE_ARN`, `TKE_PROVIDER_ID` or `TKE_WEB_IDENTITY_TOKEN_FILE` is set, calls fail
///    with an error that names them, because this way to credentials is not supported yet and the role of the pod's
///    node is somebody else;
/// 4. the role of the machine.
///
/// When none of them has credentials, the error says of each why. One that is there and cannot be used is an error,
/// and the next is not asked.
pub fn default_chain() -> Chain {
    Chain::new()
        .then("environment", environment())
        .then("profile", Profile::new())
        .then("pod", pod())
        .then("role", InstanceRole::new())
}

/// The identity of a pod.
fn pod() -> Elsewhere {
    Elsewhere::new(&["TKE_ROLE_ARN", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE"]).besides(&["TKE_REGION"])
}

/// The region that is given, or else that of the environment.
pub(crate) fn region_or_environment(given: Option<String>) -> Result<Option<String>, Error> {
    match given.is_none().then(region_from_environment).flatten() {
        Some(found) => check_region(&found).map(|()| Some(found)).map_err(|error| error.with_variable(REGION)),
        None => Ok(given),
    }
}

/// The region in `TENCENTCLOUD_REGION`, if it is set and not empty.
pub fn region_from_environment() -> Option<String> {
    std::env::var(REGION).ok().map(|region| region.trim().to_owned()).filter(|region| !region.is_empty())
}
