//! Tencent Kubernetes Engine (TKE), version 2018-05-25 of its API.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::tke;
//!
//! let tke = tke::Connection::builder().region("ap-guangzhou").build()?;
//! let nodes = tke.nodes().describe_cluster_instances("cls-12345678").limit(10).send().await?;
//! for node in nodes.instance_set {
//!     println!("{} {}", node.instance_id, node.instance_state);
//! }
//!
//! // In a private cloud, set its domain and the certificate to trust.
//! # let pem = Vec::new();
//! let private = tke::Connection::builder()
//!     .region("zone-1")
//!     .domain("cloud.example.com")
//!     .root_certificate(pem)
//!     .credentials(wharf::Credentials::new("id", "secret").with_token("session-token"))
//!     .build()?;
//!
//! // Call any operation by name.
//! let regions = private.call("tke", "DescribeRegions", serde_json::json!({})).await?;
//! println!("{regions}");
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::tencent::credentials;
pub use wharf_products::tencent::{HttpMethod, SignatureMethod};

/// Returns the known regions of the public cloud, sorted. No request is sent. Other regions are accepted too: private
/// clouds have their own, and the public cloud gets new ones.
pub fn regions() -> &'static [&'static str] {
    wharf_products::tke::REGIONS
}

pub use wharf_cluster::tke as cluster;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_cluster::tke::access;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_cluster::tke::addons;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_cluster::tke::settings;
pub use wharf_monitoring::tke as monitoring;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::backups;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::control_plane;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::inspection;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::logs;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::maintenance;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::networks;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::prometheus;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_monitoring::tke::releases;
pub use wharf_node::tke as node;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_node::tke::edge;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_node::tke::external;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_node::tke::pools;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_node::tke::upgrades;
pub use wharf_products::tke::{ALIASES, CODES, ErrorCode};
pub use wharf_scaling::tke as scaling;
#[cfg(feature = "tke-public")]
#[doc(inline)]
pub use wharf_scaling::tke::serverless;

/// The structures and enumerations of all clients.
pub mod types {
    #[cfg(feature = "tke-public")]
    pub use wharf_cluster::tke::access::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_cluster::tke::addons::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_cluster::tke::settings::types::*;
    pub use wharf_cluster::tke::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::backups::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::control_plane::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::inspection::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::logs::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::maintenance::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::networks::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::prometheus::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_monitoring::tke::releases::types::*;
    pub use wharf_monitoring::tke::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_node::tke::edge::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_node::tke::external::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_node::tke::pools::types::*;
    pub use wharf_node::tke::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_node::tke::upgrades::types::*;
    #[cfg(feature = "tke-public")]
    pub use wharf_scaling::tke::serverless::types::*;
    pub use wharf_scaling::tke::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[
    &cluster::OPERATIONS,
    &node::OPERATIONS,
    &scaling::OPERATIONS,
    &monitoring::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &prometheus::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &edge::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &serverless::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &logs::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &inspection::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &external::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &pools::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &upgrades::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &addons::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &releases::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &maintenance::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &networks::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &access::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &backups::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &control_plane::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &settings::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &v20220501::cluster::OPERATIONS,
    #[cfg(feature = "tke-public")]
    &v20220501::node::OPERATIONS,
];

crate::connection::connection!(tke, wharf_products::tencent::TencentOptions, "TKE");

impl Connection {
    /// Returns the client for clusters: their life cycle, access points, versions, images, quota, charts.
    pub fn clusters(&self) -> cluster::Client {
        cluster::Client::new(self.0.clone())
    }

    /// Returns the client for nodes of clusters: CVM instances and virtual nodes.
    pub fn nodes(&self) -> node::Client {
        node::Client::new(self.0.clone())
    }

    /// Returns the client for scaling of clusters: scaling groups and pools of virtual nodes.
    pub fn scaling(&self) -> scaling::Client {
        scaling::Client::new(self.0.clone())
    }

    /// Returns the client for monitoring of clusters: audit, dashboards, log collection.
    pub fn monitoring(&self) -> monitoring::Client {
        monitoring::Client::new(self.0.clone())
    }

    /// Returns the client for managed Prometheus: instances, agents, alerts, dashboards, recording rules.
    #[cfg(feature = "tke-public")]
    pub fn prometheus(&self) -> prometheus::Client {
        prometheus::Client::new(self.0.clone())
    }

    /// Returns the client for edge clusters and their machines.
    #[cfg(feature = "tke-public")]
    pub fn edge(&self) -> edge::Client {
        edge::Client::new(self.0.clone())
    }

    /// Returns the client for serverless (EKS) clusters, container instances, image caches and reserved instances.
    #[cfg(feature = "tke-public")]
    pub fn serverless(&self) -> serverless::Client {
        serverless::Client::new(self.0.clone())
    }

    /// Returns the client for collection of logs, events and audit records.
    #[cfg(feature = "tke-public")]
    pub fn logs(&self) -> logs::Client {
        logs::Client::new(self.0.clone())
    }

    /// Returns the client for inspection of clusters.
    #[cfg(feature = "tke-public")]
    pub fn inspection(&self) -> inspection::Client {
        inspection::Client::new(self.0.clone())
    }

    /// Returns the client for pools of machines outside of the cloud.
    #[cfg(feature = "tke-public")]
    pub fn external(&self) -> external::Client {
        external::Client::new(self.0.clone())
    }

    /// Returns the client for node pools.
    #[cfg(feature = "tke-public")]
    pub fn pools(&self) -> pools::Client {
        pools::Client::new(self.0.clone())
    }

    /// Returns the client for upgrades of clusters and nodes.
    #[cfg(feature = "tke-public")]
    pub fn upgrades(&self) -> upgrades::Client {
        upgrades::Client::new(self.0.clone())
    }

    /// Returns the client for add-ons of clusters.
    #[cfg(feature = "tke-public")]
    pub fn addons(&self) -> addons::Client {
        addons::Client::new(self.0.clone())
    }

    /// Returns the client for releases of Helm charts in clusters.
    #[cfg(feature = "tke-public")]
    pub fn releases(&self) -> releases::Client {
        releases::Client::new(self.0.clone())
    }

    /// Returns the client for maintenance windows and exclusions.
    #[cfg(feature = "tke-public")]
    pub fn maintenance(&self) -> maintenance::Client {
        maintenance::Client::new(self.0.clone())
    }

    /// Returns the client for networks of clusters: routes, address ranges, endpoints, VPC-CNI.
    #[cfg(feature = "tke-public")]
    pub fn networks(&self) -> networks::Client {
        networks::Client::new(self.0.clone())
    }

    /// Returns the client for access to clusters: credentials, roles, policies, encryption, deletion protection.
    #[cfg(feature = "tke-public")]
    pub fn access(&self) -> access::Client {
        access::Client::new(self.0.clone())
    }

    /// Returns the client for storage of backups.
    #[cfg(feature = "tke-public")]
    pub fn backups(&self) -> backups::Client {
        backups::Client::new(self.0.clone())
    }

    /// Returns the client for control planes: components, arguments, levels, schedulers, runtimes.
    #[cfg(feature = "tke-public")]
    pub fn control_plane(&self) -> control_plane::Client {
        control_plane::Client::new(self.0.clone())
    }

    /// Returns the client for further settings and states of clusters.
    #[cfg(feature = "tke-public")]
    pub fn settings(&self) -> settings::Client {
        settings::Client::new(self.0.clone())
    }

    /// Returns the clients of version 2022-05-01 of the API, over this connection.
    #[cfg(feature = "tke-public")]
    pub fn v20220501(&self) -> v20220501::Clients {
        v20220501::Clients(self.0.clone())
    }
}

/// Version 2022-05-01 of the API. Its clients use the [`Connection`] of the product: see [`Connection::v20220501`].
#[cfg(feature = "tke-public")]
pub mod v20220501 {
    #[doc(inline)]
    pub use wharf_cluster::tke::v20220501 as cluster;
    #[doc(inline)]
    pub use wharf_node::tke::v20220501 as node;
    pub use wharf_products::tke::v20220501::{CODES, ErrorCode};

    /// The structures and enumerations of all clients of this version.
    pub mod types {
        pub use wharf_cluster::tke::v20220501::types::*;
        pub use wharf_node::tke::v20220501::types::*;
    }

    /// The clients of this version.
    #[derive(Debug, Clone)]
    pub struct Clients(pub(super) wharf_core::Connection);

    impl Clients {
        /// Returns the client for clusters: their life cycle, access points, versions, images, quota, charts.
        pub fn clusters(&self) -> cluster::Client {
            cluster::Client::new(self.0.clone())
        }

        /// Returns the client for nodes of clusters: CVM instances and virtual nodes.
        pub fn nodes(&self) -> node::Client {
            node::Client::new(self.0.clone())
        }
    }
}
// end product

#[cfg(feature = "kubernetes")]
impl Connection {
    /// Returns a client of the Kubernetes API of a cluster. `id` is the cluster's identifier.
    ///
    /// Private clouds have `ForwardRequest`, which carries its requests. In public clouds they go to the address of the
    /// cluster's kubeconfig, as [`kubeconfig(id).kubernetes()`](crate::KubeconfigProvider::kubernetes) does. A cloud is
    /// public if requests go to Tencent's public domain and no endpoint or transport is set.
    pub fn kubernetes(&self, id: impl Into<String>) -> crate::Kubernetes {
        match self.0.uses_own_hosts() && crate::kubeconfig::is_public_tke(&self.0) {
            true => self.kubeconfig(id).kubernetes(),
            false => self.kubernetes_by_forwarding(id),
        }
    }

    /// Returns a client of the Kubernetes API of a cluster, through `ForwardRequest` of private clouds. `id` is the
    /// cluster's identifier.
    pub fn kubernetes_by_forwarding(&self, id: impl Into<String>) -> crate::Kubernetes {
        crate::Kubernetes::forwarding(self.0.clone(), id.into())
    }

    /// Returns the source of the kubeconfig of a cluster. `id` is the cluster's identifier.
    pub fn kubeconfig(&self, id: impl Into<String>) -> crate::KubeconfigProvider {
        crate::KubeconfigProvider::tke(self.0.clone(), id.into())
    }
}
