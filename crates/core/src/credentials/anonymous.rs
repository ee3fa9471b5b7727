//! Connections without credentials.

use super::{Credentials, ProvideCredentials};
use crate::error::{Error, ErrorKind};
use async_trait::async_trait;

/// No credentials, for connections that only call operations that need none, such as a login with a password.
///
/// Other operations are rejected before they are sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

#[async_trait]
impl ProvideCredentials for Anonymous {
    async fn credentials(&self) -> Result<Credentials, Error> {
        Err(Error::new(ErrorKind::Credentials, "the connection has no credentials, and the operation needs some"))
    }
}
