//! Several sources of credentials, one after the other.

use super::{Credentials, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::sync::Arc;

/// Asks one source after the other and takes the first credentials there are.
///
/// A source has none when it fails with the kind [`Credentials`](ErrorKind::Credentials) and names neither a
/// [field](Error::field) nor a [code](Error::code). Every other failure is that of a source that is meant and does
/// not work: it ends the search, so that no other identity takes its place.
///
/// When none has any, the error says of each why:
/// `environment: X_SECRET_ID is not set; profile: no file /home/a/.x; role: timed out after 1 s`.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    sources: Vec<(&'static str, Arc<dyn ProvideCredentials>)>,
}

impl Chain {
    /// A chain without any source.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source at the end, under a name for the diagnosis.
    #[must_use]
    pub fn then(mut self, name: &'static str, source: impl ProvideCredentials + 'static) -> Self {
        self.sources.push((name, Arc::new(source)));
        self
    }

    async fn find(&self, refused: Option<&Credentials>) -> Result<Credentials, Error> {
        let mut diagnosis = Vec::with_capacity(self.sources.len());
        for (name, source) in &self.sources {
            let found = match refused {
                Some(refused) => source.renew(refused).await,
                None => source.credentials().await,
            };
            match found.and_then(|found| found.check().map(|()| found)) {
                Ok(credentials) => {
                    tracing::debug!(source = name, "found credentials");
                    return Ok(credentials);
                }
                Err(error) if has_none(&error) => diagnosis.push(format!("{name}: {}", error.message())),
                Err(error) => return Err(error),
            }
        }
        let reasons = if diagnosis.is_empty() { "no source was given".to_owned() } else { diagnosis.join("; ") };
        Err(Error::new(ErrorKind::Credentials, format!("no credentials found: {reasons}")))
    }
}

#[async_trait]
impl ProvideCredentials for Chain {
    async fn credentials(&self) -> Result<Credentials, Error> {
        self.find(None).await
    }

    async fn renew(&self, refused: &Credentials) -> Result<Credentials, Error> {
        self.find(Some(refused)).await
    }
}

fn has_none(error: &Error) -> bool {
    error.kind() == ErrorKind::Credentials && error.field().is_none() && error.code().is_none()
}
