//! CCE: `clustercert`, a kubeconfig in JSON with the contexts `internal` and `external`. Public clouds create it with a
//! lifetime in days.

use super::{Error, Fetch, Kubeconfig, KubeconfigProvider, Side, Wanted, unreadable};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::clock::Clock;
use wharf_core::model::{Model, entries};

struct Cce(wharf_core::Connection);

impl KubeconfigProvider {
    pub(crate) fn cce(connection: wharf_core::Connection, cluster: String) -> Self {
        Self::new(Cce(connection), cluster)
    }
}

impl Cce {
    #[cfg(feature = "cce-public")]
    async fn create(&self, cluster: &str, lifetime: Duration) -> Result<Kubeconfig, Error> {
        const DAY: u64 = 24 * 3600;
        let days = i64::try_from(lifetime.as_secs().div_ceil(DAY)).unwrap_or(i64::MAX);
        let client = wharf_cluster::cce::access::Client::new(self.0.clone());
        read(&client.create_kubernetes_cluster_cert(cluster).duration(days).send().await?)
    }

    #[cfg(not(feature = "cce-public"))]
    async fn create(&self, _: &str, _: Duration) -> Result<Kubeconfig, Error> {
        Err(super::no_lifetime("CCE in private clouds", "enable the feature cce-public for public clouds"))
    }
}

fn read(output: &dyn Model) -> Result<Kubeconfig, Error> {
    let mut document = entries(output);
    // A header of the response.
    document.remove("Port-ID");
    Kubeconfig::from_document(document).map_err(unreadable)
}

#[async_trait]
impl Fetch for Cce {
    async fn fetch(&self, cluster: &str, wanted: Wanted) -> Result<Kubeconfig, Error> {
        let config = match wanted.valid_for {
            Some(lifetime) => self.create(cluster, lifetime).await?,
            None => read(&wharf_cluster::cce::Client::new(self.0.clone()).get_cluster_cert(cluster).send().await?)?,
        };
        let config = config.with_origin(format!("cce/{cluster}"), None);
        match wanted.side {
            None => Ok(config),
            Some(Side::Internal) => config.with_context("internal"),
            Some(Side::External) => config.with_context("external"),
        }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock()
    }
}
