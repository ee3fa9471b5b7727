//! Cloud Container Engine: clusters: their life cycle, certificates, jobs, add-ons, volumes, quota; projects and tokens.

mod flavors;
mod generated;
mod jobs;
mod kubeconfig;
pub mod waiters;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
pub use jobs::{Job, JobProgress};
