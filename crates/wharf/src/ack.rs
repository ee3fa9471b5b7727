//! Alibaba Cloud Container Service for Kubernetes (ACK), version 2015-12-15 of its API.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::ack;
//! use wharf::ack::types::{AutoScaling, ClusterType, CreateScalingGroup, Taint};
//!
//! let ack = ack::Connection::builder()
//!     .region("cn-beijing")
//!     .credentials(wharf::Credentials::new("access key", "secret key"))
//!     .build()?;
//! let (clusters, nodes, pools) = (ack.clusters(), ack.nodes(), ack.scaling());
//!
//! let created = clusters
//!     .create_cluster()
//!     .name("my-cluster")
//!     .cluster_type(ClusterType::Kubernetes)
//!     .region_id("cn-beijing")
//!     .vpc_id("vpc-id")
//!     .master_vswitch_ids(["vsw-1", "vsw-2", "vsw-3"])
//!     .master_instance_types(["ecs.n4.large"; 3])
//!     .worker_vswitch_ids(["vsw-1"])
//!     .worker_instance_types(["ecs.n4.large"])
//!     .num_of_nodes(3)
//!     .tags([("team", "web")])
//!     .send()
//!     .await?;
//! let id = created.cluster_id;
//! let cluster = clusters.wait_until_running(&id).on_progress(|state| println!("{state}")).await?;
//!
//! // A pool that scales automatically.
//! let pool = pools
//!     .create_cluster_node_pool(&id)
//!     .nodepool_info(|pool| pool.name("pool-1"))
//!     .set_scaling_group(CreateScalingGroup::servers(["ecs.n4.large"], ["vsw-1"]).vpc_id("vpc-id"))
//!     .kubernetes_config(|config| {
//!         config.labels([("tier", "front")]).taints([Taint::no_schedule("dedicated", "web")])
//!     })
//!     .set_auto_scaling(AutoScaling::between(1, 10))
//!     .send()
//!     .await?;
//! pools.wait_until_node_pool_settled(&id, &pool.nodepool_id).await?;
//!
//! // Lists come page by page, as one stream.
//! let mut all = nodes.describe_cluster_nodes(&id).items();
//! while let Some(node) = all.try_next().await? {
//!     println!("{} {}", node.instance_id, node.state);
//! }
//!
//! // An upgrade can be watched, paused, resumed and cancelled.
//! if let Some(version) = cluster.next_version.filter(|version| !version.is_empty()) {
//!     let upgrade = clusters.upgrade(&id);
//!     upgrade.start(&version).send().await?;
//!     upgrade.wait().on_progress(|progress| println!("{progress}")).await?;
//!     clusters.wait_until_upgraded(&id, &version).await?;
//! }
//!
//! let kubeconfig = clusters.describe_cluster_user_kubeconfig(&id).send().await?;
//! std::fs::write("kubeconfig", kubeconfig.config.expose()).ok();
//! # Ok(())
//! # }
//! ```
//!
//! With the permissions of a role, or in a private cloud:
//!
//! ```no_run
//! # fn run() -> Result<(), wharf::Error> {
//! use wharf::ack::{self, Asapi, Role, SignatureMethod};
//!
//! // The role's credentials are requested with the given ones, kept, and renewed before they expire.
//! let ack = ack::Connection::builder()
//!     .region("cn-beijing")
//!     .credentials(wharf::Credentials::new("access key", "secret key"))
//!     .assume_role(Role::new("acs:ram::1234567890123456:role/adminrole"))
//!     .signature_method(SignatureMethod::Acs3HmacSha256)
//!     .build()?;
//!
//! let private = ack::Connection::builder()
//!     .region("cn-wulan-env115-d01")
//!     .domain("inter.cloud.example.com")
//!     .organization("3")
//!     .resource_group("58")
//!     .asapi(Asapi::new()) // before V3.16.0
//!     .build()?;
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::alibaba::credentials;

/// Returns the known regions of the public cloud, sorted. No request is sent. Other regions are accepted too: private
/// clouds have their own, and the public cloud gets new ones.
pub fn regions() -> &'static [&'static str] {
    wharf_products::ack::REGIONS
}

pub use wharf_cluster::ack as cluster;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_cluster::ack::addons;
pub use wharf_monitoring::ack as monitoring;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::access;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::events;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::inspection;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::policies;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::settings;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::tasks;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_monitoring::ack::triggers;
pub use wharf_node::ack as node;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_node::ack::pools;
#[cfg(feature = "ack-public")]
#[doc(inline)]
pub use wharf_node::ack::vulnerabilities;
pub use wharf_products::ack::{CODES, ErrorCode};
pub use wharf_scaling::ack as scaling;

/// The structures and enumerations of all clients.
pub mod types {
    #[cfg(feature = "ack-public")]
    pub use wharf_cluster::ack::addons::types::*;
    pub use wharf_cluster::ack::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::access::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::events::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::inspection::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::policies::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::settings::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::tasks::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_monitoring::ack::triggers::types::*;
    pub use wharf_monitoring::ack::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_node::ack::pools::types::*;
    pub use wharf_node::ack::types::*;
    #[cfg(feature = "ack-public")]
    pub use wharf_node::ack::vulnerabilities::types::*;
    pub use wharf_scaling::ack::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[
    &cluster::OPERATIONS,
    &node::OPERATIONS,
    &scaling::OPERATIONS,
    &monitoring::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &triggers::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &vulnerabilities::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &inspection::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &tasks::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &events::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &pools::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &policies::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &addons::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &access::OPERATIONS,
    #[cfg(feature = "ack-public")]
    &settings::OPERATIONS,
];

crate::connection::connection!(ack, wharf_products::alibaba::AlibabaOptions, "ACK");

impl Connection {
    /// Returns the client for clusters: life cycle, kubeconfig, upgrades, add-ons, templates, quotas and versions.
    pub fn clusters(&self) -> cluster::Client {
        cluster::Client::new(self.0.clone())
    }

    /// Returns the client for nodes of clusters.
    pub fn nodes(&self) -> node::Client {
        node::Client::new(self.0.clone())
    }

    /// Returns the client for node pools, which scale clusters out and in.
    pub fn scaling(&self) -> scaling::Client {
        scaling::Client::new(self.0.clone())
    }

    /// Returns the client for monitoring of clusters: their logs.
    pub fn monitoring(&self) -> monitoring::Client {
        monitoring::Client::new(self.0.clone())
    }

    /// Returns the client for triggers of redeployments.
    #[cfg(feature = "ack-public")]
    pub fn triggers(&self) -> triggers::Client {
        triggers::Client::new(self.0.clone())
    }

    /// Returns the client for vulnerabilities of nodes.
    #[cfg(feature = "ack-public")]
    pub fn vulnerabilities(&self) -> vulnerabilities::Client {
        vulnerabilities::Client::new(self.0.clone())
    }

    /// Returns the client for inspections, checks and diagnoses of clusters.
    #[cfg(feature = "ack-public")]
    pub fn inspection(&self) -> inspection::Client {
        inspection::Client::new(self.0.clone())
    }

    /// Returns the client for tasks and planned operations.
    #[cfg(feature = "ack-public")]
    pub fn tasks(&self) -> tasks::Client {
        tasks::Client::new(self.0.clone())
    }

    /// Returns the client for events, alerts and logs of the control plane.
    #[cfg(feature = "ack-public")]
    pub fn events(&self) -> events::Client {
        events::Client::new(self.0.clone())
    }

    /// Returns the client for further operations on node pools and nodes.
    #[cfg(feature = "ack-public")]
    pub fn pools(&self) -> pools::Client {
        pools::Client::new(self.0.clone())
    }

    /// Returns the client for security policies.
    #[cfg(feature = "ack-public")]
    pub fn policies(&self) -> policies::Client {
        policies::Client::new(self.0.clone())
    }

    /// Returns the client for further operations on add-ons and components.
    #[cfg(feature = "ack-public")]
    pub fn addons(&self) -> addons::Client {
        addons::Client::new(self.0.clone())
    }

    /// Returns the client for access to clusters: permissions, kubeconfigs, encryption, deletion protection.
    #[cfg(feature = "ack-public")]
    pub fn access(&self) -> access::Client {
        access::Client::new(self.0.clone())
    }

    /// Returns the client for further settings and states of clusters.
    #[cfg(feature = "ack-public")]
    pub fn settings(&self) -> settings::Client {
        settings::Client::new(self.0.clone())
    }
}
// end product

pub use wharf_cluster::ack::{Upgrade, UpgradeProgress};
pub use wharf_products::alibaba::{Asapi, AssumedRole, Role, SignatureMethod};

#[cfg(feature = "kubernetes")]
impl Connection {
    /// Returns the source of the kubeconfig of a cluster. `id` is the cluster's identifier.
    pub fn kubeconfig(&self, id: impl Into<String>) -> crate::KubeconfigProvider {
        crate::KubeconfigProvider::ack(self.0.clone(), id.into())
    }

    /// Returns a client of the Kubernetes API of a cluster, at the address of its kubeconfig, which is fetched with the
    /// first request and renewed before it expires. `id` is the cluster's identifier.
    ///
    /// Set the address and the lifetime with [`kubeconfig`](Self::kubeconfig):
    /// `ack.kubeconfig(id).internal().kubernetes()`.
    pub fn kubernetes(&self, id: impl Into<String>) -> crate::Kubernetes {
        self.kubeconfig(id).kubernetes()
    }
}
