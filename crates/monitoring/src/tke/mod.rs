// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Monitoring of clusters: audit, dashboards, log collection.
//!
//! A part of Tencent Kubernetes Engine (TKE).

#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod backups;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod control_plane;
mod generated;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod inspection;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod logs;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod maintenance;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod networks;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod prometheus;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod releases;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
