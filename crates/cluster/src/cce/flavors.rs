//! Constructors of common specifications of clusters and add-ons.

use super::types::{
    ClusterAddonInstall, ClusterCreateAnnotations, ClusterFlavor, ClusterMetadata, ClusterSpec, ClusterType,
    ContainerNetworkMode, HostNetwork,
};

impl ClusterSpec {
    /// Creates the specification of a cluster of virtual machines in a network of the user, with an overlay network for
    /// containers.
    ///
    /// ```
    /// use wharf::cce::types::{ClusterFlavor, ClusterSpec};
    ///
    /// let spec = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, "vpc-id", "subnet-id")
    ///     .version("v1.19.10-r0")
    ///     .container_network(|network| network.cidr("172.16.0.0/16"));
    /// assert_eq!(spec.version.as_deref(), Some("v1.19.10-r0"));
    /// ```
    pub fn virtual_machines(
        flavor: impl Into<ClusterFlavor>,
        vpc: impl Into<String>,
        subnet: impl Into<String>,
    ) -> Self {
        Self::default()
            .r#type(ClusterType::VirtualMachine)
            .flavor(flavor)
            .set_host_network(HostNetwork::default().vpc(vpc).subnet(subnet))
            .container_network(|network| network.mode(ContainerNetworkMode::OverlayL2))
    }
}

impl ClusterMetadata {
    /// Sets the add-ons that are installed with a new cluster, instead of the default ones.
    pub fn install_addons(mut self, addons: impl IntoIterator<Item = ClusterAddonInstall>) -> Self {
        let addons: Vec<_> = addons.into_iter().collect();
        let entries = ClusterCreateAnnotations::default().cluster_install_addons_install(addons);
        self.annotations.get_or_insert_default().extend(entries);
        self
    }
}
