// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Clusters, namespaces, services and their updates, tasks.
//!
//! A part of Tencent CCS, the container service before TKE.

mod generated;
pub mod waiters;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product

mod parts;
mod services;
mod tasks;

pub use services::{ServiceHandle, ServiceProgress};
pub use tasks::Task;
