// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Nodes of clusters.
//!
//! A part of Alibaba Cloud Container Service for Kubernetes (ACK).

mod generated;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod pools;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod vulnerabilities;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
