//! Calls about what tells how clusters fare: audit, dashboards, log collection.
//!
//! One module and one feature per product. Programs usually reach them through the facade `wharf`.

#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tke")]
pub mod tke;

wharf_core::request_type!();
