// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! The image registry: repositories, tags, triggers, retention, quota.
//!
//! A part of Tencent CCS, the container service before TKE.

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
