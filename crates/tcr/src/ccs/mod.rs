//! Tencent CCS: the image registry: repositories, tags, triggers, retention, quota.

mod generated;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
