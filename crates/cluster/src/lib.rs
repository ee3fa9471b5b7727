//! Calls about clusters: their life cycle, access points, versions, images, quota, charts.
//!
//! One module and one feature per product. Programs usually reach them through the facade `wharf`.

#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "cce")]
pub mod cce;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tke")]
pub mod tke;

wharf_core::request_type!();
