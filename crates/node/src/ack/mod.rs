// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Container Service for Kubernetes (ACK): nodes of clusters.

mod generated;
#[cfg(feature = "ack-public")]
pub mod pools;
#[cfg(feature = "ack-public")]
pub mod vulnerabilities;
pub mod waiters;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
