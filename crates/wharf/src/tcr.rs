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
pub use wharf_products::tcr::{ALIASES, CODES, ErrorCode};
pub use wharf_products::tencent::credentials;
pub use wharf_products::tencent::{HttpMethod, SignatureMethod};
pub use wharf_tcr::tcr as registry;

/// The structures and enumerations of all clients.
pub mod types {
    pub use wharf_tcr::tcr::types::*;
}

/// The operations of each client, which [`Connection::call`] searches.
pub static OPERATIONS: &[&[wharf_core::operation::Entry]] = &[&registry::OPERATIONS];

crate::connection::connection!(tcr, wharf_products::tencent::TencentOptions, "TCR");

impl Connection {
    /// Returns the client for image registries: instances, namespaces, repositories, images, triggers.
    pub fn registries(&self) -> registry::Client {
        registry::Client::new(self.0.clone())
    }
}
// end product
