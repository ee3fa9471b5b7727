//! Container Service for Kubernetes (ACK): clusters: their life cycle, kubeconfig, upgrades, add-ons, templates,
//! quota, versions.

mod generated;
mod upgrade;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
pub use upgrade::{Upgrade, UpgradeProgress};
