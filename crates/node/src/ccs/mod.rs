//! Tencent CCS: nodes of clusters, and the pods of services, which it calls service instances.

mod generated;
mod tasks;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
