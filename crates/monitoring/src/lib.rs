//! Operations for monitoring clusters: audit, dashboards, log collection.
//!
//! Each product has a module and a feature. Programs usually use them through the crate `wharf`.

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tke")]
pub mod tke;
// end products
