//! Environment variables of identities that are not supported.

use super::{Credentials, Lookup, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;

/// Rejects an identity that the environment configures in an unsupported form, such as that of a pod, so that a later
/// source of a [`Chain`](super::Chain) is not silently used instead.
#[derive(Clone)]
pub struct Elsewhere {
    variables: &'static [&'static str],
    lookup: Lookup,
}

impl Elsewhere {
    /// Rejects an environment in which one of these variables is set and not empty.
    pub fn new(variables: &'static [&'static str]) -> Self {
        Self { variables, lookup: Arc::new(super::variable) }
    }

    /// Sets the function that looks up variables. The default is the process's environment.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    fn set(&self, names: &[&'static str]) -> Vec<&'static str> {
        let is_set = |name: &&str| (self.lookup)(name).is_some_and(|value| !value.trim().is_empty());
        names.iter().copied().filter(|name| is_set(name)).collect()
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elsewhere").field("variables", &self.variables).finish_non_exhaustive()
    }
}

#[async_trait]
impl ProvideCredentials for Elsewhere {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let found = self.set(self.variables);
        let Some(first) = found.first().copied() else {
            let reason = format!("{} is not set", self.variables.join(" or "));
            return Err(Error::new(ErrorKind::Credentials, reason));
        };
        let (are, names) = (if found.len() == 1 { "is" } else { "are" }, found.join(", "));
        let message = format!(
            "{names} {are} set, which gives this program an identity in a way that is not supported: set credentials, or \
             unset what is set"
        );
        Err(Error::new(ErrorKind::Configuration, message).with_field(first))
    }
}
