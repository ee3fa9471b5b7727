//! Tencent Kubernetes Engine: clusters: their life cycle, access points, versions, images, quota, charts.

mod generated;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
