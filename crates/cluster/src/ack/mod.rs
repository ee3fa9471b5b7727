// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Alibaba Cloud Container Service for Kubernetes (ACK): clusters: life cycle, kubeconfig, upgrades, add-ons, templates, quotas and versions.

#[cfg(feature = "ack-public")]
pub mod addons;
mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product

mod upgrade;

pub use upgrade::{Upgrade, UpgradeProgress};
