//! A section of a credentials file, in the INI form that several vendors' clients share.

use crate::error::{Error, ErrorKind};
use crate::model::Secret;
use std::collections::HashMap;
use std::io::{ErrorKind as Io, Read};
use std::path::Path;

/// No credentials file is larger.
const MAX_BYTES: u64 = 1 << 20;

/// The names and values of a section:
///
/// ```ini
/// [default]
/// secret_id = AKID...
/// secret_key = ...
/// ```
///
/// Names are read in any case; `#` and `;` begin a comment. Errors tell the file and the line, never what
/// stands there.
#[derive(Debug, Clone)]
pub struct Section {
    file: String,
    name: String,
    values: HashMap<String, Secret>,
}

impl Section {
    /// Reads a section of a file. None when there is no such file.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) when the file cannot be read, is not in this form or has no
    /// such section.
    pub fn read_blocking(path: &Path, name: &str) -> Result<Option<Self>, Error> {
        let file = path.display();
        let Some(text) = read_if_there(path)? else { return Ok(None) };
        let values = parse(text.expose(), name).map_err(|reason| missing(format!("{file}: {reason}")))?;
        let values = values.ok_or_else(|| missing(format!("{file}: it has no section [{name}]")))?;
        Ok(Some(Self { file: file.to_string(), name: name.to_owned(), values }))
    }

    /// A value, if it is there and not empty. Quotes around it are taken away.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| unquoted(value.expose())).filter(|value| !value.is_empty())
    }

    /// Refuses a section that names another identity than that of its key, such as a role or a token from an
    /// identity provider: the key alone would be somebody else. Names that the caller understands are `known`.
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

    /// An error about a value of the section, which is never quoted. It has the name as its field.
    pub fn wrong(&self, name: &str, reason: &str) -> Error {
        missing(format!("{}: {name} in section [{}] {reason}", self.file, self.name)).with_field(name)
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) when it is missing or empty.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| {
            let what = if self.values.contains_key(name) { "empty" } else { "missing" };
            missing(format!("{}: {name} is {what} in section [{}]", self.file, self.name))
        })
    }
}

/// Whether a name, in lower case, is that of a setting by which a profile gets credentials of somebody else. One of
/// these words stands in it.
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

/// The text of a credentials file in whatever form. None when there is no such file.
///
/// # Errors
/// [`Credentials`](ErrorKind::Credentials) when it cannot be read or is too large for one.
pub async fn read_file(path: &Path) -> Result<Option<Secret>, Error> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || read_if_there(&path));
    reading.await.map_err(|_| missing("a credentials file could not be read".to_owned()))?
}

/// The token in a file that a setting or a variable names.
///
/// # Errors
/// [`Configuration`](ErrorKind::Configuration) naming the setting when there is no such file, or no token in it.
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

/// The names, in lower case, and values of a section, if there is one.
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
