// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! The nodes of clusters and the pods of services. The API calls these pods service instances.
//!
//! A part of Tencent CCS, the container service before TKE.

mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product

mod tasks;
