// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent CCS, the container service before TKE: metrics of clusters, services, pods and containers as time series, and the events of services.

mod generated;

pub use generated::client::Client;
pub use generated::operations;
pub use generated::table::OPERATIONS;
// The facade shows the types of all crates in one module.
#[doc(hidden)]
pub use generated::types;

wharf_core::request_type!();
// end product

mod metrics;
mod series;

pub use metrics::{Level, Unit};
pub use series::{Period, Point, Series, SeriesRequest};
pub use types::Metric;
