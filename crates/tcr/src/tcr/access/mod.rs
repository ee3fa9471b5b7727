// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Access to registries: accounts, tokens, endpoints, domains.
//!
//! A part of Tencent Container Registry (TCR).

mod generated;

pub use generated::client::Client;
pub use generated::table::OPERATIONS;
pub use generated::{operations, types};

wharf_core::request_type!();
// end product
