// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Further operations on node pools, nodes and partitions.
//!
//! A part of Huawei Cloud Container Engine (CCE).

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
