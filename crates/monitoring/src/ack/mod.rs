//! Container Service for Kubernetes (ACK): what tells how clusters fare: their logs.

mod generated;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
