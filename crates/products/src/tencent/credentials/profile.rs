//! Credentials from the file that Tencent's clients share.

use async_trait::async_trait;
use std::collections::HashMap;
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::{Error, ErrorKind};

/// Names another file.
const FILE_VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
/// The file of all users of a machine.
const SHARED_FILE: &str = "/etc/tencentcloud/credentials";
/// No credentials file is larger.
const MAX_BYTES: u64 = 1 << 20;

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
/// Values may stand in quotes. Temporary credentials have a `token` as well, which is an addition to what
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

    fn candidates(&self) -> Vec<PathBuf> {
        if let Some(path) = &self.path {
            return vec![path.clone()];
        }
        if let Some(path) = std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty()) {
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
            let text = match read(path).await {
                Ok(text) => text,
                Err(error) if error.kind() == Io::NotFound => continue,
                Err(error) => return Err(missing(format!("{} cannot be read: {error}", path.display()))),
            };
            return credentials(&text, &self.section)
                .map_err(|reason| missing(format!("{}: {reason}", path.display())));
        }
        let names: Vec<_> = candidates.iter().map(|path| path.display().to_string()).collect();
        Err(missing(format!("no file {}", names.join(" or "))))
    }
}

fn missing(reason: String) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}

async fn read(path: &Path) -> std::io::Result<String> {
    if tokio::fs::metadata(path).await?.len() > MAX_BYTES {
        return Err(std::io::Error::new(Io::InvalidData, "it is too large for a credentials file"));
    }
    tokio::fs::read_to_string(path).await
}

fn credentials(text: &str, section: &str) -> Result<Credentials, String> {
    let values = read_section(text, section)?.ok_or_else(|| format!("it has no section [{section}]"))?;
    let value = |name: &str| values.get(name).copied().filter(|value| !value.is_empty());
    let required = |name: &str| match values.get(name) {
        Some(value) if !value.is_empty() => Ok(*value),
        Some(_) => Err(format!("{name} is empty in section [{section}]")),
        None => Err(format!("{name} is missing in section [{section}]")),
    };
    let credentials = Credentials::new(required("secret_id")?, required("secret_key")?);
    Ok(match value("token") {
        Some(token) => credentials.with_token(token),
        None => credentials,
    })
}

/// The names, in lower case, and values of a section, if there is one. Errors tell the line, never what
/// stands there.
fn read_section<'a>(text: &'a str, section: &str) -> Result<Option<HashMap<String, &'a str>>, String> {
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
            values.insert(name.trim().to_ascii_lowercase(), unquoted(value.trim()));
        }
    }
    Ok(found)
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}
