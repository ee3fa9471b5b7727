//! Tencent Container Registry (TCR), version 2019-09-24 of its API.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::tcr;
//!
//! let tcr = tcr::Connection::builder().region("ap-guangzhou").build()?;
//! let registry = tcr.registries();
//! registry.create_namespace_personal().namespace("team").send().await?;
//! registry.create_repository_personal().repo_name("team/web").public(1).send().await?;
//! # Ok(())
//! # }
//! ```

// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
pub use wharf_products::tencent::credentials;
pub use wharf_products::tencent::{HttpMethod, SignatureMethod};

/// Returns the known regions of the public cloud, sorted. No request is sent. Other regions are accepted too: private
/// clouds have their own, and the public cloud gets new ones.
pub fn regions() -> &'static [&'static str] {
    wharf_products::tcr::REGIONS
}

pub use wharf_products::tcr::{ALIASES, CODES, ErrorCode};
pub use wharf_tcr::tcr as registry;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::access;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::ai;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::images;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::instances;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::replication;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::repositories;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::retention;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::security;
#[cfg(feature = "tcr-public")]
#[doc(inline)]
pub use wharf_tcr::tcr::webhooks;

/// The structures and enumerations of all clients.
pub mod types {
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::access::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::ai::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::images::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::instances::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::replication::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::repositories::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::retention::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::security::types::*;
    pub use wharf_tcr::tcr::types::*;
    #[cfg(feature = "tcr-public")]
    pub use wharf_tcr::tcr::webhooks::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[
    &registry::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &access::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &ai::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &images::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &instances::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &replication::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &repositories::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &retention::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &security::OPERATIONS,
    #[cfg(feature = "tcr-public")]
    &webhooks::OPERATIONS,
];

crate::connection::connection!(tcr, wharf_products::tencent::TencentOptions, "TCR");

impl Connection {
    /// Returns the client for image registries: instances, namespaces, repositories, images, triggers.
    pub fn registries(&self) -> registry::Client {
        registry::Client::new(self.0.clone())
    }

    /// Returns the client for access to registries: accounts, tokens, endpoints, domains.
    #[cfg(feature = "tcr-public")]
    pub fn access(&self) -> access::Client {
        access::Client::new(self.0.clone())
    }

    /// Returns the client for models and skills in registries.
    #[cfg(feature = "tcr-public")]
    pub fn ai(&self) -> ai::Client {
        ai::Client::new(self.0.clone())
    }

    /// Returns the client for images and charts of enterprise instances.
    #[cfg(feature = "tcr-public")]
    pub fn images(&self) -> images::Client {
        images::Client::new(self.0.clone())
    }

    /// Returns the client for further operations on enterprise instances.
    #[cfg(feature = "tcr-public")]
    pub fn instances(&self) -> instances::Client {
        instances::Client::new(self.0.clone())
    }

    /// Returns the client for replication between registries.
    #[cfg(feature = "tcr-public")]
    pub fn replication(&self) -> replication::Client {
        replication::Client::new(self.0.clone())
    }

    /// Returns the client for repositories and namespaces of enterprise instances.
    #[cfg(feature = "tcr-public")]
    pub fn repositories(&self) -> repositories::Client {
        repositories::Client::new(self.0.clone())
    }

    /// Returns the client for retention of tags, immutable tags, garbage collection.
    #[cfg(feature = "tcr-public")]
    pub fn retention(&self) -> retention::Client {
        retention::Client::new(self.0.clone())
    }

    /// Returns the client for security policies and signatures of images.
    #[cfg(feature = "tcr-public")]
    pub fn security(&self) -> security::Client {
        security::Client::new(self.0.clone())
    }

    /// Returns the client for webhooks.
    #[cfg(feature = "tcr-public")]
    pub fn webhooks(&self) -> webhooks::Client {
        webhooks::Client::new(self.0.clone())
    }
}
// end product

#[cfg(feature = "kubernetes")]
impl Connection {
    /// Returns a request for the login of an enterprise-edition instance, for Docker and for `imagePullSecrets`.
    /// `registry_id` is the identifier of the instance.
    pub fn docker_config(&self, registry_id: impl Into<String>) -> crate::docker_config::DockerConfigRequest {
        crate::docker_config::DockerConfigRequest::new(self.0.clone(), registry_id.into())
    }
}
