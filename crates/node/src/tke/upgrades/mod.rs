// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Upgrades of clusters and nodes.
//!
//! A part of Tencent Kubernetes Engine (TKE).

mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
