//! Calls about clusters: their life cycle, access points, versions, images, quota, charts.
//!
//! One module and one feature per product. Programs usually reach them through the facade `wharf`.

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ack")]
pub mod ack;
#[cfg(feature = "cce")]
pub mod cce;
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tke")]
pub mod tke;
// end products
