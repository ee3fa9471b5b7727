//! Container Service for Kubernetes (ACK): node pools, which make clusters grow and shrink.

mod generated;
mod settings;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
