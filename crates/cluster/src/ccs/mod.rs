//! Tencent CCS: clusters, namespaces, services and their roll-out, tasks.

mod generated;
mod parts;
mod services;
mod tasks;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
pub use services::{ServiceHandle, ServiceProgress};
pub use tasks::Task;
