// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Nodes of clusters: CVM instances and virtual nodes.
//!
//! A part of Tencent Kubernetes Engine (TKE), version 2022-05-01 of its API.

mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
