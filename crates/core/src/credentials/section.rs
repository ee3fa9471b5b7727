//! A section of a credentials file, in the INI format that several vendors' clients share.

use crate::error::{Error, ErrorKind};
use crate::model::Secret;
use std::collections::HashMap;
use std::io::{ErrorKind as Io, Read};
use std::path::Path;

/// Maximum size of a credentials file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Names and values of a section:
///
/// ```ini
/// [default]
/// secret_id = AKID...
/// secret_key = ...
/// ```
///
/// Names are case-insensitive; `#` and `;` start a comment. Errors contain the file and the line number, never the
/// content of the line.
#[derive(Debug, Clone)]
pub struct Section {
    file: String,
    name: String,
    values: HashMap<String, Secret>,
}

impl Section {
    /// Reads a section of a file. Returns `None` if the file does not exist.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) if the file cannot be read, has another format or does not contain the
    /// section.
    pub fn read_blocking(path: &Path, name: &str) -> Result<Option<Self>, Error> {
        let file = path.display();
        let Some(text) = read_if_there(path)? else { return Ok(None) };
        let values = parse(text.expose(), name).map_err(|reason| missing(format!("{file}: {reason}")))?;
        let values = values.ok_or_else(|| missing(format!("{file}: it has no section [{name}]")))?;
        Ok(Some(Self { file: file.to_string(), name: name.to_owned(), values }))
    }

    /// Returns a value, if it is set and not empty. Quotes around it are removed.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| unquoted(value.expose())).filter(|value| !value.is_empty())
    }

    /// Rejects a section with an identity other than that of its key, such as a role or a token from an identity
    /// provider: the key alone would be another identity. `known` are the names that the caller supports.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) with the first such name as its field.
    pub fn check_own_key(&self, known: &[&str]) -> Result<(), Error> {
        let mut names: Vec<_> = self.values.keys().filter(|name| means_another(name)).collect();
        names.retain(|name| !known.contains(&name.as_str()));
        names.sort_unstable();
        let Some(name) = names.into_iter().find(|name| self.get(name).is_some()) else { return Ok(()) };
        Err(self.wrong(name, "names another identity than the key, which is not supported"))
    }

    /// Returns an error about a value of the section, with the name as its field. The value is not quoted.
    pub fn wrong(&self, name: &str, reason: &str) -> Error {
        missing(format!("{}: {name} in section [{}] {reason}", self.file, self.name)).with_field(name)
    }

    /// Returns a required value.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) if it is missing or empty.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| {
            let what = if self.values.contains_key(name) { "empty" } else { "missing" };
            missing(format!("{}: {name} is {what} in section [{}]", self.file, self.name))
        })
    }
}

/// Returns whether a name, in lower case, is a setting that gives a profile another identity. Such a name contains one
/// of these words.
fn means_another(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "role",
        "rolearn",
        "assume",
        "agency",
        "source",
        "process",
        "external",
        "identity",
        "web",
        "oidc",
        "saml",
        "idp",
        "sso",
        "federation",
        "mfa",
        "provider",
        "uri",
    ];
    let joined = name.contains("id_token") || name.contains("idtoken");
    joined || name.split(['_', '-', '.', ' ']).any(|word| WORDS.contains(&word))
}

fn missing(reason: String) -> Error {
    Error::new(ErrorKind::Credentials, reason)
}

/// Returns the text of a credentials file of any format, or `None` if the file does not exist.
///
/// # Errors
/// [`Credentials`](ErrorKind::Credentials) if it cannot be read or is too large.
pub async fn read_file(path: &Path) -> Result<Option<Secret>, Error> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || read_if_there(&path));
    reading.await.map_err(|_| missing("a credentials file could not be read".to_owned()))?
}

/// Returns the token in a file that a setting or a variable names.
///
/// # Errors
/// [`Configuration`](ErrorKind::Configuration) naming the setting if the file does not exist or contains no token.
pub async fn read_token(setting: &str, path: &str) -> Result<Secret, Error> {
    let wrong = |reason: String| Error::configuration(setting, reason);
    let text =
        read_file(Path::new(path)).await.map_err(|error| wrong(format!("names a file that {}", error.message())))?;
    let text = text.ok_or_else(|| wrong(format!("names {path}, which is no file")))?;
    let token = text.expose().trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong(format!("names {path}, which holds no token")));
    }
    Ok(token.into())
}

fn read_if_there(path: &Path) -> Result<Option<Secret>, Error> {
    match read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == Io::NotFound => Ok(None),
        Err(error) => Err(missing(format!("{} cannot be read: {error}", path.display()))),
    }
}

fn read_text(path: &Path) -> std::io::Result<Secret> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MAX_BYTES {
        return Err(std::io::Error::new(Io::InvalidData, "it is too large for a credentials file"));
    }
    Ok(text.into())
}

/// Returns the names, in lower case, and values of a section, if it exists.
fn parse(text: &str, section: &str) -> Result<Option<HashMap<String, Secret>>, String> {
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
            values.insert(name.trim().to_ascii_lowercase(), value.trim().into());
        }
    }
    Ok(found)
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}
