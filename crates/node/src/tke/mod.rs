// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent Kubernetes Engine (TKE): nodes of clusters: CVM instances and virtual nodes.

#[cfg(feature = "tke-public")]
pub mod edge;
#[cfg(feature = "tke-public")]
pub mod external;
mod generated;
#[cfg(feature = "tke-public")]
pub mod pools;
#[cfg(feature = "tke-public")]
pub mod upgrades;
#[cfg(feature = "tke-public")]
pub mod v20220501;
pub mod waiters;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product
