//! Credentials from the file that Huawei's clients share.

use async_trait::async_trait;
use std::collections::HashMap;
use std::io::{ErrorKind as Io, Read};
use std::path::{Path, PathBuf};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::{Error, ErrorKind};

/// Names another file.
const FILE_VARIABLE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";
/// No credentials file is larger.
const MAX_BYTES: u64 = 1 << 20;

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
/// Temporary credentials have a `security_token` as well.
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
        let text = read(&path).map_err(|error| unreadable(&path, &error))?;
        let values = read_section(&text, &self.section).map_err(|reason| wrong(&path, &reason))?;
        Ok(values.get("project_id").filter(|id| !id.is_empty()).map(|id| (*id).to_owned()))
    }

    fn file(&self) -> Result<PathBuf, Error> {
        if let Some(path) = &self.path {
            return Ok(path.clone());
        }
        if let Some(path) = std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(path.into());
        }
        let home = std::env::home_dir().ok_or_else(|| missing("there is no home folder".to_owned()))?;
        Ok(home.join(".huaweicloud").join("credentials"))
    }
}

#[async_trait]
impl ProvideCredentials for Profile {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let path = self.file()?;
        let (shared, section) = (path.clone(), self.section.clone());
        let text = tokio::task::spawn_blocking(move || read(&shared))
            .await
            .map_err(|_| missing(format!("{} could not be read", path.display())))?
            .map_err(|error| unreadable(&path, &error))?;
        credentials(&text, &section).map_err(|reason| wrong(&path, &reason))
    }
}

fn missing(reason: String) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let path = path.display();
    missing(match error.kind() {
        Io::NotFound => format!("no file {path}"),
        _ => format!("{path} cannot be read: {error}"),
    })
}

fn wrong(path: &Path, reason: &str) -> Error {
    missing(format!("{}: {reason}", path.display()))
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MAX_BYTES {
        return Err(std::io::Error::new(Io::InvalidData, "it is too large for a credentials file"));
    }
    Ok(text)
}

fn credentials(text: &str, section: &str) -> Result<Credentials, String> {
    let values = read_section(text, section)?;
    let required = |name: &str| match values.get(name) {
        Some(value) if !value.is_empty() => Ok(*value),
        Some(_) => Err(format!("{name} is empty in section [{section}]")),
        None => Err(format!("{name} is missing in section [{section}]")),
    };
    let credentials = Credentials::new(required("ak")?, required("sk")?);
    Ok(match values.get("security_token").filter(|token| !token.is_empty()) {
        Some(token) => credentials.with_token(*token),
        None => credentials,
    })
}

/// The names, in lower case, and values of a section. Errors tell the line, never what stands there.
fn read_section<'a>(text: &'a str, section: &str) -> Result<HashMap<String, &'a str>, String> {
    let mut found = None;
    let mut inside = false;
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = name.trim() == section;
            if inside {
                found.get_or_insert_with(HashMap::new);
            }
            continue;
        }
        let (name, value) = line
            .split_once(['=', ':'])
            .ok_or_else(|| format!("line {} is neither [section] nor name = value", at + 1))?;
        if let Some(values) = found.as_mut().filter(|_| inside) {
            values.insert(name.trim().to_ascii_lowercase(), value.trim());
        }
    }
    found.ok_or_else(|| format!("it has no section [{section}]"))
}
