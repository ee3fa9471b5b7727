// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Further settings and states of clusters.
//!
//! A part of Huawei Cloud Container Engine (CCE).

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
