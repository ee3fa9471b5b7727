// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Nodes of clusters.
//!
//! A part of Huawei Cloud Container Engine (CCE).

mod generated;
#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod pools;
#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod upgrades;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
