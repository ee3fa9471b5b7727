//! Operations on nodes of clusters: servers and virtual nodes.
//!
//! Each product has a module and a feature. Programs usually use them through the crate `wharf`.

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
