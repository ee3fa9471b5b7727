// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Huawei Cloud Container Engine (CCE): clusters: life cycle, certificates, jobs, add-ons, volumes and quotas.

#[cfg(feature = "cce-public")]
pub mod access;
#[cfg(feature = "cce-public")]
pub mod addons;
#[cfg(feature = "cce-public")]
pub mod charts;
mod generated;
#[cfg(feature = "cce-public")]
pub mod settings;
pub mod waiters;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product

mod flavors;
mod jobs;
mod kubeconfig;

pub use jobs::{Job, JobProgress};
