// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Nodes of clusters: CVM instances and virtual nodes.
//!
//! A part of Tencent Kubernetes Engine (TKE).

#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod edge;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod external;
mod generated;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod pools;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod upgrades;
#[cfg(feature = "tke-public")]
#[doc(hidden)]
pub mod v20220501;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
