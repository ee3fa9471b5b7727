//! Operations for monitoring clusters (audit, dashboards, log collection), and families of operations that only public
//! clouds have. A family is in the crate where it costs least to compile.
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
