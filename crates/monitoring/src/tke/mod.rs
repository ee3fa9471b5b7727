//! Tencent Kubernetes Engine: what tells how clusters fare: audit, dashboards, log collection.

mod generated;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
