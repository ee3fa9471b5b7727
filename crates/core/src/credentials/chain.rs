//! Several sources of credentials, in order.

use super::{Credentials, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;
use std::sync::Arc;

/// Tries sources in order and returns the first credentials found.
///
/// A source has no credentials if it fails with the kind [`Credentials`](ErrorKind::Credentials) and the error has
/// neither a [field](Error::field) nor a [code](Error::code). Any other failure means that the source is configured but
/// does not work. It ends the search, so that no other identity is used instead.
///
/// If no source has credentials, the error contains the reason of each:
/// `environment: X_SECRET_ID is not set; profile: no file /home/a/.x; role: timed out after 1 s`.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    sources: Vec<(&'static str, Arc<dyn ProvideCredentials>)>,
}

impl Chain {
    /// Returns a chain without sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source at the end, with a name for error messages.
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
