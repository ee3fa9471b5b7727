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
//!     .credentials(wharf::Credentials::new("id", "secret").with_token("session token"))
//!     .build()?;
//!
//! // Call any operation by name.
//! let regions = private.call("tke", "DescribeRegions", serde_json::json!({})).await?;
//! println!("{regions}");
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_cluster::tke as cluster;
pub use wharf_monitoring::tke as monitoring;
pub use wharf_node::tke as node;
pub use wharf_products::tencent::credentials;
pub use wharf_products::tencent::{HttpMethod, SignatureMethod};
pub use wharf_products::tke::{ALIASES, CODES, ErrorCode};
pub use wharf_scaling::tke as scaling;

/// The structures and enumerations of all clients.
pub mod types {
    pub use wharf_cluster::tke::types::*;
    pub use wharf_monitoring::tke::types::*;
    pub use wharf_node::tke::types::*;
    pub use wharf_scaling::tke::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] =
    &[&cluster::OPERATIONS, &node::OPERATIONS, &scaling::OPERATIONS, &monitoring::OPERATIONS];

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
}
// end product
