// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Clusters: their life cycle, access points, versions, images, quota, charts.
//!
//! A part of Tencent Kubernetes Engine (TKE), version 2022-05-01 of its API.

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
