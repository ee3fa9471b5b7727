//! Credentials and their sources.

mod anonymous;
mod cache;
mod chain;
mod elsewhere;
mod environment;
mod exchange;
mod flight;
mod ini;
mod key_form;
mod life;
mod metadata;
mod section;
#[cfg(test)]
mod tests;
mod variables;

pub use anonymous::Anonymous;
pub use cache::Cache;
pub use chain::Chain;
pub use elsewhere::Elsewhere;
pub use environment::Environment;
pub use exchange::Exchange;
pub use ini::{IniForm, IniProfile};
pub use key_form::KeyForm;
pub use metadata::{Metadata, MetadataForm, MetadataToken};
pub use section::{Section, read_file, read_token};
pub use variables::Variables;

use crate::error::{Error, ErrorKind};
use crate::model::Secret;
use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::SystemTime;

/// Function that looks up an environment variable.
type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Returns a variable of the process's environment. A value that is not Unicode stays invalid, instead of being treated
/// as not set.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Access key, its secret, and the token and expiry of a temporary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    id: String,
    secret: Secret,
    token: Option<Secret>,
    expires: Option<SystemTime>,
}

impl Credentials {
    /// Returns a permanent key.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: None, expires: None }
    }

    /// Sets the session token of a temporary key.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the expiry.
    #[must_use]
    pub fn with_expiry(mut self, expires: SystemTime) -> Self {
        self.expires = Some(expires);
        self
    }

    /// Returns the key's identifier. It is not a secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the key's secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Returns the session token.
    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// Returns the expiry.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// Returns whether it is the same key, whatever the expiry.
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        (&self.id, &self.secret, &self.token) == (&other.id, &other.secret, &other.token)
    }

    /// Checks that the key can sign a request: no part is empty or contains blanks or line breaks, which are often
    /// copied along with a key or read from a file.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) naming the part that is wrong, without its value.
    pub fn check(&self) -> Result<(), Error> {
        self.as_key().check().map_err(|error| Error::new(ErrorKind::Credentials, error.to_string()))
    }

    /// Returns the parts that sign, borrowed.
    pub(crate) fn as_key(&self) -> wharf_sign::Credentials<'_> {
        let token = self.token.as_ref().map(Secret::expose);
        wharf_sign::Credentials { id: &self.id, secret: self.secret.expose(), token }
    }
}

/// Source of credentials. Implement it for a custom vault or broker.
#[async_trait]
pub trait ProvideCredentials: Debug + Send + Sync {
    /// Returns credentials.
    ///
    /// # Errors
    /// [`Credentials`](crate::ErrorKind::Credentials) with the reason why they are not available. The error contains no
    /// secret.
    async fn credentials(&self) -> Result<Credentials, Error>;

    /// Returns credentials to replace temporary ones that a service rejects. A provider with a cache gets new ones; all
    /// others look them up again.
    ///
    /// # Errors
    /// As [`credentials`](Self::credentials).
    async fn renew(&self, refused: &Credentials) -> Result<Credentials, Error> {
        let _ = refused;
        self.credentials().await
    }
}

#[async_trait]
impl ProvideCredentials for Credentials {
    async fn credentials(&self) -> Result<Credentials, Error> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Arc<P> {
    async fn credentials(&self) -> Result<Credentials, Error> {
        (**self).credentials().await
    }

    async fn renew(&self, refused: &Credentials) -> Result<Credentials, Error> {
        (**self).renew(refused).await
    }
}

#[async_trait]
impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Box<P> {
    async fn credentials(&self) -> Result<Credentials, Error> {
        (**self).credentials().await
    }

    async fn renew(&self, refused: &Credentials) -> Result<Credentials, Error> {
        (**self).renew(refused).await
    }
}
