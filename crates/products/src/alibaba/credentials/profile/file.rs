//! The form of the file of Alibaba's command line client.

use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_core::{Error, ErrorKind};

/// The file.
#[derive(Clone, Default, PartialEq)]
pub(super) struct File {
    pub(super) current: Option<String>,
    pub(super) profiles: Option<Vec<Entry>>,
}

wharf_core::model! { File = "File" { current = "current"; profiles = "profiles"; } }

impl File {
    pub(super) fn profile(&self, name: &str) -> Option<&Entry> {
        self.profiles.iter().flatten().find(|entry| entry.name.as_deref() == Some(name))
    }
}

/// A profile.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) access_key_id: Option<String>,
    pub(super) access_key_secret: Option<Secret>,
    pub(super) sts_token: Option<Secret>,
    pub(super) ram_role_name: Option<String>,
    pub(super) ram_role_arn: Option<String>,
    pub(super) ram_session_name: Option<String>,
    pub(super) expired_seconds: Option<i64>,
    pub(super) policy: Option<String>,
    pub(super) external_id: Option<Secret>,
    pub(super) sts_region: Option<String>,
    pub(super) source_profile: Option<String>,
    pub(super) enable_vpc: Option<bool>,
    pub(super) oidc_provider_arn: Option<String>,
    pub(super) oidc_token_file: Option<String>,
    pub(super) role_session_name: Option<String>,
    pub(super) process_command: Option<Secret>,
    pub(super) credentials_uri: Option<String>,
    pub(super) access_token: Option<Secret>,
    pub(super) sso_url: Option<String>,
    pub(super) sso_account: Option<String>,
    pub(super) sso_access: Option<String>,
    pub(super) sso_expires: Option<u64>,
    pub(super) oauth_site: Option<String>,
    pub(super) oauth_token: Option<Secret>,
    pub(super) oauth_expires: Option<u64>,
    pub(super) sts_expires: Option<u64>,
}

wharf_core::model! {
    Entry = "Profile" {
        name = "name";
        mode = "mode";
        access_key_id = "access_key_id";
        access_key_secret = "access_key_secret" .sensitive();
        sts_token = "sts_token" .sensitive();
        ram_role_name = "ram_role_name";
        ram_role_arn = "ram_role_arn";
        ram_session_name = "ram_session_name";
        expired_seconds = "expired_seconds";
        policy = "policy";
        external_id = "external_id" .sensitive();
        sts_region = "sts_region";
        source_profile = "source_profile";
        enable_vpc = "enable_vpc";
        oidc_provider_arn = "oidc_provider_arn";
        oidc_token_file = "oidc_token_file";
        role_session_name = "role_session_name";
        process_command = "process_command" .sensitive();
        credentials_uri = "credentials_uri" .sensitive();
        access_token = "access_token" .sensitive();
        sso_url = "cloud_sso_sign_in_url";
        sso_account = "cloud_sso_account_id";
        sso_access = "cloud_sso_access_config";
        sso_expires = "cloud_sso_access_token_expire";
        oauth_site = "oauth_site_type";
        oauth_token = "oauth_access_token" .sensitive();
        oauth_expires = "oauth_access_token_expire";
        sts_expires = "sts_expiration";
    }
}

impl Entry {
    /// Returns the mode. Without one it is `AK`, unless the profile names a role or another profile.
    pub(super) fn mode(&self) -> &str {
        let more = [&self.ram_role_name, &self.ram_role_arn, &self.source_profile];
        let otherwise = if more.into_iter().any(|value| text(value).is_some()) { "" } else { "AK" };
        text(&self.mode).unwrap_or(otherwise)
    }

    pub(super) fn key(&self, name: &str) -> Result<Credentials, Error> {
        let id = required(&self.access_key_id, name, "access_key_id")?;
        let secret = self.access_key_secret.clone().filter(|secret| !secret.is_empty());
        Ok(Credentials::new(id, secret.ok_or_else(|| lacks(name, "access_key_secret"))?))
    }

    pub(super) fn token(&self, name: &str) -> Result<Secret, Error> {
        self.sts_token.clone().filter(|token| !token.is_empty()).ok_or_else(|| lacks(name, "sts_token"))
    }
}

pub(super) fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

pub(super) fn required<'a>(value: &'a Option<String>, profile: &str, member: &str) -> Result<&'a str, Error> {
    text(value).ok_or_else(|| lacks(profile, member))
}

pub(super) fn lacks(profile: &str, member: &str) -> Error {
    missing(format!("{member} is missing or empty in profile {profile:?}"))
}

pub(super) fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
