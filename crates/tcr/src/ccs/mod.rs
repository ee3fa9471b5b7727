// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent CCS, the container service before TKE: the image registry: repositories, tags, triggers, retention, quota.

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
