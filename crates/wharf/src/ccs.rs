//! Tencent CCS, the container service before TKE that private clouds still run: API 2.0, version v2.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use std::time::{Duration, SystemTime};
//! use wharf::ccs::types::{AccessType, Container, HealthCheck, PortMapping};
//! use wharf::ccs::{self, Metric, Period};
//!
//! let ccs = ccs::Connection::builder()
//!     .region("ap-guangzhou") // or gz, as requests write it
//!     .credentials(wharf::Credentials::new("secret id", "secret key"))
//!     .build()?;
//!
//! // Roll a service out.
//! let web = ccs.service("cls-1", "web");
//! web.create(2)
//!     .access_type(AccessType::LoadBalancer)
//!     .port_mappings([PortMapping::tcp(80, 8080)])
//!     .containers([Container::new("web", "nginx:1.13")
//!         .env("MODE", "production")
//!         .live_check(HealthCheck::http(8080, "/healthy"))])
//!     .send()
//!     .await?;
//! web.wait_until_normal().on_progress(|progress| println!("{progress}")).await?;
//!
//! // Set another image, and roll back if it does not start.
//! web.set_image("nginx:1.14").send().await?;
//! if web.wait_until_normal().await.is_err() {
//!     web.roll_back().send().await?;
//! }
//!
//! // Read its CPU usage.
//! let now = SystemTime::now();
//! let series = ccs
//!     .monitoring()
//!     .series(Metric::ServiceCpuUsed)
//!     .cluster("cls-1")
//!     .namespace("default")
//!     .service("web")
//!     .between(now - Duration::from_secs(3600), now)
//!     .period(Period::Minute)
//!     .send()
//!     .await?;
//! for point in &series.points {
//!     match point.value {
//!         Some(value) => println!("{value} {}", series.unit),
//!         None => println!("nothing was measured"),
//!     }
//! }
//!
//! // Clusters and nodes are created and deleted by tasks.
//! let deleted = ccs.clusters().delete_cluster("cls-1").send().await?;
//! ccs.task(deleted.task_id()).wait().await?;
//! # Ok(())
//! # }
//! ```
//!
//! In a private cloud, whose services are at `ccs.api.<domain>`, `ccr.api.<domain>` and `monitor.api.<domain>`:
//!
//! ```no_run
//! # fn run(pem: &[u8]) -> Result<(), wharf::Error> {
//! use wharf::ccs::{HttpMethod, SignatureMethod};
//! use wharf::ccs;
//!
//! let ccs = ccs::Connection::builder()
//!     .region("chongqing")
//!     .domain("cloud.example.com")
//!     .root_certificate(pem)
//!     .signature_method(SignatureMethod::HmacSha256) // HmacSHA1, which all releases know, by default
//!     .http_method(HttpMethod::Get) // POST by default
//!     .build()?;
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::tencent::credentials;
pub use wharf_products::tencent::{HttpMethod, SignatureMethod};

/// Returns the known regions of the public cloud, sorted. No request is sent. Other regions are accepted too: private
/// clouds have their own, and the public cloud gets new ones.
pub fn regions() -> &'static [&'static str] {
    wharf_products::ccs::REGIONS
}

pub use wharf_cluster::ccs as cluster;
pub use wharf_monitoring::ccs as monitoring;
pub use wharf_node::ccs as node;
pub use wharf_products::ccs::{CODES, ErrorCode, NUMBERS};
pub use wharf_tcr::ccs as registry;

/// The structures and enumerations of all clients.
pub mod types {
    pub use wharf_cluster::ccs::types::*;
    pub use wharf_monitoring::ccs::types::*;
    pub use wharf_node::ccs::types::*;
    pub use wharf_tcr::ccs::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] =
    &[&cluster::OPERATIONS, &node::OPERATIONS, &monitoring::OPERATIONS, &registry::OPERATIONS];

crate::connection::connection!(ccs, wharf_products::ccs::CcsOptions, "CCS");

impl Connection {
    /// Returns the client for clusters, namespaces, services and their updates, tasks.
    pub fn clusters(&self) -> cluster::Client {
        cluster::Client::new(self.0.clone())
    }

    /// Returns the client for the nodes of clusters and the pods of services. The API calls these pods service instances.
    pub fn nodes(&self) -> node::Client {
        node::Client::new(self.0.clone())
    }

    /// Returns the client for metrics of clusters, services, pods and containers as time series, and the events of services.
    pub fn monitoring(&self) -> monitoring::Client {
        monitoring::Client::new(self.0.clone())
    }

    /// Returns the client for the image registry: repositories, tags, triggers, retention, quota.
    pub fn registries(&self) -> registry::Client {
        registry::Client::new(self.0.clone())
    }
}
// end product

pub use wharf_cluster::ccs::{ServiceHandle, ServiceProgress, Task};
pub use wharf_monitoring::ccs::{Level, Metric, Period, Point, Series, SeriesRequest, Unit};
pub use wharf_products::ccs::{long_region, module_code, region_number, short_region};

impl Connection {
    /// Returns a handle of a service of a cluster, to roll it out and watch it. The namespace is `default` unless it is
    /// set on the handle.
    pub fn service(&self, cluster_id: impl Into<String>, service_name: impl Into<String>) -> ServiceHandle {
        self.clusters().service(cluster_id, service_name)
    }

    /// Returns a handle of a task. `id` is its identifier: the `task_id()` of the output of the operation that started
    /// the task, of any client.
    pub fn task(&self, id: i64) -> Task {
        self.clusters().task(id)
    }
}
