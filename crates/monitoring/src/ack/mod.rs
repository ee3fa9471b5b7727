// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Container Service for Kubernetes (ACK): monitoring of clusters: their logs.

#[cfg(feature = "ack-public")]
pub mod access;
#[cfg(feature = "ack-public")]
pub mod events;
mod generated;
#[cfg(feature = "ack-public")]
pub mod inspection;
#[cfg(feature = "ack-public")]
pub mod policies;
#[cfg(feature = "ack-public")]
pub mod settings;
#[cfg(feature = "ack-public")]
pub mod tasks;
#[cfg(feature = "ack-public")]
pub mod triggers;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
