// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Huawei Cloud Container Engine (CCE): further operations on node pools, nodes and partitions.

mod generated;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
