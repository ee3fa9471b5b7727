//! Tencent CCS: measurements of clusters, services, pods and containers as series over time, and the events
//! of services.

mod generated;
mod metrics;
mod series;

pub use crate::Request;
pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};
pub use metrics::{Level, Unit};
pub use series::{Period, Point, Series, SeriesRequest};
pub use types::Metric;
