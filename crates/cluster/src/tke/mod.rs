// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE): clusters: their life cycle, access points, versions, images, quota, charts.

#[cfg(feature = "tke-public")]
pub mod access;
#[cfg(feature = "tke-public")]
pub mod addons;
mod generated;
#[cfg(feature = "tke-public")]
pub mod settings;
#[cfg(feature = "tke-public")]
pub mod v20220501;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
