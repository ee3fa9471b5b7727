// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Clusters: life cycle, certificates, jobs, add-ons, volumes and quotas.
//!
//! A part of Huawei Cloud Container Engine (CCE).

#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod access;
#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod addons;
#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod charts;
mod generated;
#[cfg(feature = "cce-public")]
#[doc(hidden)]
pub mod settings;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product

mod flavors;
mod jobs;
mod kubeconfig;

pub use jobs::{Job, JobProgress};
