//! Credentials from environment variables.

use super::{Credentials, Lookup, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;

/// Reads credentials from environment variables, on each call.
///
/// For each part of a key it uses the first of its variables that is set and not empty. Blanks and line breaks around a
/// value are removed. If one part is set and the other is not, or a value is invalid, the error names the variable.
#[derive(Clone)]
pub struct Environment {
    id: &'static [&'static str],
    secret: &'static [&'static str],
    token: &'static [&'static str],
    lookup: Lookup,
}

impl Environment {
    /// Returns a provider that reads these variables.
    pub fn new(id: &'static [&'static str], secret: &'static [&'static str], token: &'static [&'static str]) -> Self {
        Self { id, secret, token, lookup: Arc::new(super::variable) }
    }

    /// Sets the function that looks up variables. The default is the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    fn first(&self, names: &[&'static str]) -> Result<Option<String>, Error> {
        for name in names {
            let value = (self.lookup)(name).unwrap_or_default();
            let value = value.trim();
            if !value.is_empty() {
                return check(name, value).map(|()| Some(value.to_owned()));
            }
        }
        Ok(None)
    }

    /// Returns why a part is missing.
    fn missing(&self, names: &[&str]) -> &'static str {
        if names.iter().any(|name| (self.lookup)(name).is_some()) { "is empty" } else { "is not set" }
    }
}

/// Checks a value. The error does not contain it.
fn check(name: &str, value: &str) -> Result<(), Error> {
    let quote = |byte: Option<&u8>| byte.is_some_and(|byte| b"\"'`".contains(byte));
    let bytes = value.as_bytes();
    let reason = if !bytes.iter().all(u8::is_ascii_graphic) {
        "holds blanks, line ends or characters that are not ASCII"
    } else if quote(bytes.first()) || quote(bytes.last()) {
        "has quotes around its value or a part of them"
    } else {
        return Ok(());
    };
    Err(Error::configuration(name, reason))
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("id", &self.id)
            .field("secret", &self.secret)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ProvideCredentials for Environment {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let half = |names: &[&str]| Error::configuration(names.join(" or "), self.missing(names));
        let (id, secret) = match (self.first(self.id)?, self.first(self.secret)?) {
            (Some(id), Some(secret)) => (id, secret),
            (Some(_), None) => return Err(half(self.secret)),
            (None, Some(_)) => return Err(half(self.id)),
            (None, None) => {
                let reason = format!("{} {}", self.id.join(" or "), self.missing(self.id));
                return Err(Error::new(ErrorKind::Credentials, reason));
            }
        };
        let credentials = Credentials::new(id, secret);
        Ok(match self.first(self.token)? {
            Some(token) => credentials.with_token(token),
            None => credentials,
        })
    }
}
