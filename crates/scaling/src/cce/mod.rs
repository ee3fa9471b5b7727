//! Cloud Container Engine: node pools, which make clusters grow and shrink.

mod generated;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
