// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent CCS, the container service before TKE: clusters, namespaces, services and their updates, tasks.

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

mod parts;
mod services;
mod tasks;

pub use services::{ServiceHandle, ServiceProgress};
pub use tasks::Task;
