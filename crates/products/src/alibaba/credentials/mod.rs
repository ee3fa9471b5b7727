//! Where Alibaba's clients look for credentials and for the region.

mod assumed_role;
mod instance_role;
mod profile;
#[cfg(test)]
mod tests;

pub use assumed_role::{AssumedRole, Role};
pub use instance_role::InstanceRole;
pub use profile::Profile;

use super::settings::{AlibabaSettings, check_region};
use std::fmt;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Chain, Elsewhere, Environment};

const REGION: &str = "ALIBABA_CLOUD_REGION_ID";

/// Credentials from `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with the token of
/// temporary ones from `ALIBABA_CLOUD_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(
        &["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    )
}

/// Where credentials are looked for when none are given, in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. the role of a pod: where `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` or `ALIBABA_CLOUD_OIDC_TOKEN_FILE` is set, calls
///    fail with an error that names them, because this way to credentials is not supported yet and the role of the
///    pod's node is somebody else;
/// 3. the [`Profile`] in the command line client's file;
/// 4. what else Alibaba's own clients read is refused in the same way: `ALIBABA_CLOUD_ROLE_ARN`,
///    `ALIBABA_CLOUD_CREDENTIALS_FILE` and `ALIBABA_CLOUD_CREDENTIALS_URI`;
/// 5. the role of the machine.
///
/// When none of them has credentials, the error says of each why. One that is there and cannot be used is an error,
/// and the next is not asked.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &AlibabaSettings::default())
}

/// That chain, where a profile that assumes a role travels as a connection with these settings does.
pub(super) fn chain_over(settings: &Settings, alibaba: &AlibabaSettings) -> Chain {
    let profile = Profile::new().over(settings.clone(), alibaba.clone());
    Chain::new()
        .then("environment", environment())
        .then("pod", pod())
        .then("profile", profile)
        .then("elsewhere", elsewhere())
        .then("role", InstanceRole::new())
}

fn pod() -> Elsewhere {
    Elsewhere::new(&["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"])
        .besides(&["ALIBABA_CLOUD_ROLE_ARN"])
}

fn elsewhere() -> Elsewhere {
    Elsewhere::new(&["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_URI"])
}

/// The region that is given, or else that of the environment.
pub(super) fn region_or_environment(given: Option<String>) -> Result<Option<String>, Error> {
    match given.is_none().then(region_from_environment).flatten() {
        Some(found) => check_region(&found).map(|()| Some(found)).map_err(|error| error.with_variable(REGION)),
        None => Ok(given),
    }
}

/// The region in `ALIBABA_CLOUD_REGION_ID`, if it is set and not empty.
pub fn region_from_environment() -> Option<String> {
    Variables::default().get(REGION)
}

type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Environment variables, or what stands for them in a test.
#[derive(Clone)]
struct Variables(Lookup);

impl Variables {
    /// A variable that is set and not empty.
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether a switch is on.
    fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

impl Default for Variables {
    fn default() -> Self {
        Self(Arc::new(|name| std::env::var(name).ok()))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
