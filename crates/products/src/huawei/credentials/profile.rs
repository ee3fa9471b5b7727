//! Credentials from the file that Huawei's clients share.

use async_trait::async_trait;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use wharf_core::credentials::{Credentials, ProvideCredentials, Section};
use wharf_core::{Error, ErrorKind};

/// Names another file.
const FILE_VARIABLE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";

/// Reads credentials from a profile file, each time it is asked.
///
/// The file is the one that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names, or else `~/.huaweicloud/credentials`:
///
/// ```ini
/// [basic]
/// ak = ...
/// sk = ...
/// project_id = ...
/// ```
///
/// Temporary credentials have a `security_token` as well. A section that names another identity than its key's
/// (`idp_id`, `id_token_file`) is refused by name.
#[derive(Debug, Clone)]
pub struct Profile {
    path: Option<PathBuf>,
    section: String,
}

impl Default for Profile {
    fn default() -> Self {
        Self { path: None, section: "basic".to_owned() }
    }
}

impl Profile {
    /// The section `basic` of the usual file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads this file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Reads this section of the file.
    #[must_use]
    pub fn section(mut self, section: impl Into<String>) -> Self {
        self.section = section.into();
        self
    }

    /// The project that the file names beside the credentials.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) saying why the file or its section cannot be read.
    pub fn project_id(&self) -> Result<Option<String>, Error> {
        let path = self.file()?;
        let section = Section::read_blocking(&path, &self.section)?.ok_or_else(|| self.no_file(&path))?;
        Ok(section.get("project_id").map(str::to_owned))
    }

    /// The file that the environment names, unless the caller does.
    fn named(&self) -> Option<OsString> {
        std::env::var_os(FILE_VARIABLE).filter(|path| self.path.is_none() && !path.is_empty())
    }

    fn no_file(&self, path: &Path) -> Error {
        match self.named() {
            Some(_) => Error::configuration(FILE_VARIABLE, format!("names {}, which is no file", path.display())),
            None => Error::new(ErrorKind::Credentials, format!("no file {}", path.display())),
        }
    }

    fn file(&self) -> Result<PathBuf, Error> {
        if let Some(path) = &self.path {
            return Ok(path.clone());
        }
        if let Some(path) = self.named() {
            return Ok(path.into());
        }
        let home = std::env::home_dir().ok_or_else(|| Error::new(ErrorKind::Credentials, "there is no home folder"))?;
        Ok(home.join(".huaweicloud").join("credentials"))
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let path = self.file()?;
        let section = Section::read(&path, &self.section).await?.ok_or_else(|| self.no_file(&path))?;
        section.check_own_key()?;
        let credentials = Credentials::new(section.required("ak")?, section.required("sk")?);
        Ok(match section.get("security_token") {
            Some(token) => credentials.with_token(token),
            None => credentials,
        })
    }
}
