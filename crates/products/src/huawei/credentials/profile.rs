//! Credentials from the file that Huawei's clients share.
//!
//! Files and names are those of `ProfileCredentialProvider` in `huaweicloudsdkcore/auth/provider.py` of
//! huaweicloud/huaweicloud-sdk-python-v3.

use super::IdentityProvider;
use crate::huawei::settings::HuaweiSettings;
use async_trait::async_trait;
use std::path::PathBuf;
use wharf_core::Error;
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, IniForm, IniProfile, ProvideCredentials};

static FORM: IniForm = IniForm {
    variable: "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
    home: &[".huaweicloud/credentials"],
    shared: &[],
    section: "basic",
    id: "ak",
    secret: "sk",
    token: "security_token",
};
const IDP: &str = "idp_id";
const ID_TOKEN_FILE: &str = "id_token_file";

/// A provider that reads credentials from a profile file on each request for credentials.
///
/// The file is the one that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names, or else `~/.huaweicloud/credentials`:
///
/// ```ini
/// [basic]
/// ak = ...
/// sk = ...
/// project_id = ...
/// iam_endpoint = https://iam.cn-north-4.myhuaweicloud.com
/// ```
///
/// Temporary credentials additionally have a `security_token`. With `idp_id` and `id_token_file`, a token of that
/// identity provider is exchanged for a temporary key ([`IdentityProvider`]). A section that names an identity of
/// another kind is refused by name.
#[derive(Debug, Clone)]
pub struct Profile {
    ini: IniProfile,
    settings: Settings,
    huawei: HuaweiSettings,
}

impl Default for Profile {
    fn default() -> Self {
        Self { ini: IniProfile::new(&FORM), settings: Settings::default(), huawei: HuaweiSettings::default() }
    }
}

impl Profile {
    /// Creates a provider of the section `basic` of the default file.
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

    /// Sets the transport settings of the calls to the identity service.
    #[must_use]
    pub fn over(mut self, settings: Settings, huawei: HuaweiSettings) -> Self {
        (self.settings, self.huawei) = (settings, huawei);
        self
    }

    /// Sets the function that looks up variables, instead of the environment of the process.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.ini = self.ini.with_lookup(lookup);
        self
    }

    /// Returns the project in the same section of the file as the credentials.
    ///
    /// # Errors
    /// [`Credentials`](wharf_core::ErrorKind::Credentials) with the reason why the file or its section cannot be read.
    pub fn project_id(&self) -> Result<Option<String>, Error> {
        Ok(self.ini.read_blocking()?.get("project_id").map(str::to_owned))
    }

    /// Returns the URL of the identity service in the same section of the file as the credentials.
    ///
    /// # Errors
    /// [`Credentials`](wharf_core::ErrorKind::Credentials) with the reason why the file or its section cannot be read.
    pub fn iam_endpoint(&self) -> Result<Option<String>, Error> {
        Ok(self.ini.read_blocking()?.get("iam_endpoint").map(str::to_owned))
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let section = self.ini.read().await?;
        section.check_own_key(&[IDP, ID_TOKEN_FILE])?;
        match (section.get(IDP), section.get(ID_TOKEN_FILE)) {
            (Some(id), Some(file)) => {
                let mut huawei = self.huawei.clone();
                huawei.iam_endpoint = section.get("iam_endpoint").map(str::to_owned).or(huawei.iam_endpoint);
                IdentityProvider::of(id, file).over(self.settings.clone(), huawei).credentials().await
            }
            (Some(_), None) => Err(section.wrong(IDP, "is of no use without id_token_file")),
            (None, Some(_)) => Err(section.wrong(ID_TOKEN_FILE, "is of no use without idp_id")),
            (None, None) => {
                let key = self.ini.key(&section);
                key.map_err(|error| if self.ini.is_named() { error.with_field("profile") } else { error })
            }
        }
    }
}
