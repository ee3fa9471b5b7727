// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Huawei Cloud Container Engine (CCE): node pools, which scale clusters out and in.

#[cfg(feature = "cce-public")]
pub mod autopilot;
mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
