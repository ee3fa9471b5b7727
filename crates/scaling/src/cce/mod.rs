// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Node pools, which scale clusters out and in.
//!
//! A part of Huawei Cloud Container Engine (CCE).

#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod autopilot;
mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
