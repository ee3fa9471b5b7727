// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Container Registry (TCR): image registries: instances, namespaces, repositories, images, triggers.

#[cfg(feature = "tcr-public")]
pub mod access;
#[cfg(feature = "tcr-public")]
pub mod ai;
mod generated;
#[cfg(feature = "tcr-public")]
pub mod images;
#[cfg(feature = "tcr-public")]
pub mod instances;
#[cfg(feature = "tcr-public")]
pub mod replication;
#[cfg(feature = "tcr-public")]
pub mod repositories;
#[cfg(feature = "tcr-public")]
pub mod retention;
#[cfg(feature = "tcr-public")]
pub mod security;
#[cfg(feature = "tcr-public")]
pub mod webhooks;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
