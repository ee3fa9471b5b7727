// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Scaling of clusters: scaling groups and pools of virtual nodes.
//!
//! A part of Tencent Kubernetes Engine (TKE).

mod generated;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod serverless;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
