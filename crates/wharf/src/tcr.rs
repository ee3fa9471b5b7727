//! Tencent Container Registry (TCR), version 2019-09-24 of its API.
//!
//! ```no_run
//! # async fn run() -> Result<(), wharf::Error> {
//! use wharf::tcr;
//!
//! let tcr = tcr::Connection::builder().region("ap-guangzhou").build()?;
//! let registry = tcr.registry();
//! registry.create_namespace_personal().namespace("team").send().await?;
//! registry.create_repository_personal().repo_name("team/web").public(1).send().await?;
//! # Ok(())
//! # }
//! ```

pub use wharf_products::tcr::{ALIASES, CODES, ErrorCode};
pub use wharf_tcr::tcr as registry;
pub use wharf_tcr::tcr::types;

use wharf_core::operation::Entry;

/// The operations of each client, by which [`Connection::call`] finds one.
pub static OPERATIONS: &[&[Entry]] = &[registry::OPERATIONS];

crate::connection::connection!(
    tcr,
    tencent,
    "TCR",
    "Without credentials it uses [`default_chain`](crate::credentials::default_chain); without a region the environment's."
);

impl Connection {
    /// Instances, namespaces, repositories, images and triggers.
    pub fn registry(&self) -> registry::Client {
        registry::Client::new(self.0.clone())
    }
}
