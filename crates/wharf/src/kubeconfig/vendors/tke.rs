//! TKE: `DescribeClusterKubeconfig`. Private clouds select the address with `Type`, public ones with `IsExtranet`.

use super::{Error, Fetch, Kubeconfig, KubeconfigProvider, Side, Wanted, no_lifetime, unreadable};
use async_trait::async_trait;
use std::sync::Arc;
use wharf_cluster::tke::operations::DescribeClusterKubeconfig;
use wharf_cluster::tke::types::KubeconfigServerType;
use wharf_core::clock::Clock;
use wharf_core::operation::Operation;

/// Domain of the public clouds.
const PUBLIC: &str = ".tencentcloudapi.com";

struct Tke(wharf_core::Connection);

impl KubeconfigProvider {
    pub(crate) fn tke(connection: wharf_core::Connection, cluster: String) -> Self {
        Self::new(Tke(connection), cluster)
    }
}

/// Returns whether the connection's own host names are those of a public cloud.
pub(crate) fn is_public(connection: &wharf_core::Connection) -> bool {
    let host = connection.product().host(DescribeClusterKubeconfig::META, connection.region());
    host.is_ok_and(|host| host.ends_with(PUBLIC))
}

#[async_trait]
impl Fetch for Tke {
    async fn fetch(&self, cluster: &str, wanted: Wanted) -> Result<Kubeconfig, Error> {
        if wanted.valid_for.is_some() {
            return Err(no_lifetime("TKE", "its certificates have the lifetime that the cloud sets"));
        }
        let mut request = wharf_cluster::tke::Client::new(self.0.clone()).describe_cluster_kubeconfig(cluster);
        request = match wanted.side {
            None => request,
            Some(side) if is_public(&self.0) => request.is_extranet(side == Side::External),
            Some(Side::Internal) => request.r#type(KubeconfigServerType::InnerLb),
            Some(Side::External) => request.r#type(KubeconfigServerType::InternetLb),
        };
        let config = Kubeconfig::from_text(request.send().await?.kubeconfig).map_err(unreadable)?;
        Ok(config.with_origin(format!("tke/{cluster}"), None))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock()
    }
}
