//! Source of a cluster's kubeconfig, which renews it before it expires.

use super::Kubeconfig;
use crate::Error;
use async_trait::async_trait;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;
use wharf_core::clock::Clock;

/// Time before the expiry at which a kubeconfig is renewed.
const MARGIN: Duration = Duration::from_secs(300);
/// Part of the lifetime that is left when one with a short lifetime is renewed.
const SHORT: u32 = 5;

/// Address of an API server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The address in the cloud's network.
    Internal,
    /// The public address.
    External,
}

/// Properties of the kubeconfig that is fetched.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) side: Option<Side>,
    pub(crate) valid_for: Option<Duration>,
}

/// Operations of a product that return a kubeconfig.
#[async_trait]
pub(crate) trait Fetch: Send + Sync {
    /// Fetches the kubeconfig of a cluster.
    async fn fetch(&self, cluster: &str, wanted: Wanted) -> Result<Kubeconfig, Error>;

    /// Returns the clock of the connection.
    fn clock(&self) -> Arc<dyn Clock>;
}

/// Source of a cluster's kubeconfig. Cheap to clone. Clones share the kubeconfig.
///
/// ```no_run
/// # #[cfg(feature = "ack")]
/// # async fn run(ack: wharf::ack::Connection) -> Result<(), wharf::Error> {
/// let source = ack.kubeconfig("c-1").external().valid_for(std::time::Duration::from_secs(3600));
/// source.get().await?.write_to("kubeconfig")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct KubeconfigProvider {
    source: Arc<dyn Fetch>,
    cluster: String,
    wanted: Wanted,
    /// The last one, and when it was fetched.
    kept: Arc<Mutex<Option<(Kubeconfig, SystemTime)>>>,
}

impl KubeconfigProvider {
    pub(crate) fn new(source: impl Fetch + 'static, cluster: String) -> Self {
        Self { source: Arc::new(source), cluster, wanted: Wanted::default(), kept: Arc::default() }
    }

    /// Returns the identifier of the cluster.
    pub(crate) fn cluster(&self) -> &str {
        &self.cluster
    }

    /// Selects the address in the cloud's network.
    #[must_use]
    pub fn internal(self) -> Self {
        let wanted = Wanted { side: Some(Side::Internal), ..self.wanted };
        Self { wanted, kept: Arc::default(), ..self }
    }

    /// Selects the public address.
    #[must_use]
    pub fn external(self) -> Self {
        let wanted = Wanted { side: Some(Side::External), ..self.wanted };
        Self { wanted, kept: Arc::default(), ..self }
    }

    /// Sets the lifetime, if the product supports one. It is rounded up to minutes (ACK) or days (CCE in public clouds).
    #[must_use]
    pub fn valid_for(self, lifetime: Duration) -> Self {
        let wanted = Wanted { valid_for: Some(lifetime), ..self.wanted };
        Self { wanted, kept: Arc::default(), ..self }
    }

    /// Fetches the kubeconfig.
    ///
    /// # Errors
    /// The error of the vendor's API; [`Unsupported`](crate::ErrorKind::Unsupported) if the product has no lifetimes;
    /// [`NotFound`](crate::ErrorKind::NotFound) if the cluster has no such address.
    pub async fn fetch(&self) -> Result<Kubeconfig, Error> {
        self.source.fetch(&self.cluster, self.wanted).await
    }

    /// Returns the kubeconfig that was fetched before, or fetches it: the first time, and when it expires soon, in less than
    /// five minutes, or a fifth of its lifetime. Calls at the same time share one request. If a renewal fails, the old
    /// one is returned until it has expired.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn get(&self) -> Result<Kubeconfig, Error> {
        let mut kept = self.kept.lock().await;
        let now = self.source.clock().now();
        if let Some((config, _)) = kept.as_ref().filter(|(config, fetched)| !is_due(config, *fetched, now)) {
            return Ok(config.clone());
        }
        match self.fetch().await {
            Ok(config) => {
                *kept = Some((config.clone(), now));
                Ok(config)
            }
            Err(error) => match kept.as_ref() {
                Some((old, _)) if old.expires().is_none_or(|end| end > now) => {
                    tracing::warn!(%error, cluster = self.cluster, "the kubeconfig could not be renewed");
                    Ok(old.clone())
                }
                _ => Err(error),
            },
        }
    }

    /// Returns a kubeconfig to replace one that the API server rejects: that of another call in the meantime, or a new one.
    pub(crate) async fn renew(&self, refused: &Kubeconfig) -> Result<Kubeconfig, Error> {
        let mut kept = self.kept.lock().await;
        if let Some((config, _)) = kept.as_ref().filter(|(config, _)| config != refused) {
            return Ok(config.clone());
        }
        let config = self.fetch().await?;
        *kept = Some((config.clone(), self.source.clock().now()));
        Ok(config)
    }
}

/// Returns whether a kubeconfig is to be renewed.
fn is_due(config: &Kubeconfig, fetched: SystemTime, now: SystemTime) -> bool {
    let Some(end) = config.expires() else { return false };
    let margin = MARGIN.min(end.duration_since(fetched).unwrap_or_default() / SHORT);
    now.checked_add(margin).is_none_or(|soon| soon >= end)
}

impl fmt::Debug for KubeconfigProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubeconfigProvider")
            .field("cluster", &self.cluster)
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}
