//! Profiles in files of INI format.

use super::{Credentials, ProvideCredentials, Section, Variables};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::path::PathBuf;

/// Paths and names of the profiles of a vendor's clients.
#[derive(Debug, Clone, Copy)]
pub struct IniForm {
    /// Variable that contains the path of another file.
    pub variable: &'static str,
    /// Files in the home folder. The first that exists is read.
    pub home: &'static [&'static str],
    /// Files for all users of a machine, read if none exists in the home folder.
    pub shared: &'static [&'static str],
    /// Default section.
    pub section: &'static str,
    /// Name of the key's identifier.
    pub id: &'static str,
    /// Name of the key's secret.
    pub secret: &'static str,
    /// Name of the session token.
    pub token: &'static str,
}

/// Reads the key in a section of a file, on each call.
///
/// A section with an identity other than that of its key is rejected by name.
#[derive(Debug, Clone)]
pub struct IniProfile {
    form: &'static IniForm,
    path: Option<PathBuf>,
    section: Option<String>,
    variables: Variables,
}

impl IniProfile {
    /// Returns a provider for the default section of the default file.
    pub fn new(form: &'static IniForm) -> Self {
        Self { form, path: None, section: None, variables: Variables::default() }
    }

    /// Sets the path of the file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the section of the file.
    #[must_use]
    pub fn section(mut self, section: impl Into<String>) -> Self {
        self.section = Some(section.into());
        self
    }

    /// Sets the function that looks up variables. The default is the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.variables = Variables::new(lookup);
        self
    }

    /// Returns whether the caller set the section.
    pub fn is_named(&self) -> bool {
        self.section.is_some()
    }

    /// Reads the section.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) with the reason why the file or its section cannot be read,
    /// [`Configuration`](ErrorKind::Configuration) if a variable names a file that does not exist.
    pub async fn read(&self) -> Result<Section, Error> {
        let profile = self.clone();
        let reading = tokio::task::spawn_blocking(move || profile.read_blocking());
        reading.await.map_err(|_| missing("a credentials file could not be read"))?
    }

    /// Reads the section without a runtime.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_blocking(&self) -> Result<Section, Error> {
        let (candidates, named) = self.candidates();
        let section = self.section.as_deref().unwrap_or(self.form.section);
        for path in &candidates {
            if let Some(section) = Section::read_blocking(path, section)? {
                return Ok(section);
            }
        }
        let names: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        let names = names.join(" or ");
        if named {
            return Err(Error::configuration(self.form.variable, format!("names {names}, which is no file")));
        }
        Err(missing(if names.is_empty() { "there is no home folder".to_owned() } else { format!("no file {names}") }))
    }

    /// Returns the files to look for, and whether a variable names the file.
    fn candidates(&self) -> (Vec<PathBuf>, bool) {
        if let Some(path) = &self.path {
            return (vec![path.clone()], false);
        }
        if let Some(path) = self.variables.get(self.form.variable) {
            return (vec![path.into()], true);
        }
        let home = std::env::home_dir();
        let own = home.iter().flat_map(|home| self.form.home.iter().map(|file| home.join(file)));
        (own.chain(self.form.shared.iter().map(PathBuf::from)).collect(), false)
    }

    /// Returns the access key in a section.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) if a part of it is missing.
    pub fn key(&self, section: &Section) -> Result<Credentials, Error> {
        let credentials = Credentials::new(section.required(self.form.id)?, section.required(self.form.secret)?);
        Ok(section.get(self.form.token).into_iter().fold(credentials, Credentials::with_token))
    }
}

#[async_trait]
impl ProvideCredentials for IniProfile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let section = self.read().await?;
        section.check_own_key(&[])?;
        self.key(&section)
    }
}

fn missing(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}
