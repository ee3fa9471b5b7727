// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Monitoring of clusters: their logs.
//!
//! A part of Alibaba Cloud Container Service for Kubernetes (ACK).

#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod access;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod events;
mod generated;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod inspection;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod policies;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod settings;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod tasks;
#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod triggers;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
