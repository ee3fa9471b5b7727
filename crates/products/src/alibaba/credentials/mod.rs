//! Where Alibaba's clients look for credentials and for the region.

mod assumed_role;
mod instance_role;
mod profile;
#[cfg(test)]
mod tests;

pub use assumed_role::{AssumedRole, Role};
pub use instance_role::InstanceRole;
pub use profile::Profile;

use super::settings::AlibabaSettings;
use std::fmt;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Chain, Environment};

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

/// The environment, then the profile in the command line client's file, then the role of the machine: the
/// order of Alibaba's own clients. When none of them has credentials, the error says of each why.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &AlibabaSettings::default())
}

/// That chain, where a profile that assumes a role travels as a connection with these settings does.
pub(super) fn chain_over(settings: &Settings, alibaba: &AlibabaSettings) -> Chain {
    let profile = Profile::new().over(settings.clone(), alibaba.clone());
    Chain::new().then("environment", environment()).then("profile", profile).then("role", InstanceRole::new())
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
