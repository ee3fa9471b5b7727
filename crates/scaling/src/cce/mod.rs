// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Huawei Cloud Container Engine (CCE): node pools, which scale clusters out and in.

#[cfg(feature = "cce-public")]
pub mod autopilot;
mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
