//! Sources of credentials, of the project and of endpoints, as Huawei's own clients search them.

mod identity_provider;
mod oidc_agency;
mod pod_identity;
mod profile;
mod token_service;

pub use identity_provider::IdentityProvider;
pub use oidc_agency::OidcAgency;
pub use pod_identity::PodIdentity;
pub use profile::Profile;

use super::settings::HuaweiSettings;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Chain, Environment, KeyForm, Metadata, MetadataForm, MetadataToken, Variables};

const ACCESS_KEY: &str = "HUAWEICLOUD_SDK_AK";
const SECRET_KEY: &str = "HUAWEICLOUD_SDK_SK";
const SECURITY_TOKEN: &str = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
pub(super) const PROJECT: &str = "HUAWEICLOUD_SDK_PROJECT_ID";
const REGION_PREFIX: &str = "HUAWEICLOUD_SDK_REGION_";
pub(super) const IAM_ENDPOINT: &str = "HUAWEICLOUD_SDK_IAM_ENDPOINT";

/// Variables that name an identity other than that of a key.
const IDENTITIES: &[&str] = &[
    oidc_agency::PROVIDER,
    oidc_agency::AGENCY,
    oidc_agency::TOKEN,
    oidc_agency::TOKEN_FILE,
    identity_provider::IDP,
    identity_provider::ID_TOKEN_FILE,
];

/// Form of a key from the metadata service and from the agents of pods, as `StsAccessor` in
/// `huaweicloudsdkcore/auth/internal.py` of huaweicloud/huaweicloud-sdk-python-v3 reads it.
const KEY: KeyForm = KeyForm {
    within: &["credential", "credentials"],
    id: &["access", "accessKeyId", "access_key_id"],
    secret: &["secret", "secretAccessKey", "secret_access_key"],
    token: &["securitytoken", "securityToken", "security_token"],
    expires: &["expires_at", "expiration"],
    temporary: true,
};

/// Form of the metadata service, as `MetadataAccessor` in the same file calls it.
static METADATA: MetadataForm = MetadataForm {
    base_url: "http://169.254.169.254",
    path: "openstack/latest/securitykey",
    named: false,
    token: Some(MetadataToken {
        path: "meta-data/latest/api/token",
        life_header: "X-Metadata-Token-Ttl-Seconds",
        life: "60",
        header: "X-Metadata-Token",
        required_variable: None,
    }),
    key: KEY,
    role_variable: None,
    off_variable: None,
};

/// Returns a provider of credentials from `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`. The token of temporary
/// credentials is in `HUAWEICLOUD_SDK_SECURITY_TOKEN`.
pub fn environment() -> Environment {
    Environment::new(&[ACCESS_KEY], &[SECRET_KEY], &[SECURITY_TOKEN])
}

/// Returns a provider of the credentials of a cloud machine's agency, from its metadata service.
pub fn machine_agency() -> Metadata {
    Metadata::new(&METADATA)
}

/// Returns the chain that is used when no credentials are set. It searches in this order:
///
/// 1. the [`OidcAgency`] that the environment names;
/// 2. the [`IdentityProvider`] that the environment names;
/// 3. the variables that [`environment`] reads;
/// 4. the default [`Profile`];
/// 5. the [`PodIdentity`];
/// 6. the [`machine_agency`].
///
/// Huawei's own clients try the agency of the machine before the identity of a pod.
///
/// When no source has credentials, the error contains the reason of each. A source that exists and cannot be used is an
/// error, and the next source is not tried.
pub fn default_chain() -> Chain {
    chain_over(&Settings::default(), &HuaweiSettings::default())
}

/// Returns the default chain, with services called over the transport settings of a connection with these settings.
pub(super) fn chain_over(settings: &Settings, huawei: &HuaweiSettings) -> Chain {
    Chain::new()
        .then("agency", OidcAgency::new().over(settings.clone(), huawei.clone()))
        .then("identity provider", IdentityProvider::new().over(settings.clone(), huawei.clone()))
        .then("environment", environment())
        .then("profile", Profile::new().over(settings.clone(), huawei.clone()))
        .then("pod", PodIdentity::new().over(settings.clone()))
        .then("machine", machine_agency())
}

/// Returns the credentials of a profile by its name, which is that of a section in the file.
pub fn named_profile(name: &str, settings: &Settings, huawei: &HuaweiSettings) -> Profile {
    Profile::named(name).over(settings.clone(), huawei.clone())
}

/// Returns the project in `HUAWEICLOUD_SDK_PROJECT_ID`, if it is set and not empty.
pub fn project_from_environment() -> Option<String> {
    variable(PROJECT)
}

/// Returns the URL of the identity service in `HUAWEICLOUD_SDK_IAM_ENDPOINT`, if it is set and not empty.
pub fn iam_endpoint_from_environment() -> Option<String> {
    variable(IAM_ENDPOINT)
}

/// Returns the endpoint of a service in a region from `HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>`
/// (`HUAWEICLOUD_SDK_REGION_CCE_CN_NORTH_4`), if it is set and not empty. If the variable has several, the first is
/// returned.
///
/// The variable is that of `EnvRegionProvider` in `huaweicloudsdkcore/region/provider.py` of
/// huaweicloud/huaweicloud-sdk-python-v3.
pub fn endpoint_from_environment(service: &str, region: &str) -> Option<String> {
    endpoint(&variable, service, region)
}

fn endpoint(variable: &dyn Fn(&str) -> Option<String>, service: &str, region: &str) -> Option<String> {
    let urls = variable(&endpoint_variable(service, region))?;
    urls.split(',').map(str::trim).find(|url| !url.is_empty()).map(str::to_owned)
}

pub(super) fn endpoint_variable(service: &str, region: &str) -> String {
    format!("{REGION_PREFIX}{service}_{region}").to_ascii_uppercase().replace('-', "_")
}

/// Returns the project at the source of the credentials: in the environment, or in the file if the chain has found
/// (`found`) its credentials there.
pub(super) fn project_beside_credentials(found: bool) -> Option<String> {
    project(found, &variable, &Profile::new())
}

/// Returns the URL of the identity service at the source of the credentials, in the same order.
pub(super) fn iam_endpoint_beside_credentials(found: bool) -> Option<String> {
    let from_file = || if is_in_file(found, &variable) { Profile::new().iam_endpoint().ok().flatten() } else { None };
    variable(IAM_ENDPOINT).or_else(from_file)
}

fn project(found: bool, variable: &dyn Fn(&str) -> Option<String>, profile: &Profile) -> Option<String> {
    let from_file = || if is_in_file(found, variable) { profile.project_id().ok().flatten() } else { None };
    variable(PROJECT).or_else(from_file)
}

/// Returns true when the credentials come from the file. A key of one account must not be combined with the project of
/// another.
fn is_in_file(found: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let by_key = variable(ACCESS_KEY).is_some() && variable(SECRET_KEY).is_some();
    found && !by_key && IDENTITIES.iter().all(|name| variable(name).is_none())
}

fn variable(name: &str) -> Option<String> {
    Variables::default().get(name)
}

#[cfg(test)]
mod tests;
