// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent CCS, the container service before TKE: the nodes of clusters and the pods of services. The API calls these pods service instances.

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

mod tasks;
