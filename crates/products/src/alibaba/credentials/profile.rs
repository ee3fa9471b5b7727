//! Credentials from the file of Alibaba's command line client.
//!
//! Modes and names are those of `credentials/providers/cli_profile.go` of aliyun/credentials-go,
//! `alibabacloud_credentials/provider/cli_profile.py` of aliyun/credentials-python and `config/profile.go` of
//! aliyun/aliyun-cli.

mod file;

use super::sessions::{CredentialsUri, Login, Program};
use super::{AssumedRole, OidcRole, Role, instance_role};
use crate::alibaba::settings::AlibabaSettings;
use async_trait::async_trait;
use file::{Entry, File, lacks, missing, required, text};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, Metadata, ProvideCredentials, Variables, read_file};
use wharf_core::model::json::{Mode, read};

/// Variable that names the profile.
const NAME: &str = "ALIBABA_CLOUD_PROFILE";
/// Variable that disables the file.
const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
/// Variable that names another file.
const FILE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
/// Maximum number of profiles in a chain of source profiles.
const DEEPEST: usize = 8;

/// A provider that reads a profile of the command line client on each request for credentials. The file is
/// `~/.aliyun/config.json`, or the one that `ALIBABA_CLOUD_CONFIG_FILE` names.
///
/// The profile is the one that the caller names, or else the one in `ALIBABA_CLOUD_PROFILE`, or else the current one of
/// the file. Its mode determines the credentials:
///
/// | mode | credentials |
/// |---|---|
/// | `AK` | the key in the file |
/// | `StsToken` | the temporary key in the file |
/// | `RamRoleArn` | a role assumed with the key in the file |
/// | `EcsRamRole` | the role of this machine |
/// | `RamRoleArnWithRoleName` | a role assumed with the role of this machine |
/// | `ChainableRamRoleArn` | a role assumed with another profile of the file |
/// | `OIDC` | a role assumed with a token of an identity provider |
/// | `External` | the output of the program `process_command` |
/// | `CredentialsURI` | the response of the URL `credentials_uri` |
/// | `CloudSSO` | temporary credentials in exchange for the login that the client made |
/// | `OAuth` | the same, or the temporary key that the client keeps in the file |
///
/// An expired login is an error: only the client renews it, because it keeps the new one in its file.
///
/// Other modes are refused by name. An existing profile that cannot be used fails with the [field](Error::field) that
/// is wrong if its mode is neither `AK` nor `StsToken`, or if the profile was requested by name. A
/// [`Chain`](wharf_core::credentials::Chain) then does not continue with another identity.
#[derive(Debug, Clone)]
pub struct Profile {
    path: Option<PathBuf>,
    name: Option<String>,
    settings: Settings,
    alibaba: AlibabaSettings,
    machine: Metadata,
    variables: Variables,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            path: None,
            name: None,
            settings: Settings::default(),
            alibaba: AlibabaSettings::default(),
            machine: instance_role(),
            variables: Variables::default(),
        }
    }
}

type Source = Arc<dyn ProvideCredentials>;

impl Profile {
    /// Creates a provider of the current profile of the default file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider of a profile of the default file, by its name.
    pub fn named(name: impl Into<String>) -> Self {
        Self::default().name(name)
    }

    /// Sets the file to read.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the profile to read.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
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
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    fn file(&self) -> Result<PathBuf, Error> {
        if let Some(path) = self.path.clone().or_else(|| self.variables.get(FILE).map(PathBuf::from)) {
            return Ok(path);
        }
        let home = std::env::home_dir().ok_or_else(|| missing("there is no home folder"))?;
        Ok(home.join(".aliyun").join("config.json"))
    }

    /// Returns the source of the credentials of a profile; `depth` profiles precede it.
    fn source(&self, file: &File, name: &str, depth: usize) -> Result<Source, Error> {
        let entry = file.profile(name).ok_or_else(|| missing(format!("it has no profile {name:?}")))?;
        let machine = || match text(&entry.ram_role_name) {
            Some(role) => self.machine.clone().role(role),
            None => self.machine.clone(),
        };
        let mode = entry.mode();
        Ok(match mode {
            "AK" => Arc::new(entry.key(name)?),
            "StsToken" => Arc::new(entry.key(name)?.with_token(entry.token(name)?)),
            "RamRoleArn" => {
                let key = entry.key(name)?;
                let token = entry.sts_token.clone().filter(|token| !token.is_empty());
                let key = token.into_iter().fold(key, Credentials::with_token);
                self.assumed(entry, name, Arc::new(key))?
            }
            "EcsRamRole" => Arc::new(machine()),
            "RamRoleArnWithRoleName" => self.assumed(entry, name, Arc::new(machine()))?,
            "ChainableRamRoleArn" => {
                if depth == DEEPEST {
                    return Err(missing(format!("more than {DEEPEST} profiles stand behind each other")));
                }
                let source = required(&entry.source_profile, name, "source_profile")?;
                self.assumed(entry, name, self.source(file, source, depth + 1)?)?
            }
            "OIDC" => self.oidc(entry, name)?,
            "External" => {
                let command = entry.process_command.clone().filter(|command| !command.is_empty());
                Arc::new(Program { command: command.ok_or_else(|| lacks(name, "process_command"))? })
            }
            "CredentialsURI" => {
                let url = required(&entry.credentials_uri, name, "credentials_uri")?;
                Arc::new(CredentialsUri::of(url).over(self.settings.clone()))
            }
            "CloudSSO" => Arc::new(self.sso(entry, name)?),
            "OAuth" => self.oauth(entry, name)?,
            mode => return Err(missing(format!("profile {name:?} has the mode {mode:?}, which is not supported"))),
        })
    }

    fn role(&self, entry: &Entry, name: &str) -> Result<Role, Error> {
        let mut role = Role::new(required(&entry.ram_role_arn, name, "ram_role_arn")?);
        if let Some(session) = text(&entry.ram_session_name).or_else(|| text(&entry.role_session_name)) {
            role = role.session_name(session);
        }
        // The command line client writes 0 for a value that is not set.
        if let Some(seconds) = entry.expired_seconds.and_then(|seconds| u64::try_from(seconds).ok()).filter(|s| *s > 0)
        {
            role = role.duration(Duration::from_secs(seconds));
        }
        if let Some(policy) = text(&entry.policy) {
            role = role.policy(policy);
        }
        if let Some(id) = entry.external_id.clone().filter(|id| !id.is_empty()) {
            role = role.external_id(id);
        }
        if let Some(region) = text(&entry.sts_region) {
            role = role.region(region);
        }
        Ok(role.vpc(entry.enable_vpc.unwrap_or(false)))
    }

    fn assumed(&self, entry: &Entry, name: &str, source: Source) -> Result<Source, Error> {
        let role = self.role(entry, name)?;
        let mut settings = self.settings.clone();
        settings.credentials = Some(source);
        let wrong = |error: Error| missing(format!("profile {name:?}: {}", error.message()));
        Ok(Arc::new(AssumedRole::new(role, settings, &self.alibaba).map_err(wrong)?))
    }
}

impl Profile {
    fn oidc(&self, entry: &Entry, name: &str) -> Result<Source, Error> {
        let provider = required(&entry.oidc_provider_arn, name, "oidc_provider_arn")?;
        let file = required(&entry.oidc_token_file, name, "oidc_token_file")?;
        let role = OidcRole::of(self.role(entry, name)?, provider, file);
        Ok(Arc::new(role.over(self.settings.clone(), self.alibaba.clone())))
    }

    fn sso(&self, entry: &Entry, name: &str) -> Result<Login, Error> {
        let url = required(&entry.sso_url, name, "cloud_sso_sign_in_url")?;
        let account = required(&entry.sso_account, name, "cloud_sso_account_id")?;
        let access = required(&entry.sso_access, name, "cloud_sso_access_config")?;
        // The service has its own path on the host of the sign-in page.
        let host = url.match_indices('/').nth(2).map_or(url, |(end, _)| url.get(..end).unwrap_or(url));
        let body = serde_json::json!({"AccountId": account, "AccessConfigurationId": access}).to_string();
        Ok(Login {
            setting: "cloud_sso_sign_in_url",
            url: format!("{host}/cloud-credentials"),
            token: entry.access_token.clone().unwrap_or_default(),
            expires: entry.sso_expires.unwrap_or(0),
            body: Some(body),
            again: "log in again with the command line client (aliyun sso login)",
            settings: self.settings.clone(),
        })
    }

    fn oauth(&self, entry: &Entry, name: &str) -> Result<Source, Error> {
        let now = self.settings.clock.as_ref().map_or_else(SystemTime::now, |clock| clock.now());
        let expiry = entry.sts_expires.and_then(|at| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(at)));
        if let Some(expiry) = expiry.filter(|expiry| *expiry > now) {
            return Ok(Arc::new(entry.key(name)?.with_token(entry.token(name)?).with_expiry(expiry)));
        }
        let url = match text(&entry.oauth_site).unwrap_or("CN").to_ascii_uppercase().as_str() {
            "CN" => "https://oauth.aliyun.com/v1/exchange",
            "INTL" => "https://oauth.alibabacloud.com/v1/exchange",
            _ => return Err(missing(format!("oauth_site_type in profile {name:?} is neither CN nor INTL"))),
        };
        Ok(Arc::new(Login {
            setting: "oauth_access_token",
            url: url.to_owned(),
            token: entry.oauth_token.clone().unwrap_or_default(),
            expires: entry.oauth_expires.unwrap_or(0),
            body: None,
            again: "make a call with the command line client, or log in again with it (aliyun configure --mode OAuth)",
            settings: self.settings.clone(),
        }))
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        if self.variables.is_on(DISABLED) {
            return Err(missing(format!("switched off by {DISABLED}")));
        }
        let path = self.file()?;
        let shown = path.display();
        let told = |reason: &dyn std::fmt::Display| missing(format!("{shown}: {reason}"));
        let content = match read_file(&path).await? {
            Some(content) => content,
            None if self.path.is_none() && self.variables.get(FILE).is_some() => {
                return Err(Error::configuration(FILE, format!("names {shown}, which is no file")));
            }
            None => return Err(missing(format!("no file {shown}"))),
        };
        let mut file = File::default();
        let json = content.expose().trim_start_matches('\u{feff}');
        // The reader's message may quote secrets, so it is dropped.
        read(json.as_bytes(), &mut file, Mode::Lenient).map_err(|_| told(&"it is not in the client's form"))?;
        let (name, field) = match (&self.name, self.variables.get(NAME)) {
            (Some(name), _) => (name.clone(), Some("name")),
            (None, Some(name)) => (name, Some(NAME)),
            (None, None) => (text(&file.current).unwrap_or("default").to_owned(), None),
        };
        if file.profile(&name).is_none() {
            // Another file may have it.
            return Err(told(&format!("it has no profile {name:?}")));
        }
        let mode = file.profile(&name).map_or("AK", Entry::mode);
        let field = field.or((!matches!(mode, "AK" | "StsToken")).then_some("mode"));
        // The profile is explicitly requested, so other credentials must not replace it.
        let meant = |error: Error| match field {
            Some(field) if error.field().is_none() && error.code().is_none() => error.with_field(field),
            _ => error,
        };
        let source = self.source(&file, &name, 0).map_err(|error| meant(told(&error.message())))?;
        source.credentials().await.map_err(meant)
    }
}
