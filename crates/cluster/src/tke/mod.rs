// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Clusters: their life cycle, access points, versions, images, quota, charts.
//!
//! A part of Tencent Kubernetes Engine (TKE).

#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod access;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod addons;
mod generated;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod settings;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod v20220501;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
