// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Clusters: life cycle, kubeconfig, upgrades, add-ons, templates, quotas and versions.
//!
//! A part of Alibaba Cloud Container Service for Kubernetes (ACK).

#[cfg(feature = "ack-public")]
#[doc(hidden)]
pub mod addons;
mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product

mod upgrade;

pub use upgrade::{Upgrade, UpgradeProgress};
