//! Calls about image registries: instances, namespaces, repositories, images, triggers.
//!
//! One module and one feature per product. Programs usually reach them through the facade `wharf`.

// begin products: written by `cargo codegen` from specs/*/product.json; do not edit
#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tcr")]
pub mod tcr;
// end products
