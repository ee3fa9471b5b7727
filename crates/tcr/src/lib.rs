//! Operations on image registries: instances, namespaces, repositories, images, triggers.
//!
//! Each product has a module and a feature. Programs usually use them through the crate `wharf`.

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tcr")]
pub mod tcr;
// end products
