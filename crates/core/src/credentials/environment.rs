//! Credentials from environment variables.

use super::{Credentials, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;

type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Reads credentials from environment variables, each time it is asked.
///
/// For each part it takes the first of its variables that is set and not empty.
#[derive(Clone)]
pub struct Environment {
    id: &'static [&'static str],
    secret: &'static [&'static str],
    token: &'static [&'static str],
    lookup: Lookup,
}

impl Environment {
    /// Reads these variables.
    pub fn new(id: &'static [&'static str], secret: &'static [&'static str], token: &'static [&'static str]) -> Self {
        Self { id, secret, token, lookup: Arc::new(|name| std::env::var(name).ok()) }
    }

    /// Looks variables up elsewhere than in the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().filter_map(|name| (self.lookup)(name)).map(|value| value.trim().to_owned()).find(|v| !v.is_empty())
    }

    fn required(&self, names: &[&str]) -> Result<String, Error> {
        self.first(names).ok_or_else(|| {
            let state = if names.iter().any(|name| (self.lookup)(name).is_some()) { "empty" } else { "not set" };
            Error::new(ErrorKind::Credentials, format!("{} is {state}", names.join(" or ")))
        })
    }
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
        let credentials = Credentials::new(self.required(self.id)?, self.required(self.secret)?);
        Ok(match self.first(self.token) {
            Some(token) => credentials.with_token(token),
            None => credentials,
        })
    }
}
