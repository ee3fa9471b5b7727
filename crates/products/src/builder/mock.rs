//! Connections to mocks.

use super::{Builder, Vendor};
use std::sync::Arc;
use wharf_core::credentials::Credentials;
use wharf_core::mock::Mock;

impl<V: Vendor, C> Builder<V, C> {
    /// Answers the calls of this connection with a mock, instead of sending them.
    ///
    /// It sets the transport. If no credentials are set, it sets a key without an account, and no source
    /// of credentials is searched.
    pub fn mock(mut self, mock: &Mock) -> Self {
        self.settings.transport = Some(Arc::new(mock.clone()));
        if self.settings.credentials.is_none() && self.settings.profile.is_none() {
            self.settings.credentials = Some(Arc::new(Credentials::new("mock-key-id", "mock-key-secret")));
        }
        self
    }
}
