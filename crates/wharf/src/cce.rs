//! Huawei Cloud Container Engine (CCE), version v3 of its API.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::cce::types::{ClusterFlavor, ClusterType, ContainerNetworkMode, Login, NodeSpec, Volume};
//! use wharf::cce::{self, NodePassword};
//!
//! let cce = cce::Connection::builder()
//!     .region("cn-north-1")
//!     .project_id("0123456789abcdef0123456789abcdef")
//!     .credentials(wharf::Credentials::new("access key", "secret key"))
//!     .build()?;
//! let (clusters, nodes, pools) = (cce.clusters(), cce.nodes(), cce.scaling());
//!
//! let created = clusters
//!     .create_cluster()
//!     .metadata(|cluster| cluster.name("my-cluster"))
//!     .spec(|spec| {
//!         spec.r#type(ClusterType::VirtualMachine)
//!             .flavor(ClusterFlavor::CceS1Small)
//!             .host_network(|network| network.vpc("vpc-id").subnet("subnet-id"))
//!             .container_network(|network| network.mode(ContainerNetworkMode::OverlayL2).cidr("172.16.0.0/16"))
//!     })
//!     .send()
//!     .await?;
//! // Work that continues after a call is a job. `job_id` returns its id, for every operation's output.
//! if let Some(id) = created.job_id() {
//!     cce.job(id).wait().on_progress(|job| println!("{job}")).await?;
//! }
//! let id = created.metadata.uid.unwrap_or_default();
//! clusters.wait_until_available(&id).await?;
//!
//! let login = Login::password(NodePassword::from_plain("Correct-Horse-7")?);
//! let server = NodeSpec::server("s6.large.2", "az1.dc1", login).root_volume(|_| Volume::new("SAS", 40));
//! nodes.create_node(&id).metadata(|node| node.name("node-1")).set_spec(server.clone()).send().await?;
//! let pool = pools
//!     .create_node_pool(&id)
//!     .metadata(|pool| pool.name("pool-1"))
//!     .spec(|spec| spec.set_node_template(server).initial_node_count(2))
//!     .send()
//!     .await?;
//! pools.wait_until_node_pool_settled(&id, pool.metadata.uid.unwrap_or_default()).await?;
//!
//! let kubeconfig = clusters.get_cluster_cert(&id).send().await?.kubeconfig();
//! std::fs::write("kubeconfig", kubeconfig.expose()).ok();
//! # Ok(())
//! # }
//! ```
//!
//! With a user's password, or in a private cloud:
//!
//! ```no_run
//! # fn run(password: String) -> Result<(), wharf::Error> {
//! use wharf::cce::{self, ClusterAddressing, PasswordLogin};
//!
//! let cce = cce::Connection::builder()
//!     .region("region0")
//!     .domain("cloud.example.com")
//!     .password_login(PasswordLogin::new("user", password, "account"))
//!     .cluster_addressing(ClusterAddressing::Path) // where the names of clusters cannot be resolved
//!     .build()?;
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::huawei::credentials;

/// Returns the known regions of the public cloud, sorted. No request is sent. Other regions are accepted too: private
/// clouds have their own, and the public cloud gets new ones.
pub fn regions() -> &'static [&'static str] {
    wharf_products::cce::REGIONS
}

pub use wharf_cluster::cce as cluster;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_cluster::cce::access;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_cluster::cce::addons;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_cluster::cce::charts;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_cluster::cce::settings;
pub use wharf_node::cce as node;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_node::cce::pools;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_node::cce::upgrades;
pub use wharf_products::cce as iam;
pub use wharf_products::cce::{CODES, ErrorCode};
pub use wharf_scaling::cce as scaling;
#[cfg(feature = "cce-public")]
#[doc(inline)]
pub use wharf_scaling::cce::autopilot;

/// The structures and enumerations of all clients.
pub mod types {
    #[cfg(feature = "cce-public")]
    pub use wharf_cluster::cce::access::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_cluster::cce::addons::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_cluster::cce::charts::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_cluster::cce::settings::types::*;
    pub use wharf_cluster::cce::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_node::cce::pools::types::*;
    pub use wharf_node::cce::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_node::cce::upgrades::types::*;
    pub use wharf_products::cce::types::*;
    #[cfg(feature = "cce-public")]
    pub use wharf_scaling::cce::autopilot::types::*;
    pub use wharf_scaling::cce::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[
    &cluster::OPERATIONS,
    &node::OPERATIONS,
    &scaling::OPERATIONS,
    &iam::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &autopilot::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &upgrades::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &pools::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &addons::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &charts::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &access::OPERATIONS,
    #[cfg(feature = "cce-public")]
    &settings::OPERATIONS,
];

crate::connection::connection!(cce, wharf_products::huawei::HuaweiOptions, "CCE");

impl Connection {
    /// Returns the client for clusters: life cycle, certificates, jobs, add-ons, volumes and quotas.
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

    /// Returns the client for identity (IAM): projects, and tokens for password logins.
    pub fn iam(&self) -> iam::Client {
        iam::Client::new(self.0.clone())
    }

    /// Returns the client for serverless (Autopilot) clusters.
    #[cfg(feature = "cce-public")]
    pub fn autopilot(&self) -> autopilot::Client {
        autopilot::Client::new(self.0.clone())
    }

    /// Returns the client for upgrades of clusters, their checks and snapshots.
    #[cfg(feature = "cce-public")]
    pub fn upgrades(&self) -> upgrades::Client {
        upgrades::Client::new(self.0.clone())
    }

    /// Returns the client for further operations on node pools, nodes and partitions.
    #[cfg(feature = "cce-public")]
    pub fn pools(&self) -> pools::Client {
        pools::Client::new(self.0.clone())
    }

    /// Returns the client for further operations on add-ons.
    #[cfg(feature = "cce-public")]
    pub fn addons(&self) -> addons::Client {
        addons::Client::new(self.0.clone())
    }

    /// Returns the client for helm charts and their releases.
    #[cfg(feature = "cce-public")]
    pub fn charts(&self) -> charts::Client {
        charts::Client::new(self.0.clone())
    }

    /// Returns the client for access to clusters: policies, pod identities, keys, certificates.
    #[cfg(feature = "cce-public")]
    pub fn access(&self) -> access::Client {
        access::Client::new(self.0.clone())
    }

    /// Returns the client for further settings and states of clusters.
    #[cfg(feature = "cce-public")]
    pub fn settings(&self) -> settings::Client {
        settings::Client::new(self.0.clone())
    }
}
// end product

pub use wharf_cluster::cce::{Job, JobProgress};
pub use wharf_products::huawei::{
    Authentication, ClusterAddressing, IamToken, NodePassword, PasswordLogin, Scope, token_credentials,
};

impl Connection {
    /// Returns a handle of a job. `id` is its identifier: the `job_id()` of the output of the operation that started
    /// the job, of any client.
    pub fn job(&self, id: impl Into<String>) -> Job {
        self.clusters().job(id)
    }
}

#[cfg(feature = "kubernetes")]
impl Connection {
    /// Returns a client of the Kubernetes API of a cluster, through the API gateway, at the cluster's own host. `id` is
    /// the cluster's identifier. Requests have the connection's signature or token.
    pub fn kubernetes(&self, id: impl Into<String>) -> crate::Kubernetes {
        crate::Kubernetes::at_cluster_host(self.0.clone(), id.into())
    }

    /// Returns the source of the kubeconfig of a cluster. `id` is the cluster's identifier.
    ///
    /// The contexts are `internal` and, if the cluster has a public address, `external`.
    pub fn kubeconfig(&self, id: impl Into<String>) -> crate::KubeconfigProvider {
        crate::KubeconfigProvider::cce(self.0.clone(), id.into())
    }
}
