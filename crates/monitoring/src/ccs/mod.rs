// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Metrics of clusters, services, pods and containers as time series, and the events of services.
//!
//! A part of Tencent CCS, the container service before TKE.

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product

mod metrics;
mod series;

pub use metrics::{Level, Unit};
pub use series::{Period, Point, Series, SeriesRequest};
pub use types::Metric;
