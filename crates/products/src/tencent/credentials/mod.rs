//! Sources of credentials and of the region, as Tencent's own clients search them.

mod cli_profile;
mod pod_identity;
mod profile;
mod sts;
#[cfg(test)]
mod tests;

pub use cli_profile::CliProfile;
pub use pod_identity::PodIdentity;
pub use profile::Profile;
pub use sts::{AssumedRole, Role};

use super::TencentSettings;
use super::settings::check_region;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Chain, Environment, KeyForm, Metadata, MetadataForm};

const REGION: &str = "TENCENTCLOUD_REGION";

/// Form of the metadata service, as `tencentcloud/common/cvm_role_provider.go` of TencentCloud/tencentcloud-sdk-go
/// calls it.
static METADATA: MetadataForm = MetadataForm {
    base_url: "http://metadata.tencentyun.com/latest/meta-data",
    path: "cam/security-credentials/",
    named: true,
    token: None,
    key: KeyForm {
        within: &[],
        id: &["TmpSecretId"],
        secret: &["TmpSecretKey"],
        token: &["Token"],
        expires: &["ExpiredTime", "Expiration"],
        temporary: true,
    },
    role_variable: None,
    off_variable: None,
};

/// Returns a provider of credentials from `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`. The session token of
/// temporary credentials is in `TENCENTCLOUD_TOKEN` or `TENCENTCLOUD_SESSION_TOKEN`, because Tencent's own clients use
/// different names. If both are set, the first is used.
pub fn environment() -> Environment {
    Environment::new(
        &["TENCENTCLOUD_SECRET_ID"],
        &["TENCENTCLOUD_SECRET_KEY"],
        &["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"],
    )
}

/// Returns a provider of the credentials of a cloud machine's role, from its metadata service.
/// `base_url` sets another metadata service: the part of the URL before `/cam/security-credentials/`.
pub fn instance_role() -> Metadata {
    Metadata::new(&METADATA)
}

/// Returns the chain that is used when no credentials are set. It searches in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. the default [`Profile`];
/// 3. the current [`CliProfile`];
/// 4. the [`PodIdentity`];
/// 5. the [`instance_role`].
///
/// Tencent's own clients try the role of the machine before that of the pod, and only their command line client reads
/// its own file.
///
/// When no source has credentials, the error contains the reason of each. A source that exists and cannot be used is an
/// error, and the next source is not tried.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &TencentSettings::default())
}

/// Returns the default chain, with roles assumed over the transport settings of a connection with these settings.
pub(crate) fn chain_over(settings: &Settings, tencent: &TencentSettings) -> Chain {
    Chain::new()
        .then("environment", environment())
        .then("profile", Profile::new().over(settings.clone(), tencent.clone()))
        .then("tccli", CliProfile::new().over(settings.clone(), tencent.clone()))
        .then("pod", PodIdentity::new().over(settings.clone(), tencent.clone()))
        .then("role", instance_role())
}

/// Returns the credentials of a profile by its name: a [`Profile`], or else a [`CliProfile`].
pub fn named_profile(name: &str, settings: &Settings, tencent: &TencentSettings) -> Chain {
    Chain::new()
        .then("profile", Profile::named(name).over(settings.clone(), tencent.clone()))
        .then("tccli", CliProfile::named(name).over(settings.clone(), tencent.clone()))
}

/// Returns the given region, or else the region of the environment.
pub(crate) fn region_or_environment(given: Option<String>) -> Result<Option<String>, Error> {
    match given.is_none().then(region_from_environment).flatten() {
        Some(found) => check_region(&found).map(|()| Some(found)).map_err(|error| error.with_variable(REGION)),
        None => Ok(given),
    }
}

/// Returns the region in `TENCENTCLOUD_REGION`, if it is set and not empty.
pub fn region_from_environment() -> Option<String> {
    std::env::var(REGION).ok().map(|region| region.trim().to_owned()).filter(|region| !region.is_empty())
}
