//! Who calls: credentials and where they come from.

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

/// Looks an environment variable up.
type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A variable of the process's environment. What is not Unicode stays wrong, rather than being taken for not set.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// A key, its secret, and what goes with a temporary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    id: String,
    secret: Secret,
    token: Option<Secret>,
    expires: Option<SystemTime>,
}

impl Credentials {
    /// A permanent key.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: None, expires: None }
    }

    /// Adds the session token of a temporary key.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Adds when it ends.
    #[must_use]
    pub fn with_expiry(mut self, expires: SystemTime) -> Self {
        self.expires = Some(expires);
        self
    }

    /// The key's identifier. Not a secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key's secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The session token.
    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// When it ends.
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// Whether it is the same key, whenever it ends.
    pub(crate) fn same_key(&self, other: &Self) -> bool {
        (&self.id, &self.secret, &self.token) == (&other.id, &other.secret, &other.token)
    }

    /// Checks that a request can be signed with it: nothing empty, and no blanks or line ends, which
    /// come along when a key is copied or read from a file.
    ///
    /// # Errors
    /// [`Credentials`](ErrorKind::Credentials) naming the part that is wrong, never its value.
    pub fn check(&self) -> Result<(), Error> {
        self.as_key().check().map_err(|error| Error::new(ErrorKind::Credentials, error.to_string()))
    }

    /// Returns the parts that sign, borrowed.
    pub(crate) fn as_key(&self) -> wharf_sign::Credentials<'_> {
        let token = self.token.as_ref().map(Secret::expose);
        wharf_sign::Credentials { id: &self.id, secret: self.secret.expose(), token }
    }
}

/// Finds credentials. Implement it for a vault or a broker of your own.
#[async_trait]
pub trait ProvideCredentials: Debug + Send + Sync {
    /// Finds credentials.
    ///
    /// # Errors
    /// [`Credentials`](crate::ErrorKind::Credentials) saying why there are none, never what they are.
    async fn credentials(&self) -> Result<Credentials, Error>;

    /// Finds credentials in the place of temporary ones that a service refuses. A provider that keeps what it
    /// found finds it anew; all others just look again.
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
