//! Where Alibaba's clients look for credentials and for the region.

mod assumed_role;
mod oidc;
mod profile;
mod sessions;
mod shared_profile;
#[cfg(test)]
mod tests;

pub use assumed_role::{AssumedRole, Role};
pub use oidc::OidcRole;
pub use profile::Profile;
pub use sessions::CredentialsUri;
pub use shared_profile::SharedProfile;

use super::settings::{AlibabaSettings, check_region};
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Chain, Elsewhere, Environment, Metadata, MetadataForm, MetadataToken, Variables};

const REGION: &str = "ALIBABA_CLOUD_REGION_ID";

/// The metadata service, as `credentials/providers/ecs_ram_role.go` of aliyun/credentials-go asks it.
static METADATA: MetadataForm = MetadataForm {
    base_url: "http://100.100.100.200",
    path: "latest/meta-data/ram/security-credentials/",
    named: true,
    token: Some(MetadataToken {
        path: "latest/api/token",
        life_header: "x-aliyun-ecs-metadata-token-ttl-seconds",
        life: "60",
        header: "x-aliyun-ecs-metadata-token",
        required_variable: Some("ALIBABA_CLOUD_IMDSV1_DISABLED"),
    }),
    key: sessions::KEY,
    role_variable: Some("ALIBABA_CLOUD_ECS_METADATA"),
    off_variable: Some("ALIBABA_CLOUD_ECS_METADATA_DISABLED"),
};

/// Credentials from `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with the token of
/// temporary ones from `ALIBABA_CLOUD_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(
        &["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    )
}

/// Credentials of the role that a machine of the cloud has, from its metadata service. Another one is known by the URL
/// before `/latest/`.
///
/// The role is the one in `ALIBABA_CLOUD_ECS_METADATA`, or else the one that the machine has. A token is got first;
/// where the service has none, it is asked without, unless `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`. With
/// `ALIBABA_CLOUD_ECS_METADATA_DISABLED` nothing is asked at all.
pub fn instance_role() -> Metadata {
    Metadata::new(&METADATA)
}

/// Where credentials are looked for when none are given, in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. the role of a pod, [`OidcRole`];
/// 3. the [`Profile`] in the command line client's file;
/// 4. the [`SharedProfile`];
/// 5. the [`instance_role`];
/// 6. the [`CredentialsUri`].
///
/// It is the order of Alibaba's own clients, but for this: where `ALIBABA_CLOUD_CREDENTIALS_URI` is set, the role of
/// the machine is not asked for, and where `ALIBABA_CLOUD_ROLE_ARN` is set alone, calls fail with an error that names it.
///
/// When none of them has credentials, the error says of each why. One that is there and cannot be used is an error,
/// and the next is not asked.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &AlibabaSettings::default())
}

/// That chain, where roles are assumed by calls that travel as a connection with these settings does.
pub(super) fn chain_over(settings: &Settings, alibaba: &AlibabaSettings) -> Chain {
    let over = || (settings.clone(), alibaba.clone());
    let chain = Chain::new()
        .then("environment", environment())
        .then("pod", OidcRole::new().over(over().0, over().1))
        .then("profile", Profile::new().over(over().0, over().1))
        .then("shared profile", SharedProfile::new().over(over().0, over().1))
        .then("elsewhere", Elsewhere::new(&[oidc::ROLE]));
    let uri = CredentialsUri::new().over(settings.clone());
    match Variables::default().get(sessions::URI) {
        Some(_) => chain.then("uri", uri),
        None => chain.then("role", instance_role()).then("uri", uri),
    }
}

/// Returns the credentials of a profile by its name: a [`Profile`], or else a [`SharedProfile`].
pub fn named_profile(name: &str, settings: &Settings, alibaba: &AlibabaSettings) -> Chain {
    Chain::new()
        .then("profile", Profile::named(name).over(settings.clone(), alibaba.clone()))
        .then("shared profile", SharedProfile::named(name).over(settings.clone(), alibaba.clone()))
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
