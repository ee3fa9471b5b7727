//! ACK: `DescribeClusterUserKubeconfig`, with the address and the lifetime as parameters.

use super::{Error, Fetch, Kubeconfig, KubeconfigProvider, Side, Wanted, unreadable};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use wharf_core::clock::Clock;

const MINUTE: Duration = Duration::from_secs(60);

struct Ack(wharf_core::Connection);

impl KubeconfigProvider {
    pub(crate) fn ack(connection: wharf_core::Connection, cluster: String) -> Self {
        Self::new(Ack(connection), cluster)
    }
}

#[async_trait]
impl Fetch for Ack {
    async fn fetch(&self, cluster: &str, wanted: Wanted) -> Result<Kubeconfig, Error> {
        let mut request = wharf_cluster::ack::Client::new(self.0.clone()).describe_cluster_user_kubeconfig(cluster);
        if let Some(side) = wanted.side {
            request = request.private_ip_address(side == Side::Internal);
        }
        if let Some(lifetime) = wanted.valid_for {
            let minutes = lifetime.as_secs().div_ceil(MINUTE.as_secs());
            request = request.temporary_duration_minutes(i64::try_from(minutes).unwrap_or(i64::MAX));
        }
        let output = request.send().await?;
        let expiry = output.expiration.as_ref().and_then(wharf_core::model::Timestamp::parse);
        let config = Kubeconfig::from_text(output.config).map_err(unreadable)?;
        Ok(config.with_origin(format!("ack/{cluster}"), expiry))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock()
    }
}
