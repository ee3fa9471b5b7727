//! Credentials from a blocking function, for languages without futures.

use crate::Error;
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;
use wharf_core::ErrorKind;
use wharf_core::credentials::{Credentials, ProvideCredentials};

/// Returns a provider of credentials that calls a function on a thread that may block. The credentials are kept until
/// shortly before they expire, and requested again when a service refuses them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use wharf::{Credentials, any};
///
/// let mut extras = any::Extras::default();
/// extras.credentials = Some(any::provider(|| {
///     let expires = SystemTime::now() + Duration::from_secs(900);
///     Ok(Credentials::new("id", "secret").with_token("token").with_expiry(expires))
/// }));
/// let options = serde_json::json!({"region": "ap-guangzhou"});
/// let tke = any::Connection::with_extras("tke", &options, extras)?;
/// # Ok::<(), wharf::Error>(())
/// ```
pub fn provider(
    provide: impl Fn() -> Result<Credentials, Error> + Send + Sync + 'static,
) -> Arc<dyn ProvideCredentials> {
    Arc::new(Provider(Arc::new(provide)))
}

struct Provider(Arc<dyn Fn() -> Result<Credentials, Error> + Send + Sync>);

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}

#[async_trait]
impl ProvideCredentials for Provider {
    async fn credentials(&self) -> Result<Credentials, Error> {
        let provide = Arc::clone(&self.0);
        let found = tokio::task::spawn_blocking(move || provide()).await;
        // The function has panicked, or the runtime shuts down.
        found.unwrap_or_else(|_| Err(Error::new(ErrorKind::Credentials, "the provider of credentials broke down")))
    }
}
