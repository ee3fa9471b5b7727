//! Credentials from the file that Alibaba's clients share.
//!
//! Files, types and names are those of `credentials/providers/profile.go` of aliyun/credentials-go and
//! `alibabacloud_credentials/provider/profile.py` of aliyun/credentials-python.

use super::{AssumedRole, OidcRole, Role, instance_role};
use crate::alibaba::settings::AlibabaSettings;
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, IniForm, IniProfile, Metadata, ProvideCredentials, Section, Variables};

/// Variable that names the profile.
const NAME: &str = "ALIBABA_CLOUD_PROFILE";

static FORM: IniForm = IniForm {
    variable: "ALIBABA_CLOUD_CREDENTIALS_FILE",
    home: &[".alibabacloud/credentials", ".alibabacloud/credentials.ini"],
    shared: &[],
    section: "default",
    id: "access_key_id",
    secret: "access_key_secret",
    token: "security_token",
};
/// Fields of all types that name an identity other than a key.
const KNOWN: &[&str] = &["role_arn", "role_name", "role_session_name", "oidc_provider_arn", "oidc_token_file_path"];

/// A provider that reads a profile of the file that Alibaba's clients share, on each request for credentials.
///
/// The file is the one that `ALIBABA_CLOUD_CREDENTIALS_FILE` names, or else `~/.alibabacloud/credentials`, or else
/// `~/.alibabacloud/credentials.ini`. The profile is the one that the caller names, or else the one in
/// `ALIBABA_CLOUD_PROFILE`, or else `default`:
///
/// ```ini
/// [default]
/// type = access_key
/// access_key_id = LTAI...
/// access_key_secret = ...
/// ```
///
/// | type | credentials |
/// |---|---|
/// | `access_key`, `sts` | the key in the file |
/// | `ram_role_arn` | a role assumed with the key in the file |
/// | `ecs_ram_role` | the role of this machine |
/// | `oidc_role_arn` | a role assumed with a token of an identity provider |
///
/// Other types (`rsa_key_pair`) are refused by name.
#[derive(Debug, Clone)]
pub struct SharedProfile {
    ini: IniProfile,
    named: bool,
    settings: Settings,
    alibaba: AlibabaSettings,
    machine: Metadata,
    variables: Variables,
}

impl Default for SharedProfile {
    fn default() -> Self {
        Self {
            ini: IniProfile::new(&FORM),
            named: false,
            settings: Settings::default(),
            alibaba: AlibabaSettings::default(),
            machine: instance_role(),
            variables: Variables::default(),
        }
    }
}

impl SharedProfile {
    /// Creates a provider of the current profile of the default file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider of a profile of the default file, by its name.
    pub fn named(name: impl Into<String>) -> Self {
        let default = Self::default();
        Self { ini: default.ini.section(name), named: true, ..Self::default() }
    }

    /// Sets the file to read.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.ini = self.ini.path(path);
        self
    }

    /// Sets the transport settings of the calls that assume roles. The credentials of the settings have no effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, alibaba: AlibabaSettings) -> Self {
        (self.settings, self.alibaba) = (settings, alibaba);
        self
    }

    /// Sets the metadata service that provides the role of this machine.
    #[must_use]
    pub fn machine(mut self, machine: Metadata) -> Self {
        self.machine = machine;
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Clone + Send + Sync + 'static) -> Self {
        self.ini = self.ini.with_lookup(lookup.clone());
        self.variables = Variables::new(lookup);
        self
    }

    fn role(section: &Section) -> Result<Role, Error> {
        let role = Role::new(section.required("role_arn").map_err(|error| error.with_field("role_arn"))?);
        let role = section.get("role_session_name").into_iter().fold(role, Role::session_name);
        Ok(section.get("policy").into_iter().fold(role, Role::policy))
    }

    async fn found(&self, ini: &IniProfile, section: &Section) -> Result<Credentials, Error> {
        match section.get("type") {
            Some("access_key" | "sts") => ini.key(section),
            Some("ram_role_arn") => {
                let mut settings = self.settings.clone();
                settings.credentials = Some(Arc::new(ini.key(section)?));
                AssumedRole::new(Self::role(section)?, settings, &self.alibaba)?.credentials().await
            }
            Some("ecs_ram_role") => {
                let machine = self.machine.clone();
                section.get("role_name").into_iter().fold(machine, Metadata::role).credentials().await
            }
            Some("oidc_role_arn") => {
                let (provider, file) =
                    (section.required("oidc_provider_arn")?, section.required("oidc_token_file_path")?);
                let role = OidcRole::of(Self::role(section)?, provider, file);
                role.over(self.settings.clone(), self.alibaba.clone()).credentials().await
            }
            Some(_) => Err(section.wrong(
                "type",
                "is none that is supported: access_key, sts, ram_role_arn, ecs_ram_role or oidc_role_arn",
            )),
            None => Err(section.required("type").map_or_else(|error| error, |_| section.wrong("type", "is missing"))),
        }
    }
}

/// Returns an error about the profile that the variable names.
fn named(error: Error) -> Error {
    if error.field().is_none() { error.with_field(NAME) } else { error }
}

#[async_trait]
impl ProvideCredentials for SharedProfile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let by_variable = self.variables.get(NAME).filter(|_| !self.named);
        let ini = by_variable.iter().fold(self.ini.clone(), IniProfile::section);
        // This is the last file that is read, so no file has a profile of that name.
        let unknown = |error: Error| if by_variable.is_some() { named(error) } else { error };
        let section = ini.read().await.map_err(unknown)?;
        section.check_own_key(KNOWN)?;
        let meant = match (self.named, &by_variable) {
            (true, _) => Some("profile"),
            (false, Some(_)) => Some(NAME),
            _ => section.get("type").filter(|kind| !matches!(*kind, "access_key" | "sts")).map(|_| "type"),
        };
        self.found(&ini, &section).await.map_err(|error| match meant {
            // The profile is explicitly requested, so other credentials must not replace it.
            Some(field) if error.field().is_none() && error.code().is_none() => error.with_field(field),
            _ => error,
        })
    }
}
