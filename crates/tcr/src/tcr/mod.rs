// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Image registries: instances, namespaces, repositories, images, triggers.
//!
//! A part of Tencent Container Registry (TCR).

#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod access;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod ai;
mod generated;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod images;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod instances;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod replication;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod repositories;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod retention;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod security;
#[cfg(feature = "tcr-public")]
#[doc(hidden)]
pub mod webhooks;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
