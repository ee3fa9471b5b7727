//! Sources of credentials and of the region, as Alibaba's own clients search them.

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

/// Form of the metadata service, as `credentials/providers/ecs_ram_role.go` of aliyun/credentials-go calls it.
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

/// Returns a provider of credentials from `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`. The
/// token of temporary credentials is in `ALIBABA_CLOUD_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(
        &["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    )
}

/// Returns a provider of the credentials of a cloud machine's role, from its metadata service.
/// `base_url` sets another metadata service: the part of the URL before `/latest/`.
///
/// The role is the one in `ALIBABA_CLOUD_ECS_METADATA`, or else the one that the machine has. Requests carry a session
/// token; if the service has no tokens, they are sent without one unless `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`.
/// With `ALIBABA_CLOUD_ECS_METADATA_DISABLED` no request is sent.
pub fn instance_role() -> Metadata {
    Metadata::new(&METADATA)
}

/// Returns the chain that is used when no credentials are set. It searches in this order:
///
/// 1. the variables that [`environment`] reads;
/// 2. the role of a pod, [`OidcRole`];
/// 3. the [`Profile`] in the command line client's file;
/// 4. the [`SharedProfile`];
/// 5. the [`instance_role`];
/// 6. the [`CredentialsUri`].
///
/// The order is that of Alibaba's own clients, with two differences. Where `ALIBABA_CLOUD_CREDENTIALS_URI` is set, the
/// role of the machine is skipped. Where only `ALIBABA_CLOUD_ROLE_ARN` is set, calls fail with an error that names it.
///
/// When no source has credentials, the error contains the reason of each. A source that exists and cannot be used is an
/// error, and the next source is not tried.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &AlibabaSettings::default())
}

/// Returns the default chain, with roles assumed over the transport settings of a connection with these settings.
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

/// Returns the given region, or else the region of the environment.
pub(super) fn region_or_environment(given: Option<String>) -> Result<Option<String>, Error> {
    match given.is_none().then(region_from_environment).flatten() {
        Some(found) => check_region(&found).map(|()| Some(found)).map_err(|error| error.with_variable(REGION)),
        None => Ok(given),
    }
}

/// Returns the region in `ALIBABA_CLOUD_REGION_ID`, if it is set and not empty.
pub fn region_from_environment() -> Option<String> {
    Variables::default().get(REGION)
}
