//! Credentials from the file that Tencent's clients share.

use async_trait::async_trait;
use std::ffi::OsString;
use std::path::PathBuf;
use wharf_core::credentials::{Credentials, ProvideCredentials, Section};
use wharf_core::{Error, ErrorKind};

/// Names another file.
const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
/// The file of all users of a machine.
const SHARED_FILE: &str = "/etc/tencentcloud/credentials";

/// Reads credentials from a profile file, each time it is asked.
///
/// The file is the one that `TENCENTCLOUD_CREDENTIALS_FILE` names, or else `~/.tencentcloud/credentials`,
/// or else `/etc/tencentcloud/credentials`:
///
/// ```ini
/// [default]
/// secret_id = AKID...
/// secret_key = ...
/// ```
///
/// A section that names another identity than its key's (`role_arn`, `source_profile`) is refused by name. Values may
/// stand in quotes. Temporary credentials have a `token` as well, which is an addition to what
/// Tencent's clients read.
#[derive(Debug, Clone)]
pub struct Profile {
    path: Option<PathBuf>,
    section: String,
}

impl Default for Profile {
    fn default() -> Self {
        Self { path: None, section: "default".to_owned() }
    }
}

impl Profile {
    /// The section `default` of the usual file.
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

    /// The file that the environment names, unless the caller does.
    fn named(&self) -> Option<OsString> {
        std::env::var_os(FILE_VARIABLE).filter(|path| self.path.is_none() && !path.is_empty())
    }

    fn candidates(&self) -> Vec<PathBuf> {
        if let Some(path) = &self.path {
            return vec![path.clone()];
        }
        if let Some(path) = self.named() {
            return vec![path.into()];
        }
        let own = std::env::home_dir().map(|home| home.join(".tencentcloud").join("credentials"));
        own.into_iter().chain([PathBuf::from(SHARED_FILE)]).collect()
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let candidates = self.candidates();
        for path in &candidates {
            let Some(section) = Section::read(path, &self.section).await? else { continue };
            section.check_own_key()?;
            let credentials = Credentials::new(section.required("secret_id")?, section.required("secret_key")?);
            return Ok(match section.get("token") {
                Some(token) => credentials.with_token(token),
                None => credentials,
            });
        }
        if let Some(path) = self.named() {
            let reason = format!("names {}, which is no file", std::path::Path::new(&path).display());
            return Err(Error::configuration(FILE_VARIABLE, reason));
        }
        let names: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        Err(Error::new(ErrorKind::Credentials, format!("no file {}", names.join(" or "))))
    }
}
