//! Calls about image registries: instances, namespaces, repositories, images, triggers.
//!
//! One module and one feature per product. Programs usually reach them through the facade `wharf`.

#[cfg(feature = "ccs")]
pub mod ccs;
#[cfg(feature = "tcr")]
pub mod tcr;

wharf_core::request_type!();
