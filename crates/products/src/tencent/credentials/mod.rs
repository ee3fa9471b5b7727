//! Where Tencent's clients look for credentials and for the region.

mod profile;
mod role;
#[cfg(test)]
mod tests;

pub use profile::Profile;
pub use role::InstanceRole;

use wharf_core::credentials::{Chain, Environment};

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

/// The environment, then the profile file, then the role of the machine: the order of Tencent's own
/// clients. When none of them has credentials, the error says of each why.
pub fn default_chain() -> Chain {
    Chain::new().then("environment", environment()).then("profile", Profile::new()).then("role", InstanceRole::new())
}

/// The region in `TENCENTCLOUD_REGION`, if it is set and not empty.
pub fn region_from_environment() -> Option<String> {
    std::env::var("TENCENTCLOUD_REGION").ok().map(|region| region.trim().to_owned()).filter(|region| !region.is_empty())
}
