// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE): monitoring of clusters: audit, dashboards, log collection.

#[cfg(feature = "tke-public")]
pub mod backups;
#[cfg(feature = "tke-public")]
pub mod control_plane;
mod generated;
#[cfg(feature = "tke-public")]
pub mod inspection;
#[cfg(feature = "tke-public")]
pub mod logs;
#[cfg(feature = "tke-public")]
pub mod maintenance;
#[cfg(feature = "tke-public")]
pub mod networks;
#[cfg(feature = "tke-public")]
pub mod prometheus;
#[cfg(feature = "tke-public")]
pub mod releases;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
