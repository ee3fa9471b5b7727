//! Credentials from the file that Tencent's clients share.
//!
//! Files and names are those of `tencentcloud/common/profile_provider.go` of TencentCloud/tencentcloud-sdk-go and of
//! `ProfileCredential` in `tencentcloud/common/credential.py` of TencentCloud/tencentcloud-sdk-python.

use super::sts::{AssumedRole, Role};
use crate::tencent::TencentSettings;
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::Arc;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, IniForm, IniProfile, ProvideCredentials, Section};

static FORM: IniForm = IniForm {
    variable: "TENCENTCLOUD_CREDENTIALS_FILE",
    home: &[".tencentcloud/credentials"],
    shared: &["/etc/tencentcloud/credentials"],
    section: "default",
    id: "secret_id",
    secret: "secret_key",
    token: "token",
};
const ROLE: &str = "role_arn";
const SESSION: &str = "role_session_name";

/// A provider that reads credentials from a profile file on each request for credentials.
///
/// The file is the one that `TENCENTCLOUD_CREDENTIALS_FILE` names, or else `~/.tencentcloud/credentials`, or else
/// `/etc/tencentcloud/credentials`:
///
/// ```ini
/// [default]
/// secret_id = AKID...
/// secret_key = ...
///
/// [admin]
/// secret_id = AKID...
/// secret_key = ...
/// role_arn = qcs::cam::uin/100000000001:roleName/admin
/// role_session_name = me
/// ```
///
/// With a `role_arn`, the key assumes that role. A section that names an identity of another kind (`source_profile`) is
/// refused by name. Values may be quoted. Temporary credentials additionally have a `token`. Tencent's own clients read
/// neither the token nor the role.
#[derive(Debug, Clone)]
pub struct Profile {
    ini: IniProfile,
    settings: Settings,
    tencent: TencentSettings,
    sts_endpoint: Option<String>,
}

impl Default for Profile {
    fn default() -> Self {
        let (settings, tencent) = (Settings::default(), TencentSettings::default());
        Self { ini: IniProfile::new(&FORM), settings, tencent, sts_endpoint: None }
    }
}

impl Profile {
    /// Creates a provider of the section `default` of the default file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a provider of a section of the default file, by its name.
    pub fn named(section: impl Into<String>) -> Self {
        Self::default().section(section)
    }

    /// Sets the file to read.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.ini = self.ini.path(path);
        self
    }

    /// Sets the section of the file to read.
    #[must_use]
    pub fn section(mut self, section: impl Into<String>) -> Self {
        self.ini = self.ini.section(section);
        self
    }

    /// Sets the transport settings of the calls that assume roles. Credentials and endpoint of the settings have no
    /// effect.
    #[must_use]
    pub fn over(mut self, settings: Settings, tencent: TencentSettings) -> Self {
        (self.settings, self.tencent) = (settings, tencent);
        self
    }

    /// Sets the full URL of the token service, if it does not follow the rule `sts.<domain>`.
    #[must_use]
    pub fn sts_endpoint(mut self, url: impl Into<String>) -> Self {
        self.sts_endpoint = Some(url.into());
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.ini = self.ini.with_lookup(lookup);
        self
    }

    async fn assumed(&self, section: &Section, arn: &str) -> Result<Credentials, Error> {
        let key = self.ini.key(section).map_err(|_| section.wrong(ROLE, "needs a key: secret_id and secret_key"))?;
        let role = section.get(SESSION).into_iter().fold(Role::new(arn), Role::session_name);
        let role = self.sts_endpoint.iter().fold(role, Role::endpoint);
        let mut settings = self.settings.clone();
        settings.credentials = Some(Arc::new(key));
        let wrong = |error: Error| match error.field() {
            Some("role_arn") => section.wrong(ROLE, error.message()),
            Some("session_name") => section.wrong(SESSION, error.message()),
            _ => error,
        };
        AssumedRole::new(role, settings, &self.tencent).map_err(wrong)?.credentials().await
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let section = self.ini.read().await?;
        section.check_own_key(&[ROLE, SESSION])?;
        match (section.get(ROLE), section.get(SESSION)) {
            (Some(arn), _) => self.assumed(&section, arn).await,
            (None, Some(_)) => Err(section.wrong(SESSION, "is of no use without role_arn")),
            (None, None) => {
                let key = self.ini.key(&section);
                key.map_err(|error| if self.ini.is_named() { error.with_field("profile") } else { error })
            }
        }
    }
}
